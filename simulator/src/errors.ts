// WeChat's err_codes and their texts.
import type { Op } from './fields.ts'

/**
 * Which of WeChat's shapes to answer with, as its sources differ: `captured` are replies of the real WeChat that users have
 * published (2016 to 2020), `documented` are the samples and texts of its documentation of 2017.
 */
export const SHAPES = ['captured', 'documented'] as const
export type Shapes = (typeof SHAPES)[number]

const ACCEPTED = '请求已受理，请稍后使用原单号查询发放结果'

/** The documented err_codes of the endpoints here, each with WeChat's text. */
export const TEXTS: Readonly<Record<string, string>> = {
  NO_AUTH: '发放失败，此请求可能存在风险，已被微信拦截',
  SENDNUM_LIMIT: '该用户今日领取红包个数超过限制',
  SENDAMOUNT_LIMIT: '您的商户号今日发放金额超过限制，如有需要请登录微信支付商户平台更改API安全配置',
  RCVDAMOUNT_LIMIT: '该用户今日领取金额超过限制，如有需要请登录微信支付商户平台更改API安全配置',
  ILLEGAL_APPID: '非法appid，请确认是否为公众号的appid，不能为APP的appid',
  MONEY_LIMIT: '每个红包的平均金额必须在1.00元到200.00元之间.',
  SEND_FAILED: '红包发放失败,请更换单号再重试',
  FATAL_ERROR: '重复请求时，参数与原单不一致',
  CA_ERROR: 'CA证书出错，请登录微信支付商户平台下载证书',
  SIGN_ERROR: '签名错误',
  XML_ERROR: '输入xml参数格式错误',
  PARAM_ERROR: '输入的商户订单号有误',
  FREQ_LIMIT: '超过频率限制,请稍后再试',
  API_METHOD_CLOSED: '商户API发放方式处于关闭状态，请联系管理员在商户平台开启',
  NOTENOUGH: '帐号余额不足，请到商户平台充值后再重试',
  OPENID_ERROR: 'openid和appid不匹配',
  MSGAPPID_ERROR: 'msgappid与主、子商户号的绑定关系校验失败',
  ACCEPTMODE_ERROR: '服务商模式下主商户号与子商户号关系校验失败',
  PAYER_ACCOUNT_ABNORMAL: '商户账户付款受限，可前往商户平台-违约记录获取解除功能限制指引',
  SECOND_OVER_LIMITED: '超过每分钟发放次数限制',
  DAY_OVER_LIMITED: '超过每日发放次数限制',
  V2_ACCOUNT_SIMPLE_BAN: '无法给非实名用户付款',
  SYSTEMERROR: ACCEPTED,
  PROCESSING: ACCEPTED,
  NOT_FOUND: '指定单号数据不存在',
  NO_BILL_EXIST: '账单不存在',
  BILL_CREATING: '账单生成中，请稍后再试',
}

/** NO_AUTH for a caller whose address is not on the merchant's list. */
export const UNLISTED_IP: Readonly<Record<Shapes, string>> = {
  captured: 'IP地址非你在商户平台设置的可用IP地址',
  documented: '此IP地址不允许调用接口，如有需要请登录微信支付商户平台更改配置',
}

/** The numeric err_code of WeChat's published failure sample, and its text. */
export const NUMERIC = { err_code: '268458547', text: '系统繁忙,请稍后再试.' }

/** The text of an err_code; one that is not documented is its own text. */
export function textOf(shapes: Shapes, op: Op, err_code: string): string {
  if (shapes === 'documented' && err_code === 'MONEY_LIMIT') return '红包金额发放限制'
  if (shapes === 'documented' && err_code === 'PARAM_ERROR') return '参数错误'
  // A query is not accepted for later; WeChat's older text for SYSTEMERROR fits it.
  if (!sends(op) && (err_code === 'SYSTEMERROR' || err_code === 'PROCESSING')) return '系统繁忙，请再试。'
  return TEXTS[err_code] ?? err_code
}

function sends(op: Op): boolean {
  return op.startsWith('send')
}
