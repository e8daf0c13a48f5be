// Which part of the set-up an answer speaks of: WeChat's codes, and its texts where a refusal has none.
import { describe, expect, test } from 'vitest'
import type { Context } from '../../../cli/context.ts'
import { diagnose } from '../../../cli/merchant/check.ts'
import { setupOf } from '../../../cli/merchant/setup.ts'
import { schemaDescriptions } from '../../../cli/parameters.ts'
import { messagesOf } from '../../../cli/words/messages.ts'

/** Texts that WeChat is known to write. */
const TEXTS = [
  ['签名错误', 'api_key'],
  ['签名失败', 'api_key'],
  ['验签失败', 'api_key'],
  ['sign error', 'api_key'],
  ['CA证书出错，请登录微信支付商户平台下载证书', 'certificate'],
  ['证书已过期', 'certificate'],
  ['IP地址非你在商户平台设置的可用IP地址', 'ip_list'],
  ['此IP地址不允许调用接口，如有需要请登录微信支付商户平台更改配置', 'ip_list'],
  ['不在白名单内', 'ip_list'],
  ['商户号该产品权限未开通', 'rights'],
  ['你的商户号API发放方式已关闭', 'rights'],
  ['商户号和wxappid不匹配', 'binding'],
  ['mchid和wxappid不匹配', 'binding'],
  ['mch_id参数长度有误', 'binding'],
  ['指定单号数据不存在', 'right'],
  ['系统繁忙,请稍后再试.', 'busy'],
  ['超过频率限制,请稍后再试', 'busy'],
  ['XML格式错误', 'other'],
  ['a description of the recipient', 'other'],
  ['', 'other'],
] as const

describe('an answer without a code, or with one of no list', () => {
  test.for(TEXTS)('"%s" speaks of: %s', ([text, setup]) => {
    expect(setupOf('', text)).toBe(setup)
    expect(setupOf('268458547', text)).toBe(setup)
  })
})

describe('a code of the list decides', () => {
  test.for([
    ['NOT_FOUND', '签名错误', 'right'],
    ['SIGN_ERROR', '证书出错', 'api_key'],
    ['CA_ERROR', '签名错误', 'certificate'],
    ['SYSTEMERROR', '指定单号数据不存在', 'busy'],
    ['NO_AUTH', '发放失败，此请求可能存在风险，已被微信拦截', 'rights'],
    ['NO_AUTH', 'IP地址非你在商户平台设置的可用IP地址', 'ip_list'],
    ['PARAM_ERROR', '参数错误:商户号和wxappid不匹配', 'binding'],
    ['PARAM_ERROR', '参数错误:client_ip字段必填', 'parameters'],
    ['PARAM_ERROR', '', 'parameters'],
  ] as const)('%s "%s": %s', ([err_code, text, setup]) => {
    expect(setupOf(err_code, text)).toBe(setup)
  })
})

describe('merchant check', () => {
  const context = { m: messagesOf('zh', schemaDescriptions()) } as Context
  const refused = (more: Record<string, string>) =>
    diagnose({ means: 'unclear', fields: { return_code: 'FAIL', ...more } }, context)
  const NONE = { certificate: null, api_key: null, ip_list: null, binding: null }

  test.for([
    ['return_msg', { return_msg: '签名错误' }, '签名错误'],
    [
      'return_msg, behind an empty err_code_des',
      { err_code: '', err_code_des: '', return_msg: '签名错误' },
      '签名错误',
    ],
    ['retmsg', { return_msg: '', retmsg: '签名错误' }, '签名错误'],
    ['error_msg', { error_msg: '签名错误' }, '签名错误'],
    ['return_msg, and a numeric code', { err_code: '268', return_msg: '签名错误' }, '268 签名错误'],
  ] as const)('names the API key by %s', ([, fields, answer]) => {
    const { finding, answer: told, exit_code } = refused(fields)
    expect({ finding, told, exit_code }).toEqual({
      finding: { ...NONE, certificate: true, api_key: false },
      told: answer,
      exit_code: 1,
    })
  })

  test.for([
    ['证书出错', { certificate: false }],
    ['IP地址非你在商户平台设置的可用IP地址', { certificate: true, ip_list: false }],
    ['商户号和wxappid不匹配', { certificate: true, binding: false }],
    ['系统繁忙', { certificate: true }],
    ['说明', {}],
  ] as const)('"%s"', ([return_msg, finding]) => {
    expect(refused({ return_msg }).finding).toEqual({ ...NONE, ...finding })
  })
})
