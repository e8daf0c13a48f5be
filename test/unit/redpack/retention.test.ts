// What is personal goes after the retention period, and when a person asks; a repeated key has its answer, and nothing is paid again.
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../lib/errors.ts'
import { forget } from '../../../lib/redpack/forget.ts'
import { get } from '../../../lib/redpack/get.ts'
import { UNPACED } from '../../../lib/redpack/pace.ts'
import type { ErasureProgress, Ports, Store } from '../../../lib/redpack/ports.ts'
import type { RedpackRecord } from '../../../lib/redpack/record.ts'
import { eraseOld } from '../../../lib/redpack/retention.ts'
import { send } from '../../../lib/redpack/send.ts'
import type { Share } from '../../../lib/redpack/shards.ts'
import { memoryTable } from '../../support/memory-store.ts'
import { aMerchant, aRecord, aSend, KEYID, MINIAPP_ID, NOW_S } from '../records.ts'

const DAY_S = 86_400
const RETENTION_S = 400 * DAY_S
const OPENID = aSend().re_openid
const RESTED = { lease_until_ms: 0, no_call_after_ms: NOW_S * 1000, open: undefined, due_at: undefined } as const
const GONE = {
  re_openid: '',
  send_name: '',
  wishing: '',
  act_name: '',
  remark: '',
  risk_info: undefined,
  idempotency_key: undefined,
  raw_result: undefined,
}

/** A record at rest, with everything in it that a record can have. */
function atRest(key: string, changes: Partial<RedpackRecord> = {}): RedpackRecord {
  return aRecord(key, {
    ...RESTED,
    outcome: 'sent',
    status: 'RECEIVED',
    send_listid: '1000041701201511',
    raw_result: '<xml>SUCCESS</xml>',
    risk_info: 'mobile%3d1',
    scene_id: 'PRODUCT_2',
    ...changes,
  })
}

function aWorld(records: RedpackRecord[] = [], miniapp_ids: string[] = [MINIAPP_ID]) {
  const memory = memoryTable()
  for (const record of records) memory.put(record)
  const state: { now_s: number; progress: ErasureProgress } = {
    now_s: NOW_S,
    progress: { next_at: 0, done_to: new Map() },
  }
  const clock = { now: () => state.now_s * 1000, sleep: async () => {} }
  const store = memory.store({ now: clock.now, token: randomUUID })
  const world = { store, sequences: memory.sequences, clock, miniapps: async () => miniapp_ids }
  const erasures = {
    read: async () => state.progress,
    save: async (progress: ErasureProgress) => {
      state.progress = progress
    },
  }
  const run = (now_s: number, remaining_ms = 60_000, more: Partial<typeof world> = {}, share?: Share) => {
    state.now_s = now_s
    return eraseOld({ ...world, ...more }, erasures, RETENTION_S, () => remaining_ms, share)
  }
  const take = async (count: number, miniapp_id = MINIAPP_ID) => {
    for (let i = 0; i < count; i += 1) await memory.sequences.take(miniapp_id)
  }
  const found = (key: string) => memory.records().find(({ id }) => id === aRecord(key).id)
  return { memory, world, state, run, take, found }
}

describe('after the retention period', () => {
  test('texts, openid, risk_info and raw_result are gone; id, hash, amount and outcome stay', async () => {
    const record = atRest('order-1', { seq: 1 })
    const { run, take, found } = aWorld([record])
    await take(1)
    expect(await run(NOW_S + RETENTION_S - 1)).toBe(0)
    expect(found('order-1')).toEqual(record)
    const now_s = NOW_S + RETENTION_S + 3_600
    expect(await run(now_s)).toBe(1)
    const { version, writer, updated_at, ...left } = found('order-1') as RedpackRecord
    const { version: _v, writer: _w, updated_at: _u, ...before } = record
    expect(left).toEqual({ ...before, ...GONE, erased_at: now_s })
    expect({ version, updated_at, isNew: writer !== record.writer }).toEqual({
      version: 2,
      updated_at: now_s,
      isNew: true,
    })
  })

  test('each record is erased once, from the oldest on, and those that are young stay', async () => {
    const records = Array.from({ length: 250 }, (_, i) =>
      atRest(`order-${i + 1}`, { seq: i + 1, created_at: NOW_S + i * DAY_S, updated_at: NOW_S + i * DAY_S }),
    )
    const { run, take, memory, state } = aWorld(records)
    await take(250)
    expect(await run(NOW_S + RETENTION_S + 149 * DAY_S)).toBe(150)
    expect(memory.records().filter(({ erased_at }) => erased_at !== undefined)).toHaveLength(150)
    expect(state.progress).toEqual({ next_at: state.now_s + 3_600, done_to: new Map([[MINIAPP_ID, 150]]) })
    expect(await run(state.now_s + 3_599)).toBe(0)
    expect(await run(state.now_s + 1)).toBe(0)
    expect(await run(NOW_S + RETENTION_S + 300 * DAY_S)).toBe(100)
    expect(state.progress.done_to).toEqual(new Map([[MINIAPP_ID, 250]]))
    expect(await run(state.now_s + DAY_S)).toBe(0)
  })

  test('numbers that no record has are passed, and one that is written late is not forgotten', async () => {
    const { run, take, memory, found, state } = aWorld([atRest('order-1', { seq: 1 }), atRest('order-2', { seq: 950 })])
    await take(1_000)
    expect(await run(NOW_S + RETENTION_S)).toBe(2)
    expect(state.progress.done_to).toEqual(new Map([[MINIAPP_ID, 950]]))
    memory.put(atRest('order-3', { seq: 951, created_at: NOW_S + 1, updated_at: NOW_S + 1 }))
    expect(await run(NOW_S + RETENTION_S + DAY_S)).toBe(1)
    expect(found('order-3')?.re_openid).toBe('')
  })

  test('a record that came to rest later is kept until its own time, and so are those after it', async () => {
    const late = atRest('order-1', { seq: 1, updated_at: NOW_S + 30 * DAY_S })
    const { run, take } = aWorld([late, atRest('order-2', { seq: 2 })])
    await take(2)
    expect(await run(NOW_S + RETENTION_S + 30 * DAY_S - 1)).toBe(0)
    expect(await run(NOW_S + RETENTION_S + 31 * DAY_S)).toBe(2)
  })

  test('a record that is still open is left, and after two months more it is marked and holds nobody up', async () => {
    const open = atRest('order-1', { seq: 1, open: 'repair', due_at: NOW_S, limit_day: '2026-11-23' })
    const { run, take, found } = aWorld([open, atRest('order-2', { seq: 2 })])
    await take(2)
    expect(await run(NOW_S + RETENTION_S + 60 * DAY_S - 1)).toBe(0)
    const now_s = NOW_S + RETENTION_S + 61 * DAY_S
    expect(await run(now_s)).toBe(2)
    expect(found('order-1')).toMatchObject({ re_openid: OPENID, open: 'repair', forget_asked_at: now_s })
    expect(found('order-2')?.re_openid).toBe('')
  })

  test('a mini app whose callers are gone is gone through all the same', async () => {
    const { run, take, found, state } = aWorld([atRest('order-1', { seq: 1 })])
    await take(1)
    await run(NOW_S + DAY_S)
    expect(state.progress.done_to).toEqual(new Map([[MINIAPP_ID, 0]]))
    await run(NOW_S + RETENTION_S, 60_000, { miniapps: async () => ['another'] })
    expect(found('order-1')?.re_openid).toBe('')
  })

  test('of several entries of the schedule the one with the first shard does it', async () => {
    const { run, take } = aWorld([atRest('order-1', { seq: 1 })])
    await take(1)
    expect(await run(NOW_S + RETENTION_S, 60_000, {}, { shards: ['1', 'f'], of: 2 })).toBe(0)
    expect(await run(NOW_S + RETENTION_S, 60_000, {}, { shards: ['0', '2'], of: 2 })).toBe(1)
  })

  test('with little time left nothing is begun, and a write that fails is made by the next run', async () => {
    const { run, take, found, state, world } = aWorld([atRest('order-1', { seq: 1 })])
    await take(1)
    expect(await run(NOW_S + RETENTION_S, 4_999)).toBe(0)
    expect(state.progress.next_at).toBe(0)
    const down: Store = {
      ...world.store,
      prepare: () => async () => {
        throw new AppError('store_unavailable', '暂时无法读写红包记录')
      },
    }
    expect(await run(NOW_S + RETENTION_S, 60_000, { store: down })).toBe(0)
    expect(state.progress).toEqual({ next_at: NOW_S + RETENTION_S + 60, done_to: new Map([[MINIAPP_ID, 0]]) })
    expect(await run(NOW_S + RETENTION_S + 60)).toBe(1)
    expect(found('order-1')?.re_openid).toBe('')
  })
})

describe('a person is forgotten', () => {
  const ID = aRecord('order-1').id

  test('at once, if the record is at rest', async () => {
    const { world, found, state } = aWorld([atRest('order-1')])
    expect(await forget(world, ID, OPENID)).toBe('erased')
    expect(found('order-1')).toMatchObject({
      ...GONE,
      outcome: 'sent',
      erased_at: state.now_s,
      forget_asked_at: state.now_s,
    })
    expect(await forget(world, ID, OPENID)).toBe('gone')
  })

  test.for([
    ['the outcome is unknown', { outcome: 'unknown', open: 'outcome', due_at: NOW_S + 60 }],
    ['the packet is followed', { status: 'SENT', open: 'status', due_at: NOW_S + 60 }],
    ['a reservation is open', { open: 'repair', due_at: NOW_S + 60 }],
  ] as const)('not while %s: marked, once, and nothing else changes', async ([, changes]) => {
    const { world, found, state } = aWorld([atRest('order-1', changes)])
    const before = found('order-1') as RedpackRecord
    expect(await forget(world, ID, OPENID)).toBe('marked')
    const { version, writer, updated_at, ...marked } = found('order-1') as RedpackRecord
    const { version: _v, writer: _w, updated_at: _u, ...rest } = before
    expect(marked).toEqual({ ...rest, forget_asked_at: state.now_s })
    expect(await forget(world, ID, OPENID)).toBe('marked')
    expect(found('order-1')?.version).toBe(version)
  })

  test('not while WeChat is being called', async () => {
    const { world, found } = aWorld([aRecord('order-1')])
    expect(await forget(world, ID, OPENID)).toBe('busy')
    expect(found('order-1')).toEqual(aRecord('order-1'))
  })

  test.for([
    ['at rest', {}],
    ['open', { outcome: 'unknown', open: 'outcome', due_at: NOW_S + 60 }],
  ] as const)(
    "of another's packet that is %s: WeChat's reply, which names who has received of it",
    async ([, changes]) => {
      const raw_result = '<xml><hblist><hbinfo><openid>oAnother</openid></hbinfo></hblist></xml>'
      const { world, found } = aWorld([atRest('order-1', { type: 'fission', raw_result, ...changes })])
      const { raw_result: _, version: _v, writer: _w, updated_at: _u, ...rest } = found('order-1') as RedpackRecord
      expect(await forget(world, ID, 'oAnother')).toBe('erased')
      expect(found('order-1')).toMatchObject({ ...rest, raw_result: undefined })
      expect(await forget(world, ID, 'oAnother')).toBe('gone')
    },
  )

  test.for([
    ['another person', ID, 'oAnother'],
    ['nobody', ID, ''],
    ['no record', aRecord('order-2').id, OPENID],
  ] as const)('and nothing happens to %s', async ([, id, openid]) => {
    const { world, memory } = aWorld([atRest('order-1')])
    expect(await forget(world, id, openid)).toBe('gone')
    expect(memory.records()).toEqual([atRest('order-1')])
  })

  test('though others write the record at the same time', async () => {
    const { world, found, memory } = aWorld([atRest('order-1')])
    let others = 2
    const store: Store = {
      ...world.store,
      prepare: (seen, next) => {
        if (others > 0) memory.put({ ...seen, version: seen.version + 1, writer: randomUUID() })
        others -= 1
        return world.store.prepare(seen, next)
      },
    }
    expect(await forget({ ...world, store }, ID, OPENID)).toBe('erased')
    expect(found('order-1')?.re_openid).toBe('')
    others = 3
    memory.put(atRest('order-1'))
    expect(await forget({ ...world, store }, ID, OPENID)).toBe('busy')
  })
})

describe('a key of a record that is erased', () => {
  async function sentAndErased() {
    const { world, memory, state } = aWorld()
    let calls = 0
    const ports: Ports = {
      ...world,
      leases: memory.leases,
      limits: memory.limits,
      controls: memory.controls,
      pace: UNPACED,
      campaignRate: async () => 0,
      random: () => 0,
      report: () => {},
      merchants: { load: async () => aMerchant(), renew: async () => undefined },
      wechat: {
        send: async () => {
          calls += 1
          return { means: 'declined', err_code: 'MONEY_LIMIT', err_code_des: '红包金额发放限制', raw: '<xml>M</xml>' }
        },
        query: async () => ({ means: 'unclear' }),
      },
    }
    const request = (params = aSend()) => ({
      miniapp_id: MINIAPP_ID,
      idempotency_key: 'order-1',
      keyid: KEYID,
      params,
      merchant: aMerchant(),
      remaining_ms: () => 29_000,
    })
    const first = await send(ports, request())
    expect(await forget(world, first.body.id, OPENID)).toBe('erased')
    state.now_s += RETENTION_S
    return { ports, request, first, calls: () => calls }
  }

  test('has the same answer as before, and nothing is sent', async () => {
    const { ports, request, first, calls } = await sentAndErased()
    expect(await send(ports, request())).toEqual({ ...first, replayed: true })
    expect(calls()).toBe(1)
  })

  test('with other parameters is refused', async () => {
    const { ports, request, calls } = await sentAndErased()
    for (const other of [{ wishing: '别的祝福' }, { re_openid: 'oAnother' }]) {
      await expect(send(ports, request(aSend(other)))).rejects.toMatchObject({ code: 'key_reused', maybe_sent: false })
    }
    expect(calls()).toBe(1)
  })

  test('shows its record with empty texts', async () => {
    const { ports, first } = await sentAndErased()
    expect(await get(ports, MINIAPP_ID, first.body.id)).toMatchObject({
      ...{
        re_openid: '',
        send_name: '',
        wishing: '',
        act_name: '',
        remark: '',
        risk_info: null,
        raw_result: null,
        idempotency_key: null,
      },
      ...{ outcome: 'refused', total_amount: 1, result: { err_code: 'MONEY_LIMIT', err_code_des: '红包金额发放限制' } },
    })
  })
})
