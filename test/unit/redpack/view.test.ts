// What callers are shown of a record.
import { describe, expect, test } from 'vitest'
import type { RedpackRecord, State } from '../../../lib/redpack/record.ts'
import { answer, isProcessing, slowedHint, view } from '../../../lib/redpack/view.ts'
import {
  CLAIMED,
  CREATED_S,
  IN_CONFLICT,
  ORDER,
  REFUSED,
  SENT,
  SLOWED,
  TOLD_SYSTEMERROR,
  UNANSWERED,
} from './states.ts'

const record = (state: State): RedpackRecord => ({
  ...ORDER,
  ...state,
  version: 2,
  writer: 'w',
  updated_at: CREATED_S + 90,
})

const { id, mch_billno } = ORDER
const PROCESSING_DES =
  '微信支付尚未给出结果，红包可能已经发出。请用 id 或 mch_billno 查询发送状态，不要换用新的 Idempotency-Key 重发。'
const paid = { return_code: 'SUCCESS', mch_billno, send_listid: '1000041701201511', id, outcome: 'sent' }
const processing = { err_code: 'PROCESSING', err_code_des: PROCESSING_DES, mch_billno, id, outcome: 'unknown' }
const told = ({ err_code, err_code_des }: State, outcome: string) => ({
  err_code,
  err_code_des,
  mch_billno,
  id,
  outcome,
})

describe('the answer to a send', () => {
  // 200 is a result, 202 says that there is none yet.
  test.for([
    ['sent', SENT, paid, 200],
    [
      'sent, but found by a query that gave no number',
      { ...SENT, send_listid: undefined },
      { ...paid, send_listid: '' },
      200,
    ],
    ['sent, and told SYSTEMERROR before', { ...SENT, err_code: 'SYSTEMERROR' }, paid, 200],
    ['refused', REFUSED, told(REFUSED, 'refused'), 200],
    [
      'refused without a text',
      { ...REFUSED, err_code_des: undefined },
      { ...told(REFUSED, 'refused'), err_code_des: '' },
      200,
    ],
    ['unknown, WeChat has said something', TOLD_SYSTEMERROR, told(TOLD_SYSTEMERROR, 'unknown'), 200],
    ['unknown, in order conflict', IN_CONFLICT, told(IN_CONFLICT, 'unknown'), 200],
    ['unknown, WeChat has said nothing', UNANSWERED, processing, 202],
    ['pending', CLAIMED, processing, 202],
    ['left to people, WeChat has said nothing', { ...UNANSWERED, outcome: 'manual' }, processing, 202],
    ['left to people', { ...TOLD_SYSTEMERROR, outcome: 'manual' }, told(TOLD_SYSTEMERROR, 'unknown'), 200],
  ] as const)('%s', ([, state, body, status]) => {
    expect(answer(record(state))).toStrictEqual(body)
    expect(isProcessing(record(state)) ? 202 : 200).toBe(status)
  })
})

describe('why a number is sent again so seldom', () => {
  const said = (what: string, times = 3) =>
    `微信支付连续 ${times} 次以 ${what} 答复这个单号的发送，而查询时没有这个订单。服务改为每天重发一次，到第 29 天为止；原因消除后，可用同一个 Idempotency-Key 立即重发，不要换用新的 key。`

  test.for([
    ['refused three times in the same way', SLOWED, said('V2_ACCOUNT_SIMPLE_BAN（无法给非实名用户付款）')],
    ['and once more', { ...SLOWED, same_refusals: 4 }, said('V2_ACCOUNT_SIMPLE_BAN（无法给非实名用户付款）', 4)],
    ['without a text', { ...SLOWED, err_code_des: '' }, said('V2_ACCOUNT_SIMPLE_BAN')],
    ['without a code', { ...SLOWED, err_code: 'FAIL', err_code_des: '签名错误' }, said('FAIL（签名错误）')],
    ['refused twice', { ...SLOWED, same_refusals: 2 }, undefined],
    ['sent by now', { ...SLOWED, outcome: 'sent' }, undefined],
    ['left to people', { ...SLOWED, outcome: 'manual' }, undefined],
    ['unknown for another reason', TOLD_SYSTEMERROR, undefined],
  ] as const)('%s', ([, state, hint]) => {
    expect(slowedHint(record(state))).toBe(hint)
  })
})

describe('the record', () => {
  const shown = {
    act_name: '新年红包',
    amt_type: null,
    created_at: CREATED_S,
    gateway_type: 'weixin_tenpay',
    id,
    idempotency_key: 'order-1',
    keyid: 'shop-1',
    mch_billno,
    miniapp_id: 'miniapp-1',
    official_account_id: 'wx8888888888888888',
    outcome: 'pending',
    raw_result: null,
    re_openid: 'oxTWIuGaIt6gTKsQRLau2M0yL16E',
    remark: '新年红包',
    result: null,
    risk_info: null,
    scene_id: null,
    send_name: '天虹百货',
    status: null,
    total_amount: 1,
    total_num: 1,
    type: 'normal',
    updated_at: CREATED_S + 90,
    wishing: '恭喜发财',
  }

  test('of which nothing is known yet has null for it, and nothing of our own', () => {
    expect(view(record(CLAIMED))).toStrictEqual(shown)
  })

  test('that was sent, a fission packet with all that can be given', () => {
    const given = { type: 'fission', total_num: 3, scene_id: 'PRODUCT_1', risk_info: 'k%3Dv' } as const
    expect(view({ ...record({ ...SENT, status: 'RECEIVED' }), ...given })).toStrictEqual({
      ...shown,
      ...given,
      amt_type: 'ALL_RAND',
      outcome: 'sent',
      raw_result: '<xml>SUCCESS</xml>',
      result: { mch_billno, send_listid: '1000041701201511', return_code: 'SUCCESS' },
      status: 'RECEIVED',
    })
  })

  test('that version 0.1 of the service wrote has no key and no caller', () => {
    const { idempotency_key: _, keyid: _k, ...old } = record(CLAIMED)
    expect(view(old)).toStrictEqual({ ...shown, idempotency_key: null, keyid: null })
  })

  test.for([
    [
      'sent, without a number of WeChat',
      { ...SENT, send_listid: undefined },
      { mch_billno, send_listid: '', return_code: 'SUCCESS' },
    ],
    ['refused', REFUSED, { err_code: 'NOTENOUGH', err_code_des: '帐号余额不足', mch_billno }],
    [
      'refused without a text',
      { ...REFUSED, err_code_des: undefined },
      { err_code: 'NOTENOUGH', err_code_des: '', mch_billno },
    ],
    ['unknown, WeChat has said nothing', UNANSWERED, null],
  ] as const)('%s: its result', ([, state, result]) => {
    expect(view(record(state)).result).toStrictEqual(result)
  })
})
