import { Agent, get } from 'node:https'
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createCa, createMerchantCertificate } from '../src/certificates.ts'
import { startSimulator } from '../src/server.ts'
import { MCH_ID, NORMAL, ownConnection, pki, signedXml, simulate } from './harness.ts'

let weChat: Awaited<ReturnType<typeof simulate>>
beforeAll(async () => {
  weChat = await simulate()
})
beforeEach(() => weChat.control('POST', '/reset'))
afterAll(() => weChat.stop())

const SEND = '/mmpaymkttransfers/sendredpack'
const page = (title: string, heading: string, line = '') =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${heading}</h1></center>\r\n${line}` +
  '<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n'
const CERTIFICATE_ERROR = {
  status: 400,
  type: 'text/html',
  text: page('400 The SSL certificate error', '400 Bad Request', '<center>The SSL certificate error</center>\r\n'),
}

test('a client without a certificate is CA_ERROR with HTTP 200', async () => {
  expect(await weChat.post(SEND, signedXml(NORMAL), ownConnection())).toEqual({
    status: 200,
    type: 'text/xml',
    text: `<xml>
<return_code><![CDATA[FAIL]]></return_code>
<return_msg><![CDATA[CA证书出错，请登录微信支付商户平台下载证书]]></return_msg>
<result_code><![CDATA[FAIL]]></result_code>
<err_code><![CDATA[CA_ERROR]]></err_code>
<err_code_des><![CDATA[CA证书出错，请登录微信支付商户平台下载证书]]></err_code_des>
</xml>`,
  })
})

test.each([
  ['expired', () => createMerchantCertificate(pki.ca, MCH_ID, { not_before: new Date(0), not_after: new Date(1e12) })],
  ['of another CA', () => createMerchantCertificate(createCa(), MCH_ID)],
])('a certificate that is %s is HTTP 400 and a page', async (_, certificate) => {
  expect(await weChat.post(SEND, signedXml(NORMAL), ownConnection(certificate()))).toEqual(CERTIFICATE_ERROR)
  expect((await weChat.control('GET', '/calls')).body).toMatchObject({ calls: [{ answer: 'html' }] })
  expect((await weChat.control('GET', '/ledger')).body).toMatchObject({ debits: [] })
})

test('a certificate is known again when a TLS session is resumed', async () => {
  const agent = new Agent({ keepAlive: false, ca: pki.ca.cert, ...pki.merchant })
  for (const _ of [1, 2, 3]) {
    expect((await weChat.post(SEND, signedXml(NORMAL), { agent })).text).toContain('发放成功')
  }
  const bad = new Agent({ keepAlive: false, ca: pki.ca.cert, ...createMerchantCertificate(createCa(), MCH_ID) })
  for (const _ of [1, 2, 3]) {
    expect(await weChat.post(SEND, signedXml(NORMAL), { agent: bad })).toEqual(CERTIFICATE_ERROR)
  }
})

test('an unknown path is 404, another method 405, a body over 64 KB 413: pages of nginx', async () => {
  expect(await weChat.post('/mmpaymkttransfers/other', '')).toEqual({
    status: 404,
    type: 'text/html',
    text: page('404 Not Found', '404 Not Found'),
  })
  expect(await weChat.post(SEND, '', { method: 'GET' })).toEqual({
    status: 405,
    type: 'text/html',
    text: page('405 Not Allowed', '405 Not Allowed'),
  })
  expect(await weChat.post(SEND, 'x'.repeat(1_000_000))).toEqual({
    status: 413,
    type: 'text/html',
    text: page('413 Request Entity Too Large', '413 Request Entity Too Large'),
  })
})

test('a taken port rejects with the error that names it, and leaves nothing running', async () => {
  const { port, control_port } = weChat.simulator
  await expect(simulate({ port })).rejects.toMatchObject({ code: 'EADDRINUSE', port })
  const free = await simulate()
  await free.stop()
  await expect(simulate({ port: free.simulator.port, control_port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
    port: control_port,
  })
  const again = await simulate({ port: free.simulator.port })
  await again.stop()
})

test('a stop ends calls that hang, idle connections and handshakes that never come, and frees the ports', async () => {
  const { simulator, post, control, stop } = await simulate()
  const half_open = connect(simulator.port, '127.0.0.1')
  const idle = connect(simulator.control_port, '127.0.0.1')
  const closed = Promise.all([half_open, idle].map((socket) => new Promise((resolve) => socket.on('close', resolve))))
  await control('POST', '/faults', { kind: 'hang_after' })
  const ended = expect(post(SEND, signedXml(NORMAL))).rejects.toMatchObject({ code: 'ECONNRESET' })
  await expect.poll(async () => (await control('GET', '/calls')).body.calls).toHaveLength(1)
  await stop()
  await Promise.all([ended, closed])
  await expect(simulator.stop()).resolves.toBeUndefined()
  const again = await simulate({ port: simulator.port, control_port: simulator.control_port })
  await again.stop()
})

test("the server's certificate is good for localhost", async () => {
  const { port } = weChat.simulator
  const status = await new Promise((resolve, reject) => {
    get({ host: 'localhost', port, path: '/', ca: pki.ca.cert, family: 4 }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).on('error', reject)
  })
  expect(status).toBe(404)
})

test('the clock is the real one, and the balance a million yuan, unless told', async () => {
  const simulator = await startSimulator({
    port: 0,
    control_port: 0,
    tls: { ca: pki.ca.cert, ...pki.server },
    merchants: [],
  })
  const begun_ms = Date.now()
  const clock = (await (await fetch(`${simulator.control_origin}/clock`)).json()) as { now: string }
  expect(Date.parse(clock.now)).toBeGreaterThanOrEqual(begun_ms)
  expect(Date.parse(clock.now)).toBeLessThanOrEqual(Date.now())
  expect(await (await fetch(`${simulator.control_origin}/ledger`)).json()).toMatchObject({ balance: 100_000_000 })
  await simulator.stop()
})
