// Sends that WeChat answers with an err_code: passed on as WeChat wrote it, and what it says about the money.
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { getSecret, putSecret } from '../support/callers.ts'
import { idOf, stored } from '../support/footprint.ts'
import {
  callers,
  FISSION,
  merchant,
  NORMAL,
  type Packet,
  type Reply,
  send,
  sent,
  stack,
  useStack,
} from '../support/service.ts'
import { balance, calls, debits, fault } from '../support/wechat.ts'

useStack()

const NOTENOUGH = '帐号余额不足，请到商户平台充值后再重试'
const ACCEPTED = '请求已受理，请稍后使用原单号查询发放结果'

/** WeChat's texts, as its page has them. */
const REFUSALS = {
  ACCEPTMODE_ERROR: '服务商模式下主商户号与子商户号关系校验失败',
  API_METHOD_CLOSED: '商户API发放方式处于关闭状态，请联系管理员在商户平台开启',
  CA_ERROR: 'CA证书出错，请登录微信支付商户平台下载证书',
  DAY_OVER_LIMITED: '超过每日发放次数限制',
  ILLEGAL_APPID: '非法appid，请确认是否为公众号的appid，不能为APP的appid',
  MONEY_LIMIT: '每个红包的平均金额必须在1.00元到200.00元之间.',
  MSGAPPID_ERROR: 'msgappid与主、子商户号的绑定关系校验失败',
  NOTENOUGH,
  NO_AUTH: '发放失败，此请求可能存在风险，已被微信拦截',
  OPENID_ERROR: 'openid和appid不匹配',
  PARAM_ERROR: '参数错误:输入的商户订单号有误',
  PAYER_ACCOUNT_ABNORMAL: '商户账户付款受限，可前往商户平台-违约记录获取解除功能限制指引',
  RCVDAMOUNT_LIMIT: '该用户今日领取金额超过限制，如有需要请登录微信支付商户平台更改API安全配置',
  SENDAMOUNT_LIMIT: '您的商户号今日发放金额超过限制，如有需要请登录微信支付商户平台更改API安全配置',
  SENDNUM_LIMIT: '该用户今日领取红包个数超过限制',
  SEND_FAILED: '红包发放失败,请更换单号再重试',
  SIGN_ERROR: '签名错误',
  XML_ERROR: '输入xml参数格式错误',
}

/** Codes after which an order may exist, or that no list of WeChat's explains. */
const UNKNOWN = {
  FATAL_ERROR: '重复请求时，参数与原单不一致',
  NOT_FOUND: '指定单号数据不存在',
  V2_ACCOUNT_SIMPLE_BAN: '无法给非实名用户付款',
}

const UNSAFE: ReadonlySet<string> = new Set(['NOTENOUGH', 'NO_AUTH', 'SENDNUM_LIMIT'])
/** Told so, the service calls again until ten calls are made or the time is over. */
const TOO_FAST = {
  FREQ_LIMIT: '超过频率限制,请稍后再试',
  SECOND_OVER_LIMITED: '超过每分钟发放次数限制',
}
const CALLS_MAX = 10

type Expected = { outcome: 'refused' | 'unknown'; err_code: string; err_code_des: string }

/** Asserts the whole answer and what the record says of it. */
async function expectNo(reply: Reply, id: string, { outcome, err_code, err_code_des }: Expected): Promise<void> {
  const body = { err_code, err_code_des, mch_billno: `RP${id}`, id, outcome }
  expect({ status: reply.status, type: reply.headers['content-type'], body: reply.body }).toEqual({
    status: 200,
    type: 'application/json; charset=utf-8',
    body,
  })
  const { open, send_listid, ...item } = (await stored(id)) ?? {}
  expect(item).toMatchObject({ ...body, version: 2, lease_until_ms: 0 })
  expect(item.maybe_debited_ms !== undefined).toBe(outcome === 'unknown')
  expect(item.raw_result).toContain(`<err_code><![CDATA[${err_code}]]></err_code>`)
  // A refusal that may have left an order at WeChat is asked about once more.
  const refused = UNSAFE.has(err_code) ? 'status' : undefined
  expect({ open, send_listid }).toEqual({ open: outcome === 'unknown' ? 'outcome' : refused })
}

async function sendKeyed(packet: Packet, caller = callers.own): Promise<{ reply: Reply; id: string }> {
  const idempotency_key = randomUUID()
  return {
    reply: await send(packet, { idempotency_key, caller }),
    id: idOf(caller.miniapp_id, idempotency_key),
  }
}

describe('a send that WeChat refuses', () => {
  it.each(Object.entries(REFUSALS))('is refused, in WeChat’s words: %s', async (err_code, err_code_des) => {
    await fault(err_code)

    const { reply, id } = await sendKeyed(NORMAL)

    await expectNo(reply, id, { outcome: 'refused', err_code, err_code_des })
    expect(await calls()).toHaveLength(1)
    expect(await debits()).toEqual([])
  })

  // Both at once: each takes ten seconds and more.
  it('is refused for its pace once ten calls were too fast, in WeChat’s words', async () => {
    const refused = Object.entries(TOO_FAST).map(async ([err_code, err_code_des], i) => {
      const re_openid = `oTooFast${i}-9xWb4LrT8sVn1Yc3Z`
      await fault(err_code, { count: CALLS_MAX, re_openid })
      const { reply, id } = await sendKeyed({ ...NORMAL, re_openid })
      await expectNo(reply, id, { outcome: 'refused', err_code, err_code_des })
    })
    await Promise.all(refused)

    expect(await calls()).toHaveLength(2 * CALLS_MAX)
    expect(await debits()).toEqual([])
  })

  it('is refused for want of balance, and says the same when it is repeated after a top-up', async () => {
    await balance(109)
    const idempotency_key = randomUUID()
    const id = idOf(callers.own.miniapp_id, idempotency_key)
    await expectNo(await send(NORMAL, { idempotency_key }), id, {
      outcome: 'refused',
      err_code: 'NOTENOUGH',
      err_code_des: NOTENOUGH,
    })

    await balance(1_000)
    await expectNo(await send(NORMAL, { idempotency_key }), id, {
      outcome: 'refused',
      err_code: 'NOTENOUGH',
      err_code_des: NOTENOUGH,
    })

    expect(await calls()).toHaveLength(1)
  })

  it.each([
    ['a fission packet', FISSION, 'NOTENOUGH', NOTENOUGH],
    ['0.99 yuan without a scene', { ...NORMAL, total_amount: 0.99 }, 'MONEY_LIMIT', REFUSALS.MONEY_LIMIT],
    ['200.01 yuan without a scene', { ...NORMAL, total_amount: 200.01 }, 'MONEY_LIMIT', REFUSALS.MONEY_LIMIT],
    ['5 fen for three', { ...FISSION, total_amount: 0.05 }, 'MONEY_LIMIT', REFUSALS.MONEY_LIMIT],
    [
      'a name too long in bytes',
      { ...NORMAL, send_name: '红'.repeat(32) },
      'PARAM_ERROR',
      '参数错误:send_name字段为必填并且少于32字符',
    ],
    [
      'a scene that does not exist',
      { ...NORMAL, scene_id: 'PRODUCT_9' },
      'PARAM_ERROR',
      expect.stringContaining('该场景未开通'),
    ],
  ])('is refused by WeChat’s own rules, which are WeChat’s to hold: %s', async (_, packet, err_code, err_code_des) => {
    if (err_code === 'NOTENOUGH') await balance(0)

    const { reply, id } = await sendKeyed(packet)

    await expectNo(reply, id, { outcome: 'refused', err_code, err_code_des })
  })
})

describe('a send that WeChat answers with a code that proves nothing', () => {
  it.each(Object.entries(UNKNOWN))('is unknown, in WeChat’s words: %s', async (err_code, err_code_des) => {
    await fault(err_code)

    const { reply, id } = await sendKeyed(NORMAL)

    await expectNo(reply, id, { outcome: 'unknown', err_code, err_code_des })
    expect(await calls()).toHaveLength(1)
  })

  it('is unknown for a numeric code, also where WeChat has debited', async () => {
    await fault('numeric_after')

    const { reply, id } = await sendKeyed(NORMAL)

    await expectNo(reply, id, { outcome: 'unknown', err_code: '268458547', err_code_des: '系统繁忙,请稍后再试.' })
    expect(await debits()).toHaveLength(1)
  })

  it('is unknown for SYSTEMERROR that does not pass, after calls at least a second apart', async () => {
    await fault('systemerror_before', { count: 3 })

    const { reply, id } = await sendKeyed(NORMAL)

    await expectNo(reply, id, { outcome: 'unknown', err_code: 'SYSTEMERROR', err_code_des: ACCEPTED })
    const [one, two, three, ...more] = (await calls()).map(({ at_ms }) => at_ms)
    expect(more).toEqual([])
    expect(Number(two) - Number(one)).toBeGreaterThanOrEqual(1_000)
    expect(Number(three) - Number(two)).toBeGreaterThanOrEqual(1_000)
  })

  it('is sent, with one debit, where a second call under the number says so', async () => {
    await fault('systemerror_after')

    const { reply, id } = await sendKeyed(NORMAL)

    expect(reply).toMatchObject({ status: 200, body: { return_code: 'SUCCESS', id, outcome: 'sent' } })
    expect(await stored(id)).toMatchObject({ outcome: 'sent', send_listid: reply.body.send_listid })
    expect(await debits()).toMatchObject([{ mch_billno: `RP${id}`, total_amount: 110 }])
    const [one, two, ...more] = await calls()
    expect(more).toEqual([])
    expect(two?.fields).toEqual(one?.fields)
    expect(Number(two?.at_ms) - Number(one?.at_ms)).toBeGreaterThanOrEqual(1_000)
  })

  it('stays unknown where a second call is refused, for the first may still debit', async () => {
    await fault('processing_before')
    await fault('NOTENOUGH')

    const { reply, id } = await sendKeyed(NORMAL)

    await expectNo(reply, id, { outcome: 'unknown', err_code: 'NOTENOUGH', err_code_des: NOTENOUGH })
  })
})

it('reads a replaced API key once WeChat says SIGN_ERROR, and sends with it', async () => {
  const { miniapp_id } = callers.rotating
  const { reply, id } = await sendKeyed(NORMAL, callers.rotating)
  await expectNo(reply, id, { outcome: 'refused', err_code: 'SIGN_ERROR', err_code_des: '签名错误' })
  const name = `merchants/${miniapp_id}`
  const secret = (await getSecret(stack.env, name)) as { weixin_tenpay: object }
  await putSecret(stack.env, name, { weixin_tenpay: { ...secret.weixin_tenpay, api_key: merchant.api_key } })

  await sent(NORMAL, { caller: callers.rotating })

  expect(await debits()).toHaveLength(1)
  // A container that had the old key calls with it once more; another one reads the new key at once.
  expect([2, 3]).toContain((await calls()).length)
})

it('refuses what goes over the daily limit in WeChat’s word for it, without a call', async () => {
  await sent({ ...NORMAL, total_amount: 4 }, { caller: callers.limited })

  const { reply } = await sendKeyed({ ...NORMAL, total_amount: 1.01 }, callers.limited)

  expect(reply).toMatchObject({ status: 200, body: { err_code: 'SENDAMOUNT_LIMIT', outcome: 'refused' } })
  expect(await calls()).toHaveLength(1)
  await sent({ ...NORMAL, total_amount: 1 }, { caller: callers.limited })
})
