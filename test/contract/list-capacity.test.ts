// What a list and a send cost in DynamoDB's own units, counted by DynamoDB Local: gates are counts, not milliseconds.
import {
  BatchWriteItemCommand,
  type ConsumedCapacity,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { dynamoControls } from '../../lib/aws/controls.ts'
import { dynamoLimits } from '../../lib/aws/limits.ts'
import { type ListAnswer, list } from '../../lib/redpack/list.ts'
import { lookWith } from '../../lib/redpack/look.ts'
import { UNPACED } from '../../lib/redpack/pace.ts'
import type { Ports, Queried } from '../../lib/redpack/ports.ts'
import type { RedpackRecord, Status } from '../../lib/redpack/record.ts'
import type { Budget } from '../../lib/redpack/scheduler.ts'
import { send } from '../../lib/redpack/send.ts'
import { type DynamoBackend, dynamodbLocal, type Running, titleOf } from '../support/databases.ts'
import { aMerchant, aRecord, aSend, KEYID, MINIAPP_ID, NOW_S } from '../unit/records.ts'

/** DynamoDB's own limit for one BatchWriteItem. */
const BATCH_MAX = 25
const WRITERS = 4
/** Fifty pages: a page that read what lies before it would cost up to fifty times the first. */
const RECORDS = 1_000

type Cost = { command: string; table?: number; indexes?: Record<string, number> }

describe.skipIf(dynamodbLocal.missing !== undefined)(titleOf('capacity', dynamodbLocal), () => {
  let running: Running<DynamoBackend>
  beforeAll(async () => {
    running = await dynamodbLocal.start()
  })
  afterAll(() => running?.stop())

  describe(`a list of ${RECORDS} records`, () => {
    let backend: DynamoBackend
    const costs: Cost[] = []
    const page = (limit: number, offset: number) => list(backend, MINIAPP_ID, { limit, offset })

    beforeAll(async () => {
      backend = await running.fresh()
      const seqs = Array.from({ length: RECORDS }, (_, i) => i + 1)
      await write(backend, seqs.map(settled))
      await writeBook(backend, RECORDS)
      meter(backend.client, costs)
    })

    async function costOf(limit: number, offset: number): Promise<{ ids: string[]; costs: Cost[] }> {
      costs.length = 0
      const { objects } = await page(limit, offset)
      return { ids: objects.map(({ id }) => id), costs: [...costs] }
    }

    test('the last page consumes what the page at offset 0 consumes', async () => {
      const [first, last] = [await costOf(20, 0), await costOf(20, RECORDS - 20)]
      expect(last.costs).toEqual(first.costs)
      expect(first.costs).toEqual([
        { command: 'GetItemCommand', table: 1, indexes: {} },
        { command: 'GetItemCommand', table: 1, indexes: {} },
        { command: 'QueryCommand', table: 0, indexes: { 'by-sequence': 1.5 } },
      ])
      expect(first.ids).toEqual(idsFrom(RECORDS, 20))
      expect(last.ids).toEqual(idsFrom(20, 20))
    })

    test('every page consumes the same', async () => {
      const { costs: expected } = await costOf(20, 0)
      for (let offset = 20; offset < RECORDS; offset += 20) expect((await costOf(20, offset)).costs).toEqual(expected)
    })

    test('all pages of 100 hold every record once, newest first', async () => {
      const pages = await walk(backend, 100)
      expect(pages.map(({ objects }) => objects.length)).toEqual(Array.from({ length: 10 }, () => 100))
      expect(pages.flatMap(({ objects }) => objects.map(({ id }) => id))).toEqual(idsFrom(RECORDS, RECORDS))
      expect(pages.map(({ meta }) => meta)).toEqual(
        pages.map((_, i) => ({
          limit: 100,
          offset: i * 100,
          total_count: RECORDS,
          previous: i === 0 ? null : `/redpacks?limit=100&offset=${(i - 1) * 100}`,
          next: i === 9 ? null : `/redpacks?limit=100&offset=${(i + 1) * 100}`,
        })),
      )
    })

    test('a page past the end is empty and reads no index', async () => {
      const { ids, costs } = await costOf(20, RECORDS)
      expect(ids).toEqual([])
      expect(costs).toEqual(Array.from({ length: 2 }, () => ({ command: 'GetItemCommand', table: 1, indexes: {} })))
    })
  })

  test('a page of 20 packets with WeChat’s reply in each costs 5.5 read units: 1 for the counter, 1 for the gaps, 3.5 for the records', async () => {
    const backend = await running.fresh()
    const seqs = Array.from({ length: 40 }, (_, i) => i + 1)
    await write(
      backend,
      seqs.map((seq) => ({ ...settled(seq), raw_result: RAW })),
    )
    await writeBook(backend, 40)
    const costs: Cost[] = []
    meter(backend.client, costs)
    await list(backend, MINIAPP_ID, { limit: 20, offset: 20 })
    expect(costs).toEqual([
      { command: 'GetItemCommand', table: 1, indexes: {} },
      { command: 'GetItemCommand', table: 1, indexes: {} },
      { command: 'QueryCommand', table: 0, indexes: { 'by-sequence': 3.5 } },
    ])
  })

  describe('a list with holes', () => {
    const LAST = 2_500
    // At both ends, alone, in a row, across the edge of a page of 1,000, and every hundredth.
    const holes = [1, 2, 3, 777, 1_499, 1_500, 1_501, 1_502, 2_499, LAST, ...hundredths(LAST)]
    const kept = Array.from({ length: LAST }, (_, i) => LAST - i).filter((seq) => !holes.includes(seq))
    let backend: DynamoBackend

    beforeAll(async () => {
      backend = await running.fresh()
      await write(backend, kept.map(settled))
      await writeBook(backend, LAST, holes)
    })

    test.for([50, 999, 1_000])('all pages of %i hold every record once, newest first, and are full', async (limit) => {
      const pages = await walk(backend, limit)
      expect(pages.flatMap(({ objects }) => objects.map(({ id }) => id))).toEqual(kept.map((seq) => settled(seq).id))
      expect(new Set(pages.map(({ meta }) => meta.total_count))).toEqual(new Set([kept.length]))
      expect(new Set(pages.slice(0, -1).map(({ objects }) => objects.length))).toEqual(new Set([limit]))
    })
  })

  describe('a send', () => {
    let ports: Ports
    const costs: Cost[] = []
    const request = (idempotency_key: string) => ({
      miniapp_id: MINIAPP_ID,
      idempotency_key,
      keyid: KEYID,
      params: aSend(),
      merchant: aMerchant(),
      remaining_ms: () => 29_000,
    })

    beforeEach(async () => {
      const backend = await running.fresh()
      ports = portsOn(backend)
      meter(backend.client, costs)
      costs.length = 0
    })

    test('costs two writes of the record and one of the counter; a container reads the command and the open sends first', async () => {
      const { body } = await send(ports, request('order-1'))
      expect(body).toMatchObject({ outcome: 'sent' })
      expect(costs).toEqual([
        { command: 'GetItemCommand', table: 1, indexes: {} },
        { command: 'GetItemCommand', table: 1, indexes: {} },
        { command: 'PutItemCommand', table: 1, indexes: { open: 1 } },
        { command: 'UpdateItemCommand', table: 1, indexes: {} },
        // Past 1 KB with WeChat's answer in it, so 2; and a key of the sparse index moves, which is a delete and a put.
        { command: 'UpdateItemCommand', table: 2, indexes: { 'by-sequence': 2, open: 2 } },
      ])
    })

    test('under a key that was used costs one write and no read', async () => {
      const first = await send(ports, request('order-1'))
      costs.length = 0
      expect(await send(ports, request('order-1'))).toEqual({ ...first, replayed: true })
      expect(costs).toEqual([{ command: 'PutItemCommand' }])
    })
  })

  describe('a look of settle', () => {
    const costs: Cost[] = []
    const budget: Budget = {
      remaining_ms: () => 60_000,
      query_ms: () => 5_000,
      mayAsk: () => true,
      maySend: async () => true,
    }
    const found = (status: Status) => ({ means: 'found', status, detail_id: '1', reason: undefined, raw: RAW }) as const

    const sent: Partial<RedpackRecord> = { ...settled(1), status: undefined, raw_result: RAW, open: 'status' }
    const unknown: Partial<RedpackRecord> = { outcome: 'unknown', maybe_debited_ms: (NOW_S - 3_600) * 1000, seq: 1 }
    const absent: Queried = { means: 'absent' }

    /** Looks at a record that was made an hour ago. */
    async function look(changes: Partial<RedpackRecord>, reply: Queried): Promise<Cost[]> {
      const backend = await running.fresh()
      const ports = portsOn(backend)
      const past = { due_at: NOW_S - 60, lease_until_ms: 0, no_call_after_ms: (NOW_S - 3_600) * 1000 }
      const { record } = await backend.store.insert({ ...aRecord('order-1'), ...changes, ...past })
      if (record.outcome === 'unknown') await ports.limits.addOpen(record)
      meter(backend.client, costs)
      costs.length = 0
      const looking = lookWith({ ...ports, wechat: { ...ports.wechat, query: async () => reply } })
      await looking(record.open ?? 'outcome', record.id, budget)
      return costs.splice(0)
    }
    const read: Cost = { command: 'GetItemCommand', table: 1, indexes: {} }
    const write = (table: number, indexes: Cost['indexes'] = {}): Cost => ({
      command: 'UpdateItemCommand',
      table,
      indexes,
    })

    test.for<[string, Partial<RedpackRecord>, Queried, Cost[]]>([
      ['followed, and ends', sent, found('RECEIVED'), [read, write(2, { 'by-sequence': 2, open: 1 })]],
      ['followed, and goes on', sent, found('SENT'), [read, write(2, { 'by-sequence': 2, open: 2 })]],
    ])('at a packet that is %s', async ([, changes, reply, expected]) => {
      expect(await look(changes, reply)).toEqual(expected)
    })

    test.for<[string, Partial<RedpackRecord>, Queried, Cost[]]>([
      ['stays so', unknown, { means: 'unclear' }, [write(1, { 'by-sequence': 1, open: 2 })]],
      ['turns out sent', unknown, found('SENT'), [write(2, { 'by-sequence': 2, open: 2 }), write(1)]],
      [
        'was never heard of, and is sent again',
        unknown,
        absent,
        // The take-over moves the record to where its lease ends.
        [write(1, { 'by-sequence': 1, open: 2 }), write(2, { 'by-sequence': 2, open: 2 }), write(1)],
      ],
      [
        'was never written, as its sender died: it gets its number, and is on the list of open sends now',
        {},
        { means: 'unclear' },
        [write(1), write(1, { 'by-sequence': 1, open: 2 }), write(1)],
      ],
    ])('at an outcome that %s', async ([, changes, reply, expected]) => {
      // A container reads what operators have commanded once in five seconds.
      expect(await look(changes, reply)).toEqual([read, read, ...expected])
    })
  })
})

/** Adds every command, with what it consumed, to `costs`. A write whose condition fails reports nothing; it is billed as one write. */
function meter(client: DynamoDBClient, costs: Cost[]): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const cost: Cost = { command: commandName }
        costs.push(cost)
        const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'INDEXES' } })
        const { ConsumedCapacity } = result.output as { ConsumedCapacity?: ConsumedCapacity }
        cost.table = ConsumedCapacity?.Table?.CapacityUnits ?? 0
        const indexes = Object.entries(ConsumedCapacity?.GlobalSecondaryIndexes ?? {})
        cost.indexes = Object.fromEntries(indexes.map(([name, { CapacityUnits }]) => [name, CapacityUnits ?? 0]))
        return result
      },
    { step: 'initialize', name: 'meter', override: true },
  )
}

function settled(seq: number): RedpackRecord {
  return aRecord(`order-${seq}`, {
    seq,
    outcome: 'sent',
    status: 'RECEIVED',
    send_listid: '100000000020150520314766074200',
    version: 2,
    lease_until_ms: 0,
    open: undefined,
    due_at: undefined,
  })
}

function idsFrom(seq: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => settled(seq - i).id)
}

function hundredths(last: number): number[] {
  return Array.from({ length: Math.floor(last / 100) - 1 }, (_, i) => (i + 1) * 100).filter((seq) => seq !== 1_500)
}

async function walk(backend: DynamoBackend, limit: number): Promise<ListAnswer[]> {
  const pages: ListAnswer[] = []
  let next: string | null = `/redpacks?limit=${limit}&offset=0`
  while (next !== null) {
    const offset = Number(new URL(next, 'http://service').searchParams.get('offset'))
    const page: ListAnswer = await list(backend, MINIAPP_ID, { limit, offset })
    pages.push(page)
    next = page.meta.next
  }
  return pages
}

async function write({ client, table }: DynamoBackend, records: readonly RedpackRecord[]): Promise<void> {
  const requests = records.map((record) => ({
    PutRequest: { Item: marshall(record, { removeUndefinedValues: true }) },
  }))
  async function writer(first: number): Promise<void> {
    for (let i = first * BATCH_MAX; i < requests.length; i += WRITERS * BATCH_MAX) {
      const RequestItems = { [table]: requests.slice(i, i + BATCH_MAX) }
      const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems }))
      expect(UnprocessedItems).toEqual({})
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, (_, i) => writer(i)))
}

async function writeBook(
  { client, table }: DynamoBackend,
  last_seq: number,
  holes: readonly number[] = [],
): Promise<void> {
  const items = [
    { id: `sequence#${MINIAPP_ID}`, last_seq },
    { id: `gaps#${MINIAPP_ID}`, gaps: new Set(holes) },
  ]
  for (const item of holes.length > 0 ? items : items.slice(0, 1)) {
    await client.send(new PutItemCommand({ TableName: table, Item: marshall(item) }))
  }
}

function portsOn({ store, sequences, leases, client, table }: DynamoBackend): Ports {
  const now = () => NOW_S * 1000
  return {
    store,
    sequences,
    leases,
    limits: dynamoLimits(client, table, now),
    controls: dynamoControls(client, table, 1, now),
    random: () => 0,
    pace: UNPACED,
    campaignRate: async () => 0,
    // The number of the list is waited for as long as it takes.
    clock: { now, sleep: () => new Promise(() => {}) },
    report: () => {},
    miniapps: async () => [MINIAPP_ID],
    merchants: { load: async () => aMerchant(), renew: async () => undefined },
    wechat: {
      send: async () => ({ means: 'paid', send_listid: '100000000020150520314766074200', raw: RAW }),
      query: async () => ({ means: 'unclear' }),
    },
  }
}

/** As long as WeChat's answers are. */
const RAW = `<xml>${'<name><![CDATA[value]]></name>'.repeat(22)}</xml>`
