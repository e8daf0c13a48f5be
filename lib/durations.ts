// Every duration that the safety of the money or the pace of the work rests on, with the reason for its size.
// test/unit/durations.test.ts holds the relations between them.

export const SECOND_MS = 1_000
export const MINUTE_S = 60
const MINUTE_MS = MINUTE_S * SECOND_MS
export const HOUR_S = 60 * MINUTE_S
export const DAY_S = 24 * HOUR_S

// One call to WeChat.
/** WeChat gets this long to answer a call; less if less of the invocation is left. */
export const CALL_MAX_MS = 10_000
/**
 * A call with less time than this is not begun: a TLS handshake and a payment do not fit in it. If it waits behind others of its
 * merchant, on connections that are there, it keeps this much, or half of a time below twice as much.
 */
export const CALL_MIN_MS = 1_000
/** Kept back from the invocation for writing the result and for the answer. */
export const RESERVE_MS = 4_000
/** WeChat wants 1 s between two calls under one number (发放红包接口：同笔订单最短重试时间 1s). */
export const CALL_SPACING_MS = 1_000
/** The wait before another call of one attempt: the spacing, with a margin for timers. */
export const CALL_AGAIN_AFTER_MS = 1_100
/** Up to this much more, by chance: senders that were told that they are too fast must not come back together. */
export const CALL_JITTER_MS = 1_000

// The lease on a record.
/** A lease outlasts its holder's own time limit by this much, so that no call of the holder runs on after it. */
export const LEASE_MARGIN_MS = 5_000
/** The longest invocation that may hold a lease: settle's time-out in serverless.yml. */
export const INVOCATION_MAX_MS = 60_000
/** So no lease lasts longer than this. */
export const LEASE_MAX_MS = INVOCATION_MAX_MS + LEASE_MARGIN_MS

// What WeChat's clock allows to conclude.
/** The clocks of two machines differ by less than this. */
export const CLOCK_SKEW_MS = 5_000
/** WeChat gives an order 20 minutes. NOT_FOUND before that proves nothing. */
export const ABSENT_AFTER_MS = 20 * MINUTE_MS + CLOCK_SKEW_MS
/** WeChat keeps an order for 30 days (gethbinfo); after that nothing more can be learned. */
export const QUERY_WINDOW_S = 30 * DAY_S
/** No number is called after this: a call that is begun now must arrive while WeChat still knows the number. */
export const CALL_WINDOW_S = 29 * DAY_S

// When settle looks at a record.
/** While the outcome is open, the n-th look comes this long after the one before; every later one after an hour. */
export const OUTCOME_LOOKS_S = [1, 2, 5, 10, 20].map((minutes) => minutes * MINUTE_S)
/** A number that WeChat refuses again and again for a reason of no list is sent again this long after the last call. */
export const SLOW_RESEND_S = DAY_S
/**
 * A packet is collected within 24 h or refunded after. The n-th look comes this long after it was claimed, unless its merchant's
 * entry says otherwise; every later one a day after the one before. Most packets are collected in the first hour.
 */
export const STATUS_LOOKS_S = [HOUR_S, DAY_S + 10 * MINUTE_S]
/** A merchant's own list has at most so many looks, the first no sooner than a minute and the last within the 30 days. */
export const STATUS_LOOKS_MAX = 20
/** A refusal that may have left an order at WeChat is asked about once more after this: by then it is paid, failed, or stays. */
export const UNSAFE_REFUSAL_LOOK_S = DAY_S + 10 * MINUTE_S
/** A sequence number or a reservation that is missing is repaired after this. */
export const REPAIR_AFTER_S = MINUTE_S

// A run of settle: what may still be begun in the time that is left of it.
/** Reading a record takes less than this. */
const READ_MS = 500
/** Writing one takes less than this, with a number of the sequence taken before it. */
const SAVE_MS = 2_500
/** WeChat gets this long to answer a query; less, but not less than the minimum, near the end of a run. */
export const QUERY_MAX_MS = 5_000
export const QUERY_MIN_MS = 1_000
/** With less time than this no look begins: it may need a read, a query and a write. */
export const LOOK_MIN_MS = READ_MS + QUERY_MIN_MS + SAVE_MS
/** With less time than this nothing is sent again: it may need a take-over, half of a call's longest time and the reserve. */
export const RESEND_MIN_MS = READ_MS + CALL_MAX_MS / 2 + RESERVE_MS
/** Kept back from the invocation when a query is given its time. */
export const QUERY_RESERVE_MS = SAVE_MS
/** Looks that may begin do so on this beat. */
export const LOOK_BEAT_MS = 25

// The pace of calls to WeChat. It takes 30 sends a second of a merchant, and names no limit for queries: here every call counts.
/** What WeChat takes of a merchant. */
export const CALLS_PER_S = 30
/** What a campaign of the default pace and settle take of it together; the rest is for single sends, and for a network that bunches calls. */
export const PACED_PER_S = 28
/** Settle's calls while no campaign of the merchant runs; the rest is for single sends. */
export const SETTLE_CALLS_PER_S = 25
/** Beside a campaign, however fast that is, settle has this much. */
export const SETTLE_CALLS_MIN_PER_S = 2
/** While settle calls, it reads this often whether a campaign of the merchant runs. */
export const SHARE_READ_MS = 1_000
/** Settle takes its whole share only so long after such a read was issued. */
export const SHARE_PERMIT_MS = 2_000
/** So long after a worker has shown itself settle has seen it, and the second of the last calls of settle's whole share is over. */
export const SHARE_WAIT_MS = SHARE_PERMIT_MS + SECOND_MS

// What settle begins; when its calls go out, their pace says.
/** Looks at the records of one merchant, a second, by all runs together. */
export const LOOKS_PER_S = 20
/** Sends of settle's under the same number again, a second and merchant: without a rate of their own, looks would keep them waiting. */
export const RESENDS_PER_S = 15
/** A lane makes up for this much time, for beats that came late on a busy processor; more would come as a burst at WeChat. */
export const LATE_MAX_S = 0.3

// The search for gaps in the sequence.
/** Each of a gap search's two waits: far longer than any lease plus the lag of an index. */
export const GAP_AFTER_S = 15 * MINUTE_S
/** Longer than any lease, with two clocks that differ: who held a record when a search began was due to be looked at by then. */
export const GAP_DUE_WITHIN_S = 2 * MINUTE_S
/** An index shows what was written after this time at the latest; DynamoDB names no limit, seconds are usual. */
export const INDEX_LAG_MAX_MS = 60_000

// Connections.
/** No request leaves on a connection that has been idle for longer: after a freeze it may be dead, and nobody has said so. */
export const SOCKET_IDLE_MAX_MS = 4 * SECOND_MS

// Writes.
/** Waits between the tries of a write that must not be lost. */
export const WRITE_AGAIN_AFTER_MS = [100, 300] as const
/** A claim or a take-over may take this long before it is given up. */
export const CLAIM_MAX_MS = 6_500
/** One try of such a write. All of them together stay below RESERVE_MS. */
export const WRITE_TRY_MAX_MS = 1_100
/** Kept back for the answer itself. */
export const ANSWER_MS = 200
/** After WeChat's reply, the sequence number is waited for this long; without one, settle takes another later. */
export const SEQ_WAIT_MS = 300

// Erasure.
/** With less time than this no page of old records is erased: it is read, and each of its records written, all at once. */
export const ERASE_MIN_MS = 5 * SECOND_MS

// What operators command.
/** The brake and the epoch are read again after this; so long a command takes at most to be seen. */
export const CONTROL_CACHE_MS = 5_000
/** So many sends of a merchant set-up may be without a result: WeChat is not answering, and more sends in the dark help nobody. */
export const OPEN_MAX = 500
/** The list of a merchant set-up's open sends is read again after this. */
export const OPEN_CACHE_MS = 5_000

// Campaigns.
/** What a row of a campaign may take, of an invocation that lasts much longer: its record's lease follows from it. */
export const ROW_MAX_MS = 29_000
/** Kept back by the worker for its last writes. */
export const SLICE_RESERVE_MS = 5_000
/** A worker that ends without giving its lease back is followed by another after this. It calls WeChat only while it has the lease. */
export const WORKER_LEASE_MS = 25_000
/** While rows are sent, totals are written and the lease is renewed this often. */
export const WORKER_SAVE_MS = 5_000
/** The worker reads the campaign this often. */
export const LOOK_AGAIN_MS = 1_000
/** A row may begin only so long after a read of the campaign was issued that said running. */
export const PERMIT_MS = 2_000
/** Pause and cancel answer so long after their write: no permit given before it is left. */
export const COMMAND_WAIT_MS = PERMIT_MS + 500
/** Rows of a chunk that are still under way after this do not hold the next chunk up. */
export const STRAGGLER_MS = 2_000
/** A campaign that waits (for its turn, the store, the brake, WeChat) is looked at again after this. */
export const HOLD_MS = MINUTE_MS
/** Open packets are read again after settle's looks at them: so long after the last row of their chunk was begun, then daily. */
export const RECOUNT_S = [HOUR_S + 10 * MINUTE_S, DAY_S + 20 * MINUTE_S, DAY_S + 2 * HOUR_S]
/** Unknown rows are read again after a quarter of their age, within these. */
export const UNKNOWN_RECOUNT_MIN_S = 2 * MINUTE_S
export const UNKNOWN_RECOUNT_MAX_S = 6 * HOUR_S
/** Packets fall due together, so that one slice serves many chunks. */
export const RECOUNT_STEP_S = 10 * MINUTE_S
/** A campaign is done so long after its last row, whatever is still open: settle gives up after 30 days. */
export const SETTLING_MAX_S = 31 * DAY_S
/** A process that froze may still write a row's record so long after its campaign was cancelled: then its chunks are read once more. */
export const LAST_COUNT_AFTER_S = 15 * MINUTE_S
/** Start compares with the campaigns of so long. */
export const SIMILAR_WITHIN_S = 30 * DAY_S
/** Drafts are removed so long after their last write. */
export const DRAFT_KEPT_S = 30 * DAY_S
/** Rows, which hold openids, are removed so long after a campaign's end. */
export const ROWS_KEPT_S = 400 * DAY_S
