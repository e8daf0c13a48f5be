import { Agent } from 'node:https'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { KINDS } from '../src/faults.ts'
import { MCH_ID, NORMAL, OTHER_MCH_ID, ownConnection, pki, QUERY, START_MS, signedXml, simulate } from './harness.ts'

let weChat: Awaited<ReturnType<typeof simulate>>
const lines: string[] = []
beforeAll(async () => {
  weChat = await simulate({ log: (line) => lines.push(line) })
})
beforeEach(() => weChat.control('POST', '/reset'))
afterAll(() => weChat.stop())

test('every call is logged with its fields, answer, time and connection', async () => {
  await weChat.send()
  await weChat.control('POST', '/clock', { advance_s: 1 })
  await weChat.query()
  const { body } = await weChat.control('GET', '/calls')
  const text = Object.fromEntries(
    Object.entries(NORMAL).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )
  const connection = expect.any(Number)
  const answer = { return_code: 'SUCCESS', result_code: 'SUCCESS', err_code: 'SUCCESS' }
  const common = { mch_billno: NORMAL.mch_billno, mch_id: MCH_ID, answer, connection }
  expect(body).toEqual({
    calls: [
      { op: 'sendredpack', at: '2025-06-15T15:06:40.000Z', at_ms: START_MS, fields: text, ...common },
      { op: 'gethbinfo', at: '2025-06-15T15:06:41.000Z', at_ms: START_MS + 1000, fields: QUERY, ...common },
    ],
    connections: expect.any(Number),
  })
})

test('calls over one connection carry its number, and new connections are counted', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: pki.ca.cert, ...pki.merchant })
  for (const options of [{ agent }, { agent }, ownConnection(pki.merchant)]) {
    await weChat.post('/mmpaymkttransfers/sendredpack', signedXml(NORMAL), options)
  }
  agent.destroy()
  const { calls, connections } = (await weChat.control('GET', '/calls')).body as {
    calls: { connection: number }[]
    connections: number
  }
  const first = calls[0]?.connection ?? 0
  expect(calls.map(({ connection }) => connection)).toEqual([first, first, first + 1])
  expect(connections).toBe(2)
})

test('a call that is refused is logged, whatever refuses it', async () => {
  await weChat.send({ total_num: 2 })
  await weChat.post('/mmpaymkttransfers/sendredpack', '<xml>')
  await weChat.post('/mmpaymkttransfers/gethbinfo', signedXml(QUERY), ownConnection())
  const { calls } = (await weChat.control('GET', '/calls')).body
  const answer = (err_code: string) => ({ return_code: 'FAIL', result_code: 'FAIL', err_code })
  expect(calls).toMatchObject([
    { op: 'sendredpack', answer: { return_code: 'SUCCESS', result_code: 'FAIL', err_code: 'PARAM_ERROR' } },
    { op: 'sendredpack', answer: answer('XML_ERROR'), fields: {}, mch_billno: '', mch_id: '' },
    { op: 'gethbinfo', answer: answer('CA_ERROR'), mch_billno: NORMAL.mch_billno },
  ])
})

test('a reset puts everything back', async () => {
  await weChat.send()
  await weChat.control('POST', '/faults', { kind: 'NO_AUTH' })
  await weChat.control('POST', '/clock', { advance_s: 5 })
  await weChat.control('POST', '/balance', { fen: 7 })
  expect(await weChat.control('POST', '/reset')).toMatchObject({
    status: 200,
    body: { balance: 1_000_000, now: '2025-06-15T15:06:40.000Z' },
  })
  expect((await weChat.control('GET', '/ledger')).body).toEqual({ balance: 1_000_000, total_debited: 0, debits: [] })
  expect((await weChat.control('GET', '/calls')).body).toEqual({ calls: [], connections: 0 })
  expect((await weChat.control('GET', '/faults')).body).toEqual({ faults: [] })
  expect(await weChat.query()).toMatchObject({ err_code: 'NOT_FOUND' })
})

test('a fault is queued with a count of 1 unless told', async () => {
  const { status, headers, body } = await weChat.control('POST', '/faults', { kind: 'hang_after', seconds: 1.5 })
  expect(status).toBe(200)
  expect(headers['content-type']).toBe('application/json')
  expect(body).toEqual({ faults: [{ kind: 'hang_after', count: 1, seconds: 1.5 }] })
})

test.each([
  [{ kind: 'hang' }, `kind: unknown kind "hang"; the kinds are ${KINDS.join(', ')}`],
  [{ kind: 'toString' }, `kind: unknown kind "toString"; the kinds are ${KINDS.join(', ')}`],
])('an unknown kind of fault is refused with the list: %j', async (body, error) => {
  expect(await weChat.control('POST', '/faults', body)).toMatchObject({ status: 400, body: { error } })
})

test('the kinds are those of the contract', () => {
  expect(KINDS).toEqual(
    expect.arrayContaining(
      ['hang', 'reset', 'systemerror', 'processing', 'numeric', 'garbage', 'html']
        .flatMap((kind) => [`${kind}_before`, `${kind}_after`])
        .concat('late_debit', 'NOTENOUGH', 'NOT_FOUND', 'CA_ERROR', 'FATAL_ERROR', 'PARAM_ERROR'),
    ),
  )
})

test.each([
  ['/faults', '{', 'the body is not JSON'],
  ['/faults', '', 'the body is not JSON'],
  ['/faults', {}, /^kind: /],
  ['/faults', { kind: 'NO_AUTH', count: 0 }, /^count: /],
  ['/faults', { kind: 'NO_AUTH', count: 1.5 }, /^count: /],
  ['/faults', { kind: 'NO_AUTH', op: 'refund' }, /^op: .*sendredpack/],
  ['/faults', { kind: 'hang_after', seconds: -1 }, /^seconds: /],
  ['/faults', { kind: 'hang_after', sec: 1 }, /^sec: /],
  ['/faults', { kind: 'late_debit', op: 'gethbinfo' }, 'late_debit is about sends: op cannot be gethbinfo'],
  ['/clock', { advance_s: -1 }, /^advance_s: /],
  ['/clock', {}, /^advance_s: /],
  ['/balance', { fen: 1.5 }, /^fen: /],
  ['/balance', { fen: -1 }, /^fen: /],
  ['/receive', { mch_billno: 1 }, /^mch_billno: /],
])('POST %s with %j is 400', async (path, body, error) => {
  const answer = await weChat.control('POST', path, body)
  expect(answer.status).toBe(400)
  expect(answer.body).toEqual({ error: typeof error === 'string' ? error : expect.stringMatching(error) })
})

test('a packet that was never debited cannot be collected', async () => {
  expect(await weChat.control('POST', '/receive', { mch_billno: 'NONE' })).toMatchObject({
    status: 404,
    body: { error: 'nothing has been debited under this mch_billno' },
  })
})

test('a number of two merchants is collected by naming the merchant', async () => {
  const theirs = { ...NORMAL, mch_id: OTHER_MCH_ID }
  await weChat.send()
  await weChat.post('/mmpaymkttransfers/sendredpack', signedXml(theirs), ownConnection(pki.other))
  const { mch_billno } = NORMAL
  expect(await weChat.control('POST', '/receive', { mch_billno })).toMatchObject({ status: 409 })
  expect(await weChat.control('POST', '/receive', { mch_billno, mch_id: OTHER_MCH_ID })).toMatchObject({ status: 200 })
  expect((await weChat.control('GET', '/ledger')).body).toMatchObject({
    debits: [{ status: 'SENT' }, { mch_id: OTHER_MCH_ID, status: 'RECEIVED' }],
  })
})

test('an unknown path is 404 and names the routes', async () => {
  expect(await weChat.control('GET', '/nothing')).toMatchObject({
    status: 404,
    body: {
      error:
        'no such path; the routes are GET /faults, POST /faults, GET /ledger, GET /calls, GET /packets, GET /exchanges, ' +
        'GET /clock, POST /clock, ' +
        'POST /receive, POST /balance, POST /reset',
    },
  })
})

test('a wrong method is 405 and names the right ones', async () => {
  expect(await weChat.control('DELETE', '/clock')).toMatchObject({
    status: 405,
    headers: { allow: 'GET, POST' },
    body: { error: '/clock takes GET, POST' },
  })
  expect(await weChat.control('GET', '/reset')).toMatchObject({ status: 405, headers: { allow: 'POST' } })
})

test('a body over 64 KB is 413', async () => {
  expect(await weChat.control('POST', '/faults', 'x'.repeat(65_537))).toMatchObject({
    status: 413,
    body: { error: 'the body is longer than 64 KB' },
  })
})

test('the log has a line a call, and no openid, key or sign in it', async () => {
  lines.length = 0
  await weChat.send()
  await weChat.control('POST', '/faults', { kind: 'processing_after' })
  await weChat.query()
  await weChat.send({ mch_billno: 'B\n1' })
  expect(lines).toEqual([
    'sendredpack B20250101000001 SUCCESS',
    'gethbinfo B20250101000001 PROCESSING (fault processing_after)',
    'sendredpack - PARAM_ERROR',
  ])
})
