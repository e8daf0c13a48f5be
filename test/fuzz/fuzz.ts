// The fuzzer: requests made from the description, sent one after the other, each answer judged. A failure is shrunk.
import fc from 'fast-check'
import type { Caller } from '../support/callers.ts'
import { judge } from './judge.ts'
import type { Draft } from './requests.ts'
import { isRight, signatureHeaders } from './signatures.ts'
import type { Answer, Sent, Way } from './ways.ts'

export type FuzzOptions = Readonly<{
  way: Way
  /** What the requests are drawn from. */
  drafts: fc.Arbitrary<Draft>
  caller: Caller
  requests: number
  seed: number
  /** Longer than this, three times in a row, is a hang. */
  slow_ms: number
}>

/** What was seen: answers by status, the longest that one took, and how many requests were right. */
export type Figures = { statuses: Record<string, number>; slowest_ms: number; sound: number }

/** One that took long is asked again this often: a busy machine is late once, a hang is late each time. */
const TRIES = 3
/** Nothing takes this long on any machine. */
const NEVER_MS = 60_000
const KNOWN_MAX = 51

/** @throws the first failure, with the smallest request that was found to lead to it */
export async function fuzz(options: FuzzOptions): Promise<Figures> {
  const { way, drafts, caller, requests, seed, slow_ms } = options
  const figures: Figures = { statuses: {}, slowest_ms: 0, sound: 0 }
  const known: string[] = []

  async function check(draft: Draft): Promise<void> {
    const sent = write(draft, caller, known)
    const { answer, took_ms } = await timely(way, sent, slow_ms)
    const { status, text } = answer
    figures.statuses[status] = (figures.statuses[status] ?? 0) + 1
    figures.slowest_ms = Math.max(figures.slowest_ms, took_ms)
    if (draft.sound && isRight(draft)) figures.sound += 1
    try {
      judge(draft, sent, answer)
    } catch (error) {
      throw new Error(`${(error as Error).message}\n\n${shown(sent)}\n\n${status} ${text.slice(0, 2000)}`)
    }
    const id = status === 200 && draft.method === 'POST' ? /"id":"([0-9a-f]{24})"/.exec(text)?.[1] : undefined
    if (id) known[known.length < KNOWN_MAX ? known.length : known.length % KNOWN_MAX] = id
  }

  await fc.assert(fc.asyncProperty(drafts, check), { numRuns: requests, seed, includeErrorInReport: true })
  return figures
}

/** Signs a draft and puts ids of known packets where it asks for them. */
function write(draft: Draft, caller: Caller, known: readonly string[]): Sent {
  const idOf = (text: string) =>
    text.replaceAll(/known-(\d+)/g, (_, index) => known[Number(index) % Math.max(known.length, 1)] ?? 'f'.repeat(24))
  const asked = { ...draft, path: idOf(draft.path), query: idOf(draft.query) }
  const { method, path, query, body, idempotency_key, content_type, more_headers } = asked
  const headers: [string, string][] = [
    ...(content_type === undefined ? [] : [['content-type', content_type] as [string, string]]),
    ...(idempotency_key === undefined ? [] : [['idempotency-key', idempotency_key] as [string, string]]),
    ...signatureHeaders(asked, caller, Math.floor(Date.now() / 1000)),
    ...more_headers.map(([name, value]): [string, string] => [name, value]),
  ]
  return { method, path, query, headers, body: body?.bytes }
}

async function timely(way: Way, sent: Sent, slow_ms: number): Promise<{ answer: Answer; took_ms: number }> {
  const took: number[] = []
  for (;;) {
    const started_ms = performance.now()
    const answer = await withWatchdog(way(sent), sent)
    const took_ms = Math.round(performance.now() - started_ms)
    if (took_ms <= slow_ms) return { answer, took_ms }
    if (took.push(took_ms) === TRIES) throw new Error(`hangs: ${took.join(', ')} ms\n\n${shown(sent)}`)
  }
}

async function withWatchdog<T>(work: Promise<T>, sent: Sent): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const bark = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${NEVER_MS} ms\n\n${shown(sent)}`)), NEVER_MS)
  })
  return Promise.race([work, bark]).finally(() => clearTimeout(timer))
}

/** A request for people to read. */
function shown({ method, path, query, headers, body }: Sent): string {
  const target = query === '' ? path : `${path}?${query}`
  const lines = headers.map(([name, value]) => `${name}: ${value}`)
  const text = body ? `${body.length} bytes: ${JSON.stringify(body.toString('latin1').slice(0, 2000))}` : 'no body'
  return [`${method} ${target.slice(0, 2000)}`, ...lines, text].join('\n')
}
