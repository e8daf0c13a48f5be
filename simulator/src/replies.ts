// The shapes of WeChat's answers.
import { createHash } from 'node:crypto'
import { cdata } from '../../lib/wechatpay/xml.ts'
import { beijingTime } from './clock.ts'
import { NUMERIC, type Shapes, textOf } from './errors.ts'
import { isSend, type Op, type RequestFields } from './fields.ts'
import type { Order, Receipt } from './order.ts'

/** An answer's elements in order: text in CDATA, numbers plain, and a list as WeChat's hblist. */
export type Reply = Readonly<Record<string, string | number | readonly Receipt[]>>

const SEND_ECHO = ['mch_billno', 'mch_id', 'wxappid', 're_openid', 'total_amount']
const QUERY_ECHO = ['mch_billno', 'mch_id']
/** Seen with return_code FAIL, and without an echo of the request. */
const COMMUNICATION: Readonly<Record<Shapes, ReadonlySet<string>>> = {
  captured: new Set(['CA_ERROR', 'SIGN_ERROR', 'XML_ERROR', NUMERIC.err_code]),
  documented: new Set(['CA_ERROR', 'SIGN_ERROR', 'XML_ERROR', 'PARAM_ERROR', NUMERIC.err_code]),
}

/** A refusal; `text` is the err_code's own unless given. */
export function refusal(shapes: Shapes, op: Op, fields: RequestFields, err_code: string, text?: string): Reply {
  const told = said(shapes, err_code, text ?? textOf(shapes, op, err_code))
  // The old documentation's sample of a query for a number that nobody sent.
  if (shapes === 'documented' && op === 'gethbinfo' && err_code === 'NOT_FOUND')
    return failure('FAIL', told, 'SYSTEMERROR')
  if (COMMUNICATION[shapes].has(err_code)) return failure('FAIL', told, err_code)
  return { ...failure('SUCCESS', told, err_code), ...echo(op, fields, err_code) }
}

function failure(return_code: string, text: string, err_code: string): Reply {
  return { return_code, return_msg: text, result_code: 'FAIL', err_code, err_code_des: text }
}

function said(shapes: Shapes, err_code: string, text: string): string {
  if (err_code !== 'PARAM_ERROR' || text.startsWith('参数错误')) return text
  return shapes === 'captured' || text.startsWith('该场景') ? `参数错误:${text}` : text
}

/** What is absent is echoed as nothing if it is what WeChat complains of, and not at all otherwise. */
function echo(op: Op, fields: RequestFields, err_code: string): Reply {
  if (op === 'downloadfundflow') return {}
  const names = isSend(op) ? SEND_ECHO : QUERY_ECHO
  const told = names.filter((name) => fields[name] || err_code === 'PARAM_ERROR')
  return Object.fromEntries(told.map((name) => [name, fields[name] ?? '']))
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
    ...(order.mini_program ? { package: packageOf(order) } : {}),
  }
}

/** What a mini program hands to wx.sendBizRedPacket; the signs in it are of WeChat's own making, and made up here. */
function packageOf({ send_listid, mch_id, wxappid }: Order): string {
  const hash = (name: string) => createHash('sha256').update(`${name} ${send_listid}`).digest('hex')
  return `sendid=${hash('sendid')}&ver=8&sign=${hash('sign')}&mchid=${mch_id}&appid=${wxappid}`
}

/** The answer to gethbinfo about an order. */
export function found(shapes: Shapes, order: Order): Reply {
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
    ...(order.reason && (order.status === 'SENDING' || order.status === 'FAILED') ? { reason: order.reason } : {}),
    send_time: beijingTime(order.debited_at_ms),
    ...(refunded && order.status === 'REFUND'
      ? { refund_time: refunded, refund_amount: order.refund_amount ?? order.total_amount }
      : {}),
    ...(shapes === 'documented' ? { wishing: order.wishing, remark: order.remark, act_name: order.act_name } : {}),
    ...(order.hblist ? { hblist: order.hblist } : {}),
  }
}

/** Writes a reply as XML. */
export function replyXml(shapes: Shapes, reply: Reply): string {
  const elements = Object.entries(reply).map(([name, value]) => `<${name}>${content(shapes, name, value)}</${name}>`)
  return `<xml>\n${elements.join('\n')}\n</xml>`
}

// WeChat mixes CDATA and plain text in one document: total_amount is plain, and mch_id too in the published sample.
const PLAIN: Readonly<Record<Shapes, ReadonlySet<string>>> = {
  captured: new Set(['total_amount']),
  documented: new Set(['mch_id', 'total_amount']),
}

function content(shapes: Shapes, name: string, value: Reply[string]): string {
  if (typeof value === 'object') return value.map((item) => `<hbinfo>${hbinfo(item)}</hbinfo>`).join('')
  const text = String(value)
  const plain = typeof value === 'number' || (PLAIN[shapes].has(name) && /^[0-9]+$/.test(text))
  return plain ? text : cdata(text)
}

function hbinfo({ openid, amount, rcv_time }: Receipt): string {
  return `<openid>${cdata(openid)}</openid><amount>${amount}</amount><rcv_time>${cdata(rcv_time)}</rcv_time>`
}

/** An answer that says SUCCESS twice and then breaks off. */
export const TRUNCATED =
  '<xml>\n<return_code><![CDATA[SUCCESS]]></return_code>\n<result_code><![CDATA[SUCCESS]]></result_code>\n<mch_bill'
