// The simulator's clock: a base clock and an offset that only grows, so that a day can pass in a test.

const BEIJING_MS = 8 * 3_600_000

/** A clock that can be moved forward; milliseconds since 1970. */
export class Clock {
  readonly #base: () => number
  readonly #moved: (offset_ms: number) => void
  #offset_ms = 0

  constructor(base: () => number, moved: (offset_ms: number) => void) {
    this.#base = base
    this.#moved = moved
  }

  now(): number {
    return this.#base() + this.#offset_ms
  }

  /** Moves the clock `advance_s` seconds forward. */
  advance(advance_s: number): void {
    this.#offset_ms += Math.round(advance_s * 1000)
    this.#moved(this.#offset_ms)
  }

  /** Puts the clock back to its base. */
  reset(): void {
    this.#offset_ms = 0
    this.#moved(0)
  }
}

/** Beijing time as gethbinfo writes it: `2015-04-21 20:00:00`. */
export function beijingTime(at_ms: number): string {
  return new Date(at_ms + BEIJING_MS).toISOString().slice(0, 19).replace('T', ' ')
}
