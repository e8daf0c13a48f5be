// Requests through serverless-offline: handlers get them as API Gateway would give them, and nothing that is sent ends the service.
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type LocalStack, startStack } from '../../../local/stack.ts'
import { signedHeaders } from '../../support/signing.ts'

const folder = mkdtempSync(join(tmpdir(), 'redpack-offline-'))
let stack: LocalStack
let ended: number | null | undefined

beforeAll(async () => {
  stack = await startStack({ folder, port: 0 })
  void stack.offline.ended.then((code) => {
    ended = code
  })
})
afterAll(async () => {
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

type Headers = Record<string, string | string[]>
type Reply = { status: number | undefined; headers: Record<string, unknown>; text: string; code: unknown }

function exchange(method: string, url: string, headers: Headers, body = ''): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const length = method === 'POST' ? { 'content-length': Buffer.byteLength(body) } : {}
    const outgoing = request(url, { method, headers: { ...headers, ...length }, agent: false }, async (response) => {
      const answer = await text(response)
      const { code } = answer.startsWith('{') ? JSON.parse(answer) : {}
      resolve({ status: response.statusCode, headers: response.headers, text: answer, code })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

function get(target: string, headers: Headers = {}): Promise<Reply> {
  const signed = signedHeaders({ target, ...stack.parts.identity.caller })
  return exchange('GET', `${stack.offline.url}${target}`, { ...signed, ...headers })
}

function post(body: string, headers: Headers = {}): Promise<Reply> {
  const signed = signedHeaders({ method: 'POST', target: '/redpacks', body, ...stack.parts.identity.caller })
  return exchange('POST', `${stack.offline.url}/redpacks`, { ...signed, ...headers }, body)
}

/** Writes the parts one after the other. @returns what came when an answer had begun, or the connection was closed */
function write(...parts: string[]): Promise<string> {
  return new Promise((resolve) => {
    let got = ''
    const socket = connect(Number(new URL(stack.offline.url).port), '127.0.0.1')
    socket.on('data', (chunk) => {
      got += chunk
      // What is still to be written is written, so that it meets the answer.
      if (statuses(got).length > 0 && parts.length === 0) socket.end()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(got))
    const next = () => {
      const part = parts.shift()
      if (part === undefined) return statuses(got).length > 0 ? socket.end() : undefined
      if (socket.writable) socket.write(part, () => setTimeout(next, 5))
    }
    socket.on('connect', next)
  })
}

const statuses = (answers: string) => [...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))

describe('a body reaches the handler as it was sent', () => {
  it.each(['null', '"x"', '1', 'true', 'false', '0', '""', '[]', ' null ', '{"type": "normal"}'])(
    'JSON that is no packet: %s',
    async (body) => {
      expect(await post(body)).toMatchObject({ status: 400, code: 'invalid_parameters' })
    },
  )

  it.each(['', ' ', 'nul', '\ufeff{}x', '\u0000', '"x'])('what is no JSON: %j', async (body) => {
    expect(await post(body)).toMatchObject({ status: 400, code: 'malformed_json' })
  })

  it.each([
    '???',
    'text/plain',
    'application/octet-stream',
    'multipart/form-data',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    '/',
    '',
  ])('a body of the content type "%s"', async (type) => {
    expect(await post('{"é":1}', { 'content-type': type })).toMatchObject({ status: 400, code: 'wrong_content_type' })
  })

  it('a body without a content type', async () => {
    expect(await post('{}', { 'content-type': [] })).toMatchObject({ status: 400, code: 'wrong_content_type' })
  })

  it('a body that says it is compressed', async () => {
    expect(await post('{}', { 'content-encoding': 'gzip' })).toMatchObject({ status: 400, code: 'invalid_parameters' })
  })
})

describe('a query reaches the handler as it was sent', () => {
  it.each([
    '?limit=%31',
    '?limit=1%30',
    '?%6c%69mit=1',
    '?limit=1&offset=%30',
    '?limit=1&',
    '?&limit=1',
    '?limit=1&&offset=0',
    '?',
    '',
  ])('a list of %s', async (query) => {
    expect(await get(`/redpacks${query}`)).toMatchObject({ status: 200 })
  })

  it.each([
    '?limit=%20',
    '?limit=+1',
    '?limit=1%',
    '?limit=%zz',
    '?limit=%E4%BD%A0',
    '?limit',
    '?limit=',
    '?=',
    '?limit=1=1',
    '?limit=1?',
    '?a~b!c*(d)=1',
  ])('a list of %s, which is none', async (query) => {
    expect(await get(`/redpacks${query}`)).toMatchObject({ status: 400, code: 'invalid_parameters' })
  })

  it.each(['?mch_billno=RP%20x', '?mch_billno=RP+x', '?id=%31%32', '?id=a%2Bb', '?id=~!*()'])(
    'a status of %s',
    async (query) => {
      expect(await get(`/redpacks/status${query}`)).toMatchObject({ status: 404, code: 'not_found' })
    },
  )
})

describe('a header that is nothing to the service does no harm', () => {
  it.each<[string, Headers]>([
    ['a cookie that is none', { cookie: 'a=b c;;"x' }],
    ['an empty cookie', { cookie: '' }],
    ['a mark of our own', { 'x-offline-request': '1' }],
    ['an authorizer of its own', { 'sls-offline-authorizer-override': '{' }],
    ['an origin', { origin: 'https://evil.example' }],
  ])('%s', async (_, headers) => {
    const reply = await get('/redpacks', headers)

    expect(reply).toMatchObject({ status: 200 })
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  it('a page that asks whether it may send is not told that it may', async () => {
    const preflight = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }

    const reply = await exchange('OPTIONS', `${stack.offline.url}/redpacks`, preflight)

    expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})

describe('a header that hapi would act upon is for the handler only', () => {
  it.each<Headers>([
    { range: 'bytes=0-3' },
    { range: 'gzip' },
    { 'if-none-match': '*' },
    { 'accept-encoding': 'gzip, br' },
    { 'accept-encoding': '' },
  ])('%j', async (headers) => {
    const reply = await get('/redpacks', headers)

    expect(reply).toMatchObject({ status: 200, text: expect.stringContaining('"objects"') })
    expect(reply.headers).not.toHaveProperty('content-encoding')
  })
})

describe('what is no HTTP is answered, and the service lives', () => {
  afterEach(async () => {
    expect(ended).toBeUndefined()
    expect(await get('/redpacks')).toMatchObject({ status: 200 })
  })

  const HOST = 'Host: 127.0.0.1\r\n'
  const head = (path: string, ...lines: string[]) =>
    `POST ${path} HTTP/1.1\r\n${HOST}${lines.map((line) => `${line}\r\n`).join('')}\r\n`

  const TYPES = ['Content-Type: application/json', 'Content-Type: text/plain', 'X-Type: none']
  const LONGER = ['Content-Length: 1', 'Content-Length: 0', 'Content-Length: 2']

  it.each(['/nope', '/', '/redpacks/a/b', '/redpacks'])(
    'a body longer than its Content-Length says, sent to %s',
    async (path) => {
      for (const connection of ['close', 'keep-alive']) {
        for (const type of TYPES) {
          for (const length of LONGER) {
            const first = head(path, `Connection: ${connection}`, type, length)
            // In one piece, and in pieces that come while the answer is being written.
            const answers = await Promise.all([
              write(`${first}{}zz`),
              write(first, '{}zz'),
              write(first, '{', '}', 'zz'),
            ])
            for (const answer of answers) expect(statuses(answer)[0], first).toBe(path === '/redpacks' ? 415 : 404)
          }
        }
      }
    },
  )

  it.each<[string, string, number]>([
    ['two lengths', `${head('/nope', 'Content-Length: 3', 'Content-Length: 4')}abcd`, 400],
    ['a length below zero', `${head('/nope', 'Content-Length: -1')}abcd`, 400],
    ['a length that is no number', `${head('/redpacks', 'Content-Length: x')}abcd`, 400],
    ['a length and chunks', `${head('/nope', 'Content-Length: 3', 'Transfer-Encoding: chunked')}0\r\n\r\n`, 400],
    ['a chunk without a size', `${head('/nope', 'Transfer-Encoding: chunked')}zz\r\nabc`, 400],
    ['a chunk longer than it says', `${head('/redpacks', 'Transfer-Encoding: chunked')}2\r\nabcdefg`, 400],
    ['no HTTP at all', '\x16\x03\x01\x02\x00\r\n\r\n', 400],
    ['another version', `GET / HTTP/9.9\r\n${HOST}\r\n`, 400],
    ['no host', 'GET /redpacks HTTP/1.1\r\n\r\n', 400],
    ['a header without a name', `GET /redpacks HTTP/1.1\r\n${HOST}: x\r\n\r\n`, 400],
    ['40 KB of header', `GET /redpacks HTTP/1.1\r\n${HOST}X: ${'a'.repeat(40_000)}\r\n\r\n`, 400],
    ['a path that is none', `GET /redpacks/%zz HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['a path of another host', `GET http://[/x HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['an expectation', `${head('/redpacks', 'Expect: 200-ok', 'Content-Length: 2')}{}`, 417],
    [
      'a request that is good, and one behind it that is not',
      `${head('/redpacks', 'Content-Length: 2')}{}GET \x01`,
      415,
    ],
    ['a wish to be something else', `GET /redpacks HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: x\r\n\r\n`, 415],
  ])('%s', async (_, sent, status) => {
    expect(statuses(await write(sent))[0]).toBe(status)
  })

  it('a body shorter than its Content-Length says, and a caller who leaves', async () => {
    for (const path of ['/nope', '/redpacks']) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(new URL(stack.offline.url).port), '127.0.0.1')
        socket.on('error', () => {})
        socket.on('close', () => resolve())
        socket.write(`${head(path, 'Content-Length: 100')}abc`, () => socket.destroy())
      })
    }
  })
})

describe("Lambda's Invoke API, which asks for no signature", () => {
  const url = () => `${stack.offline.lambda_url}/2015-03-31/functions/redpack-dev-settle/invocations`

  it('serves programs of this machine', async () => {
    expect(await exchange('POST', url(), {}, '{}')).toMatchObject({ status: 200 })
  })

  it.each<Headers>([{ origin: 'https://evil.example' }, { host: 'evil.example' }])(
    'refuses a web page: %j',
    async (more) => {
      expect(await exchange('POST', url(), more, '{}')).toMatchObject({ status: 403 })
    },
  )
})
