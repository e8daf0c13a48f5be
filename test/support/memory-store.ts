// The store and the daily limits in memory, with DynamoDB's semantics: what the simulation runs on, held to them by the contract tests.
import type { Changes, HoleSearch, Limits, SettleStore } from '../../lib/redpack/ports.ts'
import type { RedpackRecord } from '../../lib/redpack/record.ts'

type StoredBook = { last_seq: number; holes: Set<number>; search: HoleSearch | undefined }
type Day = { reserved: number; open_ids: Set<string> }

export type Memory = {
  store: SettleStore
  limits: Limits
  /** Every record as it stands, in the order of their insertion. */
  records(): RedpackRecord[]
  /** Fen reserved of a merchant set-up's day. */
  reserved(record: Pick<RedpackRecord, 'miniapp_id' | 'gateway_type'>, limit_day: string): number
}

/** Synchronous inside: whatever is put between two calls, each call happens as one. What goes in and out is copied. */
export function memoryStore(): Memory {
  const items = new Map<string, RedpackRecord>()
  const books = new Map<string, StoredBook>()
  const days = new Map<string, Day>()

  function bookOf(miniapp_id: string): StoredBook {
    return books.get(miniapp_id) ?? { last_seq: 0, holes: new Set(), search: undefined }
  }

  function dayOf(record: Pick<RedpackRecord, 'miniapp_id' | 'gateway_type'>, limit_day: string): Day {
    const name = `${record.miniapp_id}#${record.gateway_type}#${limit_day}`
    const day = days.get(name) ?? { reserved: 0, open_ids: new Set() }
    days.set(name, day)
    return day
  }

  const store: SettleStore = {
    async insert(record) {
      const standing = items.get(record.id)
      if (standing) return { ...standing }
      items.set(record.id, stored(record))
      return { ...record }
    },

    async get(id) {
      const item = items.get(id)
      return item && { ...item }
    },

    async update(seen, changes) {
      const item = items.get(seen.id)
      if (!item) throw new Error('a condition failed on an item that does not exist')
      if (item.version !== seen.version || item.outcome !== seen.outcome) return { ...item }
      items.set(seen.id, stored(changed(item, changes)))
      return changed(seen, changes)
    },

    async takeSeq(miniapp_id) {
      const book = bookOf(miniapp_id)
      book.last_seq += 1
      books.set(miniapp_id, book)
      return book.last_seq
    },

    async book(miniapp_id) {
      const { last_seq, holes } = bookOf(miniapp_id)
      return { last_seq, holes: [...holes] }
    },

    async range(miniapp_id, from, to) {
      return [...items.values()]
        .filter(
          (item) => item.miniapp_id === miniapp_id && item.seq !== undefined && item.seq >= from && item.seq <= to,
        )
        .sort((a, b) => (b.seq ?? 0) - (a.seq ?? 0))
        .map((item) => ({ ...item }))
    },

    async due(unsettled, due_at, limit) {
      return [...items.values()]
        .filter((item) => item.unsettled === unsettled && item.due_at !== undefined && item.due_at <= due_at)
        .sort((a, b) => (a.due_at ?? 0) - (b.due_at ?? 0) || (a.id < b.id ? -1 : 1))
        .slice(0, limit)
        .map(({ id }) => id)
    },

    async seqsIn(miniapp_id, from, to) {
      return (await store.range(miniapp_id, from, to)).flatMap(({ seq }) => seq ?? [])
    },

    async holeSearch(miniapp_id) {
      return { ...(bookOf(miniapp_id).search ?? NO_SEARCH) }
    },

    async saveHoleSearch(miniapp_id, seen, next, holes) {
      const book = bookOf(miniapp_id)
      if (!standsAt(book.search, seen)) return false
      books.set(miniapp_id, { ...book, search: { ...next }, holes: new Set([...book.holes, ...holes]) })
      return true
    },
  }

  const limits: Limits = {
    async reserve(record, limit_day, daily_limit) {
      const day = dayOf(record, limit_day)
      const room = daily_limit - record.total_amount
      if (day.open_ids.has(record.id)) return true
      if (room < 0 || day.reserved > room) return false
      day.reserved += record.total_amount
      day.open_ids.add(record.id)
      return true
    },

    async release(record, limit_day) {
      const day = dayOf(record, limit_day)
      if (day.open_ids.delete(record.id)) day.reserved -= record.total_amount
    },

    async keep(record, limit_day) {
      dayOf(record, limit_day).open_ids.delete(record.id)
    },
  }

  return {
    store,
    limits,
    records: () => [...items.values()].map((item) => ({ ...item })),
    reserved: (record, limit_day) => dayOf(record, limit_day).reserved,
  }
}

const NO_SEARCH: HoleSearch = { watermark: 0, mark: 0, mark_at: 0 }

/** One that was never saved is seen with mark_at 0. */
function standsAt(search: HoleSearch | undefined, seen: HoleSearch): boolean {
  if (!search || seen.mark_at === 0) return !search && seen.mark_at === 0
  return search.watermark === seen.watermark && search.mark === seen.mark && search.mark_at === seen.mark_at
}

function changed(record: RedpackRecord, changes: Changes): RedpackRecord {
  return { ...record, ...changes } as RedpackRecord
}

/** As an item: an attribute that is undefined is none. Every attribute is a plain value, so this copies all there is. */
function stored(record: RedpackRecord): RedpackRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as RedpackRecord
}
