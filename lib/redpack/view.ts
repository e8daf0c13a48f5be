// What callers are shown of a record: the record itself, the answer to a send, and whether that is a result (200) or not yet (202).
import { toYuan } from './money.ts'
import type { Outcome, RedpackRecord } from './record.ts'
import { IS_FINAL, isSlowed } from './rules.ts'

/** The record as callers see it: the page's fields, same names, null if nothing is known, total_amount in yuan. */
export function view(record: RedpackRecord) {
  return {
    act_name: record.act_name,
    amt_type: record.type === 'fission' ? 'ALL_RAND' : null,
    created_at: record.created_at,
    gateway_type: record.gateway_type,
    id: record.id,
    idempotency_key: record.idempotency_key ?? null,
    keyid: record.keyid ?? null,
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

/** What WeChat said to the send, or null if it has said nothing that could be understood. */
function result({ outcome, mch_billno, send_listid, err_code, err_code_des }: RedpackRecord) {
  if (outcome === 'sent') return { mch_billno, send_listid: send_listid ?? '', return_code: 'SUCCESS' }
  return err_code === undefined ? null : { err_code, err_code_des: err_code_des ?? '', mch_billno }
}

/** The outcome as the answer to a send tells it: what is not settled by the service is unknown to its caller. */
const ANSWERED = {
  pending: 'unknown',
  unknown: 'unknown',
  manual: 'unknown',
  sent: 'sent',
  refused: 'refused',
} as const satisfies Record<Outcome, 'sent' | 'refused' | 'unknown'>

/** The body of the answer to a send. It follows from the stored record alone, so a repeated key gets it byte for byte. */
export function answer(record: RedpackRecord) {
  const { id, mch_billno } = record
  const outcome = ANSWERED[record.outcome]
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
    '微信支付尚未给出结果，红包可能已经发出。请用 id 或 mch_billno 查询发送状态，不要换用新的 Idempotency-Key 重发。',
}

/** True if WeChat has not answered the send: the answer is then an acceptance (202), not a result. */
export function isProcessing(record: RedpackRecord): boolean {
  return record.outcome !== 'sent' && record.err_code === undefined
}

/** For people who ask for the status: why a number that WeChat refuses again and again is sent again so seldom. */
export function slowedHint(record: RedpackRecord): string | undefined {
  const { outcome, same_refusals, err_code, err_code_des } = record
  if (IS_FINAL[outcome] || !isSlowed(record)) return undefined
  const said = err_code_des ? `${err_code}（${err_code_des}）` : err_code
  return `微信支付连续 ${same_refusals} 次以 ${said} 答复这个单号的发送，而查询时没有这个订单。服务改为每天重发一次，到第 29 天为止；原因消除后，可用同一个 Idempotency-Key 立即重发，不要换用新的 key。`
}
