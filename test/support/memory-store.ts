// The table in memory, with DynamoDB's semantics: what the simulation runs on, held to them by the contract tests.
import { OPEN_MAX } from '../../lib/durations.ts'
import { AppError } from '../../lib/errors.ts'
import type { Controls, GapSearch, Leases, Limits, Sequences, Setup, Store, Written } from '../../lib/redpack/ports.ts'
import { ABSENT, OUTCOMES, type RedpackRecord, type Stamp, withoutPersonal } from '../../lib/redpack/record.ts'
import { shardOf } from '../../lib/redpack/shards.ts'

/** Attributes that this version of the code does not know. An `outcome` among them is the stored one: such a record cannot be read. */
export type Foreign = Readonly<Record<string, unknown>>
type Item = { readonly record: RedpackRecord; readonly foreign: Foreign | undefined }

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
  /** Puts a record as it is, whatever stands there, and what another version of the code has added to it. */
  put(record: RedpackRecord, foreign?: Foreign): void
  /** Every record as it stands, readable or not, in the order of their insertion. */
  records(): RedpackRecord[]
  /** What another version has added to a record. */
  foreign(id: string): Foreign | undefined
  /** Fen reserved of a merchant set-up's day. */
  reserved(setup: Setup, limit_day: string): number
  /** Ids whose reservation is neither confirmed nor released. */
  reservations(setup: Setup, limit_day: string): string[]
  /** Ids on the list of a set-up without a daily limit. */
  openList(setup: Setup): string[]
  /** A copy of the table. @returns what puts the table back to it */
  backup(): () => void
}

/** Synchronous inside: whatever is put between two calls, each call happens as one. What goes in and out is copied. */
export function memoryTable(): Memory {
  const items = new Map<string, Item>()
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

  function withSeq(miniapp_id: string, from: number, to: number): Item[] {
    const isWithin = (seq: number | undefined) => seq !== undefined && seq >= from && seq <= to
    return [...items.values()]
      .filter(({ record }) => record.miniapp_id === miniapp_id && isWithin(record.seq))
      .sort((a, b) => (b.record.seq ?? 0) - (a.record.seq ?? 0))
  }

  function store({ now, token }: Writer): Store {
    const stamp = (version: number): Stamp => ({ version, writer: token(), updated_at: Math.floor(now() / 1000) })
    const written = (next: RedpackRecord, isFree: (current: Item) => boolean): Written => {
      const current = items.get(next.id)
      if (!current || isFree(current)) items.set(next.id, { record: stored(next), foreign: current?.foreign })
      else {
        const record = readable(current)
        if (record.writer !== next.writer) return { applied: false, record: { ...record } }
      }
      return { applied: true, record: { ...next } }
    }

    return {
      async insert(order) {
        return written({ ...order, ...stamp(1) }, () => false)
      },

      async get(id) {
        const item = items.get(id)
        return item && { ...readable(item) }
      },

      prepare(seen, next) {
        const whole: RedpackRecord = { ...seen, ...next, ...stamp(seen.version + 1) }
        const record = next.erased_at === undefined ? whole : withoutPersonal(whole)
        return async () => {
          if (!items.has(seen.id)) throw new Error('a condition failed on an item that does not exist')
          return written(
            record,
            (current) => current.record.version === seen.version && outcomeOf(current) === seen.outcome,
          )
        }
      },

      async range(miniapp_id, from, to) {
        return withSeq(miniapp_id, from, to)
          .filter(isReadable)
          .map(({ record }) => ({ ...record }))
      },

      async page(kind, shard, due_by_s, { after, limit = Number.POSITIVE_INFINITY } = {}) {
        const { skip = 0 } = (after ?? {}) as { skip?: number }
        const isDue = ({ id, open, due_at }: RedpackRecord) =>
          open === kind && due_at !== undefined && due_at <= due_by_s && shardOf(id) === shard
        const due = Array.from(items.values(), ({ record }) => record)
          .filter(isDue)
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
      return withSeq(miniapp_id, from, to).flatMap(({ record }) => record.seq ?? [])
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
    put: (record, foreign) => items.set(record.id, { record: stored(record), foreign }),
    records: () => Array.from(items.values(), ({ record }) => ({ ...record })),
    foreign: (id) => items.get(id)?.foreign,
    reserved: (setup, limit_day) => dayOf(setup, limit_day).reserved,
    reservations: (setup, limit_day) => [...dayOf(setup, limit_day).open_ids],
    openList: (setup) => [...openListOf(setup)],
    backup() {
      const copies = [copyOf(items), copyOf(sequencesByApp), copyOf(days), copyOf(openLists)] as const
      return () => {
        replace(items, copies[0])
        replace(sequencesByApp, copies[1])
        replace(days, copies[2])
        replace(openLists, copies[3])
      }
    },
  }
}

const NO_SEARCH: GapSearch = { watermark: 0, high_water: 0, observed_at: 0, writers_done: false }

/** One that was never saved is seen with observed_at 0. */
function isAt(search: GapSearch | undefined, seen: GapSearch): boolean {
  if (!search || seen.observed_at === 0) return !search && seen.observed_at === 0
  return (Object.keys(NO_SEARCH) as (keyof GapSearch)[]).every((key) => search[key] === seen[key])
}

function outcomeOf({ record, foreign }: Item): unknown {
  return foreign?.outcome ?? record.outcome
}

function isReadable(item: Item): boolean {
  const outcome = outcomeOf(item)
  return OUTCOMES.some((known) => known === outcome)
}

/** @throws AppError record_unreadable */
function readable(item: Item): RedpackRecord {
  if (isReadable(item)) return item.record
  throw new AppError('record_unreadable', `${item.record.id}: outcome ${outcomeOf(item)}`)
}

function copyOf<T>(map: Map<string, T>): Map<string, T> {
  return structuredClone(map)
}

function replace<T>(map: Map<string, T>, copy: Map<string, T>): void {
  map.clear()
  for (const [name, value] of copyOf(copy)) map.set(name, value)
}

/** As a record is read: every key of its state present. Every attribute is a plain value, so this copies all there is. */
function stored(record: RedpackRecord): RedpackRecord {
  return { ...ABSENT, ...record }
}
