import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { list, seqAt } from '../../lib/redpack/list.ts'
import { view } from '../../lib/redpack/record.ts'
import { memoryStore } from '../support/memory-store.ts'
import { aRecord, MINIAPP_ID } from './records.ts'

/** A book, and the naive answer: the numbers that are no holes, newest first. */
const books = fc.integer({ min: 0, max: 60 }).chain((last_seq) =>
  fc.record({
    last_seq: fc.constant(last_seq),
    holes: fc.shuffledSubarray(Array.from({ length: last_seq }, (_, i) => i + 1)),
  }),
)
const numbersOf = ({ last_seq, holes }: { last_seq: number; holes: readonly number[] }) =>
  Array.from({ length: last_seq }, (_, i) => last_seq - i).filter((seq) => !holes.includes(seq))

describe('seqAt', () => {
  test('is the number at a position of the list without holes, and below 1 past its end', () => {
    fc.assert(
      fc.property(books, fc.nat(80), (book, position) => {
        const expected = numbersOf(book)[position]
        const seq = seqAt(book, position)
        if (expected === undefined) expect(seq).toBeLessThan(1)
        else expect(seq).toBe(expected)
      }),
      { numRuns: 2_000 },
    )
  })

  test('holds for a position far past the end', () => {
    expect(seqAt({ last_seq: 10, holes: [3] }, Number.MAX_SAFE_INTEGER)).toBeLessThan(1)
  })

  test('leaves the holes it was given as they are', () => {
    const holes = Object.freeze([2, 9, 4])
    expect(seqAt({ last_seq: 10, holes }, 1)).toBe(8)
    expect(holes).toEqual([2, 9, 4])
  })
})

describe('list', () => {
  async function listed(book: { last_seq: number; holes: readonly number[] }) {
    const { store } = memoryStore()
    for (let i = 0; i < book.last_seq; i += 1) await store.takeSeq(MINIAPP_ID)
    for (const seq of numbersOf(book)) await store.insert(aRecord(`order-${seq}`, { seq }))
    await store.saveHoleSearch(
      MINIAPP_ID,
      { watermark: 0, mark: 0, mark_at: 0 },
      { watermark: 0, mark: 0, mark_at: 1 },
      book.holes,
    )
    return store
  }

  test('pages of any size cut the list with no gap and no overlap, whatever the holes', async () => {
    await fc.assert(
      fc.asyncProperty(books, fc.integer({ min: 1, max: 30 }), async (book, limit) => {
        const store = await listed(book)
        const ids: string[] = []
        const numbers = numbersOf(book)
        for (let offset = 0; offset < numbers.length + limit; offset += limit) {
          const { meta, objects } = await list({ store }, MINIAPP_ID, { limit, offset })
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
    const store = await listed({ last_seq: 2, holes: [] })
    const { objects } = await list({ store }, MINIAPP_ID, { limit: 1, offset: 1 })
    const record = aRecord('order-1', { seq: 1 })
    expect(objects).toEqual([{ ...view(record), pk: record.id }])
  })

  test('a mini app without records has an empty list', async () => {
    const { store } = memoryStore()
    expect(await list({ store }, MINIAPP_ID, { limit: 20, offset: 0 })).toEqual({
      meta: { limit: 20, next: null, offset: 0, previous: null, total_count: 0 },
      objects: [],
    })
  })

  test("another mini app's records are not in it", async () => {
    const store = await listed({ last_seq: 3, holes: [] })
    expect((await list({ store }, 'another', { limit: 20, offset: 0 })).objects).toEqual([])
  })

  test('previous stays at 0 where the offset is less than a page', async () => {
    const store = await listed({ last_seq: 9, holes: [] })
    const { meta } = await list({ store }, MINIAPP_ID, { limit: 5, offset: 3 })
    expect(meta).toEqual({
      limit: 5,
      offset: 3,
      total_count: 9,
      previous: '/redpacks?limit=5&offset=0',
      next: '/redpacks?limit=5&offset=8',
    })
  })
})
