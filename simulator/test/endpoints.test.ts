import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  APPID,
  failedOf,
  GROUP,
  listid,
  MCH_ID,
  NORMAL,
  OPENID,
  OTHER_MCH_ID,
  ownConnection,
  pki,
  QUERY,
  refusedOf,
  signedXml,
  simulate,
  successOf,
} from './harness.ts'

let weChat: Awaited<ReturnType<typeof simulate>>
beforeAll(async () => {
  weChat = await simulate()
})
beforeEach(() => weChat.control('POST', '/reset'))
afterAll(() => weChat.stop())

const ledger = async () => (await weChat.control('GET', '/ledger')).body
const EMPTY = { balance: 1_000_000, total_debited: 0, debits: [] }
const NOT_FOUND = {
  return_code: 'SUCCESS',
  return_msg: '指定单号数据不存在',
  result_code: 'FAIL',
  err_code: 'NOT_FOUND',
  err_code_des: '指定单号数据不存在',
  mch_billno: NORMAL.mch_billno,
  mch_id: MCH_ID,
}

test('a send is paid, answered as WeChat writes it and entered in the ledger', async () => {
  const { status, type, text } = await weChat.post('/mmpaymkttransfers/sendredpack', signedXml(NORMAL))
  expect({ status, type }).toEqual({ status: 200, type: 'text/xml' })
  expect(text).toBe(`<xml>
<return_code><![CDATA[SUCCESS]]></return_code>
<return_msg><![CDATA[发放成功]]></return_msg>
<result_code><![CDATA[SUCCESS]]></result_code>
<err_code><![CDATA[SUCCESS]]></err_code>
<err_code_des><![CDATA[发放成功]]></err_code_des>
<mch_billno><![CDATA[B20250101000001]]></mch_billno>
<mch_id><![CDATA[10000098]]></mch_id>
<wxappid><![CDATA[wx8888888888888888]]></wxappid>
<re_openid><![CDATA[oxTWIuGaIt6gTKsQRLau2M0yL16E]]></re_openid>
<total_amount>100</total_amount>
<send_listid><![CDATA[1000041701202506153000000000001]]></send_listid>
</xml>`)
  expect(await ledger()).toEqual({
    balance: 999_900,
    total_debited: 100,
    debits: [
      {
        mch_billno: NORMAL.mch_billno,
        mch_id: MCH_ID,
        wxappid: APPID,
        re_openid: OPENID,
        total_amount: 100,
        total_num: 1,
        hb_type: 'NORMAL',
        send_name: NORMAL.send_name,
        wishing: NORMAL.wishing,
        act_name: NORMAL.act_name,
        remark: NORMAL.remark,
        send_listid: listid(1),
        status: 'SENT',
        debited_at: '2025-06-15T15:06:40.000Z',
      },
    ],
  })
})

test('a group packet is paid as a whole', async () => {
  expect(await weChat.sendGroup()).toEqual(successOf(GROUP, 1))
  expect(await ledger()).toMatchObject({ total_debited: 600, debits: [{ hb_type: 'GROUP', total_num: 3 }] })
})

test('a repeated number gives the same answer and no second debit', async () => {
  expect(await weChat.send()).toEqual(successOf(NORMAL, 1))
  expect(await weChat.send({ client_ip: '10.0.0.1', wishing: '大吉大利' })).toEqual(successOf(NORMAL, 1))
  expect(await ledger()).toMatchObject({ balance: 999_900, total_debited: 100, debits: [{}] })
})

test('50 identical sends at once make one debit, and the 31st of a second is refused', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => weChat.send()))
  const paid = answers.filter((answer) => answer.err_code === 'SUCCESS')
  const refused = answers.filter((answer) => answer.err_code === 'FREQ_LIMIT')
  expect(paid).toEqual(Array(30).fill(successOf(NORMAL, 1)))
  expect(refused).toEqual(Array(20).fill(refusedOf(NORMAL, 'FREQ_LIMIT', '超过频率限制,请稍后再试')))
  expect((await ledger()).debits).toHaveLength(1)
})

test('a send refused by FREQ_LIMIT leaves no record, and a second later there is room again', async () => {
  await Promise.all(Array.from({ length: 30 }, (_, index) => weChat.send({ mch_billno: `N${index}` })))
  expect(await weChat.send()).toEqual(refusedOf(NORMAL, 'FREQ_LIMIT', '超过频率限制,请稍后再试'))
  expect(await weChat.query()).toEqual(NOT_FOUND)
  await weChat.control('POST', '/clock', { advance_s: 1 })
  expect(await weChat.send()).toEqual(successOf(NORMAL, 31))
})

test.each([
  ['another openid', { re_openid: 'oSomebodyElse' }, 'openid和原始单参数不一致'],
  ['another amount', { total_amount: 200 }, '金额和原始单参数不一致'],
])('a number repeated with %s is FATAL_ERROR, and the first order stands', async (_, change, text) => {
  await weChat.send()
  expect(await weChat.send(change)).toEqual(refusedOf({ ...NORMAL, ...change }, 'FATAL_ERROR', text))
  expect(await ledger()).toMatchObject({ total_debited: 100, debits: [{ re_openid: OPENID, total_amount: 100 }] })
})

test('a number repeated as another kind of packet is FATAL_ERROR', async () => {
  await weChat.sendGroup()
  expect(await weChat.send({ total_amount: 600 })).toEqual(
    refusedOf({ ...NORMAL, total_amount: 600 }, 'FATAL_ERROR', '重复请求时，参数与原单不一致'),
  )
})

test('a balance that is too small is NOTENOUGH until it is filled', async () => {
  await weChat.control('POST', '/balance', { fen: 99 })
  expect(await weChat.send()).toEqual(refusedOf(NORMAL, 'NOTENOUGH', '帐号余额不足，请到商户平台充值后再重试'))
  expect(await ledger()).toEqual({ ...EMPTY, balance: 99 })
  await weChat.control('POST', '/balance', { fen: 100 })
  expect(await weChat.send()).toEqual(successOf(NORMAL, 1))
  expect(await ledger()).toMatchObject({ balance: 0 })
})

test('a repeated number is answered even when the balance is gone', async () => {
  await weChat.send()
  await weChat.control('POST', '/balance', { fen: 0 })
  expect(await weChat.send()).toEqual(successOf(NORMAL, 1))
})

test('two merchants may use the same number', async () => {
  const theirs = { ...NORMAL, mch_id: OTHER_MCH_ID, wxappid: 'wxAnyAppid' }
  expect(await weChat.send()).toEqual(successOf(NORMAL, 1))
  const answer = await weChat.post('/mmpaymkttransfers/sendredpack', signedXml(theirs), ownConnection(pki.other))
  expect(answer.text).toContain(`<send_listid><![CDATA[${listid(2)}]]></send_listid>`)
  expect((await ledger()).debits).toHaveLength(2)
})

test('a number nobody sent is NOT_FOUND', async () => {
  expect(await weChat.query()).toEqual(NOT_FOUND)
})

test('a sent packet is found', async () => {
  await weChat.send()
  expect(await weChat.query()).toEqual({
    return_code: 'SUCCESS',
    return_msg: 'OK',
    result_code: 'SUCCESS',
    err_code: 'SUCCESS',
    err_code_des: 'OK',
    mch_billno: NORMAL.mch_billno,
    mch_id: MCH_ID,
    detail_id: listid(1),
    status: 'SENT',
    send_type: 'API',
    hb_type: 'NORMAL',
    total_num: '1',
    total_amount: '100',
    send_time: '2025-06-15 23:06:40',
  })
})

test.each([
  ['made with another key', signedXml(NORMAL, 'another key')],
  ['over other text', signedXml(NORMAL).replace('新年红包', '旧年红包')],
  ['in lower case', signedXml(NORMAL).replace(/(?<=<sign><!\[CDATA\[)\w+/, (text) => text.toLowerCase())],
  ['absent', signedXml(NORMAL).replace(/<sign>.*<\/sign>/, '')],
])('a sign %s is SIGN_ERROR', async (_, xml) => {
  const { text } = await weChat.post('/mmpaymkttransfers/sendredpack', xml)
  expect(text).toBe(`<xml>
<return_code><![CDATA[FAIL]]></return_code>
<return_msg><![CDATA[签名错误]]></return_msg>
<result_code><![CDATA[FAIL]]></result_code>
<err_code><![CDATA[SIGN_ERROR]]></err_code>
<err_code_des><![CDATA[签名错误]]></err_code_des>
</xml>`)
  expect(await ledger()).toEqual(EMPTY)
})

test('a field that the endpoint does not define is SIGN_ERROR, though it is signed', async () => {
  const error = failedOf('SIGN_ERROR', '签名错误')
  expect(await weChat.send({ sign_type: 'MD5' })).toEqual(error)
  expect(await weChat.send({ appid: APPID })).toEqual(error)
  expect(await weChat.sendGroup({ client_ip: '127.0.0.1' })).toEqual(error)
  expect(await weChat.query({ sub_mch_id: '1' })).toEqual(error)
  expect(QUERY).not.toHaveProperty('sub_mch_id')
})

test.each([
  ['cut off', '<xml><mch_id>1'],
  ['empty', ''],
  ['JSON', '{}'],
  ['nested', '<xml><mch_id><a>1</a></mch_id></xml>'],
  ['a DOCTYPE', '<!DOCTYPE xml [<!ENTITY e "x">]><xml><mch_id>&e;</mch_id></xml>'],
  ['not UTF-8', Buffer.from('<xml><mch_id>\xff</mch_id></xml>', 'latin1')],
])('a body that is %s is XML_ERROR', async (_, body) => {
  const { status, text } = await weChat.post('/mmpaymkttransfers/sendredpack', body)
  expect(status).toBe(200)
  expect(text).toContain('<err_code><![CDATA[XML_ERROR]]></err_code>\n<err_code_des><![CDATA[输入xml参数格式错误]]>')
})
