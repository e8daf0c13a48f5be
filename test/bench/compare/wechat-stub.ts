// WeChat Pay for a measured send: it wants a client certificate, and says at once that it has paid.
import { buildXml, parseXml } from '../../../lib/wechatpay/xml.ts'
import type { KeyPair } from '../../../simulator/src/certificates.ts'
import { serve, setupOf } from '../stub.ts'

/** `after_ms`: how long an answer takes. */
export type WechatSetup = { tls: KeyPair; ca: string; after_ms?: number }

const { tls, ca, after_ms = 0 } = await setupOf<WechatSetup>()
const PAID = {
  return_code: 'SUCCESS',
  return_msg: '发放成功',
  result_code: 'SUCCESS',
  err_code: 'SUCCESS',
  err_code_des: '发放成功',
}

await serve({ ...tls, ca, requestCert: true, rejectUnauthorized: true }, ({ url = '' }, body) => {
  // The peers write numbers and plain texts without CDATA, which is XML too.
  const { mch_billno, mch_id, wxappid, re_openid, total_amount } = parseXml(body) as Record<string, string>
  const order = { mch_billno, mch_id, wxappid, re_openid, total_amount, send_listid: '1000041701201609263000000000' }
  return { as: url.split('/').at(-1) ?? '', after_ms, body: buildXml({ ...PAID, ...order }) }
})
