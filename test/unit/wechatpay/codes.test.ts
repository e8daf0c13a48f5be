// Each of WeChat's codes: what it means for the money and whom it blames. Written from WeChat's error tables, not from the source.
import { describe, expect, test } from 'vitest'
import { isListed, meaningOf, queryMeaningOf, SEND_CODES } from '../../../lib/wechatpay/codes.ts'

/** WeChat's codes with the text that WeChat gives for each. */
const PAGE = [
  ['NO_AUTH', '发放失败,此请求可能存在风险,已被微信拦截', 'declined_unsafely', 'row'],
  ['SENDNUM_LIMIT', '该用户今日领取红包个数超过限制', 'declined_unsafely', 'row'],
  ['RCVDAMOUNT_LIMIT', '该用户今日领取红包总金额超过限制', 'declined', 'row'],
  ['SENDAMOUNT_LIMIT', '商户号今日发放红包总金额超过限制', 'declined', 'merchant'],
  ['ILLEGAL_APPID', '错误传入了 app 的 appid', 'declined', 'merchant'],
  ['MONEY_LIMIT', '红包金额发放限制', 'declined', 'row'],
  ['SEND_FAILED', '红包发放失败,请更换单号再重试', 'declined', 'row'],
  ['FATAL_ERROR', '重复请求时,参数与原单不一致', 'order_conflict', 'row'],
  ['CA_ERROR', 'CA证书出错', 'credentials_stale', 'credentials'],
  ['SIGN_ERROR', '签名错误', 'credentials_stale', 'credentials'],
  ['XML_ERROR', '输入xml参数格式错误', 'declined', 'merchant'],
  ['PARAM_ERROR', '参数错误', 'declined', 'row'],
  ['FREQ_LIMIT', '超过频率限制,请稍后再试', 'too_fast', 'pace'],
  ['API_METHOD_CLOSED', '你的商户号API发放方式已关闭', 'declined', 'merchant'],
  ['NOTENOUGH', '帐号余额不足', 'declined_unsafely', 'merchant'],
  ['OPENID_ERROR', 'openid和appid不匹配', 'declined', 'row'],
  ['MSGAPPID_ERROR', '触达消息给用户appid有误', 'declined', 'merchant'],
  ['ACCEPTMODE_ERROR', '主、子商户号关系校验失败', 'declined', 'merchant'],
  ['PAYER_ACCOUNT_ABNORMAL', '商户号被处罚或冻结', 'declined', 'merchant'],
  ['SECOND_OVER_LIMITED', '每分钟发放红包个数超过限制', 'too_fast', 'pace'],
  ['DAY_OVER_LIMITED', '每天发放红包个数超过限制', 'declined', 'merchant'],
  ['SYSTEMERROR', '请求已受理,请稍后使用原单号查询发放结果', 'no_result', 'pace'],
  ['PROCESSING', '请求已受理,请稍后使用原单号查询发放结果', 'no_result', 'pace'],
] as const

describe('a code in the reply to a send', () => {
  test.for(PAGE)('%s (%s) means %s and blames the %s', ([err_code, , means, blame]) => {
    expect(meaningOf(err_code)).toStrictEqual({ means, blame })
  })

  test('the table has each of them and no other', () => {
    expect(Object.keys(SEND_CODES).sort()).toStrictEqual(PAGE.map(([err_code]) => err_code).sort())
  })

  test.for([
    ['a numeric code', '268458547'],
    ['a code of 企业付款, which red packets have not', 'V2_ACCOUNT_SIMPLE_BAN'],
    ['a code of tomorrow', 'NEW_CODE_OF_2027'],
    ['nothing', ''],
    ['small letters', 'notenough'],
    ['white space around it', ' NOTENOUGH '],
    ['a code of queries', 'NOT_FOUND'],
    ['success', 'SUCCESS'],
    ['the name of what every object has', 'toString'],
    ['the name of what makes objects', 'constructor'],
    ['the name of the prototype', '__proto__'],
    ['the name of a check', 'hasOwnProperty'],
  ] as const)('%s leaves the outcome open: "%s"', ([, err_code]) => {
    expect(meaningOf(err_code)).toStrictEqual({ means: 'unclear', blame: 'row' })
  })
})

describe('a code of the table', () => {
  test.for([
    ['SYSTEMERROR', true],
    ['NOTENOUGH', true],
    ['SUCCESS', false],
    ['268458547', false],
    ['toString', false],
    ['', false],
  ] as const)('%s: %s', ([err_code, listed]) => {
    expect(isListed(err_code)).toBe(listed)
  })
})

describe('a code in the reply to a query', () => {
  test.for([
    ['NOT_FOUND', 'absent', 'right'],
    ['SYSTEMERROR', 'unclear', 'busy'],
    ['FREQ_LIMIT', 'unclear', 'busy'],
    ['NO_AUTH', 'unclear', 'rights'],
    ['CA_ERROR', 'unclear', 'certificate'],
    ['SIGN_ERROR', 'unclear', 'api_key'],
    ['PARAM_ERROR', 'unclear', 'parameters'],
    ['XML_ERROR', 'unclear', 'other'],
    ['268458547', 'unclear', 'other'],
    ['not_found', 'unclear', 'other'],
    ['', 'unclear', 'other'],
    ['toString', 'unclear', 'other'],
    ['constructor', 'unclear', 'other'],
    ['__proto__', 'unclear', 'other'],
  ] as const)('%s says of the packet: %s, and of the set-up: %s', ([err_code, means, setup]) => {
    expect(queryMeaningOf(err_code)).toStrictEqual({ means, setup })
  })
})
