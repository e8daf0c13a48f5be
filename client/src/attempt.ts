// One request: signed, sent, its answer read within the time that it has.
import { clock } from './clock.ts'
import type { Settings } from './settings.ts'
import { signRequest } from './sign.ts'
import { type Answer, type Failure, judge } from './verdict.ts'

/** `path` begins with a slash and holds the query; a body makes it a send. */
export type Call = { path: string; body?: string; idempotency_key?: string }

/** A page of 1000 records is well below this, and Lambda answers with 6 MB at most. */
const BODY_MAX = 8 * 1024 * 1024

/** Signs and sends one request; the signature's time is now, so each try is signed anew. */
export async function attempt(settings: Settings, call: Call): Promise<Answer | Failure> {
  const { timeout_ms, fetch } = settings
  const { url, ...init } = prepare(settings, call)
  const limit = new AbortController()
  const cancel = clock.after(timeout_ms, () => limit.abort())
  try {
    // A redirect is refused: the signature is for this path, and a send must not turn into a GET elsewhere.
    const response = await fetch(url, { ...init, redirect: 'error', signal: limit.signal })
    const text = await readBody(response.body)
    const received = { status: response.status, text, header: (name: string) => response.headers.get(name) }
    return judge(received, call.idempotency_key !== undefined)
  } catch (cause) {
    const late = limit.signal.aborted
    const why = late ? `no answer within ${timeout_ms} ms` : reason(cause)
    return { kind: late ? 'timeout' : 'network', why, cause, again: true, doubt: true }
  } finally {
    cancel()
  }
}

function prepare({ endpoint, keyid, secret }: Settings, { path, body, idempotency_key }: Call) {
  const url = `${endpoint}${path}`
  const signed = { url, keyid, secret, created: Math.floor(clock.now_ms() / 1000) }
  const accept = { accept: 'application/json, application/problem+json' }
  if (body === undefined || idempotency_key === undefined) {
    return { url, method: 'GET', headers: { ...accept, ...signRequest({ ...signed, method: 'GET' }) } }
  }
  const headers = signRequest({ ...signed, method: 'POST', body, idempotency_key })
  return { url, method: 'POST', body, headers: { ...accept, 'content-type': 'application/json', ...headers } }
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

/** fetch says only "fetch failed"; what failed is its cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? reason(error.cause) : error.message || error.name
}
