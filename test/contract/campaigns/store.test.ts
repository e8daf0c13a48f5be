// What every implementation of the port CampaignStore does alike: memory, dynalite and Amazon's DynamoDB Local.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { dynamoCampaigns } from '../../../lib/aws/campaigns.ts'
import { type Campaign, Commanded, type Draft, type Head, keyOf } from '../../../lib/campaigns/campaign.ts'
import type { CampaignStore } from '../../../lib/campaigns/ports.ts'
import { noSums, waiting } from '../../../lib/campaigns/totals.ts'
import { fen } from '../../../lib/redpack/money.ts'
import type { RedpackRecord } from '../../../lib/redpack/record.ts'
import { campaignMemory } from '../../support/campaign-store.ts'
import { type DynamoBackend, dynalite, dynamodbLocal, type Running, titleOf } from '../../support/databases.ts'
import { aRecord, MINIAPP_ID, NOW_S } from '../../unit/records.ts'

const NOW_MS = NOW_S * 1000
const CLOCK = { now: () => NOW_MS }
type Backend = { store: CampaignStore; put(record: RedpackRecord): Promise<void> }
type Started = { fresh(): Promise<Backend>; stop(): Promise<void> }

const memory = {
  name: 'memory',
  missing: undefined,
  start: async (): Promise<Started> => ({
    fresh: async () => {
      const records = new Map<string, RedpackRecord>()
      const put = async (record: RedpackRecord) => void records.set(record.id, record)
      return { store: campaignMemory((id) => records.get(id)).store(CLOCK), put }
    },
    stop: async () => {},
  }),
}
const dynamo = ({ name, missing, start }: typeof dynalite) => ({
  name,
  missing,
  start: async (): Promise<Started> => {
    const running: Running<DynamoBackend> = await start()
    return {
      stop: running.stop,
      fresh: async () => {
        const { client, table, store } = await running.fresh()
        return {
          store: dynamoCampaigns(client, table, CLOCK),
          put: async (record) => void (await store.insert(record)),
        }
      },
    }
  },
})

const ID = '0123456789abcdef01234567'

function aCampaign(changes: Partial<Campaign> = {}): Campaign {
  return {
    id: ID,
    miniapp_id: MINIAPP_ID,
    name: '春节',
    hash: 'hash',
    defaults: { gateway_type: 'weixin_tenpay', act_name: '新年红包', total_amount: fen(100) },
    rows_count: 750,
    total_amount: fen(75_000),
    rate_per_s: 25,
    created_ms: NOW_MS,
    state: 'draft',
    version: 1,
    pass: 0,
    retries: [],
    mch_id: '10000098',
    keyid: 'key-1',
    lease_until_ms: 0,
    totals: waiting(750, 75_000),
    reasons: {},
    updated_at: NOW_S,
    due_at: NOW_S + 100,
    ...changes,
  }
}

const commandedOf = (campaign: Campaign) =>
  Object.fromEntries(Object.keys(Commanded.entries).map((key) => [key, campaign[key as keyof Campaign]])) as Commanded

function aHead(n: number, changes: Partial<Head> = {}): Head {
  return {
    n,
    version: 2,
    pass: 1,
    codes: '.psf',
    attempts: '01010201',
    totals: {
      rows: { ...noSums(), waiting: 1, unknown: 1, sent: 1, refused: 1 },
      fen: { ...noSums(), waiting: 100, sent: 300 },
    },
    reasons: { OPENID_ERROR: [1, 100] },
    begun_ms: NOW_MS,
    due_ms: NOW_MS + 600_000,
    ...changes,
  }
}

const DRAFT: Draft = { count: 4, sum: fen(400), digest: 'AbCdEfGh', values: 'AbCdEfGhAbCdEfGh' }

for (const database of [memory, dynamo(dynalite), dynamo(dynamodbLocal)]) {
  describe.skipIf(database.missing !== undefined)(
    titleOf('campaigns', { ...dynalite, name: database.name, missing: database.missing }),
    () => {
      let running: Started
      let store: CampaignStore
      let put: Backend['put']
      beforeAll(async () => {
        running = await database.start()
      })
      beforeEach(async () => {
        const backend = await running.fresh()
        store = backend.store
        put = backend.put
      })
      afterAll(() => running?.stop())

      async function stored(changes: Partial<Campaign> = {}): Promise<Campaign> {
        const { campaign } = await store.create(aCampaign(changes))
        return campaign
      }

      describe('create', () => {
        test('writes a draft once, and gives what stands there', async () => {
          expect(await store.create(aCampaign())).toEqual({ created: true, campaign: aCampaign() })
          expect(await store.create(aCampaign({ hash: 'other' }))).toEqual({ created: false, campaign: aCampaign() })
          expect(await store.get(ID)).toEqual(aCampaign())
          expect(await store.get('f'.repeat(24))).toBeUndefined()
        })

        test('of 10 at once one is written', async () => {
          const all = await Promise.all(Array.from({ length: 10 }, () => store.create(aCampaign())))
          expect(all.filter(({ created }) => created)).toHaveLength(1)
        })
      })

      describe('the list', () => {
        test('has the mini app’s campaigns, newest first, by pages', async () => {
          for (let i = 0; i < 5; i += 1) await stored({ id: `${i}`.repeat(24), name: `${i}`, created_ms: NOW_MS + i })
          await stored({ id: 'a'.repeat(24), miniapp_id: 'another' })
          const { campaigns, total_count } = await store.list(MINIAPP_ID, 1, 2)
          expect([campaigns.map(({ name }) => name), total_count]).toEqual([['3', '2'], 5])
          expect((await store.list(MINIAPP_ID, 4, 20)).campaigns.map(({ name }) => name)).toEqual(['0'])
          expect((await store.list('nobody', 0, 20)).campaigns).toEqual([])
          expect((await store.since(MINIAPP_ID, NOW_MS + 3)).map(({ name }) => name)).toEqual(['4', '3'])
        })
      })

      describe('a command', () => {
        test('is written over the state and the version that were read, and not over others', async () => {
          const seen = await stored()
          const next = {
            ...commandedOf(seen),
            state: 'queued' as const,
            version: 2,
            last: { command: 'start', version: 1, retried: 0 },
            similar: [],
            started_at: NOW_S,
            due_at: NOW_S,
          }
          expect(await store.command(seen, next)).toBe(true)
          expect(await store.command(seen, next)).toBe(false)
          expect(await store.command({ ...seen, version: 2 }, next)).toBe(false)
          expect(await store.get(ID)).toEqual({ ...seen, ...next })
        })

        test('takes away what it leaves out, and leaves the time when it is due', async () => {
          const seen = await stored({ state: 'stopped', stop: { code: 'NOTENOUGH', detail: '…' }, finished_at: 1 })
          const next = {
            ...commandedOf(seen),
            state: 'paused' as const,
            version: 2,
            stop: undefined,
            finished_at: undefined,
          }
          expect(await store.command(seen, next)).toBe(true)
          const { stop: _s, finished_at: _f, ...rest } = seen
          expect(await store.get(ID)).toEqual({ ...rest, state: 'paused', version: 2 })
        })

        test('touch puts a draft’s end off, and nothing else’s', async () => {
          const seen = await stored()
          await store.touch(ID, NOW_S + 500)
          expect((await store.get(ID))?.due_at).toBe(NOW_S + 500)
          await store.command({ ...seen }, { ...commandedOf(seen), state: 'queued', version: 2 })
          await store.touch(ID, NOW_S + 900)
          expect((await store.get(ID))?.due_at).toBe(NOW_S + 500)
        })
      })

      describe('the lease', () => {
        test('is one worker’s until its time is over or it is given back', async () => {
          const seen = await stored({ state: 'queued' })
          const leased = { ...seen, worker: 'a', lease_until_ms: NOW_MS + 45_000, due_at: NOW_S + 45 }
          // Twice: the second may be the first one's, made again after a lost acknowledgement.
          for (let i = 0; i < 2; i += 1) {
            expect(await store.lease(ID, 'a', NOW_MS, NOW_MS + 45_000)).toEqual(leased)
          }
          expect(await store.lease(ID, 'b', NOW_MS + 45_000, NOW_MS + 90_000)).toBeUndefined()
          expect(await store.lease(ID, 'b', NOW_MS + 45_001, NOW_MS + 90_000)).toMatchObject({ worker: 'b' })
          expect(await store.save(ID, 'a', { working: 3 })).toBe(false)
          expect(await store.save(ID, 'b', { lease_until_ms: 0 })).toBe(true)
          expect(await store.lease(ID, 'c', NOW_MS, NOW_MS + 1)).toMatchObject({ worker: 'c' })
          expect(await store.lease('f'.repeat(24), 'c', NOW_MS, NOW_MS + 1)).toBeUndefined()
        })

        test('of 10 workers at once one gets it', async () => {
          await stored()
          const all = await Promise.all(
            Array.from({ length: 10 }, (_, i) => store.lease(ID, `w${i}`, NOW_MS, NOW_MS + 1_000)),
          )
          expect(all.filter((one) => one !== undefined)).toHaveLength(1)
        })
      })

      describe('save', () => {
        test('writes what it names, takes away what is null, and leaves the rest', async () => {
          await stored({ state: 'running' })
          await store.lease(ID, 'a', NOW_MS, NOW_MS + 45_000)
          const totals = { rows: { ...noSums(), sent: 750 }, fen: { ...noSums(), sent: 75_000 } }
          const hold = { code: 'stopped', since: NOW_S }
          expect(await store.save(ID, 'a', { working: 1, totals, reasons: { OPENID_ERROR: [1, 5] }, hold })).toBe(true)
          expect(await store.get(ID)).toMatchObject({
            working: 1,
            totals,
            reasons: { OPENID_ERROR: [1, 5] },
            hold,
            due_at: NOW_S + 45,
          })
          expect(await store.save(ID, 'a', { working: null, hold: null, due_at: null, sent_at: undefined })).toBe(true)
          const after = await store.get(ID)
          expect(after).toMatchObject({ totals, worker: 'a' })
          for (const gone of ['working', 'hold', 'due_at', 'sent_at'] as const) expect(after?.[gone]).toBeUndefined()
        })

        test('with what was read, only if no command came since', async () => {
          await stored({ state: 'running' })
          const seen = (await store.lease(ID, 'a', NOW_MS, NOW_MS + 45_000)) as Campaign
          await store.command(seen, { ...commandedOf(seen), state: 'paused', version: 2 })
          expect(await store.save(ID, 'a', { state: 'settling' }, seen)).toBe(false)
          expect(await store.save(ID, 'a', { state: 'settling' }, { ...seen, version: 2 })).toBe(false)
          expect((await store.get(ID))?.state).toBe('paused')
          expect(
            await store.save(ID, 'a', { state: 'settling', sent_at: 7 }, { ...seen, version: 2, state: 'paused' }),
          ).toBe(true)
          expect(await store.get(ID)).toMatchObject({ state: 'settling', sent_at: 7, version: 2 })
        })
      })

      test('due gives what is due, longest first, and nothing that is never due', async () => {
        await stored({ id: 'a'.repeat(24), due_at: NOW_S })
        await stored({ id: 'b'.repeat(24), due_at: NOW_S - 10 })
        await stored({ id: 'c'.repeat(24), due_at: NOW_S + 1 })
        await stored({ id: 'd'.repeat(24), due_at: NOW_S - 5 })
        await store.lease('d'.repeat(24), 'w', NOW_MS, NOW_MS)
        await store.save('d'.repeat(24), 'w', { due_at: null })
        expect(await store.due(NOW_S, 10)).toEqual(['b'.repeat(24), 'a'.repeat(24)])
        expect(await store.due(NOW_S, 1)).toEqual(['b'.repeat(24)])
      })

      describe('rows', () => {
        const packed = Buffer.from([0, 1, 2, 255])

        test('are written once; the same again is as good', async () => {
          expect(await store.putRows(ID, 0, packed)).toBe(true)
          expect(await store.putRows(ID, 0, packed)).toBe(true)
          expect(await store.putRows(ID, 0, Buffer.from([9]))).toBe(false)
          expect(Buffer.from((await store.rows(ID, 0)) ?? [])).toEqual(packed)
          expect(await store.rows(ID, 1)).toBeUndefined()
        })

        test('of 380 KB have room', async () => {
          const large = Buffer.alloc(380 * 1024, 7)
          expect(await store.putRows(ID, 0, large)).toBe(true)
          expect((await store.rows(ID, 0))?.length).toBe(large.length)
        })
      })

      describe('heads', () => {
        test('of a draft wait whole, and stand as a worker has written them', async () => {
          await store.putDraft(ID, 1, DRAFT)
          await store.putDraft(ID, 0, DRAFT)
          expect(await store.drafts(ID, [0, 1, 2])).toEqual(
            new Map([
              [0, DRAFT],
              [1, DRAFT],
            ]),
          )
          const fresh = { version: 1, pass: 0, codes: '....', totals: waiting(4, 400), reasons: {} }
          expect(await store.heads(ID, [0, 1, 2])).toEqual([
            { n: 0, ...fresh },
            { n: 1, ...fresh },
          ])
          expect(await store.saveHead(ID, 1, aHead(1))).toBe(true)
          expect(await store.heads(ID, [1])).toEqual([aHead(1)])
        })

        test('are written over the version that was read, and no other', async () => {
          await store.putDraft(ID, 0, DRAFT)
          expect(await store.saveHead(ID, 2, aHead(0))).toBe(false)
          expect(await store.saveHead(ID, 1, aHead(0))).toBe(true)
          expect(await store.saveHead(ID, 1, aHead(0, { codes: 'ssss' }))).toBe(false)
          const { attempts: _, ...first } = aHead(0, { version: 3, due_ms: undefined, begun_ms: undefined })
          expect(await store.saveHead(ID, 2, first)).toBe(true)
          expect((await store.heads(ID, [0]))[0]).toEqual({ ...first, due_ms: undefined, begun_ms: undefined })
          expect(await store.saveHead(ID, 1, aHead(7))).toBe(false)
        })

        test('a chunk that comes late changes nothing that a worker has written', async () => {
          await store.putDraft(ID, 0, DRAFT)
          await store.saveHead(ID, 1, aHead(0))
          await store.putDraft(ID, 0, DRAFT)
          expect(await store.heads(ID, [0])).toEqual([aHead(0)])
        })

        test('of 120 chunks come in their order', async () => {
          const ns = Array.from({ length: 120 }, (_, n) => n)
          await Promise.all(ns.map((n) => store.putDraft(ID, n, DRAFT)))
          expect((await store.heads(ID, ns)).map(({ n }) => n)).toEqual(ns)
        })
      })

      test('rows, heads and sketch are removed, the campaign is not; a draft goes when its version is the one that was read', async () => {
        const draft = await stored()
        const ns = Array.from({ length: 30 }, (_, n) => n)
        await Promise.all(ns.map((n) => store.putDraft(ID, n, DRAFT)))
        await store.putRows(ID, 0, Buffer.from([1]))
        await store.putSketch(ID, { rows_count: 1, digests: '', values: '', written_at: 1 })
        await store.removeRows(ID, ns)
        await store.removeRows(ID, ns)
        expect([await store.rows(ID, 0), await store.heads(ID, ns), (await store.sketches([ID])).size]).toEqual([
          undefined,
          [],
          0,
        ])
        await store.removeDraft({ ...draft, version: 2 })
        expect(await store.get(ID)).toEqual(draft)
        await store.removeDraft(draft)
        expect(await store.get(ID)).toBeUndefined()
      })

      test('sketches are found by their campaigns', async () => {
        const sketch = { rows_count: 10, digests: 'AbCdEfGh', values: '', written_at: NOW_S }
        await store.putSketch(ID, { ...sketch, rows_count: 9 })
        await store.putSketch(ID, sketch)
        expect(await store.sketches([ID, 'f'.repeat(24)])).toEqual(new Map([[ID, sketch]]))
        expect(await store.sketches([])).toEqual(new Map())
      })

      test('a line is written over the version that was read', async () => {
        expect(await store.line('10000098')).toEqual({ queue: [], version: 0 })
        expect(await store.saveLine('10000098', 0, ['a'])).toBe(true)
        expect(await store.saveLine('10000098', 0, ['b'])).toBe(false)
        expect(await store.saveLine('10000098', 1, ['a', 'b'])).toBe(true)
        expect(await store.line('10000098')).toEqual({ queue: ['a', 'b'], version: 2 })
      })

      test('records are found by the keys of their rows', async () => {
        const keys = Array.from({ length: 230 }, (_, i) => keyOf(ID, i + 1, 1))
        for (const i of [0, 99, 229]) {
          await put(
            aRecord(keys[i] ?? '', {
              outcome: 'refused',
              err_code: 'OPENID_ERROR',
              err_code_des: '…',
              open: undefined,
              due_at: undefined,
            }),
          )
        }
        for (const consistent of [true, false]) {
          const found = await store.records(MINIAPP_ID, keys, consistent)
          expect([...found.keys()].sort()).toEqual([keys[0], keys[99], keys[229]].sort())
          const { updated_at: _, ...record } = found.get(keys[99] ?? '') ?? { updated_at: 0 }
          expect(record).toEqual({ outcome: 'refused', err_code: 'OPENID_ERROR', err_code_des: '…', created_at: NOW_S })
        }
        expect((await store.records('another', keys, true)).size).toBe(0)
      })
    },
  )
}

describe('an item that this version cannot read', () => {
  let running: Running<DynamoBackend>
  beforeAll(async () => {
    running = await dynalite.start()
  })
  afterAll(() => running?.stop())

  test('is left out of the list, and told where it is read', async () => {
    const { client, table } = await running.fresh()
    const store = dynamoCampaigns(client, table, CLOCK)
    await store.create(aCampaign({ id: 'a'.repeat(24), name: 'a' }))
    await store.create(aCampaign({ id: 'b'.repeat(24), name: 'b', state: 'of a later version' as never }))
    const { campaigns, total_count } = await store.list(MINIAPP_ID, 0, 20)
    expect([campaigns.map(({ name }) => name), total_count]).toEqual([['a'], 2])
    expect((await store.since(MINIAPP_ID, 0)).map(({ name }) => name)).toEqual(['a'])
    await expect(store.get('b'.repeat(24))).rejects.toMatchObject({ code: 'record_unreadable' })
  })
})
