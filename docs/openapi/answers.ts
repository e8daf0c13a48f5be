// What callers get: the answers' schemas, which the compiler holds to lib's own types. A field more in lib is an error here.
import type { JsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import type { ListAnswer } from '../../lib/redpack/list.ts'
import { GatewayType } from '../../lib/redpack/params.ts'
import type { WeChatFields } from '../../lib/redpack/ports.ts'
import { OUTCOMES, STATUSES } from '../../lib/redpack/record.ts'
import type { RedpackView, SendAnswer } from '../../lib/redpack/view.ts'
import { jsonSchemas, type Schemas } from './schema.ts'

const text = (description: string) => v.pipe(v.string(), v.description(description))
const only = (value: string, description: string) => v.pipe(v.string(), v.value(value), v.description(description))
const whole = (min: number, description: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.description(description))
const orNull = (description: string) => v.pipe(v.nullable(v.string()), v.description(description))
const seconds = (description: string) => whole(0, `${description}, Unix seconds.`)
const outcome = <const T extends string>(value: T, description: string) =>
  v.pipe(v.literal(value), v.description(description))

const id = v.pipe(v.string(), v.regex(/^[0-9a-f]{24}$/), v.description('Id of the record (红包记录 ID).'))
const mch_billno = v.pipe(
  v.string(),
  v.regex(/^RP[0-9a-f]{24}$/),
  v.description('Order number at WeChat (订单 ID): `RP` and the id. One key has one number, for good.'),
)
const send_listid = text('WeChat’s own number of the packet (微信单号).')
const return_code = only('SUCCESS', 'WeChat has taken the order.')
const err_code = text('WeChat’s code for what is wrong.')
const err_code_des = text('What is wrong, in WeChat’s words.')

export const SentRedPack = v.strictObject({
  return_code,
  mch_billno,
  send_listid,
  id,
  outcome: outcome('sent', 'Paid. Final.'),
})
export const RefusedRedPack = v.strictObject({
  err_code,
  err_code_des,
  mch_billno,
  id,
  outcome: outcome('refused', 'Not paid, now or later. Final.'),
})
export const UnknownRedPack = v.strictObject({
  err_code,
  err_code_des,
  mch_billno,
  id,
  outcome: outcome('unknown', 'May have been paid, or may yet be. Do not send under another key.'),
})
export const ProcessingRedPack = v.strictObject({
  ...UnknownRedPack.entries,
  err_code: only('PROCESSING', 'WeChat has not answered.'),
  err_code_des: text('What to do: ask for the status, and do not send under another key.'),
})

const record = {
  act_name: text('Name of the activity (活动名称).'),
  amt_type: v.pipe(
    v.nullable(v.pipe(v.string(), v.value('ALL_RAND'))),
    v.description('`ALL_RAND` for a fission packet, null for a normal one.'),
  ),
  created_at: seconds('When the record was made'),
  gateway_type: v.pipe(GatewayType, v.description('Which of the merchant set-ups pays (微信支付商户类型).')),
  id,
  mch_billno,
  miniapp_id: text('The mini app it was sent for (小程序).'),
  official_account_id: text('Appid of the official account (公众号 appid).'),
  outcome: v.pipe(v.picklist(OUTCOMES), v.description('What became of the money.')),
  raw_result: orNull('WeChat’s reply as it came; the end of a long one is cut off.'),
  re_openid: text('Openid of the receiver (红包接受人).'),
  remark: text('Remark (备注).'),
  result: v.pipe(
    v.nullable(
      v.union([
        v.pipe(v.strictObject({ mch_billno, send_listid, return_code }), v.title('sent')),
        v.pipe(v.strictObject({ err_code, err_code_des, mch_billno }), v.title('not sent')),
      ]),
    ),
    v.description('What WeChat said to the send; null where it has said nothing that could be understood.'),
  ),
  risk_info: orNull('Information for risk control (活动信息).'),
  scene_id: orNull('Scene (场景 id).'),
  send_name: text("Sender's name (红包发送者名称)."),
  status: v.pipe(
    v.nullable(v.picklist(STATUSES)),
    v.description(
      'WeChat’s word for where the packet is; null until WeChat has been asked. `RFUND_ING` is WeChat’s spelling.',
    ),
  ),
  total_amount: v.pipe(v.number(), v.gtValue(0), v.description('Amount in yuan (付款金额,单位元).')),
  total_num: whole(1, 'How many people get a part of it (红包发放总人数).'),
  type: v.pipe(v.picklist(['normal', 'fission']), v.description('Kind of packet (普通红包 normal, 裂变红包 fission).')),
  updated_at: seconds('When the record last changed'),
  wishing: text('Greeting (红包祝福语).'),
}
export const RedPackRecord = v.strictObject(record)
export const ListedRedPack = v.strictObject({
  ...record,
  pk: v.pipe(v.string(), v.regex(/^[0-9a-f]{24}$/), v.description('The same as `id`.')),
})
const nearby = (which: string) =>
  v.pipe(
    v.nullable(v.pipe(v.string(), v.regex(/^\/redpacks\?limit=\d+&offset=\d+$/))),
    v.description(`URL of the ${which} page, relative to the service's; null where there is none.`),
  )
export const RedPackList = v.strictObject({
  meta: v.strictObject({
    limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
    next: nearby('next (older)'),
    offset: whole(0, 'How many records were passed over.'),
    previous: nearby('previous (newer)'),
    total_count: whole(0, 'How many records the mini app has.'),
  }),
  objects: v.pipe(v.array(ListedRedPack), v.maxLength(1000), v.description('Newest first.')),
})

const fen = (description: string) => v.optional(v.pipe(v.string(), v.regex(/^\d+$/), v.description(description)))
const said = (description: string) => v.optional(text(description))
export const RedPackStatus = v.objectWithRest(
  {
    return_code: said('Whether WeChat could be talked to: SUCCESS or FAIL.'),
    return_msg: said('The same in words.'),
    result_code: said('Whether WeChat found the packet: SUCCESS or FAIL.'),
    err_code: said('`SUCCESS`, or WeChat’s code for what is wrong: `NOT_FOUND` proves nothing about the money.'),
    err_code_des: said('The same in words.'),
    mch_billno: said('Order number (订单 ID).'),
    mch_id: said('Merchant number (商户号).'),
    detail_id: said('WeChat’s own number of the packet: the `send_listid` of the send.'),
    status: said(`Where the packet is: ${STATUSES.join(', ')}.`),
    send_type: said('How it was sent: API, UPLOAD or ACTIVITY.'),
    hb_type: said('Kind of packet: NORMAL or GROUP.'),
    total_num: fen('How many people get a part of it.'),
    total_amount: fen('Amount in fen (分).'),
    reason: said('Why it failed.'),
    send_time: said('When it was sent, Beijing time.'),
    refund_time: said('When it was paid back, Beijing time.'),
    refund_amount: fen('What was paid back, in fen.'),
    wishing: said('Greeting.'),
    remark: said('Remark.'),
    act_name: said('Name of the activity.'),
    hblist: v.optional(
      v.pipe(
        v.array(
          v.objectWithRest(
            { openid: said('Who.'), amount: fen('How much, in fen.'), rcv_time: said('When, Beijing time.') },
            v.string(),
          ),
        ),
        v.description('Who has received a part of it; WeChat leaves it out before anybody has, and sometimes later.'),
      ),
    ),
  },
  v.string(),
)
export const UnansweredStatus = v.strictObject({
  err_code: only('PROCESSING', 'WeChat has not answered the question.'),
  err_code_des: text('What to do: ask again later.'),
  mch_billno,
  id,
})

const ABOUT: Record<string, string> = {
  SentRedPack: 'WeChat has taken the order and the money. Final.',
  RefusedRedPack: 'WeChat said no; no money has moved, and none will. Final.',
  UnknownRedPack:
    'WeChat gave a code that proves nothing about the money, or refused a second attempt while the first is open.',
  ProcessingRedPack: 'WeChat has not answered: it may have been paid, or may yet be.',
  RedPackRecord: 'The record of one red packet: null where nothing is known.',
  ListedRedPack: 'A record as the list shows it.',
  RedPackList: 'A page of records.',
  RedPackStatus:
    'WeChat’s own answer to the query (gethbinfo): its fields and strings as they came, without `sign` and `nonce_str`. Fields that WeChat adds are passed on.',
  UnansweredStatus: 'WeChat has not answered the question.',
}

/** The answers' schemas by name. */
export function answerSchemas(): Schemas {
  const outcomes = { SentRedPack, RefusedRedPack, UnknownRedPack, ProcessingRedPack }
  const schemas = jsonSchemas({
    ...outcomes,
    RedPackRecord,
    ListedRedPack,
    RedPackList,
    RedPackStatus,
    UnansweredStatus,
  })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]): [string, JsonSchema] => [
      name,
      { title: name, description: ABOUT[name] ?? '', ...schema },
    ]),
  )
}

/** Checked by tsc: each schema says what lib says, with every field and no other. JSON has no undefined, hence NonNullable. */
type Fields<T> = T extends unknown
  ? { [K in keyof T]-?: [NonNullable<T[K]>] extends [never] ? never : K }[keyof T]
  : never
export type Same<A, B> = [A, B, Fields<A>, Fields<B>] extends [B, A, Fields<B>, Fields<A>] ? true : never
type Sent = Extract<SendAnswer, { outcome: 'sent' }>
type NotSent = Exclude<SendAnswer, Sent>
type Refusal<O> = { [K in keyof NotSent]: K extends 'outcome' ? O : NonNullable<NotSent[K]> }
type Agreed = [
  Same<v.InferOutput<typeof SentRedPack>, Sent>,
  Same<v.InferOutput<typeof RefusedRedPack>, Refusal<'refused'>>,
  Same<v.InferOutput<typeof UnknownRedPack>, Refusal<'unknown'>>,
  Same<v.InferOutput<typeof ProcessingRedPack>, Refusal<'unknown'>>,
  Same<v.InferOutput<typeof RedPackRecord>, RedpackView>,
  Same<v.InferOutput<typeof RedPackList>, ListAnswer>,
  v.InferOutput<typeof UnansweredStatus> extends WeChatFields ? true : never,
]
;[true, true, true, true, true, true, true] satisfies Agreed
