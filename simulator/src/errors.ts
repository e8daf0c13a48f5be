// WeChat's err_codes and their texts.
import type { Op } from './fields.ts'

const ACCEPTED = '请求已受理，请稍后使用原单号查询发放结果'

/** WeChat's text for each err_code of the red packet endpoints. */
export const TEXTS: Readonly<Record<string, string>> = {
  NO_AUTH: '发放失败，此请求可能存在风险，已被微信拦截',
  SENDNUM_LIMIT: '该用户今日领取红包个数超过限制',
  SENDAMOUNT_LIMIT: '您的商户号今日发放金额超过限制，如有需要请登录微信支付商户平台更改API安全配置',
  RCVDAMOUNT_LIMIT: '该用户今日领取金额超过限制，如有需要请登录微信支付商户平台更改API安全配置',
  ILLEGAL_APPID: '非法appid，请确认是否为公众号的appid，不能为APP的appid',
  MONEY_LIMIT: '红包金额发放限制',
  SEND_FAILED: '红包发放失败,请更换单号再重试',
  FATAL_ERROR: '重复请求时，参数与原单不一致',
  CA_ERROR: 'CA证书出错，请登录微信支付商户平台下载证书',
  SIGN_ERROR: '签名错误',
  XML_ERROR: '输入xml参数格式错误',
  PARAM_ERROR: '参数错误',
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
}

/** The numeric err_code of WeChat's published failure sample, and its text. */
export const NUMERIC = { err_code: '268458547', text: '系统繁忙,请稍后再试.' }

/** The text of an err_code. A query is not accepted for later; WeChat's older text for SYSTEMERROR fits it. */
export function textOf(op: Op, err_code: string): string {
  if (op === 'gethbinfo' && err_code === 'SYSTEMERROR') return '系统繁忙，请再试。'
  return TEXTS[err_code] ?? err_code
}
