// Each of WeChat's err_codes, once: what it means for the money, and whom it blames. Nothing else compares a code.
// Codes and texts: the table 错误码 of 发放红包接口 [pay.weixin.qq.com/doc/v2/merchant/4011974053] and of 查询红包记录 […/partner/4011983160].
import type { QueryReply, SendMeaning } from '../redpack/rules.ts'

/**
 * Whose fault a refusal is: this row's (the receiver or the parameters of one packet), the merchant's (balance, limits, rights:
 * every packet of the merchant meets it), its credentials' (certificate, key), or the pace at which packets are sent.
 */
export type Blame = 'row' | 'merchant' | 'credentials' | 'pace'
export type CodeMeaning = Exclude<SendMeaning, 'paid' | 'over_limit'>
type Row = { readonly means: CodeMeaning; readonly blame: Blame }

/**
 * What a code means in the reply to a send. `declined`: WeChat turned the request down before an order existed, or closed the
 * order, so this call moves no money. `declined_unsafely`: the same, but orders of such a refusal have been seen that stayed at
 * SENDING with a reason (余额不足、次数超限 or risk control).
 */
export const SEND_CODES = {
  ACCEPTMODE_ERROR: { means: 'declined', blame: 'merchant' },
  API_METHOD_CLOSED: { means: 'declined', blame: 'merchant' },
  CA_ERROR: { means: 'credentials_stale', blame: 'credentials' },
  DAY_OVER_LIMITED: { means: 'declined', blame: 'merchant' },
  FATAL_ERROR: { means: 'order_conflict', blame: 'row' },
  FREQ_LIMIT: { means: 'too_fast', blame: 'pace' },
  ILLEGAL_APPID: { means: 'declined', blame: 'merchant' },
  MONEY_LIMIT: { means: 'declined', blame: 'row' },
  MSGAPPID_ERROR: { means: 'declined', blame: 'merchant' },
  NOTENOUGH: { means: 'declined_unsafely', blame: 'merchant' },
  NO_AUTH: { means: 'declined_unsafely', blame: 'row' },
  OPENID_ERROR: { means: 'declined', blame: 'row' },
  PARAM_ERROR: { means: 'declined', blame: 'row' },
  PAYER_ACCOUNT_ABNORMAL: { means: 'declined', blame: 'merchant' },
  PROCESSING: { means: 'no_result', blame: 'pace' },
  RCVDAMOUNT_LIMIT: { means: 'declined', blame: 'row' },
  SECOND_OVER_LIMITED: { means: 'too_fast', blame: 'pace' },
  SENDAMOUNT_LIMIT: { means: 'declined', blame: 'merchant' },
  SENDNUM_LIMIT: { means: 'declined_unsafely', blame: 'row' },
  SEND_FAILED: { means: 'declined', blame: 'row' },
  SIGN_ERROR: { means: 'credentials_stale', blame: 'credentials' },
  SYSTEMERROR: { means: 'no_result', blame: 'pace' },
  XML_ERROR: { means: 'declined', blame: 'merchant' },
} as const satisfies Record<string, Row>

/** Numeric and new codes leave the outcome open, as WeChat's page says, and speak of this one packet. */
const UNLISTED: Row = { means: 'unclear', blame: 'row' }

/** True for a code of the table. A success that carries one contradicts itself. */
export function isListed(err_code: string): err_code is keyof typeof SEND_CODES {
  return Object.hasOwn(SEND_CODES, err_code)
}

/** @returns what a code in the reply to a send means, and whom it blames */
export function meaningOf(err_code: string): Row {
  return isListed(err_code) ? SEND_CODES[err_code] : UNLISTED
}

/** What a reply to a query says about the packet, and about the set-up of the merchant that asked. */
type QueryRow = {
  readonly means: Exclude<QueryReply['means'], 'found'>
  readonly setup: 'right' | 'certificate' | 'api_key' | 'rights' | 'parameters' | 'busy' | 'other'
}

/** A query that failed says nothing about the packet; only NOT_FOUND says that WeChat does not know the number. */
export const QUERY_CODES = {
  CA_ERROR: { means: 'unclear', setup: 'certificate' },
  FREQ_LIMIT: { means: 'unclear', setup: 'busy' },
  NOT_FOUND: { means: 'absent', setup: 'right' },
  NO_AUTH: { means: 'unclear', setup: 'rights' },
  PARAM_ERROR: { means: 'unclear', setup: 'parameters' },
  SIGN_ERROR: { means: 'unclear', setup: 'api_key' },
  SYSTEMERROR: { means: 'unclear', setup: 'busy' },
} as const satisfies Record<string, QueryRow>

const UNLISTED_QUERY: QueryRow = { means: 'unclear', setup: 'other' }

/** @returns what a code in the reply to a query means, about the packet and about the set-up */
export function queryMeaningOf(err_code: string): QueryRow {
  return Object.hasOwn(QUERY_CODES, err_code) ? QUERY_CODES[err_code as keyof typeof QUERY_CODES] : UNLISTED_QUERY
}
