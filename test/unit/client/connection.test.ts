// A request that never left this machine has moved no money, and is told so; any doubt about that is told as a doubt.
import { createServer, type Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { neverLeft, reasonOf } from '../../../client/src/connection.ts'
import { NetworkError, RedPack, type RedPackError, type RedPackOptions } from '../../../client/src/index.ts'
import { proxyHint } from '../../../client/src/proxy.ts'
import { breakOff, KEYID, PARAMS, PROBLEM_415, reset, SECRET, startService } from '../../../client/test/service.ts'
import { takeTime } from '../../../client/test/time.ts'
import { createCa, createServerCertificate } from '../../../simulator/src/certificates.ts'

beforeEach(() => {
  takeTime()
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

const KEY = { idempotency_key: 'k-1' }

/** The error of a send, and that of a query. */
async function errorsOf(options: Partial<RedPackOptions>): Promise<[send: RedPackError, query: RedPackError]> {
  const redPack = new RedPack({ keyid: KEYID, secret: SECRET, retries: 0, ...options })
  const failed = (call: Promise<unknown>): Promise<RedPackError> =>
    call.then(
      () => expect.unreachable(),
      (error) => error,
    )
  return [await failed(redPack.sendRedPack(PARAMS, KEY)), await failed(redPack.getSentRedPack('5c47'))]
}

/** A server on a free port; what it does is the caller's. */
async function listening(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return { port, [Symbol.asyncDispose]: async () => void server.close() }
}

async function freePort(): Promise<number> {
  await using server = await listening(createServer())
  return server.port
}

const NOT_SENT = / \(1 try\)\. Nothing was sent: no connection was made 未建立连接，红包没有发出$/

describe('nothing was sent', () => {
  it.each([
    ['where nothing listens', '127.0.0.1', /ECONNREFUSED/],
    ['where nothing listens at any address of the name', 'localhost', /ECONNREFUSED/],
    ['where nothing listens at an IPv6 address', '[::1]', /ECONNREFUSED|EADDRNOTAVAIL/],
  ])('%s', async (_, host, reason) => {
    const [send, query] = await errorsOf({ endpoint: `http://${host}:${await freePort()}` })

    expect(send).toBeInstanceOf(NetworkError)
    expect(send).toMatchObject({ ...KEY, maybe_sent: false, cause: expect.any(Error) })
    expect(send.message).toMatch(reason)
    expect(send.message).toMatch(NOT_SENT)
    expect(query.message).toMatch(/^RedPack: .* \(1 try\)$/)
  })

  it('where the name is not known', async () => {
    const [send] = await errorsOf({ endpoint: 'http://no-such-host.invalid' })

    expect(send).toMatchObject({ name: 'NetworkError', maybe_sent: false })
    expect(send.message).toMatch(/ENOTFOUND|EAI_AGAIN/)
  })

  it('to a port that fetch does not call', async () => {
    const [send] = await errorsOf({ endpoint: 'http://127.0.0.1:6666' })

    expect(send).toMatchObject({ name: 'NetworkError', maybe_sent: false })
    expect(send.message).toContain('bad port')
  })

  const ca = createCa()
  const past = { not_before: new Date('2020-01-01'), not_after: new Date('2021-01-01') }
  it.each([
    ['of an authority that is not known', createServerCertificate(ca), /UNABLE_TO_VERIFY_LEAF_SIGNATURE/],
    ['of a kind that is for no server', ca, /INVALID_PURPOSE|SELF_SIGNED_CERT/],
    ['that has expired, of an authority that is not known', createServerCertificate(ca, past), /UNABLE|EXPIRED/],
  ])('to a server with a certificate %s', async (_, pair, reason) => {
    await using server = await listening(createTlsServer(pair))

    const [send] = await errorsOf({ endpoint: `https://localhost:${server.port}` })

    expect(send).toMatchObject({ name: 'NetworkError', maybe_sent: false })
    expect(send.message).toMatch(reason)
    expect(send.message).toMatch(NOT_SENT)
  })

  it('over a connection that ends in the TLS handshake', async () => {
    await using server = await listening(createServer((socket) => socket.once('data', () => socket.end())))

    const [send] = await errorsOf({ endpoint: `https://127.0.0.1:${server.port}` })

    expect(send).toMatchObject({ name: 'NetworkError', maybe_sent: false })
    expect(send.message).toContain('before secure TLS connection was established')
  })

  it('after several tries that all never left', async () => {
    const [send] = await errorsOf({ endpoint: `http://127.0.0.1:${await freePort()}`, retries: 2 })

    expect(send).toMatchObject({ maybe_sent: false })
    expect(send.message).toContain('(3 tries). Nothing was sent')
  })
})

describe('it may have been sent', () => {
  it.each([
    ['a reset connection', reset],
    ['an answer that breaks off', breakOff],
  ])('after %s', async (_, fault) => {
    await using service = await startService(fault)

    const [send] = await errorsOf(service.options)

    expect(send).toMatchObject({ name: 'NetworkError', maybe_sent: true })
    expect(send.message).not.toContain('Nothing was sent')
  })

  it('after a reset, though nothing listens any more at the next try', async () => {
    const service = await startService(async (response) => {
      await service[Symbol.asyncDispose]()
      response.socket?.resetAndDestroy()
    })

    const [send] = await errorsOf({ ...service.options, retries: 1 })

    expect(send).toMatchObject({ maybe_sent: true })
    expect(send.message).toMatch(/\(2 tries\)\. The outcome is unknown/)
  })

  it('not by a later 415, but by a first try that left', async () => {
    await using service = await startService(reset, { status: 415, body: PROBLEM_415 })

    const [send] = await errorsOf({ ...service.options, retries: 1 })

    expect(send).toMatchObject({ name: 'HError', code: 415, maybe_sent: true })
  })
})

const failing = (fields: object, message = 'failed') => Object.assign(new Error(message), fields)
const fetchFailed = (cause: unknown) => new TypeError('fetch failed', { cause })

describe('that no connection stood is proved by', () => {
  it.each([
    ['a connection refused', failing({ code: 'ECONNREFUSED', syscall: 'connect' })],
    ['node-fetch, which leaves syscall out', failing({ code: 'ECONNREFUSED', type: 'system' })],
    ['a host that cannot be reached', failing({ code: 'EHOSTUNREACH', syscall: 'connect' })],
    ['a network that cannot be reached', failing({ code: 'ENETUNREACH', syscall: 'connect' })],
    ['a connection that took too long', failing({ code: 'ETIMEDOUT', syscall: 'connect' })],
    ['a firewall on this machine', failing({ code: 'EPERM', syscall: 'connect' })],
    ['no free port', failing({ code: 'EADDRNOTAVAIL', syscall: 'connect' })],
    ['too many open files', failing({ code: 'EMFILE', syscall: 'connect' })],
    ['a look-up', failing({ code: 'EAI_AGAIN', syscall: 'getaddrinfo' })],
    ['a look-up by c-ares', failing({ code: 'ETIMEOUT', syscall: 'queryA' })],
    ['undici’s time limit for connecting', failing({ code: 'UND_ERR_CONNECT_TIMEOUT' })],
    ['another name in the certificate', failing({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })],
    ['a certificate that has expired', failing({ code: 'CERT_HAS_EXPIRED' })],
    ['a certificate not yet valid', failing({ code: 'CERT_NOT_YET_VALID' })],
    ['a certificate taken back', failing({ code: 'CERT_REVOKED' })],
    [
      'all of several addresses',
      new AggregateError([failing({ syscall: 'connect' }), failing({ code: 'ECONNREFUSED' })]),
    ],
    ['the cause of a cause', failing({ cause: failing({ cause: failing({ code: 'ENOTFOUND' }) }) })],
  ])('%s', (_, error) => {
    expect([neverLeft(error), neverLeft(fetchFailed(error))]).toEqual([true, true])
  })
})

describe('that no connection stood is not proved by', () => {
  it.each([
    ['a reset', failing({ code: 'ECONNRESET', syscall: 'read' })],
    ['a reset without a syscall', failing({ code: 'ECONNRESET' })],
    ['a time limit on a connection that stands', failing({ code: 'ETIMEDOUT', syscall: 'read' })],
    ['a time limit without a syscall', failing({ code: 'ETIMEDOUT' })],
    ['a route that is lost while the request is sent', failing({ code: 'EHOSTUNREACH', syscall: 'write' })],
    ['a broken pipe', failing({ code: 'EPIPE', syscall: 'write' })],
    ['undici’s other side closed', failing({ code: 'UND_ERR_SOCKET' })],
    ['undici’s time limit for an answer', failing({ code: 'UND_ERR_HEADERS_TIMEOUT' })],
    ['a TLS record that is broken', failing({ code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' })],
    [
      'one of several addresses',
      new AggregateError([failing({ syscall: 'connect' }), failing({ code: 'ECONNRESET' })]),
    ],
    ['an AggregateError of nothing', new AggregateError([])],
    ['an error without a code', new Error('fetch failed')],
    ['a message alone', new Error('connect ECONNREFUSED 127.0.0.1:1')],
    ['what is no error', 'ECONNREFUSED'],
    ['nothing', undefined],
  ])('%s', (_, error) => {
    expect([neverLeft(error), neverLeft(fetchFailed(error))]).toEqual([false, false])
  })

  it('a circle of causes', () => {
    const error = new Error('round')
    error.cause = error

    expect([neverLeft(error), reasonOf(error)]).toEqual([false, 'round'])
  })
})

describe('the reason', () => {
  it.each([
    [fetchFailed(failing({ code: 'ENOTFOUND' }, 'getaddrinfo ENOTFOUND x')), 'getaddrinfo ENOTFOUND x'],
    [
      fetchFailed(failing({ code: 'CERT_HAS_EXPIRED' }, 'certificate has expired')),
      'certificate has expired (CERT_HAS_EXPIRED)',
    ],
    [new AggregateError([new Error('one'), new Error('two')]), 'one; two'],
    [new Error(''), 'Error'],
    ['a string', 'a string'],
  ])('of %o is %s', (error, reason) => {
    expect(reasonOf(error)).toBe(reason)
  })
})

describe('a proxy that the environment names', () => {
  const PROXY = 'http://user:pa55word@proxy.example:3128'
  const unused = (name: string) =>
    `${name} names the proxy proxy.example:3128, but Node's fetch does not use it unless NODE_USE_ENV_PROXY=1 is set ` +
    '(Node 22.21, 24 and later; for an older Node give the option fetch)'

  it('is named in the error of a call without an answer, without its password', async () => {
    vi.stubEnv('HTTP_PROXY', PROXY)
    vi.stubEnv('http_proxy', '')
    vi.stubEnv('NO_PROXY', '')
    vi.stubEnv('no_proxy', '')

    const errors = await errorsOf({ endpoint: `http://127.0.0.1:${await freePort()}` })

    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining(unused('HTTP_PROXY')),
      expect.stringContaining(unused('HTTP_PROXY')),
    ])
    expect(errors.join()).not.toContain('pa55word')
  })

  it('is not named if the caller gave a fetch of its own', async () => {
    vi.stubEnv('HTTP_PROXY', PROXY)
    const endpoint = `http://127.0.0.1:${await freePort()}`

    const [send] = await errorsOf({ endpoint, fetch: (...request) => fetch(...request) })

    expect(send.message).not.toContain('proxy')
  })

  it.each<[string, Record<string, string>, string | undefined]>([
    ['https://api.example', { HTTPS_PROXY: PROXY }, unused('HTTPS_PROXY')],
    ['https://api.example', { https_proxy: PROXY, HTTPS_PROXY: 'http://other' }, unused('https_proxy')],
    ['https://api.example', { ALL_PROXY: PROXY }, unused('ALL_PROXY')],
    ['https://api.example', { HTTP_PROXY: PROXY }, undefined],
    ['http://api.example', { HTTPS_PROXY: PROXY }, undefined],
    ['https://api.example', { HTTPS_PROXY: '' }, undefined],
    ['https://api.example', {}, undefined],
    ['https://api.example', { HTTPS_PROXY: PROXY, NO_PROXY: '*' }, undefined],
    ['https://api.example', { HTTPS_PROXY: PROXY, NO_PROXY: 'other,api.example' }, undefined],
    ['https://api.example', { HTTPS_PROXY: PROXY, no_proxy: '.example' }, undefined],
    ['https://api.example', { HTTPS_PROXY: PROXY, NO_PROXY: 'pi.example' }, unused('HTTPS_PROXY')],
    ['https://api.example:8443', { HTTPS_PROXY: PROXY, NO_PROXY: 'api.example:8443' }, undefined],
    ['https://api.example:8443', { HTTPS_PROXY: PROXY, NO_PROXY: 'api.example:443' }, unused('HTTPS_PROXY')],
    [
      'https://api.example',
      { HTTPS_PROXY: PROXY, NODE_USE_ENV_PROXY: '1' },
      'HTTPS_PROXY names the proxy proxy.example:3128, which fetch uses',
    ],
  ])('for %s and %j: %s', (url, env, hint) => {
    expect(proxyHint(url, env)).toBe(hint)
  })
})
