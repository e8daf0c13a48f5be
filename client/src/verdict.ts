// What an answer means: an answer, or a failure that says whether to try again and whether money may have moved.
// A failure is a value here; exchange.ts makes the last one an error.
import type { ProblemCode } from './answers.ts'
import { clock } from './clock.ts'
import type { Problem } from './errors.ts'

export type Answer = {
  status: number
  data: object
  /** The service repeated an answer that it had stored. */
  replayed: boolean
  /** Since when the operators have stopped all sending, Unix seconds. */
  stopped_since?: number | undefined
}

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

/** An answer as it came over the wire. `header` gives null for a header that is not there. */
export type Received = { status: number; text: string; header: (name: string) => string | null }

/**
 * For a service that does not say `maybe_sent`: these codes say that nothing is written down for this packet.
 * Of `key_reused` nothing can come either: its record is another packet's. `merchant_changed`, `in_progress` and
 * `store_unavailable` are not among them: a record of this packet stands, or may stand.
 */
const NOTHING_WRITTEN: ReadonlySet<string> = new Set<ProblemCode | 'stopped'>([
  'body_too_large',
  'certificate_missing',
  'certificate_unusable',
  'idempotency_key_malformed',
  'idempotency_key_missing',
  'invalid_parameters',
  'key_reused',
  'malformed_json',
  'not_a_cloud_function',
  'not_found',
  'secrets_unavailable',
  'stopped',
  'wrong_content_type',
])

/** Of a gateway, a proxy or a firewall: it has turned the request away and passed nothing on. 408 and 409 are not among them. */
const TURNED_AWAY: ReadonlySet<number> = new Set([
  400, 401, 403, 404, 405, 406, 407, 411, 413, 414, 415, 417, 421, 422, 426, 428, 429, 431, 451,
])

/** What an answer to a send (`sends`) or to a query means. */
export function judge({ status, text, header }: Received, sends: boolean): Answer | Failure {
  const data = !sends && status === 204 ? {} : parse(text)
  if (status >= 200 && status < 300) {
    if (data && (!sends || isSendAnswer(data))) {
      const replayed = header('idempotent-replayed')?.trim().toLowerCase() === 'true'
      return { status, data, replayed, stopped_since: secondsOf(header('redpack-stopped')) }
    }
    const why = `HTTP ${status} with a body that is no answer of the service`
    return { kind: 'network', why, again: true, doubt: true }
  }
  const problem = isProblem(data) ? data : undefined
  return {
    kind: 'http',
    status,
    problem,
    why: textOf(problem?.detail) ?? textOf(problem?.title) ?? `HTTP ${status}`,
    // Under the same key a send is carried on or its stored answer repeated, so even after a 500 asking again is safe.
    again: (status === 409 || status === 429 || status >= 500) && !IN_VAIN.has(problem?.code ?? ''),
    doubt: isInDoubt(status, problem),
    retry_after_ms: retryAfter(header('retry-after'), header('date')),
  }
}

/** Until a person has done something the answer stays the same. */
const IN_VAIN: ReadonlySet<string> = new Set<ProblemCode>([
  'campaign_changed',
  'campaign_incomplete',
  'campaign_similar',
  'campaign_state',
  'misconfigured',
  'stopped',
])

function secondsOf(text: string | null): number | undefined {
  return /^\d{1,15}$/.test(text?.trim() ?? '') ? Number(text) : undefined
}

/** The service's own word counts. An answer without it is an older service's, or of something before the service. */
function isInDoubt(status: number, problem: Problem | undefined): boolean {
  if (typeof problem?.maybe_sent === 'boolean') return problem.maybe_sent
  if (problem && NOTHING_WRITTEN.has(problem.code)) return false
  if (problem && RECORD_STANDS.has(problem.code)) return true
  return !TURNED_AWAY.has(status)
}

const RECORD_STANDS: ReadonlySet<string> = new Set<ProblemCode>([
  'in_progress',
  'internal',
  'merchant_changed',
  'store_unavailable',
])

/** A login page's JSON is no answer to a send. */
function isSendAnswer(data: object): boolean {
  return 'outcome' in data || 'return_code' in data || 'err_code' in data
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

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The three forms of a date in HTTP (RFC 9110 §5.6.7) begin with the day of the week. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/

/**
 * Milliseconds from Retry-After, which is seconds or a date (RFC 9110 §10.2.3); undefined if it is neither.
 * A date is compared with the answer's own Date if there is one, because this machine's clock may be wrong.
 */
function retryAfter(value: string | null, date: string | null): number | undefined {
  const text = value?.trim() ?? ''
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const [at_ms, answered_ms] = [text, date?.trim() ?? ''].map((one) => (HTTP_DATE.test(one) ? Date.parse(one) : NaN))
  if (at_ms === undefined || Number.isNaN(at_ms)) return undefined
  const now_ms = answered_ms === undefined || Number.isNaN(answered_ms) ? clock.now_ms() : answered_ms
  return Math.max(0, at_ms - now_ms)
}
