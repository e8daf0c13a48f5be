// Requests that are not fit to be read: 400, nothing written, nobody called.
import { describe, expect, it } from 'vitest'
import { withoutEffect } from '../support/footprint.ts'
import { expectFaults, expectProblem, type Fault } from '../support/problem.ts'
import { callers, exchange, NORMAL, read, send, useStack } from '../support/service.ts'
import { signedHeaders } from '../support/signing.ts'

useStack()

const BODY = JSON.stringify(NORMAL)
const NOT_JSON = ['请求体不是合法的 UTF-8 JSON', [{ pointer: '', detail: '不是合法的 JSON' }]] as const
const TOO_LARGE = ['请求体不能超过 64 KB', [{ pointer: '', detail: '不能超过 65536 字节' }]] as const

describe('a body is refused', () => {
  it.each([
    '',
    ' ',
    '{',
    BODY.slice(0, -1),
    `${BODY}x`,
    `${BODY}${BODY}`,
    BODY.replace('1.1,', 'NaN,'),
    BODY.replace('1.1,', 'Infinity,'),
    BODY.replace('1.1,', '01.1,'),
    BODY.replaceAll('"', "'"),
    BODY.replace('"normal"', '"nor\u0000mal"'),
    'type=normal&total_num=1',
    '<xml></xml>',
    `\ufeff${BODY}`.replace('{', '\u0000{'),
  ])('that is no JSON: %j', async (body) => {
    const [detail, errors] = NOT_JSON
    expectProblem(await withoutEffect(() => send(body)), 'malformed_json', detail, [...errors])
  })

  it.each(['1', 'true'])('that is JSON, but no object: %s', async (body) => {
    expectFaults(await withoutEffect(() => send(body)), { pointer: '', detail: '须为 JSON 对象' })
  })

  it.each(['[]', `[${BODY}]`])('that is an array: %s', async (body) => {
    expectFaults(await withoutEffect(() => send(body)), { pointer: '', detail: '须为 JSON 对象' })
  })

  it.each([
    ['65 KB of white space', `${BODY}${' '.repeat(65 * 1024)}`],
    ['65 KB in a text', JSON.stringify({ ...NORMAL, wishing: '恭'.repeat(22_000) })],
    ['one byte over 64 KB', BODY.padEnd(64 * 1024 + 1 - (Buffer.byteLength(BODY) - BODY.length))],
    ['a megabyte that is no JSON', '['.repeat(1024 * 1024)],
  ])('of more than 64 KB: %s', async (_, body) => {
    const [detail, errors] = TOO_LARGE
    expectProblem(await withoutEffect(() => send(body)), 'body_too_large', detail, [...errors])
  })

  it('nested 30,000 deep', async () => {
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`

    expectFaults(await withoutEffect(() => send(deep)), { pointer: '', detail: '须为 JSON 对象' })
    expectFaults(await withoutEffect(() => send(BODY.replace('"恭喜发财"', deep))), {
      pointer: '/wishing',
      detail: '须为字符串',
    })
    expectFaults(
      await withoutEffect(() => send(BODY.replace('{', `{"more":${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)},`))),
      {
        pointer: '/more',
        detail: '没有这个参数',
      },
    )
  })

  it.each([
    'text/plain',
    'text/json',
    'application/x-www-form-urlencoded',
    'application/octet-stream',
    'application/problem+json',
    'application/json5',
    'application/xml; charset=utf-8; application/json',
  ])('of another content type: %s', async (type) => {
    const { keyid, secret } = callers.own
    const headers = signedHeaders({ method: 'POST', target: '/redpacks', body: BODY, keyid, secret })

    const reply = await withoutEffect(() =>
      exchange('POST', '/redpacks', { headers: { ...headers, 'content-type': type }, body: BODY }),
    )

    expectProblem(reply, 'wrong_content_type', '请求头 Content-Type 须为 application/json', [
      { pointer: '/content-type', detail: '须为 application/json' },
    ])
  })

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8'])(
    'not of this content type: %s',
    async (type) => {
      const { keyid, secret } = callers.own
      const headers = signedHeaders({ method: 'POST', target: '/redpacks', body: BODY, keyid, secret })

      const reply = await exchange('POST', '/redpacks', { headers: { ...headers, 'content-type': type }, body: BODY })

      expect(reply).toMatchObject({ status: 200, body: { outcome: 'sent' } })
    },
  )

  it('not for exactly 64 KB', async () => {
    const body = BODY.padEnd(64 * 1024 - (Buffer.byteLength(BODY) - BODY.length))
    expect(Buffer.byteLength(body)).toBe(65_536)

    expect(await send(body)).toMatchObject({ status: 200, body: { outcome: 'sent' } })
  })
})

describe('a send is refused', () => {
  const errors = [{ pointer: '/idempotency-key', detail: '须为 1 至 255 个可见 ASCII 字符，不含逗号' }]
  const MISSING = '请求头缺少 Idempotency-Key：每次要发的红包用一个自己的 key，重试时不变'

  it.each([
    ['not covered', { idempotency_key: null, covered: ['@method', '@path', '@query', 'content-digest'] }],
    ['covered', { idempotency_key: null }],
    ['empty', { idempotency_key: '' }],
  ])('without an Idempotency-Key: %s', async (_, options) => {
    expectProblem(await withoutEffect(() => send(NORMAL, options)), 'idempotency_key_missing', MISSING, errors)
  })

  it.each([
    ['a space', 'a b'],
    ['a comma', 'a,b'],
    ['a tab', 'a\tb'],
    ['256 characters', 'k'.repeat(256)],
  ])('with an Idempotency-Key of %s', async (_, idempotency_key) => {
    const reply = await withoutEffect(() => send(NORMAL, { idempotency_key }))
    expectProblem(reply, 'idempotency_key_malformed', 'Idempotency-Key 格式错误', errors)
  })
})

describe('a list is refused', () => {
  const LIMIT = { pointer: '/limit', detail: '须为 1 至 1000 的整数' }
  const OFFSET = { pointer: '/offset', detail: '须为 0 至 9007199254740991 的整数' }
  const LIMITS = ['0', '1001', 'x', '', '1.5', '-1', '+5', '1e2', '0x10', ' 1', '１', 'null']
  const OFFSETS = ['-1', 'x', '', '0.5', '9007199254740992', '1e3', '99999999999999999999']

  it.each<[string, Fault]>([
    ...LIMITS.map((limit): [string, Fault] => [`limit=${limit}`, LIMIT]),
    ['limit=1&limit=2', LIMIT],
    ...OFFSETS.map((offset): [string, Fault] => [`offset=${offset}`, OFFSET]),
    ['page=2', { pointer: '/page', detail: '没有这个参数' }],
    ['__proto__=1', { pointer: '/__proto__', detail: '没有这个参数' }],
  ])('for %s', async (query, fault) => {
    const target = `/redpacks?${new URLSearchParams(query)}`
    expectFaults(await withoutEffect(() => read(target)), fault)
  })

  it('with both faults named', async () => {
    expectFaults(await withoutEffect(() => read('/redpacks?limit=0&offset=-1')), LIMIT, OFFSET)
  })
})

describe('a status is refused', () => {
  const ONE = { pointer: '/id', detail: 'id 与 mch_billno 须且只须传一个' }

  it.each([
    ['neither of id and mch_billno', '', [ONE]],
    ['both', '?id=5c474dd8e2aa136e58867af3&mch_billno=RP5c474dd8e2aa136e58867af3', [ONE]],
    ['an empty id', '?id=', [{ pointer: '/id', detail: '不能为空' }]],
    ['an empty mch_billno', '?mch_billno=', [{ pointer: '/mch_billno', detail: '不能为空' }]],
    ['an id of 65 characters', `?id=${'a'.repeat(65)}`, [{ pointer: '/id', detail: '不能超过 64 个字符' }]],
    ['another parameter', '?openid=x', [{ pointer: '/openid', detail: '没有这个参数' }, ONE]],
  ])('for %s', async (_, query, faults) => {
    expectFaults(await withoutEffect(() => read(`/redpacks/status${query}`)), ...faults)
  })
})
