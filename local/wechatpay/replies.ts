// WeChat's words: the text of each err_code, the shapes of its answers, and the pages of the nginx in front of it.
import { cdata } from '../../lib/wechatpay/xml.ts'
import { beijingTime } from './clock.ts'
import type { Order, Receipt } from './orders.ts'
import type { Op, RequestFields } from './rules.ts'

/** An answer's elements in order: text in CDATA, numbers plain, and a list as WeChat's hblist. */
export type Reply = Readonly<Record<string, string | number | readonly Receipt[]>>

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

// Seen with return_code FAIL, and without an echo of the request.
const COMMUNICATION = new Set(['CA_ERROR', 'SIGN_ERROR', 'XML_ERROR', 'PARAM_ERROR', NUMERIC.err_code])
const ECHOES: Readonly<Record<Op, readonly string[]>> = {
  sendredpack: ['mch_billno', 'mch_id', 'wxappid', 're_openid', 'total_amount'],
  sendgroupredpack: ['mch_billno', 'mch_id', 'wxappid', 're_openid', 'total_amount'],
  gethbinfo: ['mch_billno', 'mch_id'],
}

/** A refusal; `text` is the err_code's own unless given. */
export function refusal(op: Op, fields: RequestFields, err_code: string, text = textOf(op, err_code)): Reply {
  const communication = COMMUNICATION.has(err_code)
  const echo = communication ? [] : ECHOES[op].filter((name) => fields[name])
  return {
    return_code: communication ? 'FAIL' : 'SUCCESS',
    return_msg: text,
    result_code: 'FAIL',
    err_code,
    err_code_des: text,
    ...Object.fromEntries(echo.map((name) => [name, fields[name] ?? ''])),
  }
}

// A query is not accepted for later; WeChat's older text for SYSTEMERROR fits it.
function textOf(op: Op, err_code: string): string {
  if (op === 'gethbinfo' && err_code === 'SYSTEMERROR') return '系统繁忙，请再试。'
  return TEXTS[err_code] ?? err_code
}

/** The answer to a send that is paid, now or earlier. */
export function sent(order: Order): Reply {
  return {
    return_code: 'SUCCESS',
    return_msg: '发放成功',
    result_code: 'SUCCESS',
    err_code: 'SUCCESS',
    err_code_des: '发放成功',
    mch_billno: order.mch_billno,
    mch_id: order.mch_id,
    wxappid: order.wxappid,
    re_openid: order.re_openid,
    total_amount: order.total_amount,
    send_listid: order.send_listid,
  }
}

/** The answer to gethbinfo about an order. */
export function found(order: Order): Reply {
  const refunded = order.refunded_at_ms === undefined ? undefined : beijingTime(order.refunded_at_ms)
  return {
    return_code: 'SUCCESS',
    return_msg: 'OK',
    result_code: 'SUCCESS',
    err_code: 'SUCCESS',
    err_code_des: 'OK',
    mch_billno: order.mch_billno,
    mch_id: order.mch_id,
    detail_id: order.send_listid,
    status: order.status,
    send_type: 'API',
    hb_type: order.hb_type,
    total_num: order.total_num,
    total_amount: order.total_amount,
    send_time: beijingTime(order.debited_at_ms),
    ...(refunded ? { refund_time: refunded, refund_amount: order.total_amount } : {}),
    wishing: order.wishing,
    remark: order.remark,
    act_name: order.act_name,
    ...(order.hblist ? { hblist: order.hblist } : {}),
  }
}

/** Writes a reply as XML. */
export function replyXml(reply: Reply): string {
  const elements = Object.entries(reply).map(([name, value]) => `<${name}>${content(name, value)}</${name}>`)
  return `<xml>\n${elements.join('\n')}\n</xml>`
}

// WeChat mixes CDATA and plain text in one document: its published sample has mch_id and total_amount plain.
const PLAIN = new Set(['mch_id', 'total_amount'])

function content(name: string, value: Reply[string]): string {
  if (typeof value === 'object') return value.map((item) => `<hbinfo>${hbinfo(item)}</hbinfo>`).join('')
  const text = String(value)
  return typeof value === 'number' || (PLAIN.has(name) && /^[0-9]+$/.test(text)) ? text : cdata(text)
}

function hbinfo({ openid, amount, rcv_time }: Receipt): string {
  return `<openid>${cdata(openid)}</openid><amount>${amount}</amount><rcv_time>${cdata(rcv_time)}</rcv_time>`
}

/** An answer that says SUCCESS twice and then breaks off. */
export const TRUNCATED =
  '<xml>\n<return_code><![CDATA[SUCCESS]]></return_code>\n<result_code><![CDATA[SUCCESS]]></result_code>\n<mch_bill'

// nginx's own phrases, not those of RFC 9110.
const PHRASES = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Not Allowed',
  413: 'Request Entity Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
} as const
export type PageStatus = keyof typeof PHRASES

/** The page nginx answers with a status; `text` adds its line about certificates. */
export function nginxPage(status: PageStatus, text?: string): string {
  const heading = `${status} ${PHRASES[status]}`
  const line = text === undefined ? '' : `<center>${text}</center>\r\n`
  const title = text === undefined ? heading : `${status} ${text}`
  return (
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${heading}</h1></center>\r\n${line}` +
    '<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n'
  )
}
