import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { KINDS } from '../src/faults.ts'
import { failedOf, MCH_ID, NORMAL, ownConnection, pki, refusedOf, signedXml, simulate, successOf } from './harness.ts'

let weChat: Awaited<ReturnType<typeof simulate>>
beforeAll(async () => {
  weChat = await simulate()
})
beforeEach(() => weChat.control('POST', '/reset'))
afterEach(() => void vi.useRealTimers())
afterAll(() => weChat.stop())

/** A hang waits in this process: its seconds pass when the test says so. */
const TIMERS = { toFake: ['setTimeout' as const, 'clearTimeout' as const] }

const fault = (body: object) => weChat.control('POST', '/faults', body)
const ledger = async () => (await weChat.control('GET', '/ledger')).body
const calls = async () => (await weChat.control('GET', '/calls')).body.calls as Record<string, unknown>[]
const SEND = '/mmpaymkttransfers/sendredpack'
const ACCEPTED = '请求已受理，请稍后使用原单号查询发放结果'
const NGINX_502 =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n' +
  '<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n'

describe.each([
  ['before', 0],
  ['after', 1],
])('trouble %s the debit', (when, debits) => {
  test.each([
    ['systemerror', refusedOf(NORMAL, 'SYSTEMERROR', ACCEPTED)],
    ['processing', refusedOf(NORMAL, 'PROCESSING', ACCEPTED)],
    ['numeric', failedOf('268458547', '系统繁忙,请稍后再试.')],
  ])('%s is answered in place of the truth', async (kind, answer) => {
    await fault({ kind: `${kind}_${when}`, count: 1 })
    expect(await weChat.send()).toEqual(answer)
    expect((await ledger()).debits).toHaveLength(debits)
    expect(await weChat.send()).toEqual(successOf(NORMAL, 1))
    expect((await ledger()).debits).toHaveLength(1)
    expect((await calls()).map((call) => call.fault)).toEqual([`${kind}_${when}`, undefined])
  })

  test('garbage is an answer that breaks off', async () => {
    await fault({ kind: `garbage_${when}`, count: 1 })
    expect(await weChat.post(SEND, signedXml(NORMAL))).toEqual({
      status: 200,
      type: 'text/xml',
      text: '<xml>\n<return_code><![CDATA[SUCCESS]]></return_code>\n<result_code><![CDATA[SUCCESS]]></result_code>\n<mch_bill',
    })
    expect((await ledger()).debits).toHaveLength(debits)
    expect(await calls()).toMatchObject([{ answer: 'garbage' }])
  })

  test("html is nginx's page", async () => {
    await fault({ kind: `html_${when}`, count: 1 })
    expect(await weChat.post(SEND, signedXml(NORMAL))).toEqual({ status: 502, type: 'text/html', text: NGINX_502 })
    expect((await ledger()).debits).toHaveLength(debits)
    expect(await calls()).toMatchObject([{ answer: 'html' }])
  })

  test('reset ends the connection with a TCP reset', async () => {
    await fault({ kind: `reset_${when}`, count: 1 })
    await expect(weChat.post(SEND, signedXml(NORMAL), ownConnection(pki.merchant))).rejects.toMatchObject({
      code: 'ECONNRESET',
      syscall: 'read',
    })
    expect((await ledger()).debits).toHaveLength(debits)
    expect(await calls()).toMatchObject([{ answer: 'reset' }])
  })

  test('hang keeps the client waiting until it goes away', async () => {
    await fault({ kind: `hang_${when}`, count: 1 })
    await goAwayFromHang()
    expect((await ledger()).debits).toHaveLength(debits)
    expect(await calls()).toMatchObject([{ answer: 'hang', fault: `hang_${when}` }])
  })

  test('hang with seconds gives the true answer in the end', async () => {
    vi.useFakeTimers(TIMERS)
    await fault({ kind: `hang_${when}`, count: 1, seconds: 60 })
    const answer = weChat.send()
    await expect.poll(calls).toMatchObject([{ answer: 'hang' }])
    await vi.advanceTimersByTimeAsync(50_000)
    expect((await ledger()).debits).toHaveLength(debits)
    expect(await calls()).toMatchObject([{ answer: 'hang' }])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await answer).toEqual(successOf(NORMAL, 1))
    expect((await ledger()).debits).toHaveLength(1)
    expect(await calls()).toMatchObject([{ answer: { err_code: 'SUCCESS' } }])
  })
})

/** Sends, and goes away once the call hangs. */
async function goAwayFromHang(): Promise<void> {
  const client = new AbortController()
  const post = weChat.post(SEND, signedXml(NORMAL), { signal: client.signal })
  const ended = expect(post).rejects.toMatchObject({ name: 'AbortError' })
  await expect.poll(calls).toMatchObject([{ answer: 'hang' }])
  client.abort()
  await ended
  // Client and simulator share an event loop: by the end of two exchanges the simulator has seen the connection close.
  await calls()
  await calls()
}

test('a client that goes away from a hang before the debit causes none, though its seconds pass', async () => {
  vi.useFakeTimers(TIMERS)
  await fault({ kind: 'hang_before', seconds: 60 })
  await goAwayFromHang()
  await vi.advanceTimersByTimeAsync(61_000)
  expect((await ledger()).debits).toEqual([])
})

test('a reset of the simulator ends the calls that hang, and none of them debits later', async () => {
  vi.useFakeTimers(TIMERS)
  await fault({ kind: 'hang_before', seconds: 60 })
  const hanging = weChat.post(SEND, signedXml(NORMAL))
  const ended = expect(hanging).rejects.toMatchObject({ code: 'ECONNRESET' })
  await expect.poll(calls).toHaveLength(1)
  await weChat.control('POST', '/reset')
  await ended
  await vi.advanceTimersByTimeAsync(61_000)
  expect(await ledger()).toEqual({ balance: 1_000_000, total_debited: 0, debits: [] })
})

test.each(KINDS.filter((kind) => kind === kind.toUpperCase()))(
  '%s by name is answered without a debit',
  async (kind) => {
    await fault({ kind })
    const answer = await weChat.send()
    expect(answer).toMatchObject({ result_code: 'FAIL', err_code: kind, return_msg: answer.err_code_des })
    expect(answer.err_code_des).toMatch(/\p{Script=Han}/u)
    expect((await ledger()).debits).toEqual([])
  },
)

test('an err_code by name has its shape: with an echo for business, without one for communication', async () => {
  await fault({ kind: 'NO_AUTH' })
  await fault({ kind: 'CA_ERROR' })
  expect(await weChat.send()).toEqual(refusedOf(NORMAL, 'NO_AUTH', '发放失败，此请求可能存在风险，已被微信拦截'))
  expect(await weChat.send()).toEqual(failedOf('CA_ERROR', 'CA证书出错，请登录微信支付商户平台下载证书'))
})

test('a query can fail, too', async () => {
  await weChat.send()
  await fault({ kind: 'systemerror_before', op: 'gethbinfo' })
  await fault({ kind: 'NOT_FOUND', op: 'gethbinfo' })
  const failed = { return_code: 'SUCCESS', result_code: 'FAIL', mch_billno: NORMAL.mch_billno, mch_id: MCH_ID }
  const busy = { return_msg: '系统繁忙，请再试。', err_code: 'SYSTEMERROR', err_code_des: '系统繁忙，请再试。' }
  const lost = { return_msg: '指定单号数据不存在', err_code: 'NOT_FOUND', err_code_des: '指定单号数据不存在' }
  expect(await weChat.query()).toEqual({ ...failed, ...busy })
  expect(await weChat.query()).toEqual({ ...failed, ...lost })
  expect(await weChat.query()).toMatchObject({ status: 'SENT' })
})

test('faults are taken in order, as often as they count, by the calls they are for', async () => {
  await fault({ kind: 'NO_AUTH', count: 2, op: 'sendredpack' })
  await fault({ kind: 'FREQ_LIMIT', count: 1 })
  await fault({ kind: 'late_debit', count: 1 })
  expect(await weChat.query()).toMatchObject({ err_code: 'FREQ_LIMIT' })
  expect(await weChat.query()).toMatchObject({ err_code: 'NOT_FOUND' })
  expect(await weChat.send()).toMatchObject({ err_code: 'NO_AUTH' })
  expect((await weChat.control('GET', '/faults')).body).toEqual({
    faults: [
      { kind: 'NO_AUTH', count: 1, op: 'sendredpack' },
      { kind: 'late_debit', count: 1 },
    ],
  })
  expect(await weChat.send()).toMatchObject({ err_code: 'NO_AUTH' })
  expect(await weChat.sendGroup()).toMatchObject({ err_code: 'PROCESSING' })
  expect((await weChat.control('GET', '/faults')).body).toEqual({ faults: [] })
})

test('a late debit of a call that is wrong is the true refusal', async () => {
  await fault({ kind: 'late_debit' })
  expect(await weChat.send({ total_amount: 1 })).toMatchObject({ err_code: 'MONEY_LIMIT' })
  await weChat.control('POST', '/clock', { advance_s: 60 })
  expect((await ledger()).debits).toEqual([])
})

test('a late debit of a number that is paid is PROCESSING, and nothing more is paid', async () => {
  await weChat.send()
  await fault({ kind: 'late_debit' })
  expect(await weChat.send()).toEqual(refusedOf(NORMAL, 'PROCESSING', ACCEPTED))
  await weChat.control('POST', '/clock', { advance_s: 60 })
  expect((await ledger()).debits).toHaveLength(1)
})

test('a call with a bad certificate takes no fault', async () => {
  await fault({ kind: 'processing_before' })
  const { text } = await weChat.post(SEND, signedXml(NORMAL), ownConnection())
  expect(text).toContain('CA_ERROR')
  expect(await weChat.send()).toMatchObject({ err_code: 'PROCESSING' })
})
