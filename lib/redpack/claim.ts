// Claim: write the record of a new send, or take over the one that stands under its key.
import { CLAIM_MAX_MS } from '../durations.ts'
import { AppError, withMaybeSent } from '../errors.ts'
import { admission } from './admission.ts'
import type { SendParams } from './params.ts'
import type { Merchant, Ports } from './ports.ts'
import { ABSENT, hashOf, idOf, limitDayOf, mchBillnoOf, type Order, type RedpackRecord, type State } from './record.ts'
import { IS_FINAL, isBeyondCall, isHeld, isLeased, lapsed, leased, mayCallAt, onRepeat } from './rules.ts'

export type SendRequest = {
  readonly miniapp_id: string
  readonly idempotency_key: string
  /** Who sends; a repeat of the key by another caller of the mini app leaves the first one's on the record. */
  readonly keyid: string
  readonly params: SendParams
  readonly merchant: Merchant
  /** What is left of this invocation, in ms. */
  remaining_ms(): number
}

/** The right to call WeChat under the record's number, no earlier than `not_before_ms`. */
export type Claim = { readonly record: RedpackRecord; readonly not_before_ms: number }

/**
 * @returns a claim, or the record that already holds the answer
 * @throws AppError in_progress, key_reused, merchant_changed, record_unreadable, store_unavailable
 */
export async function claim(ports: Ports, request: SendRequest): Promise<Claim | { answer: RedpackRecord }> {
  const fresh = newRecord(request, ports.clock.now())
  const { control, blocked } = await admission(ports, fresh)
  if (blocked) {
    const standing = await ports.store.get(fresh.id)
    if (standing?.hash === fresh.hash && IS_FINAL[standing.outcome]) return { answer: standing }
    // A send that is open already makes no more open ones; the brake holds it too.
    if (!standing || blocked.code === 'stopped') throw withMaybeSent(blocked, standing !== undefined)
  }
  const { applied, record } = await ports.store.insert(fresh)
  if (applied) return { record, not_before_ms: 0 }
  switch (onRepeat(record, fresh.hash, ports.clock.now(), isHeld(record, control.held_before))) {
    case 'key_reused':
      throw new AppError('key_reused', '这个 Idempotency-Key 已用于参数不同的另一次发送；新的发送请换用新的 key', {
        maybe_sent: !IS_FINAL[record.outcome],
      })
    case 'in_progress':
      throw inProgress()
    case 'answer':
      return { answer: record }
    case 'take_over': {
      const taken = await takeOver(ports, record, lapsed(record), request.merchant, request.remaining_ms())
      if (taken.applied) return taken
      if (IS_FINAL[taken.record.outcome]) return { answer: taken.record }
      throw inProgress()
    }
  }
}

/**
 * Takes the record over in `state`, under a new version: whoever held it before can write nothing any more.
 * @throws AppError in_progress while a lease lives or if the number is too old to be called, merchant_changed, store_unavailable
 */
export async function takeOver(
  ports: Ports,
  seen: RedpackRecord,
  state: State,
  merchant: Merchant,
  remaining_ms: number,
): Promise<Claim & { applied: boolean }> {
  const now_ms = ports.clock.now()
  // It may have been frozen since it decided to call: whoever comes next decides anew.
  if (isLeased(seen, now_ms) || isBeyondCall(seen, now_ms)) throw inProgress()
  assertSameMerchant(seen, merchant)
  const written = await ports.store.prepare(seen, leased(state, now_ms, remaining_ms))(CLAIM_MAX_MS)
  return { ...written, not_before_ms: mayCallAt(seen) }
}

/**
 * Of a send that was turned away before its claim: whether what an earlier try left under the key has paid or may still pay.
 * What cannot be read may.
 */
export async function mayStand(
  { store }: Pick<Ports, 'store'>,
  { miniapp_id, idempotency_key }: Pick<SendRequest, 'miniapp_id' | 'idempotency_key'>,
): Promise<boolean> {
  try {
    const record = await store.get(idOf(miniapp_id, idempotency_key))
    return record !== undefined && record.outcome !== 'refused'
  } catch (error) {
    return !(error instanceof AppError) || error.maybe_sent
  }
}

/** A number belongs to the merchant it was made for: under another one it would be a second order. @throws AppError merchant_changed */
export function assertSameMerchant(order: Order, merchant: Merchant): void {
  if (order.mch_id === merchant.mch_id) return
  throw new AppError(
    'merchant_changed',
    `这个红包属于商户号 ${order.mch_id}，现配置的商户号是 ${merchant.mch_id}；请恢复原商户的证书后重试`,
    { errors: [{ pointer: '/gateway_type', detail: '商户号已变更' }] },
  )
}

function inProgress(): AppError {
  return new AppError('in_progress', '同一个 Idempotency-Key 正在发送中，请稍后用同一个 key 重试')
}

function newRecord(request: SendRequest, now_ms: number): Order & State {
  const { miniapp_id, idempotency_key, keyid, params, merchant } = request
  const id = idOf(miniapp_id, idempotency_key)
  const order: Order = {
    ...params,
    id,
    miniapp_id,
    idempotency_key,
    keyid,
    mch_id: merchant.mch_id,
    mch_billno: mchBillnoOf(id),
    hash: hashOf(params),
    created_at: Math.floor(now_ms / 1000),
  }
  const state: State = {
    ...ABSENT,
    outcome: 'pending',
    limit_day: merchant.daily_limit === undefined ? undefined : limitDayOf(now_ms),
    lease_until_ms: 0,
    no_call_after_ms: now_ms,
    looks: 0,
  }
  return { ...order, ...leased(state, now_ms, request.remaining_ms()) }
}
