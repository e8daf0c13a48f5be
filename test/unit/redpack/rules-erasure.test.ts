// What is erased of a record, and when: by retention, and for a person who asks.
import { describe, expect, test } from 'vitest'
import { erased, erasedAtRest, forgotten, isAtRest, isKeptLongEnough } from '../../../lib/redpack/erasure.ts'
import { planned } from '../../../lib/redpack/looks.ts'
import type { State } from '../../../lib/redpack/record.ts'
import { CLAIMED, CREATED_S, NOW_MS, ORDER, REFUSED, SENT, SLOWED } from './states.ts'

const NOW_S = CREATED_S + 90
const DAY_S = 86_400
const NONE = { open: undefined, due_at: undefined } as const
const RECEIVED: State = { ...SENT, status: 'RECEIVED', limit_day: undefined, ...NONE }
const REJECTED: State = { ...REFUSED, ...NONE }
const MANUAL: State = { ...SLOWED, outcome: 'manual', limit_day: undefined, ...NONE }
const record = (state: State) => ({ ...ORDER, ...state })

describe('a record', () => {
  test.for([
    ['received', RECEIVED, true],
    ['refused', REJECTED, true],
    ['left to people', MANUAL, true],
    ['claimed', CLAIMED, false],
    ['followed', { ...RECEIVED, open: 'status', due_at: NOW_S }, false],
    ['to be repaired', { ...RECEIVED, open: 'repair', due_at: NOW_S }, false],
  ] as const)('%s is at rest: %s', ([, state, at_rest]) => {
    expect(isAtRest(state)).toBe(at_rest)
  })

  test.for([
    ['a second too young', RECEIVED, NOW_S + 400 * DAY_S - 1, false],
    ['old enough', RECEIVED, NOW_S + 400 * DAY_S, true],
    ['old, and not at rest', CLAIMED, NOW_S + 500 * DAY_S, false],
  ] as const)('%s: kept long enough', ([, state, now_s, enough]) => {
    expect(isKeptLongEnough({ ...state, updated_at: NOW_S }, now_s, 400 * DAY_S)).toBe(enough)
  })
})

describe('erased', () => {
  test.for([
    ['received', RECEIVED],
    ['refused', REJECTED],
    ['left to people', MANUAL],
  ] as const)(
    '%s: the raw reply goes, and the rest of the state stays, so that a repeated key has the same answer',
    ([, state]) => {
      expect(erased(record(state), NOW_S)).toStrictEqual({ ...record(state), raw_result: undefined, erased_at: NOW_S })
    },
  )

  test('again: the time stays', () => {
    expect(erased(record({ ...RECEIVED, erased_at: 7 }), NOW_S).erased_at).toBe(7)
  })

  test.for([
    ['the person', `用户${ORDER.re_openid}不存在`, undefined],
    ['nobody', '余额不足', '余额不足'],
    ['nothing', '', ''],
    ['no words', undefined, undefined],
  ] as const)('words that name %s', ([, err_code_des, left]) => {
    expect(erased(record({ ...REJECTED, err_code_des }), NOW_S).err_code_des).toBe(left)
  })

  test('words stay if the openid is gone already', () => {
    expect(erased({ ...record(REJECTED), re_openid: '' }, NOW_S).err_code_des).toBe('帐号余额不足')
  })
})

describe('a person asks to be forgotten', () => {
  test('at rest: erased', () => {
    const asked = record({ ...RECEIVED, forget_asked_at: NOW_S })
    expect(forgotten(record(RECEIVED), NOW_S)).toStrictEqual(erased(asked, NOW_S))
  })

  test.for([
    ['claimed', CLAIMED],
    ['unknown', SLOWED],
    ['followed', { ...SENT, open: 'status', due_at: NOW_S }],
  ] as const)('%s: marked, and nothing else changes', ([, state]) => {
    expect(forgotten(record(state), NOW_S)).toStrictEqual(record({ ...state, forget_asked_at: NOW_S }))
  })

  test('twice: the time stays', () => {
    expect(forgotten(record({ ...CLAIMED, forget_asked_at: 7 }), NOW_S).forget_asked_at).toBe(7)
    expect(forgotten(record({ ...RECEIVED, forget_asked_at: 7 }), NOW_S).forget_asked_at).toBe(7)
  })
})

describe('a write of a record', () => {
  const ASKED = { forget_asked_at: CREATED_S + 5 } as const

  test.for([
    ['marked, and at rest with it', { ...RECEIVED, ...ASKED }, { raw_result: undefined, erased_at: NOW_S }],
    ['marked, refused, and at rest with it', { ...REJECTED, ...ASKED }, { raw_result: undefined, erased_at: NOW_S }],
    ['marked, and not yet at rest', { ...SENT, ...ASKED, open: 'status', due_at: NOW_S }, {}],
    ['at rest, and not marked', RECEIVED, {}],
  ] as const)('%s', ([, state, changes]) => {
    expect(erasedAtRest(ORDER, state, NOW_S)).toStrictEqual({ ...state, ...changes })
  })

  test('that names the person and comes to rest leaves no name', () => {
    const state: State = { ...REJECTED, ...ASKED, err_code_des: `用户${ORDER.re_openid}不存在` }
    expect(erasedAtRest(ORDER, state, NOW_S).err_code_des).toBe(undefined)
  })

  test('is planned like any other: the look that finds the packet received erases', () => {
    const followed: State = { ...SENT, ...ASKED, limit_day: undefined, open: 'status', due_at: NOW_S }
    const seen: State = { ...followed, status: 'RECEIVED', looks: 1 }
    expect(planned(record(followed), seen, NOW_MS, [])).toStrictEqual({
      ...seen,
      ...NONE,
      raw_result: undefined,
      erased_at: NOW_S,
    })
    expect(planned(record(followed), { ...seen, status: 'SENT' }, NOW_MS, []).erased_at).toBe(undefined)
  })
})
