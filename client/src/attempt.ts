// One request: signed, sent, its answer read within the time that it has.
import { clock } from './clock.ts'
import { neverLeft, reasonOf } from './connection.ts'
import { proxyHint } from './proxy.ts'
import { asResponse, headerOf, readText } from './response.ts'
import type { Settings } from './settings.ts'
import { signRequest } from './sign.ts'
import { type Answer, type Failure, judge } from './verdict.ts'

/**
 * `path` begins with a slash and holds the query. A body with a key makes it a send, with a method a request about campaigns;
 * without a body, the key is what a query asks about.
 */
export type Call = { path: string; body?: string; idempotency_key?: string; method?: 'POST' | 'PUT' }

/** True if the request may move money under its key. */
export function isSend({ body, idempotency_key }: Call): boolean {
  return body !== undefined && idempotency_key !== undefined
}

/** Signs and sends one request; the signature's time is now, so each try is signed anew. */
export async function attempt(settings: Settings, call: Call): Promise<Answer | Failure> {
  const { timeout_ms } = settings
  const limit = new AbortController()
  let cancel = () => {}
  // A fetch that does not listen to its signal has to be left as well.
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(timeout_ms, () => {
      limit.abort()
      reject(new Error(`no answer within ${timeout_ms} ms`))
    })
  })
  const work = request(settings, call, limit.signal)
  work.catch(() => {})
  try {
    return await Promise.race([work, late])
  } catch (cause) {
    return withoutAnswer(settings, cause, limit.signal.aborted)
  } finally {
    cancel()
  }
}

async function request(settings: Settings, call: Call, signal: AbortSignal): Promise<Answer | Failure> {
  const { url, ...init } = prepare(settings, call)
  // A redirect is refused: the signature is for this path, and a send must not turn into a GET elsewhere.
  // Frameworks that put a cache behind fetch would answer a second send from it.
  const fetched: unknown = await settings.fetch(url, { ...init, redirect: 'error', cache: 'no-store', signal })
  const response = asResponse(fetched)
  const text = await readText(response)
  const header = (name: string) => headerOf(response, name)
  return judge({ status: response.status, text, header }, isSend(call))
}

function withoutAnswer({ endpoint, timeout_ms, fetch }: Settings, cause: unknown, late: boolean): Failure {
  const hint = fetch === globalThis.fetch ? proxyHint(endpoint) : undefined
  const why = late ? `no answer within ${timeout_ms} ms` : reasonOf(cause)
  return {
    kind: late ? 'timeout' : 'network',
    why: hint ? `${why}; ${hint}` : why,
    cause,
    again: true,
    doubt: late || !neverLeft(cause),
  }
}

function prepare({ endpoint, keyid, secret }: Settings, { path, body, idempotency_key, method = 'POST' }: Call) {
  const url = `${endpoint}${path}`
  const signed = { url, keyid, secret, created: Math.floor(clock.now_ms() / 1000) }
  const accept = { accept: 'application/json, application/problem+json' }
  if (body === undefined) {
    return { url, method: 'GET', headers: { ...accept, ...signRequest({ ...signed, method: 'GET' }) } }
  }
  const headers =
    idempotency_key === undefined
      ? signRequest({ ...signed, method, body })
      : signRequest({ ...signed, method: 'POST', body, idempotency_key })
  return { url, method, body, headers: { ...accept, 'content-type': 'application/json', ...headers } }
}
