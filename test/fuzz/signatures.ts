// Signatures by RFC 9421, right ones and each way of being wrong, written from the description alone.
import { createHash, createHmac } from 'node:crypto'
import type { Caller } from '../support/callers.ts'
import type { Draft } from './requests.ts'

/** All but the first two must be answered with 415. */
export const SIGNATURES = [
  'right',
  'reordered',
  'absent',
  'no digest',
  'other digest',
  'other secret',
  'other keyid',
  'old',
  'early',
  'other method',
  'other path',
  'other query',
  'fewer components',
  'more components',
  'other algorithm',
  'other label',
  'twice',
  'wild input',
  'wild signature',
  'wild keyid',
] as const
export type SignatureKind = (typeof SIGNATURES)[number]

/** Further than the 300 s that are allowed. */
const FAR_S = 400

/** Whether a draft's signature is one that the service must accept. */
export function isRight({ signature, body, method }: Pick<Draft, 'signature' | 'body' | 'method'>): boolean {
  // Without a body to cover there is no digest that could be wrong.
  if (method === 'GET' && (signature === 'no digest' || signature === 'other digest')) return true
  return signature === 'right' || signature === 'reordered' || (signature === 'other digest' && body === undefined)
}

/** The headers that sign a draft, in the order of sending. */
export function signatureHeaders(draft: Draft, { keyid, secret }: Caller, now_s: number): [string, string][] {
  const { method, path, query, body, idempotency_key, signature, text } = draft
  const is = (...kinds: SignatureKind[]) => kinds.includes(signature)
  if (is('absent')) return []
  const bytes = body?.bytes ?? Buffer.alloc(0)
  const digest = digestOf(is('other digest') ? Buffer.concat([bytes, Buffer.from(' ')]) : bytes)
  const digested = method !== 'GET'
  const values: Record<string, string> = {
    '@method': is('other method') ? (method === 'PUT' ? 'POST' : 'PUT') : method,
    '@path': is('other path') ? `${path}x` : path,
    '@query': `?${query}${is('other query') ? 'x' : ''}`,
    ...(digested ? { 'content-digest': digest } : {}),
    ...(idempotency_key === undefined ? {} : { 'idempotency-key': idempotency_key.trim() }),
    ...(is('more components') ? { host: 'localhost' } : {}),
  }
  const covered = Object.keys(values).slice(is('fewer components') ? 1 : 0)
  const params = `(${covered.map((name) => `"${name}"`).join(' ')})${parameters(draft, is('wild keyid') ? text : keyid, now_s)}`
  const base = [...covered.map((name) => `"${name}": ${values[name]}`), `"@signature-params": ${params}`].join('\n')
  const key = is('other secret') ? Buffer.alloc(32) : Buffer.from(secret, 'base64')
  const mac = createHmac('sha256', key).update(base, 'latin1').digest('base64')
  const label = is('other label') ? 'sig1' : 'redpack'
  const input: [string, string] = ['signature-input', is('wild input') ? text : `${label}=${params}`]
  const headers: [string, string][] = [input, ['signature', is('wild signature') ? text : `${label}=:${mac}:`]]
  if (digested && !is('no digest')) headers.push(['content-digest', digest])
  return is('twice') ? [...headers, input] : headers
}

function parameters({ signature, skew_s }: Draft, keyid: string, now_s: number): string {
  const far = signature === 'old' ? -FAR_S : signature === 'early' ? FAR_S : 0
  const created = `;created=${now_s + skew_s + (far === 0 ? 0 : far - skew_s)}`
  const who = `;keyid="${signature === 'other keyid' ? `${keyid}x` : keyid}"`
  const alg = `;alg="${signature === 'other algorithm' ? 'hmac-sha512' : 'hmac-sha256'}"`
  return signature === 'reordered' ? `${alg}${who}${created}` : `${created}${who}${alg}`
}

function digestOf(bytes: Buffer): string {
  return `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`
}
