// The search for gaps: nothing that can still be written is called a gap, whoever runs and whatever is left to do.
import { beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../../lib/errors.ts'
import type { Ports } from '../../../lib/redpack/ports.ts'
import type { Kind } from '../../../lib/redpack/record.ts'
import { findGaps } from '../../../lib/redpack/sequence.ts'
import { type Memory, memoryTable } from '../../support/memory-store.ts'
import { aRecord, MINIAPP_ID, NOW_S } from '../records.ts'

const MINUTE_S = 60

let memory: Memory
let now_s: number
let asked: string[]

beforeEach(() => {
  memory = memoryTable()
  now_s = NOW_S
  asked = []
})

function portsWith({
  miniapps = [MINIAPP_ID],
  ...changes
}: { miniapps?: string[] } & Partial<Ports['sequences']> = {}) {
  const store = memory.store({ now: () => now_s * 1000, token: () => 'a write' })
  const page: typeof store.page = (kind, shard, due_by_s, from) => {
    asked.push(`${kind}#${shard} ${from?.limit}`)
    return store.page(kind, shard, due_by_s, from)
  }
  return {
    store: { ...store, page },
    sequences: { ...memory.sequences, ...changes },
    clock: { now: () => now_s * 1000, sleep: async () => {} },
    miniapps: async () => miniapps,
  } as unknown as Ports
}

/** Takes `count` numbers, and writes those of `written` to records. */
async function taken(count: number, written: readonly number[], miniapp_id = MINIAPP_ID): Promise<void> {
  for (let i = 0; i < count; i += 1) await memory.sequences.take(miniapp_id)
  for (const seq of written) {
    memory.put(aRecord(`order-${seq}`, { miniapp_id, seq, outcome: 'sent', open: undefined, due_at: undefined }))
  }
}

const search = (ports = portsWith(), remaining_ms = 60_000) => findGaps(ports, () => remaining_ms)
const found = async () => [...(await memory.sequences.read(MINIAPP_ID)).gaps]

/** A run now and after each step, and the gaps that each found. */
async function runsAfter(steps_s: readonly number[]): Promise<number[]> {
  const counts = [await search()]
  for (const step_s of steps_s) {
    now_s += step_s
    counts.push(await search())
  }
  return counts
}

test('numbers that no record has are gaps after twice 15 minutes, once', async () => {
  await taken(5, [1, 2, 4])
  expect(await runsAfter([899, 1, 899, 1, 60, 900, 900])).toEqual([0, 0, 0, 0, 2, 0, 0, 0])
  expect(await found()).toEqual([3, 5])
})

test('numbers that are taken later wait for a search of their own', async () => {
  await taken(3, [1])
  await search()
  await memory.sequences.take(MINIAPP_ID)
  expect(await runsAfter([900, 900])).toEqual([0, 0, 2])
  expect(await found()).toEqual([2, 3])
  expect(await runsAfter([900, 900])).toEqual([0, 0, 1])
  expect(await found()).toEqual([2, 3, 4])
})

describe('while a record that may get a number is due since the search began or soon after', () => {
  const open = (kind: Kind, due_at: number) => memory.put(aRecord('open', { open: kind, due_at }))

  test.for([
    ['an outcome, from before', 'outcome', -3_600, true],
    ['an outcome, its lease ended 2 minutes after', 'outcome', 120, true],
    ['a repair', 'repair', 60, true],
    ['an outcome that is due later', 'outcome', 121, false],
    ['a packet that is followed, which has its number', 'status', 0, false],
  ] as const)('%s', async ([, kind, due_s, waits]) => {
    await taken(2, [1])
    await search()
    open(kind, NOW_S + due_s)
    const counts = await runsAfter([900, 900, 60, 900])
    expect(counts.some((count) => count > 0)).toBe(!waits)
  })

  test('the search goes on once it has been looked at, 15 minutes after that', async () => {
    await taken(2, [1])
    await search()
    open('outcome', NOW_S)
    expect(await runsAfter([900, 3_600])).toEqual([0, 0, 0])
    open('outcome', now_s + 60)
    expect(await runsAfter([60, 840, 60])).toEqual([0, 0, 1, 0])
  })

  test('a late write of its number is seen, and is no gap', async () => {
    await taken(2, [1])
    await runsAfter([900])
    memory.put(aRecord('order-2', { seq: 2, outcome: 'sent', open: undefined, due_at: undefined }))
    expect(await runsAfter([900])).toEqual([0, 0])
    expect(await found()).toEqual([])
  })
})

describe('the index', () => {
  test('is asked for the first of each shard that may get a number, once for all mini apps', async () => {
    await taken(2, [])
    await taken(2, [], 'another')
    const ports = portsWith({ miniapps: [MINIAPP_ID, 'another'] })
    await search(ports)
    expect(asked).toEqual([])
    now_s += 15 * MINUTE_S
    await search(ports)
    expect(asked).toHaveLength(32)
    expect(new Set(asked).size).toBe(32)
    expect(asked).toContain('outcome#0 1')
    expect(asked).toContain('repair#f 1')
  })

  test('was asked before the search of another mini app had waited, because the process was frozen: it waits on', async () => {
    await taken(1, [])
    await search()
    now_s += 14 * MINUTE_S
    await taken(1, [], 'another')
    await search(portsWith({ miniapps: ['another'] }))
    now_s += MINUTE_S
    const frozen = portsWith({
      miniapps: [MINIAPP_ID, 'another'],
      async search(miniapp_id) {
        const seen = await memory.sequences.search(miniapp_id)
        if (miniapp_id === 'another') now_s += 60 * MINUTE_S
        return seen
      },
    })
    await search(frozen)
    expect(await memory.sequences.search(MINIAPP_ID)).toMatchObject({ writers_done: true })
    expect(await memory.sequences.search('another')).toMatchObject({ writers_done: false })
  })
})

test('the time of a search is that after its numbers were read, however long the process was frozen between', async () => {
  await taken(1, [])
  const frozen = portsWith({
    async read(miniapp_id) {
      const sequence = await memory.sequences.read(miniapp_id)
      now_s += 60 * MINUTE_S
      return sequence
    },
  })
  await search(frozen)
  expect(await memory.sequences.search(MINIAPP_ID)).toMatchObject({
    high_water: 1,
    observed_at: NOW_S + 60 * MINUTE_S,
  })
})

test('a run looks at 3,000 numbers of a mini app, and the next goes on', async () => {
  await taken(7_000, [])
  expect(await runsAfter([900, 900, 60, 60])).toEqual([0, 0, 3_000, 3_000, 1_000])
})

test('a run without time looks at no mini app', async () => {
  await taken(2, [])
  await search(portsWith(), 3_999)
  expect(await memory.sequences.search(MINIAPP_ID)).toMatchObject({ high_water: 0 })
})

test('another run was first: its gaps are not counted twice', async () => {
  await taken(2, [])
  await runsAfter([900])
  now_s += 900
  expect(await search(portsWith({ saveSearch: async () => false }))).toBe(0)
})

test('an index that cannot be asked moves nothing on', async () => {
  await taken(2, [])
  await search()
  now_s += 900
  const ports = portsWith()
  const error = new AppError('store_unavailable', '')
  const unreachable = { ...ports, store: { ...ports.store, page: () => Promise.reject(error) } }
  await expect(search(unreachable)).rejects.toBe(error)
  expect(await memory.sequences.search(MINIAPP_ID)).toMatchObject({ writers_done: false, observed_at: NOW_S })
})
