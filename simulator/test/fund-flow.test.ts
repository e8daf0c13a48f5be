// POST /pay/downloadfundflow: the merchant's fund bill of a day, from the ledger.
import { createHash, createHmac } from 'node:crypto'
import { request } from 'node:https'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { buildXml, parseXml } from '../../lib/wechatpay/xml.ts'
import { API_KEY, APPID, type Fields, GROUP, listid, MCH_ID, NORMAL, ownConnection, pki, simulate } from './harness.ts'

let weChat: Awaited<ReturnType<typeof simulate>>
beforeAll(async () => {
  weChat = await simulate()
})
beforeEach(() => weChat.control('POST', '/reset'))
afterAll(() => weChat.stop())

const ASKED: Fields = {
  appid: APPID,
  mch_id: MCH_ID,
  nonce_str: '5K8264ILTKCH16CQ2502SI8ZNMTM67VS',
  sign_type: 'HMAC-SHA256',
  bill_date: '20250615',
  account_type: 'Basic',
}

/** WeChat's sign of the parameters that are there, written here anew. */
function sign(fields: Fields, key = API_KEY): string {
  const names = Object.keys(fields).filter((name) => fields[name] !== undefined && fields[name] !== '')
  const text = names
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&')
  return createHmac('sha256', key).update(`${text}&key=${key}`).digest('hex').toUpperCase()
}

type Downloaded = { status: number; headers: Record<string, unknown>; body: Buffer }
function download(more: Fields = {}, signed?: string, certificate = pki.merchant): Promise<Downloaded> {
  const fields = { ...ASKED, ...more }
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', ...ownConnection(certificate) }
    const asking = request(`${weChat.simulator.origin}/pay/downloadfundflow`, options, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
    })
    asking.on('error', reject)
    asking.end(buildXml({ ...fields, sign: signed ?? sign(fields) }))
  })
}
const refused = async (more: Fields = {}) => parseXml((await download(more)).body.toString('utf8'))
const advance = (advance_s: number) => weChat.control('POST', '/clock', { advance_s })
/** From 23:06:40, when the clock starts, to 10:00 of the next day. */
const NEXT_MORNING_S = 53 * 60 + 20 + 10 * 3600

test('a day’s bill has its debits and refunds, each with the balance after it, and a sum that equals them', async () => {
  await weChat.send({ mch_billno: 'A', remark: '一,二\n三' })
  await weChat.sendGroup({ mch_billno: 'G' })
  await advance(NEXT_MORNING_S)
  const { status, headers, body } = await download()
  const text = body.toString('utf8')
  expect({ status, digest: headers.digest, type: headers['content-type'] }).toEqual({
    status: 200,
    digest: `SHA=${createHash('sha1').update(body).digest('hex')}`,
    type: 'text/plain;charset=utf-8',
  })
  expect(text.split('\r\n')).toEqual([
    '\uFEFF记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号',
    `\`2025-06-15 23:06:40,\`${listid(1)},\`10000098202506150000000000,\`现金红包,\`现金红包发放,\`支出,\`1.00,\`9999.00,\`system,\`一\\ 二\\n三,\`A`,
    `\`2025-06-15 23:06:40,\`${listid(2)},\`10000098202506150000000001,\`现金红包,\`现金红包发放,\`支出,\`6.00,\`9993.00,\`system,\`新年红包,\`G`,
    '资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额',
    '`2.0,`0.0,`0.00,`2.0,`7.00',
    '',
  ])
})

test('the next day’s bill has what went back, under the same voucher', async () => {
  await weChat.sendGroup({ mch_billno: 'G' })
  await weChat.control('POST', '/receive', { mch_billno: 'G', openid: 'oOne' })
  await weChat.send({ mch_billno: 'COLLECTED' })
  await weChat.control('POST', '/receive', { mch_billno: 'COLLECTED' })
  await advance(NEXT_MORNING_S + 86_400)
  const { debits } = (await weChat.control('GET', '/ledger')).body as { debits: { refund_amount?: number }[] }
  const back_yuan = (Number(debits[0]?.refund_amount) / 100).toFixed(2)
  const lines = (await download({ bill_date: '20250616' })).body.toString('utf8').split('\r\n')
  expect(lines.slice(1, 2)).toEqual([expect.stringContaining(`\`现金红包退款,\`收入,\`${back_yuan},`)])
  expect(lines[1]).toMatch(/,`G$/)
  expect(lines[3]).toBe(`\`1.0,\`1.0,\`${back_yuan},\`0.0,\`0.00`)
})

test('GZIP is the same bill, packed, with the digest of its text', async () => {
  await weChat.send()
  await advance(NEXT_MORNING_S)
  const plain = await download()
  const packed = await download({ tar_type: 'GZIP' })
  expect(gunzipSync(packed.body)).toEqual(plain.body)
  expect(packed.headers).toMatchObject({ digest: plain.headers.digest, 'content-type': 'application/x-gzip' })
})

describe('no bill', () => {
  test.each<[string, Fields]>([
    ['of today', { bill_date: '20250616' }],
    ['of tomorrow', { bill_date: '20250617' }],
    ['of a day without movements', { bill_date: '20250614' }],
    ['of an account that pays no packets', { account_type: 'Fees' }],
  ])('%s', async (_, more) => {
    await weChat.send()
    await advance(NEXT_MORNING_S)
    const text = '账单不存在'
    const none = { return_msg: text, result_code: 'FAIL', err_code: 'NO_BILL_EXIST', err_code_des: text }
    expect(await refused(more)).toEqual({ return_code: 'SUCCESS', ...none })
  })

  test('before nine in the morning', async () => {
    await weChat.send()
    await advance(NEXT_MORNING_S - 3601)
    expect(await refused()).toMatchObject({ err_code: 'BILL_CREATING' })
    await advance(1)
    expect((await download()).body.toString('utf8')).toContain(String(NORMAL.mch_billno))
  })

  test('of another merchant', async () => {
    await weChat.send()
    await advance(NEXT_MORNING_S)
    expect(GROUP.mch_id).toBe(MCH_ID)
    const other = { mch_id: '10000099' }
    const { body } = await download(other, undefined, pki.other)
    expect(body.toString('utf8')).toContain('NO_BILL_EXIST')
  })
})

test.each<[string, Fields, string]>([
  ['another sign_type', { sign_type: 'MD5' }, 'PARAM_ERROR'],
  ['no sign_type', { sign_type: undefined }, 'PARAM_ERROR'],
  ['a date with hyphens', { bill_date: '2025-06-15' }, 'PARAM_ERROR'],
  ['a day that is none', { bill_date: '20250230' }, 'PARAM_ERROR'],
  ['another account', { account_type: 'basic' }, 'PARAM_ERROR'],
  ['another packing', { tar_type: 'ZIP' }, 'PARAM_ERROR'],
  ['a field that is not defined', { bill_type: 'MCHT' }, 'SIGN_ERROR'],
  ['another merchant’s number', { mch_id: '10000099' }, 'CA_ERROR'],
])('%s is refused', async (_, more, err_code) => {
  expect(await refused(more)).toMatchObject({ result_code: 'FAIL', err_code })
})

test('the sign is HMAC-SHA256 with the merchant’s key', async () => {
  for (const signed of [sign(ASKED, 'another key'), sign(ASKED).toLowerCase(), '']) {
    expect((await download({}, signed)).body.toString('utf8')).toContain('SIGN_ERROR')
  }
})

test('faults hit it, too', async () => {
  await weChat.control('POST', '/faults', { kind: 'systemerror_before', op: 'downloadfundflow' })
  expect(await refused()).toMatchObject({ err_code: 'SYSTEMERROR', err_code_des: '系统繁忙，请再试。' })
})
