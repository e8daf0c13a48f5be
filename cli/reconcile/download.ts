// POST /pay/downloadfundflow: the fund bill of one day and one account, over the merchant's certificate and key.
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { request } from 'node:https'
import { rootCertificates } from 'node:tls'
import type { Merchant } from '../../lib/redpack/ports.ts'
import { buildXml, parseXml } from '../../lib/wechatpay/xml.ts'
import { FILE_MAX_BYTES, textOf, unpacked } from './text.ts'

/** Which account pays red packets is in no document: both are read. */
export const ACCOUNTS = ['Basic', 'Operation'] as const
export type Account = (typeof ACCOUNTS)[number]

/** A bill of a busy day takes its time. */
const TIMEOUT_MS = 120_000

export type Asked = {
  readonly origin: string
  /** PEM of an extra server CA. */
  readonly ca: string | undefined
  readonly merchant: Merchant
  readonly appid: string
  /** 2026-11-24. */
  readonly day: string
  readonly account: Account
}

/** `refused`: WeChat's err_code and words. */
export type Downloaded = { readonly text: string } | { readonly refused: string; readonly words: string }

/** @throws Error if none came, or what came is not what its digest says */
export async function downloadBill(asked: Asked): Promise<Downloaded> {
  const { merchant, appid, day, account } = asked
  const fields = {
    appid,
    mch_id: merchant.mch_id,
    nonce_str: randomBytes(16).toString('hex'),
    sign_type: 'HMAC-SHA256',
    bill_date: day.replaceAll('-', ''),
    account_type: account,
  }
  const { status, digest, bytes } = await post(asked, buildXml({ ...fields, sign: hmac(fields, merchant.api_key) }))
  if (status !== 200) throw new Error(`HTTP ${status}`)
  const plain = unpacked(bytes)
  const text = textOf(plain)
  if (/^\s*<xml>/.test(text)) return refusal(text)
  const told = /^SHA=([0-9a-f]{40})$/i.exec(digest)?.[1]?.toLowerCase()
  if (told !== undefined && told !== createHash('sha1').update(plain).digest('hex')) throw new Error('digest mismatch')
  return { text }
}

function refusal(text: string): Downloaded {
  const { err_code, return_msg, err_code_des } = parseXml(text)
  return { refused: String(err_code ?? 'FAIL'), words: String(err_code_des ?? return_msg ?? '') }
}

/** WeChat's rule as for MD5, keyed: this endpoint takes HMAC-SHA256 only. */
function hmac(fields: Readonly<Record<string, string>>, api_key: string): string {
  const text = Object.keys(fields)
    .sort()
    .map((name) => `${name}=${fields[name]}&`)
    .join('')
  return createHmac('sha256', api_key).update(`${text}key=${api_key}`, 'utf8').digest('hex').toUpperCase()
}

function post(
  { origin, ca, merchant }: Asked,
  body: string,
): Promise<{ status: number; digest: string; bytes: Buffer }> {
  const { cert, key } = merchant
  return new Promise((resolve, reject) => {
    const trust = ca === undefined ? {} : { ca: [...rootCertificates, ca] }
    const headers = { 'content-type': 'text/xml; charset=utf-8', 'content-length': Buffer.byteLength(body) }
    const options = {
      method: 'POST',
      agent: false,
      cert,
      key,
      headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...trust,
    }
    const outgoing = request(new URL('/pay/downloadfundflow', origin), options, (response) => {
      const chunks: Buffer[] = []
      let length = 0
      response.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length > FILE_MAX_BYTES) response.destroy(new Error('the bill is larger than 128 MB'))
        else chunks.push(chunk)
      })
      response.on('end', () => {
        const digest = String(response.headers.digest ?? '')
        resolve({ status: response.statusCode ?? 0, digest, bytes: Buffer.concat(chunks) })
      })
      response.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
