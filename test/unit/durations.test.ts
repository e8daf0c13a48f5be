// The relations between durations on which the safety of the money rests.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  ABSENT_AFTER_MS,
  ANSWER_MS,
  CALL_AGAIN_AFTER_MS,
  CALL_MAX_MS,
  CALL_MIN_MS,
  CALL_SPACING_MS,
  CALL_WINDOW_S,
  CALLS_PER_S,
  CLOCK_SKEW_MS,
  COMMAND_WAIT_MS,
  GAP_AFTER_S,
  GAP_DUE_WITHIN_S,
  INDEX_LAG_MAX_MS,
  INVOCATION_MAX_MS,
  LATE_MAX_S,
  LEASE_MARGIN_MS,
  LEASE_MAX_MS,
  LOOK_AGAIN_MS,
  LOOK_BEAT_MS,
  LOOK_MIN_MS,
  LOOKS_PER_S,
  OUTCOME_LOOKS_S,
  PACED_PER_S,
  PERMIT_MS,
  QUERY_MAX_MS,
  QUERY_MIN_MS,
  QUERY_RESERVE_MS,
  QUERY_WINDOW_S,
  RECOUNT_S,
  RESEND_MIN_MS,
  RESENDS_PER_S,
  RESERVE_MS,
  ROW_MAX_MS,
  SETTLE_CALLS_PER_S,
  SETTLING_MAX_S,
  SHARE_PERMIT_MS,
  SHARE_READ_MS,
  SHARE_WAIT_MS,
  SLICE_RESERVE_MS,
  SOCKET_IDLE_MAX_MS,
  STATUS_LOOKS_S,
  UNSAFE_REFUSAL_LOOK_S,
  WORKER_LEASE_MS,
  WORKER_SAVE_MS,
  WRITE_AGAIN_AFTER_MS,
  WRITE_TRY_MAX_MS,
} from '../../lib/durations.ts'

const MINUTE_MS = 60_000
const DAY_S = 86_400
const { provider, functions } = parse(readFileSync(new URL('../../serverless.yml', import.meta.url), 'utf8')) as {
  provider: { timeout: number }
  functions: Record<string, { timeout?: number; events: object[] }>
}
const timeout_ms = (name: string) => (functions[name]?.timeout ?? provider.timeout) * 1000
const isRising = (steps: readonly number[]) => steps.every((step, i) => i === 0 || step > (steps[i - 1] ?? 0))

describe('the lease', () => {
  test('no function that holds one for as long as it runs runs longer than the longest, and settle runs as long', () => {
    // The worker of campaigns gives each row its part.
    const all_ms = Object.keys(functions)
      .filter((name) => name !== 'campaignWorker')
      .map(timeout_ms)
    expect(Math.max(...all_ms)).toBe(INVOCATION_MAX_MS)
    expect(timeout_ms('settle')).toBe(INVOCATION_MAX_MS)
    expect(timeout_ms('send')).toBe(29_000)
  })

  test('the longest one is the longest invocation and the margin', () => {
    expect(LEASE_MAX_MS).toBe(timeout_ms('settle') + LEASE_MARGIN_MS)
  })

  test('its margin covers two clocks, so that no one takes over while its holder may still run', () => {
    expect(LEASE_MARGIN_MS).toBeGreaterThanOrEqual(CLOCK_SKEW_MS)
  })

  test('a send has an answer before API Gateway gives up after 30 s', () => {
    expect(timeout_ms('send')).toBeLessThan(30_000)
  })
})

describe('the worker of campaigns', () => {
  test('gives a row no more than a send has, so that its record’s lease is no longer', () => {
    expect(ROW_MAX_MS).toBeLessThanOrEqual(timeout_ms('send'))
  })

  test('ends within Lambda’s 15 minutes, with time for the rows that it has begun', () => {
    expect(timeout_ms('campaignWorker')).toBeLessThan(15 * MINUTE_MS)
    expect(timeout_ms('campaignWorker')).toBeGreaterThan(10 * (ROW_MAX_MS + SLICE_RESERVE_MS))
  })

  test('reads twice in the time of a permit, and pause and cancel wait for longer than that', () => {
    expect(2 * LOOK_AGAIN_MS).toBeLessThanOrEqual(PERMIT_MS)
    expect(COMMAND_WAIT_MS).toBeGreaterThan(PERMIT_MS)
    expect(COMMAND_WAIT_MS).toBeLessThanOrEqual(3_000)
  })

  test('renews its lease many times before it ends, with two clocks that differ', () => {
    expect(WORKER_LEASE_MS - CLOCK_SKEW_MS - PERMIT_MS).toBeGreaterThan(3 * WORKER_SAVE_MS)
  })

  test('reads packets again after settle’s looks at them', () => {
    expect(RECOUNT_S[0]).toBeGreaterThan(STATUS_LOOKS_S[0] ?? 0)
    expect(RECOUNT_S[1]).toBeGreaterThan(STATUS_LOOKS_S[1] ?? 0)
    expect(isRising(RECOUNT_S)).toBe(true)
    expect(SETTLING_MAX_S).toBeGreaterThan(QUERY_WINDOW_S)
  })
})

describe('a gap', () => {
  test('is called one only when the longest lease and the lag of the index are over', () => {
    expect(LEASE_MAX_MS + INDEX_LAG_MAX_MS + CLOCK_SKEW_MS).toBeLessThan(GAP_AFTER_S * 1000)
  })

  test('is looked for only when nobody is due who held a lease when the search began, by two clocks', () => {
    expect(LEASE_MAX_MS + CLOCK_SKEW_MS).toBeLessThan(GAP_DUE_WITHIN_S * 1000)
    expect(GAP_DUE_WITHIN_S).toBeLessThan(GAP_AFTER_S)
  })
})

describe('a number that WeChat may forget', () => {
  test('WeChat keeps an order for 30 days', () => {
    expect(QUERY_WINDOW_S).toBe(30 * DAY_S)
  })

  test('the last call under it, begun at the end of the longest lease, is over before', () => {
    const last_ms = CALL_WINDOW_S * 1000 + LEASE_MAX_MS + CALL_MAX_MS + CLOCK_SKEW_MS
    expect(last_ms).toBeLessThan(30 * DAY_S * 1000)
  })

  test('and what that call came to can still be proven', () => {
    expect(CALL_WINDOW_S * 1000 + LEASE_MAX_MS + ABSENT_AFTER_MS).toBeLessThan(QUERY_WINDOW_S * 1000)
  })
})

describe('NOT_FOUND', () => {
  test("proves something only after WeChat's 20 minutes, by the clock that is behind", () => {
    expect(ABSENT_AFTER_MS).toBeGreaterThanOrEqual(20 * MINUTE_MS + CLOCK_SKEW_MS)
  })
})

describe('calls under one number', () => {
  test('WeChat wants a second between them', () => {
    expect(CALL_SPACING_MS).toBeGreaterThanOrEqual(1_000)
  })

  test('one attempt keeps it with 50 ms to spare for timers', () => {
    expect(CALL_AGAIN_AFTER_MS).toBeGreaterThanOrEqual(1_000 + 50)
  })

  test('a call is begun only if it can end within the invocation', () => {
    expect(CALL_MIN_MS).toBeLessThan(CALL_MAX_MS)
    expect(CALL_MAX_MS + RESERVE_MS).toBeLessThan(timeout_ms('send'))
  })
})

describe('a look of settle', () => {
  /** As the scheduler gives a query its time. */
  const query_ms = (remaining_ms: number) =>
    Math.max(QUERY_MIN_MS, Math.min(QUERY_MAX_MS, remaining_ms - QUERY_RESERVE_MS))

  test('is begun only if read, query and write fit in what is left of the run, whatever that is', () => {
    const read_ms = LOOK_MIN_MS - QUERY_MIN_MS - QUERY_RESERVE_MS
    expect(read_ms).toBeGreaterThan(0)
    for (let remaining_ms = LOOK_MIN_MS; remaining_ms <= INVOCATION_MAX_MS; remaining_ms += 1) {
      const after_read_ms = remaining_ms - read_ms
      expect(query_ms(after_read_ms) + QUERY_RESERVE_MS).toBeLessThanOrEqual(after_read_ms)
    }
  })

  test('is begun for 56 s of the 60 s that a run has', () => {
    expect(timeout_ms('settle') - LOOK_MIN_MS).toBe(56_000)
  })

  test('sends again only if a call and what is written after it fit in what is left', () => {
    expect(RESEND_MIN_MS).toBeGreaterThanOrEqual(CALL_MAX_MS / 2 + RESERVE_MS)
    expect(RESEND_MIN_MS).toBeGreaterThan(LOOK_MIN_MS)
  })

  test('comes later each time', () => {
    expect(isRising(OUTCOME_LOOKS_S)).toBe(true)
    expect(isRising(STATUS_LOOKS_S)).toBe(true)
  })

  test('follows a packet beyond the 24 hours after which WeChat refunds it', () => {
    expect(STATUS_LOOKS_S.at(-1)).toBeGreaterThan(DAY_S)
    expect(STATUS_LOOKS_S.at(-1)).toBeLessThan(QUERY_WINDOW_S)
    expect(UNSAFE_REFUSAL_LOOK_S).toBeGreaterThan(DAY_S)
  })
})

describe('the pace of settle', () => {
  test("leaves single sends something of WeChat's 30 a second, with and without a campaign", () => {
    expect(CALLS_PER_S).toBe(30)
    expect(SETTLE_CALLS_PER_S).toBeLessThan(CALLS_PER_S)
    expect(PACED_PER_S).toBeLessThan(CALLS_PER_S)
    expect(RESENDS_PER_S).toBeLessThanOrEqual(15)
    expect(LOOKS_PER_S).toBe(20)
  })

  test('is read more often than a read holds; a worker has its share after that and the second of the last calls', () => {
    expect(2 * SHARE_READ_MS).toBeLessThanOrEqual(SHARE_PERMIT_MS)
    expect(SHARE_WAIT_MS).toBe(SHARE_PERMIT_MS + 1_000)
  })

  test('makes up for some beats that came late, and for less than a second', () => {
    expect(LATE_MAX_S * 1000).toBeGreaterThan(3 * LOOK_BEAT_MS)
    expect(LATE_MAX_S).toBeLessThan(1)
  })
})

describe('a connection', () => {
  test('is not used again after 4 s without a request', () => {
    expect(SOCKET_IDLE_MAX_MS).toBe(4_000)
  })
})

describe('the reserve for the last write', () => {
  test('is longer than the slowest write, with all its tries and the waits between them, and the answer', () => {
    const waits_ms = WRITE_AGAIN_AFTER_MS.reduce((sum, wait_ms) => sum + wait_ms, 0)
    const tries_ms = (WRITE_AGAIN_AFTER_MS.length + 1) * WRITE_TRY_MAX_MS
    expect(tries_ms + waits_ms + ANSWER_MS).toBeLessThanOrEqual(RESERVE_MS)
  })
})
