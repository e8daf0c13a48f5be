// What WeChat does with a call, in WeChat's order: merchant, certificate, address, fields, sign, limits, rate, number, balance, debit.
import { sign } from '../../lib/wechatpay/sign.ts'
import { UNLISTED_IP } from './errors.ts'
import type { Plan } from './faults.ts'
import { isSend, type Op, onlyDefined, type RequestFields, withinLimits, wrongField } from './fields.ts'
import { type Bill, fundFlow, hmacSign } from './fund-flow.ts'
import type { Merchant } from './merchants.ts'
import type { Send } from './order.ts'
import { found, type Reply, refusal, sent } from './replies.ts'
import type { World } from './world.ts'

/** A call as it came: `common_name` is the client certificate's, `address` the client's, `plan` a fault that decides its fate. */
export type Asked = Readonly<{
  op: Op
  fields: RequestFields
  common_name: string
  address: string
  plan?: Plan | undefined
}>

/** Seconds until a late debit lands, unless told. */
const LATE_S = 5
/** Why a send stays SENDING, unless told. */
const REASON = '余额不足'

/** Decides a call and debits what it pays. */
export function decide(world: World, asked: Asked): Reply | Bill {
  const { op, fields, common_name, address } = asked
  const no = (err_code: string, text?: string) => refusal(world.shapes, op, fields, err_code, text)
  const merchant = world.merchants.get(fields.mch_id ?? '')
  if (!merchant) return no('PARAM_ERROR', '输入的商户号有误')
  if (common_name !== merchant.mch_id) return no('CA_ERROR')
  if (merchant.ips && !merchant.ips.includes(address)) return no('NO_AUTH', UNLISTED_IP[world.shapes])
  const text = wrongField(op, fields, merchant, world.strict_openids) ?? wrongAppid(merchant, fields)
  if (text !== undefined) return no('PARAM_ERROR', text)
  const signs = op === 'downloadfundflow' ? hmacSign : sign
  if (!onlyDefined(op, fields, merchant) || fields.sign !== signs(fields, merchant.api_key)) return no('SIGN_ERROR')
  const unbound = isSend(op) ? wrongProvider(merchant, fields) : undefined
  if (unbound !== undefined) return no(unbound)
  if (op === 'gethbinfo') return query(world, fields)
  return op === 'downloadfundflow' ? bill(world, merchant, fields) : pay(world, asked)
}

function wrongAppid({ appids }: Merchant, { wxappid, appid }: RequestFields): string | undefined {
  return !appids || appids.includes(wxappid ?? appid ?? '') ? undefined : '商户号和wxappid不匹配'
}

/** @returns the err_code if a service provider names a merchant or an appid that is not its own */
function wrongProvider({ mch_id, appids, sub_mch_ids }: Merchant, fields: RequestFields): string | undefined {
  if (!sub_mch_ids) return undefined
  const { sub_mch_id = '', consume_mch_id = '', msgappid = '' } = fields
  if (!sub_mch_ids.includes(sub_mch_id)) return 'ACCEPTMODE_ERROR'
  if (consume_mch_id !== '' && ![mch_id, ...sub_mch_ids].includes(consume_mch_id)) return 'ACCEPTMODE_ERROR'
  return msgappid === '' || !appids || appids.includes(msgappid) ? undefined : 'MSGAPPID_ERROR'
}

function query(world: World, fields: RequestFields): Reply {
  const { mch_id = '', mch_billno = '' } = fields
  const order = world.orders.query(mch_id, mch_billno, world.clock.now())
  return order ? found(world.shapes, order) : refusal(world.shapes, 'gethbinfo', fields, 'NOT_FOUND')
}

function bill(world: World, { mch_id }: Merchant, fields: RequestFields): Reply | Bill {
  const { bill_date = '', account_type = '', tar_type = '' } = fields
  const now_ms = world.clock.now()
  world.orders.advance(now_ms)
  const made = fundFlow(world.orders, { mch_id, bill_date, account_type, gzip: tar_type === 'GZIP' }, now_ms)
  return typeof made === 'string' ? refusal(world.shapes, 'downloadfundflow', fields, made) : made
}

function pay(world: World, { op, fields, plan }: Asked): Reply {
  const now_ms = world.clock.now()
  const no = (err_code: string, text?: string) => refusal(world.shapes, op, fields, err_code, text)
  if (!withinLimits(op, fields)) return no('MONEY_LIMIT')
  if (!world.rate.pass(fields.mch_id ?? '', now_ms)) return no('FREQ_LIMIT')
  const send = sendOf(op, fields)
  if (plan?.does === 'late_debit') {
    world.orders.sendLate(send, now_ms + (plan.seconds ?? LATE_S) * 1000)
    return no('PROCESSING')
  }
  if (plan?.does === 'sending') {
    const fails_at_ms = plan.seconds === undefined ? undefined : now_ms + plan.seconds * 1000
    world.orders.keep(send, now_ms, plan.reason ?? REASON, fails_at_ms)
    return no('PROCESSING')
  }
  const paid = world.orders.send(send, now_ms)
  if ('err_code' in paid) return no(paid.err_code, paid.text)
  const answer = sent(paid)
  if (plan?.does === 'failed') world.orders.fail(paid, now_ms + (plan.seconds ?? 0) * 1000, plan.reason)
  return answer
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
    ...(fields.sub_mch_id ? { sub_mch_id: fields.sub_mch_id } : {}),
    ...(op === 'sendminiprogramhb' ? { mini_program: true } : {}),
  }
}
