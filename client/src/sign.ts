// HTTP message signatures (RFC 9421) with a content digest (RFC 9530) in the one fixed form that the service accepts.
import { createHash, createHmac } from 'node:crypto'
import { checkKey } from './key.ts'
import { checkOptions } from './options.ts'

/** A request as it is about to be sent: `url` whole, `created` in Unix seconds, `secret` in base64. */
export type SignRequest = { url: string; keyid: string; secret: string; created: number } & (
  | { method: 'GET' }
  | { method: 'POST'; body: string | Uint8Array; idempotency_key: string }
  /** Of campaigns, which have no key. */
  | { method: 'POST' | 'PUT'; body: string | Uint8Array; idempotency_key?: undefined }
)

/**
 * The headers that prove a request to be the caller's. A pure function: the same request gives the same headers.
 * The path and query signed are those of `url`, as they are sent; `body` is signed by its exact bytes (a string as UTF-8).
 * @throws TypeError for an option that is not known, and for a send without a key: `undefined` would be one
 */
export function signRequest(request: SignRequest): Record<string, string> {
  checkOptions('signRequest', request)
  const { pathname, search } = new URL(request.url)
  const key = request.method === 'GET' ? undefined : request.idempotency_key
  if (key !== undefined || needsKey(request.method, pathname)) checkKey(key)
  const components: [name: string, value: string][] = [
    ['@method', request.method],
    ['@path', pathname],
    // RFC 9421 §2.2.7: the query with its question mark, which stands alone if there is no query.
    ['@query', search || '?'],
  ]
  const headers: Record<string, string> = {}
  if (request.method !== 'GET') {
    headers['content-digest'] = contentDigest(request.body)
    if (request.idempotency_key !== undefined) headers['idempotency-key'] = request.idempotency_key
    components.push(...Object.entries(headers))
  }
  const names = components.map(([name]) => `"${name}"`).join(' ')
  const params = `(${names});created=${request.created};keyid="${request.keyid}";alg="hmac-sha256"`
  headers['signature-input'] = `redpack=${params}`
  headers.signature = `redpack=:${hmac(request.secret, signatureBase(components, params))}:`
  return headers
}

/** Commands of a campaign have none: its version makes two tries one. */
function needsKey(method: SignRequest['method'], pathname: string): boolean {
  return method === 'POST' && !/\/campaigns(\/[0-9a-f]{24}\/[a-z]+)?$/.test(pathname)
}

/** The signature base of RFC 9421 §2.5: a line a component, then the parameters, without a newline at the end. */
export function signatureBase(components: readonly (readonly [name: string, value: string])[], params: string): string {
  return [...components, ['@signature-params', params] as const]
    .map(([name, value]) => `"${name}": ${value}`)
    .join('\n')
}

/** hmac-sha256 of RFC 9421 §3.3.3 over `base`; `secret` is base64. @returns base64 */
export function hmac(secret: string, base: string): string {
  return createHmac('sha256', Buffer.from(secret, 'base64')).update(base, 'utf8').digest('base64')
}

/** RFC 9530 §2, by SHA-256. */
function contentDigest(body: string | Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
}
