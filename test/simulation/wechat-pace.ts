// How many calls WeChat takes of a merchant: 30 in a second, its other programs' included. Beyond that it makes no order.
import type { Faults } from './faults.ts'
import type { Random } from './random.ts'

const CALLS_PER_S = 30

type Paced = { readonly where: string; readonly random: Random; readonly fields: { readonly mch_id?: string } }
type Second = { begun_ms: number; calls: number; isUsedUp: boolean }

export class Pace {
  readonly #faults: Faults
  readonly #seconds = new Map<string, Second>()

  constructor(faults: Faults) {
    this.#faults = faults
  }

  /** Counts a call. @returns true if it is one too many */
  isExceeded({ fields: { mch_id = '' }, where, random }: Paced, now_ms: number): boolean {
    const last = this.#seconds.get(mch_id)
    const isSame = last !== undefined && now_ms < last.begun_ms + 1_000
    const second = isSame ? last : { begun_ms: now_ms, calls: 0, isUsedUp: false }
    this.#seconds.set(mch_id, second)
    second.calls += 1
    // Other programs of the merchant keep calling for a while.
    if (this.#faults.strikes('used_up', where, random)) {
      second.begun_ms = now_ms + random.int(0, 20_000)
      second.isUsedUp = true
    }
    return second.isUsedUp || second.calls > CALLS_PER_S
  }
}
