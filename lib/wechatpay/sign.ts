// WeChat Pay API v2 signatures: MD5 only, since the red packet endpoints define no sign_type.
import { hash, randomUUID } from 'node:crypto'

/** A flat set of WeChat parameters: integers are sent in decimal, `undefined` and '' are not sent at all. */
export type Fields = Readonly<Record<string, string | number | undefined>>

/**
 * Signs `fields` with the merchant's API v2 key, by WeChat's rule (pay.weixin.qq.com/wiki/doc/api/tools/mch_pay.php?chapter=4_3):
 * every non-empty parameter but `sign`, sorted by name as bytes, joined as raw text, `&key=` last, MD5, upper case.
 */
export function sign(fields: Fields, api_key: string): string {
  const text = Object.keys(fields)
    .filter((name) => name !== 'sign' && fields[name] !== undefined && fields[name] !== '')
    .sort()
    .map((name) => `${name}=${fields[name]}&`)
    .join('')
  return hash('md5', `${text}key=${api_key}`).toUpperCase()
}

/** 32 hex characters (String(32)), 122 bits of them random: Node draws the bytes of UUIDs in advance. */
export function nonceStr(): string {
  return randomUUID().replaceAll('-', '')
}
