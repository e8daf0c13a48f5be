// When settle looks at a record next, and what a write entails.
import { describe, expect, test } from 'vitest'
import { ALARMS, effectsOf, reservationOf } from '../../../lib/redpack/effects.ts'
import { IS_LAST, planned } from '../../../lib/redpack/looks.ts'
import type { State } from '../../../lib/redpack/record.ts'
import { afterLook, afterSend, givenBack, leased } from '../../../lib/redpack/rules.ts'
import { CLAIMED, CREATED_S, IN_CONFLICT, NOW_MS, ORDER, REFUSED, SENT, SLOWED, UNANSWERED } from './states.ts'

const NOW_S = CREATED_S + 90
const MINUTE_S = 60
const HOUR_S = 3_600
const DAY_S = 86_400
const MANUAL = { ...UNANSWERED, outcome: 'manual', limit_day: undefined } as const
/** When a packet of this merchant is followed, after it was claimed. */
const FOLLOWED_S = [10 * MINUTE_S, 2 * HOUR_S, 10 * HOUR_S, DAY_S + 10 * MINUTE_S, DAY_S + 2 * HOUR_S]

/** The next look at a state that nothing has happened to. */
function planOf(state: State, now_s: number) {
  return planned({ ...ORDER, ...state }, state, now_s * 1000 + 999, FOLLOWED_S)
}

describe('the outcome is open', () => {
  test.for([
    [0, 1],
    [1, 2],
    [2, 5],
    [3, 10],
    [4, 20],
    [5, 60],
    [6, 60],
    [1_000, 60],
  ] as const)('after %d looks the next comes in %d minutes', ([looks, minutes]) => {
    const state: State = { ...UNANSWERED, maybe_debited_ms: 1, looks, open: undefined, due_at: undefined }
    const plan = { open: 'outcome', due_at: NOW_S + minutes * MINUTE_S } as const
    expect(planOf(state, NOW_S)).toStrictEqual({ ...state, ...plan })
  })

  test.for([
    ['pending', CLAIMED],
    ['a conflict', IN_CONFLICT],
    ['a number is missing, which can wait', { ...UNANSWERED, seq: undefined }],
    ['WeChat says SENDING', { ...UNANSWERED, status: 'SENDING' }],
    ['of a packet that had an end in WeChat', { ...IN_CONFLICT, status: 'RECEIVED' }],
  ] as const)('%s', ([, before]) => {
    const state: State = { ...before, looks: 0 }
    expect(planOf(state, NOW_S)).toStrictEqual({ ...state, open: 'outcome', due_at: NOW_S + MINUTE_S })
  })

  // WeChat's 20 minutes and 5 s between two clocks: from then on an answer can prove that nothing was paid.
  const ago = (after_s: number) => (NOW_S + after_s) * 1000 - 1_205_000
  test.for([
    ['the proof is far: the step', 0, ago(5 * MINUTE_S), NOW_S + MINUTE_S],
    ['the proof comes before the step is over: then', 5, ago(19 * MINUTE_S), NOW_S + 19 * MINUTE_S],
    ['within a second more: no earlier than the proof', 5, ago(19 * MINUTE_S) + 1, NOW_S + 19 * MINUTE_S + 1],
    ['the proof comes in a second: a minute', 5, ago(1), NOW_S + MINUTE_S],
    ['the proof is here, and the question may have left before it: a minute', 5, ago(0), NOW_S + MINUTE_S],
    ['a question may have taken so long: a minute', 5, ago(-9), NOW_S + MINUTE_S],
    ['no question takes so long, it left after the proof: the step', 5, ago(-10), NOW_S + HOUR_S],
    ['the step is shorter than the minute after the proof: the step', 0, ago(-9), NOW_S + MINUTE_S],
    ['the proof was here long ago: the step', 5, ago(-HOUR_S), NOW_S + HOUR_S],
  ] as const)('%s', ([, looks, doubt_ms, due_at]) => {
    const never: State = { ...UNANSWERED, looks, open: undefined, due_at: undefined }
    const state: State = { ...never, maybe_debited_ms: doubt_ms }
    expect(planOf(state, NOW_S).due_at).toBe(due_at)
    // If no call may have debited, the last possible one counts.
    const pending: State = { ...never, maybe_debited_ms: undefined, no_call_after_ms: doubt_ms }
    expect(planOf(pending, NOW_S).due_at).toBe(due_at)
  })

  test.for([
    ['sooner than the step: it stays', NOW_S + 20, 2, NOW_S + 20],
    ['later than the step: the step', NOW_S + HOUR_S, 2, NOW_S + 5 * MINUTE_S],
    ['sooner, but this is the look: the step', NOW_S + 20, 1, NOW_S + 5 * MINUTE_S],
    ['never', undefined, 2, NOW_S + 5 * MINUTE_S],
    ['only for the end of a lease: the step', NOW_S + 35, 2, NOW_S + 5 * MINUTE_S],
  ] as const)('a look is planned %s', ([, planned_at, looks_before, due_at]) => {
    const before: State = { ...UNANSWERED, due_at: planned_at, looks: looks_before }
    const plan = planned({ ...ORDER, ...before }, { ...before, looks: 2 }, NOW_S * 1000, FOLLOWED_S)
    expect(plan).toStrictEqual({ ...before, looks: 2, open: 'outcome', due_at })
  })
})

describe('WeChat refuses the number again and again for a reason of no list', () => {
  /** The last call was over then, by whole seconds and 250 ms. */
  const LAST_S = Math.floor(SLOWED.no_call_after_ms / 1000)
  const never = { open: undefined, due_at: undefined } as const
  const plan = (state: State, now_s = NOW_S) => planOf({ ...state, ...never }, now_s).due_at

  test('and it is proved that nothing was paid: looked at when it is sent again, a day after the last call', () => {
    expect(plan(SLOWED)).toBe(LAST_S + 1 + DAY_S)
    expect(plan(SLOWED, LAST_S + DAY_S)).toBe(LAST_S + 1 + DAY_S)
  })

  test.for([
    ['the day is over, and it could not be sent: the step', SLOWED, LAST_S + 1 + DAY_S, 5],
    ['it was refused so only twice: the step', { ...SLOWED, same_refusals: 2 }, NOW_S, 5],
    ['a call may have debited: as soon as that can be proved', { ...SLOWED, maybe_debited_ms: NOW_MS }, NOW_S, 5],
  ] as const)('%s', ([, state, now_s, minutes]) => {
    expect(plan(state, now_s)).toBe(now_s + minutes * MINUTE_S)
  })
})

describe('a number that is refused in the same way for 30 days', () => {
  const refused = (days: number) => {
    const counted = { sends: 0, queries: 0 }
    const order = { ...ORDER, created_at: CREATED_S }
    let state: State = { ...CLAIMED, lease_until_ms: 0, limit_day: undefined, seq: 7 }
    const call = (now_ms: number) => {
      counted.sends += 1
      const taken = { ...order, ...leased(state, now_ms, 29_000) }
      const said = afterSend(taken, { means: 'unclear', err_code: 'V2_ACCOUNT_SIMPLE_BAN' }, now_ms)
      state = planned(taken, givenBack(said, now_ms), now_ms, FOLLOWED_S)
    }
    call(CREATED_S * 1000)
    for (let now_s = state.due_at ?? 0; now_s < CREATED_S + days * DAY_S; now_s = state.due_at ?? Number.NaN) {
      counted.queries += 1
      if (counted.queries > 200) break
      const look = afterLook({ ...order, ...state }, { means: 'absent' }, now_s * 1000, false)
      const before = { ...order, ...state }
      state = look.send_again ? look.state : planned(before, look.state, now_s * 1000, FOLLOWED_S)
      if (look.send_again) call(now_s * 1000 + 500)
    }
    return counted
  }

  test('is sent three times in its first two hours, then once a day; WeChat is asked twice for each', () => {
    expect(refused(2 / 24)).toStrictEqual({ sends: 3, queries: 7 })
    expect(refused(1)).toStrictEqual({ sends: 3, queries: 7 })
    expect(refused(10)).toStrictEqual({ sends: 12, queries: 25 })
    expect(refused(30)).toStrictEqual({ sends: 31, queries: 87 })
  })
})

describe('something is to be repaired, in a minute', () => {
  test.for([
    ['sent, its number is missing', { ...SENT, seq: undefined }],
    ['sent and received, its number is missing', { ...SENT, seq: undefined, status: 'RECEIVED' }],
    ['refused, its number is missing', { ...REFUSED, seq: undefined }],
    ['refused, its reservation is not released', { ...REFUSED, limit_day: '2026-11-23' }],
    ['sent and received, its reservation is not confirmed', { ...SENT, status: 'RECEIVED' }],
    ['left to people, its number is missing', { ...MANUAL, seq: undefined }],
    ['left to people, its reservation is not confirmed', { ...MANUAL, limit_day: '2026-11-23' }],
    [
      'refused unsafely, its reservation is not released',
      { ...REFUSED, unsafe_refusal: true, limit_day: '2026-11-23' },
    ],
  ] as const)('%s', ([, state]) => {
    const plan = { open: 'repair', due_at: NOW_S + MINUTE_S } as const
    expect(planOf(state, NOW_S)).toStrictEqual({ ...state, ...plan })
  })
})

describe('a sent packet is followed', () => {
  test.for([undefined, 'SENDING', 'SENT', 'RFUND_ING'] as const)('while its status is %s', (status) => {
    const state: State = { ...SENT, status }
    const plan = { open: 'status', due_at: CREATED_S + 10 * MINUTE_S } as const
    expect(planOf(state, NOW_S)).toStrictEqual({ ...state, ...plan })
  })

  test('until WeChat changes its status no more', () => {
    expect(IS_LAST).toStrictEqual({
      SENDING: false,
      SENT: false,
      RFUND_ING: false,
      FAILED: true,
      RECEIVED: true,
      REFUND: true,
    })
  })

  test.for([
    [0, NOW_S, CREATED_S + 10 * MINUTE_S],
    [1, NOW_S, CREATED_S + 2 * HOUR_S],
    [2, NOW_S, CREATED_S + 10 * HOUR_S],
    [3, NOW_S, CREATED_S + DAY_S + 10 * MINUTE_S],
    [4, NOW_S, CREATED_S + DAY_S + 2 * HOUR_S],
    [5, NOW_S, NOW_S + DAY_S],
    [6, NOW_S, NOW_S + DAY_S],
    // Late: what should have been looked at long ago is looked at in a minute.
    [0, CREATED_S + 9 * MINUTE_S, CREATED_S + 10 * MINUTE_S],
    [0, CREATED_S + 9 * MINUTE_S + 1, CREATED_S + 10 * MINUTE_S + 1],
    [1, CREATED_S + 5 * HOUR_S, CREATED_S + 5 * HOUR_S + MINUTE_S],
    [4, CREATED_S + 3 * DAY_S, CREATED_S + 3 * DAY_S + MINUTE_S],
  ] as const)('after %d looks, at %d: next at %d', ([looks, now_s, due_at]) => {
    const state: State = { ...SENT, status: 'SENT', looks }
    expect(planOf(state, now_s)).toStrictEqual({ ...state, open: 'status', due_at })
  })

  test('until 30 days have passed', () => {
    const state: State = { ...SENT, status: 'SENT', looks: 5 }
    const last_s = CREATED_S + 30 * DAY_S - 1
    expect(planOf(state, last_s)).toStrictEqual({ ...state, open: 'status', due_at: last_s + DAY_S })
    const closed: State = { ...state, limit_day: undefined }
    expect(planOf(closed, last_s + 1)).toStrictEqual({ ...closed, open: undefined, due_at: undefined })
  })

  test('after 30 days a reservation that is still open is closed first', () => {
    const state: State = { ...SENT, status: 'SENT', looks: 5 }
    const now_s = CREATED_S + 30 * DAY_S
    expect(planOf(state, now_s)).toStrictEqual({ ...state, open: 'repair', due_at: now_s + MINUTE_S })
  })
})

describe('a refusal of which WeChat may keep an order', () => {
  const UNSAFE: State = { ...REFUSED, unsafe_refusal: true }

  test('is asked about a day later', () => {
    const due_at = NOW_S + DAY_S + 10 * MINUTE_S
    expect(planOf(UNSAFE, NOW_S)).toStrictEqual({ ...UNSAFE, open: 'status', due_at })
  })

  test('is asked about until 30 days have passed', () => {
    const last_s = CREATED_S + 30 * DAY_S - 1
    expect(planOf(UNSAFE, last_s).open).toBe('status')
    expect(planOf(UNSAFE, last_s + 1)).toStrictEqual({ ...UNSAFE, open: undefined, due_at: undefined })
  })
})

describe('nothing is left to do', () => {
  const CLOSED = { ...SENT, limit_day: undefined } as const
  test.for([
    ['sent and received', { ...CLOSED, status: 'RECEIVED' }],
    ['sent and refunded', { ...CLOSED, status: 'REFUND' }],
    ['sent, and WeChat says that it failed', { ...CLOSED, status: 'FAILED' }],
    ['refused', REFUSED],
    ['refused, and WeChat shows it open', { ...REFUSED, status: 'SENDING' }],
    ['left to people', MANUAL],
  ] as const)('%s', ([, state]) => {
    expect(planOf(state, NOW_S)).toStrictEqual({ ...state, open: undefined, due_at: undefined })
  })
})

describe('looks are counted', () => {
  test.for([
    ['on, while the outcome is open', CLAIMED, UNANSWERED, 4],
    ['on, while a packet is followed', SENT, SENT, 4],
    ['anew, once it is final', UNANSWERED, SENT, 0],
    ['anew, once it is refused', CLAIMED, REFUSED, 0],
    ['anew, once it is left to people', UNANSWERED, MANUAL, 0],
  ] as const)('%s', ([, before, after, looks]) => {
    const state: State = { ...after, looks: 4 }
    const { open, due_at } = planOf({ ...after, looks }, NOW_S)
    expect(planned({ ...ORDER, ...before }, state, NOW_S * 1000, FOLLOWED_S)).toStrictEqual({
      ...state,
      looks,
      open,
      due_at,
    })
  })
})

describe('what a write entails', () => {
  const unlimited = { ...SENT, limit_day: undefined } as const
  const unanswered = { ...UNANSWERED, limit_day: undefined } as const
  const reserved = { ...REFUSED, limit_day: '2026-11-23' } as const
  const manual = { ...MANUAL, limit_day: '2026-11-23' } as const
  // Then: whether the outcome is reported; what becomes of the reservation; of the list of sends without a result.
  test.for([
    ['sent: the reservation is confirmed', CLAIMED, SENT, true, 'confirm', undefined],
    ['unknown, then sent', UNANSWERED, SENT, true, 'confirm', undefined],
    ['refused: the reservation is released', CLAIMED, reserved, true, 'release', undefined],
    ['refused before: the next write closes it first', reserved, reserved, false, undefined, undefined],
    ['unknown: the reservation stays', CLAIMED, UNANSWERED, true, undefined, undefined],
    ['still unknown', UNANSWERED, IN_CONFLICT, false, undefined, undefined],
    ['sent, without a limit', CLAIMED, unlimited, true, undefined, undefined],
    ['refused, nothing was reserved', CLAIMED, REFUSED, true, undefined, undefined],
    ['unknown, without a limit: listed', CLAIMED, unanswered, true, undefined, 'add'],
    ['still unknown, without a limit', unanswered, unanswered, false, undefined, undefined],
    ['unknown, then sent, without a limit: off the list', unanswered, unlimited, true, undefined, 'remove'],
    ['unknown, then refused, without a limit: off the list', unanswered, REFUSED, true, undefined, 'remove'],
  ] as const)('%s', ([, before, after, report_outcome, reservation, open_list]) => {
    expect(effectsOf(before, after)).toStrictEqual({ report_outcome, alarm: undefined, reservation, open_list })
  })

  test.for([
    ['left to people: the reservation is confirmed', UNANSWERED, manual, 'confirm', undefined],
    ['left to people, without a limit: off the list', unanswered, MANUAL, undefined, 'remove'],
  ] as const)('%s', ([, before, after, reservation, open_list]) => {
    const alarm = 'outcome_manual'
    expect(effectsOf(before, after)).toStrictEqual({ report_outcome: true, alarm, reservation, open_list })
  })

  test.for([
    ['left to people before', MANUAL, { ...MANUAL, seq: 8 }, undefined],
    ['a sent packet is SENT', { ...SENT, status: 'SENDING' }, { ...SENT, status: 'SENT' }, undefined],
    ['a sent packet is received', { ...SENT, status: 'SENT' }, { ...SENT, status: 'RECEIVED' }, undefined],
    ['a sent packet is SENDING', SENT, { ...SENT, status: 'SENDING' }, undefined],
    ['sent, then FAILED', SENT, { ...SENT, status: 'FAILED' }, 'failed_after_sent'],
    ['sent, FAILED as before', { ...SENT, status: 'FAILED' }, { ...SENT, status: 'FAILED' }, undefined],
    ['refused, then SENDING', REFUSED, { ...REFUSED, status: 'SENDING' }, undefined],
    ['refused, then FAILED', REFUSED, { ...REFUSED, status: 'FAILED' }, undefined],
    ['refused, then SENT', REFUSED, { ...REFUSED, status: 'SENT' }, 'paid_after_refusal'],
    ['refused, then RECEIVED', REFUSED, { ...REFUSED, status: 'RECEIVED' }, 'paid_after_refusal'],
    ['refused, then RFUND_ING', REFUSED, { ...REFUSED, status: 'RFUND_ING' }, 'paid_after_refusal'],
    ['refused, then REFUND', REFUSED, { ...REFUSED, status: 'REFUND' }, 'paid_after_refusal'],
    ['refused, SENT as before', { ...REFUSED, status: 'SENT' }, { ...REFUSED, status: 'SENT' }, undefined],
    ['refused, no status any more', { ...REFUSED, status: 'SENT' }, REFUSED, undefined],
    ['still unknown, then SENT of a conflict', IN_CONFLICT, { ...IN_CONFLICT, status: 'SENT' }, undefined],
    ['still unknown, then FAILED of a conflict', IN_CONFLICT, { ...IN_CONFLICT, status: 'FAILED' }, undefined],
  ] as const)('%s: the outcome is no news', ([, before, after, alarm]) => {
    const none = { report_outcome: false, reservation: undefined, open_list: undefined }
    expect(effectsOf(before, after)).toStrictEqual({ ...none, alarm })
  })

  test.for([
    ['refused because it FAILED', { ...REFUSED, status: 'FAILED' }, undefined],
    ['sent and SENT', { ...SENT, status: 'SENT' }, 'confirm'],
  ] as const)('%s: no alarm, for the outcome is new', ([, after, reservation]) => {
    const { alarm, reservation: closed } = effectsOf(UNANSWERED, after)
    expect([alarm, closed]).toStrictEqual([undefined, reservation])
  })

  test.for([
    ['sent', SENT, 'confirm'],
    ['refused', reserved, 'release'],
    ['left to people', manual, 'confirm'],
    ['unknown', UNANSWERED, undefined],
    ['pending', CLAIMED, undefined],
    ['sent, and closed before', unlimited, undefined],
    ['refused, and closed before', REFUSED, undefined],
  ] as const)('the reservation of a record that is %s', ([, state, how]) => {
    expect(reservationOf(state)).toBe(how)
  })

  test('the alarms are these', () => {
    expect(ALARMS).toStrictEqual([
      'outcome_manual',
      'paid_after_refusal',
      'failed_after_sent',
      'foreign_reply',
      'malformed_reply',
      'merchant_unusable',
      'record_unreadable',
      'look_failed',
    ])
  })

  test('a plan is made from the whole seconds of the time', () => {
    const state: State = { ...UNANSWERED, looks: 0 }
    expect(planned({ ...ORDER, ...state }, state, NOW_MS, FOLLOWED_S).due_at).toBe(CREATED_S + 150)
  })
})
