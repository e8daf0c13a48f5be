// WeChat Pay for a measured run: it wants client certificates, and answers in 100 ms, or some merchants never.

import { buildXml, parseXml } from '../../lib/wechatpay/xml.ts'
import type { KeyPair } from '../../simulator/src/certificates.ts'
import { mchIdOf, type Scenario } from './scenario.ts'
import { serve, setupOf } from './stub.ts'

export type WechatSetup = { scenario: Scenario; tls: KeyPair; ca: string }

const ANSWER_MS = 100
const { scenario, tls, ca } = await setupOf<WechatSetup>()
const hanging = new Set(Array.from({ length: scenario.hanging ?? 0 }, (_, merchant) => mchIdOf(merchant)))
const SUCCESS = { return_code: 'SUCCESS', result_code: 'SUCCESS' }

await serve({ ...tls, ca, requestCert: true, rejectUnauthorized: true }, ({ url = '' }, body) => {
  const { mch_billno = '', mch_id = '', re_openid = '', total_amount = '' } = parseXml(body) as Record<string, string>
  const as = url.split('/').at(-1) ?? ''
  if (hanging.has(mch_id)) return { as, after_ms: 0, body: undefined }
  const order = { mch_billno, mch_id }
  if (as !== 'gethbinfo') {
    return {
      as,
      after_ms: ANSWER_MS,
      body: buildXml({ ...SUCCESS, ...order, re_openid, total_amount, send_listid: '1' }),
    }
  }
  const notFound = {
    return_code: 'SUCCESS',
    result_code: 'FAIL',
    err_code: 'NOT_FOUND',
    err_code_des: '指定单号数据不存在',
  }
  const status = scenario.kind === 'status' ? 'RECEIVED' : 'SENT'
  const found = {
    ...SUCCESS,
    ...order,
    total_amount: '100',
    status,
    detail_id: '1',
    send_type: 'API',
    hb_type: 'NORMAL',
  }
  return { as, after_ms: ANSWER_MS, body: buildXml(scenario.absent ? notFound : found) }
})
