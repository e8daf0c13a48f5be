// The one profile of HTTP message signatures (RFC 9421, with RFC 9530 Content-Digest) that a caller proves itself with.
import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto'

/** A signature is fresh within this many seconds of the gateway's clock, both ways. */
const FRESH_S = 300

/** What is signed: `headers` with lower-case names, two headers of one name joined by a comma, as API Gateway gives them. */
export type SignedRequest = {
  readonly method: string
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
  /** When the gateway received it, Unix ms. */
  readonly received_ms: number
}

/** A signature as it was claimed; nothing of it is proved yet. */
export type Claimed = { readonly keyid: string; readonly base: string; readonly signature: Buffer }

const COMPONENTS = '"@method" "@path" "@query"'
/** One member of the dictionary, named redpack (RFC 9421 §4.1); a second one, or a second header, does not match. */
const INPUT = /^redpack=(\(([^()]*)\)((?:;[a-z]+=(?:\d{1,12}|"[\x20\x21\x23-\x5b\x5d-\x7e]{1,128}"))+))$/
const SIGNATURE = /^redpack=:([A-Za-z0-9+/]{43}=):$/
const DIGEST = /^sha-256=:([A-Za-z0-9+/]{43}=):$/

/**
 * Checks the signature's form, its time and the body's digest.
 * @returns what is claimed, or why it cannot be a signature (for the log)
 */
export function parseSignature(request: SignedRequest): Claimed | { reason: string } {
  const { headers, method } = request
  const input = INPUT.exec(headers['signature-input'] ?? '')
  const signature = SIGNATURE.exec(headers.signature ?? '')?.[1]
  if (!headers['signature-input'] && !headers.signature) return { reason: 'absent' }
  if (!input || !signature) return { reason: 'malformed' }
  const [, params = '', components = '', pairs = ''] = input
  const named = parameters(pairs)
  if (named?.alg !== 'hmac-sha256') return { reason: 'malformed parameters' }
  const fields = coveredFields(components, method, headers)
  if (!fields) return { reason: 'other components than the profile' }
  const created_s = Number(named.created)
  if (!(Math.abs(request.received_ms / 1000 - created_s) <= FRESH_S)) return { reason: 'stale or future' }
  if (hasBody(method) && !digestMatches(request)) return { reason: 'body does not match content-digest' }
  return {
    keyid: named.keyid,
    base: signatureBase(request, fields, params),
    signature: Buffer.from(signature, 'base64'),
  }
}

/** True if one of the caller's secrets made the claim's signature; compared in constant time. */
export function isMadeBy({ base, signature }: Claimed, secrets: readonly Buffer[]): boolean {
  return secrets
    .map((secret) => timingSafeEqual(createHmac('sha256', keyOf(secret)).update(base, 'utf8').digest(), signature))
    .includes(true)
}

/** An HMAC by a KeyObject costs a sixth of one by bytes. */
const keys = new WeakMap<Buffer, KeyObject>()

function keyOf(secret: Buffer): KeyObject {
  const key = keys.get(secret) ?? createSecretKey(secret)
  keys.set(secret, key)
  return key
}

const PAIR = /;(?:(created)=(\d+)|(keyid|alg)="([^"]*)")/y

/** created (an integer), keyid and alg (strings), each once and nothing else, in any order. */
function parameters(pairs: string): { created: string; keyid: string; alg: string } | undefined {
  const found: Record<string, string> = {}
  PAIR.lastIndex = 0
  for (let pair = PAIR.exec(pairs); pair; pair = PAIR.exec(pairs)) {
    found[pair[1] ?? pair[3] ?? ''] = pair[2] ?? pair[4] ?? ''
  }
  const { created, keyid, alg } = found
  return pairs.split('=').length === 4 && created && keyid && alg ? { created, keyid, alg } : undefined
}

function hasBody(method: string): boolean {
  return method === 'POST' || method === 'PUT'
}

/** The header fields that must be covered. Without a key, as campaigns are, none is; a send without one is told so after it is verified. */
function coveredFields(components: string, method: string, headers: SignedRequest['headers']): string[] | undefined {
  if (!hasBody(method)) return components === COMPONENTS ? [] : undefined
  if (components === `${COMPONENTS} "content-digest" "idempotency-key"`) return ['content-digest', 'idempotency-key']
  const keyless = headers['idempotency-key'] === undefined && components === `${COMPONENTS} "content-digest"`
  return keyless ? ['content-digest'] : undefined
}

function digestMatches({ headers, body }: SignedRequest): boolean {
  const claimed = DIGEST.exec(headers['content-digest'] ?? '')?.[1]
  return claimed !== undefined && timingSafeEqual(hash('sha256', body, 'buffer'), Buffer.from(claimed, 'base64'))
}

/** RFC 9421 §2.5. */
function signatureBase({ method, path, query, headers }: SignedRequest, fields: string[], params: string): string {
  return [
    `"@method": ${method}`,
    `"@path": ${path}`,
    `"@query": ?${query}`,
    ...fields.map((name) => `"${name}": ${headers[name]?.trim() ?? ''}`),
    `"@signature-params": ${params}`,
  ].join('\n')
}
