// What WeChat's replies do to the money: every meaning × what was before, every status × every outcome.
import { describe, expect, test } from 'vitest'
import type { Outcome, State, Status } from '../../../lib/redpack/record.ts'
import {
  AFTER_SEND,
  afterLook,
  afterNoCall,
  afterQuery,
  afterSend,
  lapsed,
  type QueryReply,
  type SendMeaning,
  type SendReply,
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
  'a call before never arrived': { ...TOLD_SYSTEMERROR, maybe_debited: false },
} as const satisfies Record<string, State>

const REPLIES = {
  paid: { means: 'paid', send_listid: '1000041701201511', raw: '<xml>SUCCESS</xml>' },
  declined: { means: 'declined', err_code: 'NOTENOUGH', err_code_des: '帐号余额不足', raw: '<xml>NOTENOUGH</xml>' },
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
  // Then: the outcome; whether a call may have debited; whether the order may not be ours; whose words stand; the reservation.
  test.for([
    ['nobody has called before', 'paid', 'sent', false, undefined, 'these words', 'reserved'],
    ['nobody has called before', 'declined', 'refused', false, undefined, 'these words', 'reserved'],
    ['nobody has called before', 'credentials_stale', 'refused', false, undefined, 'these words', 'reserved'],
    ['nobody has called before', 'order_conflict', 'unknown', true, true, 'these words', 'reserved'],
    ['nobody has called before', 'unclear', 'unknown', true, undefined, 'these words', 'reserved'],
    ['nobody has called before', 'no_result', 'unknown', true, undefined, 'these words', 'reserved'],
    ['nobody has called before', 'over_limit', 'refused', false, undefined, 'these words', 'never reserved'],

    ['a call before had no answer', 'paid', 'sent', true, undefined, 'these words', 'reserved'],
    ['a call before had no answer', 'declined', 'unknown', true, undefined, 'these words', 'reserved'],
    ['a call before had no answer', 'credentials_stale', 'unknown', true, undefined, 'these words', 'reserved'],
    ['a call before had no answer', 'order_conflict', 'unknown', true, true, 'these words', 'reserved'],
    ['a call before had no answer', 'unclear', 'unknown', true, undefined, 'these words', 'reserved'],
    ['a call before had no answer', 'no_result', 'unknown', true, undefined, 'these words', 'reserved'],
    ['a call before had no answer', 'over_limit', 'unknown', true, undefined, 'these words', 'reserved'],

    ['a call before was told SYSTEMERROR', 'paid', 'sent', true, undefined, 'these words', 'reserved'],
    ['a call before was told SYSTEMERROR', 'declined', 'unknown', true, undefined, 'these words', 'reserved'],
    ['a call before was told SYSTEMERROR', 'credentials_stale', 'unknown', true, undefined, 'these words', 'reserved'],
    ['a call before was told SYSTEMERROR', 'order_conflict', 'unknown', true, true, 'these words', 'reserved'],
    ['a call before was told SYSTEMERROR', 'unclear', 'unknown', true, undefined, 'these words', 'reserved'],
    ['a call before was told SYSTEMERROR', 'no_result', 'unknown', true, undefined, 'these words', 'reserved'],
    ['a call before was told SYSTEMERROR', 'over_limit', 'unknown', true, undefined, 'the words before', 'reserved'],

    ['a lease ran out before', 'paid', 'sent', true, undefined, 'these words', 'reserved'],
    ['a lease ran out before', 'declined', 'unknown', true, undefined, 'these words', 'reserved'],
    ['a lease ran out before', 'credentials_stale', 'unknown', true, undefined, 'these words', 'reserved'],
    ['a lease ran out before', 'order_conflict', 'unknown', true, true, 'these words', 'reserved'],
    ['a lease ran out before', 'unclear', 'unknown', true, undefined, 'these words', 'reserved'],
    ['a lease ran out before', 'no_result', 'unknown', true, undefined, 'these words', 'reserved'],
    ['a lease ran out before', 'over_limit', 'unknown', true, undefined, 'these words', 'reserved'],

    ['a call before met an order conflict', 'paid', 'sent', true, true, 'these words', 'reserved'],
    ['a call before met an order conflict', 'declined', 'unknown', true, true, 'these words', 'reserved'],
    ['a call before met an order conflict', 'credentials_stale', 'unknown', true, true, 'these words', 'reserved'],
    ['a call before met an order conflict', 'order_conflict', 'unknown', true, true, 'these words', 'reserved'],
    ['a call before met an order conflict', 'unclear', 'unknown', true, true, 'these words', 'reserved'],
    ['a call before met an order conflict', 'no_result', 'unknown', true, true, 'these words', 'reserved'],
    ['a call before met an order conflict', 'over_limit', 'unknown', true, true, 'the words before', 'reserved'],

    ['a call before never arrived', 'paid', 'sent', false, undefined, 'these words', 'reserved'],
    ['a call before never arrived', 'declined', 'refused', false, undefined, 'these words', 'reserved'],
    ['a call before never arrived', 'credentials_stale', 'refused', false, undefined, 'these words', 'reserved'],
    ['a call before never arrived', 'order_conflict', 'unknown', true, true, 'these words', 'reserved'],
    ['a call before never arrived', 'unclear', 'unknown', true, undefined, 'these words', 'reserved'],
    ['a call before never arrived', 'no_result', 'unknown', true, undefined, 'these words', 'reserved'],
    ['a call before never arrived', 'over_limit', 'refused', false, undefined, 'these words', 'never reserved'],
  ] as const)('%s, then %s: %s', ([what, means, outcome, maybe_debited, order_conflict, words, limit]) => {
    const before: State = BEFORE[what]
    const { send_listid, err_code, err_code_des, raw }: SendReply = REPLIES[means]
    expect(afterSend(before, REPLIES[means])).toStrictEqual({
      ...before,
      outcome,
      maybe_debited,
      order_conflict,
      limit_day: limit === 'reserved' ? '2026-11-23' : undefined,
      ...(words === 'these words' && { send_listid, err_code, err_code_des, raw_result: raw }),
    })
  })

  test.for([
    ['paid', 'stop'],
    ['declined', 'stop'],
    ['credentials_stale', 'renew_credentials'],
    ['order_conflict', 'stop'],
    ['unclear', 'stop'],
    ['no_result', 'call_again'],
    ['over_limit', 'stop'],
  ] as const)('after %s the sender does this next: %s', ([means, next]) => {
    expect(AFTER_SEND[means].next).toBe(next)
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
  const QUIET_MS = NOW_MS - 60_000
  const open = (state: State) => ({ ...ORDER, ...state, lease_until_ms: 0, no_call_after_ms: QUIET_MS })
  const PENDING = open({ ...CLAIMED, looks: 3 })
  const UNKNOWN = open({ ...TOLD_SYSTEMERROR, looks: 3 })
  const SEEN = open({ ...TOLD_SYSTEMERROR, status: 'SENDING', looks: 3 })
  const CONFLICT = open({ ...IN_CONFLICT, looks: 3 })
  /** 20 minutes that WeChat gives an order, and 5 s between two clocks. */
  const PROVEN_MS = QUIET_MS + 1_205_000
  const DAY_29_MS = (CREATED_S + 29 * 86_400) * 1000
  const absent: QueryReply = { means: 'absent' }
  const unclear: QueryReply = { means: 'unclear' }
  const again = { outcome: 'unknown', looks: 4 } as const

  test.for([
    ['no answer: looked at again later', UNKNOWN, unclear, PROVEN_MS, again, false],
    ['a pending record without an answer becomes unknown', PENDING, unclear, PROVEN_MS, again, false],
    ['SENDING: looked at again later', UNKNOWN, found('SENDING'), PROVEN_MS, { ...again, status: 'SENDING' }, false],
    ['not known yet, 20 min 5 s less 1 ms after the last call', UNKNOWN, absent, PROVEN_MS - 1, again, false],
    ['not known 20 min 5 s after', UNKNOWN, absent, PROVEN_MS, { ...again, maybe_debited: false }, true],
    ['a pending one, not known after', PENDING, absent, PROVEN_MS, again, true],
    ['not known, but WeChat has shown it once', SEEN, absent, PROVEN_MS, again, false],
    ['not known, 1 ms before day 29', UNKNOWN, absent, DAY_29_MS - 1, { ...again, maybe_debited: false }, true],
    ['not known on day 29: nobody calls any more', UNKNOWN, absent, DAY_29_MS, again, false],
    ['a conflict, found: only its echo can tell', CONFLICT, found('SENT'), NOW_MS, { ...again, status: 'SENT' }, true],
    ['a conflict, found on day 29', CONFLICT, found('SENT'), DAY_29_MS, { ...again, status: 'SENT' }, false],
    ['a conflict, no answer', CONFLICT, unclear, NOW_MS, again, false],
    ['a conflict, not known yet', CONFLICT, absent, PROVEN_MS - 1, again, false],
    ['a conflict, not known after', CONFLICT, absent, PROVEN_MS, { ...again, maybe_debited: false }, true],
  ] as const)('%s', ([, before, reply, asked_ms, changes, send_again]) => {
    expect(afterLook(before, reply, asked_ms)).toStrictEqual({ state: { ...before, ...changes }, send_again })
  })

  test.for(['SENT', 'FAILED'] as const)('%s: the outcome is final, and the look is not counted', (status) => {
    expect(afterLook(UNKNOWN, found(status), NOW_MS)).toStrictEqual({
      state: afterQuery(UNKNOWN, found(status)),
      send_again: false,
    })
  })
})
