// What each of WeChat's err_codes says about the money: the one table, and everything that is not in it is unknown.
// Codes and texts: 发放红包接口, 错误码 (pay.weixin.qq.com/doc/v2/merchant/4011974053).

/** WeChat turned the request down before an order existed, or closed the order: no money has moved by this call. */
const REFUSALS: ReadonlySet<string> = new Set([
  'ACCEPTMODE_ERROR',
  'API_METHOD_CLOSED',
  'CA_ERROR',
  'DAY_OVER_LIMITED',
  'FREQ_LIMIT',
  'ILLEGAL_APPID',
  'MONEY_LIMIT',
  'MSGAPPID_ERROR',
  'NOTENOUGH',
  'NO_AUTH',
  'OPENID_ERROR',
  'PARAM_ERROR',
  'PAYER_ACCOUNT_ABNORMAL',
  'RCVDAMOUNT_LIMIT',
  'SECOND_OVER_LIMITED',
  'SENDAMOUNT_LIMIT',
  'SENDNUM_LIMIT',
  'SEND_FAILED',
  'SIGN_ERROR',
  'XML_ERROR',
])

/**
 * `refused` only for a code on the list. FATAL_ERROR is not on it: it says that an order exists under that number.
 * SYSTEMERROR, PROCESSING, numeric and new codes leave the outcome open, as WeChat's page says.
 */
export function outcomeOf(err_code: string): 'refused' | 'unknown' {
  return REFUSALS.has(err_code) ? 'refused' : 'unknown'
}
