// The shapes of WeChat's answers.
import { cdata } from '../../lib/wechatpay/xml.ts'
import { beijingTime } from './clock.ts'
import { NUMERIC, textOf } from './errors.ts'
import type { Op, RequestFields } from './fields.ts'
import type { Order, Receipt } from './orders.ts'

/** An answer's elements in order: text in CDATA, numbers plain, and a list as WeChat's hblist. */
export type Reply = Readonly<Record<string, string | number | readonly Receipt[]>>

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
