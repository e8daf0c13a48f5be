// One run of settle over a table in memory and a WeChat that a test answers for: looks, lease, backlog, gaps.
import { beforeEach, describe, expect, test } from 'vitest'
import { ABSENT_AFTER_MS } from '../../../lib/durations.ts'
import { AppError } from '../../../lib/errors.ts'
import { lookWith } from '../../../lib/redpack/look.ts'
import { UNPACED } from '../../../lib/redpack/pace.ts'
import type { Merchants, Notice, Ports, Queried } from '../../../lib/redpack/ports.ts'
import type { RedpackRecord } from '../../../lib/redpack/record.ts'
import { settle } from '../../../lib/redpack/settle.ts'
import { SHARDS, type Share, shareOf, WHOLE } from '../../../lib/redpack/shards.ts'
import { type Memory, memoryTable } from '../../support/memory-store.ts'
import { restAfter } from '../../support/settle-model.ts'
import { type VirtualClock, virtualClock } from '../../support/virtual-clock.ts'
import { aMerchant, aRecord, MINIAPP_ID, NOW_S } from '../records.ts'

const INVOCATION_MS = 60_000
const found: Queried = { means: 'found', status: 'SENT', detail_id: '1', reason: undefined, raw: '<xml/>', fields: {} }

let memory: Memory
let clock: VirtualClock
let notices: Notice[]
let queries: string[]

beforeEach(() => {
  memory = memoryTable()
  clock = virtualClock(NOW_S * 1000)
  notices = []
  queries = []
})

/** Unknown for 25 minutes, and due for one. */
function unknown(key: string, changes: Partial<RedpackRecord> = {}): RedpackRecord {
  const at_s = NOW_S - 1_500
  const record = aRecord(key, {
    outcome: 'unknown',
    maybe_debited_ms: at_s * 1000,
    created_at: at_s,
    lease_until_ms: 0,
    no_call_after_ms: at_s * 1000,
    due_at: NOW_S - 60,
    seq: 1,
    ...changes,
  })
  memory.put(record)
  return record
}

function portsWith(changes: Partial<Ports> = {}, reply: Queried = found): Ports {
  let writes = 0
  const token = () => {
    writes += 1
    return `write ${writes}`
  }
  return {
    store: memory.store({ now: clock.now, token }),
    sequences: memory.sequences,
    limits: memory.limits,
    leases: memory.leases,
    controls: memory.controls,
    pace: UNPACED,
    campaignRate: async () => 0,
    merchants: { load: async () => aMerchant(), renew: async () => undefined },
    wechat: {
      async query(_, order, timeout_ms) {
        queries.push(`${order.id} ${timeout_ms}`)
        return reply
      },
      send: async () => ({ means: 'paid', send_listid: '2', raw: '<xml/>' }),
    },
    clock,
    random: () => 0,
    report: (notice) => notices.push(notice),
    miniapps: async () => [MINIAPP_ID],
    ...changes,
  }
}

function runOf(ports: Ports, share?: Share, remaining_ms = INVOCATION_MS) {
  const begun_ms = clock.now()
  return clock.run(settle(ports, () => begun_ms + remaining_ms - clock.now(), share))
}

const recordOf = (id: string) => memory.records().find((record) => record.id === id)
const NONE = { outcome: 0, repair: 0, status: 0 }

describe('a look at an outcome', () => {
  test('asks WeChat once, in 5 s, and writes what it says', async () => {
    const { id } = unknown('order-1')
    const tally = await runOf(portsWith())
    expect(tally).toEqual({
      outcome: 1,
      repair: 0,
      status: 0,
      failed: 0,
      left: NONE,
      behind_s: { ...NONE, outcome: 60 },
      gaps: 0,
    })
    expect(queries).toEqual([`${id} 5000`])
    expect(recordOf(id)).toMatchObject({ outcome: 'sent', status: 'SENT', version: 2, open: 'status' })
  })

  test('takes a number if it has none, only when it writes', async () => {
    const { id } = unknown('order-1', { seq: undefined })
    await runOf(portsWith())
    expect(recordOf(id)).toMatchObject({ outcome: 'sent', seq: 1 })
  })

  test('what never arrived is sent again, taken over straight from what was read', async () => {
    const { id } = unknown('order-1', { seq: undefined })
    await runOf(portsWith({}, { means: 'absent', fields: {} }))
    expect(recordOf(id)).toMatchObject({ outcome: 'sent', send_listid: '2', seq: 1, version: 3 })
    expect((await memory.sequences.read(MINIAPP_ID)).last_seq).toBe(1)
  })

  test('is not sent again, and stays due as it was, if too little is left of the run', async () => {
    const before = unknown('order-1', { seq: undefined })
    const tally = await runOf(portsWith({}, { means: 'absent', fields: {} }), WHOLE, 9_000)
    expect(tally).toMatchObject({ outcome: 1, failed: 0 })
    expect(recordOf(before.id)).toEqual(before)
    expect((await memory.sequences.read(MINIAPP_ID)).last_seq).toBe(0)
  })

  test.for([
    ['leased', { lease_until_ms: (NOW_S + 10) * 1000 }],
    ['no longer of that kind', { open: 'repair' }],
    ['not due any more', { due_at: NOW_S + 30 }],
  ] as const)('leaves a record alone that is %s, whatever the index says', async ([, changes]) => {
    const { id } = unknown('order-1')
    const ports = portsWith()
    const store: Ports['store'] = {
      ...ports.store,
      get: async (one) => ({ ...(await ports.store.get(one)), ...changes }) as RedpackRecord,
    }
    expect(await runOf({ ...ports, store })).toMatchObject({ outcome: 0, failed: 0 })
    expect(recordOf(id)).toMatchObject({ version: 1 })
    expect(queries).toEqual([])
  })
})

test('a packet is followed when its merchant’s entry says', async () => {
  const { id, created_at } = unknown('order-1')
  const merchant = aMerchant({ status_looks_s: [5_000, 9_000] })
  const ports = portsWith({ merchants: { load: async () => merchant, renew: async () => undefined } })
  await runOf(ports)
  expect(recordOf(id)).toMatchObject({ outcome: 'sent', open: 'status', looks: 0, due_at: created_at + 5_000 })
  await clock.run(clock.sleep((created_at + 5_000) * 1000 - clock.now()))
  await runOf(ports)
  expect(recordOf(id)).toMatchObject({ outcome: 'sent', open: 'status', looks: 1, due_at: created_at + 9_000 })
})

test('the 20 minutes count up to the question, not up to an answer that comes after them', async () => {
  const { id } = unknown('order-1')
  const asked_ms = (NOW_S - 1_500) * 1000 + ABSENT_AFTER_MS - 1
  clock = virtualClock(asked_ms)
  memory.put({ ...(recordOf(id) as RedpackRecord), due_at: Math.floor(asked_ms / 1000) })
  const ports = portsWith()
  const query: Ports['wechat']['query'] = async () => {
    await clock.sleep(5_000)
    return { means: 'absent', fields: {} }
  }
  const budget = {
    remaining_ms: () => INVOCATION_MS,
    query_ms: () => 5_000,
    mayAsk: () => true,
    maySend: async () => true,
  }
  await clock.run(lookWith({ ...ports, wechat: { ...ports.wechat, query } })('outcome', id, budget))
  expect(recordOf(id)).toMatchObject({ outcome: 'unknown', maybe_debited_ms: (NOW_S - 1_500) * 1000, looks: 1 })
})

describe('what operators have commanded', () => {
  const absent: Queried = { means: 'absent', fields: {} }

  test.for<[string, () => unknown]>([
    ['the brake is on', () => (memory.commanded.stopped_all = true)],
    ['the brake is on for its mini app', () => memory.commanded.stopped.add(MINIAPP_ID)],
    ['the table was restored since', () => (memory.commanded.held_before = NOW_S)],
  ])('%s: what never arrived is asked about and not sent again', async ([, command]) => {
    const { id } = unknown('order-1')
    command()
    await runOf(portsWith({}, absent))
    expect(queries).toHaveLength(1)
    expect(recordOf(id)).toMatchObject({ outcome: 'unknown', version: 2, looks: 1 })
    expect(recordOf(id)?.due_at).toBeGreaterThan(NOW_S)
  })

  test.for<[string, () => unknown]>([
    ['the brake', () => (memory.commanded.stopped_all = true)],
    ['a restore', () => (memory.commanded.held_before = NOW_S)],
  ])('%s counts that comes while a record waits for its turn to be sent', async ([, command]) => {
    const before = unknown('order-1')
    const maySend = async () => {
      command()
      return true
    }
    const budget = { remaining_ms: () => INVOCATION_MS, query_ms: () => 5_000, mayAsk: () => true, maySend }
    expect(await lookWith(portsWith({}, absent))('outcome', before.id, budget)).toBe('answered')
    expect(recordOf(before.id)).toEqual(before)
  })
})

describe('one record that is in trouble stops no other', () => {
  test.for([
    ['cannot be read', new AppError('record_unreadable', ''), ['record_unreadable']],
    ['meets a bug', new TypeError('a bug'), ['look_failed']],
    ['cannot be reached', new AppError('store_unavailable', ''), []],
  ] as const)('that %s', async ([, error, alarms]) => {
    const [bad, good] = [unknown('bad'), unknown('good')]
    const ports = portsWith()
    const get: Ports['store']['get'] = async (id) => {
      if (id === bad.id) throw error
      return ports.store.get(id)
    }
    const tally = await runOf({ ...ports, store: { ...ports.store, get } })
    expect(tally).toMatchObject({ outcome: 1, failed: 1 })
    expect(recordOf(good.id)).toMatchObject({ outcome: 'sent' })
    expect(recordOf(bad.id)).toEqual(bad)
    const told = notices.flatMap((notice) => (notice.event === 'alarm' ? [notice] : []))
    expect(told).toEqual(alarms.map((alarm) => ({ event: 'alarm', alarm, id: bad.id, error })))
  })

  test('whose merchant has no certificate: it is told, and looked at again later', async () => {
    const { id } = unknown('order-1')
    const load: Merchants['load'] = () => Promise.reject(new AppError('certificate_missing', ''))
    await runOf(portsWith({ merchants: { load, renew: async () => undefined } }))
    expect(recordOf(id)).toMatchObject({ outcome: 'unknown', looks: 1 })
    expect(recordOf(id)?.due_at).toBeGreaterThan(NOW_S)
    expect(notices).toMatchObject([{ alarm: 'merchant_unusable', why: 'certificate_missing' }, { event: 'backlog' }])
  })
})

describe('a merchant that is busy or silent is asked less', () => {
  test.for([
    ['answers', { means: 'unclear', fields: { err_code: 'PARAM_ERROR' } }, 200],
    ['asks to be asked less', { means: 'unclear', fields: { err_code: 'FREQ_LIMIT' }, busy: true }, 60],
    ['does not answer', { means: 'unclear', why: 'TimeoutError' }, 60],
  ] as const)('%s', async ([, reply, most]) => {
    for (let i = 0; i < 300; i += 1) unknown(`order-${i}`)
    const ports = portsWith()
    const query: Ports['wechat']['query'] = async () => {
      await clock.sleep(1_000)
      return reply
    }
    const tally = await runOf({ ...ports, wechat: { ...ports.wechat, query } })
    const { outcome } = tally as { outcome: number }
    if (most === 200) expect(outcome).toBeGreaterThan(most)
    else expect(outcome).toBeLessThan(most)
  })
})

describe('the backlog is reported', () => {
  test('how late the oldest was, and what is left, by kind', async () => {
    for (let i = 0; i < 1_300; i += 1) unknown(`order-${i}`)
    unknown('status', { outcome: 'sent', open: 'status', due_at: NOW_S - 50_000, looks: 1 })
    const tally = (await runOf(portsWith())) as { outcome: number }
    expect(notices.at(-1)).toEqual({
      event: 'backlog',
      behind_s: { outcome: 60, repair: 0, status: 50_000 },
      left: { outcome: 1_300 - tally.outcome, repair: 0, status: 0 },
    })
    expect(tally.outcome).toBeGreaterThan(1_100)
  })
})

describe('the lease', () => {
  test('a second run of the same shards does nothing while the first is under way', async () => {
    unknown('order-1')
    const ports = portsWith()
    const tallies = await clock.run(
      Promise.all([settle(ports, () => INVOCATION_MS), settle(ports, () => INVOCATION_MS)]),
    )
    expect(tallies.filter((tally) => 'overlap' in tally)).toEqual([{ overlap: true }])
    expect(queries).toHaveLength(1)
  })

  test('runs of other shards go on side by side', async () => {
    for (let i = 0; i < 20; i += 1) unknown(`order-${i}`)
    const ports = portsWith()
    const shares: Share[] = [SHARDS.slice(0, 8), SHARDS.slice(8)].map((shards) => ({ shards, of: 2 }))
    await clock.run(Promise.all(shares.map((share) => settle(ports, () => INVOCATION_MS, share))))
    expect(new Set(queries).size).toBe(20)
    expect(queries).toHaveLength(20)
  })

  test('is given back at the end, also if the run fails', async () => {
    const ports = portsWith()
    const error = new AppError('store_unavailable', '')
    const broken = { ...ports, store: { ...ports.store, page: () => Promise.reject(error) } }
    await expect(runOf(broken)).rejects.toBe(error)
    expect(await runOf(ports)).toMatchObject({ failed: 0 })
  })

  test('of a run that died is over when its invocation would be', async () => {
    await memory.leases.take('settle#0', clock.now(), clock.now() + 65_000)
    expect(await runOf(portsWith())).toEqual({ overlap: true })
    await clock.run(clock.sleep(65_000))
    expect(await runOf(portsWith())).toMatchObject({ failed: 0 })
  })

  test('that cannot be taken keeps nobody from running: it is for thrift', async () => {
    const { id } = unknown('order-1')
    const unavailable = () => Promise.reject(new AppError('store_unavailable', ''))
    await runOf(portsWith({ leases: { take: unavailable, giveBack: unavailable } }))
    expect(recordOf(id)).toMatchObject({ outcome: 'sent' })
  })
})

describe('the search for gaps', () => {
  const searched: string[] = []
  const ports = () => {
    searched.length = 0
    return portsWith({
      miniapps: async () => {
        searched.push('searched')
        return []
      },
    })
  }

  test.for([
    ['all shards', WHOLE, 1],
    ['those with the first', { shards: ['3', '0'], of: 2 }, 1],
    ['others', { shards: ['3', '4'], of: 2 }, 0],
  ] as const)('is made by the entry of %s', async ([, { shards, of }, count]) => {
    await runOf(ports(), { shards: [...shards], of })
    expect(searched).toHaveLength(count)
  })

  test('that fails keeps nobody from looking', async () => {
    const { id } = unknown('order-1')
    const miniapps = () => Promise.reject(new AppError('secrets_unavailable', ''))
    expect(await runOf(portsWith({ miniapps }))).toMatchObject({ outcome: 1, gaps: 0 })
    expect(recordOf(id)).toMatchObject({ outcome: 'sent' })
  })
})

describe('the input of a schedule entry', () => {
  test.for([
    ['nothing', undefined, WHOLE],
    ['null', null, WHOLE],
    ['an empty text, which `serverless invoke local` passes', '', WHOLE],
    ['an empty object', {}, WHOLE],
    ['what EventBridge sends by itself', { version: '0', source: 'aws.events', resources: [], detail: {} }, WHOLE],
    ['shards and their number of entries', { shards: ['0', 'f'], of: 8 }, { shards: ['0', 'f'], of: 8 }],
    ['shards alone', { shards: ['a'] }, { shards: ['a'], of: 1 }],
    ['all shards, one by one', { shards: [...SHARDS], of: 16 }, { shards: [...SHARDS], of: 16 }],
  ] as const)('%s', ([, input, share]) => {
    expect(shareOf(input)).toEqual(share)
  })

  test.for([
    ['no list', { shards: '0' }, 'shards is not a list of shards'],
    ['no shard at all', { shards: [] }, 'shards is empty'],
    ['an unknown shard', { shards: ['0', 'g'] }, 'shards.1 is no shard'],
    ['a capital letter', { shards: ['A'] }, 'shards.0 is no shard'],
    ['a number', { shards: [0] }, 'shards.0 is no shard'],
    ['a shard twice', { shards: ['0', '0'] }, 'shards names a shard twice'],
    ['of nothing', { of: 0 }, 'of is below 1'],
    ['of a part', { of: 1.5 }, 'of is not whole'],
    ['of too many', { of: 17 }, 'of is above 16'],
    ['of a text', { of: '2' }, 'of is no number'],
    ['a text', 'all', 'it is no object'],
    ['a list', ['0'], 'it is no object'],
    ['a zero', 0, 'it is no object'],
  ] as const)('is refused if it has %s', ([, input, told]) => {
    expect(() => shareOf(input)).toThrow(`settle's input: ${told}`)
  })
})

test('36 merchants with 500 open sends each are at rest within 15 minutes of WeChat’s return, even if none had arrived', async () => {
  const rest = await restAfter({ merchants: 36, sends: 500, dark_s: 600, sent_s: 17, arrived: 0 })
  expect(rest.outcomes).toEqual({ sent: 18_000 })
  expect(rest.sends).toBe(18_000)
  expect(rest.minutes).toBeLessThanOrEqual(15)
  expect(rest.queries_per_s).toBeLessThanOrEqual(27)
  expect(rest.sends_per_s).toBeLessThanOrEqual(20)
})
