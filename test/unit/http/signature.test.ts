// Against a signer that was written from RFC 9421 apart from the verifier (test/support/signing.ts), and one vector by hand.
import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { isMadeBy, parseSignature, type SignedRequest } from '../../../lib/http/signature.ts'
import { cpuMs } from '../../support/cpu.ts'
import { type SignOptions, signedHeaders } from '../../support/signing.ts'

const NOW_S = 1_795_392_000
const SECRET = Buffer.alloc(32, 7)
const OLD_SECRET = Buffer.alloc(32, 8)

function get(more: Partial<SignOptions> = {}): SignedRequest {
  return request({ target: '/redpacks?limit=20&offset=40', keyid: 'k1', secret: SECRET.toString('base64'), ...more })
}

function post(more: Partial<SignOptions> = {}): SignedRequest {
  return request({
    method: 'POST',
    target: '/redpacks',
    body: '{"wishing":"恭喜发财"}',
    idempotency_key: 'order-1',
    keyid: 'k1',
    secret: SECRET.toString('base64'),
    ...more,
  })
}

function request(options: SignOptions): SignedRequest {
  const { pathname, search } = new URL(options.target, 'http://service')
  return {
    method: options.method ?? 'GET',
    path: pathname,
    query: search.slice(1),
    headers: signedHeaders({ created: NOW_S, ...options }),
    body: Buffer.from(options.body ?? ''),
    received_ms: NOW_S * 1000,
  }
}

function withHeaders(signed: SignedRequest, headers: Record<string, string | undefined>): SignedRequest {
  return { ...signed, headers: { ...signed.headers, ...headers } }
}

/** The keyid that the request proves, or why it proves none. */
function verdictOf(signed: SignedRequest, secrets: readonly Buffer[] = [SECRET]): string {
  const claimed = parseSignature(signed)
  if ('reason' in claimed) return claimed.reason
  return isMadeBy(claimed, secrets) ? claimed.keyid : 'not made by these secrets'
}

/** Signs a GET whose Signature-Input is written out. */
function written(input: string): SignedRequest {
  const signed = get()
  const params = input.replace(/^redpack=/, '')
  const base = `"@method": GET\n"@path": ${signed.path}\n"@query": ?${signed.query}\n"@signature-params": ${params}`
  const mac = createHmac('sha256', SECRET).update(base).digest('base64')
  return { ...signed, headers: { 'signature-input': input, signature: `redpack=:${mac}:` } }
}
const COVERED = '("@method" "@path" "@query")'
const PARAMS = `;created=${NOW_S};keyid="k1";alg="hmac-sha256"`

describe('a signature that is right', () => {
  test('of a GET names its key', () => expect(verdictOf(get())).toBe('k1'))
  test('of a GET without a query names its key', () => expect(verdictOf(get({ target: '/redpacks' }))).toBe('k1'))
  test('of a POST names its key', () => expect(verdictOf(post())).toBe('k1'))
  test('of a POST without a body names its key', () => expect(verdictOf(post({ body: '' }))).toBe('k1'))

  test('of a POST without an Idempotency-Key names its key, so that the caller can be told of it', () => {
    const { headers, ...signed } = post()
    const { 'idempotency-key': _, 'content-digest': digest } = headers
    const params = `("@method" "@path" "@query" "content-digest")${PARAMS}`
    const base = `"@method": POST\n"@path": /redpacks\n"@query": ?\n"content-digest": ${digest}\n"@signature-params": ${params}`
    const mac = createHmac('sha256', SECRET).update(base).digest('base64')
    const keyless = { 'content-digest': digest, 'signature-input': `redpack=${params}`, signature: `redpack=:${mac}:` }
    expect(verdictOf({ ...signed, headers: keyless })).toBe('k1')
  })

  test('of a PUT is made over the digest of its body, as are the commands of campaigns', () => {
    const covered = ['@method', '@path', '@query', 'content-digest']
    for (const method of ['PUT', 'POST'] as const) {
      const signed = post({ method, target: '/campaigns/1/rows/0', idempotency_key: null, covered })
      expect(verdictOf(signed)).toBe('k1')
      expect(verdictOf({ ...signed, body: Buffer.from('{}') })).toBe('body does not match content-digest')
      const bare = post({ method, target: '/campaigns/1/rows/0', idempotency_key: null, covered: covered.slice(0, 3) })
      expect(verdictOf(bare)).toBe('other components than the profile')
    }
  })

  // printf '"@method": GET\n"@path": /redpacks\n"@query": ?limit=20\n"@signature-params": ("@method" "@path" "@query");created=1795392000;keyid="k1";alg="hmac-sha256"' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…07 -binary | base64
  test('is the one that openssl makes', () => {
    const headers = {
      'signature-input': `redpack=${COVERED}${PARAMS}`,
      signature: 'redpack=:tOLf9GnsXK+GpTdCOpc8A35TzC2pVfsc3ZWg0CRI3dM=:',
    }
    expect(verdictOf({ ...get(), query: 'limit=20', headers })).toBe('k1')
  })

  test('has its parameters in any order', () => {
    for (const params of [
      `;keyid="k1";alg="hmac-sha256";created=${NOW_S}`,
      `;alg="hmac-sha256";created=${NOW_S};keyid="k1"`,
      `;created=${NOW_S};alg="hmac-sha256";keyid="k1"`,
    ]) {
      expect(verdictOf(written(`redpack=${COVERED}${params}`))).toBe('k1')
    }
  })

  test('holds under either of two secrets while one is rotated out', () => {
    const old = get({ secret: OLD_SECRET.toString('base64') })
    expect(verdictOf(old, [SECRET, OLD_SECRET])).toBe('k1')
    expect(verdictOf(get(), [SECRET, OLD_SECRET])).toBe('k1')
    expect(verdictOf(old, [SECRET])).toBe('not made by these secrets')
    expect(verdictOf(old, [])).toBe('not made by these secrets')
  })

  test.for([-300, -299, 0, 299, 300])('is fresh when it is %i s old', (age_s) => {
    expect(verdictOf(get({ created: NOW_S - age_s }))).toBe('k1')
  })
})

describe('a signature that is not right', () => {
  test.for([-301, 301, 3_600, NOW_S])('is stale or from the future at an age of %i s', (age_s) => {
    expect(verdictOf(get({ created: NOW_S - age_s }))).toBe('stale or future')
  })

  test('is stale a millisecond after 300 s', () => {
    expect(verdictOf({ ...get({ created: NOW_S - 300 }), received_ms: NOW_S * 1000 + 1 })).toBe('stale or future')
    expect(verdictOf({ ...get(), received_ms: Number.NaN })).toBe('stale or future')
  })

  test('is absent', () => {
    expect(verdictOf(withHeaders(get(), { signature: undefined, 'signature-input': undefined }))).toBe('absent')
    expect(verdictOf(withHeaders(get(), { signature: '', 'signature-input': '' }))).toBe('absent')
  })

  test.for(['signature', 'signature-input'])('is malformed without %s, or with two', (name) => {
    const signed = get()
    const once = signed.headers[name]
    for (const value of [
      undefined,
      '',
      `${once},${once}`,
      `${once}, ${once}`,
      `${once}, other=:AAAA:`,
      ` ${once}`,
      `${once} `,
    ]) {
      expect(verdictOf(withHeaders(signed, { [name]: value }))).toBe('malformed')
    }
  })

  test.for([
    ['of another label', (value: string) => value.replace('redpack', 'sig1')],
    ['not in colons', (value: string) => value.replaceAll(':', '')],
    ['cut', (value: string) => value.replace(/.:$/, ':')],
    ['too long', (value: string) => value.replace(':', ':AAAA')],
    ['with parameters', (value: string) => `${value};a=1`],
    ['in base64url', () => `redpack=:${'-'.repeat(43)}=:`],
  ] as const)('is malformed %s', ([, change]) => {
    const signed = get()
    expect(verdictOf(withHeaders(signed, { signature: change(signed.headers.signature ?? '') }))).toBe('malformed')
  })

  test.for([
    ['no parameters', `redpack=${COVERED}`],
    ['another label', `sig1=${COVERED}${PARAMS}`],
    ['no list', `redpack="@method"${PARAMS}`],
    ['created that is negative', `redpack=${COVERED};created=-1;keyid="k1";alg="hmac-sha256"`],
    ['created with a fraction', `redpack=${COVERED};created=${NOW_S}.5;keyid="k1";alg="hmac-sha256"`],
    ['created of 13 digits', `redpack=${COVERED};created=1795392000000;keyid="k1";alg="hmac-sha256"`],
    ['a keyid that is empty', `redpack=${COVERED};created=${NOW_S};keyid="";alg="hmac-sha256"`],
    ['a keyid of 129 characters', `redpack=${COVERED};created=${NOW_S};keyid="${'k'.repeat(129)}";alg="hmac-sha256"`],
    ['a keyid with an escaped quote', `redpack=${COVERED};created=${NOW_S};keyid="k\\"1";alg="hmac-sha256"`],
    ['a keyid that is not ASCII', `redpack=${COVERED};created=${NOW_S};keyid="钥";alg="hmac-sha256"`],
    ['a keyid that is a token', `redpack=${COVERED};created=${NOW_S};keyid=k1;alg="hmac-sha256"`],
    ['a parameter without a value', `redpack=${COVERED}${PARAMS};tag`],
    ['something after it', `redpack=${COVERED}${PARAMS} x`],
    ['a line break', `redpack=${COVERED}${PARAMS}\n`],
  ] as const)('is malformed with %s', ([, input]) => {
    expect(verdictOf(written(input))).toBe('malformed')
  })

  test.for([
    ['no created', ';keyid="k1";alg="hmac-sha256"'],
    ['no keyid', `;created=${NOW_S};alg="hmac-sha256"`],
    ['no alg', `;created=${NOW_S};keyid="k1"`],
    ['another alg', `;created=${NOW_S};keyid="k1";alg="hmac-sha512"`],
    ['alg none', `;created=${NOW_S};keyid="k1";alg="none"`],
    ['created twice', `${PARAMS};created=${NOW_S}`],
    ['keyid twice', `${PARAMS};keyid="k2"`],
    ['expires', `${PARAMS};expires=${NOW_S + 60}`],
    ['a nonce', `${PARAMS};nonce="n"`],
    ['created in quotes', `;created="${NOW_S}";keyid="k1";alg="hmac-sha256"`],
    ['a keyid that is a number', `;created=${NOW_S};keyid=1;alg="hmac-sha256"`],
    ['a keyid that holds parameters', `;created=${NOW_S};keyid="k1;created=9;alg=x";alg="hmac-sha256"`],
  ] as const)('has malformed parameters with %s', ([, params]) => {
    expect(verdictOf(written(`redpack=${COVERED}${params}`))).toBe('malformed parameters')
  })

  test.for([
    ['nothing', '()'],
    ['the method alone', '("@method")'],
    ['the three in another order', '("@path" "@method" "@query")'],
    ['the path twice', '("@method" "@path" "@path" "@query")'],
    ['more', '("@method" "@path" "@query" "@authority")'],
    ['a parameter of a component', '("@method" "@path";req "@query")'],
    ['other white space', '("@method"  "@path" "@query")'],
    ["a POST's", '("@method" "@path" "@query" "content-digest" "idempotency-key")'],
  ] as const)('covers other components than the profile: %s', ([, components]) => {
    expect(verdictOf(written(`redpack=${components}${PARAMS}`))).toBe('other components than the profile')
  })

  test.for([
    '("@method" "@path" "@query")',
    '("@method" "@path" "@query" "content-digest")',
    '("@method" "@path" "@query" "idempotency-key" "content-digest")',
  ])('of a POST with a key covers other components than the profile: %s', (components) => {
    const signed = withHeaders(post(), { 'signature-input': `redpack=${components}${PARAMS}` })
    expect(verdictOf(signed)).toBe('other components than the profile')
  })

  test.for([
    ['absent', undefined],
    ['empty', ''],
    ['of another algorithm', `sha-512=:${'A'.repeat(43)}=:`],
    ['of another body', `sha-256=:${'A'.repeat(43)}=:`],
    ['cut', 'sha-256=:AAAA:'],
    ['one of two', `sha-256=:${'A'.repeat(43)}=:, sha-512=:AAAA:`],
  ] as const)('of a POST does not stand for the body where the digest is %s', ([, digest]) => {
    expect(verdictOf(withHeaders(post(), { 'content-digest': digest }))).toBe('body does not match content-digest')
  })

  test('of a POST does not stand for another body', () => {
    expect(verdictOf({ ...post(), body: Buffer.from('{}') })).toBe('body does not match content-digest')
  })

  test.for([
    ['another method', { ...get(), method: 'DELETE' }],
    ['another path', { ...get(), path: '/redpacks/status' }],
    ['another query', { ...get(), query: 'limit=20&offset=41' }],
    ['a query in another order', { ...get(), query: 'offset=40&limit=20' }],
    ['no query', { ...get(), query: '' }],
    ['another key', withHeaders(post(), { 'idempotency-key': 'order-2' })],
    ['another keyid', withHeaders(get(), { 'signature-input': get().headers['signature-input']?.replace('k1', 'k2') })],
    [
      'another time',
      withHeaders(get(), {
        'signature-input': get().headers['signature-input']?.replace('created=1795392000', 'created=1795392001'),
      }),
    ],
    ['another signature', withHeaders(get(), { signature: `redpack=:${'A'.repeat(43)}=:` })],
    ['another secret', get({ secret: Buffer.alloc(32, 9).toString('base64') })],
  ] as const)('was not made for %s', ([, signed]) => {
    expect(verdictOf(signed)).toBe('not made by these secrets')
  })

  test('is told in good time, however long the header is', () => {
    for (const input of [
      `redpack=(${'"@method" '.repeat(6_000)})`,
      `redpack=()${';a=1'.repeat(15_000)}`,
      `redpack=()${';a="x"'.repeat(10_000)}!`,
    ]) {
      const signed = withHeaders(get(), { 'signature-input': input })
      expect(cpuMs(() => verdictOf(signed))).toBeLessThan(250)
    }
  })
})
