// sendredpack, sendgroupredpack and gethbinfo: the fields that go out, and what the replies mean.
import type { Merchant, Queried, Sent, WeChatFields, WeChatPay } from '../redpack/ports.ts'
import { type Order, STATUSES, type Status } from '../redpack/record.ts'
import { isListed, meaningOf, queryMeaningOf } from './codes.ts'
import { type Fields, nonceStr, sign } from './sign.ts'
import type { Reply, Transport } from './transport.ts'
import { buildXml, parseXml, type Xml, XmlError } from './xml.ts'

/** Raw replies are kept with the record up to this many characters: a page of 1,000 records has to fit Lambda's 6 MB. */
const RAW_MAX = 2_048

/** A text or a code of WeChat's is kept up to this many characters; its own are at most 128. */
const TEXT_MAX = 512
/** Where WeChat's own words stand, the best first: the last two in replies of the gateways before this interface. */
const WORDS = ['err_code_des', 'return_msg', 'retmsg', 'error_msg'] as const
/** The code of a refusal that has none: what return_code says. */
const NO_CODE = 'FAIL'

/** WeChat Pay over `transport`. What WeChat or the network does comes back as a value, never as an exception. */
export function wechatPay(transport: Transport): WeChatPay {
  return {
    async send(merchant, order, timeout_ms) {
      const { path, fields } = sendFields(merchant, order)
      return understand<Sent>(
        await post(transport, merchant, path, fields, timeout_ms),
        (why, raw) => ({ means: 'no_result', why, raw }),
        (xml, raw) => readSend(xml, raw, order),
      )
    },
    async query(merchant, order, timeout_ms) {
      const { path, fields } = queryFields(merchant, order)
      return understand<Queried>(
        await post(transport, merchant, path, fields, timeout_ms),
        (why) => ({ means: 'unclear', why }),
        (xml, raw) => readQuery(xml, raw, order),
      )
    },
  }
}

/** Exactly the fields the endpoint defines: any other, signed, is SIGN_ERROR. Fission has no client_ip and an amt_type. */
export function sendFields(merchant: Merchant, order: Order): { path: string; fields: Fields } {
  const { mch_billno, mch_id, official_account_id, send_name, re_openid, total_amount, total_num } = order
  const { wishing, act_name, remark, scene_id, risk_info } = order
  const shared = { mch_billno, mch_id, wxappid: official_account_id, send_name, re_openid, total_amount, total_num }
  const texts = { wishing, act_name, remark, scene_id, risk_info }
  return order.type === 'fission'
    ? { path: '/mmpaymkttransfers/sendgroupredpack', fields: { ...shared, amt_type: 'ALL_RAND', ...texts } }
    : { path: '/mmpaymkttransfers/sendredpack', fields: { ...shared, client_ip: merchant.client_ip, ...texts } }
}

/** Here the official account is `appid`, not `wxappid`. */
export function queryFields({ mch_id }: Merchant, order: Order): { path: string; fields: Fields } {
  const fields = { mch_billno: order.mch_billno, mch_id, appid: order.official_account_id, bill_type: 'MCHT' }
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

/** `paid` only if both codes are SUCCESS and the reply echoes what was sent: replies are not signed, so the echo is the proof. */
export function readSend(xml: Xml, raw: string, order: Order): Sent {
  const err_code = textOf(xml, 'err_code')
  const envelope = envelopeOf(xml)
  if (envelope === 'success' && !isListed(err_code ?? '')) {
    const foreign = foreignEcho(xml, order, SEND_ECHOES) ?? presentEcho(xml, order, SEND_ECHOES)
    if (foreign) return { means: 'no_result', raw, ...aboutAnother(foreign) }
    return { means: 'paid', send_listid: textOf(xml, 'send_listid') ?? '', raw }
  }
  if (err_code === undefined) return readWithoutCode(xml, raw, order)
  if (envelope !== 'failure') {
    return { means: 'no_result', raw, why: `${err_code} in no envelope`, alarm: 'malformed_reply' }
  }
  const { means } = meaningOf(err_code)
  // What WeChat says of a conflict may be about the other order.
  const foreign = presentEcho(xml, order, means === 'order_conflict' ? ORDER_ECHOES : SEND_ECHOES)
  if (foreign) return { means: 'no_result', raw, ...aboutAnother(foreign) }
  return { means, err_code, err_code_des: wordsOf(xml) ?? '', raw }
}

/** A refusal without a code proves nothing, but its words reach the person: return_code FAIL, 签名错误. */
function readWithoutCode(xml: Xml, raw: string, order: Order): Sent {
  const foreign = presentEcho(xml, order, SEND_ECHOES)
  if (foreign) return { means: 'no_result', raw, ...aboutAnother(foreign) }
  const why = 'a failure without err_code'
  const words = wordsOf(xml)
  // Without a failure around it a text like OK says nothing.
  if (words === undefined || (envelopeOf(xml) !== 'failure' && textOf(xml, 'return_code') === 'SUCCESS')) {
    return { means: 'no_result', raw, why }
  }
  return { means: 'unclear', err_code: NO_CODE, err_code_des: words, raw, why: `${why}: ${words}` }
}

/** A packet is found only if the reply is about this number, this merchant and this amount; absent, only if it is about no other. */
export function readQuery(xml: Xml, raw: string, order: Order): Queried {
  const fields = publicFields(xml)
  const envelope = envelopeOf(xml)
  if (envelope !== 'success') {
    const err_code = textOf(xml, 'err_code')
    const { means, setup } = queryMeaningOf(err_code ?? '')
    const foreign = presentEcho(xml, order, SEND_ECHOES)
    if (foreign) return { means: 'unclear', ...aboutAnother(foreign) }
    if (envelope === 'failure' && means === 'absent') return { means, fields }
    const why = `${err_code ?? 'a failure without err_code'}: ${wordsOf(xml) ?? 'no text'}`
    return { means: 'unclear', why, fields, ...(envelope && setup === 'busy' && { busy: true }) }
  }
  const foreign = foreignEcho(xml, order, QUERY_ECHOES) ?? presentEcho(xml, order, SEND_ECHOES)
  if (foreign) return { means: 'unclear', ...aboutAnother(foreign) }
  const status = textOf(xml, 'status')
  if (!isStatus(status)) return { means: 'unclear', why: `the status ${status ?? 'is missing'}`, fields }
  const reason = textOf(xml, 'reason')
  return { means: 'found', status, detail_id: textOf(xml, 'detail_id') ?? '', reason, fields, raw }
}

/**
 * WeChat's envelope: return_code speaks of the communication, result_code of the order. A failure has return_code SUCCESS and
 * result_code FAIL, or return_code FAIL, which was seen with result_code FAIL and without one.
 */
function envelopeOf(xml: Xml): 'success' | 'failure' | undefined {
  const [return_code, result_code] = [textOf(xml, 'return_code'), textOf(xml, 'result_code')]
  if (return_code === 'SUCCESS' && result_code === 'SUCCESS') return 'success'
  const isFailure =
    (return_code === 'SUCCESS' && result_code === 'FAIL') ||
    (return_code === 'FAIL' && (result_code === 'FAIL' || !('result_code' in xml)))
  return isFailure ? 'failure' : undefined
}

/** The order's fields by the names under which WeChat repeats them. */
const ORDER_ECHOES = { mch_billno: 'mch_billno', mch_id: 'mch_id' } as const
const QUERY_ECHOES = { ...ORDER_ECHOES, total_amount: 'total_amount' } as const
const SEND_ECHOES = { ...QUERY_ECHOES, re_openid: 're_openid' } as const
/** The official account, by its name in a send and in a query. */
const ACCOUNT_ECHOES = { wxappid: 'official_account_id', appid: 'official_account_id' } as const
type Echoes = Readonly<Record<string, keyof Order>>

/** @returns the first field in which the reply does not repeat the order */
function foreignEcho(xml: Xml, order: Order, echoes: Echoes): string | undefined {
  return Object.entries(echoes).find(([name, key]) => xml[name] !== String(order[key]))?.[0]
}

/** The same for a reply that need not repeat anything: what it does repeat must be ours. */
function presentEcho(xml: Xml, order: Order, echoes: Echoes): string | undefined {
  const present = Object.entries({ ...echoes, ...ACCOUNT_ECHOES }).filter(
    // What has been erased of the order can be compared with nothing.
    ([name, key]) => name in xml && xml[name] !== '' && order[key] !== '',
  )
  return foreignEcho(xml, order, Object.fromEntries(present))
}

function aboutAnother(name: string) {
  return { why: `about another ${name}`, alarm: 'foreign_reply' } as const
}

/** WeChat's answer as callers get it: as it came, without sign and nonce_str, hblist always a list. */
function publicFields(xml: Xml): WeChatFields {
  const { sign: _sign, nonce_str: _nonce_str, ...fields } = xml
  return typeof fields.hblist === 'string' ? { ...fields, hblist: [] } : fields
}

/** An empty element, or one of blanks, says as little as none. */
function textOf(xml: Xml, name: string): string | undefined {
  const value = xml[name]
  return typeof value === 'string' && value.trim() !== '' ? value.slice(0, TEXT_MAX).toWellFormed() : undefined
}

/** What WeChat says to people, from the first element that says anything. Works on the fields of a query, too. */
export function wordsOf(fields: Xml): string | undefined {
  return WORDS.map((name) => textOf(fields, name)?.trim()).find((text) => text)
}

function isStatus(text: string | undefined): text is Status {
  return STATUSES.some((status) => status === text)
}
