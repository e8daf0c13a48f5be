// What each item of a campaign costs, as Amazon's DynamoDB Local charges it: docs/cost.md and test/bench rest on these figures.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import * as v from 'valibot'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { dynamoRates } from '../../../lib/aws/campaign-rate.ts'
import { dynamoCampaigns } from '../../../lib/aws/campaigns.ts'
import { keyOf } from '../../../lib/campaigns/campaign.ts'
import { create, upload } from '../../../lib/campaigns/create.ts'
import { CreateCampaignParams } from '../../../lib/campaigns/params.ts'
import type { CampaignPorts, CampaignStore } from '../../../lib/campaigns/ports.ts'
import { campaignRate } from '../../../lib/campaigns/rate.ts'
import { type DynamoBackend, dynamodbLocal, type Running, titleOf } from '../../support/databases.ts'
import { aMerchant, aRecord, MINIAPP_ID, NOW_S } from '../../unit/records.ts'

const NOW_MS = NOW_S * 1000
const DEFAULTS = {
  type: 'normal',
  send_name: '天虹百货',
  official_account_id: 'wx8888888888888888',
  total_num: 1,
  act_name: '新年红包',
  remark: '新年红包',
}

describe.skipIf(dynamodbLocal.missing !== undefined)(titleOf('what a campaign costs', dynamodbLocal), () => {
  let running: Running<DynamoBackend>
  let backend: DynamoBackend
  let store: CampaignStore
  let id = ''
  const units: number[] = []

  beforeAll(async () => {
    running = await dynamodbLocal.start()
    backend = await running.fresh()
    meter(backend.client, units)
    store = dynamoCampaigns(backend.client, backend.table, { now: () => NOW_MS })
  })
  beforeEach(() => {
    units.length = 0
  })
  afterAll(() => running?.stop())

  const spent = () => units.splice(0).reduce((a, b) => a + b, 0)

  test('a draft: 3 to write; a chunk of 500 rows with amounts and names of their own: 16 at the most, and 3 to read', async () => {
    const ports = {
      store,
      clock: { now: () => NOW_MS, sleep: async () => {} },
      merchants: { load: async () => aMerchant() },
    } as unknown as CampaignPorts
    const params = v.parse(CreateCampaignParams, {
      name: '春节',
      rows_count: 750,
      total_amount: 1_000,
      defaults: DEFAULTS,
    })
    const { campaign } = await create(ports, { miniapp_id: MINIAPP_ID, keyid: 'key' }, params)
    id = campaign.id
    // A read of nothing is one unit.
    expect(spent()).toBe(1 + 3)
    const rows = Array.from({ length: 500 }, (_, i) => ({
      re_openid: keyOf(id, i, 1).slice(-28).padStart(28, 'oABCdefGHI'),
      total_amount: (100 + ((i * 37) % 100)) / 100,
      wishing: `恭喜发财，第 ${i + 1} 位`,
    }))
    await upload(ports, MINIAPP_ID, { id, chunk: 0 }, { rows })
    const uploaded = spent()
    expect(uploaded).toBeGreaterThan(4)
    expect(uploaded).toBeLessThanOrEqual(1 + 16 + 4)
    await store.rows(id, 0)
    expect(spent()).toBeLessThanOrEqual(4)
  })

  test('the worker: 4 for a lease and for giving it back, 2 for the totals, 1 for a look', async () => {
    await store.lease(id, 'w', NOW_MS, NOW_MS + 45_000)
    expect(spent()).toBe(4)
    await store.save(id, 'w', { working: 0, lease_until_ms: NOW_MS + 50_000 })
    expect(spent()).toBe(2)
    await store.get(id)
    expect(spent()).toBe(1)
    await store.save(id, 'w', { lease_until_ms: 0, due_at: NOW_S + 60 })
    expect(spent()).toBe(4)
    expect(await store.due(NOW_S + 60, 10)).toEqual([id])
    expect(spent()).toBe(0.5)
  })

  test('a head: 1 to write while all attempts are the first, 2 after; 1 to read', async () => {
    const [head] = await store.heads(id, [0])
    // That of a short list's draft holds all of its receivers.
    expect(spent()).toBe(2)
    if (!head) throw new Error('no head')
    const next = { ...head, version: 2, codes: 's'.repeat(500), begun_ms: NOW_MS, due_ms: NOW_MS + 600_000 }
    await store.saveHead(id, 1, next)
    // The draft that it replaces, with its receivers, is larger than the head.
    spent()
    await store.saveHead(id, 2, { ...next, version: 3 })
    expect(spent()).toBe(1)
    await store.heads(id, [0])
    expect(spent()).toBe(1)
    await store.saveHead(id, 3, { ...next, version: 4, attempts: '02'.repeat(500) })
    expect(spent()).toBe(2)
  })

  test('records: half a unit each, one if read consistently', async () => {
    const keys = Array.from({ length: 100 }, (_, i) => keyOf(id, i + 1, 1))
    for (const key of keys) await backend.store.insert(aRecord(key))
    spent()
    await store.records(MINIAPP_ID, keys, false)
    expect(spent()).toBe(50)
    await store.records(MINIAPP_ID, keys, true)
    expect(spent()).toBe(100)
  })

  test('the line of a merchant: 1 and 1', async () => {
    const { version } = await store.line('10000098')
    expect(spent()).toBe(1)
    await store.saveLine('10000098', version, [id])
    expect(spent()).toBe(1)
  })

  test('what settle reads to know whether a campaign is at work: 2', async () => {
    const clock = { now: () => NOW_MS, sleep: async () => {} }
    await store.lease(id, 'worker', NOW_MS, NOW_MS + 25_000)
    spent()
    expect(await campaignRate(dynamoRates(backend.client, backend.table), clock, '10000098')).toBe(25)
    expect(spent()).toBe(2)
  })
})

/** Adds what every command consumed, tables and indexes together. */
function meter(client: DynamoDBClient, units: number[]): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } })
      const { ConsumedCapacity } = result.output as { ConsumedCapacity?: Consumed | Consumed[] }
      for (const { CapacityUnits = 0 } of [ConsumedCapacity ?? []].flat()) units.push(CapacityUnits)
      return result
    },
    { step: 'initialize', name: 'meter', override: true },
  )
}
type Consumed = { CapacityUnits?: number }
