// The search for gaps, step by step: a number is given up only if nobody can write it and the index shows what was written (I16).
import type { GapSearch } from '../../lib/redpack/ports.ts'
import type { RedpackRecord } from '../../lib/redpack/record.ts'
import { describe } from './describe.ts'
import { LAG_MAX_MS } from './history.ts'
import type { Process } from './process.ts'
import type { World } from './world.ts'

/** Before this it is not known that whoever took a number up to the high water has written it or lost its record. */
const OBSERVED_AGE_MS = 10 * 60_000

export class GapWatch {
  readonly #written_ms = new Map<string, number>()
  readonly #gaps = new Set<string>()
  /** When a process asked the index who is still open. */
  readonly #asked_ms = new Map<string, number>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** The table is an earlier one: numbers are taken again. */
  restored(): void {
    this.#written_ms.clear()
    this.#gaps.clear()
    for (const { miniapp_id, seq } of this.#world.history.now()) this.#written_ms.set(`${miniapp_id} ${seq}`, 0)
  }

  /** After every write to a record. */
  written({ miniapp_id, seq }: RedpackRecord): void {
    if (seq === undefined) return
    const number = `${miniapp_id} ${seq}`
    if (this.#gaps.has(number)) this.#broken(`number ${seq} was given up, and a record has it now`)
    if (!this.#written_ms.has(number)) this.#written_ms.set(number, this.#world.events.now_ms)
  }

  asked({ name }: Process): void {
    this.#asked_ms.set(name, this.#world.events.now_ms)
  }

  /** When the search was moved on. */
  searched(process: Process, miniapp_id: string, seen: GapSearch, next: GapSearch, gaps: readonly number[]): void {
    if (gaps.length > 0) this.#world.count('gap_found')
    for (const seq of gaps) this.#gaps.add(`${miniapp_id} ${seq}`)
    if (next.writers_done && !seen.writers_done) this.#writersDone(process, miniapp_id, seen)
    for (let seq = seen.watermark + 1; seq <= next.watermark; seq += 1) {
      const written_ms = this.#written_ms.get(`${miniapp_id} ${seq}`) ?? 0
      const age_ms = this.#world.events.now_ms - written_ms
      if (age_ms < LAG_MAX_MS) this.#broken(`number ${seq} was written ${age_ms} ms ago, and indexes lag`)
    }
  }

  #writersDone(process: Process, miniapp_id: string, { observed_at }: GapSearch): void {
    const { history } = this.#world
    const observed_ms = observed_at * 1000
    const isHolder = ({ id, miniapp_id: other, lease_until_ms }: RedpackRecord) =>
      other === miniapp_id && lease_until_ms > 0 && history.since_ms(id) < observed_ms
    const held = history.now().find(isHolder)
    if (held) this.#broken(`its holder may still write a number that was taken before: ${describe(held)}`)
    const asked_ms = this.#asked_ms.get(process.name) ?? 0
    if (asked_ms < observed_ms + OBSERVED_AGE_MS) this.#broken(`${process.name} asked the index too soon after it`)
  }

  #broken(detail: string): void {
    this.#world.broken('I16', detail)
  }
}
