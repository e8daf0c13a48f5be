// The record of one red packet, as it is stored, and what callers are shown of it.
import * as v from 'valibot'
import { toYuan } from './money.ts'
import { GatewayType } from './schemas.ts'

/** About the money. `sent` and `refused` never change. */
export const OUTCOMES = ['pending', 'sent', 'refused', 'unknown', 'manual'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** About the packet, in WeChat's own words (RFUND_ING is WeChat's spelling). */
export const STATUSES = ['SENDING', 'SENT', 'FAILED', 'RECEIVED', 'RFUND_ING', 'REFUND'] as const
export type Status = (typeof STATUSES)[number]

/** What is open: whether money moved; bookkeeping of a final record (its number, its part of the daily limit); the packet's way. */
export const UNSETTLED = ['outcome', 'books', 'status'] as const
export type Unsettled = (typeof UNSETTLED)[number]

const text = v.string()
const whole = v.pipe(v.number(), v.safeInteger())

export const RedpackRecord = v.object({
  id: text,
  // Written once (I7): who, what and how much.
  miniapp_id: text,
  mch_id: text,
  mch_billno: text,
  hash: text,
  type: v.picklist(['normal', 'fission']),
  gateway_type: GatewayType,
  official_account_id: text,
  re_openid: text,
  send_name: text,
  total_amount: whole,
  total_num: whole,
  wishing: text,
  act_name: text,
  remark: text,
  scene_id: v.optional(text),
  risk_info: v.optional(text),
  created_at: whole,
  // What became of it.
  outcome: v.picklist(OUTCOMES),
  status: v.optional(v.picklist(STATUSES)),
  send_listid: v.optional(text),
  err_code: v.optional(text),
  err_code_des: v.optional(text),
  raw_result: v.optional(text),
  seq: v.optional(whole),
  updated_at: whole,
  // Who is at work on it.
  version: whole,
  writer: text,
  lease_until_ms: whole,
  /** No call to WeChat under this number begins after this time. */
  quiet_since_ms: whole,
  /** An attempt under this number has ended unknown: it may still debit, so a refusal proves nothing. */
  doubted: v.boolean(),
  /** WeChat has said FATAL_ERROR: an order stands under this number that may not be ours, which only a send's echo can tell. */
  disputed: v.optional(v.boolean()),
  // What settle still has to do, and when (the sparse index `unsettled`).
  unsettled: v.optional(v.picklist(UNSETTLED)),
  due_at: v.optional(whole),
  checks: whole,
  /** The Beijing day whose limit this send counts against, where its merchant has a limit. */
  limit_day: v.optional(text),
})
/** total_amount in fen, times in whole Unix seconds but for those that say `_ms`. */
export type RedpackRecord = v.InferOutput<typeof RedpackRecord>

/** The record as callers see it: the page's fields, same names, null where nothing is known, total_amount in yuan. */
export function view(record: RedpackRecord) {
  return {
    act_name: record.act_name,
    amt_type: record.type === 'fission' ? 'ALL_RAND' : null,
    created_at: record.created_at,
    gateway_type: record.gateway_type,
    id: record.id,
    mch_billno: record.mch_billno,
    miniapp_id: record.miniapp_id,
    official_account_id: record.official_account_id,
    outcome: record.outcome,
    raw_result: record.raw_result ?? null,
    re_openid: record.re_openid,
    remark: record.remark,
    result: result(record),
    risk_info: record.risk_info ?? null,
    scene_id: record.scene_id ?? null,
    send_name: record.send_name,
    status: record.status ?? null,
    total_amount: toYuan(record.total_amount),
    total_num: record.total_num,
    type: record.type,
    updated_at: record.updated_at,
    wishing: record.wishing,
  }
}
export type RedpackView = ReturnType<typeof view>

/** What WeChat said to the send, or null where it has said nothing that could be understood. */
function result({ outcome, mch_billno, send_listid, err_code, err_code_des }: RedpackRecord) {
  if (outcome === 'sent') return { mch_billno, send_listid: send_listid ?? '', return_code: 'SUCCESS' }
  return err_code === undefined ? null : { err_code, err_code_des: err_code_des ?? '', mch_billno }
}

/** The body of the answer to a send. It follows from the stored record alone, so a repeated key gets it byte for byte. */
export function answer(record: RedpackRecord) {
  const { id, mch_billno } = record
  const outcome = record.outcome === 'sent' || record.outcome === 'refused' ? record.outcome : 'unknown'
  if (outcome === 'sent') {
    return { return_code: 'SUCCESS', mch_billno, send_listid: record.send_listid ?? '', id, outcome }
  }
  const { err_code, err_code_des } = record.err_code === undefined ? PROCESSING : record
  return { err_code, err_code_des: err_code_des ?? '', mch_billno, id, outcome }
}
export type SendAnswer = ReturnType<typeof answer>

const PROCESSING = {
  err_code: 'PROCESSING',
  err_code_des:
    '微信支付尚未给出结果,红包可能已经发出。请用 id 或 mch_billno 查询发送状态,不要换用新的 Idempotency-Key 重发。',
}

/** True where WeChat has not answered the send: the answer is then an acceptance (202), not a result. */
export function isProcessing(record: RedpackRecord): boolean {
  return record.outcome !== 'sent' && record.err_code === undefined
}
