// When settle looks at a record next. Every write but a claim goes through here.
import {
  ABSENT_AFTER_MS,
  CALL_MAX_MS,
  DAY_S,
  HOUR_S,
  MINUTE_S,
  OUTCOME_LOOKS_S,
  REPAIR_AFTER_S,
  SECOND_MS,
  UNSAFE_REFUSAL_LOOK_S,
} from '../durations.ts'
import { erasedAtRest } from './erasure.ts'
import type { Order, State, Status } from './record.ts'
import { IS_FINAL, isBeyondQuery, isSlowed, mayHaveDebited, slowResendAt } from './rules.ts'

/** True if WeChat changes the packet's status no more. */
export const IS_LAST = {
  SENDING: false,
  SENT: false,
  RFUND_ING: false,
  FAILED: true,
  RECEIVED: true,
  REFUND: true,
} as const satisfies Record<Status, boolean>

/** The state to write over `before`, with the next look in it. `status_looks_s`: when a packet is followed, in seconds after it was claimed. */
export function planned(before: Order & State, after: State, now_ms: number, status_looks_s: readonly number[]): State {
  const looks = IS_FINAL[before.outcome] === IS_FINAL[after.outcome] ? after.looks : 0
  const now_s = Math.floor(now_ms / 1000)
  const state: State = { ...after, looks }
  return erasedAtRest(before, { ...state, ...nextLook(before, state, now_s, status_looks_s) }, now_s)
}

type Look = Pick<State, 'open' | 'due_at'>
const NONE: Look = { open: undefined, due_at: undefined }

function nextLook(before: Order & State, state: State, now_s: number, status_looks_s: readonly number[]): Look {
  const { outcome, status, seq, limit_day, unsafe_refusal, looks } = state
  if (!IS_FINAL[outcome]) return { open: 'outcome', due_at: outcomeDue(before, state, now_s) }
  const isForgotten = isBeyondQuery(before, now_s * 1000)
  const isFollowed = outcome === 'sent' && !(status && IS_LAST[status]) && !isForgotten
  // A reservation of a packet that is followed is confirmed once more with its next look.
  if (seq === undefined || (limit_day !== undefined && !isFollowed)) {
    return { open: 'repair', due_at: now_s + REPAIR_AFTER_S }
  }
  if (isForgotten) return NONE
  if (unsafe_refusal) return { open: 'status', due_at: now_s + UNSAFE_REFUSAL_LOOK_S }
  if (!isFollowed) return NONE
  const after_s = status_looks_s[looks]
  const due_at = after_s === undefined ? now_s + DAY_S : Math.max(now_s + MINUTE_S, before.created_at + after_s)
  return { open: 'status', due_at }
}

/**
 * No step leaps past the moment at which NOT_FOUND begins to prove something; a look that is written just after it may have asked
 * just before it. A write that is no look puts no look off.
 */
function outcomeDue(before: State, state: State, now_s: number): number {
  const { looks, maybe_debited_ms, no_call_after_ms } = state
  // Proved not to be paid, and the next call is far: nothing can be learned until then.
  const resend_s = Math.ceil(slowResendAt(state) / 1000)
  if (isSlowed(state) && !mayHaveDebited(state) && resend_s > now_s) return resend_s
  const step_s = OUTCOME_LOOKS_S[looks] ?? HOUR_S
  const proof_s = Math.ceil(((maybe_debited_ms ?? no_call_after_ms) + ABSENT_AFTER_MS) / 1000) - now_s
  const isAhead = proof_s > -CALL_MAX_MS / SECOND_MS
  const due_at = now_s + (isAhead ? Math.min(step_s, Math.max(proof_s, MINUTE_S)) : step_s)
  const isPlanned = before.due_at !== Math.ceil(before.lease_until_ms / 1000)
  return isPlanned && looks === before.looks ? Math.min(due_at, before.due_at ?? due_at) : due_at
}
