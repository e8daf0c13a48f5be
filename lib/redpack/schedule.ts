// When settle looks at a record next.
import type { Changes } from './ports.ts'
import type { RedpackRecord, Status } from './record.ts'

const MINUTE_S = 60
const HOUR_S = 60 * MINUTE_S
const DAY_S = 24 * HOUR_S

/** While the outcome is open, the n-th look comes this long after the one before. */
const OUTCOME_BACKOFF_S = [1, 2, 5, 10, 20, 60].map((minutes) => minutes * MINUTE_S)
/** A packet is collected within 24 h or refunded after; the n-th look comes this long after it was sent. */
const STATUS_LOOKS_S = [10 * MINUTE_S, 2 * HOUR_S, 10 * HOUR_S, DAY_S + 10 * MINUTE_S, DAY_S + 2 * HOUR_S]
/** WeChat keeps an order's record for 30 days (gethbinfo); after that nothing can be learned. */
export const QUERY_WINDOW_S = 30 * DAY_S
/** No number is called again after this: clocks differ, and a call that was checked in time takes its time to arrive. */
export const CALL_WINDOW_S = 29 * DAY_S

const FINAL_STATUSES: ReadonlySet<Status> = new Set(['RECEIVED', 'REFUND', 'FAILED'])

type Due = Pick<Changes, 'unsettled' | 'due_at'>

/** A record that is being sent is due when its lease is over. */
export function dueWhilePending(lease_until_ms: number): { unsettled: 'outcome'; due_at: number } {
  return { unsettled: 'outcome', due_at: Math.ceil(lease_until_ms / 1000) }
}

/** What is open in `record`, as it will stand with its `checks`, and when it is due (seconds); both undefined where nothing is. */
export function due(record: RedpackRecord, now_s: number): Due {
  const { outcome, checks, seq, limit_day, status, created_at } = record
  if (outcome === 'pending' || outcome === 'unknown') {
    return { unsettled: 'outcome', due_at: now_s + at(OUTCOME_BACKOFF_S, checks) }
  }
  if (seq === undefined || (outcome === 'refused' && limit_day !== undefined)) {
    return { unsettled: 'books', due_at: now_s + MINUTE_S }
  }
  const followed = outcome === 'sent' && !(status && FINAL_STATUSES.has(status)) && now_s - created_at < QUERY_WINDOW_S
  if (!followed) return { unsettled: undefined, due_at: undefined }
  const planned = STATUS_LOOKS_S[checks]
  return {
    unsettled: 'status',
    due_at: planned === undefined ? now_s + DAY_S : Math.max(now_s + MINUTE_S, created_at + planned),
  }
}

function at(steps: readonly number[], n: number): number {
  return steps[Math.min(n, steps.length - 1)] ?? 0
}
