import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type Fields,
  listid,
  MCH_ID,
  NORMAL,
  OPENID,
  OTHER_MCH_ID,
  ownConnection,
  pki,
  refusedOf,
  signedXml,
  simulate,
  successOf,
} from './harness.ts'

let weChat: Awaited<ReturnType<typeof simulate>>
beforeAll(async () => {
  weChat = await simulate({ sends_per_s: 1000 })
})
beforeEach(() => weChat.control('POST', '/reset'))
afterAll(() => weChat.stop())

const fault = async (body: object) => {
  const answer = await weChat.control('POST', '/faults', body)
  expect(answer).toMatchObject({ status: 200 })
}
const waiting = async () => (await weChat.control('GET', '/faults')).body.faults
const ledger = async () => (await weChat.control('GET', '/ledger')).body
const advance = (advance_s: number) => weChat.control('POST', '/clock', { advance_s })
const ACCEPTED = '请求已受理，请稍后使用原单号查询发放结果'

describe('a fault that is aimed hits that packet only', () => {
  test.for<[object, Fields]>([
    [{ mch_billno: 'AIMED' }, { mch_billno: 'AIMED' }],
    [{ re_openid: 'oAimed' }, { re_openid: 'oAimed' }],
    [{ total_amount: 123 }, { total_amount: 123 }],
    [{ mch_id: MCH_ID, total_amount: 123 }, { total_amount: 123 }],
    [
      { mch_billno: 'AIMED', re_openid: 'oAimed', total_amount: 123 },
      { mch_billno: 'AIMED', re_openid: 'oAimed', total_amount: 123 },
    ],
  ])('%j', async ([aim, hit]) => {
    await fault({ kind: 'NO_AUTH', ...aim })
    expect(await weChat.send({ mch_billno: 'BEFORE' })).toMatchObject({ err_code: 'SUCCESS' })
    expect(await weChat.sendGroup({ mch_billno: 'GROUP' })).toMatchObject({ err_code: 'SUCCESS' })
    expect(await weChat.query({ mch_billno: 'BEFORE' })).toMatchObject({ err_code: 'SUCCESS' })
    expect(await waiting()).toEqual([{ kind: 'NO_AUTH', count: 1, ...aim }])

    expect(await weChat.send({ mch_billno: 'HIT', ...hit })).toMatchObject({ err_code: 'NO_AUTH' })

    expect(await waiting()).toEqual([])
  })

  test('one that fits in part only does not hit', async () => {
    await fault({ kind: 'NO_AUTH', re_openid: 'oAimed', total_amount: 123 })
    expect(await weChat.send({ mch_billno: 'A', re_openid: 'oAimed' })).toMatchObject({ err_code: 'SUCCESS' })
    expect(await weChat.send({ mch_billno: 'B', total_amount: 123 })).toMatchObject({ err_code: 'SUCCESS' })
    expect(await waiting()).toHaveLength(1)
  })

  test('a query is hit by the openid and the amount of the send that it asks about, also of one that was not paid', async () => {
    await fault({ kind: 'reset_before', re_openid: 'oAimed', op: 'sendredpack' })
    await fault({ kind: 'systemerror_before', re_openid: 'oAimed', total_amount: 123, op: 'gethbinfo' })
    const hit = { mch_billno: 'HIT', re_openid: 'oAimed', total_amount: 123 }
    await expect(weChat.send(hit)).rejects.toMatchObject({ code: 'ECONNRESET' })
    await weChat.send()
    expect(await weChat.query()).toMatchObject({ err_code: 'SUCCESS' })
    expect(await weChat.query({ mch_billno: 'HIT' })).toMatchObject({ err_code: 'SYSTEMERROR' })
    expect(await weChat.query({ mch_billno: 'HIT' })).toMatchObject({ err_code: 'NOT_FOUND' })
  })

  test('another merchant with the same number is not hit', async () => {
    await fault({ kind: 'NO_AUTH', mch_id: MCH_ID, mch_billno: String(NORMAL.mch_billno) })
    const theirs = signedXml({ ...NORMAL, mch_id: OTHER_MCH_ID })
    const { text } = await weChat.post('/mmpaymkttransfers/sendredpack', theirs, ownConnection(pki.other))
    expect(text).toContain('发放成功')
    expect(await weChat.send()).toMatchObject({ err_code: 'NO_AUTH' })
  })

  test('an aimed and a common fault are taken in the order they were asked for', async () => {
    await fault({ kind: 'FREQ_LIMIT' })
    await fault({ kind: 'NO_AUTH', re_openid: OPENID, count: 2 })
    expect(await weChat.send({ mch_billno: 'A' })).toMatchObject({ err_code: 'FREQ_LIMIT' })
    expect(await weChat.send({ mch_billno: 'B' })).toMatchObject({ err_code: 'NO_AUTH' })
    expect(await weChat.send({ mch_billno: 'C', re_openid: 'oOther' })).toMatchObject({ err_code: 'SUCCESS' })
    expect(await weChat.send({ mch_billno: 'D' })).toMatchObject({ err_code: 'NO_AUTH' })
  })

  test('found once, and NOT_FOUND from then on for this number', async () => {
    await weChat.send()
    await weChat.send({ mch_billno: 'OTHER' })
    expect(await weChat.query()).toMatchObject({ status: 'SENT' })
    await fault({ kind: 'NOT_FOUND', op: 'gethbinfo', mch_billno: String(NORMAL.mch_billno), count: 2 })
    expect(await weChat.query({ mch_billno: 'OTHER' })).toMatchObject({ status: 'SENT' })
    expect(await weChat.query()).toMatchObject({ err_code: 'NOT_FOUND' })
    expect(await weChat.query()).toMatchObject({ err_code: 'NOT_FOUND' })
    expect(await weChat.query()).toMatchObject({ status: 'SENT' })
  })
})

describe('what becomes of a send', () => {
  test('failed: sent and paid, then FAILED with a reason, and the money is back', async () => {
    await fault({ kind: 'failed', seconds: 3600, reason: '收款人账户异常' })
    expect(await weChat.send()).toEqual(successOf(NORMAL, 1))
    await advance(3599)
    expect(await weChat.query()).toMatchObject({ status: 'SENT' })
    expect(await weChat.query()).not.toHaveProperty('reason')
    await advance(1)
    const failed = await weChat.query()
    expect(failed).toMatchObject({ status: 'FAILED', reason: '收款人账户异常', err_code: 'SUCCESS' })
    expect(failed).not.toHaveProperty('refund_time')
    expect(await ledger()).toMatchObject({
      balance: 1_000_000,
      total_debited: 100,
      debits: [{ status: 'FAILED', refunded_at: '2025-06-15T16:06:40.000Z' }],
    })
    expect(await weChat.send()).toEqual(refusedOf(NORMAL, 'SEND_FAILED', '红包发放失败,请更换单号再重试'))
    expect(await weChat.control('POST', '/receive', { mch_billno: NORMAL.mch_billno })).toMatchObject({ status: 409 })
    await advance(10 * 86_400)
    expect(await ledger()).toMatchObject({ balance: 1_000_000, debits: [{ status: 'FAILED' }] })
  })

  test('failed at once, and without a reason', async () => {
    await fault({ kind: 'failed' })
    expect(await weChat.send()).toEqual(successOf(NORMAL, 1))
    const { reason, ...found } = await weChat.query()
    expect({ reason, ...found }).toMatchObject({ status: 'FAILED', reason: undefined })
  })

  test('a packet that was collected does not fail any more', async () => {
    await fault({ kind: 'failed', seconds: 60 })
    await weChat.send()
    await weChat.control('POST', '/receive', { mch_billno: NORMAL.mch_billno })
    await advance(3600)
    expect(await weChat.query()).toMatchObject({ status: 'RECEIVED' })
    expect(await ledger()).toMatchObject({ balance: 999_900 })
  })

  test('sending: accepted without a debit, SENDING with a reason, until the same number is sent again', async () => {
    await fault({ kind: 'sending' })
    expect(await weChat.send()).toEqual(refusedOf(NORMAL, 'PROCESSING', ACCEPTED))
    expect(await ledger()).toEqual({ balance: 1_000_000, total_debited: 0, debits: [] })
    expect(await weChat.query()).toMatchObject({ status: 'SENDING', reason: '余额不足', detail_id: listid(1) })
    await advance(86_400 * 2)
    expect(await weChat.query()).toMatchObject({ status: 'SENDING' })
    expect(await weChat.control('POST', '/receive', { mch_billno: NORMAL.mch_billno })).toMatchObject({ status: 404 })
    expect(await weChat.send({ total_amount: 200 })).toMatchObject({ err_code: 'FATAL_ERROR' })
    expect(await weChat.send()).toEqual(successOf(NORMAL, 1))
    const found = await weChat.query()
    expect(found).toMatchObject({ status: 'SENT', send_time: '2025-06-17 23:06:40' })
    expect(found).not.toHaveProperty('reason')
    expect(await ledger()).toMatchObject({ balance: 999_900, total_debited: 100, debits: [{ status: 'SENT' }] })
  })

  test('sending that fails of its own accord was never debited', async () => {
    await fault({ kind: 'sending', seconds: 86_400, reason: '次数超限' })
    await weChat.send()
    await advance(86_400)
    expect(await weChat.query()).toMatchObject({ status: 'FAILED', reason: '次数超限' })
    expect(await weChat.send()).toMatchObject({ err_code: 'SEND_FAILED' })
    expect(await ledger()).toEqual({ balance: 1_000_000, total_debited: 0, debits: [] })
  })

  test('sending of a number that is paid changes nothing', async () => {
    await weChat.send()
    await fault({ kind: 'sending' })
    expect(await weChat.send()).toEqual(refusedOf(NORMAL, 'PROCESSING', ACCEPTED))
    expect(await weChat.query()).toMatchObject({ status: 'SENT' })
  })

  test.each([
    ['other_echo_before', 0],
    ['other_echo_after', 1],
  ])('%s says SUCCESS about another order', async (kind, debits) => {
    await fault({ kind })
    const answer = await weChat.send()
    expect(answer).toMatchObject({ result_code: 'SUCCESS', mch_billno: NORMAL.mch_billno, mch_id: MCH_ID })
    expect(answer.re_openid).not.toBe(OPENID)
    expect((await ledger()).debits).toHaveLength(debits)
  })

  test('an err_code takes a text, so that what sources tell differently can be asked for', async () => {
    const text = '此IP地址不允许调用接口，如有需要请登录微信支付商户平台更改配置'
    await fault({ kind: 'NO_AUTH', text })
    expect(await weChat.send()).toEqual(refusedOf(NORMAL, 'NO_AUTH', text))
  })

  test.each([
    [{ kind: 'failed', op: 'gethbinfo' }, 'failed is about sends: op cannot be gethbinfo'],
    [{ kind: 'sending', op: 'downloadfundflow' }, 'sending is about sends: op cannot be downloadfundflow'],
    [{ kind: 'NO_AUTH', reason: 'x' }, 'a reason belongs to failed and sending'],
    [{ kind: 'hang_after', text: 'x' }, 'a text belongs to an err_code'],
    [{ kind: 'NO_AUTH', total_amount: 1.5 }, expect.stringMatching(/^total_amount: /)],
    [{ kind: 'NO_AUTH', re_openid: '' }, expect.stringMatching(/^re_openid: /)],
    [{ kind: 'NO_AUTH', text: 'a\u0000' }, expect.stringMatching(/^text: /)],
    [{ kind: 'A_NEW_CODE' }, expect.stringMatching(/^kind: unknown kind "A_NEW_CODE"; the kinds are hang_before/)],
  ])('%j is 400', async (body, error) => {
    expect(await weChat.control('POST', '/faults', body)).toMatchObject({ status: 400, body: { error } })
  })

  test('with any_code an err_code that is not documented is answered, and is its own text', async () => {
    const open = await simulate({ any_code: true })
    await open.control('POST', '/faults', { kind: 'A_NEW_CODE' })
    expect(await open.send()).toEqual(refusedOf(NORMAL, 'A_NEW_CODE', 'A_NEW_CODE'))
    await open.stop()
  })
})

describe('an openid that asks for a fault', () => {
  test.each(['NOTENOUGH', 'NO_AUTH-7', 'V2_ACCOUNT_SIMPLE_BAN'])('oSIM_%s is refused at every send', async (name) => {
    const re_openid = `oSIM_${name}`
    for (const mch_billno of ['A', 'A', 'B'])
      expect(await weChat.send({ mch_billno, re_openid })).toMatchObject({ err_code: name.split('-')[0] })
    expect((await ledger()).debits).toEqual([])
  })

  test('trouble is for the first send of each number: the same number again shows the truth', async () => {
    const re_openid = 'oSIM_processing_after-kim'
    for (const mch_billno of ['A', 'B']) {
      expect(await weChat.send({ mch_billno, re_openid })).toMatchObject({ err_code: 'PROCESSING' })
      expect(await weChat.send({ mch_billno, re_openid })).toMatchObject({ err_code: 'SUCCESS' })
    }
    expect((await ledger()).debits).toHaveLength(2)
  })

  test('failed, sending and late_debit decide what becomes of it', async () => {
    const send = (kind: string) => weChat.send({ mch_billno: kind.replace('_', ''), re_openid: `oSIM_${kind}` })
    expect(await send('failed')).toMatchObject({ err_code: 'SUCCESS' })
    expect(await send('sending')).toMatchObject({ err_code: 'PROCESSING' })
    expect(await send('late_debit')).toMatchObject({ err_code: 'PROCESSING' })
    expect(await weChat.query({ mch_billno: 'failed' })).toMatchObject({ status: 'FAILED' })
    expect(await weChat.query({ mch_billno: 'sending' })).toMatchObject({ status: 'SENDING' })
    expect(await weChat.query({ mch_billno: 'latedebit' })).toMatchObject({ err_code: 'NOT_FOUND' })
    await advance(60)
    expect(await weChat.query({ mch_billno: 'latedebit' })).toMatchObject({ status: 'SENT' })
  })

  test('NOT_FOUND is paid and never found', async () => {
    const re_openid = 'oSIM_NOT_FOUND'
    expect(await weChat.send({ re_openid })).toMatchObject({ err_code: 'SUCCESS' })
    expect(await weChat.query()).toMatchObject({ err_code: 'NOT_FOUND' })
  })

  test('an openid that asks for nothing known is an openid', async () => {
    expect(await weChat.send({ re_openid: 'oSIM_nothing' })).toMatchObject({ err_code: 'SUCCESS' })
  })

  test('a fault that waits comes first', async () => {
    await fault({ kind: 'FREQ_LIMIT' })
    expect(await weChat.send({ re_openid: 'oSIM_NOTENOUGH' })).toMatchObject({ err_code: 'FREQ_LIMIT' })
    expect(await weChat.send({ re_openid: 'oSIM_NOTENOUGH' })).toMatchObject({ err_code: 'NOTENOUGH' })
  })
})
