import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { GROUP, MCH_ID, NORMAL, OPENID, simulate, successOf } from './harness.ts'

const DAY_S = 86_400
const onClock = vi.fn()
let weChat: Awaited<ReturnType<typeof simulate>>
beforeAll(async () => {
  weChat = await simulate({ onClock })
})
beforeEach(async () => {
  await weChat.control('POST', '/reset')
  onClock.mockClear()
})
afterAll(() => weChat.stop())

const advance = (advance_s: number) => weChat.control('POST', '/clock', { advance_s })
const ledger = async () => (await weChat.control('GET', '/ledger')).body

test('the clock moves forward and tells so', async () => {
  expect((await advance(90.5)).body).toEqual({ now: '2025-06-15T15:08:10.500Z' })
  expect((await advance(1)).body).toEqual({ now: '2025-06-15T15:08:11.500Z' })
  expect((await weChat.control('GET', '/clock')).body).toEqual({ now: '2025-06-15T15:08:11.500Z' })
  expect(onClock.mock.calls).toEqual([[90_500], [91_500]])
})

test('a packet is RECEIVED once it is collected, and lists its receiver', async () => {
  await weChat.send()
  await advance(30)
  const hblist = [{ openid: OPENID, amount: 100, rcv_time: '2025-06-15 23:07:10' }]
  const received = { mch_billno: NORMAL.mch_billno, status: 'RECEIVED', hblist }
  expect(await weChat.control('POST', '/receive', { mch_billno: NORMAL.mch_billno })).toMatchObject({
    status: 200,
    body: received,
  })
  expect(await weChat.query()).toMatchObject({
    status: 'RECEIVED',
    hblist: [{ openid: OPENID, amount: '100', rcv_time: '2025-06-15 23:07:10' }],
  })
  await advance(3 * DAY_S)
  expect((await weChat.control('POST', '/receive', { mch_billno: NORMAL.mch_billno })).body).toEqual(received)
  expect(await ledger()).toMatchObject({ balance: 999_900, debits: [{ status: 'RECEIVED', hblist }] })
})

test('a group packet is split at random among its receivers, to the fen, and stays split so', async () => {
  for (const total_num of [3, 20]) {
    const mch_billno = `G${total_num}`
    await weChat.sendGroup({ total_num, total_amount: 100 * total_num, mch_billno })
    const { hblist } = (await weChat.control('POST', '/receive', { mch_billno })).body as {
      hblist: { openid: string; amount: number; rcv_time: string }[]
    }
    expect(hblist).toHaveLength(total_num)
    expect(hblist[0]?.openid).toBe(OPENID)
    expect(new Set(hblist.map(({ openid }) => openid)).size).toBe(total_num)
    expect(hblist.reduce((sum, { amount }) => sum + amount, 0)).toBe(100 * total_num)
    expect(hblist.every(({ amount }) => Number.isInteger(amount) && amount >= 1)).toBe(true)
    const asked = await weChat.query({ mch_billno })
    expect(asked.hblist).toEqual(hblist.map((item) => ({ ...item, amount: String(item.amount) })))
    expect(asked).toMatchObject({ status: 'RECEIVED', hb_type: 'GROUP', total_num: String(total_num) })
  }
})

test('an uncollected packet goes back after 24 h: RFUND_ING for a minute, then REFUND, and the money is there again', async () => {
  await weChat.sendGroup()
  await advance(DAY_S - 1)
  expect(await weChat.query()).toMatchObject({ status: 'SENT' })
  await advance(1)
  const refunding = await weChat.query()
  expect(refunding).toMatchObject({ status: 'RFUND_ING' })
  expect(refunding).not.toHaveProperty('refund_time')
  expect(await ledger()).toMatchObject({ balance: 999_400, debits: [{ status: 'RFUND_ING' }] })
  const late = await weChat.control('POST', '/receive', { mch_billno: GROUP.mch_billno })
  expect(late).toMatchObject({ status: 409, body: { error: 'the packet is no longer there to collect: RFUND_ING' } })
  await advance(60)
  expect(await weChat.query()).toMatchObject({
    status: 'REFUND',
    refund_time: '2025-06-16 23:07:40',
    refund_amount: '600',
    send_time: '2025-06-15 23:06:40',
  })
  expect(await ledger()).toMatchObject({
    balance: 1_000_000,
    total_debited: 600,
    debits: [{ status: 'REFUND', refunded_at: '2025-06-16T15:07:40.000Z' }],
  })
})

test('a refund is dated when it fell due, however far the clock is moved at once', async () => {
  await weChat.send()
  await advance(10 * DAY_S)
  expect(await weChat.query()).toMatchObject({ status: 'REFUND', refund_time: '2025-06-16 23:07:40' })
})

test('a refunded number repeated is answered as sent, and not paid again', async () => {
  await weChat.send()
  await advance(2 * DAY_S)
  expect(await weChat.send()).toEqual(successOf(NORMAL, 1))
  expect(await ledger()).toMatchObject({ balance: 1_000_000, total_debited: 100 })
})

test('a record is NOT_FOUND after 30 days, and its number stays taken', async () => {
  await weChat.send()
  await advance(30 * DAY_S)
  expect(await weChat.query()).toMatchObject({ err_code: 'SUCCESS' })
  await advance(1)
  expect(await weChat.query()).toEqual({
    return_code: 'SUCCESS',
    return_msg: '指定单号数据不存在',
    result_code: 'FAIL',
    err_code: 'NOT_FOUND',
    err_code_des: '指定单号数据不存在',
    mch_billno: NORMAL.mch_billno,
    mch_id: MCH_ID,
  })
  expect(await weChat.send()).toEqual(successOf(NORMAL, 1))
  expect((await ledger()).debits).toHaveLength(1)
})

test('a late debit lands at its time', async () => {
  await weChat.control('POST', '/faults', { kind: 'late_debit', count: 1 })
  expect(await weChat.send()).toMatchObject({ result_code: 'FAIL', err_code: 'PROCESSING' })
  await advance(4.999)
  expect(await weChat.query()).toMatchObject({ err_code: 'NOT_FOUND' })
  expect((await ledger()).debits).toEqual([])
  await advance(0.001)
  expect(await weChat.query()).toMatchObject({ status: 'SENT', send_time: '2025-06-15 23:06:45' })
  expect(await ledger()).toMatchObject({ total_debited: 100, debits: [{ debited_at: '2025-06-15T15:06:45.000Z' }] })
})

test('late debits land in the order of time, also when the clock passes several at once', async () => {
  await weChat.control('POST', '/faults', { kind: 'late_debit', seconds: 600, op: 'sendredpack' })
  await weChat.control('POST', '/faults', { kind: 'late_debit', seconds: 300 })
  await weChat.send({ mch_billno: 'SECOND' })
  await weChat.send({ mch_billno: 'FIRST' })
  await advance(3 * DAY_S)
  expect(await ledger()).toMatchObject({
    balance: 1_000_000,
    debits: [
      { mch_billno: 'FIRST', status: 'REFUND', refunded_at: '2025-06-16T15:12:40.000Z' },
      { mch_billno: 'SECOND', status: 'REFUND', refunded_at: '2025-06-16T15:17:40.000Z' },
    ],
  })
})

test('a late debit does not land on a number that has been debited in the meantime', async () => {
  await weChat.control('POST', '/faults', { kind: 'late_debit', count: 2, seconds: 60 })
  await weChat.send()
  await weChat.send()
  expect(await weChat.send()).toEqual(successOf(NORMAL, 1))
  await advance(3600)
  expect(await ledger()).toMatchObject({ balance: 999_900, total_debited: 100, debits: [{}] })
})

test('a late debit does not land when the balance is short by then', async () => {
  await weChat.control('POST', '/faults', { kind: 'late_debit' })
  await weChat.send()
  await weChat.control('POST', '/balance', { fen: 99 })
  await advance(3600)
  expect(await ledger()).toEqual({ balance: 99, total_debited: 0, debits: [] })
  expect(await weChat.query()).toMatchObject({ err_code: 'NOT_FOUND' })
})
