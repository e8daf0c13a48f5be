// Bodies: the bytes of a value as JSON, well written, oddly written, and broken.
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { Schema } from './description.ts'
import { allowed, nearlyAllowed, plausible, wild } from './values.ts'

/** How much of what is asked must be right: `plausible` must be accepted, of the others nothing is known beforehand. */
export type Body = { readonly kind: 'plausible' | 'allowed' | 'near' | 'wild' | 'broken'; readonly bytes: Buffer }

/** The body of an operation. */
export function bodyOf(schema: Schema): fc.Arbitrary<Body> {
  const body = (kind: Body['kind'], value: fc.Arbitrary<unknown>) =>
    value.map((one) => ({ kind, bytes: Buffer.from(JSON.stringify(one)) }))
  const ordinary = body('plausible', plausible(schema))
  return fc.oneof(
    { arbitrary: ordinary, weight: 5 },
    { arbitrary: body('allowed', allowed(schema)), weight: 3 },
    { arbitrary: body('near', nearlyAllowed(schema)), weight: 6 },
    { arbitrary: body('wild', wild), weight: 2 },
    { arbitrary: fc.tuple(ordinary, breakage, fc.nat()).map(broken), weight: 4 },
    { arbitrary: fc.uint8Array({ maxLength: 200 }).map(ofBytes), weight: 1 },
  )
}

const breakage = fc.constantFrom<(json: string, at: number) => string | Buffer>(
  () => '',
  (json, at) => json.slice(0, at % json.length),
  (json, at) => json.slice(at % json.length),
  (json, at) => Buffer.from(json).fill(0xff, at % json.length, (at % json.length) + 1),
  (json, at) => Buffer.from(json).fill(0, at % json.length, (at % json.length) + 1),
  (json) => `\ufeff${json}`,
  (json) => Buffer.from(json, 'utf16le'),
  (json) => Buffer.from(json, 'latin1'),
  (json) => gzipSync(json),
  (json) => `[${json}]`,
  (json) => json + json,
  (json) => `${json}\n\u0000`,
  (json) => ` \t\r\n${json}\n`,
  (json) => json.replace('{', '{"type":"fission","type":"normal",'),
  (json) => json.replace('{', '{"__proto__":{"type":"normal"},'),
  (json) => json.replace(/"total_amount":[\d.]+/, '"total_amount":1e400'),
  (json) => json.replace(/"total_amount":[\d.]+/, '"total_amount":1.0000000000000000000001'),
  (json) => json.replace(/"total_amount":[\d.]+/, '"total_amount":1E0'),
  (json) => json.replace(/"total_amount":[\d.]+/, '"total_amount":-0'),
  (json) => json.replace(/"total_num":\d+/, '"total_num":1.0'),
  (json) => json.replace('"wishing":"', '"wishing":"\\ud83e'),
  (json) => json.replace('"remark":"', '"remark":"\\u0000'),
  (json) => json.replace('"act_name":', '"act_n\\u0061me":'),
  (json, at) => `${'['.repeat(at % 30_000)}${json}`,
  (json, at) => json.replace('{', `{"more":${'{"a":'.repeat(at % 9000)}1${'}'.repeat(at % 9000)},`),
  (json, at) => json.padEnd(65_530 + (at % 12)),
  (json) => json.padEnd(1024 * 1024),
)

function broken([{ bytes }, how, at]: [Body, (json: string, at: number) => string | Buffer, number]): Body {
  const made = how(bytes.toString('utf8'), at)
  return { kind: 'broken', bytes: typeof made === 'string' ? Buffer.from(made) : made }
}

function ofBytes(bytes: Uint8Array): Body {
  return { kind: 'broken', bytes: Buffer.from(bytes) }
}
