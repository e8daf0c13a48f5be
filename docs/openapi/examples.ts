// Example requests and answers: those of the page that defines `BaaS.RedPack` (知晓云：公众号发送红包), with this service's numbers and fields.

import type { SendParamsInput } from '../../lib/redpack/params.ts'
import type { Ports, WeChatFields } from '../../lib/redpack/ports.ts'
import type { RedpackRecord } from '../../lib/redpack/record.ts'
import { status } from '../../lib/redpack/status.ts'
import { answer, type RedpackView, type SendAnswer } from '../../lib/redpack/view.ts'

const id = '5c474dd8e2aa136e58867af3'
const mch_billno = `RP${id}`
const send_listid = '100000000020150520314766074200'

/** The page's call. */
export const SEND_NORMAL: SendParamsInput = {
  type: 'normal',
  official_account_id: 'wxcbda96de0b165486',
  send_name: 'send_name',
  re_openid: 'onqOjjmM1tad-3ROpncN-yUfa6uI',
  total_amount: 200,
  total_num: 1,
  wishing: '恭喜发财',
  act_name: '新年红包',
  remark: '新年红包',
  scene_id: 'PRODUCT_2',
  risk_info: 'posttime%3d123123412%26clientversion%3d234134%26mobile%3d122344545%26deviceid%3dIOS',
  gateway_type: 'weixin_tenpay_wap',
}

export const SEND_MINIMAL: SendParamsInput = {
  type: 'normal',
  official_account_id: 'wxcbda96de0b165486',
  send_name: '天虹百货',
  re_openid: 'onqOjjmM1tad-3ROpncN-yUfa6uI',
  total_amount: 1.88,
  total_num: 1,
  wishing: '恭喜发财',
  act_name: '新年红包',
  remark: '新年红包',
}

export const SEND_FISSION: SendParamsInput = { ...SEND_MINIMAL, type: 'fission', total_amount: 6, total_num: 3 }

export const SENT: SendAnswer = { return_code: 'SUCCESS', mch_billno, send_listid, id, outcome: 'sent' }
export const REFUSED: SendAnswer = {
  err_code: 'NOTENOUGH',
  err_code_des: '帐号余额不足，请到商户平台充值后再重试',
  mch_billno,
  id,
  outcome: 'refused',
}
/** The page's refusal: its number and its words, of which nobody can say what they mean for the money. */
export const UNKNOWN: SendAnswer = {
  err_code: '268458547',
  err_code_des: '系统繁忙，请稍后再试。',
  mch_billno,
  id,
  outcome: 'unknown',
}
export const PROCESSING: SendAnswer = answer({ id, mch_billno, outcome: 'unknown' } as RedpackRecord)

export const RECORD: RedpackView = {
  act_name: '7af1dHyHQ7fyYG7m0ucFOehVxDyxhXSO',
  amt_type: null,
  created_at: 1548176856,
  gateway_type: 'weixin_tenpay',
  id,
  idempotency_key: 'new-year-2026/onqOjjmM1tad',
  keyid: 'shop-1',
  mch_billno,
  miniapp_id: '1',
  official_account_id: '4pEqBtacy4J2w3fCqfc2cdRdxYblgRRd',
  outcome: 'sent',
  raw_result: `<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[发放成功]]></return_msg><result_code><![CDATA[SUCCESS]]></result_code><err_code><![CDATA[0]]></err_code><err_code_des><![CDATA[发放成功]]></err_code_des><mch_billno><![CDATA[${mch_billno}]]></mch_billno><mch_id>10010404</mch_id><wxappid><![CDATA[4pEqBtacy4J2w3fCqfc2cdRdxYblgRRd]]></wxappid><re_openid><![CDATA[PSSmXsnrTaurKspMjbHe1PepRecxTnl9]]></re_openid><total_amount>110</total_amount><send_listid><![CDATA[${send_listid}]]></send_listid></xml>`,
  re_openid: 'PSSmXsnrTaurKspMjbHe1PepRecxTnl9',
  remark: '1Tj58luM9A',
  result: { mch_billno, send_listid, return_code: 'SUCCESS' },
  risk_info: null,
  scene_id: null,
  send_name: '6FqAgayy90lcrJ6xXVwXyjoViyXRTqWi',
  status: null,
  total_amount: 1.1,
  total_num: 1,
  type: 'normal',
  updated_at: 1548176856,
  wishing: 'jHrmfUDqJc',
}

export const LIST = {
  meta: { limit: 20, next: null, offset: 0, previous: null, total_count: 1 },
  objects: [{ ...RECORD, pk: id }],
}

/** The page's answer. */
export const RECEIVED: WeChatFields = {
  err_code: 'SUCCESS',
  total_num: '1',
  total_amount: '100',
  mch_billno,
  err_code_des: 'OK',
  mch_id: '11475856',
  result_code: 'SUCCESS',
  send_type: 'ACTIVITY',
  return_msg: 'OK',
  detail_id: '10000417012016080830956240040',
  return_code: 'SUCCESS',
  hb_type: 'NORMAL',
  send_time: '2016-08-08 21:49:22',
  status: 'RECEIVED',
}
export const RECEIVED_BY: WeChatFields = {
  ...RECEIVED,
  send_type: 'API',
  hblist: [{ openid: 'onqOjjmM1tad-3ROpncN-yUfa6uI', amount: '100', rcv_time: '2016-08-08 21:50:01' }],
}
export const NOT_FOUND: WeChatFields = {
  return_code: 'SUCCESS',
  return_msg: '指定单号数据不存在',
  result_code: 'FAIL',
  err_code: 'NOT_FOUND',
  err_code_des: '指定单号数据不存在',
  mch_billno,
  mch_id: '11475856',
}
export const UNANSWERED: WeChatFields = (await askInVain()).body

/** A query that WeChat does not answer, with as much of a world as it takes. */
function askInVain() {
  const record = { id, mch_billno, miniapp_id: '1' } as RedpackRecord
  // The ports that a question for the status needs, and no others.
  const ports = {
    store: { get: async () => record },
    merchants: { load: async () => ({}) },
    wechat: { query: async () => ({ means: 'unclear' }) },
    report: () => {},
  }
  return status(ports as unknown as Ports, '1', { id }, () => 0)
}

export { id as RECORD_ID }
