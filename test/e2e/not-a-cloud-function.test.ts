// Who is not a cloud function: one answer for every way of not being one, before anything is looked at, written or called.
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { merchantReads, withoutEffect } from '../support/footprint.ts'
import { forgedAuthorizer, jwt } from '../support/forgery.ts'
import { expectProblem, NOT_A_CLOUD_FUNCTION } from '../support/problem.ts'
import { callers, exchange, type Headers, NORMAL, type Reply, send, useStack } from '../support/service.ts'
import { digestOf, now_s, type SignOptions, signedHeaders } from '../support/signing.ts'
import { calls } from '../support/wechat.ts'

useStack()

// A caller whose merchant's certificate nobody has a reason to read, so that any read of it shows.
const caller = callers.untouched
const BODY = JSON.stringify(NORMAL)
const TARGET = '/redpacks'
const ALL = ['@method', '@path', '@query', 'content-digest', 'idempotency-key']

let reads: string[]
beforeEach(async () => {
  reads = await merchantReads()
})
afterEach(async ({ task }) => {
  if (!task.name.startsWith('the same request')) expect(await merchantReads()).toEqual(reads)
})

function signed(options: Partial<SignOptions> = {}): Record<string, string> {
  const { keyid, secret } = caller
  return signedHeaders({ method: 'POST', target: TARGET, body: BODY, keyid, secret, ...options })
}

function without(headers: Record<string, string>, ...names: string[]): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)))
}

function expectStranger(reply: Reply): void {
  expectProblem(reply, 'not_a_cloud_function', NOT_A_CLOUD_FUNCTION)
}

async function expectRefused(headers: Headers, { method = 'POST', target = TARGET, body = BODY } = {}): Promise<void> {
  const content = method === 'POST' ? { body } : {}
  expectStranger(await withoutEffect(() => exchange(method, target, { headers, ...content })))
}

const other = callers.other
const wrong = randomBytes(32).toString('base64')
const params = (text: string) => ({ params: text })
const known = `keyid="${caller.keyid}"`
const alg = 'alg="hmac-sha256"'

describe('a send is refused', () => {
  it.each<[string, Headers]>([
    ['nothing at all', {}],
    ['no signature', without(signed(), 'signature', 'signature-input')],
    ['no Signature', without(signed(), 'signature')],
    ['no Signature-Input', without(signed(), 'signature-input')],
    ['an empty Signature', { ...signed(), signature: '' }],
    ['a Signature of nothing', { ...signed(), signature: 'redpack=::' }],
    [
      'a Signature under another name',
      { ...signed(), signature: (signed().signature ?? '').replace('redpack', 'sig1') },
    ],
    ['an API key', { 'x-api-key': caller.secret, authorization: caller.secret }],
    ['basic credentials', { authorization: `Basic ${btoa(`${caller.keyid}:${caller.secret}`)}` }],
    ['a JWT of its own making', { authorization: `Bearer ${jwt({ sub: caller.keyid, scope: 'redpack' })}` }],
    ['a referer and user agent of 知晓云', { 'user-agent': 'cloud-function', origin: 'https://cloud.minapp.com' }],
  ])('with %s', async (_, headers) => {
    await expectRefused({ 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...headers })
  })

  it.each<[string, Partial<SignOptions>]>([
    ['another secret', { secret: wrong }],
    ['an empty secret', { secret: '' }],
    ['another caller’s secret', { secret: other.secret }],
    ['an unknown key', { keyid: 'nobody' }],
    ['an unknown key and an empty secret', { keyid: 'nobody', secret: '' }],
    ['a key that every object has', { keyid: '__proto__', secret: '' }],
    ['another one that every object has', { keyid: 'constructor', secret: '' }],
    ['an empty key', { keyid: '', secret: '' }],
    ['a key in other letters', { keyid: caller.keyid.toUpperCase() }],
    ['the mini app in place of the key', { keyid: `${caller.miniapp_id}/` }],
    ['a time 310 seconds ago', { created: now_s() - 310 }],
    ['a time in 310 seconds', { created: now_s() + 310 }],
    ['a time long ago', { created: 0 }],
    ['a time in milliseconds', { created: Date.now() }],
    ['a time that is none', params(`;created=-1;${known};${alg}`)],
    ['a time in quotes', params(`;created="${now_s()}";${known};${alg};`)],
    ['no time', params(`;${known};${alg}`)],
    ['no key', params(`;created=${now_s()};${alg}`)],
    ['no algorithm', params(`;created=${now_s()};${known}`)],
    ['another algorithm', params(`;created=${now_s()};${known};alg="hmac-sha512"`)],
    ['an asymmetric algorithm', params(`;created=${now_s()};${known};alg="rsa-v1_5-sha256"`)],
    ['the algorithm none', params(`;created=${now_s()};${known};alg="none"`)],
    ['two algorithms', params(`;created=${now_s()};${known};alg="none";${alg}`)],
    ['two keys', params(`;created=${now_s()};keyid="nobody";${known};${alg}`)],
    ['two times', params(`;created=${now_s()};created=${now_s()};${known};${alg}`)],
    ['a parameter of no use here', params(`;created=${now_s()};${known};${alg};expires=${now_s() + 9e6}`)],
    ['no parameters', params('')],
    ['nothing covered', { covered: [] }],
    ['the components in another order', { covered: [...ALL].reverse() }],
    ['a component twice', { covered: ['@method', ...ALL] }],
    ['a component more', { covered: [...ALL, 'content-type'] }],
    [
      'another component in place of one',
      { covered: ['@method', '@authority', '@query', 'content-digest', 'idempotency-key'] },
    ],
    ...ALL.map((name): [string, Partial<SignOptions>] => [
      `${name} not covered`,
      { covered: ALL.filter((one) => one !== name) },
    ]),
    ['a signature made for a GET', { method: 'GET' }],
    ['a signature made for another path', { target: '/redpacks/status' }],
    ['a signature made for another stage', { target: '/prod/redpacks' }],
    ['a signature made with a query', { target: '/redpacks?limit=1' }],
    ['a signature made for another body', { body: BODY.replace('1.1,', '1000,') }],
    ['a signature made for no body', { body: '' }],
  ])('when it is signed with %s', async (_, options) => {
    await expectRefused({ ...signed(), ...signed(options) })
  })

  it.each<[string, (headers: Record<string, string>) => Headers]>([
    ['a forged signature', (headers) => ({ ...headers, signature: `redpack=:${randomBytes(32).toString('base64')}:` })],
    ['half a signature', ({ signature = '', ...rest }) => ({ ...rest, signature: `${signature.slice(0, 30)}:` })],
    ['a signature with a tail', ({ signature, ...rest }) => ({ ...rest, signature: `${signature};a=1` })],
    ['another key after signing', (headers) => ({ ...headers, 'idempotency-key': randomUUID() })],
    ['no key after signing', (headers) => without(headers, 'idempotency-key')],
    ['the digest of another body', (headers) => ({ ...headers, 'content-digest': digestOf('{}') })],
    ['no digest', (headers) => without(headers, 'content-digest')],
    ['an empty digest', (headers) => ({ ...headers, 'content-digest': '' })],
    ['a digest by another algorithm', (headers) => ({ ...headers, 'content-digest': sha512(BODY) })],
    ['two digests', (headers) => ({ ...headers, 'content-digest': `${digestOf(BODY)}, ${digestOf('{}')}` })],
    ['another caller’s keyid', (headers) => renamed(headers, caller.keyid, other.keyid)],
    ['another time', (headers) => renamed(headers, /created=\d+/, `created=${now_s() - 1}`)],
    ['another name of the signature', (headers) => renamed(headers, 'redpack=', 'sig1=')],
    ['two members in Signature-Input', (headers) => renamed(headers, /$/, ', other=("@method");created=1')],
    [
      'two members of one name',
      (headers) => renamed(headers, /$/, `, ${signed({ secret: wrong })['signature-input']}`),
    ],
  ])('when it has %s', async (_, change) => {
    await expectRefused(change(signed()))
  })

  it.each(['signature', 'signature-input', 'content-digest', 'idempotency-key'])(
    'when it has two %s headers',
    async (name) => {
      const right = signed()
      const [value = '', another = ''] = [right[name], signed({ secret: wrong, body: '{}' })[name]]
      for (const both of [
        [value, another],
        [another, value],
        [value, value],
      ]) {
        await expectRefused({ ...right, [name]: both })
      }
    },
  )

  it.each([
    ['swapped on its way', BODY.replace('1.1,', '1000,')],
    ['with a space more', `${BODY} `],
    ['left out', ''],
  ])('when its body was %s', async (_, body) => {
    await expectRefused(signed(), { body })
  })

  it.each([
    ['malformed JSON', '{'],
    ['a missing field', '{"type":"normal"}'],
    ['65 KB', ' '.repeat(65 * 1024)],
    ['no object', 'null'],
  ])('before its body is looked at: %s', async (_, body) => {
    await expectRefused({ 'content-type': 'application/json' }, { body })
    await expectRefused({ 'content-type': 'text/plain' }, { body })
    await expectRefused(signed({ secret: wrong, body }), { body })
  })

  it.each<[string, Headers]>([
    [
      'sls-offline-authorizer-override',
      { 'sls-offline-authorizer-override': JSON.stringify(forgedAuthorizer(caller)) },
    ],
    ['an override that is no JSON', { 'sls-offline-authorizer-override': '{' }],
    ['x-amzn-oidc-data', { 'x-amzn-oidc-data': jwt(forgedAuthorizer(caller)), 'x-forwarded-for': '127.0.0.1' }],
  ])('when it forges what a gateway would say: %s', async (_, headers) => {
    await expectRefused({ 'content-type': 'application/json', ...headers })
    await expectRefused({ ...signed({ secret: wrong }), ...headers })
  })
})

it('every refusal has one and the same body but for its request_id, and that nothing is sent of a send', async () => {
  const replies = [
    await exchange('POST', TARGET, { headers: {}, body: '{' }),
    await exchange('POST', TARGET, { headers: signed({ secret: wrong }), body: BODY }),
    await exchange('POST', TARGET, { headers: signed({ keyid: 'nobody' }), body: BODY }),
    await exchange('POST', TARGET, { headers: signed({ created: 1 }), body: BODY }),
    await exchange('GET', '/redpacks', { headers: {} }),
    await exchange('GET', '/redpacks/x', { headers: {} }),
    await exchange('GET', '/redpacks/status', { headers: {} }),
  ]

  const withoutId = replies.map(({ text }) => text.replace(/"request_id":"[^"]*"(,"maybe_sent":false)?/, ''))
  expect(new Set(withoutId).size).toBe(1)
  expect(new Set(replies.map(({ body }) => body.request_id)).size).toBe(replies.length)
})

it('the same request, signed right, is sent with a certificate that is read then', async () => {
  expect(reads.filter((name) => name.endsWith(caller.miniapp_id))).toEqual([])

  expect(await send(NORMAL, { caller })).toMatchObject({ status: 200, body: { outcome: 'sent' } })

  expect((await merchantReads()).filter((name) => name.endsWith(caller.miniapp_id))).toHaveLength(1)
  expect(await calls()).toHaveLength(1)
})

/** Puts something else into Signature-Input after it was signed. */
function renamed(headers: Record<string, string>, from: string | RegExp, to: string): Headers {
  return { ...headers, 'signature-input': (headers['signature-input'] ?? '').replace(from, to) }
}

function sha512(body: string): string {
  return `sha-512=:${createHash('sha512').update(body).digest('base64')}:`
}
