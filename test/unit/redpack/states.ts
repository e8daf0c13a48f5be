// An order and the states that its record can be in, whole, for the tables of the rules.
import type { Fen } from '../../../lib/redpack/money.ts'
import type { Order, State } from '../../../lib/redpack/record.ts'

export const CREATED_S = 1_795_392_000
/** Not on a whole second, so that roundings show. */
export const NOW_MS = (CREATED_S + 90) * 1000 + 250
/** When a call before was over that may have debited. */
const DOUBT_MS = NOW_MS - 60_000

export const ORDER: Order = {
  id: '0123456789abcdef01234567',
  miniapp_id: 'miniapp-1',
  idempotency_key: 'order-1',
  keyid: 'shop-1',
  mch_id: '10000098',
  mch_billno: 'RP0123456789abcdef01234567',
  hash: 'the hash of these parameters',
  created_at: CREATED_S,
  type: 'normal',
  gateway_type: 'weixin_tenpay',
  official_account_id: 'wx8888888888888888',
  re_openid: 'oxTWIuGaIt6gTKsQRLau2M0yL16E',
  send_name: '天虹百货',
  total_amount: 100 as Fen,
  total_num: 1,
  wishing: '恭喜发财',
  act_name: '新年红包',
  remark: '新年红包',
  scene_id: undefined,
  risk_info: undefined,
}

/** Claimed, reserved against a daily limit, and under lease: nobody has called yet. */
export const CLAIMED: State = {
  outcome: 'pending',
  status: undefined,
  send_listid: undefined,
  err_code: undefined,
  err_code_des: undefined,
  raw_result: undefined,
  seq: undefined,
  limit_day: '2026-11-23',
  maybe_debited_ms: undefined,
  order_conflict: undefined,
  unsafe_refusal: undefined,
  same_refusals: undefined,
  lease_until_ms: NOW_MS + 34_000,
  no_call_after_ms: NOW_MS + 34_000,
  open: 'outcome',
  due_at: CREATED_S + 125,
  forget_asked_at: undefined,
  erased_at: undefined,
  looks: 0,
}

/** A call before had no answer; settle has looked twice. */
export const UNANSWERED: State = { ...CLAIMED, outcome: 'unknown', maybe_debited_ms: DOUBT_MS, seq: 7, looks: 2 }

/** WeChat has said to call again with the same number. */
export const TOLD_SYSTEMERROR: State = {
  ...UNANSWERED,
  err_code: 'SYSTEMERROR',
  err_code_des: '请求已受理,请稍后使用原单号查询发放结果',
  raw_result: '<xml>SYSTEMERROR</xml>',
}

/** WeChat has said that an order with other parameters stands under the number. */
export const IN_CONFLICT: State = {
  ...UNANSWERED,
  order_conflict: true,
  err_code: 'FATAL_ERROR',
  err_code_des: '重复请求时,参数与原单不一致',
  raw_result: '<xml>FATAL_ERROR</xml>',
}

/** The third time WeChat says a code of no list, after proof each time that nothing was paid; settle has proved it again. */
export const SLOWED: State = {
  ...UNANSWERED,
  maybe_debited_ms: undefined,
  same_refusals: 3,
  err_code: 'V2_ACCOUNT_SIMPLE_BAN',
  err_code_des: '无法给非实名用户付款',
  raw_result: '<xml>V2_ACCOUNT_SIMPLE_BAN</xml>',
  lease_until_ms: 0,
  no_call_after_ms: NOW_MS - 1_300_000,
}

export const SENT: State = {
  ...CLAIMED,
  outcome: 'sent',
  send_listid: '1000041701201511',
  raw_result: '<xml>SUCCESS</xml>',
  seq: 7,
  lease_until_ms: 0,
  no_call_after_ms: NOW_MS - 10_000,
}

export const REFUSED: State = {
  ...CLAIMED,
  outcome: 'refused',
  err_code: 'NOTENOUGH',
  err_code_des: '帐号余额不足',
  raw_result: '<xml>NOTENOUGH</xml>',
  seq: 7,
  limit_day: undefined,
  lease_until_ms: 0,
  no_call_after_ms: NOW_MS - 10_000,
}
