// Brings the mirror up to date through the list. The list is counted from its newest record, which moves; the mirror counts from
// the oldest, which stays: what has been read up to some place need not be read again.
import type { RedPackList, RedPackRecord } from '../../client/src/index.ts'
import type { Placed, Range, Short, Store } from './store.ts'

/** The service, as far as the mirror reads it. */
export type Source = {
  page(params: { limit: number; offset: number }): Promise<RedPackList>
  record(id: string): Promise<RedPackRecord>
}

export type Filling = {
  readonly now_s: number
  /** Open records are looked at again. */
  readonly open: boolean
  /** Places that have been read, of how many there are. */
  progress(done: number, total: number): void
}

/** The most that the service gives at once. */
const PAGE = 1000
/** Places that a page is asked for; those on both sides are for what arrives, or turns out to be a gap, meanwhile. */
const STEP = 900
const SLACK = (PAGE - STEP) / 2
/** Requests at once: a far page costs what the first one costs. */
const PARALLEL = 8
/** Read again at each time, to see that the list is still the one that was read before. */
const OVERLAP = 200
/** The newest records, which are read each time: so many new ones take one small request, and the rest overlaps. */
const NEWEST = OVERLAP + 300
/** A place without a record gets one within minutes or never does. */
const SHORT_S = 3 * 86_400
/** WeChat answers for 30 days, and the service gives a record to people then. */
const OPEN_S = 35 * 86_400
/** Then it is made anew: what the service has erased meanwhile goes from here, too. */
const KEPT_S = 30 * 86_400
/** From so many open records on a page is read instead of each of them. */
const WORTH_A_PAGE = 4

/** @throws whatever the source throws; what was read by then stays, and the next call goes on from there */
export async function fill(store: Store, source: Source, filling: Filling): Promise<void> {
  const run = new Run(store, source, filling)
  if (store.since() < filling.now_s - KEPT_S) store.empty()
  if (store.since() === 0) store.setSince(filling.now_s)
  if (!(await run.readNew())) {
    // Another table answers under this address: nothing of what is here can be trusted.
    store.empty()
    store.setSince(filling.now_s)
    await run.readNew()
  }
  await run.readShort()
  if (filling.open) await run.readOpen()
  store.setAsOf(filling.now_s)
}

type Page = Range & { readonly placed: readonly Placed[]; readonly is_short: boolean }

class Run {
  readonly #store: Store
  readonly #source: Source
  readonly #filling: Filling
  readonly #seen = new Set<string>()
  #total = 0

  constructor(store: Store, source: Source, filling: Filling) {
    this.#store = store
    this.#source = source
    this.#filling = filling
  }

  /** @returns false if nothing of what the mirror has stands in the list where it should */
  async readNew(): Promise<boolean> {
    const store = this.#store
    const done = store.done()
    const newest = await this.#read(0, done === 0 ? PAGE : NEWEST)
    const total = this.#total
    if (store.count() > total) return false
    const first = Math.max(0, done - OVERLAP)
    const ranges = cut({ low: first, high: Math.max(first, newest.low) })
    const known = new Set(done === 0 ? [] : [...newest.placed].filter(({ record }) => store.has(record.id)))
    let isAnchored = done === 0 || known.size > 0
    for (let at = 0; at < ranges.length; at += PARALLEL) {
      const some = ranges.slice(at, at + PARALLEL)
      const pages = await Promise.all(some.map((range) => this.#readRange(range)))
      isAnchored ||= pages[0]?.placed.some(({ record }) => store.has(record.id)) ?? false
      if (!isAnchored) return false
      this.#keep(pages, some, some.at(-1)?.high)
      this.#filling.progress(some.at(-1)?.high ?? 0, total)
    }
    if (!isAnchored) return false
    this.#keep([newest], [newest], total)
    this.#filling.progress(total, total)
    return true
  }

  /** Places that had no record: one may have come. */
  async readShort(): Promise<void> {
    const store = this.#store
    const before = store.short().filter(({ since_s }) => since_s < this.#filling.now_s)
    for (const short of before) {
      store.dropShort(short)
      if (short.since_s < this.#filling.now_s - SHORT_S) continue
      await this.#readAll(cut(short), short.since_s)
    }
  }

  /** Records that may still change: many of them in one page, single ones by their ids. */
  async readOpen(): Promise<void> {
    const open = this.#store.open(this.#filling.now_s - OPEN_S).filter(({ id }) => !this.#seen.has(id))
    const byPage = Map.groupBy(open, ({ position }) => Math.floor(position / STEP))
    const pages = [...byPage].filter(([, some]) => some.length >= WORTH_A_PAGE).map(([page]) => page * STEP)
    await this.#readAll(pages.map((low) => ({ low, high: Math.min(low + STEP, this.#total) })))
    const single = open.filter(({ id }) => !this.#seen.has(id))
    for (let at = 0; at < single.length; at += PARALLEL) {
      const some = single.slice(at, at + PARALLEL)
      const records = await Promise.all(some.map(({ id }) => this.#source.record(id)))
      this.#store.atOnce(() => {
        this.#store.put(records.map((record, i) => ({ record, position: some[i]?.position ?? 0 })))
      })
    }
  }

  async #readAll(ranges: readonly Range[], since_s?: number): Promise<void> {
    for (let at = 0; at < ranges.length; at += PARALLEL) {
      const some = ranges.slice(at, at + PARALLEL)
      this.#keep(await Promise.all(some.map((range) => this.#readRange(range))), some, undefined, since_s)
    }
  }

  #keep(pages: readonly Page[], wanted: readonly Range[], done?: number, since_s = this.#filling.now_s): void {
    const store = this.#store
    store.atOnce(() => {
      for (const [i, page] of pages.entries()) {
        store.put(page.placed)
        for (const { record } of page.placed) this.#seen.add(record.id)
        const range: Short | undefined = wanted[i] && { low: wanted[i].low, high: wanted[i].high, since_s }
        if (page.is_short && range) store.putShort(range)
      }
      if (done !== undefined) store.setDone(done)
    })
  }

  /** At least these places, of which there are at most STEP. The list may move while it is asked. */
  async #readRange({ low, high }: Range): Promise<Page> {
    for (let tries = 1; ; tries += 1) {
      const page = await this.#read(Math.max(0, this.#total - high - SLACK))
      const covers = page.low <= low && page.high >= Math.min(high, this.#total)
      if (covers || tries === 5) return page
    }
  }

  async #read(offset: number, limit = PAGE): Promise<Page> {
    const { meta, objects } = await this.#source.page({ limit, offset })
    this.#total = meta.total_count
    const high = Math.max(0, meta.total_count - offset)
    const low = Math.max(0, high - limit)
    const placed = objects.map(({ pk: _, ...record }, i) => ({ record, position: high - 1 - i }))
    return { low, high, placed, is_short: objects.length < high - low }
  }
}

function cut({ low, high }: Range): Range[] {
  const ranges: Range[] = []
  for (let at = low; at < high; at += STEP) ranges.push({ low: at, high: Math.min(at + STEP, high) })
  return ranges
}
