// A caller written from RFC 9421 and the API description alone, so that the service is not tested against its own reading of them.
import { createHash, createHmac, randomUUID } from 'node:crypto'

export type SignOptions = {
  method?: 'GET' | 'POST' | 'PUT'
  /** Path with query. */
  target: string
  body?: string
  /** null: the header is not sent. */
  idempotency_key?: string | null
  keyid: string
  /** Base64. */
  secret: string
  /** Unix seconds. */
  created?: number
  /** What is covered, where it is not the profile's list. */
  covered?: readonly string[]
  /** The parameters behind the list, where they are not the profile's. */
  params?: string
}

const DERIVED = ['@method', '@path', '@query']

/** The headers of a signed request. */
export function signedHeaders(options: SignOptions): Record<string, string> {
  const { method = 'GET', target, body = '', keyid, secret, created = now_s() } = options
  const url = new URL(target, 'http://service')
  const key = options.idempotency_key === undefined ? randomUUID() : options.idempotency_key
  const covered = options.covered ?? [...DERIVED, ...(method === 'POST' ? ['content-digest', 'idempotency-key'] : [])]
  const values: Record<string, string> = {
    '@method': method,
    '@path': url.pathname,
    '@query': url.search || '?',
    '@authority': url.host,
    'content-digest': digestOf(body),
    'idempotency-key': key ?? '',
    'content-type': 'application/json',
  }
  const list = covered.map((name) => `"${name}"`).join(' ')
  const params = `(${list})${options.params ?? `;created=${created};keyid="${keyid}";alg="hmac-sha256"`}`
  const lines = covered.map((name) => `"${name}": ${values[name]}`)
  const base = [...lines, `"@signature-params": ${params}`].join('\n')
  const mac = createHmac('sha256', Buffer.from(secret, 'base64')).update(base).digest('base64')
  return {
    ...(method === 'GET' ? {} : { 'content-type': 'application/json', 'content-digest': digestOf(body) }),
    ...(method === 'POST' && key !== null ? { 'idempotency-key': key } : {}),
    'signature-input': `redpack=${params}`,
    signature: `redpack=:${mac}:`,
  }
}

/** Content-Digest of RFC 9530. */
export function digestOf(body: string): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
}

export function now_s(): number {
  return Math.floor(Date.now() / 1000)
}
