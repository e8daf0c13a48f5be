// What WeChat does with a call, in WeChat's order: merchant, certificate, fields, sign, limits, rate, number, balance, debit.
import { sign } from '../../lib/wechatpay/sign.ts'
import { type Op, onlyDefined, type RequestFields, withinLimits, wrongField } from './fields.ts'
import type { Send } from './orders.ts'
import type { Merchant } from './rate.ts'
import { found, type Reply, refusal, sent } from './replies.ts'
import type { World } from './world.ts'

/** A call as it came: `common_name` is the client certificate's; with `late_s` the debit comes that many seconds later. */
export type Asked = Readonly<{ op: Op; fields: RequestFields; common_name: string; late_s?: number | undefined }>

/** Decides a call and debits what it pays. */
export function decide(world: World, asked: Asked): Reply {
  const { op, fields, common_name } = asked
  const merchant = world.merchants.get(fields.mch_id ?? '')
  if (!merchant) return refusal(op, fields, 'PARAM_ERROR', '输入的商户号有误')
  if (common_name !== merchant.mch_id) return refusal(op, fields, 'CA_ERROR')
  const text = wrongField(op, fields) ?? wrongAppid(merchant, fields)
  if (text !== undefined) return refusal(op, fields, 'PARAM_ERROR', text)
  if (!onlyDefined(op, fields) || fields.sign !== sign(fields, merchant.api_key))
    return refusal(op, fields, 'SIGN_ERROR')
  return op === 'gethbinfo' ? query(world, fields) : pay(world, asked)
}

function wrongAppid({ appids }: Merchant, { wxappid, appid }: RequestFields): string | undefined {
  return !appids || appids.includes(wxappid ?? appid ?? '') ? undefined : '商户号和wxappid不匹配'
}

function query(world: World, fields: RequestFields): Reply {
  const { mch_id = '', mch_billno = '' } = fields
  const order = world.orders.query(mch_id, mch_billno, world.clock.now())
  return order ? found(order) : refusal('gethbinfo', fields, 'NOT_FOUND')
}

function pay(world: World, { op, fields, late_s }: Asked): Reply {
  const now_ms = world.clock.now()
  if (!withinLimits(op, fields)) return refusal(op, fields, 'MONEY_LIMIT')
  if (!world.rate.pass(fields.mch_id ?? '', now_ms)) return refusal(op, fields, 'FREQ_LIMIT')
  if (late_s !== undefined) {
    world.orders.sendLate(sendOf(op, fields), now_ms + late_s * 1000)
    return refusal(op, fields, 'PROCESSING')
  }
  const paid = world.orders.send(sendOf(op, fields), now_ms)
  return 'err_code' in paid ? refusal(op, fields, paid.err_code, paid.text) : sent(paid)
}

function sendOf(op: Op, fields: RequestFields): Send {
  const text = (name: string) => fields[name] ?? ''
  return {
    mch_billno: text('mch_billno'),
    mch_id: text('mch_id'),
    wxappid: text('wxappid'),
    re_openid: text('re_openid'),
    total_amount: Number(fields.total_amount),
    total_num: Number(fields.total_num),
    hb_type: op === 'sendgroupredpack' ? 'GROUP' : 'NORMAL',
    send_name: text('send_name'),
    wishing: text('wishing'),
    act_name: text('act_name'),
    remark: text('remark'),
  }
}
