// The client's signature: against the RFC's own vector, byte by byte, and against a library that is not this project's.
import { createVerifier, httpbis } from 'http-message-signatures'
import { describe, expect, it } from 'vitest'
import { hmac, type SignRequest, signatureBase, signRequest } from '../../../client/src/sign.ts'

const RFC_SECRET = 'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=='
const CALLER = { keyid: 'test-shared-secret', secret: RFC_SECRET, created: 1618884473 }
const SEND = {
  ...CALLER,
  method: 'POST',
  url: 'https://example.com/redpacks',
  body: '{"wishing":"恭喜发财"}',
  idempotency_key: 'k-1',
} as const

describe('signRequest', () => {
  it('makes the signature of RFC 9421 B.2.5', () => {
    const params = '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"'
    const base = signatureBase(
      [
        ['date', 'Tue, 20 Apr 2021 02:07:55 GMT'],
        ['@authority', 'example.com'],
        ['content-type', 'application/json'],
      ],
      params,
    )

    expect(hmac(RFC_SECRET, base)).toBe('pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=')
  })

  const campaign = 'https://example.com/prod/campaigns'
  it.each([
    ['a new campaign', 'POST', campaign],
    ['a command of one', 'POST', `${campaign}/5c474dd8e2aa136e58867af3/start`],
    ['rows of one', 'PUT', `${campaign}/5c474dd8e2aa136e58867af3/rows/0`],
  ] as const)('takes %s without a key, and covers its digest', (_, method, url) => {
    const headers = signRequest({ ...CALLER, method, url, body: '{}' })
    expect(Object.keys(headers)).toEqual(['content-digest', 'signature-input', 'signature'])
    expect(headers['signature-input']).toContain('("@method" "@path" "@query" "content-digest")')
  })

  it.each([
    ['a send', 'https://example.com/redpacks'],
    ['a send under a path that begins like a campaign', 'https://example.com/campaigns/redpacks'],
    ['what is no command', `${campaign}/5c474dd8e2aa136e58867af3/start/redpacks`],
  ])('throws for %s without a key', (_, url) => {
    expect(() => signRequest({ ...CALLER, method: 'POST', url, body: '{}' })).toThrow(/idempotency_key must be/)
  })

  it('throws for a key that is there and undefined, of any request', () => {
    const request = { ...CALLER, method: 'POST', url: campaign, body: '{}', idempotency_key: undefined } as const
    expect(() => signRequest(request)).toThrow(/idempotency_key must be/)
  })

  it('covers method, path, query, digest and key of a POST', () => {
    const base = [
      '"@method": POST',
      '"@path": /redpacks',
      '"@query": ?',
      '"content-digest": sha-256=:63dLX41mfG+0KM9PrgG+8qF5S0riFDwIF+eqS+txZSo=:',
      '"idempotency-key": k-1',
      '"@signature-params": ("@method" "@path" "@query" "content-digest" "idempotency-key");created=1618884473;keyid="test-shared-secret";alg="hmac-sha256"',
    ].join('\n')

    expect(signRequest(SEND)).toEqual({
      'content-digest': 'sha-256=:63dLX41mfG+0KM9PrgG+8qF5S0riFDwIF+eqS+txZSo=:',
      'idempotency-key': 'k-1',
      'signature-input':
        'redpack=("@method" "@path" "@query" "content-digest" "idempotency-key");created=1618884473;keyid="test-shared-secret";alg="hmac-sha256"',
      signature: `redpack=:${hmac(RFC_SECRET, base)}:`,
    })
  })

  it('covers method, path and raw query of a GET, and no header', () => {
    const base = [
      '"@method": GET',
      '"@path": /prod/redpacks',
      '"@query": ?limit=20&offset=%30',
      '"@signature-params": ("@method" "@path" "@query");created=1618884473;keyid="test-shared-secret";alg="hmac-sha256"',
    ].join('\n')
    const url = 'https://example.com/prod/redpacks?limit=20&offset=%30'

    expect(signRequest({ ...CALLER, method: 'GET', url })).toEqual({
      'signature-input':
        'redpack=("@method" "@path" "@query");created=1618884473;keyid="test-shared-secret";alg="hmac-sha256"',
      signature: `redpack=:${hmac(RFC_SECRET, base)}:`,
    })
  })

  it('signs a body of bytes as it signs the same text', () => {
    expect(signRequest({ ...SEND, body: new TextEncoder().encode(SEND.body) })).toEqual(signRequest(SEND))
  })

  it.each([
    ['method', { ...CALLER, method: 'GET', url: SEND.url }],
    ['path', { ...SEND, url: 'https://example.com/redpack' }],
    ['query', { ...SEND, url: 'https://example.com/redpacks?a' }],
    ['body', { ...SEND, body: '{"wishing":"恭喜发財"}' }],
    ['key', { ...SEND, idempotency_key: 'k-2' }],
    ['time', { ...SEND, created: 1618884474 }],
    ['keyid', { ...SEND, keyid: 'another' }],
    ['secret', { ...SEND, secret: 'AAAA' }],
  ] as const)('signs otherwise when the %s is another', (_, request) => {
    expect(signRequest(request).signature).not.toBe(signRequest(SEND).signature)
  })
})

const { idempotency_key: _, ...keyless } = SEND

describe('a command of a campaign has no key', () => {
  const id = '0123456789abcdef01234567'

  it.each(['/campaigns', `/campaigns/${id}/start`, `/prod/campaigns/${id}/retry`])('POST %s', (path) => {
    const headers = signRequest({ ...keyless, url: `https://example.com${path}` })
    expect(headers['idempotency-key']).toBeUndefined()
    expect(headers['signature-input']).toContain('("@method" "@path" "@query" "content-digest")')
  })

  it.each(['/redpacks/campaigns/x', '/campaigns/x/start', '/redpacks'])('POST %s is none, and wants one', (path) => {
    expect(() => signRequest({ ...keyless, url: `https://example.com${path}` })).toThrow('idempotency_key must be')
  })
})

describe('a request that cannot be', () => {
  it.each([
    ['a key in camel case', { ...keyless, idempotencyKey: 'k-1' }, 'did you mean idempotency_key?'],
    ['no key', keyless, 'idempotency_key must be'],
    ['a key that is undefined', { ...keyless, idempotency_key: undefined }, 'idempotency_key must be'],
    ['a key that is empty', { ...keyless, idempotency_key: '' }, 'idempotency_key must be'],
    ['headers', { ...SEND, headers: {} }, '"headers"'],
    ['nothing', undefined, 'not undefined'],
  ])('is not signed: %s', (_, request, told) => {
    expect(() => signRequest(request as SignRequest)).toThrow(TypeError)
    expect(() => signRequest(request as SignRequest)).toThrow(told)
  })
})

describe('a library for RFC 9421 that is not this project’s', () => {
  const created = Math.floor(Date.now() / 1000)
  const keyLookup = async () => ({
    id: CALLER.keyid,
    algs: ['hmac-sha256'],
    verify: createVerifier(Buffer.from(RFC_SECRET, 'base64'), 'hmac-sha256'),
  })

  it.each([
    ['POST', { ...SEND, created }],
    ['GET', { ...CALLER, created, method: 'GET', url: 'https://example.com/prod/redpacks?limit=20&offset=0' }],
    ['GET without a query', { ...CALLER, created, method: 'GET', url: 'https://example.com/redpacks/1' }],
  ] as const)('accepts the client’s signature of a %s', async (_, request) => {
    const message = { method: request.method, url: request.url, headers: signRequest(request) }

    expect(await httpbis.verifyMessage({ keyLookup }, message)).toBe(true)
  })

  it('refuses it for another path', async () => {
    const message = { method: 'POST', url: 'https://example.com/other', headers: signRequest({ ...SEND, created }) }

    expect(await httpbis.verifyMessage({ keyLookup }, message)).toBe(false)
  })
})
