// What every implementation of the ports Store, Sequences and Limits does alike.
import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Sender } from '../../lib/aws/dynamodb.ts'
import { fen } from '../../lib/redpack/money.ts'
import type { Cursor, Due, GapSearch } from '../../lib/redpack/ports.ts'
import { idOf, type Kind, type Order, type RedpackRecord, type State } from '../../lib/redpack/record.ts'
import { SHARDS } from '../../lib/redpack/shards.ts'
import {
  type Backend,
  backendOf,
  clientOf,
  type DynamoBackend,
  databases,
  dynalite,
  dynamodbLocal,
  type Running,
  titleOf,
} from '../support/databases.ts'
import { aRecord, MINIAPP_ID, NOW_S } from '../unit/records.ts'

/** Long enough for a write on a busy machine. */
const WRITE_MS = 30_000

const ofRecord = (record: RedpackRecord): State => record

/** A sent state of `record`. */
const sent = (record: RedpackRecord): State => ({
  ...ofRecord(record),
  outcome: 'sent',
  status: 'SENT',
  send_listid: '100000000020150520314766074200',
  raw_result: '<xml><return_code><![CDATA[SUCCESS]]></return_code></xml>',
  seq: 1,
  lease_until_ms: 0,
  open: 'status',
  due_at: NOW_S + 600,
})

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

    const insert = async (record: Order & State) => (await backend.store.insert(record)).record
    const update = (seen: RedpackRecord, next: State) => backend.store.prepare(seen, next)(WRITE_MS)

    describe('insert', () => {
      test('writes a new record whole, stamped with version 1, a writer and a time', async () => {
        const record = aRecord('order-1', { scene_id: 'PRODUCT_1', limit_day: '2026-11-23' })
        const written = await backend.store.insert(record)
        const { version, writer, updated_at, ...rest } = written.record
        const { version: _v, writer: _w, updated_at: _u, ...given } = record
        expect(written.applied).toBe(true)
        expect(rest).toEqual(given)
        expect({ version, writer, updated_at }).toEqual({
          version: 1,
          writer: expect.stringMatching(/^.{11,}$/),
          updated_at: expect.any(Number),
        })
        expect(await backend.store.get(record.id)).toEqual(written.record)
      })

      test('gives the record that stands there, and leaves it as it is', async () => {
        const first = await insert(aRecord('order-1'))
        const second = aRecord('order-1', { total_amount: fen(200), hash: 'other' })
        expect(await backend.store.insert(second)).toEqual({ applied: false, record: first })
        expect(await backend.store.get(first.id)).toEqual(first)
      })

      test('lets one of 20 at once write, and shows it to all', async () => {
        const all = await Promise.all(Array.from({ length: 20 }, () => backend.store.insert(aRecord('order-1'))))
        const current = await backend.store.get(aRecord('order-1').id)
        expect(all.filter(({ applied }) => applied)).toEqual([{ applied: true, record: current }])
        expect(new Set(all.map(({ record }) => record.writer))).toEqual(new Set([current?.writer]))
      })

      test('keeps what it was given when the caller changes its copy', async () => {
        const given = { ...aRecord('order-1') }
        const { record } = await backend.store.insert(given)
        const before = { ...record }
        given.outcome = 'sent'
        record.outcome = 'refused'
        expect(await backend.store.get(record.id)).toEqual(before)
      })
    })

    describe('get', () => {
      test('gives undefined if there is no record', async () => {
        expect(await backend.store.get(aRecord('nobody').id)).toBeUndefined()
      })

      test('gives text of every kind as it was written', async () => {
        const record = await insert(
          aRecord('order-1', {
            wishing: '🧧👨‍👩‍👧 恭喜 ]]> &<>"\' \u202e rtl \u{10FFFF}',
            remark: '\u00a0\ufeff e\u0301 \u{1F1E8}\u{1F1F3}',
            raw_result: `<xml>${'🧧'.repeat(1000)}</xml>`,
            err_code_des: '',
          }),
        )
        expect(await backend.store.get(record.id)).toEqual(record)
      })
    })

    describe('prepare', () => {
      test('replaces the state of the record that still stands as it was seen, under the next version', async () => {
        const seen = await insert(aRecord('order-1'))
        const { applied, record } = await update(seen, sent(seen))
        const { writer, updated_at } = record
        expect(applied).toBe(true)
        expect(record).toEqual({ ...seen, ...sent(seen), version: 2, writer, updated_at })
        expect(writer).not.toBe(seen.writer)
        expect(await backend.store.get(seen.id)).toEqual(record)
      })

      test('changes nothing under a stale version, and gives what stands', async () => {
        const seen = await insert(aRecord('order-1'))
        const { record: taken } = await update(seen, { ...ofRecord(seen), lease_until_ms: 9 })
        expect(await update(seen, sent(seen))).toEqual({ applied: false, record: taken })
        expect(await backend.store.get(seen.id)).toEqual(taken)
      })

      test('changes nothing under another outcome, and gives what stands', async () => {
        const seen = await insert(aRecord('order-1'))
        const wrong = { ...seen, outcome: 'unknown' } as const
        expect(await update(wrong, sent(seen))).toEqual({ applied: false, record: seen })
        expect(await backend.store.get(seen.id)).toEqual(seen)
      })

      test('recognises itself when it is made again after a lost acknowledgement', async () => {
        const seen = await insert(aRecord('order-1'))
        const write = backend.store.prepare(seen, sent(seen))
        const { record } = await write(WRITE_MS)
        expect(await write(WRITE_MS)).toEqual({ applied: true, record })
        expect(await backend.store.get(seen.id)).toEqual(record)
      })

      test('removes what is undefined, also what was never there', async () => {
        const seen = await insert(aRecord('order-1', { err_code: 'NOTENOUGH', err_code_des: '余额不足' }))
        const next = {
          ...ofRecord(seen),
          err_code: undefined,
          open: undefined,
          due_at: undefined,
          raw_result: undefined,
        }
        const { record } = await update(seen, next)
        expect({ ...record, version: 1, writer: seen.writer, updated_at: seen.updated_at }).toEqual({
          ...seen,
          ...next,
        })
        expect(await backend.store.get(seen.id)).toEqual(record)
      })

      test('lets one of 20 at once through, and shows it to all', async () => {
        const seen = await insert(aRecord('order-1'))
        const next: State = { ...ofRecord(seen), outcome: 'unknown' }
        const all = await Promise.all(Array.from({ length: 20 }, () => update(seen, next)))
        const current = await backend.store.get(seen.id)
        expect({ version: current?.version, outcome: current?.outcome }).toEqual({ version: 2, outcome: 'unknown' })
        expect(all.filter(({ applied }) => applied)).toEqual([{ applied: true, record: current }])
        expect(new Set(all.map(({ record }) => record.writer))).toEqual(new Set([current?.writer]))
      })

      test('takes what is personal away with the write that says that it is erased, and with no other', async () => {
        const given = aRecord('order-1', { scene_id: 'PRODUCT_1', risk_info: 'mobile%3d1', seq: 1 })
        const marked = (await update(await insert(given), { ...sent(given), forget_asked_at: NOW_S })).record
        expect(marked).toMatchObject({ re_openid: given.re_openid, wishing: '恭喜发财', risk_info: 'mobile%3d1' })
        const at_rest = { open: undefined, due_at: undefined, raw_result: undefined, erased_at: NOW_S } as const
        const { record, applied } = await update(marked, { ...ofRecord(marked), ...at_rest })
        expect(applied).toBe(true)
        expect({ ...record, version: 2, writer: marked.writer, updated_at: marked.updated_at }).toEqual({
          ...marked,
          ...at_rest,
          ...{
            re_openid: '',
            send_name: '',
            wishing: '',
            act_name: '',
            remark: '',
            risk_info: undefined,
            idempotency_key: undefined,
          },
        })
        expect(await backend.store.get(given.id)).toEqual(record)
        expect(await backend.store.range(MINIAPP_ID, 1, 1)).toEqual([record])
        const later = await update(record, { ...ofRecord(record), status: 'RECEIVED' })
        expect(later).toMatchObject({
          applied: true,
          record: {
            ...record,
            status: 'RECEIVED',
            version: 4,
            writer: expect.any(String),
            updated_at: expect.any(Number),
          },
        })
      })

      test('fails for a record that was never written, and writes none', async () => {
        const record = aRecord('nobody')
        await expect(update(record, sent(record))).rejects.toThrow()
        expect(await backend.store.get(record.id)).toBeUndefined()
      })
    })

    describe('the sequence', () => {
      test('a mini app without numbers has an empty one', async () => {
        expect(await backend.sequences.read(MINIAPP_ID)).toEqual({ last_seq: 0, gaps: [] })
      })

      test('numbers are 1, 2, 3, for each mini app', async () => {
        const taken = []
        for (const miniapp_id of ['a', 'a', 'b', 'a']) taken.push(await backend.sequences.take(miniapp_id))
        expect(taken).toEqual([1, 2, 1, 3])
        expect(await backend.sequences.read('a')).toEqual({ last_seq: 3, gaps: [] })
        expect(await backend.sequences.read('b')).toEqual({ last_seq: 1, gaps: [] })
      })

      test('50 at once take 1 to 50, each once', async () => {
        const taken = await Promise.all(Array.from({ length: 50 }, () => backend.sequences.take(MINIAPP_ID)))
        expect(taken.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
        expect(await backend.sequences.read(MINIAPP_ID)).toEqual({ last_seq: 50, gaps: [] })
      })

      test("a sequence is no record, and a record is no mini app's sequence", async () => {
        await backend.sequences.take(MINIAPP_ID)
        await insert(aRecord('order-1'))
        expect(await backend.store.range(MINIAPP_ID, 1, 1_000_000)).toEqual([])
        expect(await backend.sequences.read(aRecord('order-1').id)).toEqual({ last_seq: 0, gaps: [] })
      })

      test('gives the numbers of a range that records of the mini app have', async () => {
        for (const seq of [1, 2, 4, 7, 8]) await insert(aRecord(`order-${seq}`, { seq }))
        await insert(aRecord('order-3', { seq: 3, miniapp_id: 'another' }))
        const sorted = async (from: number, to: number) =>
          (await backend.sequences.written(MINIAPP_ID, from, to)).sort((a, b) => a - b)
        expect(await sorted(1, 8)).toEqual([1, 2, 4, 7, 8])
        expect(await sorted(2, 7)).toEqual([2, 4, 7])
        expect(await sorted(5, 6)).toEqual([])
      })

      test('gives more numbers than one answer of the database holds: 1 MB', async () => {
        const raw_result = 'x'.repeat(30_000)
        const seqs = Array.from({ length: 50 }, (_, i) => i + 1)
        await Promise.all(seqs.map((seq) => insert(aRecord(`order-${seq}`, { seq, raw_result }))))
        expect((await backend.sequences.written(MINIAPP_ID, 1, 50)).sort((a, b) => a - b)).toEqual(seqs)
      })
    })

    describe('range', () => {
      const numbered = (seq: number, changes: Partial<RedpackRecord> = {}) =>
        insert(aRecord(`order-${seq}`, { seq, ...changes }))

      test('gives the records of the mini app between two numbers, both included, highest first', async () => {
        const [, two, three, four] = [await numbered(1), await numbered(2), await numbered(3), await numbered(4)]
        await numbered(3, { miniapp_id: 'another' })
        await insert(aRecord('without a number'))
        await numbered(5)
        expect(await backend.store.range(MINIAPP_ID, 2, 4)).toEqual([four, three, two])
        expect(await backend.store.range(MINIAPP_ID, 3, 3)).toEqual([three])
      })

      test('gives nothing if there is nothing', async () => {
        await numbered(1)
        expect(await backend.store.range(MINIAPP_ID, 2, 9)).toEqual([])
        expect(await backend.store.range('another', 1, 9)).toEqual([])
      })

      test('passes over a number that belongs to no record', async () => {
        const [one, three] = [await numbered(1), await numbered(3)]
        expect(await backend.store.range(MINIAPP_ID, 1, 3)).toEqual([three, one])
      })

      test('gives a record that gets its number later', async () => {
        const seen = await insert(aRecord('order-1'))
        expect(await backend.store.range(MINIAPP_ID, 1, 1)).toEqual([])
        const { record } = await update(seen, sent(seen))
        expect(await backend.store.range(MINIAPP_ID, 1, 1)).toEqual([record])
      })

      test('gives more than one answer of the database holds: 1 MB', async () => {
        const raw_result = 'x'.repeat(30_000)
        const seqs = Array.from({ length: 50 }, (_, i) => i + 1)
        const records = await Promise.all(seqs.map((seq) => numbered(seq, { raw_result })))
        expect(await backend.store.range(MINIAPP_ID, 1, 50)).toEqual(records.reverse())
      })
    })

    describe('limits', () => {
      const DAY = '2026-11-23'
      const LIMIT = 1_000
      const ofFen = (key: string, total_amount: number, changes: Partial<RedpackRecord> = {}) =>
        aRecord(key, { total_amount: fen(total_amount), limit_day: DAY, ...changes })
      const reserve = (record: RedpackRecord, day = DAY, limit = LIMIT) =>
        backend.limits.reserve(record, day, fen(limit))

      test('a send is reserved up to the limit and not a fen over it', async () => {
        expect(await reserve(ofFen('a', 600))).toBe('reserved')
        expect(await reserve(ofFen('b', 401))).toBe('over_limit')
        expect(await reserve(ofFen('c', 400))).toBe('reserved')
        expect(await reserve(ofFen('d', 1))).toBe('over_limit')
      })

      test('a send over the whole limit is never reserved', async () => {
        expect(await reserve(ofFen('a', 1_001))).toBe('over_limit')
        expect(await reserve(ofFen('b', 1_000))).toBe('reserved')
      })

      test('a send counts once however often it is reserved', async () => {
        const record = ofFen('a', 500)
        expect([await reserve(record), await reserve(record), await reserve(record)]).toEqual([
          'reserved',
          'reserved',
          'reserved',
        ])
        expect(await reserve(ofFen('b', 500))).toBe('reserved')
        expect(await reserve(record)).toBe('reserved')
      })

      test('what is released can be reserved again', async () => {
        await reserve(ofFen('a', 1_000))
        await backend.limits.release(ofFen('a', 1_000), DAY)
        expect(await reserve(ofFen('b', 1_000))).toBe('reserved')
        expect(await reserve(ofFen('a', 1_000))).toBe('over_limit')
      })

      test('a send is released once', async () => {
        await reserve(ofFen('a', 400))
        await reserve(ofFen('b', 400))
        await backend.limits.release(ofFen('a', 400), DAY)
        await backend.limits.release(ofFen('a', 400), DAY)
        expect(await reserve(ofFen('c', 601))).toBe('over_limit')
        expect(await reserve(ofFen('d', 600))).toBe('reserved')
      })

      test('what was never reserved is not released', async () => {
        await reserve(ofFen('a', 1_000))
        await backend.limits.release(ofFen('b', 1_000), DAY)
        expect(await reserve(ofFen('c', 1))).toBe('over_limit')
      })

      test('a send that is confirmed stays counted, and is not released', async () => {
        await reserve(ofFen('a', 1_000))
        await backend.limits.confirm(ofFen('a', 1_000), DAY)
        await backend.limits.confirm(ofFen('a', 1_000), DAY)
        await backend.limits.release(ofFen('a', 1_000), DAY)
        expect(await reserve(ofFen('b', 1))).toBe('over_limit')
      })

      test('each day, merchant set-up and mini app has a limit of its own', async () => {
        await reserve(ofFen('a', 1_000))
        expect(await reserve(ofFen('b', 1_000), '2026-11-24')).toBe('reserved')
        expect(await reserve(ofFen('c', 1_000, { gateway_type: 'weixin_tenpay_js' }))).toBe('reserved')
        expect(await reserve(ofFen('d', 1_000, { miniapp_id: 'another' }))).toBe('reserved')
        expect(await reserve(ofFen('e', 1))).toBe('over_limit')
      })

      test('a limit that was raised has room at once, one that was lowered has none', async () => {
        await reserve(ofFen('a', 1_000))
        expect(await reserve(ofFen('b', 500), DAY, 1_500)).toBe('reserved')
        expect(await reserve(ofFen('c', 1), DAY, 900)).toBe('over_limit')
      })

      test('of 100 at once against room for 37, 37 are reserved', async () => {
        const sends = Array.from({ length: 100 }, (_, i) => ofFen(`order-${i}`, 27))
        const reserved = await Promise.all(sends.map((record) => reserve(record)))
        expect(reserved.filter((result) => result === 'reserved')).toHaveLength(37)
        expect(reserved.filter((result) => result === 'over_limit')).toHaveLength(63)
        const again = await Promise.all(sends.map((record) => reserve(record)))
        expect(again).toEqual(reserved)
      })

      test('with 500 sends open none is reserved, but one of them again; one that is closed makes room', async () => {
        const sends = Array.from({ length: 500 }, (_, i) => ofFen(`open-${i}`, 1))
        for (let i = 0; i < 500; i += 50) {
          const results = await Promise.all(sends.slice(i, i + 50).map((record) => reserve(record)))
          expect(new Set(results)).toEqual(new Set(['reserved']))
        }
        const [first = ofFen('open-0', 1), second = ofFen('open-1', 1)] = sends
        expect(await reserve(ofFen('one more', 1))).toBe('too_many_open')
        expect(await reserve(ofFen('over the limit too', 501))).toBe('too_many_open')
        expect(await reserve(first)).toBe('reserved')
        await backend.limits.confirm(first, DAY)
        expect(await reserve(ofFen('one more', 1))).toBe('reserved')
        expect(await reserve(ofFen('yet one more', 1))).toBe('too_many_open')
        await backend.limits.release(second, DAY)
        expect(await reserve(ofFen('yet one more', 1))).toBe('reserved')
      })
    })

    describe('open sends', () => {
      const DAY = '2026-11-23'
      const [one, two] = [aRecord('one'), aRecord('two')]
      const ids = async (day?: string) => [...(await backend.limits.openIds(one, day))].sort()

      test('a set-up without any has none', async () => {
        expect(await ids()).toEqual([])
      })

      test('those of a day are reserved and neither confirmed nor released', async () => {
        const [three, four] = [aRecord('three'), aRecord('four')]
        for (const record of [one, two, three, four]) await backend.limits.reserve(record, DAY, fen(1_000))
        await backend.limits.confirm(one, DAY)
        await backend.limits.release(two, DAY)
        expect(await ids(DAY)).toEqual([three.id, four.id].sort())
      })

      test('another day has none of them', async () => {
        await backend.limits.reserve(one, DAY, fen(1_000))
        expect(await ids('2026-11-24')).toEqual([])
      })

      test('those without a limit are added once and removed once, in any order', async () => {
        await backend.limits.removeOpen(one)
        for (const record of [one, two, one]) await backend.limits.addOpen(record)
        for (const record of [two, two]) await backend.limits.removeOpen(record)
        expect(await ids()).toEqual([one.id])
      })

      test('each merchant set-up and mini app has a list of its own', async () => {
        await backend.limits.addOpen(aRecord('js', { gateway_type: 'weixin_tenpay_js' }))
        await backend.limits.addOpen(aRecord('another', { miniapp_id: 'another' }))
        expect(await ids()).toEqual([])
      })
    })

    describe('page', () => {
      const open = (key: string, due_at: number, changes: Partial<RedpackRecord> = {}) =>
        insert({ ...aRecord(key, { due_at, ...changes }), id: `7${idOf(key, key).slice(1)}` })
      const due = async (kind: Kind, due_by_s: number) => (await backend.store.page(kind, '7', due_by_s)).due
      const entry = ({ id, mch_id, due_at }: RedpackRecord) => ({ id, mch_id, due_at })

      test('gives what is open and due in a shard, longest due first, and whose it is', async () => {
        const late = await open('late', 300)
        const early = await open('early', 100, { mch_id: '10000099' })
        const edge = await open('edge', 400)
        await open('not yet', 401)
        await open('another kind', 100, { open: 'status' })
        const other = await open('another mini app', 200, { miniapp_id: 'another' })
        expect(await due('outcome', 400)).toEqual([early, other, late, edge].map(entry))
        expect(entry(early)).toEqual({ id: early.id, mch_id: '10000099', due_at: 100 })
      })

      test('gives what is in the shard of the first digit of the id, and in no other', async () => {
        const records = await Promise.all(
          SHARDS.map((digit) => insert({ ...aRecord(digit, { due_at: 1 }), id: digit + '0'.repeat(23) })),
        )
        for (const [i, shard] of SHARDS.entries()) {
          expect(await backend.store.page('outcome', shard, 1)).toMatchObject({
            due: [entry(records[i] as RedpackRecord)],
          })
        }
      })

      test('gives at most as many as asked for, and goes on after them', async () => {
        const records = []
        for (const due_at of [1, 2, 3, 4, 5]) records.push(await open(`due at ${due_at}`, due_at))
        const pages: Due[][] = []
        let after: Cursor | undefined
        do {
          const page = await backend.store.page('outcome', '7', 9, { limit: 2, ...(after && { after }) })
          pages.push([...page.due])
          after = page.next
        } while (after)
        expect(pages.flat()).toEqual(records.map(entry))
        expect(pages.slice(0, 3).map(({ length }) => length)).toEqual([2, 2, 1])
      })

      test('gives all of a shard, page by page, if no number is asked for', async () => {
        for (let i = 0; i < 1_100; i += 20) {
          await Promise.all(Array.from({ length: 20 }, (_, k) => open(`order-${i + k}`, i + k)))
        }
        const ids = new Set<string>()
        let after: Cursor | undefined
        do {
          const page = await backend.store.page('outcome', '7', 2_000, after && { after })
          for (const { id } of page.due) ids.add(id)
          after = page.next
        } while (after)
        expect(ids.size).toBe(1_100)
      })

      test('gives nothing if nothing is due', async () => {
        await open('later', 401)
        expect(await backend.store.page('outcome', '7', 400)).toEqual({ due: [], next: undefined })
        expect(await backend.store.page('repair', '7', 400)).toEqual({ due: [], next: undefined })
      })

      test('forgets a record with nothing open, and moves one with something else open', async () => {
        const [first, second] = [await open('first', 1), await open('second', 2)]
        await update(first, { ...ofRecord(first), open: undefined, due_at: undefined })
        const { record } = await update(second, { ...ofRecord(second), open: 'status', due_at: 3 })
        expect(await due('outcome', 9)).toEqual([])
        expect(await due('status', 2)).toEqual([])
        expect(await due('status', 3)).toEqual([entry(record)])
      })
    })

    describe('a lease', () => {
      const take = (name: string, now_ms: number, until_ms: number) => backend.leases.take(name, now_ms, until_ms)

      test('has one holder, until its time is over', async () => {
        const first = await take('settle#0', 1_000, 61_000)
        expect(first).toEqual(expect.any(String))
        expect(await take('settle#0', 1_000, 61_000)).toBeUndefined()
        expect(await take('settle#0', 60_999, 120_000)).toBeUndefined()
        const second = await take('settle#0', 61_000, 120_000)
        expect(second).toEqual(expect.any(String))
        expect(second).not.toBe(first)
        expect(await take('settle#0', 119_999, 180_000)).toBeUndefined()
      })

      test('is free once it is given back', async () => {
        await backend.leases.giveBack('settle#0', (await take('settle#0', 1_000, 61_000)) ?? '')
        expect(await take('settle#0', 1_001, 62_000)).toEqual(expect.any(String))
      })

      test('is not given back by one that lost it, or by one that never had it', async () => {
        const first = (await take('settle#0', 1_000, 61_000)) ?? ''
        await take('settle#0', 61_000, 121_000)
        await backend.leases.giveBack('settle#0', first)
        await backend.leases.giveBack('settle#0', '')
        await backend.leases.giveBack('settle#8', first)
        expect(await take('settle#0', 62_000, 122_000)).toBeUndefined()
        expect(await take('settle#8', 62_000, 122_000)).toEqual(expect.any(String))
      })

      test('has one holder of 20 at once', async () => {
        const taken = await Promise.all(Array.from({ length: 20 }, () => take('settle#0', 1_000, 61_000)))
        expect(taken.filter((holder) => holder !== undefined)).toHaveLength(1)
      })
    })

    describe('the search for gaps', () => {
      const NEVER: GapSearch = { watermark: 0, high_water: 0, observed_at: 0, writers_done: false }
      const FIRST: GapSearch = { watermark: 0, high_water: 9, observed_at: NOW_S, writers_done: false }
      const SECOND: GapSearch = { watermark: 9, high_water: 20, observed_at: NOW_S + 60, writers_done: false }
      const gaps = async () => [...(await backend.sequences.read(MINIAPP_ID)).gaps].sort((a, b) => a - b)
      const save = (seen: GapSearch, next: GapSearch, found: readonly number[]) =>
        backend.sequences.saveSearch(MINIAPP_ID, seen, next, found)

      test('stands at 0 before it begins', async () => {
        expect(await backend.sequences.search(MINIAPP_ID)).toEqual(NEVER)
      })

      test('moves on from where it was seen, and adds gaps to the sequence', async () => {
        for (let i = 0; i < 20; i += 1) await backend.sequences.take(MINIAPP_ID)
        expect(await save(NEVER, FIRST, [])).toBe(true)
        expect(await backend.sequences.search(MINIAPP_ID)).toEqual(FIRST)
        expect(await save(FIRST, SECOND, [3, 7])).toBe(true)
        expect(await backend.sequences.search(MINIAPP_ID)).toEqual(SECOND)
        expect(await save(SECOND, { ...SECOND, watermark: 20 }, [7, 15])).toBe(true)
        expect(await gaps()).toEqual([3, 7, 15])
        expect((await backend.sequences.read(MINIAPP_ID)).last_seq).toBe(20)
        expect(await backend.sequences.take(MINIAPP_ID)).toBe(21)
        expect(await gaps()).toEqual([3, 7, 15])
      })

      test('remembers that the writers of its numbers are done, until it begins anew', async () => {
        const done: GapSearch = { ...FIRST, observed_at: NOW_S + 900, writers_done: true }
        await save(NEVER, FIRST, [])
        expect(await save(FIRST, done, [])).toBe(true)
        expect(await backend.sequences.search(MINIAPP_ID)).toEqual(done)
        expect(await save(done, SECOND, [4])).toBe(true)
        expect(await backend.sequences.search(MINIAPP_ID)).toEqual(SECOND)
        expect(await gaps()).toEqual([4])
      })

      test.for([
        ['another watermark', { ...FIRST, watermark: 1 }],
        ['another high water', { ...FIRST, high_water: 8 }],
        ['another time', { ...FIRST, observed_at: NOW_S - 60 }],
        ['writers that are done', { ...FIRST, writers_done: true }],
        ['nothing yet', NEVER],
      ] as const)('changes nothing if %s was seen', async ([, seen]) => {
        await save(NEVER, FIRST, [2])
        expect(await save(seen, SECOND, [3])).toBe(false)
        expect(await backend.sequences.search(MINIAPP_ID)).toEqual(FIRST)
        expect(await gaps()).toEqual([2])
      })

      test('changes nothing if it was seen before it began', async () => {
        expect(await save(FIRST, SECOND, [3])).toBe(false)
        expect(await backend.sequences.search(MINIAPP_ID)).toEqual(NEVER)
        expect(await gaps()).toEqual([])
      })

      test('lets one of 20 at once move it on', async () => {
        await save(NEVER, FIRST, [])
        const moved = await Promise.all(
          Array.from({ length: 20 }, (_, i) => save(FIRST, { ...SECOND, watermark: i + 1 }, [i + 1])),
        )
        const winner = moved.indexOf(true) + 1
        expect(moved.filter(Boolean)).toHaveLength(1)
        expect(await backend.sequences.search(MINIAPP_ID)).toEqual({ ...SECOND, watermark: winner })
        expect(await gaps()).toEqual([winner])
      })
    })
  })
}

for (const database of [dynalite, dynamodbLocal]) {
  describe.skipIf(database.missing !== undefined)(
    titleOf('another version of the code, on one table', database),
    () => {
      let running: Running<DynamoBackend>
      let table: DynamoBackend
      beforeAll(async () => {
        running = await database.start()
        table = await running.fresh()
      })
      afterAll(() => running?.stop())

      const item = (record: RedpackRecord, changes: object) =>
        table.client.send(
          new PutItemCommand({
            TableName: table.table,
            Item: marshall({ ...record, ...changes }, { removeUndefinedValues: true }),
          }),
        )
      const setNote = (id: string) =>
        table.client.send(
          new UpdateItemCommand({
            TableName: table.table,
            Key: { id: { S: id } },
            UpdateExpression: 'SET note = :note',
            ExpressionAttributeValues: { ':note': { S: 'of a newer version' } },
            ReturnValues: 'ALL_NEW',
          }),
        )

      test('an attribute that this version does not know survives an update', async () => {
        const { record } = await table.store.insert(aRecord('newer'))
        await setNote(record.id)
        expect((await table.store.prepare(record, sent(record))(WRITE_MS)).applied).toBe(true)
        expect((await setNote(record.id)).Attributes?.note).toEqual({ S: 'of a newer version' })
      })

      test.for([
        ['an outcome that this version does not know', { outcome: 'reversed' }],
        ['a status that it does not know', { status: 'FROZEN' }],
        ['an amount that is none', { total_amount: 'free' }],
        ['a missing version', { version: undefined }],
      ] as const)(
        '%s: read and repeated, the record is record_unreadable and stays as it is',
        async ([name, changes]) => {
          const record = aRecord(name)
          await item(record, changes)
          const unreadable = { name: 'AppError', code: 'record_unreadable' }
          await expect(table.store.get(record.id)).rejects.toMatchObject(unreadable)
          await expect(table.store.insert(record)).rejects.toMatchObject(unreadable)
          await expect(table.store.prepare({ ...record, version: 7 }, sent(record))(WRITE_MS)).rejects.toMatchObject(
            unreadable,
          )
          const current = (await setNote(record.id)).Attributes
          expect(current).toEqual({
            ...marshall({ ...record, ...changes }, { removeUndefinedValues: true }),
            note: { S: 'of a newer version' },
          })
        },
      )

      test('version 0.1 kept no idempotency_key and no keyid: its record is read, repeated, changed and listed without them', async () => {
        const miniapp_id = 'since version 0.1'
        const { idempotency_key: _, keyid: _k, ...old } = aRecord('order-1', { miniapp_id, seq: 1 })
        await item(old, {})
        expect(await table.store.get(old.id)).toEqual(old)
        const repeated = aRecord('order-1', { miniapp_id })
        expect(await table.store.insert(repeated)).toEqual({ applied: false, record: old })
        const { applied, record } = await table.store.prepare(old, sent(old))(WRITE_MS)
        expect(applied).toBe(true)
        expect(record).not.toHaveProperty('keyid')
        expect(await table.store.range(miniapp_id, 1, 1)).toEqual([record])
      })

      test('a lease is its holder’s also if the acknowledgement was lost and the SDK made the same write again', async () => {
        const twice: Sender['send'] = async (command: Parameters<Sender['send']>[0]) => {
          await table.client.send(command)
          return table.client.send(command)
        }
        const { leases } = backendOf({ send: twice } as Sender, table.table)
        expect(await leases.take('settle#1', 1_000, 61_000)).toEqual(expect.any(String))
        expect(await leases.take('settle#1', 1_001, 61_001)).toBeUndefined()
      })

      test('a page with an item that does not parse answers without it, and tells its id', async () => {
        const miniapp_id = 'with a bad item'
        const told: string[] = []
        const store = backendOf(table.client, table.table, (id) => told.push(id)).store
        const { record: one } = await store.insert(aRecord('order-1', { miniapp_id, seq: 1 }))
        const bad = aRecord('order-2', { miniapp_id, seq: 2 })
        await item(bad, { outcome: 'reversed' })
        const { record: three } = await store.insert(aRecord('order-3', { miniapp_id, seq: 3 }))
        expect(await store.range(miniapp_id, 1, 3)).toEqual([three, one])
        expect(told).toEqual([bad.id])
      })
    },
  )
}

describe('a database that cannot be reached', () => {
  const { store, sequences, limits, leases } = backendOf(clientOf('http://127.0.0.1:9'), 'redpack')
  const search: GapSearch = { watermark: 0, high_water: 0, observed_at: 0, writers_done: false }
  const record = aRecord('order-1')

  test.for([
    ['insert', () => store.insert(record)],
    ['get', () => store.get(record.id)],
    ['prepare', () => store.prepare(record, sent(record))(WRITE_MS)],
    ['range', () => store.range(MINIAPP_ID, 1, 2)],
    ['page', () => store.page('outcome', '0', 1)],
    ['take', () => sequences.take(MINIAPP_ID)],
    ['read', () => sequences.read(MINIAPP_ID)],
    ['written', () => sequences.written(MINIAPP_ID, 1, 2)],
    ['search', () => sequences.search(MINIAPP_ID)],
    ['saveSearch', () => sequences.saveSearch(MINIAPP_ID, search, search, [])],
    ['take (lease)', () => leases.take('settle#0', 1, 2)],
    ['giveBack', () => leases.giveBack('settle#0', 'holder')],
    ['reserve', () => limits.reserve(record, '2026-11-23', fen(1_000))],
    ['release', () => limits.release(record, '2026-11-23')],
    ['confirm', () => limits.confirm(record, '2026-11-23')],
    ['addOpen', () => limits.addOpen(record)],
    ['removeOpen', () => limits.removeOpen(record)],
    ['openIds', () => limits.openIds(record, undefined)],
    ['openIds of a day', () => limits.openIds(record, '2026-11-23')],
  ] as const)('is store_unavailable from %s', async ([, call]) => {
    await expect(call()).rejects.toMatchObject({ name: 'AppError', code: 'store_unavailable' })
  })
})
