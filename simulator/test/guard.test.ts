// The control answers programs of this machine, and no web page: neither one that asks it by name nor one that has its own name lead here.
import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { simulate } from './harness.ts'

type Answer = { status: number; body: string; headers: Record<string, unknown> }

let weChat: Awaited<ReturnType<typeof simulate>>
beforeAll(async () => {
  weChat = await simulate({ control_names: ['simulator'] })
})
beforeEach(() => weChat.control('POST', '/reset'))
afterAll(() => weChat.stop())

function ask(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { control_port: port } = weChat.simulator
    const asking = request({ host: '127.0.0.1', port, method, path, headers }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers })
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

const JSON_TYPE = { 'content-type': 'application/json' }
const FAULT = '{"kind":"NO_AUTH"}'
const waiting = async () => (await weChat.control('GET', '/faults')).body.faults

test.each([
  'localhost',
  'LOCALHOST',
  'localhost:8444',
  '127.0.0.1',
  '127.0.0.1:1',
  '127.8.9.10',
  '[::1]',
  '[::1]:8444',
  'simulator:8444',
])('Host %s is answered', async (host) => {
  expect(await ask('GET', '/ledger', { host })).toMatchObject({ status: 200 })
  expect(await ask('POST', '/faults', { host, ...JSON_TYPE }, FAULT)).toMatchObject({ status: 200 })
})

describe.each([
  'GET /ledger',
  'GET /calls',
  'GET /',
  'GET /page.js',
  'GET /openapi.yaml',
  'POST /faults',
  'POST /reset',
  'GET /nothing',
])('%s', (route) => {
  const [method = '', path = ''] = route.split(' ')
  const body = path === '/faults' ? FAULT : undefined

  test.each([
    'example.com',
    'example.com:8444',
    'localhost.example.com',
    'example.com.localhost.evil',
    '127.0.0.1.nip.io',
    '10.0.0.1:8444',
    '0.0.0.0',
    '[2001:db8::1]',
    'simulator.example.com',
  ])('is refused to Host %j', async (host) => {
    expect(await ask(method, path, { host, ...JSON_TYPE }, body)).toMatchObject({
      status: 403,
      body: expect.stringContaining('--control-name'),
    })
    expect(await waiting()).toEqual([])
  })

  test.each(['http://example.com', 'null', 'http://127.0.0.1:8444', ''])(
    'is refused with Origin %j',
    async (origin) => {
      expect(await ask(method, path, { origin, ...JSON_TYPE }, body)).toMatchObject({ status: 403 })
      expect(await waiting()).toEqual([])
    },
  )

  test.each(['cross-site', 'same-site'])('is refused to a page by Sec-Fetch-Site: %s', async (site) => {
    const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors', ...JSON_TYPE }
    expect(await ask(method, path, headers, body)).toMatchObject({ status: 403 })
    expect(await waiting()).toEqual([])
  })
})

test.each([
  'text/plain',
  'text/plain;charset=UTF-8',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'application/json-x',
  '',
])('a body of type %j is 415, and says which header to send', async (type) => {
  for (const path of ['/faults', '/clock', '/receive', '/balance', '/reset']) {
    expect(await ask('POST', path, { 'content-type': type }, FAULT)).toMatchObject({
      status: 415,
      body: '{"error":"the body must be JSON: send the header content-type: application/json"}\n',
    })
  }
  expect(await waiting()).toEqual([])
})

test('a request without a Host is refused', async () => {
  const socket = connect(weChat.simulator.control_port, '127.0.0.1')
  socket.end('GET /ledger HTTP/1.0\r\n\r\n')
  let text = ''
  for await (const chunk of socket) text += chunk
  expect(text).toMatch(/^HTTP\/1\.1 403 /)
})

test('a body without a type is 415, and one of JSON with a charset is taken', async () => {
  expect(await ask('POST', '/faults', {}, FAULT)).toMatchObject({ status: 415 })
  expect(await ask('POST', '/faults', { 'content-type': 'Application/JSON; charset=utf-8' }, FAULT)).toMatchObject({
    status: 200,
  })
})

test('nothing allows another origin to read an answer', async () => {
  const { headers } = await ask('OPTIONS', '/faults', { 'access-control-request-method': 'POST' })
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  expect((await ask('GET', '/ledger', {})).headers).toMatchObject({ 'cache-control': 'no-store' })
})

describe('the page', () => {
  test('comes without inline code and in no frame', async () => {
    const { status, body, headers } = await ask('GET', '/', {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
    })
    expect({ status, ...headers }).toMatchObject({
      status: 200,
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
    })
    const policy = String(headers['content-security-policy']).split('; ')
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]),
    )
    expect(policy.join()).not.toMatch(/unsafe|https?:|\*/)
    expect(body).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|\sstyle=|javascript:/i)
  })

  test('has all its files, and only sets text as text', async () => {
    const { body } = await ask('GET', '/', {})
    for (const [, file] of body.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)) {
      expect(await ask('GET', `/${file}`, {})).toMatchObject({ status: 200 })
    }
    const script = (await ask('GET', '/page.js', {})).body
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/)
  })

  test('shows what was called: paid or not, newest first, and the XML both ways', async () => {
    await weChat.send()
    await weChat.send({ mch_billno: 'SHORT', total_amount: 1 })
    await weChat.query()
    await weChat.query()
    expect((await weChat.control('GET', '/packets')).body).toEqual({
      now: '2025-06-15T15:06:40.000Z',
      balance: 999_900,
      debited: 1,
      called: 2,
      packets: [
        packetOf({ mch_billno: 'B20250101000001', queries: 2, answer: 'SUCCESS', status: 'SENT', hb_type: 'NORMAL' }),
        packetOf({ mch_billno: 'SHORT', total_amount: 1, answer: 'MONEY_LIMIT' }),
      ],
    })
    expect((await weChat.control('GET', '/packets?limit=1')).body).toMatchObject({
      called: 2,
      packets: [{ queries: 2 }],
    })
    const { exchanges } = (await weChat.control('GET', '/exchanges?mch_billno=SHORT&mch_id=10000098')).body
    expect(exchanges).toEqual([
      {
        op: 'sendredpack',
        at: '2025-06-15T15:06:40.000Z',
        mch_billno: 'SHORT',
        mch_id: '10000098',
        request: expect.stringMatching(/^<xml><sign>.*SHORT.*<\/xml>$/),
        response: expect.stringMatching(/^<xml>\n<return_code>[\s\S]*MONEY_LIMIT[\s\S]*<\/xml>$/),
      },
    ])
  })

  test.each([
    '/packets?limit=0',
    '/packets?limit=1001',
    '/packets?limit=x',
    '/packets?other=1',
    '/exchanges',
    '/exchanges?mch_billno=',
  ])('%s is 400', async (path) => {
    expect(await weChat.control('GET', path)).toMatchObject({ status: 400 })
  })

  test('a call that was not answered has an empty answer', async () => {
    await weChat.control('POST', '/faults', { kind: 'reset_after' })
    await expect(weChat.send()).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect((await weChat.control('GET', `/exchanges?mch_billno=B20250101000001`)).body.exchanges).toMatchObject([
      { response: '' },
    ])
    expect((await weChat.control('GET', '/packets')).body.packets).toMatchObject([
      { answer: 'reset (fault reset_after)', status: 'SENT' },
    ])
  })
})

function packetOf(more: object): object {
  return {
    mch_id: '10000098',
    re_openid: 'oxTWIuGaIt6gTKsQRLau2M0yL16E',
    total_amount: 100,
    sends: 1,
    queries: 0,
    at: '2025-06-15T15:06:40.000Z',
    status: null,
    hb_type: null,
    received: 0,
    ...more,
  }
}
