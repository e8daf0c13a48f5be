// A call with its retries: bounded, apart in time, and always under the key that it began with.
import { type Answer, attempt, type Call, type Failure } from './attempt.ts'
import { HError, NetworkError, type RedPackError, TimeoutError } from './errors.ts'
import type { Settings } from './settings.ts'

const PAUSE_MS = 500
const PAUSE_MAX_MS = 8_000
/** A service that asks for more patience than this is given up at once: the caller can wait better than a call can. */
const PATIENCE_MS = 60_000

/** @throws HError, NetworkError, TimeoutError */
export async function exchange(settings: Settings, call: Call): Promise<Answer> {
  let doubt = false
  for (let tries = 1; ; tries++) {
    const result = await attempt(settings, call)
    if ('data' in result) return result
    doubt ||= result.doubt
    const pause_ms = pause(tries, result.retry_after_ms)
    if (!result.again || tries > settings.retries || pause_ms > PATIENCE_MS) throw error(result, call, tries, doubt)
    await new Promise((resolve) => setTimeout(resolve, pause_ms))
  }
}

/** Between half of it and all of it, so that callers who failed together do not come back together. */
function pause(tries: number, retry_after_ms = 0): number {
  const backoff_ms = Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** (tries - 1))
  return retry_after_ms + (backoff_ms * (1 + Math.random())) / 2
}

/** One try in doubt leaves the whole send in doubt, whatever the last one was answered. */
function error(
  { kind, status = 0, problem, why, cause }: Failure,
  call: Call,
  tries: number,
  doubt: boolean,
): RedPackError {
  const { idempotency_key } = call
  const state = { idempotency_key, maybe_sent: idempotency_key !== undefined && doubt }
  if (kind === 'http') return new HError(status, why, state, problem)
  const end = idempotency_key === undefined ? '' : `. ${unknown(idempotency_key)}`
  const message = `RedPack: ${why} (${tries} ${tries === 1 ? 'try' : 'tries'})${end}`
  return kind === 'timeout' ? new TimeoutError(message, state, cause) : new NetworkError(message, state, cause)
}

/** In both languages: whoever misreads this one pays twice. */
function unknown(key: string): string {
  return (
    `The outcome is unknown, the red packet may have been sent: go on with the same idempotency_key ${key}, never with another. ` +
    `结果未知,红包可能已经发出:请用同一个 idempotency_key ${key} 重试,不要换用新的`
  )
}
