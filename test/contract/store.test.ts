// What every implementation of the ports Store, Limits and SettleStore does alike.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { dynamoLimits } from '../../lib/aws/limits.ts'
import { dynamoSettleStore } from '../../lib/aws/settle-store.ts'
import type { Changes, HoleSearch } from '../../lib/redpack/ports.ts'
import type { RedpackRecord } from '../../lib/redpack/record.ts'
import { type Backend, clientOf, databases, type Running, titleOf } from '../support/databases.ts'
import { aRecord, MINIAPP_ID, NOW_S } from '../unit/records.ts'

const SENT = {
  outcome: 'sent',
  status: 'SENT',
  send_listid: '100000000020150520314766074200',
  raw_result: '<xml><return_code><![CDATA[SUCCESS]]></return_code></xml>',
  seq: 1,
  version: 2,
  writer: 'second writer',
  updated_at: NOW_S + 2,
  lease_until_ms: 0,
  unsettled: 'status',
  due_at: NOW_S + 600,
} satisfies Changes

/** What is never stored. */
function withoutUndefined(record: RedpackRecord): RedpackRecord {
  return JSON.parse(JSON.stringify(record))
}

for (const database of databases) {
  describe.skipIf(database.missing !== undefined)(titleOf('a store', database), () => {
    let running: Running
    let backend: Backend
    beforeAll(async () => {
      running = await database.start()
    })
    beforeEach(async () => {
      backend = await running.fresh()
    })
    afterAll(() => running?.stop())

    describe('insert', () => {
      test('writes a new record whole and gives it back', async () => {
        const record = aRecord('order-1', { scene_id: 'PRODUCT_1', limit_day: '2026-11-23' })
        expect(await backend.store.insert(record)).toEqual(record)
        expect(await backend.store.get(record.id)).toStrictEqual(withoutUndefined(record))
      })

      test('gives the record that stands there, and leaves it as it is', async () => {
        const first = aRecord('order-1')
        await backend.store.insert(first)
        const second = aRecord('order-1', { writer: 'another', total_amount: 200, hash: 'other' })
        expect(await backend.store.insert(second)).toStrictEqual(withoutUndefined(first))
        expect(await backend.store.get(first.id)).toStrictEqual(withoutUndefined(first))
      })

      test('gives its own earlier write back, to be recognised by its writer', async () => {
        const record = aRecord('order-1')
        await backend.store.insert(record)
        expect((await backend.store.insert(record)).writer).toBe(record.writer)
      })

      test('lets one of 20 at once write, and shows it to all', async () => {
        const writers = Array.from({ length: 20 }, (_, i) => `writer ${i}`)
        const standing = await Promise.all(
          writers.map((writer) => backend.store.insert(aRecord('order-1', { writer, total_amount: 100 }))),
        )
        const kept = await backend.store.get(aRecord('order-1').id)
        expect(writers).toContain(kept?.writer)
        expect(new Set(standing.map(({ writer }) => writer))).toEqual(new Set([kept?.writer]))
      })

      test('keeps what it was given when the caller changes its copy', async () => {
        const record = aRecord('order-1')
        const given = { ...record }
        const back = await backend.store.insert(given)
        given.outcome = 'sent'
        back.outcome = 'refused'
        expect(await backend.store.get(record.id)).toStrictEqual(withoutUndefined(record))
      })
    })

    describe('get', () => {
      test('gives undefined where there is no record', async () => {
        expect(await backend.store.get(aRecord('nobody').id)).toBeUndefined()
      })

      test('gives text of every kind as it was written', async () => {
        const record = aRecord('order-1', {
          wishing: '🧧👨‍👩‍👧 恭喜 ]]> &<>"\' \u202e rtl \u{10FFFF}',
          remark: '\u00a0\ufeff e\u0301 \u{1F1E8}\u{1F1F3}',
          raw_result: `<xml>${'🧧'.repeat(1000)}</xml>`,
          err_code_des: '',
        })
        await backend.store.insert(record)
        expect(await backend.store.get(record.id)).toStrictEqual(withoutUndefined(record))
      })
    })

    describe('update', () => {
      test('changes the record that still stands as it was seen', async () => {
        const seen = await backend.store.insert(aRecord('order-1'))
        const changed = await backend.store.update(seen, SENT)
        expect(changed).toEqual({ ...seen, ...SENT })
        expect(await backend.store.get(seen.id)).toStrictEqual(withoutUndefined({ ...seen, ...SENT }))
      })

      test('changes nothing under a stale version, and gives what stands', async () => {
        const seen = await backend.store.insert(aRecord('order-1'))
        const taken = await backend.store.update(seen, { version: 2, writer: 'successor', lease_until_ms: 9 })
        expect(await backend.store.update(seen, SENT)).toStrictEqual(withoutUndefined(taken))
        expect(await backend.store.get(seen.id)).toStrictEqual(withoutUndefined(taken))
      })

      test('changes nothing under another outcome, and gives what stands', async () => {
        const seen = await backend.store.insert(aRecord('order-1'))
        const wrong = { ...seen, outcome: 'unknown' } as const
        expect(await backend.store.update(wrong, SENT)).toStrictEqual(withoutUndefined(seen))
        expect(await backend.store.get(seen.id)).toStrictEqual(withoutUndefined(seen))
      })

      test('gives its own earlier write back, to be recognised by its writer', async () => {
        const seen = await backend.store.insert(aRecord('order-1'))
        await backend.store.update(seen, SENT)
        expect(await backend.store.update(seen, SENT)).toStrictEqual(withoutUndefined({ ...seen, ...SENT }))
      })

      test('removes what is undefined', async () => {
        const seen = await backend.store.insert(aRecord('order-1', { err_code: 'NOTENOUGH', err_code_des: '余额不足' }))
        const changes = { version: 2, writer: 'w', err_code: undefined, unsettled: undefined, due_at: undefined }
        const { err_code: _, unsettled: _u, due_at: _d, ...rest } = withoutUndefined(seen)
        await backend.store.update(seen, changes)
        expect(await backend.store.get(seen.id)).toStrictEqual({ ...rest, version: 2, writer: 'w' })
      })

      test('removes what was never there', async () => {
        const seen = await backend.store.insert(aRecord('order-1'))
        await backend.store.update(seen, { version: 2, writer: 'w', err_code: undefined, send_listid: undefined })
        expect(await backend.store.get(seen.id)).toStrictEqual({ ...withoutUndefined(seen), version: 2, writer: 'w' })
      })

      test('keeps what it does not name, also what changed since', async () => {
        const seen = await backend.store.insert(aRecord('order-1', { limit_day: '2026-11-23' }))
        const stale = { ...seen, limit_day: undefined, checks: 7, wishing: 'not this' }
        await backend.store.update(stale, { version: 2, writer: 'w' })
        expect(await backend.store.get(seen.id)).toStrictEqual({ ...withoutUndefined(seen), version: 2, writer: 'w' })
      })

      test('lets one of 20 at once through, and shows it to all', async () => {
        const seen = await backend.store.insert(aRecord('order-1'))
        const writers = Array.from({ length: 20 }, (_, i) => `writer ${i}`)
        const results = await Promise.all(
          writers.map((writer) => backend.store.update(seen, { version: 2, writer, outcome: 'unknown' })),
        )
        const kept = await backend.store.get(seen.id)
        expect({ version: kept?.version, outcome: kept?.outcome }).toEqual({ version: 2, outcome: 'unknown' })
        expect(new Set(results.map(({ writer }) => writer))).toEqual(new Set([kept?.writer]))
      })

      test('fails for a record that was never written, and writes none', async () => {
        const record = aRecord('nobody')
        await expect(backend.store.update(record, SENT)).rejects.toThrow()
        expect(await backend.store.get(record.id)).toBeUndefined()
      })
    })

    describe('takeSeq and book', () => {
      test('a mini app without numbers has an empty book', async () => {
        expect(await backend.store.book(MINIAPP_ID)).toEqual({ last_seq: 0, holes: [] })
      })

      test('numbers are 1, 2, 3, for each mini app', async () => {
        const taken = []
        for (const miniapp_id of ['a', 'a', 'b', 'a']) taken.push(await backend.store.takeSeq(miniapp_id))
        expect(taken).toEqual([1, 2, 1, 3])
        expect(await backend.store.book('a')).toEqual({ last_seq: 3, holes: [] })
        expect(await backend.store.book('b')).toEqual({ last_seq: 1, holes: [] })
      })

      test('50 at once take 1 to 50, each once', async () => {
        const taken = await Promise.all(Array.from({ length: 50 }, () => backend.store.takeSeq(MINIAPP_ID)))
        expect(taken.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
        expect(await backend.store.book(MINIAPP_ID)).toEqual({ last_seq: 50, holes: [] })
      })

      test("the book is no record, and a record is no mini app's book", async () => {
        await backend.store.takeSeq(MINIAPP_ID)
        await backend.store.insert(aRecord('order-1'))
        expect(await backend.store.range(MINIAPP_ID, 1, 1_000_000)).toEqual([])
        expect(await backend.store.book(aRecord('order-1').id)).toEqual({ last_seq: 0, holes: [] })
      })
    })

    describe('range', () => {
      async function numbered(seq: number, changes: Partial<RedpackRecord> = {}): Promise<RedpackRecord> {
        const record = aRecord(`order-${seq}`, { seq, ...changes })
        await backend.store.insert(record)
        return withoutUndefined(record)
      }

      test('gives the records of the mini app between two numbers, both included, highest first', async () => {
        const [, two, three, four] = [await numbered(1), await numbered(2), await numbered(3), await numbered(4)]
        await numbered(3, { miniapp_id: 'another' })
        await backend.store.insert(aRecord('without a number'))
        await numbered(5)
        expect(await backend.store.range(MINIAPP_ID, 2, 4)).toStrictEqual([four, three, two])
        expect(await backend.store.range(MINIAPP_ID, 3, 3)).toStrictEqual([three])
      })

      test('gives nothing where there is nothing', async () => {
        await numbered(1)
        expect(await backend.store.range(MINIAPP_ID, 2, 9)).toEqual([])
        expect(await backend.store.range('another', 1, 9)).toEqual([])
      })

      test('passes over a number that belongs to no record', async () => {
        const [one, three] = [await numbered(1), await numbered(3)]
        expect(await backend.store.range(MINIAPP_ID, 1, 3)).toStrictEqual([three, one])
      })

      test('gives a record that gets its number later', async () => {
        const seen = await backend.store.insert(aRecord('order-1'))
        expect(await backend.store.range(MINIAPP_ID, 1, 1)).toEqual([])
        await backend.store.update(seen, SENT)
        expect(await backend.store.range(MINIAPP_ID, 1, 1)).toStrictEqual([withoutUndefined({ ...seen, ...SENT })])
      })

      test('gives more than one answer of the database holds: 1 MB', async () => {
        const raw_result = 'x'.repeat(30_000)
        const seqs = Array.from({ length: 50 }, (_, i) => i + 1)
        const records = await Promise.all(seqs.map((seq) => numbered(seq, { raw_result })))
        expect(await backend.store.range(MINIAPP_ID, 1, 50)).toStrictEqual(records.reverse())
      })
    })

    describe('limits', () => {
      const DAY = '2026-11-23'
      const LIMIT = 1_000
      const ofFen = (key: string, total_amount: number, changes: Partial<RedpackRecord> = {}) =>
        aRecord(key, { total_amount, limit_day: DAY, ...changes })
      const reserve = (record: RedpackRecord, day = DAY, limit = LIMIT) => backend.limits.reserve(record, day, limit)

      test('a send is reserved up to the limit and not a fen over it', async () => {
        expect(await reserve(ofFen('a', 600))).toBe(true)
        expect(await reserve(ofFen('b', 401))).toBe(false)
        expect(await reserve(ofFen('c', 400))).toBe(true)
        expect(await reserve(ofFen('d', 1))).toBe(false)
      })

      test('a send over the whole limit is never reserved', async () => {
        expect(await reserve(ofFen('a', 1_001))).toBe(false)
        expect(await reserve(ofFen('b', 1_000))).toBe(true)
      })

      test('a send counts once however often it is reserved', async () => {
        const record = ofFen('a', 500)
        expect([await reserve(record), await reserve(record), await reserve(record)]).toEqual([true, true, true])
        expect(await reserve(ofFen('b', 500))).toBe(true)
        expect(await reserve(record)).toBe(true)
      })

      test('what is given back can be reserved again', async () => {
        await reserve(ofFen('a', 1_000))
        await backend.limits.release(ofFen('a', 1_000), DAY)
        expect(await reserve(ofFen('b', 1_000))).toBe(true)
        expect(await reserve(ofFen('a', 1_000))).toBe(false)
      })

      test('a send is given back once', async () => {
        await reserve(ofFen('a', 400))
        await reserve(ofFen('b', 400))
        await backend.limits.release(ofFen('a', 400), DAY)
        await backend.limits.release(ofFen('a', 400), DAY)
        expect(await reserve(ofFen('c', 601))).toBe(false)
        expect(await reserve(ofFen('d', 600))).toBe(true)
      })

      test('what was never reserved is not given back', async () => {
        await reserve(ofFen('a', 1_000))
        await backend.limits.release(ofFen('b', 1_000), DAY)
        expect(await reserve(ofFen('c', 1))).toBe(false)
      })

      test('a send that is kept stays counted, and is not given back', async () => {
        await reserve(ofFen('a', 1_000))
        await backend.limits.keep(ofFen('a', 1_000), DAY)
        await backend.limits.keep(ofFen('a', 1_000), DAY)
        await backend.limits.release(ofFen('a', 1_000), DAY)
        expect(await reserve(ofFen('b', 1))).toBe(false)
      })

      test('each day, merchant set-up and mini app has a limit of its own', async () => {
        await reserve(ofFen('a', 1_000))
        expect(await reserve(ofFen('b', 1_000), '2026-11-24')).toBe(true)
        expect(await reserve(ofFen('c', 1_000, { gateway_type: 'weixin_tenpay_js' }))).toBe(true)
        expect(await reserve(ofFen('d', 1_000, { miniapp_id: 'another' }))).toBe(true)
        expect(await reserve(ofFen('e', 1))).toBe(false)
      })

      test('a limit that was raised has room at once, one that was lowered has none', async () => {
        await reserve(ofFen('a', 1_000))
        expect(await reserve(ofFen('b', 500), DAY, 1_500)).toBe(true)
        expect(await reserve(ofFen('c', 1), DAY, 900)).toBe(false)
      })

      test('of 100 at once against room for 37, 37 are reserved', async () => {
        const sends = Array.from({ length: 100 }, (_, i) => ofFen(`order-${i}`, 27))
        const reserved = await Promise.all(sends.map((record) => reserve(record)))
        expect(reserved.filter(Boolean)).toHaveLength(37)
        const again = await Promise.all(sends.map((record) => reserve(record)))
        expect(again).toEqual(reserved)
      })
    })

    describe('due', () => {
      const open = (key: string, due_at: number, changes: Partial<RedpackRecord> = {}) =>
        backend.store.insert(aRecord(key, { due_at, ...changes }))

      test('gives the ids of what is open and due, longest due first', async () => {
        const late = await open('late', 300)
        const early = await open('early', 100)
        const edge = await open('edge', 400)
        await open('not yet', 401)
        await open('another kind', 100, { unsettled: 'status' })
        await open('another mini app', 200, { miniapp_id: 'another' })
        const other = aRecord('another mini app', { miniapp_id: 'another' })
        expect(await backend.store.due('outcome', 400, 10)).toEqual([early.id, other.id, late.id, edge.id])
      })

      test('gives at most as many as asked for', async () => {
        const ids = []
        for (const due_at of [1, 2, 3, 4]) ids.push((await open(`due at ${due_at}`, due_at)).id)
        expect(await backend.store.due('outcome', 9, 3)).toEqual(ids.slice(0, 3))
      })

      test('gives nothing where nothing is due', async () => {
        await open('later', 401)
        expect(await backend.store.due('outcome', 400, 10)).toEqual([])
        expect(await backend.store.due('books', 400, 10)).toEqual([])
      })

      test('forgets a record with nothing open, and moves one with something else open', async () => {
        const [first, second] = [await open('first', 1), await open('second', 2)]
        await backend.store.update(first, { version: 2, writer: 'w', unsettled: undefined, due_at: undefined })
        await backend.store.update(second, { version: 2, writer: 'w', unsettled: 'status', due_at: 3 })
        expect(await backend.store.due('outcome', 9, 10)).toEqual([])
        expect(await backend.store.due('status', 2, 10)).toEqual([])
        expect(await backend.store.due('status', 3, 10)).toEqual([second.id])
      })
    })

    describe('seqsIn', () => {
      test('gives the numbers of a range that records of the mini app have', async () => {
        for (const seq of [1, 2, 4, 7, 8]) await backend.store.insert(aRecord(`order-${seq}`, { seq }))
        await backend.store.insert(aRecord('order-3', { seq: 3, miniapp_id: 'another' }))
        const sorted = async (from: number, to: number) =>
          (await backend.store.seqsIn(MINIAPP_ID, from, to)).sort((a, b) => a - b)
        expect(await sorted(1, 8)).toEqual([1, 2, 4, 7, 8])
        expect(await sorted(2, 7)).toEqual([2, 4, 7])
        expect(await sorted(5, 6)).toEqual([])
      })

      test('gives more than one answer of the database holds: 1 MB', async () => {
        const raw_result = 'x'.repeat(30_000)
        const seqs = Array.from({ length: 50 }, (_, i) => i + 1)
        await Promise.all(seqs.map((seq) => backend.store.insert(aRecord(`order-${seq}`, { seq, raw_result }))))
        expect((await backend.store.seqsIn(MINIAPP_ID, 1, 50)).sort((a, b) => a - b)).toEqual(seqs)
      })
    })

    describe('the search for holes', () => {
      const NEVER: HoleSearch = { watermark: 0, mark: 0, mark_at: 0 }
      const FIRST: HoleSearch = { watermark: 0, mark: 9, mark_at: NOW_S }
      const SECOND: HoleSearch = { watermark: 9, mark: 20, mark_at: NOW_S + 60 }
      const holes = async () => [...(await backend.store.book(MINIAPP_ID)).holes].sort((a, b) => a - b)

      test('stands at 0 before it begins', async () => {
        expect(await backend.store.holeSearch(MINIAPP_ID)).toEqual(NEVER)
      })

      test('moves on from where it was seen, and adds holes to the book', async () => {
        for (let i = 0; i < 20; i += 1) await backend.store.takeSeq(MINIAPP_ID)
        expect(await backend.store.saveHoleSearch(MINIAPP_ID, NEVER, FIRST, [])).toBe(true)
        expect(await backend.store.holeSearch(MINIAPP_ID)).toEqual(FIRST)
        expect(await backend.store.saveHoleSearch(MINIAPP_ID, FIRST, SECOND, [3, 7])).toBe(true)
        expect(await backend.store.holeSearch(MINIAPP_ID)).toEqual(SECOND)
        const third = { ...SECOND, watermark: 20 }
        expect(await backend.store.saveHoleSearch(MINIAPP_ID, SECOND, third, [7, 15])).toBe(true)
        expect(await holes()).toEqual([3, 7, 15])
        expect((await backend.store.book(MINIAPP_ID)).last_seq).toBe(20)
        expect(await backend.store.takeSeq(MINIAPP_ID)).toBe(21)
        expect(await holes()).toEqual([3, 7, 15])
      })

      test('remembers that its numbers are fenced, until it begins anew', async () => {
        const fenced: HoleSearch = { ...FIRST, mark_at: NOW_S + 900, fenced: true }
        await backend.store.saveHoleSearch(MINIAPP_ID, NEVER, FIRST, [])
        expect(await backend.store.saveHoleSearch(MINIAPP_ID, FIRST, fenced, [])).toBe(true)
        expect(await backend.store.holeSearch(MINIAPP_ID)).toEqual(fenced)
        expect(await backend.store.saveHoleSearch(MINIAPP_ID, fenced, SECOND, [4])).toBe(true)
        expect(await backend.store.holeSearch(MINIAPP_ID)).toEqual(SECOND)
        expect(await holes()).toEqual([4])
      })

      test.for([
        ['another watermark', { ...FIRST, watermark: 1 }],
        ['another mark', { ...FIRST, mark: 8 }],
        ['another time', { ...FIRST, mark_at: NOW_S - 60 }],
        ['nothing yet', NEVER],
      ] as const)('changes nothing where %s was seen', async ([, seen]) => {
        await backend.store.saveHoleSearch(MINIAPP_ID, NEVER, FIRST, [2])
        expect(await backend.store.saveHoleSearch(MINIAPP_ID, seen, SECOND, [3])).toBe(false)
        expect(await backend.store.holeSearch(MINIAPP_ID)).toEqual(FIRST)
        expect(await holes()).toEqual([2])
      })

      test('changes nothing where it was seen before it began', async () => {
        expect(await backend.store.saveHoleSearch(MINIAPP_ID, FIRST, SECOND, [3])).toBe(false)
        expect(await backend.store.holeSearch(MINIAPP_ID)).toEqual(NEVER)
        expect(await holes()).toEqual([])
      })

      test('lets one of 20 at once move it on', async () => {
        await backend.store.saveHoleSearch(MINIAPP_ID, NEVER, FIRST, [])
        const moved = await Promise.all(
          Array.from({ length: 20 }, (_, i) =>
            backend.store.saveHoleSearch(MINIAPP_ID, FIRST, { ...SECOND, watermark: i + 1 }, [i + 1]),
          ),
        )
        const winner = moved.indexOf(true) + 1
        expect(moved.filter(Boolean)).toHaveLength(1)
        expect(await backend.store.holeSearch(MINIAPP_ID)).toEqual({ ...SECOND, watermark: winner })
        expect(await holes()).toEqual([winner])
      })
    })
  })
}

describe('a database that cannot be reached', () => {
  const client = clientOf('http://127.0.0.1:9')
  const store = dynamoSettleStore(client, 'redpack')
  const { insert, get, update, takeSeq, book, range, due, seqsIn, holeSearch, saveHoleSearch } = store
  const search = { watermark: 0, mark: 0, mark_at: 0 }
  const { reserve, release, keep } = dynamoLimits(client, 'redpack')
  const record = aRecord('order-1')

  test.for([
    ['insert', () => insert(record)],
    ['get', () => get(record.id)],
    ['update', () => update(record, SENT)],
    ['takeSeq', () => takeSeq(MINIAPP_ID)],
    ['book', () => book(MINIAPP_ID)],
    ['range', () => range(MINIAPP_ID, 1, 2)],
    ['due', () => due('outcome', 1, 1)],
    ['seqsIn', () => seqsIn(MINIAPP_ID, 1, 2)],
    ['holeSearch', () => holeSearch(MINIAPP_ID)],
    ['saveHoleSearch', () => saveHoleSearch(MINIAPP_ID, search, search, [])],
    ['reserve', () => reserve(record, '2026-11-23', 1_000)],
    ['release', () => release(record, '2026-11-23')],
    ['keep', () => keep(record, '2026-11-23')],
  ] as const)('is store_unavailable from %s', async ([, call]) => {
    await expect(call()).rejects.toMatchObject({ name: 'AppError', code: 'store_unavailable' })
  })
})

test('identity, money and hash cannot be changed: they are not among the changes', async () => {
  // Held by the compiler: tsc fails where one of these lines stops being an error.
  const forbidden: Changes[] = [
    // @ts-expect-error
    { id: '' },
    // @ts-expect-error
    { miniapp_id: '' },
    // @ts-expect-error
    { mch_id: '' },
    // @ts-expect-error
    { mch_billno: '' },
    // @ts-expect-error
    { hash: '' },
    // @ts-expect-error
    { type: 'normal' },
    // @ts-expect-error
    { gateway_type: 'weixin_tenpay' },
    // @ts-expect-error
    { official_account_id: '' },
    // @ts-expect-error
    { re_openid: '' },
    // @ts-expect-error
    { send_name: '' },
    // @ts-expect-error
    { total_amount: 1 },
    // @ts-expect-error
    { total_num: 1 },
    // @ts-expect-error
    { wishing: '' },
    // @ts-expect-error
    { act_name: '' },
    // @ts-expect-error
    { remark: '' },
    // @ts-expect-error
    { scene_id: '' },
    // @ts-expect-error
    { risk_info: '' },
    // @ts-expect-error
    { created_at: 1 },
  ]
  expect(forbidden).toHaveLength(18)
})
