// Erasure on the database itself: what is left in the table of somebody who is forgotten, and how far erasure has come.
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { dynamoErasures } from '../../lib/aws/erasures.ts'
import { forget } from '../../lib/redpack/forget.ts'
import { type DynamoBackend, dynalite, type Running } from '../support/databases.ts'
import { aRecord, NOW_S } from '../unit/records.ts'

let running: Running<DynamoBackend>
let backend: DynamoBackend
beforeAll(async () => {
  running = await dynalite.start()
})
beforeEach(async () => {
  backend = await running.fresh()
})
afterAll(() => running?.stop())

test('nothing has been erased at first, and what is saved is read', async () => {
  const erasures = dynamoErasures(backend.client, backend.table)
  expect(await erasures.read()).toEqual({ next_at: 0, done_to: new Map() })
  for (const progress of [
    { next_at: NOW_S, done_to: new Map([['miniapp-1', 7]]) },
    {
      next_at: NOW_S + 1,
      done_to: new Map([
        ['__proto__', 1],
        ['miniapp-1', 8],
      ]),
    },
  ]) {
    await erasures.save(progress)
    expect(await erasures.read()).toEqual(progress)
  }
})

test('of a person who is forgotten nothing is left in the table or its indexes', async () => {
  const { client, table, store } = backend
  const given = aRecord('PERSONAL', {
    idempotency_key: 'PERSONAL',
    ...{
      re_openid: 'oSecretPerson',
      send_name: 'PERSONAL',
      wishing: 'PERSONAL',
      act_name: 'PERSONAL',
      remark: 'PERSONAL',
    },
    ...{
      risk_info: 'PERSONAL',
      raw_result: '<xml>PERSONAL</xml>',
      err_code: 'X',
      err_code_des: 'oSecretPerson PERSONAL',
    },
    ...{ outcome: 'refused', open: undefined, due_at: undefined, lease_until_ms: 0, seq: 1 },
  })
  await store.insert(given)
  const clock = { now: () => NOW_S * 1000, sleep: async () => {} }
  expect(await forget({ store, clock }, given.id, 'oSecretPerson')).toBe('erased')
  for (const IndexName of [undefined, 'by-sequence', 'open']) {
    const { Items } = await client.send(new ScanCommand({ TableName: table, ...(IndexName && { IndexName }) }))
    expect(JSON.stringify(Items)).not.toMatch(/oSecretPerson|PERSONAL/)
  }
})
