// Over real mutual TLS, against servers that answer as badly as servers can.
import type { RequestListener, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Merchant } from '../../../lib/redpack/ports.ts'
import { httpsTransport } from '../../../lib/wechatpay/transport.ts'
import { freePort } from '../../../local/listen.ts'
import {
  createCa,
  createMerchantCertificate,
  createServerCertificate,
  type KeyPair,
} from '../../../simulator/src/certificates.ts'
import { aMerchant } from '../records.ts'

const ca = createCa()
const pair = createServerCertificate(ca)
const certified = (mch_id: string): Merchant => aMerchant({ mch_id, ...createMerchantCertificate(ca, mch_id) })
const merchant = certified('10000098')
const other = certified('10000099')

const KB_64 = 64 * 1024
/** Longer than any test may take: what is posted with it does not end because time is over. */
const NEVER_MS = 600_000
/** Short, so that it is over soon. Nothing has to happen within it. */
const SOON_MS = 200
const stops: (() => void)[] = []
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
  for (const stop of stops.splice(0)) stop()
})

/** A server on a port of its own that is stopped after the test. */
async function serve(listener: RequestListener, { cert, key }: KeyPair = pair) {
  const server = createServer({ cert, key, ca: ca.cert, requestCert: true, rejectUnauthorized: false }, listener)
  const clients: string[] = []
  server.on('secureConnection', (socket: TLSSocket) =>
    clients.push(socket.getPeerCertificate().subject?.CN?.toString() ?? ''),
  )
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stops.push(() => {
    server.close()
    server.closeAllConnections()
  })
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  /** Common names of the clients' certificates, one for each TLS connection so far. */
  return { origin, clients }
}

const echo: RequestListener = async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const { method, url, headers } = request
  response.end(
    JSON.stringify({ method, url, type: headers['content-type'], body: Buffer.concat(chunks).toString('utf8') }),
  )
}

/** What a post that fails came to. */
async function failureOf(post: Promise<unknown>): Promise<Error> {
  return post.then(
    (reply) => {
      throw new Error(`there was a reply: ${JSON.stringify(reply).slice(0, 80)}`)
    },
    (error) => error,
  )
}

describe('a post', () => {
  test('sends XML and gives status and text back', async () => {
    const { origin, clients } = await serve(echo)
    const { post } = httpsTransport({ origin, ca: ca.cert })
    const { status, text } = await post(merchant, '/mmpaymkttransfers/sendredpack', '<xml>红包🧧</xml>', NEVER_MS)
    expect({ status, ...JSON.parse(text) }).toEqual({
      status: 200,
      method: 'POST',
      url: '/mmpaymkttransfers/sendredpack',
      type: 'text/xml; charset=utf-8',
      body: '<xml>红包🧧</xml>',
    })
    expect(clients).toEqual(['10000098'])
  })

  test.for([200, 400, 404, 500, 502, 503])('gives an answer of status %i like any other', async (status) => {
    const { origin } = await serve((_, response) => response.writeHead(status).end('<html>红包</html>'))
    const { post } = httpsTransport({ origin, ca: ca.cert })
    expect(await post(merchant, '/', '', NEVER_MS)).toEqual({ status, text: '<html>红包</html>' })
  })

  test('does not follow a redirect', async () => {
    const urls: (string | undefined)[] = []
    const { origin } = await serve((request, response) => {
      urls.push(request.url)
      response.writeHead(307, { location: '/elsewhere' }).end()
    })
    const { post } = httpsTransport({ origin, ca: ca.cert })
    expect(await post(merchant, '/here', 'x', NEVER_MS)).toEqual({ status: 307, text: '' })
    expect(urls).toEqual(['/here'])
  })
})

describe('connections', () => {
  test('100 posts in a row use one TLS connection', async () => {
    const { origin, clients } = await serve(echo)
    const { post } = httpsTransport({ origin, ca: ca.cert })
    for (let i = 0; i < 100; i += 1) expect((await post(merchant, '/', `<xml>${i}</xml>`, NEVER_MS)).status).toBe(200)
    expect(clients).toEqual(['10000098'])
  })

  test('two merchants have two connections, each with its own certificate', async () => {
    const { origin, clients } = await serve(echo)
    const { post } = httpsTransport({ origin, ca: ca.cert })
    for (const one of [merchant, other, merchant, other]) await post(one, '/', '', NEVER_MS)
    expect(clients).toEqual(['10000098', '10000099'])
  })

  test('a new certificate of a merchant gets a new connection', async () => {
    const { origin, clients } = await serve(echo)
    const { post } = httpsTransport({ origin, ca: ca.cert })
    await post(merchant, '/', '', NEVER_MS)
    await post(certified('10000098'), '/', '', NEVER_MS)
    expect(clients).toEqual(['10000098', '10000098'])
  })

  test.for([
    ['4 s', 4_000, 1],
    ['more than 4 s', 4_001, 2],
    ['a time that is unknown, because the clock was set back', -1, 2],
  ] as const)('one that was idle for %s: then there have been %i', async ([, idle_ms, count]) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { origin, clients } = await serve(echo)
    const { post } = httpsTransport({ origin, ca: ca.cert })
    await post(merchant, '/', '', NEVER_MS)
    vi.setSystemTime(Date.now() + idle_ms)
    await post(merchant, '/', '', NEVER_MS)
    expect(clients).toHaveLength(count)
  })

  test('idle begins with the end of an answer, however long that took', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { origin, clients } = await serve((request, response) => {
      vi.setSystemTime(Date.now() + 9_000)
      echo(request, response)
    })
    const { post } = httpsTransport({ origin, ca: ca.cert })
    for (let i = 0; i < 2; i += 1) await post(merchant, '/', '', NEVER_MS)
    expect(clients).toHaveLength(1)
  })

  test('all that are idle are closed, and one is made', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { origin, clients } = await serve(echo)
    const { post } = httpsTransport({ origin, ca: ca.cert })
    const atOnce = () => Promise.all(Array.from({ length: 4 }, () => post(merchant, '/', '', NEVER_MS)))
    await atOnce()
    vi.setSystemTime(Date.now() + 4_001)
    await post(merchant, '/', '', NEVER_MS)
    expect(clients).toHaveLength(5)
    await atOnce()
    expect(clients).toHaveLength(8)
  })

  test('100 posts at once use four, if each is answered at once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const { origin, clients } = await serve(echo)
    const { post } = httpsTransport({ origin, ca: ca.cert })
    const replies = await Promise.all(Array.from({ length: 100 }, () => post(merchant, '/', '', NEVER_MS)))
    expect(replies.map(({ status }) => status)).toEqual(Array(100).fill(200))
    expect(clients).toHaveLength(4)
  })

  test('those of 64 merchants are kept; a 65th takes the place of the one that has not called for longest', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { origin, clients } = await serve(echo)
    const { post } = httpsTransport({ origin, ca: ca.cert })
    const merchants = Array.from({ length: 65 }, (_, i) => ({ ...merchant, mch_id: String(i) }))
    const [first, second, ...others] = merchants as [Merchant, Merchant, ...Merchant[]]
    const last = others.pop() as Merchant
    for (const one of [first, second, ...others]) await post(one, '/', '', NEVER_MS)
    expect(clients).toHaveLength(64)
    for (const one of [first, last]) await post(one, '/', '', NEVER_MS)
    expect(clients).toHaveLength(65)
    for (const one of [first, ...others, last]) await post(one, '/', '', NEVER_MS)
    expect(clients).toHaveLength(65)
    await post(second, '/', '', NEVER_MS)
    expect(clients).toHaveLength(66)
  })

  test('one that the server has closed is replaced', async () => {
    const { origin, clients } = await serve((_, response) => response.writeHead(200, { connection: 'close' }).end('ok'))
    const { post } = httpsTransport({ origin, ca: ca.cert })
    for (let i = 0; i < 3; i += 1) expect(await post(merchant, '/', '', NEVER_MS)).toEqual({ status: 200, text: 'ok' })
    expect(clients).toHaveLength(3)
  })
})

describe('a body', () => {
  test('of 64 KB is read whole', async () => {
    const { origin } = await serve((_, response) => response.end('x'.repeat(KB_64)))
    const { post } = httpsTransport({ origin, ca: ca.cert })
    expect((await post(merchant, '/', '', NEVER_MS)).text).toBe('x'.repeat(KB_64))
  })

  test.for([
    ['a length given', { 'content-length': KB_64 + 1 }],
    ['no length given', {}],
  ] as const)('over 64 KB is no answer, with %s', async ([, headers]) => {
    const { origin } = await serve((_, response) => response.writeHead(200, headers).end('x'.repeat(KB_64 + 1)))
    const { post } = httpsTransport({ origin, ca: ca.cert })
    expect((await failureOf(post(merchant, '/', '', NEVER_MS))).message).toBe('the reply is larger than 64 KB')
  })

  test('without an end is cut off', async () => {
    const closed = Promise.withResolvers<void>()
    const { origin } = await serve((_, response) => {
      const timer = setInterval(() => response.write('x'.repeat(16 * 1024)), 1)
      response.on('close', () => {
        clearInterval(timer)
        closed.resolve()
      })
    })
    const { post } = httpsTransport({ origin, ca: ca.cert })
    expect((await failureOf(post(merchant, '/', '', NEVER_MS))).message).toBe('the reply is larger than 64 KB')
    await closed.promise
  })

  test.for([
    ['its length', { 'content-length': 100 }],
    ['its last chunk', { 'transfer-encoding': 'chunked' }],
  ] as const)('that ends before %s is no answer', async ([, headers]) => {
    const { origin } = await serve((_, response) => {
      response.writeHead(200, headers)
      response.write('<xml></xml>', () => response.socket?.destroy())
    })
    const { post } = httpsTransport({ origin, ca: ca.cert })
    expect(await failureOf(post(merchant, '/', '', NEVER_MS))).toMatchObject({ code: 'ECONNRESET' })
  })

  test.for([
    [99, 100],
    [100, 100],
  ])('of %i bytes against a length of %i is judged by the length', async ([bytes = 0, length = 0]) => {
    const { origin } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': length })
      response.write('x'.repeat(bytes), () => response.socket?.end())
    })
    const { post } = httpsTransport({ origin, ca: ca.cert })
    const came = await post(merchant, '/', '', NEVER_MS).then(
      () => true,
      () => false,
    )
    expect(came).toBe(bytes === length)
  })
})

describe('no answer', () => {
  const failed = (origin: string, timeout_ms: number) =>
    failureOf(httpsTransport({ origin, ca: ca.cert }).post(merchant, '/', '', timeout_ms))

  // How long a busy machine takes beyond the time says nothing. A time that began anew with each byte would never be over.
  test.for([
    ['nothing at all', () => {}],
    ['headers only', (_, response) => response.writeHead(200).flushHeaders()],
    [
      'a byte now and then',
      (_, response) => {
        const timer = setInterval(() => response.write('x'), SOON_MS / 10)
        response.on('close', () => clearInterval(timer))
      },
    ],
  ] as [string, RequestListener][])('within the time is an error: %s', async ([, listener]) => {
    const { origin } = await serve(listener)
    const started_ms = performance.now()
    expect(await failed(origin, SOON_MS)).toBeInstanceOf(Error)
    // Timers may be a millisecond early.
    expect(performance.now() - started_ms).toBeGreaterThan(SOON_MS - 2)
  })

  test('the time includes the handshake', async () => {
    const { createServer: createTcpServer } = await import('node:net')
    const silent = createTcpServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    stops.push(() => silent.close())
    const { port } = silent.address() as AddressInfo
    expect(await failed(`https://127.0.0.1:${port}`, SOON_MS)).toBeInstanceOf(Error)
  })

  test('a reset is an error, and nothing is sent again behind its back', async () => {
    let requests = 0
    const { origin } = await serve((request) => {
      requests += 1
      request.socket.destroy()
    })
    expect(await failed(origin, NEVER_MS)).toMatchObject({ code: 'ECONNRESET' })
    expect(requests).toBe(1)
  })

  test('a reset on a connection that was used before is an error, and nothing is sent again', async () => {
    let requests = 0
    const { origin } = await serve((request, response) => {
      requests += 1
      if (requests === 1) response.end('ok')
      else request.socket.destroy()
    })
    const { post } = httpsTransport({ origin, ca: ca.cert })
    await post(merchant, '/', '', NEVER_MS)
    expect(await failureOf(post(merchant, '/', '', NEVER_MS))).toMatchObject({ code: 'ECONNRESET' })
    expect(requests).toBe(2)
  })

  test('a port where nobody listens is an error', async () => {
    const port = await freePort(0, 'nobody')
    expect(await failed(`https://127.0.0.1:${port}`, NEVER_MS)).toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('a time that is over is an error for that post alone', async () => {
    const asked = Promise.withResolvers<ServerResponse>()
    const { origin } = await serve((request, response) => {
      if (request.url === '/asked') asked.resolve(response)
      if (request.url === '/after') response.end('after')
    })
    const { post } = httpsTransport({ origin, ca: ca.cert })
    const beside = post(merchant, '/asked', '', NEVER_MS)
    const response = await asked.promise
    await failureOf(post(merchant, '/unanswered', '', SOON_MS))
    response.end('beside')
    expect(await beside).toEqual({ status: 200, text: 'beside' })
    expect(await post(merchant, '/after', '', NEVER_MS)).toEqual({ status: 200, text: 'after' })
  })
})

describe('a post that waits for its turn behind four', () => {
  /** Four that are not answered until `answer`, and how many came. */
  async function full() {
    const held: ServerResponse[] = []
    const four = Promise.withResolvers<void>()
    const { origin } = await serve((_, response) => {
      held.push(response)
      if (held.length === 4) four.resolve()
    })
    const { post } = httpsTransport({ origin, ca: ca.cert })
    const first = Array.from({ length: 4 }, () => post(merchant, '/', '', NEVER_MS))
    await four.promise
    const answer = async () => {
      for (const response of held) response.end('ok')
      await Promise.all(first)
    }
    return { post, answer, came: () => held.length }
  }

  test('is not begun if its turn leaves it too little time for an answer', async () => {
    const { post, answer, came } = await full()
    // One more is let in after 300 ms, when less than half of its time would be left.
    expect(await failureOf(post(merchant, '/', '', 500))).toMatchObject({ name: 'TimeoutError' })
    await answer()
    expect(came()).toBe(4)
  })

  test('through a freeze that leaves it less than a second is not begun', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
    const { post, answer, came } = await full()
    const late = failureOf(post(merchant, '/', '', NEVER_MS))
    vi.setSystemTime(Date.now() + NEVER_MS - 999)
    await answer()
    expect(await late).toMatchObject({ name: 'TimeoutError' })
    expect(came()).toBe(4)
  })

  test('is begun with a second left', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
    const { post, answer, came } = await full()
    const last = post(merchant, '/', '', NEVER_MS)
    vi.setSystemTime(Date.now() + NEVER_MS - 1_000)
    await answer()
    await vi.waitFor(() => expect(came()).toBe(5), { timeout: 30_000 })
    await answer()
    expect(await last).toEqual({ status: 200, text: 'ok' })
  })
})

describe('trust', () => {
  const served = { count: 0 }
  const count: RequestListener = (_, response) => {
    served.count += 1
    response.end('ok')
  }

  test.for([
    ['of an unknown CA', () => createServerCertificate(createCa()), ca.cert],
    ['for another host', () => createServerCertificate(ca, {}, ['api.mch.weixin.qq.com']), ca.cert],
    ['that has expired', () => createServerCertificate(ca, { not_after: new Date(Date.now() - 1_000) }), ca.cert],
    ['without an extra CA named', () => pair, undefined],
  ] as const)('a server with a certificate %s gets nothing', async ([, certificate, trusted]) => {
    served.count = 0
    const { origin } = await serve(count, certificate())
    const { post } = httpsTransport({ origin, ca: trusted })
    expect(await failureOf(post(merchant, '/', 'secret', NEVER_MS))).toBeInstanceOf(Error)
    expect(served.count).toBe(0)
  })

  test.for([
    ['of an unknown CA', () => createServerCertificate(createCa()), ca.cert],
    ['for another host', () => createServerCertificate(ca, {}, ['api.mch.weixin.qq.com']), ca.cert],
    ['that has expired', () => createServerCertificate(ca, { not_after: new Date(Date.now() - 1_000) }), ca.cert],
    ['without an extra CA named', () => pair, undefined],
  ] as const)('nor with NODE_TLS_REJECT_UNAUTHORIZED=0: a certificate %s', async ([, certificate, trusted]) => {
    served.count = 0
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    const { origin } = await serve(count, certificate())
    const { post } = httpsTransport({ origin, ca: trusted })
    expect(await failureOf(post(merchant, '/', 'secret', NEVER_MS))).toBeInstanceOf(Error)
    expect(served.count).toBe(0)
  })
})
