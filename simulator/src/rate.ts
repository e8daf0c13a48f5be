// The merchants that WeChat knows, and how many sends each has had lately.

/** A merchant: its API v2 key and the appids bound to it (any, when none are named). */
export type Merchant = Readonly<{ mch_id: string; api_key: string; appids?: readonly string[] | undefined }>

/** Counts the sends of each merchant in the last second. */
export class SendRate {
  readonly #recent_ms = new Map<string, number[]>()
  readonly #sends_per_s: number

  constructor(sends_per_s: number) {
    this.#sends_per_s = sends_per_s
  }

  /** Whether one more send may pass at `now_ms`; it is counted only then. */
  pass(mch_id: string, now_ms: number): boolean {
    const recent_ms = (this.#recent_ms.get(mch_id) ?? []).filter((at_ms) => at_ms > now_ms - 1000)
    const passes = recent_ms.length < this.#sends_per_s
    if (passes) recent_ms.push(now_ms)
    this.#recent_ms.set(mch_id, recent_ms)
    return passes
  }

  clear(): void {
    this.#recent_ms.clear()
  }
}
