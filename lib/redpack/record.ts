// The record of one red packet: the order, written once; the state, replaced whole by every write; the stamp of that write.
import { hash } from 'node:crypto'
import * as v from 'valibot'
import { Fen } from './money.ts'
import { GatewayType, type SendParams } from './params.ts'

/**
 * About the money. pending → sent | refused | unknown | manual; unknown → sent | refused | manual; `sent`, `refused` and `manual` never change.
 * The arrows come from the tables of rules.ts.
 */
export const OUTCOMES = ['pending', 'sent', 'refused', 'unknown', 'manual'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** About the packet, in WeChat's own words (RFUND_ING is WeChat's spelling). */
export const STATUSES = ['SENDING', 'SENT', 'FAILED', 'RECEIVED', 'RFUND_ING', 'REFUND'] as const
export type Status = (typeof STATUSES)[number]

/** What settle still has to do: learn the outcome; repair the sequence number or the reservation; follow the packet's status. */
export const KINDS = ['outcome', 'repair', 'status'] as const
export type Kind = (typeof KINDS)[number]

const text = v.string()
const whole = v.pipe(v.number(), v.safeInteger())

/** Who is paid and the texts of the packet: what is erased of an order in the end. An attribute that is erased reads as empty. */
const personal = v.optional(text, '')
export const PERSONAL_KEYS = [
  're_openid',
  'send_name',
  'wishing',
  'act_name',
  'remark',
  'risk_info',
  'idempotency_key',
] as const

/** Who is sent what and how much. Written once, with the claim (I7). Times in whole Unix seconds. */
export const Order = v.object({
  id: text,
  miniapp_id: text,
  /** The caller's key for this send, and who sent it. Absent on records that version 0.1 wrote. */
  idempotency_key: v.optional(text),
  keyid: v.optional(text),
  mch_id: text,
  mch_billno: text,
  hash: text,
  created_at: whole,
  type: v.picklist(['normal', 'fission']),
  gateway_type: GatewayType,
  official_account_id: text,
  re_openid: personal,
  send_name: personal,
  total_amount: Fen,
  total_num: whole,
  wishing: personal,
  act_name: personal,
  remark: personal,
  scene_id: v.optional(text),
  risk_info: v.optional(text),
})
export type Order = v.InferOutput<typeof Order>

/** What became of it. Every write replaces all of it; undefined means that the attribute is absent. */
export const State = v.object({
  outcome: v.picklist(OUTCOMES),
  status: v.optional(v.picklist(STATUSES)),
  send_listid: v.optional(text),
  err_code: v.optional(text),
  err_code_des: v.optional(text),
  raw_result: v.optional(text),
  seq: v.optional(whole),
  /** The Beijing day whose limit this send is reserved against. */
  limit_day: v.optional(text),
  /** A call under this number, begun no later than this, may have debited or may still: a refusal proves nothing. */
  maybe_debited_ms: v.optional(whole),
  /** WeChat has said FATAL_ERROR: the order under this number may not be ours, which only the echo of a send can tell. */
  order_conflict: v.optional(v.boolean()),
  /** WeChat may keep an order of this refusal: it is asked about once more. */
  unsafe_refusal: v.optional(v.boolean()),
  /** Calls in a row that were answered by one code of no list, each after proof that no call before had paid. */
  same_refusals: v.optional(whole),
  /** Until then its holder alone may call WeChat; 0 when nobody may. */
  lease_until_ms: whole,
  /** No call to WeChat under this number begins after this. */
  no_call_after_ms: whole,
  /** What settle has to do next, and when (seconds). */
  open: v.optional(v.picklist(KINDS)),
  due_at: v.optional(whole),
  /** Somebody has asked for this person's data to be erased (seconds): it is, with the write that brings the record to rest. */
  forget_asked_at: v.optional(whole),
  /** What is personal has been erased (seconds): PERSONAL_KEYS and raw_result. */
  erased_at: v.optional(whole),
  /** Looks of settle since `open` changed its kind. */
  looks: whole,
})
type StateFields = v.InferOutput<typeof State>
/** Every key present, so that a literal that forgets one does not compile. */
export type State = { [K in keyof Required<StateFields>]: StateFields[K] }
export const STATE_KEYS = Object.keys(State.entries) as (keyof State)[]

/** The store adds it to each write, and knows its own write again by `writer`. */
export const Stamp = v.object({ version: whole, writer: text, updated_at: whole })
export type Stamp = v.InferOutput<typeof Stamp>

/** total_amount in fen, times in whole Unix seconds unless their names end in `_ms`. */
export type RedpackRecord = Order & State & Stamp

/** What is not known of a new record. */
export const ABSENT = {
  status: undefined,
  send_listid: undefined,
  err_code: undefined,
  err_code_des: undefined,
  raw_result: undefined,
  seq: undefined,
  limit_day: undefined,
  maybe_debited_ms: undefined,
  order_conflict: undefined,
  unsafe_refusal: undefined,
  same_refusals: undefined,
  open: undefined,
  due_at: undefined,
  forget_asked_at: undefined,
  erased_at: undefined,
} as const satisfies Partial<State>

/** A stored item as a record, every key of its state present. */
export const RedpackRecord = v.pipe(
  v.object({ ...Order.entries, ...State.entries, ...Stamp.entries }),
  v.transform((stored): RedpackRecord => ({ ...ABSENT, ...stored })),
)

/** The record's id: the first 24 hex digits of SHA-256("redpack" NUL miniapp_id NUL key). */
export function idOf(miniapp_id: string, idempotency_key: string): string {
  return hash('sha256', `redpack\0${miniapp_id}\0${idempotency_key}`).slice(0, 24)
}

/** WeChat's merchant order number: 26 characters of [0-9A-Za-z], within WeChat's 28. */
export function mchBillnoOf(id: string): string {
  return `RP${id}`
}

/** @returns the id that a number belongs to, or undefined for a number that this service never made */
export function idOfMchBillno(mch_billno: string): string | undefined {
  return /^RP[0-9a-f]{24}$/.test(mch_billno) ? mch_billno.slice(2) : undefined
}

export function isId(text: string): boolean {
  return /^[0-9a-f]{24}$/.test(text)
}

/** The order as it is left by erasure. */
export function withoutPersonal<O extends Order>(order: O): O {
  const emptied = { re_openid: '', send_name: '', wishing: '', act_name: '', remark: '' }
  return { ...order, ...emptied, risk_info: undefined, idempotency_key: undefined }
}

/** What tells two requests under one key apart: SHA-256 over the parameters as they are understood, in any order. */
export function hashOf(params: SendParams): string {
  const canonical = JSON.stringify(
    Object.entries(params)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  return hash('sha256', canonical)
}

const BEIJING_AHEAD_MS = 8 * 3600 * 1000

/** The Beijing day of a moment, as 2026-11-23. China has had no daylight saving time since 1991. */
export function limitDayOf(now_ms: number): string {
  return new Date(now_ms + BEIJING_AHEAD_MS).toISOString().slice(0, 10)
}
