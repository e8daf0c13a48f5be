// Where the service is and who calls: from the constructor's options, and from the environment if they leave it out.
import { parseEndpoint } from './endpoint.ts'
import { checkOptions, kindOf, wrong } from './options.ts'

/** The global fetch, if the reader's own TypeScript settings know one. */
export type Fetch = typeof globalThis extends { fetch: infer F } ? F : (url: string, init: object) => Promise<unknown>

export type RedPackOptions = {
  /** The service's URL, with its stage if it has one. Else REDPACK_ENDPOINT. */
  endpoint?: string | undefined
  /** The caller's key id. Else REDPACK_KEYID. */
  keyid?: string | undefined
  /** The caller's secret, base64. Else REDPACK_SECRET. */
  secret?: string | undefined
  /** For each try: 35,000 unless told; the service itself answers within 29 s. */
  timeout_ms?: number | undefined
  /** Tries after the first: 0 to 10, 3 unless told. */
  retries?: number | undefined
  /** A send without an idempotency_key is an error, and not a warning. */
  require_key?: boolean | undefined
  /** The caller's mini app, for getSentRedPack({ idempotency_key }). Else REDPACK_MINIAPP_ID; else the service's list says it. */
  miniapp_id?: string | undefined
  /** In place of the global fetch. It must not try again by itself. */
  fetch?: Fetch | undefined
}

export type Settings = {
  /** Without a slash at the end. */
  readonly endpoint: string
  readonly keyid: string
  readonly secret: string
  readonly timeout_ms: number
  readonly retries: number
  readonly require_key: boolean
  readonly miniapp_id: string | undefined
  readonly fetch: Fetch
}

const VARIABLES = { endpoint: 'REDPACK_ENDPOINT', keyid: 'REDPACK_KEYID', secret: 'REDPACK_SECRET' } as const
const IDENTITY = ['endpoint', 'keyid', 'secret'] as const

/** @throws TypeError that names each option that is missing or wrong; never the secret itself. */
export function resolveSettings(options: RedPackOptions): Settings {
  checkOptions('new RedPack', options)
  const { timeout_ms = 35_000, retries = 3, require_key = false, fetch = globalThis.fetch } = options
  const { endpoint, keyid, secret } = identity(options)
  const miniapp_id = options.miniapp_id || process.env.REDPACK_MINIAPP_ID || undefined
  const parsed = parseEndpoint(endpoint)
  const faults = [
    'fault' in parsed && parsed.fault,
    // It stands between quotes in Signature-Input (RFC 8941 §3.3.3).
    !/^[\x20\x21\x23-\x5b\x5d-\x7e]{1,128}$/.test(keyid) &&
      'keyid must be 1 to 128 ASCII characters without quotes and backslashes',
    !isBase64(secret) && 'secret must be base64',
    !isWithin(timeout_ms, 1, 600_000) && 'timeout_ms must be an integer from 1 to 600000',
    !isWithin(retries, 0, 10) && 'retries must be an integer from 0 to 10',
    typeof require_key !== 'boolean' && 'require_key must be true or false',
    miniapp_id !== undefined && !/^[\x21-\x7e]{1,128}$/.test(miniapp_id) && 'miniapp_id must be the id of a mini app',
    typeof fetch !== 'function' && 'fetch must be a function (Node has one from 18 on)',
  ].filter((fault) => fault !== false)
  if (faults.length > 0 || 'fault' in parsed) throw wrong(faults.join('; '))
  return { endpoint: parsed.endpoint, keyid, secret, timeout_ms, retries, require_key, miniapp_id, fetch }
}

function identity(options: RedPackOptions) {
  for (const name of [...IDENTITY, 'miniapp_id'] as const) {
    const value: unknown = options[name]
    if (value !== undefined && typeof value !== 'string') throw wrong(`${name} must be a string, not ${kindOf(value)}`)
  }
  const [endpoint, keyid, secret] = IDENTITY.map((name) => options[name] || process.env[VARIABLES[name]])
  if (endpoint && keyid && secret) return { endpoint, keyid, secret }
  const missing = IDENTITY.filter((name) => !options[name] && !process.env[VARIABLES[name]])
  const ways = missing.map((name) => `${name} (or the environment variable ${VARIABLES[name]})`)
  throw new TypeError(`RedPack: missing ${ways.join(', ')}`)
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max
}
