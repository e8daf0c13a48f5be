// Who may call WeChat under a number: whoever wrote the record, or took it over after a lease ran out.
import { AppError } from '../errors.ts'
import { change } from './change.ts'
import { hashOf, idOf, mchBillnoOf } from './identity.ts'
import { limitDay } from './limit.ts'
import type { Merchant, Ports } from './ports.ts'
import type { RedpackRecord } from './record.ts'
import { CALL_WINDOW_S, dueWhilePending, QUERY_WINDOW_S } from './schedule.ts'
import type { SendParams } from './schemas.ts'

/** A lease outlasts its holder's own time limit by this much. */
const LEASE_MARGIN_MS = 5_000

export type SendRequest = {
  readonly miniapp_id: string
  readonly idempotency_key: string
  readonly params: SendParams
  readonly merchant: Merchant
  /** What is left of this invocation's time, in ms. */
  remaining_ms(): number
}

/** The right to call WeChat under the record's number, not before `not_before_ms`. */
export type Claim = { record: RedpackRecord; not_before_ms: number }

/**
 * Writes the record of a new send, or takes over the one that stands there.
 * Out: a claim, or `{settled}`: the record that already holds the answer.
 * @throws AppError in_progress, key_reused, merchant_changed, store_unavailable
 */
export async function claim(ports: Ports, request: SendRequest): Promise<Claim | { settled: RedpackRecord }> {
  const fresh = newRecord(ports, request)
  const standing = await ports.store.insert(fresh)
  if (standing.writer === fresh.writer) return { record: standing, not_before_ms: 0 }
  if (standing.hash !== fresh.hash) {
    throw new AppError('key_reused', '这个 Idempotency-Key 已用于参数不同的另一次发送;新的发送请换用新的 key')
  }
  if (isSettled(standing) || isBeyondCall(standing, ports.clock.now())) return { settled: standing }
  const taken = await takeOver(ports, standing, request.merchant, request.remaining_ms(), expired(standing))
  if (taken.mine) return taken
  if (isSettled(taken.record)) return { settled: taken.record }
  throw inProgress()
}

/** Final for a caller: nothing that it does will change the record. */
export function isSettled({ outcome }: RedpackRecord): boolean {
  return outcome === 'sent' || outcome === 'refused' || outcome === 'manual'
}

/** WeChat may soon know a number of this age no longer, and calling under one that it has forgotten would pay again. */
export function isBeyondCall({ created_at }: RedpackRecord, now_ms: number): boolean {
  return now_ms / 1000 - created_at >= CALL_WINDOW_S
}

/** WeChat no longer knows numbers of this age: nothing more can be learned. */
export function isBeyondQuery({ created_at }: RedpackRecord, now_ms: number): boolean {
  return now_ms / 1000 - created_at >= QUERY_WINDOW_S
}

/** True while somebody may be calling WeChat under this number. */
export function isLeased(record: RedpackRecord, now_ms: number): boolean {
  return record.lease_until_ms > now_ms
}

/** A lease that ran out, rather than being given back, counts as an attempt that ended unknown. */
export function expired(record: RedpackRecord): boolean {
  return record.doubted || record.lease_until_ms > 0
}

/**
 * Takes a record over under a new version, so that whoever held it before can write nothing any more.
 * `doubted` is what is known of the attempts so far.
 * @throws AppError in_progress while a lease lives, merchant_changed
 */
export async function takeOver(
  ports: Ports,
  seen: RedpackRecord,
  merchant: Merchant,
  remaining_ms: number,
  doubted: boolean,
): Promise<Claim & { mine: boolean }> {
  const now_ms = ports.clock.now()
  if (isLeased(seen, now_ms)) throw inProgress()
  assertSameMerchant(seen, merchant)
  const taken = await change(ports, seen, { ...lease(now_ms, remaining_ms), doubted })
  return { ...taken, not_before_ms: seen.quiet_since_ms + 1_000 }
}

/** A number belongs to the merchant it was made for: under another one it would be a second order. */
export function assertSameMerchant(record: RedpackRecord, merchant: Merchant): void {
  if (record.mch_id === merchant.mch_id) return
  throw new AppError(
    'merchant_changed',
    `这个红包属于商户号 ${record.mch_id},现配置的商户号是 ${merchant.mch_id};请恢复原商户的证书后重试`,
    { errors: [{ pointer: '/gateway_type', detail: '商户号已变更' }] },
  )
}

function inProgress(): AppError {
  return new AppError('in_progress', '同一个 Idempotency-Key 正在发送中,请稍后用同一个 key 重试')
}

function newRecord(
  ports: Ports,
  { miniapp_id, idempotency_key, params, merchant, remaining_ms }: SendRequest,
): RedpackRecord {
  const id = idOf(miniapp_id, idempotency_key)
  const now_ms = ports.clock.now()
  const now_s = Math.floor(now_ms / 1000)
  return {
    ...params,
    id,
    miniapp_id,
    mch_id: merchant.mch_id,
    mch_billno: mchBillnoOf(id),
    hash: hashOf(params),
    created_at: now_s,
    updated_at: now_s,
    outcome: 'pending',
    doubted: false,
    version: 1,
    writer: ports.token(),
    checks: 0,
    limit_day: merchant.daily_limit === undefined ? undefined : limitDay(now_ms),
    ...lease(now_ms, remaining_ms()),
  }
}

function lease(now_ms: number, remaining_ms: number) {
  // A process that was frozen may have less than no time left; its lease must not end before calls that others made meanwhile.
  const lease_until_ms = now_ms + Math.max(0, remaining_ms) + LEASE_MARGIN_MS
  return { lease_until_ms, quiet_since_ms: lease_until_ms, ...dueWhilePending(lease_until_ms) }
}
