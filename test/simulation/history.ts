// What an index shows: each record as it stood some moments ago, and not all of them at one moment.
import type { RedpackRecord } from '../../lib/redpack/record.ts'
import { type Memory, memoryTable } from '../support/memory-store.ts'
import type { EventQueue } from './event-queue.ts'
import type { Random } from './random.ts'

/** An index lags by this much at most. */
export const LAG_MAX_MS = 60_000

type Version = { at_ms: number; record: RedpackRecord }

export class History {
  readonly #versions = new Map<string, Version[]>()
  readonly #events: EventQueue

  constructor(events: EventQueue) {
    this.#events = events
  }

  /** Every record as it stands. Not to be changed. */
  now(): RedpackRecord[] {
    return Array.from(this.#versions.values(), (versions) => (versions.at(-1) as Version).record)
  }

  /** The record as it stood after the last write that was told. */
  last(id: string): RedpackRecord | undefined {
    return this.#versions.get(id)?.at(-1)?.record
  }

  /** The day whose limit the record was claimed against: it is not written any more once the reservation is closed. */
  limitDay(id: string): string | undefined {
    return this.#versions.get(id)?.[0]?.record.limit_day
  }

  /** When it was last written. */
  since_ms(id: string): number {
    return this.#versions.get(id)?.at(-1)?.at_ms ?? 0
  }

  /** To be told after every write which record stands now. */
  written(record: RedpackRecord): void {
    const versions = this.#versions.get(record.id) ?? []
    this.#versions.set(record.id, versions)
    versions.push({ at_ms: this.#events.now_ms, record })
  }

  /** A table that holds what a lagging index shows. */
  lagging(random: Random): Memory {
    const table = memoryTable()
    for (const versions of this.#versions.values()) {
      const seen_ms = this.#events.now_ms - random.pick([0, random.int(0, LAG_MAX_MS), LAG_MAX_MS])
      const seen = versions.findLast(({ at_ms }) => at_ms <= seen_ms)
      if (seen) table.put(seen.record)
    }
    return table
  }
}
