// The search for holes, step by step: a number is given up only when nobody can write it and the index shows what was written (I16).
import type { HoleSearch } from '../../lib/redpack/ports.ts'
import type { RedpackRecord } from '../../lib/redpack/record.ts'
import { LAG_MAX_MS } from './history.ts'
import type { Process } from './process.ts'
import { Violation } from './violation.ts'
import { describe } from './watch.ts'
import type { World } from './world.ts'

/** Before this it is not known that all who took a number up to the mark have lost it. */
const MARK_AGE_MS = 10 * 60_000

export class Numbers {
  readonly #written_ms = new Map<string, number>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** After every write to a record. */
  written({ miniapp_id, seq }: RedpackRecord): void {
    const number = `${miniapp_id} ${seq}`
    if (!this.#written_ms.has(number)) this.#written_ms.set(number, this.#world.agenda.now_ms)
  }

  /** When a process moves the search on. */
  searched(process: Process, miniapp_id: string, seen: HoleSearch, next: HoleSearch, holes: readonly number[]): void {
    if (holes.length > 0) this.#world.count('hole_found')
    if (next.fenced && !seen.fenced) this.#fenced(process, miniapp_id, seen)
    for (let seq = seen.watermark + 1; seq <= next.watermark; seq += 1) {
      const written_ms = this.#written_ms.get(`${miniapp_id} ${seq}`) ?? 0
      const age_ms = this.#world.agenda.now_ms - written_ms
      if (age_ms < LAG_MAX_MS) this.#broken(`number ${seq} was written ${age_ms} ms ago, and indexes lag`)
    }
  }

  #fenced(process: Process, miniapp_id: string, { mark_at }: HoleSearch): void {
    const { history } = this.#world
    const mark_ms = mark_at * 1000
    const isHolder = ({ id, miniapp_id: other, lease_until_ms }: RedpackRecord) =>
      other === miniapp_id && lease_until_ms > 0 && history.since_ms(id) < mark_ms
    const held = history.now().find(isHolder)
    if (held) this.#broken(`its holder may still write a number of before the mark: ${describe(held)}`)
    if (process.began_ms < mark_ms + MARK_AGE_MS) this.#broken(`${process.name} began before the mark was old`)
  }

  #broken(detail: string): void {
    this.#world.fail(new Violation('I16', detail))
  }
}
