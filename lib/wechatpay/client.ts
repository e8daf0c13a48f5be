// sendredpack, sendgroupredpack and gethbinfo: the fields that go out, and what the replies mean.
import type { Merchant, QueryReply, SendReply, WeChatFields, WeChatPay } from '../redpack/ports.ts'
import { type RedpackRecord, STATUSES, type Status } from '../redpack/record.ts'
import { outcomeOf } from './outcome.ts'
import { type Fields, nonceStr, sign } from './sign.ts'
import type { Reply, Transport } from './transport.ts'
import { buildXml, parseXml, type Xml, XmlError } from './xml.ts'

/** Raw replies are kept with the record up to this many characters: a page of 1,000 records has to fit Lambda's 6 MB. */
const RAW_MAX = 2_048

/** WeChat Pay over `transport`. What WeChat or the network does comes back as a value, never as an exception. */
export function wechatPay(transport: Transport): WeChatPay {
  return {
    async send(merchant, record, timeout_ms) {
      const { path, fields } = sendFields(merchant, record)
      return understand<SendReply>(
        await post(transport, merchant, path, fields, timeout_ms),
        (why, raw) => ({ outcome: 'unknown', why, ...(raw === undefined ? {} : { raw }) }),
        (xml, raw) => readSend(xml, raw, record),
      )
    },
    async query(merchant, record, timeout_ms) {
      const { path, fields } = queryFields(merchant, record)
      return understand<QueryReply>(
        await post(transport, merchant, path, fields, timeout_ms),
        (why) => ({ found: 'unanswered', why }),
        (xml, raw) => readQuery(xml, raw, record),
      )
    },
  }
}

/** Exactly the fields the endpoint defines: any other, signed, is SIGN_ERROR. Fission has no client_ip and an amt_type. */
export function sendFields(merchant: Merchant, record: RedpackRecord): { path: string; fields: Fields } {
  const { mch_billno, mch_id, official_account_id, send_name, re_openid, total_amount, total_num } = record
  const { wishing, act_name, remark, scene_id, risk_info } = record
  const shared = { mch_billno, mch_id, wxappid: official_account_id, send_name, re_openid, total_amount, total_num }
  const texts = { wishing, act_name, remark, scene_id, risk_info }
  return record.type === 'fission'
    ? { path: '/mmpaymkttransfers/sendgroupredpack', fields: { ...shared, amt_type: 'ALL_RAND', ...texts } }
    : { path: '/mmpaymkttransfers/sendredpack', fields: { ...shared, client_ip: merchant.client_ip, ...texts } }
}

/** Here the official account is `appid`, not `wxappid`. */
export function queryFields({ mch_id }: Merchant, record: RedpackRecord): { path: string; fields: Fields } {
  const fields = { mch_billno: record.mch_billno, mch_id, appid: record.official_account_id, bill_type: 'MCHT' }
  return { path: '/mmpaymkttransfers/gethbinfo', fields }
}

type Posted = { reply: Reply } | { why: string }

async function post(
  transport: Transport,
  merchant: Merchant,
  path: string,
  fields: Fields,
  timeout_ms: number,
): Promise<Posted> {
  const complete = { ...fields, nonce_str: nonceStr() }
  const body = buildXml({ ...complete, sign: sign(complete, merchant.api_key) })
  try {
    return { reply: await transport.post(merchant, path, body, timeout_ms) }
  } catch (error) {
    return { why: describe(error) }
  }
}

/** Names an error by its code or class: a message could quote what was sent. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'an error that is none'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

function understand<T>(posted: Posted, none: (why: string, raw?: string) => T, some: (xml: Xml, raw: string) => T): T {
  if ('why' in posted) return none(posted.why)
  const { status, text } = posted.reply
  const raw = text.slice(0, RAW_MAX).toWellFormed()
  if (status !== 200) return none(`HTTP ${status}`, raw)
  try {
    return some(parseXml(text), raw)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    return none(`no XML of WeChat's: ${error.message}`, raw)
  }
}

/** `sent` only where both codes are SUCCESS and the reply echoes what was sent: replies are not signed, so the echo is the proof. */
export function readSend(xml: Xml, raw: string, record: RedpackRecord): SendReply {
  const err_code = textOf(xml, 'err_code')
  if (textOf(xml, 'return_code') === 'SUCCESS' && textOf(xml, 'result_code') === 'SUCCESS') {
    const strange = strangeEcho(xml, record, ['mch_billno', 'mch_id', 're_openid', 'total_amount'])
    if (strange) return { outcome: 'unknown', raw, why: `the reply is about another ${strange}`, strange: true }
    return { outcome: 'sent', send_listid: textOf(xml, 'send_listid') ?? '', raw }
  }
  if (!err_code) return { outcome: 'unknown', raw, why: 'a failure without err_code' }
  const err_code_des = textOf(xml, 'err_code_des') ?? textOf(xml, 'return_msg') ?? ''
  const outcome = outcomeOf(err_code)
  return { outcome, err_code, err_code_des, raw, why: err_code }
}

/** A packet is found only where the reply is about this number, this merchant and this amount. */
export function readQuery(xml: Xml, raw: string, record: RedpackRecord): QueryReply {
  const fields = publicFields(xml)
  if (textOf(xml, 'return_code') !== 'SUCCESS' || textOf(xml, 'result_code') !== 'SUCCESS') {
    return { found: false, err_code: textOf(xml, 'err_code'), fields, raw }
  }
  const strange = strangeEcho(xml, record, ['mch_billno', 'mch_id', 'total_amount'])
  if (strange) return { found: 'unanswered', why: `the reply is about another ${strange}`, strange: true }
  const status = textOf(xml, 'status')
  if (!isStatus(status)) return { found: false, err_code: undefined, fields, raw }
  const reason = textOf(xml, 'reason')
  return { found: true, status, detail_id: textOf(xml, 'detail_id') ?? '', reason, fields, raw }
}

/** WeChat's answer as callers get it: as it came, without sign and nonce_str, hblist always a list. */
function publicFields(xml: Xml): WeChatFields {
  const { sign: _sign, nonce_str: _nonce_str, ...fields } = xml
  return typeof fields.hblist === 'string' ? { ...fields, hblist: [] } : fields
}

function strangeEcho(xml: Xml, record: RedpackRecord, names: readonly (keyof RedpackRecord)[]): string | undefined {
  return names.find((name) => xml[name] !== String(record[name]))
}

function textOf(xml: Xml, name: string): string | undefined {
  const value = xml[name]
  return typeof value === 'string' ? value : undefined
}

function isStatus(text: string | undefined): text is Status {
  return STATUSES.some((status) => status === text)
}
