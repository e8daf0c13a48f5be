// getRedPackStatus: what WeChat says of the packet now, and what that teaches the record.
import { hasCode } from '../errors.ts'
import { CALL_MIN_MS, timeForCall } from './attempt.ts'
import { assertSameMerchant, expired, isLeased } from './claim.ts'
import { conclude } from './conclude.ts'
import { find } from './get.ts'
import type { Changes, Ports, QueryReply, WeChatFields } from './ports.ts'
import type { RedpackRecord } from './record.ts'
import type { StatusParams } from './schemas.ts'

/** `processing`: WeChat has not answered the query. */
export type StatusAnswer = { body: WeChatFields; processing: boolean }

/**
 * Asks WeChat for a packet of this mini app, and writes its status, and a settled outcome, to the record.
 * @throws AppError not_found, certificate_missing, certificate_unusable, merchant_changed, secrets_unavailable, store_unavailable
 */
export async function status(
  ports: Ports,
  miniapp_id: string,
  params: StatusParams,
  remaining_ms: () => number,
): Promise<StatusAnswer> {
  const record = await find(ports, miniapp_id, params)
  const reply = await ask(ports, record, remaining_ms())
  if (reply.found === 'unanswered') return { body: unanswered(record), processing: true }
  const learned = learn(ports, record, reply)
  if (learned) await writeDown(ports, record, learned)
  return { body: reply.fields, processing: false }
}

/** WeChat has answered, and the caller gets it: what cannot be written down now, settle learns again. */
async function writeDown(ports: Ports, record: RedpackRecord, learned: Changes): Promise<void> {
  try {
    await conclude(ports, record, learned)
  } catch (error) {
    if (!hasCode(error, 'store_unavailable')) throw error
  }
}

/** gethbinfo for a record, with the merchant it was made for. @throws AppError certificate_*, merchant_changed, secrets_unavailable */
export async function ask(ports: Ports, record: RedpackRecord, remaining_ms: number): Promise<QueryReply> {
  const merchant = await ports.merchants.load(record.miniapp_id, record.gateway_type)
  assertSameMerchant(record, merchant)
  const timeout_ms = Math.max(CALL_MIN_MS, timeForCall(remaining_ms))
  const reply = await ports.wechat.query(merchant, record, timeout_ms)
  if (reply.found === 'unanswered') {
    ports.report({ event: reply.strange ? 'alarm' : 'attempt_unknown', record, why: `gethbinfo: ${reply.why}` })
  }
  return reply
}

/**
 * What WeChat's word changes in a record, or undefined where it changes nothing. A packet that has left WeChat was paid for;
 * FAILED was not; SENDING can still become either, a number that is not found is no proof of anything, and of a disputed number
 * a query cannot tell whose order it is.
 */
export function learn(ports: Ports, record: RedpackRecord, reply: QueryReply): Changes | undefined {
  if (reply.found !== true || isLeased(record, ports.clock.now())) return undefined
  const { status, detail_id, reason, raw } = reply
  const open = record.outcome === 'pending' || record.outcome === 'unknown'
  if (!open) {
    if (record.outcome === 'refused' && status !== 'FAILED' && status !== 'SENDING') {
      ports.report({ event: 'alarm', record, why: `refused, but WeChat says ${status}` })
    }
    return status === record.status ? undefined : { status }
  }
  if (status === 'SENDING' || record.disputed) {
    return status === record.status ? undefined : { status, outcome: 'unknown', doubted: expired(record) }
  }
  if (status === 'FAILED') {
    return {
      status,
      outcome: 'refused',
      err_code: 'SEND_FAILED',
      err_code_des: reason ?? '红包发放失败',
      raw_result: raw,
    }
  }
  return {
    status,
    outcome: 'sent',
    send_listid: detail_id,
    err_code: undefined,
    err_code_des: undefined,
    raw_result: raw,
  }
}

function unanswered({ id, mch_billno }: RedpackRecord): WeChatFields {
  return { err_code: 'PROCESSING', err_code_des: '微信支付没有应答这次查询,请稍后再查', mch_billno, id }
}
