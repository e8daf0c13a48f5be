// Every rule about the money, pure: a state and what happened go in, the whole next state comes out. No port, no clock, no await.
import {
  ABSENT_AFTER_MS,
  CALL_SPACING_MS,
  CALL_WINDOW_S,
  LEASE_MARGIN_MS,
  QUERY_WINDOW_S,
  SLOW_RESEND_S,
} from '../durations.ts'
import type { Order, Outcome, State, Status } from './record.ts'

// 1. A reply to a send.

/**
 * What a reply to a send means: the outcome of this call alone, whether the call may have debited or still may, and what the
 * sender does next. lib/wechatpay/codes.ts says which of WeChat's codes has which meaning.
 */
type AfterSend = {
  outcome: 'sent' | 'refused' | 'unknown'
  may_debit: boolean
  next: 'stop' | 'call_again' | 'renew_credentials'
}
export const AFTER_SEND = {
  /** SUCCESS, and the reply repeats our number, merchant, receiver and amount. */
  paid: { outcome: 'sent', may_debit: false, next: 'stop' },
  declined: { outcome: 'refused', may_debit: false, next: 'stop' },
  /** As declined, but WeChat may keep the order at SENDING: it is asked once more, a day later. */
  declined_unsafely: { outcome: 'refused', may_debit: false, next: 'stop' },
  /** Too many calls a second: this one made no order. */
  too_fast: { outcome: 'refused', may_debit: false, next: 'call_again' },
  /** The certificate or key may have been replaced since it was cached. */
  credentials_stale: { outcome: 'refused', may_debit: false, next: 'renew_credentials' },
  /** An order with other parameters stands under this number. */
  order_conflict: { outcome: 'unknown', may_debit: true, next: 'stop' },
  /** A code that is on no list of WeChat's, or a refusal without one. */
  unclear: { outcome: 'unknown', may_debit: true, next: 'stop' },
  /** WeChat asks for the same call again, or there is no reply that can be understood. */
  no_result: { outcome: 'unknown', may_debit: true, next: 'call_again' },
  /** The daily limit of ours has no room; nothing was called. */
  over_limit: { outcome: 'refused', may_debit: false, next: 'stop' },
} as const satisfies Record<string, AfterSend>
export type SendMeaning = keyof typeof AFTER_SEND

export type SendReply = {
  readonly means: SendMeaning
  readonly send_listid?: string | undefined
  readonly err_code?: string | undefined
  readonly err_code_des?: string | undefined
  /** The reply as it came, shortened. */
  readonly raw?: string | undefined
}

/** `replied_ms`: when the reply was there, in Unix ms; the call began before that. */
export function afterSend(state: State, { means, ...said }: SendReply, replied_ms: number): State {
  const { outcome: alone, may_debit } = AFTER_SEND[means]
  // A refusal proves nothing once an earlier call may still debit (I4).
  const outcome = alone === 'refused' && mayHaveDebited(state) ? 'unknown' : alone
  // Nothing was called: while the outcome is open, what WeChat said before stands.
  if (means === 'over_limit' && outcome === 'unknown') return afterNoCall(state)
  return {
    ...state,
    outcome,
    // What WeChat showed of a conflict may have been the other order: that this one failed, it has to say again.
    status: outcome === 'sent' && state.status === 'FAILED' ? undefined : state.status,
    maybe_debited_ms: may_debit ? replied_ms : state.maybe_debited_ms,
    order_conflict: means === 'order_conflict' ? true : state.order_conflict,
    send_listid: said.send_listid,
    err_code: said.err_code,
    err_code_des: said.err_code_des,
    raw_result: said.raw,
    unsafe_refusal:
      outcome === 'refused' && (means === 'declined_unsafely' || state.status !== undefined) ? true : undefined,
    same_refusals: sameRefusals(state, means, said.err_code),
    // A send over the limit was never reserved, so there is nothing to release.
    limit_day: means === 'over_limit' ? undefined : state.limit_day,
  }
}

/** So many times the same code, and it will hardly change within the hour. */
const SAME_REFUSALS = 3

/** A call while one before may have debited says nothing new: the count stays. */
function sameRefusals(state: State, means: SendMeaning, err_code: string | undefined): number | undefined {
  if (means !== 'unclear') return undefined
  const before = state.err_code === err_code ? state.same_refusals : undefined
  return mayHaveDebited(state) ? before : (before ?? 0) + 1
}

/** True if WeChat refuses the number again and again for a reason of no list: it is then sent again once a day. */
export function isSlowed({ same_refusals }: State): boolean {
  return Number(same_refusals) >= SAME_REFUSALS
}

/** When a slowed number is sent again, in Unix ms. */
export function slowResendAt({ no_call_after_ms }: State): number {
  return no_call_after_ms + SLOW_RESEND_S * 1000
}

/** A call under this number may have debited, or may still. */
export function mayHaveDebited({ maybe_debited_ms }: State): boolean {
  return maybe_debited_ms !== undefined
}

/** An attempt that ended without calling anybody: what WeChat said before stands. */
export function afterNoCall(state: State): State {
  return { ...state, outcome: 'unknown' }
}

// 2. A reply to a query.

/** What a packet's status says about the money. */
export const MONEY = {
  SENDING: 'open',
  FAILED: 'not_moved',
  SENT: 'moved',
  RECEIVED: 'moved',
  RFUND_ING: 'moved',
  REFUND: 'moved',
} as const satisfies Record<Status, 'open' | 'not_moved' | 'moved'>

export type QueryReply =
  | {
      readonly means: 'found'
      readonly status: Status
      readonly detail_id: string
      readonly reason: string | undefined
      readonly raw: string
    }
  /** WeChat does not know the number (NOT_FOUND). */
  | { readonly means: 'absent' }
  /** No answer, or none that says anything about this packet. */
  | { readonly means: 'unclear' }

export function afterQuery(state: State, reply: QueryReply): State {
  if (reply.means !== 'found') return state
  const seen: State = { ...state, status: reply.status }
  if (IS_FINAL[state.outcome]) return seen
  // A query tells number, merchant and amount, but not the receiver: of a conflict it proves nothing.
  switch (state.order_conflict ? 'open' : MONEY[reply.status]) {
    case 'open':
      return { ...seen, outcome: 'unknown' }
    case 'not_moved':
      return {
        ...seen,
        outcome: 'refused',
        err_code: 'SEND_FAILED',
        err_code_des: reply.reason ?? '红包发放失败',
        raw_result: reply.raw,
      }
    case 'moved':
      return {
        ...seen,
        outcome: 'sent',
        send_listid: reply.detail_id,
        err_code: undefined,
        err_code_des: undefined,
        raw_result: reply.raw,
      }
  }
}

/**
 * A scheduled look at an open record: the next state, and whether the same number is to be sent again.
 * `is_held`: the record is older than a restore of the table, and may only be asked about (docs/adr/0013).
 */
export function afterLook(
  record: Order & State,
  reply: QueryReply,
  asked_ms: number,
  is_held: boolean,
): { state: State; send_again: boolean } {
  const after = afterQuery(record, reply)
  if (IS_FINAL[after.outcome]) return { state: after, send_again: false }
  // The look that was planned is over. If the number is sent again, the next one is planned with the result.
  const state: State = { ...after, outcome: 'unknown', looks: record.looks + 1, due_at: undefined }
  if (is_held || isBeyondCall(record, asked_ms)) return { state, send_again: false }
  // Whose order it is, only the echo of the same send can tell; what may have been debited stays so.
  if (record.order_conflict && reply.means === 'found') return { state, send_again: true }
  if (!isOver(record, asked_ms)) return { state, send_again: false }
  if (record.order_conflict) return { state, send_again: reply.means === 'absent' }
  const neverPaid = neverArrived(record, reply) || isStuck(reply)
  if (!neverPaid) return { state, send_again: false }
  const send_again = !isSlowed(record) || asked_ms >= slowResendAt(record)
  return { state: { ...state, maybe_debited_ms: undefined }, send_again }
}

/** True if no call under this number can debit any more: WeChat's 20 minutes are over since the last one that might have. */
function isOver({ maybe_debited_ms, no_call_after_ms }: State, asked_ms: number): boolean {
  return asked_ms - (maybe_debited_ms ?? no_call_after_ms) >= ABSENT_AFTER_MS
}

/** True if WeChat, which has never shown the number, does not know it. */
function neverArrived({ status }: State, { means }: QueryReply): boolean {
  return means === 'absent' && status === undefined
}

/** True if WeChat keeps an order that it has refused: SENDING with a reason, for good (docs/adr/0003). */
export function isStuck(reply: QueryReply): boolean {
  return 'status' in reply && MONEY[reply.status] === 'open' && reply.reason !== undefined
}

/** A look at a final record whose packet is followed, or whose refusal was unsafe: one answer is enough for that. */
export function afterStatusLook(record: State, reply: QueryReply): State {
  const unsafe_refusal = reply.means === 'unclear' ? record.unsafe_refusal : undefined
  return { ...afterQuery(record, reply), unsafe_refusal, looks: record.looks + 1 }
}

/** WeChat can no longer be asked: people have to look (docs/operations.md, manual). */
export function afterLastLook(state: State): State {
  return { ...state, outcome: 'manual' }
}

// 3. Who may call.

/** Final for a caller: nothing that it does changes the outcome any more. */
export const IS_FINAL = {
  pending: false,
  unknown: false,
  sent: true,
  refused: true,
  manual: true,
} as const satisfies Record<Outcome, boolean>

/** What a repeated key leads to, given the record that stands under it. A held record is older than a restore of the table. */
export function onRepeat(
  record: Order & State,
  hash: string,
  now_ms: number,
  is_held: boolean,
): 'key_reused' | 'answer' | 'in_progress' | 'take_over' {
  if (record.hash !== hash) return 'key_reused'
  if (IS_FINAL[record.outcome] || is_held || isBeyondCall(record, now_ms)) return 'answer'
  return isLeased(record, now_ms) ? 'in_progress' : 'take_over'
}

/** True while somebody may be calling WeChat under this number. */
export function isLeased({ lease_until_ms }: State, now_ms: number): boolean {
  return lease_until_ms > now_ms
}

/** A lease that ran out, rather than being given back, counts as a call that may have debited. */
export function lapsed<S extends State>(state: S): S {
  const { lease_until_ms } = state
  return lease_until_ms > 0 ? { ...state, lease_until_ms: 0, maybe_debited_ms: lease_until_ms } : state
}

/** Only the holder of a lease gives it back: nobody else knows when it called last (I10). */
export function givenBack(state: State, now_ms: number): State {
  return { ...state, lease_until_ms: 0, no_call_after_ms: Math.min(state.no_call_after_ms, now_ms) }
}

/** Under lease for the time that is left of the invocation, which can be negative after a freeze. */
export function leased(state: State, now_ms: number, remaining_ms: number): State {
  const lease_until_ms = now_ms + Math.max(0, remaining_ms) + LEASE_MARGIN_MS
  const ends_at = Math.ceil(lease_until_ms / 1000)
  // A look that is planned stays planned: a caller who repeats the key often must not put it off.
  const due_at = Math.min(state.due_at ?? ends_at, ends_at)
  return { ...state, lease_until_ms, no_call_after_ms: lease_until_ms, open: 'outcome', due_at }
}

/** True if the record is older than a restore of the table: what it has forgotten since, nobody knows (docs/adr/0013). */
export function isHeld({ created_at }: Order, held_before: number): boolean {
  return created_at < held_before
}

/** The next holder of the lease calls no earlier than this, in Unix ms. */
export function mayCallAt({ no_call_after_ms }: State): number {
  return no_call_after_ms + CALL_SPACING_MS
}

/** WeChat may soon forget a number of this age, and a call under a forgotten number pays again. */
export function isBeyondCall({ created_at }: Order, now_ms: number): boolean {
  return now_ms / 1000 - created_at >= CALL_WINDOW_S
}

/** WeChat no longer knows numbers of this age: nothing more can be learned. */
export function isBeyondQuery({ created_at }: Order, now_ms: number): boolean {
  return now_ms / 1000 - created_at >= QUERY_WINDOW_S
}
