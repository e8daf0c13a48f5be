// Every rule about the money, pure: a state and what happened go in, the whole next state comes out. No port, no clock, no await.
import {
  ABSENT_AFTER_MS,
  CALL_SPACING_MS,
  CALL_WINDOW_S,
  DAY_S,
  HOUR_S,
  LEASE_MARGIN_MS,
  MINUTE_S,
  OUTCOME_LOOKS_S,
  QUERY_WINDOW_S,
  REPAIR_AFTER_S,
  STATUS_LOOKS_S,
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
  /** The certificate or key may have been replaced since it was cached. */
  credentials_stale: { outcome: 'refused', may_debit: false, next: 'renew_credentials' },
  /** An order with other parameters stands under this number. */
  order_conflict: { outcome: 'unknown', may_debit: true, next: 'stop' },
  /** A code that is on no list of WeChat's. */
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

export function afterSend(state: State, { means, ...said }: SendReply): State {
  const { outcome: alone, may_debit } = AFTER_SEND[means]
  // A refusal proves nothing once an earlier call may still debit (I4).
  const outcome = alone === 'refused' && state.maybe_debited ? 'unknown' : alone
  // Nothing was called: while the outcome is open, what WeChat said before stands.
  if (means === 'over_limit' && outcome === 'unknown' && state.err_code !== undefined) return afterNoCall(state)
  return {
    ...state,
    outcome,
    maybe_debited: state.maybe_debited || may_debit,
    order_conflict: means === 'order_conflict' ? true : state.order_conflict,
    send_listid: said.send_listid,
    err_code: said.err_code,
    err_code_des: said.err_code_des,
    raw_result: said.raw,
    // A send over the limit was never reserved, so there is nothing to release.
    limit_day: means === 'over_limit' && outcome === 'refused' ? undefined : state.limit_day,
  }
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

/** A scheduled look at an open record: the next state, and whether the same number is to be sent again. */
export function afterLook(
  record: Order & State,
  reply: QueryReply,
  asked_ms: number,
): { state: State; send_again: boolean } {
  const after = afterQuery(record, reply)
  if (IS_FINAL[after.outcome]) return { state: after, send_again: false }
  const state: State = { ...after, outcome: 'unknown', looks: record.looks + 1 }
  if (isBeyondCall(record, asked_ms)) return { state, send_again: false }
  if (neverArrived(record, reply, asked_ms)) return { state: { ...state, maybe_debited: false }, send_again: true }
  // Whose order it is, only the echo of the same send can tell; what may have been debited stays so.
  return { state, send_again: record.order_conflict === true && reply.means === 'found' }
}

/** True if WeChat, which has never shown the number, did not know it long after the last call under it could have begun. */
function neverArrived({ status, no_call_after_ms }: State, { means }: QueryReply, asked_ms: number): boolean {
  return means === 'absent' && status === undefined && asked_ms - no_call_after_ms >= ABSENT_AFTER_MS
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

/** What a repeated key leads to, given the record that stands under it. */
export function onRepeat(
  record: Order & State,
  hash: string,
  now_ms: number,
): 'key_reused' | 'answer' | 'in_progress' | 'take_over' {
  if (record.hash !== hash) return 'key_reused'
  if (IS_FINAL[record.outcome] || isBeyondCall(record, now_ms)) return 'answer'
  return isLeased(record, now_ms) ? 'in_progress' : 'take_over'
}

/** True while somebody may be calling WeChat under this number. */
export function isLeased({ lease_until_ms }: State, now_ms: number): boolean {
  return lease_until_ms > now_ms
}

/** A lease that ran out, rather than being given back, counts as a call that may have debited. */
export function lapsed<S extends State>(state: S): S {
  return { ...state, maybe_debited: state.maybe_debited || state.lease_until_ms > 0, lease_until_ms: 0 }
}

/** Only the holder of a lease gives it back: nobody else knows when it called last (I10). */
export function givenBack(state: State, now_ms: number): State {
  return { ...state, lease_until_ms: 0, no_call_after_ms: Math.min(state.no_call_after_ms, now_ms) }
}

/** Under lease for the time that is left of the invocation, which can be negative after a freeze. */
export function leased(state: State, now_ms: number, remaining_ms: number): State {
  const lease_until_ms = now_ms + Math.max(0, remaining_ms) + LEASE_MARGIN_MS
  return {
    ...state,
    lease_until_ms,
    no_call_after_ms: lease_until_ms,
    open: 'outcome',
    due_at: Math.ceil(lease_until_ms / 1000),
  }
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

// 4. When settle looks at it next. Every write but a claim goes through here.

/** True if WeChat changes the packet's status no more. */
export const IS_LAST = {
  SENDING: false,
  SENT: false,
  RFUND_ING: false,
  FAILED: true,
  RECEIVED: true,
  REFUND: true,
} as const satisfies Record<Status, boolean>

export function planned(before: Order & State, after: State, now_ms: number): State {
  const looks = IS_FINAL[before.outcome] === IS_FINAL[after.outcome] ? after.looks : 0
  const state: State = { ...after, looks }
  return { ...state, ...nextLook(before, state, Math.floor(now_ms / 1000)) }
}

function nextLook({ created_at }: Order, state: State, now_s: number): Pick<State, 'open' | 'due_at'> {
  const { outcome, status, seq, limit_day, looks } = state
  if (!IS_FINAL[outcome]) return { open: 'outcome', due_at: now_s + (OUTCOME_LOOKS_S[looks] ?? HOUR_S) }
  if (seq === undefined || (outcome === 'refused' && limit_day !== undefined)) {
    return { open: 'repair', due_at: now_s + REPAIR_AFTER_S }
  }
  const isFollowed = outcome === 'sent' && !(status && IS_LAST[status]) && now_s - created_at < QUERY_WINDOW_S
  if (!isFollowed) return { open: undefined, due_at: undefined }
  const after_s = STATUS_LOOKS_S[looks]
  return {
    open: 'status',
    due_at: after_s === undefined ? now_s + DAY_S : Math.max(now_s + MINUTE_S, created_at + after_s),
  }
}

// 5. What a write entails, read off the state before and the state after, so that no rule can forget it.

/** Something that must not be: people have to look. docs/operations.md has a row for each. */
export const ALARMS = [
  /** The outcome is still unknown after 30 days, and WeChat can no longer be asked. */
  'outcome_manual',
  /** The record says refused, and WeChat says that the money moved. */
  'paid_after_refusal',
  /** A reply was about another number, merchant, receiver or amount. */
  'foreign_reply',
  /** The merchant's certificate is missing, unusable or another merchant's: its records wait. */
  'merchant_unusable',
  /** An item of the table is no record that this version can read. */
  'record_unreadable',
  /** A bug met one record; the others went on. */
  'look_failed',
] as const
export type Alarm = (typeof ALARMS)[number]

export type Effects = {
  report_outcome: boolean
  alarm: Alarm | undefined
  /** Of the reservation against the daily limit. */
  reservation: 'release' | 'confirm' | undefined
}

export function effectsOf(before: State, after: State): Effects {
  const isNew = after.outcome !== before.outcome
  return { report_outcome: isNew, alarm: alarmOf(before, after), reservation: reservationOf(isNew, after) }
}

function alarmOf(before: State, { outcome, status }: State): Alarm | undefined {
  if (outcome === 'manual' && before.outcome !== 'manual') return 'outcome_manual'
  if (outcome !== 'refused' || status === before.status) return undefined
  return status && MONEY[status] === 'moved' ? 'paid_after_refusal' : undefined
}

function reservationOf(isNew: boolean, { outcome, limit_day }: State): Effects['reservation'] {
  if (limit_day === undefined) return undefined
  if (outcome === 'refused') return 'release'
  return isNew && outcome === 'sent' ? 'confirm' : undefined
}
