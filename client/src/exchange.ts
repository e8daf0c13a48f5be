// A call with its retries: bounded in number and time, apart from each other, and always under the key that it began with.
import { attempt, type Call, isSend } from './attempt.ts'
import { clock } from './clock.ts'
import { HError, NetworkError, type RedPackError, TimeoutError } from './errors.ts'
import type { Settings } from './settings.ts'
import type { Answer, Failure } from './verdict.ts'

const PAUSE_MS = 500
const PAUSE_MAX_MS = 8_000
/** A service that asks for more patience than this is given up at once: the caller can wait better than a call can. */
const RETRY_AFTER_MAX_MS = 60_000
/** All pauses of a call together: twice the longest single one, and within the time limit of a cloud function. */
const WAIT_MAX_MS = 120_000

/** @throws HError, NetworkError, TimeoutError */
export async function exchange(settings: Settings, call: Call): Promise<Answer> {
  let doubt = false
  let waited_ms = 0
  for (let tries = 1; ; tries++) {
    const result = await attempt(settings, call)
    // After a try in doubt, the answer repeated may be that try's own.
    if ('data' in result) return { ...result, replayed: result.replayed && !doubt }
    doubt ||= result.doubt
    const { again, retry_after_ms = 0 } = result
    const pause_ms = retry_after_ms + backoff(tries)
    const goesOn = again && tries <= settings.retries && retry_after_ms <= RETRY_AFTER_MAX_MS
    if (!goesOn || waited_ms + pause_ms > WAIT_MAX_MS) throw failed(result, call, tries, doubt)
    waited_ms += pause_ms
    await clock.wait(pause_ms)
  }
}

/** Between half of it and all of it, so that callers who failed together do not come back together. */
function backoff(tries: number): number {
  return (Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** (tries - 1)) * (1 + Math.random())) / 2
}

/** One try in doubt leaves the whole send in doubt, whatever the last one was answered. */
function failed(result: Failure, call: Call, tries: number, doubt: boolean): RedPackError {
  const { kind, status = 0, problem, cause } = result
  const { idempotency_key, body } = call
  // A question about a key that has no answer leaves open what became of the key.
  const maybe_sent = idempotency_key !== undefined && (doubt || body === undefined)
  const state = { idempotency_key, maybe_sent }
  const message = `${told(result, tries)}${consequence(result, call, maybe_sent)}`
  if (kind === 'http') return new HError(status, message, state, problem)
  return kind === 'timeout' ? new TimeoutError(message, state, cause) : new NetworkError(message, state, cause)
}

function told({ kind, status, why }: Failure, tries: number): string {
  const count = `(${tries} ${tries === 1 ? 'try' : 'tries'})`
  if (status === 429)
    return `RedPack: throttled: ${why} ${count}. Try again later, a send with the same key 请求过于频繁，请稍后用同一个 key 重试`
  return kind === 'http' ? why : `RedPack: ${why} ${count}`
}

/** What it means for the money, in both languages: whoever misreads this one pays twice. */
function consequence({ kind }: Failure, call: Call, maybe_sent: boolean): string {
  const { idempotency_key } = call
  if (maybe_sent) {
    return (
      `. The outcome is unknown, the red packet may have been sent: go on with the same idempotency_key ${idempotency_key}, ` +
      `never with another. 结果未知，红包可能已经发出：请用同一个 idempotency_key ${idempotency_key} 重试，不要换用新的`
    )
  }
  // Only a connection that was never made ends here: any other failure without an answer leaves the send in doubt.
  return kind === 'network' && isSend(call) ? '. Nothing was sent: no connection was made 未建立连接，红包没有发出' : ''
}
