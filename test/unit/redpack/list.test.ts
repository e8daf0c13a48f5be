import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { list, seqAt } from '../../../lib/redpack/list.ts'
import { view } from '../../../lib/redpack/view.ts'
import { type Memory, memoryTable } from '../../support/memory-store.ts'
import { aRecord, MINIAPP_ID } from '../records.ts'

/** A sequence, and the naive answer: the numbers that are no gaps, newest first. */
const sequences = fc.integer({ min: 0, max: 60 }).chain((last_seq) =>
  fc.record({
    last_seq: fc.constant(last_seq),
    gaps: fc.shuffledSubarray(Array.from({ length: last_seq }, (_, i) => i + 1)),
  }),
)
const numbersOf = ({ last_seq, gaps }: { last_seq: number; gaps: readonly number[] }) =>
  Array.from({ length: last_seq }, (_, i) => last_seq - i).filter((seq) => !gaps.includes(seq))

describe('seqAt', () => {
  test('is the number at a position of the list without gaps, and below 1 past its end', async () => {
    await fc.assert(
      fc.property(sequences, fc.nat(80), (sequence, position) => {
        const expected = numbersOf(sequence)[position]
        const seq = seqAt(sequence, position)
        if (expected === undefined) expect(seq).toBeLessThan(1)
        else expect(seq).toBe(expected)
      }),
      { numRuns: 2_000 },
    )
  })

  test('holds for a position far past the end', () => {
    expect(seqAt({ last_seq: 10, gaps: [3] }, Number.MAX_SAFE_INTEGER)).toBeLessThan(1)
  })

  test('leaves the gaps it was given as they are', () => {
    const gaps = Object.freeze([2, 9, 4])
    expect(seqAt({ last_seq: 10, gaps }, 1)).toBe(8)
    expect(gaps).toEqual([2, 9, 4])
  })
})

describe('list', () => {
  const portsOf = ({ store, sequences }: Memory) => ({ store: store({ now: () => 0, token: String }), sequences })

  async function listed(sequence: { last_seq: number; gaps: readonly number[] }) {
    const table = memoryTable()
    for (let i = 0; i < sequence.last_seq; i += 1) await table.sequences.take(MINIAPP_ID)
    for (const seq of numbersOf(sequence)) table.put(aRecord(`order-${seq}`, { seq }))
    const seen = await table.sequences.search(MINIAPP_ID)
    await table.sequences.saveSearch(MINIAPP_ID, seen, { ...seen, observed_at: 1 }, sequence.gaps)
    return portsOf(table)
  }

  test('pages of any size cut the list with no gap and no overlap, whatever the gaps', async () => {
    await fc.assert(
      fc.asyncProperty(sequences, fc.integer({ min: 1, max: 30 }), async (sequence, limit) => {
        const ports = await listed(sequence)
        const ids: string[] = []
        const numbers = numbersOf(sequence)
        for (let offset = 0; offset < numbers.length + limit; offset += limit) {
          const { meta, objects } = await list(ports, MINIAPP_ID, { limit, offset })
          expect(meta).toEqual({
            limit,
            offset,
            total_count: numbers.length,
            previous: offset === 0 ? null : `/redpacks?limit=${limit}&offset=${Math.max(0, offset - limit)}`,
            next: offset + limit < numbers.length ? `/redpacks?limit=${limit}&offset=${offset + limit}` : null,
          })
          ids.push(...objects.map(({ id }) => id))
        }
        expect(ids).toEqual(numbers.map((seq) => aRecord(`order-${seq}`).id))
      }),
      { numRuns: 200 },
    )
  })

  test('a page holds whole records, with pk as their id', async () => {
    const ports = await listed({ last_seq: 2, gaps: [] })
    const { objects } = await list(ports, MINIAPP_ID, { limit: 1, offset: 1 })
    const record = aRecord('order-1', { seq: 1 })
    expect(objects).toEqual([{ ...view(record), pk: record.id }])
  })

  test('a mini app without records has an empty list', async () => {
    expect(await list(portsOf(memoryTable()), MINIAPP_ID, { limit: 20, offset: 0 })).toEqual({
      meta: { limit: 20, next: null, offset: 0, previous: null, total_count: 0 },
      objects: [],
    })
  })

  test("another mini app's records are not in it", async () => {
    const ports = await listed({ last_seq: 3, gaps: [] })
    expect((await list(ports, 'another', { limit: 20, offset: 0 })).objects).toEqual([])
  })

  test('from beyond the end, previous is the last page that has records, and leads back without gap or overlap', async () => {
    const far = fc.constantFrom(0, 1, 2, 3, 50, Number.MAX_SAFE_INTEGER - 200)
    await fc.assert(
      fc.asyncProperty(sequences, fc.integer({ min: 1, max: 30 }), far, async (sequence, limit, beyond) => {
        const ports = await listed(sequence)
        const numbers = numbersOf(sequence)
        let offset = numbers.length + beyond
        const ids: string[] = []
        for (;;) {
          const { meta, objects } = await list(ports, MINIAPP_ID, { limit, offset })
          if (offset < numbers.length) expect(objects.length).toBeGreaterThan(0)
          ids.unshift(...objects.map(({ id }) => id).slice(0, numbers.length - ids.length))
          if (meta.previous === null) break
          offset = Number(/offset=(\d+)$/.exec(meta.previous)?.[1])
          expect(offset).toBeLessThan(numbers.length)
        }
        expect(new Set(ids)).toEqual(new Set(numbers.map((seq) => aRecord(`order-${seq}`).id)))
      }),
      { numRuns: 200 },
    )
  })

  test.for([
    [35, 20, 100, 20],
    [35, 20, 55, 15],
    [35, 20, 35, 15],
    [40, 20, 40, 20],
    [41, 20, 60, 40],
    [3, 5, 9, 0],
    [1, 1000, Number.MAX_SAFE_INTEGER, 0],
    [2, 1, Number.MAX_SAFE_INTEGER, 1],
  ] as const)('of %i records, %i a page, at %i: previous begins at %i', async ([last_seq, limit, offset, previous]) => {
    const { meta } = await list(await listed({ last_seq, gaps: [] }), MINIAPP_ID, { limit, offset })
    expect(meta).toEqual({
      limit,
      offset,
      total_count: last_seq,
      previous: `/redpacks?limit=${limit}&offset=${previous}`,
      next: null,
    })
  })

  test('an empty list has no page with records, so none before', async () => {
    const { meta } = await list(portsOf(memoryTable()), MINIAPP_ID, { limit: 20, offset: 40 })
    expect(meta).toEqual({ limit: 20, next: null, offset: 40, previous: null, total_count: 0 })
  })

  test('previous stays at 0 where the offset is less than a page', async () => {
    const ports = await listed({ last_seq: 9, gaps: [] })
    const { meta } = await list(ports, MINIAPP_ID, { limit: 5, offset: 3 })
    expect(meta).toEqual({
      limit: 5,
      offset: 3,
      total_count: 9,
      previous: '/redpacks?limit=5&offset=0',
      next: '/redpacks?limit=5&offset=8',
    })
  })
})
