// Who may call under a number, from when, and until when.
import { describe, expect, test } from 'vitest'
import type { State } from '../../../lib/redpack/record.ts'
import {
  givenBack,
  isBeyondCall,
  isBeyondQuery,
  isHeld,
  isLeased,
  lapsed,
  leased,
  mayCallAt,
  mayHaveDebited,
  onRepeat,
} from '../../../lib/redpack/rules.ts'
import { CLAIMED, CREATED_S, NOW_MS, ORDER, REFUSED, SENT, TOLD_SYSTEMERROR, UNANSWERED } from './states.ts'

const DAY_29_MS = (CREATED_S + 29 * 86_400) * 1000
const DAY_30_MS = (CREATED_S + 30 * 86_400) * 1000

describe('a repeated key', () => {
  const unknown = { ...ORDER, ...UNANSWERED, lease_until_ms: 0 }
  const pending = { ...ORDER, ...CLAIMED, lease_until_ms: 0 }
  const sent = { ...ORDER, ...SENT }
  const refused = { ...ORDER, ...REFUSED }
  const manual = { ...ORDER, ...UNANSWERED, outcome: 'manual', lease_until_ms: 0 } as const
  const OTHER = 'the hash of other parameters'

  test.for([
    ['sent: the answer', sent, ORDER.hash, NOW_MS, 'answer'],
    ['refused: the answer', refused, ORDER.hash, NOW_MS, 'answer'],
    ['left to people: the answer', manual, ORDER.hash, NOW_MS, 'answer'],
    ['unknown, nobody holds it: taken over', unknown, ORDER.hash, NOW_MS, 'take_over'],
    ['pending, nobody holds it: taken over', pending, ORDER.hash, NOW_MS, 'take_over'],
    ['under lease', { ...unknown, lease_until_ms: NOW_MS + 1 }, ORDER.hash, NOW_MS, 'in_progress'],
    ['a lease that ends now: taken over', { ...unknown, lease_until_ms: NOW_MS }, ORDER.hash, NOW_MS, 'take_over'],
    ['1 ms before day 29: taken over', unknown, ORDER.hash, DAY_29_MS - 1, 'take_over'],
    ['on day 29: the answer, nobody calls', unknown, ORDER.hash, DAY_29_MS, 'answer'],
    ['on day 29, under lease', { ...unknown, lease_until_ms: DAY_29_MS + 1 }, ORDER.hash, DAY_29_MS, 'answer'],
    ['other parameters, sent', sent, OTHER, NOW_MS, 'key_reused'],
    ['other parameters, under lease', { ...unknown, lease_until_ms: NOW_MS + 1 }, OTHER, NOW_MS, 'key_reused'],
    ['other parameters, on day 29', unknown, OTHER, DAY_29_MS, 'key_reused'],
  ] as const)('%s', ([, record, hash, now_ms, leads_to]) => {
    expect(onRepeat(record, hash, now_ms, false)).toBe(leads_to)
  })

  test.for([
    ['unknown, nobody holds it: the answer', unknown, ORDER.hash, 'answer'],
    ['pending, nobody holds it: the answer', pending, ORDER.hash, 'answer'],
    ['sent: the answer', sent, ORDER.hash, 'answer'],
    ['other parameters', unknown, OTHER, 'key_reused'],
  ] as const)('of a record older than a restore of the table, %s', ([, record, hash, leads_to]) => {
    expect(onRepeat(record, hash, NOW_MS, true)).toBe(leads_to)
  })

  test.for([
    [CREATED_S + 1, true],
    [CREATED_S, false],
    [0, false],
  ] as const)('a record is held before %d: %s', ([held_before, held]) => {
    expect(isHeld(ORDER, held_before)).toBe(held)
  })
})

describe('a lease', () => {
  test.for([
    ['20 s are left of the invocation', NOW_MS, 20_000, NOW_MS + 25_000, CREATED_S + 116],
    ['on a whole second', NOW_MS - 250, 20_000, NOW_MS + 24_750, CREATED_S + 115],
    ['nothing is left', NOW_MS, 0, NOW_MS + 5_000, CREATED_S + 96],
    ['less than nothing is left, after a freeze', NOW_MS, -8_000, NOW_MS + 5_000, CREATED_S + 96],
  ] as const)('%s: it ends 5 s after, and settle looks then', ([, now_ms, remaining_ms, until_ms, due_at]) => {
    const before = { ...SENT, outcome: 'unknown', open: undefined, due_at: undefined } as const
    expect(leased(before, now_ms, remaining_ms)).toStrictEqual({
      ...before,
      lease_until_ms: until_ms,
      no_call_after_ms: until_ms,
      open: 'outcome',
      due_at,
    })
  })

  test.for([
    [NOW_MS + 1, true],
    [NOW_MS, false],
    [NOW_MS - 1, false],
    [0, false],
  ] as const)('until %d: lives now %s', ([lease_until_ms, lives]) => {
    expect(isLeased({ ...CLAIMED, lease_until_ms }, NOW_MS)).toBe(lives)
  })

  test.for([
    ['sooner: it stays', CREATED_S + 91, CREATED_S + 91],
    ['at the end of the lease', CREATED_S + 116, CREATED_S + 116],
    ['later: settle looks when the lease ends', CREATED_S + 117, CREATED_S + 116],
  ] as const)('a look is planned %s', ([, planned_at, due_at]) => {
    const before: State = { ...UNANSWERED, due_at: planned_at }
    expect(leased(before, NOW_MS, 20_000).due_at).toBe(due_at)
  })

  const CALLED_MS = NOW_MS - 60_000
  test.for([
    ['that ran out: when it ended', NOW_MS, undefined, NOW_MS, true],
    ['that ran out long ago: when it ended', 1, undefined, 1, true],
    ['that was given back: never', 0, undefined, undefined, false],
    ['that was given back after a call without an answer: then', 0, CALLED_MS, CALLED_MS, true],
    ['that ran out after a call without an answer: when it ended', NOW_MS, CALLED_MS, NOW_MS, true],
  ] as const)('one %s, a call may have debited', ([, lease_until_ms, before_ms, after_ms, may]) => {
    const lease = { lease_until_ms, maybe_debited_ms: before_ms }
    const record = { ...ORDER, ...TOLD_SYSTEMERROR, ...lease, version: 3, writer: 'w', updated_at: CREATED_S }
    const after = lapsed(record)
    expect(after).toStrictEqual({ ...record, maybe_debited_ms: after_ms, lease_until_ms: 0 })
    expect(mayHaveDebited(after)).toBe(may)
  })

  test.for([
    ['before its end: no call after now', NOW_MS - 1, NOW_MS - 1],
    ['at its end', NOW_MS, NOW_MS],
    ['after its end: no call after its end', NOW_MS + 1, NOW_MS],
  ] as const)('given back %s', ([, now_ms, no_call_after_ms]) => {
    const before = { ...UNANSWERED, lease_until_ms: NOW_MS, no_call_after_ms: NOW_MS }
    expect(givenBack(before, now_ms)).toStrictEqual({ ...before, lease_until_ms: 0, no_call_after_ms })
  })

  test('the next holder calls a second after the last possible call', () => {
    expect(mayCallAt({ ...UNANSWERED, no_call_after_ms: NOW_MS })).toBe(NOW_MS + 1_000)
  })
})

describe('the age of a number', () => {
  test.for([
    [DAY_29_MS - 1, false, false],
    [DAY_29_MS, true, false],
    [DAY_30_MS - 1, true, false],
    [DAY_30_MS, true, true],
  ] as const)('at %d: beyond a call %s, beyond a query %s', ([now_ms, call, query]) => {
    expect([isBeyondCall(ORDER, now_ms), isBeyondQuery(ORDER, now_ms)]).toStrictEqual([call, query])
  })
})
