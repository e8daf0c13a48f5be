// What an index shows: each record as it stood some moments ago, and not all of them at one moment.
import type { Kind, RedpackRecord } from '../../lib/redpack/record.ts'
import { type Shard, shardOf } from '../../lib/redpack/shards.ts'
import { type Memory, memoryTable } from '../support/memory-store.ts'
import type { EventQueue } from './event-queue.ts'
import type { Random } from './random.ts'

/** An index lags by this much at most. */
export const LAG_MAX_MS = 60_000

type Version = { at_ms: number; record: RedpackRecord }

export class History {
  readonly #versions = new Map<string, Version[]>()
  /** When a kind of work was last ended in a record of a shard. */
  readonly #closed_ms = new Map<string, number>()
  #now: RedpackRecord[] | undefined
  readonly #events: EventQueue

  constructor(events: EventQueue) {
    this.#events = events
  }

  /** Every record as it stands. Not to be changed. */
  now(): readonly RedpackRecord[] {
    this.#now ??= Array.from(this.#versions.values(), (versions) => (versions.at(-1) as Version).record)
    return this.#now
  }

  /** The record under a number of ours. */
  byNumber(mch_billno: string): RedpackRecord | undefined {
    const record = this.last(mch_billno.slice(2))
    return record?.mch_billno === mch_billno ? record : undefined
  }

  /** The record as it stood after the last write that was told. */
  last(id: string): RedpackRecord | undefined {
    return this.#versions.get(id)?.at(-1)?.record
  }

  /** The record as it was claimed. */
  first(id: string): RedpackRecord | undefined {
    return this.#versions.get(id)?.[0]?.record
  }

  /** When it was last written. */
  since_ms(id: string): number {
    return this.#versions.get(id)?.at(-1)?.at_ms ?? 0
  }

  /** True if an index may show a record of the shard in which something of the kind is open. */
  mayShow(kind: Kind, shard: Shard): boolean {
    const closed_ms = this.#closed_ms.get(`${kind} ${shard}`) ?? Number.NEGATIVE_INFINITY
    if (closed_ms >= this.#events.now_ms - LAG_MAX_MS) return true
    return this.now().some(({ id, open }) => open === kind && shardOf(id) === shard)
  }

  /** To be told after every write which record stands now. */
  written(record: RedpackRecord): void {
    const versions = this.#versions.get(record.id) ?? []
    this.#versions.set(record.id, versions)
    this.#now = undefined
    const open = versions.at(-1)?.record.open
    if (open !== undefined) this.#closed_ms.set(`${open} ${shardOf(record.id)}`, this.#events.now_ms)
    versions.push({ at_ms: this.#events.now_ms, record })
  }

  /** @returns how many versions there are of each record, to roll back to */
  mark(): ReadonlyMap<string, number> {
    return new Map(Array.from(this.#versions, ([id, versions]) => [id, versions.length]))
  }

  /** Forgets what was written since. @returns the records that are gone altogether */
  rollBack(mark: ReadonlyMap<string, number>): RedpackRecord[] {
    const gone: RedpackRecord[] = []
    for (const [id, versions] of this.#versions) {
      const kept = mark.get(id)
      if (kept === undefined) gone.push(...versions.slice(0, 1).map(({ record }) => record))
      if (kept === undefined) this.#versions.delete(id)
      else versions.length = kept
    }
    this.#now = undefined
    return gone
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
