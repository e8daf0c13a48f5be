import { expect, test } from 'vitest'
import { outcomeOf } from '../../lib/wechatpay/outcome.ts'

// Written out from WeChat's table (protocol reference §5.1), apart from the one in the code.
const REFUSED = `NO_AUTH SENDNUM_LIMIT SENDAMOUNT_LIMIT RCVDAMOUNT_LIMIT ILLEGAL_APPID MONEY_LIMIT SEND_FAILED CA_ERROR
  SIGN_ERROR XML_ERROR PARAM_ERROR FREQ_LIMIT API_METHOD_CLOSED NOTENOUGH OPENID_ERROR MSGAPPID_ERROR ACCEPTMODE_ERROR
  PAYER_ACCOUNT_ABNORMAL SECOND_OVER_LIMITED DAY_OVER_LIMITED`.split(/\s+/)

test.for(REFUSED)('%s means that no money has moved by this call', (code) => {
  expect(outcomeOf(code)).toBe('refused')
})

test.for([
  'SYSTEMERROR',
  'PROCESSING',
  'FATAL_ERROR',
  'NOT_FOUND',
  'V2_ACCOUNT_SIMPLE_BAN',
  'SUCCESS',
  'FAIL',
  '0',
  '',
  '268458547',
  'A_NEW_CODE',
  'notenough',
  ' NOTENOUGH',
  'NOTENOUGH ',
  'constructor',
  '__proto__',
])('%j leaves the outcome open', (code) => {
  expect(outcomeOf(code)).toBe('unknown')
})
