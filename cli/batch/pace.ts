// How fast a batch goes: so many starts a second, evenly, and so many at once.
import { setTimeout as sleep } from 'node:timers/promises'

/** A start that is late by a timer's error may be caught up with; a pause may not, or a burst would follow it. */
const LATE_MAX_MS = 20

/** Lets one through every 1/rate seconds. */
export class Pace {
  readonly #interval_ms: number
  #next_ms = 0

  constructor(rate_per_s: number) {
    this.#interval_ms = 1000 / rate_per_s
  }

  /** Nobody's turn comes for so long: those whose turn was already given are not called back. */
  rest(duration_ms: number): void {
    this.#next_ms = Math.max(this.#next_ms, performance.now() + duration_ms)
  }

  /** Waits for the caller's turn. @returns false if `signal` came first */
  async turn(signal: AbortSignal): Promise<boolean> {
    const now_ms = performance.now()
    const at_ms = Math.max(this.#next_ms, now_ms - LATE_MAX_MS)
    this.#next_ms = at_ms + this.#interval_ms
    return pause(at_ms - now_ms, signal)
  }
}

/** @returns false if `signal` cut it short */
export async function pause(duration_ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false
  if (duration_ms < 1) return true
  try {
    await sleep(duration_ms, undefined, { signal })
    return true
  } catch {
    return false
  }
}

/** So many places; who comes when all are taken waits in line. */
export class Places {
  #free: number
  #ended = false
  readonly #rest_ms: number
  readonly #waiting: (() => void)[] = []
  readonly #resting = new Set<NodeJS.Timeout>()

  /** A place that is given back is free again after `rest_ms`. */
  constructor(count: number, rest_ms = 0) {
    this.#free = count
    this.#rest_ms = rest_ms
  }

  take(): Promise<void> {
    if (this.#ended) return Promise.resolve()
    if (this.#free === 0) return new Promise((resolve) => this.#waiting.push(resolve))
    this.#free -= 1
    return Promise.resolve()
  }

  give(): void {
    if (this.#rest_ms === 0 || this.#ended) {
      this.#pass()
      return
    }
    const timer = setTimeout(() => {
      this.#resting.delete(timer)
      this.#pass()
    }, this.#rest_ms)
    this.#resting.add(timer)
  }

  /** Nothing more will be sent: all who wait go on, and no timer keeps the process from ending. */
  end(): void {
    this.#ended = true
    for (const timer of this.#resting) clearTimeout(timer)
    this.#resting.clear()
    for (const next of this.#waiting.splice(0)) next()
  }

  #pass(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free += 1
  }
}
