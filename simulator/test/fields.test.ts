import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type Fields,
  failedOf,
  GROUP,
  NORMAL,
  OTHER_MCH_ID,
  QUERY,
  refusedOf,
  simulate,
  successOf,
  wrongOf,
} from './harness.ts'

let weChat: Awaited<ReturnType<typeof simulate>>
beforeAll(async () => {
  weChat = await simulate({ sends_per_s: 1000 })
})
beforeEach(() => weChat.control('POST', '/reset'))
afterAll(() => weChat.stop())

const MONEY = '每个红包的平均金额必须在1.00元到200.00元之间.'
const SCENE = '该场景未开通，请登陆商户平台：产品中心-现金红包-产品设置-使用场景 进行开通'

const WRONG: [Fields, string][] = [
  [{ nonce_str: '' }, 'nonce_str字段必填,并且少于32字符'],
  [{ nonce_str: 'n'.repeat(33) }, 'nonce_str字段必填,并且少于32字符'],
  [{ mch_billno: undefined }, '订单号字段必填,最长为28个字符'],
  [{ mch_billno: 'B'.repeat(29) }, '订单号字段必填,最长为28个字符'],
  [{ mch_billno: 'B-1' }, '输入的商户订单号有误'],
  [{ mch_id: undefined }, '输入的商户号有误'],
  [{ mch_id: '10000000' }, '输入的商户号有误'],
  [{ wxappid: undefined }, '商户号和wxappid不匹配'],
  [{ wxappid: 'wxNotBound' }, '商户号和wxappid不匹配'],
  [{ send_name: undefined }, 'send_name字段为必填并且少于32字符'],
  [{ send_name: '一二三四五六七八九十一' }, 'send_name字段为必填并且少于32字符'],
  [{ re_openid: undefined }, 're_openid字段为必填并且少于32个字符'],
  [{ re_openid: 'o'.repeat(32) }, 're_openid字段为必填并且少于32个字符'],
  [{ total_amount: undefined }, '红包金额参数错误'],
  [{ total_amount: 0 }, '红包金额参数错误'],
  [{ total_amount: -100 }, '红包金额参数错误'],
  [{ total_amount: '100.00' }, '红包金额参数错误'],
  [{ total_amount: '1e2' }, '红包金额参数错误'],
  [{ total_num: 2 }, 'total_num必须为1'],
  [{ wishing: undefined }, 'wishing字段为必填,并且少于128个字符'],
  [{ wishing: '福'.repeat(43) }, 'wishing字段为必填,并且少于128个字符'],
  [{ client_ip: undefined }, 'client_ip必须是合法的IP字符串'],
  [{ client_ip: '256.0.0.1' }, 'client_ip必须是合法的IP字符串'],
  [{ client_ip: '::1' }, 'client_ip必须是合法的IP字符串'],
  [{ act_name: 'a'.repeat(32) }, 'act_name字段必填,并且少于32个字符'],
  [{ remark: 'r'.repeat(256) }, 'remark字段为必填,并且少于256字符'],
  [{ scene_id: 'PRODUCT_9' }, SCENE],
  [{ risk_info: 'r'.repeat(129) }, 'risk_info字段最长为128个字符'],
]

test.each(WRONG)('a send with %j is PARAM_ERROR', async (change, text) => {
  expect(await weChat.send(change)).toEqual(wrongOf({ ...NORMAL, ...change }, text))
  expect((await weChat.control('GET', '/ledger')).body).toMatchObject({ debits: [] })
})

const LONGEST: Fields[] = [
  { nonce_str: 'n'.repeat(32) },
  { mch_billno: 'B'.repeat(28) },
  { send_name: '一二三四五六七八九十1' },
  { act_name: 'a'.repeat(31) },
  { re_openid: 'o'.repeat(31) },
  { wishing: `${'福'.repeat(42)}1` },
  { remark: 'r'.repeat(255) },
  { risk_info: 'posttime%3d123123412%26clientversion%3d234134', scene_id: 'PRODUCT_8' },
]

test.each(LONGEST)('a send with %j is paid', async (change) => {
  expect(await weChat.send(change)).toMatchObject(successOf({ ...NORMAL, ...change }, 1))
})

test.each<[Fields, string]>([
  [{ total_num: 2 }, 'total_num必须介于(包括)3到20之间'],
  [{ total_num: 21, total_amount: 2100 }, 'total_num必须介于(包括)3到20之间'],
  [{ amt_type: undefined }, 'amt_type必须为ALL_RAND'],
  [{ amt_type: 'ALL_SPECIFIED' }, 'amt_type必须为ALL_RAND'],
])('a group send with %j is PARAM_ERROR', async (change, text) => {
  expect(await weChat.sendGroup(change)).toEqual(wrongOf({ ...GROUP, ...change }, text))
})

test.each<[Fields, string]>([
  [{ bill_type: undefined }, 'bill_type必须为MCHT'],
  [{ bill_type: 'OTHER' }, 'bill_type必须为MCHT'],
  [{ appid: 'wxNotBound' }, '商户号和wxappid不匹配'],
  [{ mch_billno: undefined }, '订单号字段必填,最长为28个字符'],
  [{ mch_id: undefined }, '输入的商户号有误'],
])('a query with %j is PARAM_ERROR', async (change, text) => {
  const { mch_billno = '', mch_id = '' } = { ...QUERY, ...change }
  const failed = { return_code: 'SUCCESS', result_code: 'FAIL', err_code: 'PARAM_ERROR' }
  const said = { return_msg: `参数错误:${text}`, err_code_des: `参数错误:${text}` }
  expect(await weChat.query(change)).toEqual({ ...failed, ...said, mch_billno, mch_id })
})

test.each<Fields>([
  { total_amount: 100 },
  { total_amount: 20_000 },
  { total_amount: 1, scene_id: 'PRODUCT_1' },
  { total_amount: 499_900, scene_id: 'PRODUCT_1' },
])('an amount within the limits is paid: %j', async (change) => {
  expect(await weChat.send(change)).toEqual(successOf({ ...NORMAL, ...change }, 1))
})

test.each<Fields>([{ total_amount: 99 }, { total_amount: 20_001 }, { total_amount: 499_901, scene_id: 'PRODUCT_1' }])(
  'an amount outside the limits is MONEY_LIMIT: %j',
  async (change) => {
    expect(await weChat.send(change)).toEqual(refusedOf({ ...NORMAL, ...change }, 'MONEY_LIMIT', MONEY))
  },
)

test('a group packet holds 1 to 200 yuan a person on average', async () => {
  const low = { total_amount: 299, mch_billno: 'LOW' }
  const high = { total_amount: 60_001, mch_billno: 'HIGH' }
  expect(await weChat.sendGroup(low)).toEqual(refusedOf({ ...GROUP, ...low }, 'MONEY_LIMIT', MONEY))
  expect(await weChat.sendGroup(high)).toEqual(refusedOf({ ...GROUP, ...high }, 'MONEY_LIMIT', MONEY))
  expect(await weChat.sendGroup({ total_amount: 300 })).toEqual(successOf({ ...GROUP, total_amount: 300 }, 1))
  const most = { total_amount: 400_000, total_num: 20, mch_billno: 'MOST' }
  expect(await weChat.sendGroup(most)).toEqual(successOf({ ...GROUP, ...most }, 2))
})

test('the fields are judged before the sign, and the sign before the limits', async () => {
  expect(await weChat.send({ total_num: 2, sign_type: 'MD5' })).toEqual(wrongOf(NORMAL, 'total_num必须为1'))
  expect(await weChat.send({ total_amount: 1, sign_type: 'MD5' })).toEqual(failedOf('SIGN_ERROR', '签名错误'))
})

test("a merchant's number with another merchant's certificate is CA_ERROR", async () => {
  const error = failedOf('CA_ERROR', 'CA证书出错，请登录微信支付商户平台下载证书')
  expect(await weChat.send({ mch_id: OTHER_MCH_ID })).toEqual(error)
  expect(await weChat.query({ mch_id: OTHER_MCH_ID })).toEqual(error)
})
