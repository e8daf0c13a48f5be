// Values for a schema of the description: such as callers send, any that it allows, nearly right ones, and wild ones.
import fc from 'fast-check'
import { type Schema, schemaOf } from './description.ts'

/** Code points that are easily got wrong, in text that XML and JSON can carry. */
const ODD = [...'<>&"\'\\/`%{}[]()=,;:+-#?. 恭喜\u00e9\u0301\u200b\u200d\u202e\u2028\ufeff\u00a0🧧👨𠮷']
const codePoint = fc.oneof(
  { arbitrary: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCodePoint(code)), weight: 4 },
  { arbitrary: fc.integer({ min: 0x4e00, max: 0x9fff }).map((code) => String.fromCodePoint(code)), weight: 2 },
  { arbitrary: fc.constantFrom(...ODD), weight: 2 },
)
const letters = (min: number, max: number, alphabet: string) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: min, maxLength: max })
const WORD = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-'

/** Values that a caller who reads the documentation sends: accepted for sure. Bounds that WeChat has, and a schema has no word for. */
const PLAUSIBLE: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  re_openid: letters(27, 27, WORD).map((text) => `o${text}`),
  official_account_id: letters(16, 16, '0123456789abcdef').map((text) => `wx${text}`),
  scene_id: fc.constantFrom('PRODUCT_1', 'PRODUCT_8', null),
  risk_info: fc.constantFrom('posttime%3d123%26clientversion%3d234', null),
}
const ordinaryText = letters(1, 9, `恭喜发财新年红包 ${WORD}`).map((text) => `${text}包`)

/** An object of which the service must accept every value. */
export function plausible(schema: Schema, name = ''): fc.Arbitrary<unknown> {
  const { properties, required = [], oneOf, ...plain } = schemaOf(schema)
  if (oneOf) return fc.oneof(...oneOf.map((one) => plausible(one)))
  if (properties) {
    const values = Object.entries(properties).map(([key, one]) => [key, plausible(one, key)] as const)
    return fc.record(Object.fromEntries(values), { requiredKeys: [...required] }).map(withAmount)
  }
  if (PLAUSIBLE[name]) return PLAUSIBLE[name]
  const isFree = plain.type === 'string' && plain.const === undefined && !plain.enum && !plain.pattern
  return isFree ? ordinaryText : allowed(plain)
}

/** 1 to 200 yuan for each, in whole fen. */
function withAmount(value: Record<string, unknown>): unknown {
  const { total_amount, total_num } = value
  if (typeof total_amount !== 'number' || typeof total_num !== 'number') return value
  return { ...value, total_amount: Math.round((1 + (total_amount % 199)) * 100 * total_num) / 100 }
}

/** Any value that a schema allows. */
export function allowed(schema: Schema): fc.Arbitrary<unknown> {
  const { type, properties, required = [], oneOf, anyOf, pattern, items, ...rest } = schemaOf(schema)
  const choices = oneOf ?? anyOf
  if (choices) return fc.oneof(...choices.map(allowed))
  if (rest.const !== undefined) return fc.constant(rest.const)
  if (rest.enum) return fc.constantFrom(...rest.enum)
  if (Array.isArray(type)) return fc.oneof(...type.map((one: string) => allowed({ ...rest, type: one })))
  if (properties) {
    const values = Object.entries(properties).map(([key, one]) => [key, allowed(one)] as const)
    return fc.record(Object.fromEntries(values), { requiredKeys: [...required] })
  }
  if (pattern) return fc.stringMatching(new RegExp(pattern))
  const { minLength = 0, maxLength = 64, minimum = 0, maximum = 1e6, minItems = 0, maxItems = 20 } = rest
  switch (type) {
    case 'array':
      return fc.array(allowed(items ?? {}), { minLength: minItems, maxLength: Math.min(maxItems, 20) })
    case 'integer':
      return fc.oneof(fc.integer({ min: minimum, max: maximum }), fc.constantFrom(minimum, maximum))
    case 'number':
      return fc.integer({ min: 1, max: maximum * 100 }).map((fen) => fen / 100)
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      return fc.string({ unit: codePoint, minLength, maxLength, size: 'max' })
  }
}

/** Texts that some reader or other stumbles over. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udc00x',
    '\uffff',
    '\ufffe',
    '\u0085',
    '\u007f',
    '\r\n',
    ']]>',
  ),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'undefined',
    'null',
    '[object Object]',
    'NaN',
    '%00',
    '%',
    '%zz',
  ),
  fc.constantFrom(
    '<!DOCTYPE x [<!ENTITY y "z">]>',
    '&amp;',
    '&#0;',
    '../..',
    '=cmd()',
    "' or 1=1",
    '#{7*7}',
    '{{7*7}}',
  ),
  fc.string({ unit: codePoint, maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.integer({ min: 0, max: 3000 }).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 30, max: 300 }).map((length) => '🧧'.repeat(length)),
)

const oddNumber = fc.oneof(
  fc.constantFrom(0, -0, -1, 0.001, 0.005, 1.005, 0.1 + 0.2, 1e21, 1e308, 5e-324, 1_000_000.01, 2 ** 53, -(2 ** 53)),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
)

/** Any JSON value. */
export const wild: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  oddNumber,
  fc.constantFrom(null, true, false, [], {}, [[]], [null], { length: 1 }),
  fc.jsonValue({ maxDepth: 3 }),
)

/** An object that a schema allows but for one to three changes. */
export function nearlyAllowed(schema: Schema): fc.Arbitrary<unknown> {
  return fc
    .tuple(allowed(schema), fc.array(fc.tuple(fc.nat(), change, wild, oddText), { minLength: 1, maxLength: 3 }))
    .map(([value, changes]) => changes.reduce((changed, one) => changedBy(changed, ...one), value))
}

const change = fc.constantFrom('drop', 'replace', 'rename', 'add', 'text', 'quote', 'longer', 'nest', 'null')

function changedBy(value: unknown, at: number, how: string, other: unknown, text: string): unknown {
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const index = entries.length === 0 ? -1 : at % entries.length
  const [name, old] = entries[index] ?? ['', undefined]
  const put = (...made: [string, unknown][]) => fromEntries(entries.toSpliced(Math.max(index, 0), 1, ...made))
  switch (how) {
    case 'drop':
      return put()
    case 'replace':
      return put([name, other])
    case 'rename':
      return put([text, old])
    case 'add':
      return fromEntries([...entries, [text, other]])
    case 'text':
      return put([name, text])
    case 'quote':
      return put([name, textOf(old)])
    case 'longer':
      return put([name, `${textOf(old)}${'x'.repeat(300)}`])
    case 'nest':
      return put([name, { [name]: [old] }])
    default:
      return put([name, null])
  }
}

/** With `__proto__` as a name like any other. */
function fromEntries(entries: readonly (readonly [string, unknown])[]): object {
  const made = {}
  for (const [name, value] of entries)
    Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true })
  return made
}

/** An object may have no way to become a text. */
function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
