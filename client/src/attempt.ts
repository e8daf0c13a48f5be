// One request and what its answer means: an answer, or a failure that says whether to try again and whether money may have moved.
// A failure is a value here; exchange.ts makes the last one an error.
import type { Problem } from './errors.ts'
import type { Settings } from './settings.ts'
import { signRequest } from './sign.ts'

/** `path` begins with a slash and holds the query; a body makes it a send. */
export type Call = { path: string; body?: string; idempotency_key?: string }

export type Answer = { status: number; data: object }

export type Failure = {
  /** `http`: the service, or something before it, answered no. */
  kind: 'http' | 'network' | 'timeout'
  status?: number
  problem?: Problem | undefined
  why: string
  cause?: unknown
  /** The same request again is safe and may end otherwise. */
  again: boolean
  /** This request may have moved money, or may still. */
  doubt: boolean
  retry_after_ms?: number | undefined
}

/** A page of 1000 records is well below this, and Lambda answers with 6 MB at most. */
const BODY_MAX = 8 * 1024 * 1024

/** Signs and sends one request; the signature's time is now, so each try is signed anew. */
export async function attempt(settings: Settings, call: Call): Promise<Answer | Failure> {
  const { timeout_ms, fetch } = settings
  const { url, ...init } = prepare(settings, call)
  const clock = new AbortController()
  const timer = setTimeout(() => clock.abort(), timeout_ms)
  try {
    // A redirect is refused: the signature is for this path, and a send must not turn into a GET elsewhere.
    const response = await fetch(url, { ...init, redirect: 'error', signal: clock.signal })
    const text = await readBody(response.body)
    return judge(response.status, text, response.headers.get('retry-after'))
  } catch (cause) {
    const late = clock.signal.aborted
    const why = late ? `no answer within ${timeout_ms} ms` : reason(cause)
    return { kind: late ? 'timeout' : 'network', why, cause, again: true, doubt: true }
  } finally {
    clearTimeout(timer)
  }
}

function prepare({ endpoint, keyid, secret }: Settings, { path, body, idempotency_key }: Call) {
  const url = `${endpoint}${path}`
  const signed = { url, keyid, secret, created: Math.floor(Date.now() / 1000) }
  const accept = { accept: 'application/json, application/problem+json' }
  if (body === undefined || idempotency_key === undefined) {
    return { url, method: 'GET', headers: { ...accept, ...signRequest({ ...signed, method: 'GET' }) } }
  }
  const headers = signRequest({ ...signed, method: 'POST', body, idempotency_key })
  return { url, method: 'POST', body, headers: { ...accept, 'content-type': 'application/json', ...headers } }
}

/** What an answer means. docs/openapi.yaml: 4xx and 503 to a send mean that this request moved no money; 409 that another is at it. */
function judge(status: number, text: string, retry_after: string | null): Answer | Failure {
  const data = parse(text)
  const ok = status >= 200 && status < 300
  if (ok && data) return { status, data }
  if (ok)
    return { kind: 'network', why: `HTTP ${status} with a body that is not a JSON object`, again: true, doubt: true }
  const problem = isProblem(data) ? data : undefined
  return {
    kind: 'http',
    status,
    problem,
    why: problem?.detail ?? problem?.title ?? `HTTP ${status}`,
    // Under the same key a send is carried on or its stored answer repeated, so even after a 500 asking again is safe.
    again: status === 409 || status >= 500,
    // A 503 that is not the service's own may be a gateway that gave up waiting while the service was at work.
    doubt: status === 409 || (status >= 500 && !(status === 503 && problem)),
    retry_after_ms: retryAfter(retry_after),
  }
}

async function readBody(body: ReadableStream<Uint8Array> | null): Promise<string> {
  if (!body) return ''
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  for (let size = 0; ; ) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks).toString('utf8')
    size += value.byteLength
    if (size > BODY_MAX) {
      await reader.cancel()
      throw new Error(`the answer is longer than ${BODY_MAX} bytes`)
    }
    chunks.push(value)
  }
}

function parse(text: string): object | undefined {
  try {
    const data: unknown = JSON.parse(text)
    return typeof data === 'object' && data !== null && !Array.isArray(data) ? data : undefined
  } catch {
    return undefined
  }
}

function isProblem(data: object | undefined): data is Problem {
  return data !== undefined && 'code' in data && typeof data.code === 'string'
}

/** Milliseconds from Retry-After, which is seconds or a date (RFC 9110 §10.2.3); undefined where it is neither. */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000
  const at_ms = Date.parse(header)
  return Number.isNaN(at_ms) ? undefined : Math.max(0, at_ms - Date.now())
}

/** fetch says only "fetch failed"; what failed is its cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? reason(error.cause) : error.message || error.name
}
