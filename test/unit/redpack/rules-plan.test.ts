// When settle looks at a record next, and what a write entails.
import { describe, expect, test } from 'vitest'
import type { State } from '../../../lib/redpack/record.ts'
import { ALARMS, effectsOf, IS_LAST, planned } from '../../../lib/redpack/rules.ts'
import { CLAIMED, CREATED_S, IN_CONFLICT, NOW_MS, ORDER, REFUSED, SENT, UNANSWERED } from './states.ts'

const NOW_S = CREATED_S + 90
const MINUTE_S = 60
const HOUR_S = 3_600
const DAY_S = 86_400
const MANUAL = { ...UNANSWERED, outcome: 'manual' } as const

/** The next look at a state that nothing has happened to. */
function planOf(state: State, now_s: number) {
  return planned({ ...ORDER, ...state }, state, now_s * 1000 + 999)
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
    const state: State = { ...UNANSWERED, looks, open: undefined, due_at: undefined }
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
})

describe('something is to be repaired, in a minute', () => {
  test.for([
    ['sent, its number is missing', { ...SENT, seq: undefined }],
    ['sent and received, its number is missing', { ...SENT, seq: undefined, status: 'RECEIVED' }],
    ['refused, its number is missing', { ...REFUSED, seq: undefined }],
    ['refused, its reservation is not released', { ...REFUSED, limit_day: '2026-11-23' }],
    ['left to people, its number is missing', { ...MANUAL, seq: undefined }],
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
    expect(planOf(state, last_s + 1)).toStrictEqual({ ...state, open: undefined, due_at: undefined })
  })
})

describe('nothing is left to do', () => {
  test.for([
    ['sent and received', { ...SENT, status: 'RECEIVED' }],
    ['sent and refunded', { ...SENT, status: 'REFUND' }],
    ['sent, and WeChat says that it failed', { ...SENT, status: 'FAILED' }],
    ['refused', REFUSED],
    ['refused, and WeChat shows it open', { ...REFUSED, status: 'SENDING' }],
    ['left to people', MANUAL],
    ['left to people, its reservation stays', { ...MANUAL, limit_day: '2026-11-23' }],
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
    expect(planned({ ...ORDER, ...before }, state, NOW_S * 1000)).toStrictEqual({ ...state, looks, open, due_at })
  })
})

describe('what a write entails', () => {
  const unlimited = { ...SENT, limit_day: undefined } as const
  const reserved = { ...REFUSED, limit_day: '2026-11-23' } as const
  // Then: whether the outcome is reported; an alarm; what becomes of the reservation.
  test.for([
    ['sent: the reservation is confirmed', CLAIMED, SENT, true, undefined, 'confirm'],
    ['unknown, then sent', UNANSWERED, SENT, true, undefined, 'confirm'],
    ['sent, without a limit', CLAIMED, unlimited, true, undefined, undefined],
    ['refused: the reservation is released', CLAIMED, reserved, true, undefined, 'release'],
    ['refused before, not yet released', reserved, reserved, false, undefined, 'release'],
    ['refused, nothing was reserved', CLAIMED, REFUSED, true, undefined, undefined],
    ['unknown: the reservation stays', CLAIMED, UNANSWERED, true, undefined, undefined],
    ['still unknown', UNANSWERED, IN_CONFLICT, false, undefined, undefined],
    ['left to people: the reservation stays', UNANSWERED, MANUAL, true, 'outcome_manual', undefined],
    ['left to people before', MANUAL, { ...MANUAL, seq: 8 }, false, undefined, undefined],
    [
      'a sent packet is received',
      { ...SENT, status: 'SENT' },
      { ...SENT, status: 'RECEIVED' },
      false,
      undefined,
      undefined,
    ],
    ['refused, then SENDING', REFUSED, { ...REFUSED, status: 'SENDING' }, false, undefined, undefined],
    ['refused, then FAILED', REFUSED, { ...REFUSED, status: 'FAILED' }, false, undefined, undefined],
    ['refused, then SENT', REFUSED, { ...REFUSED, status: 'SENT' }, false, 'paid_after_refusal', undefined],
    ['refused, then RECEIVED', REFUSED, { ...REFUSED, status: 'RECEIVED' }, false, 'paid_after_refusal', undefined],
    ['refused, then RFUND_ING', REFUSED, { ...REFUSED, status: 'RFUND_ING' }, false, 'paid_after_refusal', undefined],
    ['refused, then REFUND', REFUSED, { ...REFUSED, status: 'REFUND' }, false, 'paid_after_refusal', undefined],
    [
      'refused, SENT as before',
      { ...REFUSED, status: 'SENT' },
      { ...REFUSED, status: 'SENT' },
      false,
      undefined,
      undefined,
    ],
    ['refused because it FAILED', UNANSWERED, { ...REFUSED, status: 'FAILED' }, true, undefined, undefined],
    ['refused, no status any more', { ...REFUSED, status: 'SENT' }, REFUSED, false, undefined, undefined],
    ['sent and SENT', UNANSWERED, { ...SENT, status: 'SENT' }, true, undefined, 'confirm'],
  ] as const)('%s', ([, before, after, report_outcome, alarm, reservation]) => {
    expect(effectsOf(before, after)).toStrictEqual({ report_outcome, alarm, reservation })
  })

  test('the alarms are these', () => {
    expect(ALARMS).toStrictEqual([
      'outcome_manual',
      'paid_after_refusal',
      'foreign_reply',
      'merchant_unusable',
      'record_unreadable',
      'look_failed',
    ])
  })

  test('a plan is made from the whole seconds of the time', () => {
    const state: State = { ...UNANSWERED, looks: 0 }
    expect(planned({ ...ORDER, ...state }, state, NOW_MS).due_at).toBe(CREATED_S + 150)
  })
})
