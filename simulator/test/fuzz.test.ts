// Wild requests at both ports: WeChat's side answers XML or one of nginx's pages, the control JSON, and neither breaks.
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseXml } from '../../lib/wechatpay/xml.ts'
import { OPS } from '../src/fields.ts'
import { type Fields, GROUP, MINI, NORMAL, QUERY, signedXml, simulate } from './harness.ts'

let weChat: Awaited<ReturnType<typeof simulate>>
const lines: string[] = []
beforeAll(async () => {
  weChat = await simulate({ log: (line) => lines.push(line) })
})
afterAll(() => weChat.stop())

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e3',
    '999999999999',
    'undefined',
    '__proto__',
    'toString',
    '\u200b',
    ']]>',
    '恭'.repeat(60),
  ),
)
const names = [
  ...new Set([NORMAL, GROUP, MINI, QUERY].flatMap(Object.keys)),
  'scene_id',
  '__proto__',
  'sub_mch_id',
  'x',
]
/** A request that is right but for a few of its fields. */
const fields = fc
  .tuple(
    fc.constantFrom(NORMAL, GROUP, MINI, QUERY),
    fc.array(fc.tuple(fc.constantFrom(...names), text), { maxLength: 3 }),
  )
  .map(([right, changes]): Fields => ({ ...right, ...Object.fromEntries(changes) }))
const body = fc.oneof(
  { arbitrary: fields.map((one) => Buffer.from(signedXml(one))), weight: 3 },
  { arbitrary: fc.string({ unit: 'grapheme' }).map((one) => Buffer.from(`<xml>${one}</xml>`)), weight: 1 },
  { arbitrary: fc.uint8Array().map((one) => Buffer.from(one)), weight: 1 },
)
const path = fc.oneof(
  { arbitrary: fc.constantFrom(...OPS).map((op) => `/mmpaymkttransfers/${op}`), weight: 9 },
  { arbitrary: fc.constantFrom('/pay/downloadfundflow', '/', '//', '/mmpaymkttransfers/', '/%', '/?x'), weight: 1 },
)

test('WeChat’s side', async () => {
  await fc.assert(
    fc.asyncProperty(path, body, async (at, bytes) => {
      const { status, type, text: answer } = await weChat.post(at, bytes)
      expect([200, 404, 413]).toContain(status)
      expect(type).toBe(status === 200 ? 'text/xml' : 'text/html')
      if (status !== 200) return
      const reply = parseXml(answer)
      expect(reply).toMatchObject({ return_code: /^(SUCCESS|FAIL)$/.exec(String(reply.return_code))?.[0] })
      expect(reply.err_code).toMatch(/^[A-Z0-9_]+$/)
    }),
    { numRuns: 300, seed: 1 },
  )
  expect(lines.filter((line) => line.includes('the simulator failed'))).toEqual([])
})

type Described = { paths: Record<string, Record<string, { responses: Record<string, { $ref?: string }> }>> }
const described: Described = parse(readFileSync(new URL('../openapi.yaml', import.meta.url), 'utf8'))
const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { 'date-time': true } })
ajv.addSchema(described, 'control')

/** Where the schema of an answer stands. */
function schemaOf(at: string, method: string, status: number): string {
  const escaped = at.replaceAll('/', '~1')
  const { $ref } = described.paths[at]?.[method]?.responses[status] ?? {}
  const response = $ref ?? `#/paths/${escaped}/${method}/responses/${status}`
  return `control${response}/content/application~1json/schema`
}

test('the control', async () => {
  const routes = Object.entries(described.paths).flatMap(([at, item]) =>
    Object.keys(item).map((method) => [at, method] as const),
  )
  const wanted = fc.dictionary(
    fc.constantFrom(
      'kind',
      'count',
      'op',
      'seconds',
      'mch_billno',
      'openid',
      'fen',
      'advance_s',
      'reason',
      'text',
      'x',
    ),
    fc.oneof(
      text,
      fc.double({ min: -1e10, max: 1e10 }),
      fc.constantFrom('failed', 'hang_after', 'NO_AUTH', 'sendredpack', 1),
      fc.jsonValue(),
    ),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...routes), wanted, async ([at, method], value) => {
      const asked = method === 'get' ? `${at}?${new URLSearchParams({ ...value } as Record<string, string>)}` : at
      const { status, body: answer } = await weChat.control(
        method.toUpperCase(),
        asked,
        method === 'get' ? undefined : value,
      )
      const validate = ajv.getSchema(schemaOf(at, method, status))
      expect({ at, status, described: validate !== undefined }).toEqual({ at, status, described: true })
      expect({ answer, valid: validate?.(answer), errors: validate?.errors ?? [] }).toMatchObject({ valid: true })
    }),
    { numRuns: 300, seed: 1 },
  )
})
