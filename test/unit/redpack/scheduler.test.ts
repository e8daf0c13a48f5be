// The scheduler on a virtual clock, with looks that take the time they are told to.
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../lib/errors.ts'
import type { Looked } from '../../../lib/redpack/lanes.ts'
import { UNPACED } from '../../../lib/redpack/pace.ts'
import type { Due, Store } from '../../../lib/redpack/ports.ts'
import type { Kind } from '../../../lib/redpack/record.ts'
import { type Budget, run, type Tally } from '../../../lib/redpack/scheduler.ts'
import { SHARDS, type Share, WHOLE } from '../../../lib/redpack/shards.ts'
import { virtualClock } from '../../support/virtual-clock.ts'
import { NOW_S } from '../records.ts'

const INVOCATION_MS = 60_000
type Entry = Due & { kind: Kind }
type Begun = { id: string; kind: Kind; mch_id: string; at_ms: number; ended_ms: number }

/** `count` records of a merchant that are due, the first due for longest. */
function due(mch_id: string, count: number, kind: Kind = 'outcome'): Entry[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `${SHARDS[i % 16]}${kind}/${mch_id}/${i}`,
    mch_id,
    kind,
    due_at: NOW_S - count + i,
  }))
}

function pages(entries: readonly Entry[], size = 1_000): Pick<Store, 'page'> {
  return {
    async page(kind, shard, due_by_s, { after, limit = size } = {}) {
      const { skip = 0 } = (after ?? {}) as { skip?: number }
      const all = entries.filter((entry) => entry.kind === kind && entry.id[0] === shard && entry.due_at <= due_by_s)
      const end = skip + Math.min(limit, size)
      const found = all.slice(skip, end).map(({ kind: _, ...rest }) => rest)
      return { due: found, next: end < all.length ? { skip: end } : undefined }
    },
  }
}

type World = {
  entries: readonly Entry[]
  store?: Pick<Store, 'page'>
  share?: Share
  remaining_ms?: number
  /** What a look of a merchant does: the time that it takes, and what it came to. */
  look?: (mch_id: string, budget: Budget, at_ms: number) => Promise<Looked> | [number, Looked]
}

/** One run, with every look that was begun in it. Times in ms since its beginning. */
async function runs({ entries, store, share = WHOLE, remaining_ms = INVOCATION_MS, look }: World) {
  const clock = virtualClock(NOW_S * 1000)
  const since = () => clock.now() - NOW_S * 1000
  const merchants = new Map(entries.map(({ id, mch_id }) => [id, mch_id]))
  const begun: Begun[] = []
  const work = run({
    store: store ?? pages(entries),
    clock,
    pace: UNPACED,
    share,
    remaining_ms: () => remaining_ms - since(),
    async look(kind, id, budget) {
      const mch_id = merchants.get(id) ?? ''
      const one: Begun = { id, kind, mch_id, at_ms: since(), ended_ms: Number.NaN }
      begun.push(one)
      const came = look?.(mch_id, budget, since()) ?? [100, 'answered']
      if (came instanceof Promise) return came
      await clock.sleep(came[0])
      one.ended_ms = since()
      return came[1]
    },
  })
  const tally = await clock.run(work)
  return { tally, begun, took_ms: since(), of: (mch_id: string) => begun.filter((one) => one.mch_id === mch_id) }
}

/** The most that began within any second. */
function mostPerSecond(begun: readonly { at_ms: number }[]): number {
  return Math.max(
    0,
    ...begun.map(({ at_ms }) => begun.filter((one) => one.at_ms >= at_ms && one.at_ms < at_ms + 1_000).length),
  )
}

const counts = ({ outcome, repair, status, failed }: Tally) => ({ outcome, repair, status, failed })

describe('nothing is due', () => {
  test('the run ends at once', async () => {
    const { tally, took_ms } = await runs({ entries: [] })
    expect(took_ms).toBeLessThanOrEqual(25)
    expect(tally).toEqual({
      outcome: 0,
      repair: 0,
      status: 0,
      failed: 0,
      left: { outcome: 0, repair: 0, status: 0 },
      behind_s: { outcome: 0, repair: 0, status: 0 },
    })
  })

  test('what is due later is not looked at', async () => {
    const entries = due('1', 1).map((entry) => ({ ...entry, due_at: NOW_S + 1 }))
    expect((await runs({ entries })).begun).toEqual([])
  })
})

describe('one merchant', () => {
  test('is asked about 20 times a second, for 56 s; what is left is counted', async () => {
    const { tally, begun } = await runs({ entries: due('1', 3_000) })
    expect(begun.length).toBeGreaterThan(1_110)
    expect(begun.length).toBeLessThan(1_130)
    expect(mostPerSecond(begun)).toBeLessThanOrEqual(26)
    expect(counts(tally)).toEqual({ outcome: begun.length, repair: 0, status: 0, failed: 0 })
    expect(tally.left.outcome).toBe(3_000 - begun.length)
    expect(tally.behind_s.outcome).toBe(3_000)
  })

  test('one record is looked at on the first beat after it was read', async () => {
    const { begun, took_ms } = await runs({ entries: due('1', 1) })
    expect(begun.map(({ at_ms }) => at_ms <= 25)).toEqual([true])
    expect(took_ms).toBeLessThanOrEqual(150)
  })

  test('has its turn in every shard, however much is due in the first ones', async () => {
    const { begun } = await runs({ entries: due('1', 18_000) })
    const ofShard = SHARDS.map((shard) => begun.filter(({ id }) => id[0] === shard).length)
    expect(Math.min(...ofShard)).toBeGreaterThanOrEqual(60)
  })

  test('shares its rate with the other entries of the schedule', async () => {
    const entries = due('1', 3_000).filter(({ id }) => id[0] === '0')
    const more = Array.from({ length: 6 }, (_, i) => entries.map((entry) => ({ ...entry, id: `${entry.id}/${i}` })))
    const { begun } = await runs({ entries: more.flat(), share: { shards: ['0'], of: 4 } })
    expect(begun.length).toBeGreaterThan(275)
    expect(begun.length).toBeLessThan(285)
  })

  test('no more than 20 looks of it are under way, however long they take', async () => {
    const { begun } = await runs({ entries: due('1', 3_000), look: () => [3_000, 'answered'] })
    const most = Math.max(
      ...begun.map(({ at_ms }) => begun.filter((one) => one.at_ms <= at_ms && one.ended_ms > at_ms).length),
    )
    expect(most).toBe(20)
  })
})

describe('many merchants', () => {
  const names = Array.from({ length: 20 }, (_, i) => `merchant ${i}`)

  test('go on side by side, each at its own rate', async () => {
    const { tally, of } = await runs({ entries: names.flatMap((name) => due(name, 200)) })
    expect(tally.outcome).toBe(4_000)
    for (const name of names) expect(of(name)).toHaveLength(200)
  })

  test('one that hangs, with a backlog, costs the others nothing', async () => {
    const entries = names.flatMap((name, i) => due(name, i === 0 ? 18_000 : 1_000))
    const { tally, of } = await runs({
      entries,
      look: (mch_id) => (mch_id === 'merchant 0' ? [5_000, 'silent'] : [100, 'answered']),
    })
    for (const name of names.slice(1)) expect(of(name)).toHaveLength(1_000)
    expect(of('merchant 0').length).toBeLessThan(20)
    expect(tally.left.outcome).toBe(18_000 - of('merchant 0').length)
  })

  test('200 looks are under way at the most, and no merchant is kept out', async () => {
    const all = Array.from({ length: 60 }, (_, i) => `merchant ${i}`)
    const { begun, of } = await runs({
      entries: all.flatMap((name) => due(name, 300)),
      look: () => [2_000, 'answered'],
    })
    const at = (ms: number) => begun.filter(({ at_ms, ended_ms }) => at_ms <= ms && ended_ms > ms).length
    expect(Math.max(...begun.map(({ at_ms }) => at(at_ms)))).toBe(200)
    for (const name of all) expect(of(name).length).toBeGreaterThan(50)
  })
})

describe('a merchant that does not answer', () => {
  test('falls to one look at a time, and is back at its rate a second after it answers', async () => {
    const { begun } = await runs({
      entries: due('1', 1_000),
      look: (_, __, at_ms) => (at_ms < 20_000 ? [5_000, 'silent'] : [100, 'answered']),
    })
    const late = begun.filter(({ at_ms }) => at_ms > 10_000 && at_ms < 20_000)
    expect(late).toHaveLength(2)
    const back_ms = begun.find(({ at_ms }) => at_ms >= 20_000)?.at_ms ?? 0
    const after = begun.filter(({ at_ms }) => at_ms >= back_ms + 1_000 && at_ms < back_ms + 2_000)
    expect(after.length).toBeGreaterThanOrEqual(18)
  })

  test('whose certificate is gone keeps its rate, so that all its records are told of', async () => {
    const { begun } = await runs({ entries: due('1', 500), look: () => [20, 'not_asked'] })
    expect(begun).toHaveLength(500)
  })
})

describe('kinds', () => {
  test('outcomes come before repairs, and those before statuses; one look in ten is at a status all the same', async () => {
    const entries = (['status', 'repair', 'outcome'] as const).flatMap((kind) => due('1', 100, kind))
    const { begun } = await runs({ entries })
    const order = begun.map(({ kind }) => kind)
    expect(order.slice(0, 10)).toEqual([...Array.from({ length: 9 }, () => 'outcome'), 'status'])
    expect(order.slice(0, 100).filter((kind) => kind === 'status')).toHaveLength(10)
    expect(order.lastIndexOf('outcome')).toBeLessThan(order.indexOf('repair'))
    expect(order.filter((kind) => kind === 'status')).toHaveLength(100)
  })

  test('each has its own lateness and its own rest', async () => {
    const entries = [...due('1', 1_500, 'status'), ...due('1', 30, 'repair')]
    const { tally } = await runs({ entries })
    expect(tally.behind_s).toEqual({ outcome: 0, repair: 30, status: 1_500 })
    expect(tally.left).toEqual({ outcome: 0, repair: 0, status: 1_500 - tally.status })
  })

  test('what is no longer due does not count', async () => {
    const { tally } = await runs({ entries: due('1', 5), look: () => [5, 'not_due'] })
    expect(counts(tally)).toEqual({ outcome: 0, repair: 0, status: 0, failed: 0 })
  })
})

describe('the end of a run', () => {
  test('no look begins with less than 4 s left, and none runs on after the invocation', async () => {
    const { begun, took_ms, tally } = await runs({ entries: due('1', 3_000), look: () => [2_900, 'answered'] })
    expect(Math.max(...begun.map(({ at_ms }) => at_ms))).toBeLessThanOrEqual(56_000)
    expect(took_ms).toBeLessThan(60_000)
    expect(tally.failed).toBe(0)
  })

  test('nothing begins, and nothing is read, if less is left from the beginning, as after a freeze', async () => {
    const { begun, tally } = await runs({ entries: due('1', 3), remaining_ms: 3_999 })
    expect(begun).toEqual([])
    expect(tally.behind_s.outcome).toBe(0)
  })

  test('looks that never end are given up before the invocation ends, and count as failed', async () => {
    const { took_ms, tally } = await runs({ entries: due('1', 1), look: () => new Promise<Looked>(() => {}) })
    expect(took_ms).toBeGreaterThan(59_900)
    expect(took_ms).toBeLessThan(60_000)
    expect(tally.failed).toBe(1)
  })

  test('a query gets 5 s, less near the end, and never less than 1 s', async () => {
    const given: number[] = []
    const look = (_: string, budget: Budget): [number, Looked] => {
      given.push(budget.query_ms())
      return [100, 'answered']
    }
    await runs({ entries: due('1', 2_000), look })
    expect(given[0]).toBe(5_000)
    expect(given.at(-1)).toBeGreaterThanOrEqual(1_500)
    expect(given.at(-1)).toBeLessThan(1_600)
    expect(await runs({ entries: due('1', 1), remaining_ms: 4_050, look })).toMatchObject({ begun: [{}] })
    expect(given.at(-1)).toBeGreaterThanOrEqual(1_000)
  })
})

describe('sends', () => {
  test('come 15 a second, beside 20 looks a second, and none begins with less than 9.5 s left', async () => {
    const sent: { at_ms: number }[] = []
    const refused: number[] = []
    const { begun } = await runs({
      entries: due('1', 3_000),
      look: async (_, budget): Promise<Looked> => {
        const maySend = await budget.maySend()
        const at_ms = INVOCATION_MS - budget.remaining_ms()
        if (maySend) sent.push({ at_ms })
        else refused.push(at_ms)
        return 'answered'
      },
    })
    expect(mostPerSecond(sent)).toBeLessThanOrEqual(20)
    expect(sent.length).toBeGreaterThan(15 * 50 - 20)
    expect(sent.length).toBeLessThan(15 * 51 + 10)
    expect(Math.max(...sent.map(({ at_ms }) => at_ms))).toBeLessThanOrEqual(50_500)
    expect(Math.min(...refused)).toBeGreaterThan(50_500)
    expect(begun.length).toBeGreaterThan(sent.length)
  })
})

describe('trouble', () => {
  const failing = (error: unknown) => (mch_id: string) =>
    mch_id === 'bad' ? Promise.reject(error) : ([100, 'answered'] as [number, Looked])

  test('a look that fails stops no other, and is counted', async () => {
    const entries = [...due('bad', 3), ...due('good', 3)]
    const { tally, of } = await runs({ entries, look: failing(new Error('a bug')) })
    expect(counts(tally)).toEqual({ outcome: 3, repair: 0, status: 0, failed: 3 })
    expect(of('good')).toHaveLength(3)
  })

  test('a record that another is at work on is no failure', async () => {
    const { tally } = await runs({ entries: due('bad', 3), look: failing(new AppError('in_progress', '')) })
    expect(counts(tally)).toEqual({ outcome: 0, repair: 0, status: 0, failed: 0 })
  })

  const unavailable = new AppError('store_unavailable', '')
  const broken = (shards: readonly string[], entries: readonly Entry[]): Pick<Store, 'page'> => ({
    page: async (kind, shard, ...rest) => {
      if (shards.includes(shard)) throw unavailable
      return pages(entries).page(kind, shard, ...rest)
    },
  })

  test('a shard that cannot be read keeps nobody from the others', async () => {
    const entries = due('1', 32)
    const { tally } = await runs({ entries, store: broken(['0', '7'], entries) })
    expect(counts(tally)).toEqual({ outcome: 28, repair: 0, status: 0, failed: 6 })
  })

  test('not one shard can be read: the run fails, so that somebody hears of it', async () => {
    await expect(runs({ entries: [], store: broken(SHARDS, []) })).rejects.toBe(unavailable)
  })

  test('a shard is read page by page, and only the shards of the share', async () => {
    const entries = due('1', 64)
    const { begun } = await runs({ entries, store: pages(entries, 3), share: { shards: ['2', 'c'], of: 1 } })
    const expected = entries.filter(({ id }) => id[0] === '2' || id[0] === 'c').map(({ id }) => id)
    expect(begun.map(({ id }) => id).sort()).toEqual(expected.sort())
  })

  test('a clock that steps back costs time, and no looks', async () => {
    const clock = virtualClock(NOW_S * 1000)
    const entries = due('1', 40)
    let back_ms = 0
    const tally = await clock.run(
      run({
        store: pages(entries),
        pace: UNPACED,
        share: WHOLE,
        remaining_ms: () => INVOCATION_MS - (clock.now() - NOW_S * 1000),
        clock: { now: () => clock.now() - back_ms, sleep: clock.sleep },
        async look() {
          back_ms += 10_000
          return 'answered'
        },
      }),
    )
    expect(tally.outcome).toBe(40)
  })
})
