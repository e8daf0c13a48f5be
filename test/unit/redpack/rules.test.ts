// What WeChat's replies do to the money: every meaning × what was before, every status × every outcome.
import { describe, expect, test } from 'vitest'
import type { Outcome, State, Status } from '../../../lib/redpack/record.ts'
import {
  AFTER_SEND,
  afterLastLook,
  afterLook,
  afterNoCall,
  afterQuery,
  afterSend,
  afterStatusLook,
  isSlowed,
  isStuck,
  lapsed,
  type QueryReply,
  type SendMeaning,
  type SendReply,
  slowResendAt,
} from '../../../lib/redpack/rules.ts'
import {
  CLAIMED,
  CREATED_S,
  IN_CONFLICT,
  NOW_MS,
  ORDER,
  REFUSED,
  SENT,
  TOLD_SYSTEMERROR,
  UNANSWERED,
} from './states.ts'

const BEFORE = {
  'nobody has called before': CLAIMED,
  'a call before had no answer': UNANSWERED,
  'a call before was told SYSTEMERROR': TOLD_SYSTEMERROR,
  'a lease ran out before': lapsed(CLAIMED),
  'a call before met an order conflict': IN_CONFLICT,
  'a call before never arrived': { ...TOLD_SYSTEMERROR, maybe_debited_ms: undefined },
  'WeChat keeps an order it refused': { ...TOLD_SYSTEMERROR, maybe_debited_ms: undefined, status: 'SENDING' },
} as const satisfies Record<string, State>

const REPLIES = {
  paid: { means: 'paid', send_listid: '1000041701201511', raw: '<xml>SUCCESS</xml>' },
  declined: { means: 'declined', err_code: 'MONEY_LIMIT', err_code_des: '红包金额发放限制', raw: '<xml>M</xml>' },
  declined_unsafely: {
    means: 'declined_unsafely',
    err_code: 'NOTENOUGH',
    err_code_des: '帐号余额不足',
    raw: '<xml>NOTENOUGH</xml>',
  },
  too_fast: { means: 'too_fast', err_code: 'FREQ_LIMIT', err_code_des: '超过频率限制', raw: '<xml>FREQ_LIMIT</xml>' },
  credentials_stale: {
    means: 'credentials_stale',
    err_code: 'CA_ERROR',
    err_code_des: '证书出错',
    raw: '<xml>CA</xml>',
  },
  order_conflict: {
    means: 'order_conflict',
    err_code: 'FATAL_ERROR',
    err_code_des: '参数与原单不一致',
    raw: '<xml>F</xml>',
  },
  unclear: { means: 'unclear', err_code: '268458547', err_code_des: '系统错误', raw: '<xml>268458547</xml>' },
  no_result: { means: 'no_result' },
  over_limit: { means: 'over_limit', err_code: 'SENDAMOUNT_LIMIT', err_code_des: '当日发放金额已达上限' },
} as const satisfies Record<SendMeaning, SendReply>

describe('a reply to a send', () => {
  test.for([
    ['paid', 'FAILED', undefined],
    ['paid', 'SENDING', 'SENDING'],
    ['paid', 'SENT', 'SENT'],
    ['paid', 'RECEIVED', 'RECEIVED'],
    ['no_result', 'FAILED', 'FAILED'],
    ['order_conflict', 'FAILED', 'FAILED'],
  ] as const)('%s to an order in conflict of which WeChat showed %s leaves the status %s', ([means, status, left]) => {
    expect(afterSend({ ...IN_CONFLICT, status }, REPLIES[means], NOW_MS).status).toBe(left)
  })

  // Then: the outcome; the doubt whether a call has debited, old or from now; whether the order may not be ours; whose words stand;
  // the reservation against the daily limit; whether WeChat may keep the order that it refused.
  test.for([
    ['nobody has called before', 'paid', 'sent', 'old', undefined, 'new', 'reserved', undefined],
    ['nobody has called before', 'declined', 'refused', 'old', undefined, 'new', 'reserved', undefined],
    ['nobody has called before', 'declined_unsafely', 'refused', 'old', undefined, 'new', 'reserved', true],
    ['nobody has called before', 'too_fast', 'refused', 'old', undefined, 'new', 'reserved', undefined],
    ['nobody has called before', 'credentials_stale', 'refused', 'old', undefined, 'new', 'reserved', undefined],
    ['nobody has called before', 'order_conflict', 'unknown', 'new', true, 'new', 'reserved', undefined],
    ['nobody has called before', 'unclear', 'unknown', 'new', undefined, 'new', 'reserved', undefined],
    ['nobody has called before', 'no_result', 'unknown', 'new', undefined, 'new', 'reserved', undefined],
    ['nobody has called before', 'over_limit', 'refused', 'old', undefined, 'new', 'free', undefined],

    ['a call before had no answer', 'paid', 'sent', 'old', undefined, 'new', 'reserved', undefined],
    ['a call before had no answer', 'declined', 'unknown', 'old', undefined, 'new', 'reserved', undefined],
    ['a call before had no answer', 'declined_unsafely', 'unknown', 'old', undefined, 'new', 'reserved', undefined],
    ['a call before had no answer', 'too_fast', 'unknown', 'old', undefined, 'new', 'reserved', undefined],
    ['a call before had no answer', 'credentials_stale', 'unknown', 'old', undefined, 'new', 'reserved', undefined],
    ['a call before had no answer', 'order_conflict', 'unknown', 'new', true, 'new', 'reserved', undefined],
    ['a call before had no answer', 'unclear', 'unknown', 'new', undefined, 'new', 'reserved', undefined],
    ['a call before had no answer', 'no_result', 'unknown', 'new', undefined, 'new', 'reserved', undefined],
    ['a call before had no answer', 'over_limit', 'unknown', 'old', undefined, 'old', 'reserved', undefined],

    ['a call before was told SYSTEMERROR', 'paid', 'sent', 'old', undefined, 'new', 'reserved', undefined],
    ['a call before was told SYSTEMERROR', 'declined', 'unknown', 'old', undefined, 'new', 'reserved', undefined],
    [
      'a call before was told SYSTEMERROR',
      'declined_unsafely',
      'unknown',
      'old',
      undefined,
      'new',
      'reserved',
      undefined,
    ],
    ['a call before was told SYSTEMERROR', 'too_fast', 'unknown', 'old', undefined, 'new', 'reserved', undefined],
    [
      'a call before was told SYSTEMERROR',
      'credentials_stale',
      'unknown',
      'old',
      undefined,
      'new',
      'reserved',
      undefined,
    ],
    ['a call before was told SYSTEMERROR', 'order_conflict', 'unknown', 'new', true, 'new', 'reserved', undefined],
    ['a call before was told SYSTEMERROR', 'unclear', 'unknown', 'new', undefined, 'new', 'reserved', undefined],
    ['a call before was told SYSTEMERROR', 'no_result', 'unknown', 'new', undefined, 'new', 'reserved', undefined],
    ['a call before was told SYSTEMERROR', 'over_limit', 'unknown', 'old', undefined, 'old', 'reserved', undefined],

    ['a lease ran out before', 'paid', 'sent', 'old', undefined, 'new', 'reserved', undefined],
    ['a lease ran out before', 'declined', 'unknown', 'old', undefined, 'new', 'reserved', undefined],
    ['a lease ran out before', 'declined_unsafely', 'unknown', 'old', undefined, 'new', 'reserved', undefined],
    ['a lease ran out before', 'too_fast', 'unknown', 'old', undefined, 'new', 'reserved', undefined],
    ['a lease ran out before', 'credentials_stale', 'unknown', 'old', undefined, 'new', 'reserved', undefined],
    ['a lease ran out before', 'order_conflict', 'unknown', 'new', true, 'new', 'reserved', undefined],
    ['a lease ran out before', 'unclear', 'unknown', 'new', undefined, 'new', 'reserved', undefined],
    ['a lease ran out before', 'no_result', 'unknown', 'new', undefined, 'new', 'reserved', undefined],
    ['a lease ran out before', 'over_limit', 'unknown', 'old', undefined, 'old', 'reserved', undefined],

    ['a call before met an order conflict', 'paid', 'sent', 'old', true, 'new', 'reserved', undefined],
    ['a call before met an order conflict', 'declined', 'unknown', 'old', true, 'new', 'reserved', undefined],
    ['a call before met an order conflict', 'declined_unsafely', 'unknown', 'old', true, 'new', 'reserved', undefined],
    ['a call before met an order conflict', 'too_fast', 'unknown', 'old', true, 'new', 'reserved', undefined],
    ['a call before met an order conflict', 'credentials_stale', 'unknown', 'old', true, 'new', 'reserved', undefined],
    ['a call before met an order conflict', 'order_conflict', 'unknown', 'new', true, 'new', 'reserved', undefined],
    ['a call before met an order conflict', 'unclear', 'unknown', 'new', true, 'new', 'reserved', undefined],
    ['a call before met an order conflict', 'no_result', 'unknown', 'new', true, 'new', 'reserved', undefined],
    ['a call before met an order conflict', 'over_limit', 'unknown', 'old', true, 'old', 'reserved', undefined],

    ['a call before never arrived', 'paid', 'sent', 'old', undefined, 'new', 'reserved', undefined],
    ['a call before never arrived', 'declined', 'refused', 'old', undefined, 'new', 'reserved', undefined],
    ['a call before never arrived', 'declined_unsafely', 'refused', 'old', undefined, 'new', 'reserved', true],
    ['a call before never arrived', 'too_fast', 'refused', 'old', undefined, 'new', 'reserved', undefined],
    ['a call before never arrived', 'credentials_stale', 'refused', 'old', undefined, 'new', 'reserved', undefined],
    ['a call before never arrived', 'order_conflict', 'unknown', 'new', true, 'new', 'reserved', undefined],
    ['a call before never arrived', 'unclear', 'unknown', 'new', undefined, 'new', 'reserved', undefined],
    ['a call before never arrived', 'no_result', 'unknown', 'new', undefined, 'new', 'reserved', undefined],
    ['a call before never arrived', 'over_limit', 'refused', 'old', undefined, 'new', 'free', undefined],

    ['WeChat keeps an order it refused', 'paid', 'sent', 'old', undefined, 'new', 'reserved', undefined],
    ['WeChat keeps an order it refused', 'declined', 'refused', 'old', undefined, 'new', 'reserved', true],
    ['WeChat keeps an order it refused', 'declined_unsafely', 'refused', 'old', undefined, 'new', 'reserved', true],
    ['WeChat keeps an order it refused', 'too_fast', 'refused', 'old', undefined, 'new', 'reserved', true],
    ['WeChat keeps an order it refused', 'credentials_stale', 'refused', 'old', undefined, 'new', 'reserved', true],
    ['WeChat keeps an order it refused', 'order_conflict', 'unknown', 'new', true, 'new', 'reserved', undefined],
    ['WeChat keeps an order it refused', 'unclear', 'unknown', 'new', undefined, 'new', 'reserved', undefined],
    ['WeChat keeps an order it refused', 'no_result', 'unknown', 'new', undefined, 'new', 'reserved', undefined],
    ['WeChat keeps an order it refused', 'over_limit', 'refused', 'old', undefined, 'new', 'free', true],
  ] as const)('%s, then %s: %s', ([what, means, outcome, doubt, order_conflict, words, limit, unsafe_refusal]) => {
    const before: State = BEFORE[what]
    const { send_listid, err_code, err_code_des, raw }: SendReply = REPLIES[means]
    expect(afterSend(before, REPLIES[means], NOW_MS)).toStrictEqual({
      ...before,
      outcome,
      maybe_debited_ms: doubt === 'new' ? NOW_MS : before.maybe_debited_ms,
      order_conflict,
      unsafe_refusal,
      // None of them was told this code before.
      same_refusals: means === 'unclear' && before.maybe_debited_ms === undefined ? 1 : undefined,
      limit_day: limit === 'reserved' ? '2026-11-23' : undefined,
      ...(words === 'new' && { send_listid, err_code, err_code_des, raw_result: raw }),
    })
  })

  const BAN = { means: 'unclear', err_code: 'V2_ACCOUNT_SIMPLE_BAN', err_code_des: '无法付款' } as const
  const told = (same_refusals: number | undefined, more: Partial<State> = {}): State => ({
    ...CLAIMED,
    err_code: 'V2_ACCOUNT_SIMPLE_BAN',
    same_refusals,
    ...more,
  })
  const DOUBTED = { maybe_debited_ms: NOW_MS - 1 } as const
  const OTHER = { err_code: 'NEW_CODE_OF_2027' } as const
  test.for([
    ['the first time', CLAIMED, BAN, 1],
    ['while a call before may have debited', UNANSWERED, BAN, undefined],
    ['a second time, after proof that nothing was paid', told(1), BAN, 2],
    ['a third time', told(2), BAN, 3],
    ['once more', told(3), BAN, 4],
    ['though it was not counted before', told(undefined), BAN, 1],
    ['again in the same attempt', told(2, DOUBTED), BAN, 2],
    ['again in the same attempt, not counted before', told(undefined, DOUBTED), BAN, undefined],
    ['after another code', told(2, OTHER), BAN, 1],
    ['after another code in the same attempt', told(2, { ...OTHER, ...DOUBTED }), BAN, undefined],
    ['no more: there is no reply', told(3), REPLIES.no_result, undefined],
    ['no more: an order stands there', told(3), REPLIES.order_conflict, undefined],
    ['no more: a refusal of the list', told(3), REPLIES.declined, undefined],
    ['no more: it is paid', told(3), REPLIES.paid, undefined],
  ] as const)('a code of no list %s: counted as %4$s', ([, before, reply, same_refusals]) => {
    expect(afterSend(before, reply, NOW_MS).same_refusals).toBe(same_refusals)
  })

  test('a call that was not made leaves the count', () => {
    expect(afterNoCall(told(3)).same_refusals).toBe(3)
    expect(afterSend(told(3, DOUBTED), REPLIES.over_limit, NOW_MS).same_refusals).toBe(3)
  })

  test.for([
    [undefined, false],
    [1, false],
    [2, false],
    [3, true],
    [4, true],
  ] as const)('told the same %s times: sent again but once a day: %s', ([same_refusals, is_slowed]) => {
    expect(isSlowed(told(same_refusals))).toBe(is_slowed)
  })

  test('a slowed number is sent again a day after the last call', () => {
    expect(slowResendAt({ ...CLAIMED, no_call_after_ms: NOW_MS })).toBe(NOW_MS + 86_400_000)
  })

  test('a refusal that was unsafe is so no more once another call has an answer', () => {
    const before: State = { ...CLAIMED, unsafe_refusal: true }
    expect(afterSend(before, REPLIES.paid, NOW_MS).unsafe_refusal).toBe(undefined)
  })

  test.for([
    ['paid', false, 'stop'],
    ['declined', false, 'stop'],
    ['declined_unsafely', false, 'stop'],
    ['too_fast', false, 'call_again'],
    ['credentials_stale', false, 'renew_credentials'],
    ['order_conflict', true, 'stop'],
    ['unclear', true, 'stop'],
    ['no_result', true, 'call_again'],
    ['over_limit', false, 'stop'],
  ] as const)('%s: the call may have debited: %s; the sender does this next: %s', ([means, may_debit, next]) => {
    const { outcome } = AFTER_SEND[means]
    expect(AFTER_SEND[means]).toStrictEqual({ outcome, may_debit, next })
  })

  test.for(Object.entries(BEFORE))('%s, then nobody is called: unknown, and what WeChat said stands', ([, before]) => {
    expect(afterNoCall(before)).toStrictEqual({ ...before, outcome: 'unknown' })
  })
})

const found = (status: Status, reason?: string): QueryReply => ({
  means: 'found',
  status,
  detail_id: '1000041701999999',
  reason,
  raw: `<xml>${status}</xml>`,
})

describe('a reply to a query', () => {
  const OUTCOMES = {
    pending: TOLD_SYSTEMERROR,
    unknown: TOLD_SYSTEMERROR,
    sent: SENT,
    refused: REFUSED,
    manual: TOLD_SYSTEMERROR,
  } as const satisfies Record<Outcome, State>

  /** What the query says, written over the state before. */
  const LEARNED = {
    nothing: {},
    unknown: { outcome: 'unknown' },
    sent: { outcome: 'sent', send_listid: '1000041701999999', err_code: undefined, err_code_des: undefined },
    refused: { outcome: 'refused', err_code: 'SEND_FAILED', err_code_des: '余额不足' },
  } as const satisfies Record<string, Partial<State>>

  test.for([
    ['pending', 'SENDING', 'unknown'],
    ['pending', 'SENT', 'sent'],
    ['pending', 'FAILED', 'refused'],
    ['pending', 'RECEIVED', 'sent'],
    ['pending', 'RFUND_ING', 'sent'],
    ['pending', 'REFUND', 'sent'],
    ['unknown', 'SENDING', 'unknown'],
    ['unknown', 'SENT', 'sent'],
    ['unknown', 'FAILED', 'refused'],
    ['unknown', 'RECEIVED', 'sent'],
    ['unknown', 'RFUND_ING', 'sent'],
    ['unknown', 'REFUND', 'sent'],
    ['sent', 'SENDING', 'nothing'],
    ['sent', 'SENT', 'nothing'],
    ['sent', 'FAILED', 'nothing'],
    ['sent', 'RECEIVED', 'nothing'],
    ['sent', 'RFUND_ING', 'nothing'],
    ['sent', 'REFUND', 'nothing'],
    ['refused', 'SENDING', 'nothing'],
    ['refused', 'SENT', 'nothing'],
    ['refused', 'FAILED', 'nothing'],
    ['refused', 'RECEIVED', 'nothing'],
    ['refused', 'RFUND_ING', 'nothing'],
    ['refused', 'REFUND', 'nothing'],
    ['manual', 'SENDING', 'nothing'],
    ['manual', 'SENT', 'nothing'],
    ['manual', 'FAILED', 'nothing'],
    ['manual', 'RECEIVED', 'nothing'],
    ['manual', 'RFUND_ING', 'nothing'],
    ['manual', 'REFUND', 'nothing'],
  ] as const)('%s, and WeChat says %s: it teaches %s but the status', ([outcome, status, learned]) => {
    const before: State = { ...OUTCOMES[outcome], outcome }
    expect(afterQuery(before, found(status, '余额不足'))).toStrictEqual({
      ...before,
      status,
      ...LEARNED[learned],
      ...((learned === 'sent' || learned === 'refused') && { raw_result: `<xml>${status}</xml>` }),
    })
  })

  test('a packet that failed for no reason given has one all the same', () => {
    expect(afterQuery(UNANSWERED, found('FAILED'))).toStrictEqual({
      ...UNANSWERED,
      status: 'FAILED',
      outcome: 'refused',
      err_code: 'SEND_FAILED',
      err_code_des: '红包发放失败',
      raw_result: '<xml>FAILED</xml>',
    })
  })

  test.for(['SENDING', 'SENT', 'FAILED', 'RECEIVED', 'RFUND_ING', 'REFUND'] as const)(
    'an order conflict, and WeChat says %s: whose packet that is stays unknown',
    (status) => {
      expect(afterQuery(IN_CONFLICT, found(status))).toStrictEqual({ ...IN_CONFLICT, status, outcome: 'unknown' })
    },
  )

  test.for([
    ['pending', 'absent'],
    ['unknown', 'absent'],
    ['sent', 'absent'],
    ['refused', 'absent'],
    ['manual', 'absent'],
    ['pending', 'unclear'],
    ['unknown', 'unclear'],
    ['sent', 'unclear'],
    ['refused', 'unclear'],
    ['manual', 'unclear'],
  ] as const)('%s, and the query is %s: nothing changes', ([outcome, means]) => {
    const before: State = { ...OUTCOMES[outcome], outcome }
    expect(afterQuery(before, { means })).toStrictEqual(before)
  })
})

describe('a scheduled look at an open record', () => {
  /** The last call under the number that may have debited was over then; others, which may not have, came later. */
  const QUIET_MS = NOW_MS - 60_000
  const open = (state: State) => ({ ...ORDER, ...state, lease_until_ms: 0, no_call_after_ms: QUIET_MS + 700_000 })
  const PENDING = { ...open({ ...CLAIMED, looks: 3 }), no_call_after_ms: QUIET_MS }
  const UNKNOWN = open({ ...TOLD_SYSTEMERROR, maybe_debited_ms: QUIET_MS, looks: 3 })
  const SEEN = open({ ...UNKNOWN, status: 'SENDING' })
  /** Told the same code of no list three times: the next call comes a day after the last, QUIET_MS + 700 s. */
  const BANNED = open({ ...UNKNOWN, err_code: 'V2_ACCOUNT_SIMPLE_BAN', same_refusals: 3 })
  const DAILY_MS = QUIET_MS + 700_000 + 86_400_000
  const CONFLICT = open({ ...IN_CONFLICT, maybe_debited_ms: QUIET_MS, looks: 3 })
  /** 20 minutes that WeChat gives an order, and 5 s between two clocks. */
  const PROVEN_MS = QUIET_MS + 1_205_000
  const DAY_29_MS = (CREATED_S + 29 * 86_400) * 1000
  const absent: QueryReply = { means: 'absent' }
  const unclear: QueryReply = { means: 'unclear' }
  const stuck = found('SENDING', '余额不足')
  /** What was planned is over. */
  const again = { outcome: 'unknown', looks: 4, due_at: undefined } as const
  const sending = { ...again, status: 'SENDING' } as const
  const sure = { maybe_debited_ms: undefined } as const

  test.for([
    ['no answer: looked at again later', UNKNOWN, unclear, PROVEN_MS, again, false],
    ['a pending record without an answer becomes unknown', PENDING, unclear, PROVEN_MS, again, false],
    ['SENDING without a reason: looked at again later', UNKNOWN, found('SENDING'), PROVEN_MS, sending, false],
    ['SENDING with a reason, 1 ms before 20 min 5 s', UNKNOWN, stuck, PROVEN_MS - 1, sending, false],
    ['SENDING with a reason, 20 min 5 s after: sent again', UNKNOWN, stuck, PROVEN_MS, { ...sending, ...sure }, true],
    ['SENDING with a reason as before', SEEN, stuck, PROVEN_MS, { ...sending, ...sure }, true],
    ['SENDING with a reason, on day 29', UNKNOWN, stuck, DAY_29_MS, sending, false],
    ['not known yet, 20 min 5 s less 1 ms after the last call', UNKNOWN, absent, PROVEN_MS - 1, again, false],
    ['not known 20 min 5 s after: sent again', UNKNOWN, absent, PROVEN_MS, { ...again, ...sure }, true],
    ['a pending one, not known yet', PENDING, absent, PROVEN_MS - 1, again, false],
    ['a pending one, not known after', PENDING, absent, PROVEN_MS, again, true],
    [
      'refused twice in the same way, not known after: sent again',
      { ...BANNED, same_refusals: 2 },
      absent,
      PROVEN_MS,
      { ...again, ...sure },
      true,
    ],
    ['refused three times in the same way, not known yet', BANNED, absent, PROVEN_MS - 1, again, false],
    [
      'refused three times in the same way, not known after: not paid, sent tomorrow',
      BANNED,
      absent,
      PROVEN_MS,
      { ...again, ...sure },
      false,
    ],
    ['the same, 1 ms before a day is over', { ...BANNED, ...sure }, absent, DAILY_MS - 1, again, false],
    ['the same, a day after the last call: sent again', { ...BANNED, ...sure }, absent, DAILY_MS, again, true],
    ['the same, no answer', BANNED, unclear, DAILY_MS, again, false],
    [
      'refused three times in the same way, SENDING with a reason: sent tomorrow',
      BANNED,
      stuck,
      PROVEN_MS,
      { ...sending, ...sure },
      false,
    ],
    ['not known, but WeChat has shown it once', SEEN, absent, PROVEN_MS, sending, false],
    ['not known, 1 ms before day 29', UNKNOWN, absent, DAY_29_MS - 1, { ...again, ...sure }, true],
    ['not known on day 29: nobody calls any more', UNKNOWN, absent, DAY_29_MS, again, false],
    [
      'a conflict, found: only its echo can tell',
      CONFLICT,
      found('SENT'),
      PROVEN_MS,
      { ...again, status: 'SENT' },
      true,
    ],
    ['a conflict, found at once', CONFLICT, found('SENT'), PROVEN_MS - 1, { ...again, status: 'SENT' }, true],
    ['a conflict, found on day 29', CONFLICT, found('SENT'), DAY_29_MS, { ...again, status: 'SENT' }, false],
    ['a conflict, no answer', CONFLICT, unclear, PROVEN_MS, again, false],
    ['a conflict, not known yet', CONFLICT, absent, PROVEN_MS - 1, again, false],
    ['a conflict, not known after: the doubt stays', CONFLICT, absent, PROVEN_MS, again, true],
    ['a conflict, SENDING with a reason: the doubt stays', CONFLICT, stuck, PROVEN_MS, sending, true],
  ] as const)('%s', ([, before, reply, asked_ms, changes, send_again]) => {
    expect(afterLook(before, reply, asked_ms, false)).toStrictEqual({ state: { ...before, ...changes }, send_again })
  })

  test.for([
    ['not known', UNKNOWN, absent, again],
    ['SENDING with a reason', UNKNOWN, stuck, sending],
    ['a conflict, found', CONFLICT, found('SENT'), { ...again, status: 'SENT' }],
  ] as const)('%s, and older than a restore of the table: never sent again', ([, before, reply, changes]) => {
    expect(afterLook(before, reply, PROVEN_MS, true)).toStrictEqual({
      state: { ...before, ...changes },
      send_again: false,
    })
  })

  test.for(['SENT', 'FAILED'] as const)('%s: the outcome is final, and the look is not counted', (status) => {
    for (const is_held of [false, true]) {
      expect(afterLook(UNKNOWN, found(status), PROVEN_MS, is_held)).toStrictEqual({
        state: afterQuery(UNKNOWN, found(status)),
        send_again: false,
      })
    }
  })

  test.for([
    ['SENDING with a reason', stuck, true],
    ['SENDING without one', found('SENDING'), false],
    ['SENT with a reason', found('SENT', '余额不足'), false],
    ['not known', absent, false],
  ] as const)('%s: WeChat keeps an order that it has refused: %s', ([, reply, is_stuck]) => {
    expect(isStuck(reply)).toBe(is_stuck)
  })

  test('the last one leaves the record to people', () => {
    expect(afterLastLook(UNKNOWN)).toStrictEqual({ ...UNKNOWN, outcome: 'manual' })
  })
})

describe('a look at a final record', () => {
  const UNSAFE: State = { ...REFUSED, unsafe_refusal: true, looks: 0 }

  test.for([
    ['followed, and received', SENT, found('RECEIVED'), { status: 'RECEIVED', looks: 1 }],
    ['followed, no answer', SENT, { means: 'unclear' }, { looks: 1 }],
    ['an unsafe refusal, no answer: asked about again', UNSAFE, { means: 'unclear' }, { looks: 1 }],
    [
      'an unsafe refusal that WeChat does not know',
      UNSAFE,
      { means: 'absent' },
      { looks: 1, unsafe_refusal: undefined },
    ],
    [
      'an unsafe refusal that WeChat keeps',
      UNSAFE,
      found('SENDING', '余额不足'),
      { status: 'SENDING', looks: 1, unsafe_refusal: undefined },
    ],
    [
      'an unsafe refusal that WeChat has paid',
      UNSAFE,
      found('SENT'),
      { status: 'SENT', looks: 1, unsafe_refusal: undefined },
    ],
  ] as const)('%s', ([, before, reply, changes]) => {
    const record: State = { ...before, looks: 0 }
    expect(afterStatusLook(record, reply)).toStrictEqual({ ...record, ...changes })
  })
})
