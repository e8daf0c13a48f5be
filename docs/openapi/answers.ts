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
  v.description('Order number at WeChat (订单 ID): `RP` followed by the id. A key always has the same order number.'),
)
const send_listid = text('WeChat’s own number for the packet (微信单号).')
const return_code = only('SUCCESS', 'WeChat has accepted the order.')
const err_code = text('WeChat’s error code; `FAIL` if WeChat refused with a text and no code.')
const err_code_des = text('WeChat’s error text.')

const SentRedPack = v.strictObject({
  return_code,
  mch_billno,
  send_listid,
  id,
  outcome: outcome('sent', 'Paid. Final.'),
})
const RefusedRedPack = v.strictObject({
  err_code,
  err_code_des,
  mch_billno,
  id,
  outcome: outcome('refused', 'Not paid, now or later. Final.'),
})
const UnknownRedPack = v.strictObject({
  err_code,
  err_code_des,
  mch_billno,
  id,
  outcome: outcome('unknown', 'May have been paid, or may still be paid. Do not send with another key.'),
})
const ProcessingRedPack = v.strictObject({
  ...UnknownRedPack.entries,
  err_code: only('PROCESSING', 'WeChat has not answered.'),
  err_code_des: text('What to do: query the status, and do not send with another key.'),
})

const record = {
  act_name: text('Name of the activity (活动名称).'),
  amt_type: v.pipe(
    v.nullable(v.pipe(v.string(), v.value('ALL_RAND'))),
    v.description('`ALL_RAND` for a fission packet, null for a normal one.'),
  ),
  created_at: seconds('When the record was created'),
  gateway_type: v.pipe(GatewayType, v.description('The merchant configuration that pays (微信支付商户类型).')),
  id,
  idempotency_key: orNull(
    'The Idempotency-Key that it was sent with (幂等键); null once its personal data is erased, and if version 0.1 of the service wrote the record.',
  ),
  keyid: orNull('The keyid of the caller who sent it (调用方); null if version 0.1 of the service wrote the record.'),
  mch_billno,
  miniapp_id: text('The mini app it was sent for (小程序).'),
  official_account_id: text('Appid of the official account (公众号 appid).'),
  outcome: v.pipe(v.picklist(OUTCOMES), v.description('Whether it was paid.')),
  raw_result: orNull('WeChat’s reply, unchanged; a long one is cut off at the end.'),
  re_openid: text('Openid of the receiver (红包接受人).'),
  remark: text('Remark (备注).'),
  result: v.pipe(
    v.nullable(
      v.union([
        v.pipe(v.strictObject({ mch_billno, send_listid, return_code }), v.title('sent')),
        v.pipe(v.strictObject({ err_code, err_code_des, mch_billno }), v.title('not sent')),
      ]),
    ),
    v.description('WeChat’s answer to the send; null if there was none that could be read.'),
  ),
  risk_info: orNull('Information for risk control (活动信息).'),
  scene_id: orNull('Scene (场景 id).'),
  send_name: text("Sender's name (红包发送者名称)."),
  status: v.pipe(
    v.nullable(v.picklist(STATUSES)),
    v.description(
      'State of the packet, in WeChat’s own values; null until WeChat has been queried. `RFUND_ING` is WeChat’s spelling.',
    ),
  ),
  total_amount: v.pipe(v.number(), v.gtValue(0), v.description('Amount in yuan (付款金额，单位元).')),
  total_num: whole(1, 'Number of receivers (红包发放总人数).'),
  type: v.pipe(v.picklist(['normal', 'fission']), v.description('Kind of packet (普通红包 normal, 裂变红包 fission).')),
  updated_at: seconds('When the record last changed'),
  wishing: text('Greeting (红包祝福语).'),
}
const RedPackRecord = v.strictObject(record)
const ListedRedPack = v.strictObject({
  ...record,
  pk: v.pipe(v.string(), v.regex(/^[0-9a-f]{24}$/), v.description('The same as `id`.')),
})
const nearby = (which: string) =>
  v.pipe(
    v.nullable(v.pipe(v.string(), v.regex(/^\/redpacks\?limit=\d+&offset=\d+$/))),
    v.description(`URL of the ${which} page, relative to the service's URL; null if there is none.`),
  )
const RedPackList = v.strictObject({
  meta: v.strictObject({
    limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
    next: nearby('next (older)'),
    offset: whole(0, 'How many records were skipped.'),
    previous: v.pipe(
      nearby('previous (newer)'),
      v.description(
        "URL of the previous (newer) page, relative to the service's URL; beyond the end of the list, of the last page that has records. Null if there is none.",
      ),
    ),
    total_count: whole(0, 'How many records the mini app has.'),
  }),
  objects: v.pipe(v.array(ListedRedPack), v.maxLength(1000), v.description('Newest first.')),
})

const fen = (description: string) => v.optional(v.pipe(v.string(), v.regex(/^\d+$/), v.description(description)))
const said = (description: string) => v.optional(text(description))
const RedPackStatus = v.objectWithRest(
  {
    return_code: said('Whether WeChat accepted the request: SUCCESS or FAIL.'),
    return_msg: said('The same as text.'),
    result_code: said('Whether WeChat found the packet: SUCCESS or FAIL.'),
    err_code: said('`SUCCESS`, or WeChat’s error code. `NOT_FOUND` does not prove that nothing was paid.'),
    err_code_des: said('The same as text.'),
    mch_billno: said('Order number (订单 ID).'),
    mch_id: said('Merchant number (商户号).'),
    detail_id: said('WeChat’s own number for the packet: the `send_listid` of the send.'),
    status: said(`State of the packet: ${STATUSES.join(', ')}.`),
    send_type: said('How it was sent: API, UPLOAD or ACTIVITY.'),
    hb_type: said('Kind of packet: NORMAL or GROUP.'),
    total_num: fen('Number of receivers.'),
    total_amount: fen('Amount in fen (分).'),
    reason: said('Why it failed.'),
    send_time: said('When it was sent, Beijing time.'),
    refund_time: said('When it was refunded, Beijing time.'),
    refund_amount: fen('Refunded amount, in fen.'),
    hint: said(
      'The service’s own text, in Chinese: why a packet that WeChat keeps refusing with an unknown code is sent again only once a day.',
    ),
    wishing: said('Greeting.'),
    remark: said('Remark.'),
    act_name: said('Name of the activity.'),
    hblist: v.optional(
      v.pipe(
        v.array(
          v.objectWithRest(
            {
              openid: said('Openid of the receiver.'),
              amount: fen('Amount in fen.'),
              rcv_time: said('When, Beijing time.'),
            },
            v.string(),
          ),
        ),
        v.description('The receivers so far; WeChat leaves it out before the first one, and sometimes later.'),
      ),
    ),
  },
  v.string(),
)
const UnansweredStatus = v.strictObject({
  err_code: only('PROCESSING', 'WeChat has not answered the query.'),
  err_code_des: text('What to do: query again later.'),
  mch_billno,
  id,
})

const ABOUT: Record<string, string> = {
  SentRedPack: 'WeChat has accepted the order and taken the money. Final.',
  RefusedRedPack: 'WeChat has refused; no money has moved or will move. Final.',
  UnknownRedPack:
    'WeChat’s code does not say whether it was paid, or WeChat refused a second attempt while the result of the first is not known.',
  ProcessingRedPack: 'WeChat has not answered: it may have been paid, or may still be paid.',
  RedPackRecord:
    'The record of one red packet. Unknown values are null. Once its personal data has been erased, `re_openid` and the texts are empty, and `risk_info`, `raw_result` and `idempotency_key` are null.',
  ListedRedPack: 'A record as the list shows it.',
  RedPackList: 'A page of records.',
  RedPackStatus:
    'WeChat’s own answer to the query (gethbinfo): its fields and strings unchanged, without `sign` and `nonce_str`. Fields that WeChat adds are included.',
  UnansweredStatus: 'WeChat has not answered the query.',
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
