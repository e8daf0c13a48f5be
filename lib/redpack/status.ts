// getRedPackStatus: what WeChat says of the packet now, and what that teaches the record.
import { CALL_MIN_MS } from '../durations.ts'
import { AppError } from '../errors.ts'
import { assertSameMerchant } from './claim.ts'
import { find } from './get.ts'
import type { StatusParams } from './params.ts'
import type { Merchant, Ports, Queried, WeChatFields } from './ports.ts'
import { type RedpackRecord, STATE_KEYS, type State } from './record.ts'
import { afterQuery, afterStatusLook, isLeased, lapsed, type QueryReply } from './rules.ts'
import { type SaveOptions, save } from './save.ts'
import { timeForCall } from './send.ts'
import { slowedHint } from './view.ts'

/** `processing`: WeChat has not answered the query. */
export type StatusAnswer = { body: WeChatFields; processing: boolean }

/**
 * Asks WeChat for a packet of this mini app, and writes its status, and a settled outcome, to the record.
 * @throws AppError not_found, certificate_missing, certificate_unusable, merchant_changed, record_unreadable, secrets_unavailable, store_unavailable
 */
export async function status(
  ports: Ports,
  miniapp_id: string,
  params: StatusParams,
  remaining_ms: () => number,
): Promise<StatusAnswer> {
  const record = await find(ports, miniapp_id, params)
  const { reply, merchant } = await query(ports, record, Math.max(CALL_MIN_MS, timeForCall(remaining_ms())))
  if (reply.fields === undefined) return { body: unanswered(record), processing: true }
  await learn(ports, record, reply, { remaining_ms, status_looks_s: merchant.status_looks_s })
  const hint = slowedHint({ ...record, ...afterQuery(record, reply) })
  return { body: { ...reply.fields, ...(hint && { hint }) }, processing: false }
}

/** gethbinfo for a record, with the merchant that it was made for. @throws AppError certificate_*, merchant_changed, secrets_unavailable */
export async function query(
  ports: Ports,
  record: RedpackRecord,
  timeout_ms: number,
): Promise<{ reply: Queried; merchant: Merchant }> {
  const merchant = await ports.merchants.load(record.miniapp_id, record.gateway_type)
  assertSameMerchant(record, merchant)
  const reply = await ports.wechat.query(merchant, record, timeout_ms)
  const { alarm, why = '' } = reply
  if (alarm) ports.report({ event: 'alarm', alarm, record, why: `the reply to a query: ${why}` })
  else if (why) ports.report({ event: 'reply_unclear', record, why: `gethbinfo: ${why}` })
  return { reply, merchant }
}

/** WeChat has answered, and the caller gets it: what cannot be written now, settle learns again. */
async function learn(ports: Ports, record: RedpackRecord, reply: QueryReply, options: SaveOptions): Promise<void> {
  // Whoever holds the lease knows more, and writes it.
  if (isLeased(record, ports.clock.now())) return
  if (isSame(afterQuery(record, reply), record)) return
  // The caller's question counts as a look at a packet that is followed. It is no late look at a refusal: that may still be paid.
  const isLook = record.open === 'status' && record.outcome === 'sent'
  const after = isLook ? afterStatusLook(record, reply) : afterQuery(lapsed(record), reply)
  try {
    await save(ports, record, after, options)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
  }
}

function isSame(a: State, b: State): boolean {
  return STATE_KEYS.every((key) => a[key] === b[key])
}

function unanswered(record: RedpackRecord): WeChatFields {
  const { id, mch_billno } = record
  const hint = slowedHint(record)
  const err_code_des = `微信支付没有应答这次查询，请稍后再查${hint ? `。${hint}` : ''}`
  return { err_code: 'PROCESSING', err_code_des, mch_billno, id }
}
