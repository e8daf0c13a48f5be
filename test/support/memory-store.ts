// The table in memory, with DynamoDB's semantics: what the simulation runs on, held to them by the contract tests.
import { OPEN_MAX } from '../../lib/durations.ts'
import type { Controls, GapSearch, Leases, Limits, Sequences, Setup, Store, Written } from '../../lib/redpack/ports.ts'
import { ABSENT, type RedpackRecord, type Stamp, withoutPersonal } from '../../lib/redpack/record.ts'
import { shardOf } from '../../lib/redpack/shards.ts'

type StoredSequence = { last_seq: number; gaps: Set<number>; search: GapSearch | undefined }
type Day = { reserved: number; open_ids: Set<string> }
/** What operators have commanded, to be set at will. */
export type Commanded = { held_before: number; stopped_all: boolean; readonly stopped: Set<string> }

/** What a writer brings: its clock (Unix ms), and a token that names one write. */
export type Writer = { now(): number; token(): string }

export type Memory = {
  /** The records as one writer writes them. */
  store(writer: Writer): Store
  sequences: Sequences
  limits: Limits
  controls: Controls
  commanded: Commanded
  leases: Leases
  /** Puts a record as it is, whatever stands there. */
  put(record: RedpackRecord): void
  /** Every record as it stands, in the order of their insertion. */
  records(): RedpackRecord[]
  /** Fen reserved of a merchant set-up's day. */
  reserved(setup: Setup, limit_day: string): number
  /** Ids whose reservation is neither confirmed nor released. */
  reservations(setup: Setup, limit_day: string): string[]
  /** Ids on the list of a set-up without a daily limit. */
  openList(setup: Setup): string[]
}

/** Synchronous inside: whatever is put between two calls, each call happens as one. What goes in and out is copied. */
export function memoryTable(): Memory {
  const items = new Map<string, RedpackRecord>()
  const sequencesByApp = new Map<string, StoredSequence>()
  const days = new Map<string, Day>()
  const openLists = new Map<string, Set<string>>()
  const commanded: Commanded = { held_before: 0, stopped_all: false, stopped: new Set() }
  const leased = new Map<string, { until_ms: number; holder: string }>()
  let taken = 0

  function sequenceOf(miniapp_id: string): StoredSequence {
    const sequence = sequencesByApp.get(miniapp_id) ?? { last_seq: 0, gaps: new Set(), search: undefined }
    sequencesByApp.set(miniapp_id, sequence)
    return sequence
  }

  function dayOf({ miniapp_id, gateway_type }: Setup, limit_day: string): Day {
    const name = `${miniapp_id}#${gateway_type}#${limit_day}`
    const day = days.get(name) ?? { reserved: 0, open_ids: new Set() }
    days.set(name, day)
    return day
  }

  function openListOf({ miniapp_id, gateway_type }: Setup): Set<string> {
    const name = `${miniapp_id}#${gateway_type}`
    const ids = openLists.get(name) ?? new Set()
    openLists.set(name, ids)
    return ids
  }

  function withSeq(miniapp_id: string, from: number, to: number): RedpackRecord[] {
    return [...items.values()]
      .filter((item) => item.miniapp_id === miniapp_id && item.seq !== undefined && item.seq >= from && item.seq <= to)
      .sort((a, b) => (b.seq ?? 0) - (a.seq ?? 0))
  }

  function store({ now, token }: Writer): Store {
    const stamp = (version: number): Stamp => ({ version, writer: token(), updated_at: Math.floor(now() / 1000) })
    const written = (next: RedpackRecord, isFree: (current: RedpackRecord | undefined) => boolean): Written => {
      const current = items.get(next.id)
      if (isFree(current)) items.set(next.id, stored(next))
      else if (current?.writer !== next.writer) return { applied: false, record: { ...(current as RedpackRecord) } }
      return { applied: true, record: { ...next } }
    }

    return {
      async insert(order) {
        return written({ ...order, ...stamp(1) }, (current) => current === undefined)
      },

      async get(id) {
        const item = items.get(id)
        return item && { ...item }
      },

      prepare(seen, next) {
        const whole: RedpackRecord = { ...seen, ...next, ...stamp(seen.version + 1) }
        const record = next.erased_at === undefined ? whole : withoutPersonal(whole)
        return async () => {
          if (!items.has(seen.id)) throw new Error('a condition failed on an item that does not exist')
          return written(record, (current) => current?.version === seen.version && current.outcome === seen.outcome)
        }
      },

      async range(miniapp_id, from, to) {
        return withSeq(miniapp_id, from, to).map((item) => ({ ...item }))
      },

      async page(kind, shard, due_by_s, { after, limit = Number.POSITIVE_INFINITY } = {}) {
        const { skip = 0 } = (after ?? {}) as { skip?: number }
        const due = [...items.values()]
          .filter(
            ({ id, open, due_at }) =>
              open === kind && due_at !== undefined && due_at <= due_by_s && shardOf(id) === shard,
          )
          .map(({ id, mch_id, due_at = 0 }) => ({ id, mch_id, due_at }))
          .sort((a, b) => a.due_at - b.due_at || (a.id < b.id ? -1 : 1))
        return {
          due: due.slice(skip, skip + limit),
          next: skip + limit < due.length ? { skip: skip + limit } : undefined,
        }
      },
    }
  }

  const sequences: Sequences = {
    async take(miniapp_id) {
      const sequence = sequenceOf(miniapp_id)
      sequence.last_seq += 1
      return sequence.last_seq
    },

    async read(miniapp_id) {
      const { last_seq, gaps } = sequenceOf(miniapp_id)
      return { last_seq, gaps: [...gaps] }
    },

    async written(miniapp_id, from, to) {
      return withSeq(miniapp_id, from, to).flatMap(({ seq }) => seq ?? [])
    },

    async search(miniapp_id) {
      return { ...(sequenceOf(miniapp_id).search ?? NO_SEARCH) }
    },

    async saveSearch(miniapp_id, seen, next, gaps) {
      const sequence = sequenceOf(miniapp_id)
      if (!isAt(sequence.search, seen)) return false
      sequence.search = { ...next }
      for (const gap of gaps) sequence.gaps.add(gap)
      return true
    },
  }

  const limits: Limits = {
    async reserve(order, limit_day, daily_limit) {
      const day = dayOf(order, limit_day)
      const room = daily_limit - order.total_amount
      if (day.open_ids.has(order.id)) return 'reserved'
      if (day.open_ids.size >= OPEN_MAX) return 'too_many_open'
      if (room < 0 || day.reserved > room) return 'over_limit'
      day.reserved += order.total_amount
      day.open_ids.add(order.id)
      return 'reserved'
    },

    async release(order, limit_day) {
      const day = dayOf(order, limit_day)
      if (day.open_ids.delete(order.id)) day.reserved -= order.total_amount
    },

    async confirm(order, limit_day) {
      dayOf(order, limit_day).open_ids.delete(order.id)
    },

    async addOpen(order) {
      openListOf(order).add(order.id)
    },

    async removeOpen(order) {
      openListOf(order).delete(order.id)
    },

    async openIds(setup, limit_day) {
      return [...(limit_day === undefined ? openListOf(setup) : dayOf(setup, limit_day).open_ids)]
    },
  }

  const controls: Controls = {
    async read() {
      const { held_before, stopped_all } = commanded
      const stopped = new Set(commanded.stopped)
      return { held_before, isStopped: (miniapp_id) => stopped_all || stopped.has(miniapp_id) }
    },
  }

  const leases: Leases = {
    async take(name, now_ms, until_ms) {
      if ((leased.get(name)?.until_ms ?? 0) > now_ms) return undefined
      taken += 1
      leased.set(name, { until_ms, holder: String(taken) })
      return String(taken)
    },

    async giveBack(name, holder) {
      if (leased.get(name)?.holder === holder) leased.delete(name)
    },
  }

  return {
    store,
    sequences,
    limits,
    controls,
    commanded,
    leases,
    put: (record) => items.set(record.id, stored(record)),
    records: () => [...items.values()].map((item) => ({ ...item })),
    reserved: (setup, limit_day) => dayOf(setup, limit_day).reserved,
    reservations: (setup, limit_day) => [...dayOf(setup, limit_day).open_ids],
    openList: (setup) => [...openListOf(setup)],
  }
}

const NO_SEARCH: GapSearch = { watermark: 0, high_water: 0, observed_at: 0, writers_done: false }

/** One that was never saved is seen with observed_at 0. */
function isAt(search: GapSearch | undefined, seen: GapSearch): boolean {
  if (!search || seen.observed_at === 0) return !search && seen.observed_at === 0
  return (Object.keys(NO_SEARCH) as (keyof GapSearch)[]).every((key) => search[key] === seen[key])
}

/** As a record is read: every key of its state present. Every attribute is a plain value, so this copies all there is. */
function stored(record: RedpackRecord): RedpackRecord {
  return { ...ABSENT, ...record }
}
