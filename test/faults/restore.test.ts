// A restore: a copy of the table is taken in the midst of work, the rest goes on, and the copy is put back under a higher
// epoch. What the copy has forgotten must not be paid twice; WeChat's ledger is the judge.
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTable, LOCAL_CREDENTIALS } from '../../local/dynamodb.ts'
import { redpack } from '../support/cli.ts'
import { type FaultStack, KEY, startFaultStack } from '../support/fault-stack.ts'

const PATIENCE = { timeout: 60_000 }
const RESTORED = 'redpack-restored'
/** The looks of settle at an outcome until NOT_FOUND proves something, and some. */
const HALF_AN_HOUR = [61, 121, 301, 601, 1_201] as const

let stack: FaultStack
let client: DynamoDBClient
/** What the operator's command line sees: the restored table. */
let env: Record<string, string>

beforeAll(async () => {
  stack = await startFaultStack()
  const endpoint = stack.parts.env.AWS_ENDPOINT_URL_DYNAMODB ?? ''
  client = new DynamoDBClient({ endpoint, region: 'local', credentials: LOCAL_CREDENTIALS })
  env = { ...stack.parts.env, REDPACK_TABLE: RESTORED }
})
afterAll(async () => {
  client?.destroy()
  await stack?.stop()
})

/** A send of which nothing arrives at WeChat. */
async function sendIntoNothing(key: string): Promise<void> {
  await stack.fault('reset_before', { count: 3, op: 'sendredpack' })
  expect((await stack.send(key))?.body).toMatchObject({ outcome: 'unknown' })
}

/** A send whose process dies after the debit and before anything is written. */
async function dieAfterTheDebit(key: string): Promise<void> {
  await stack.fault('hang_after', { seconds: 60 })
  const answer = stack.send(key)
  await expect.poll(() => stack.debitsOf(key), PATIENCE).toHaveLength(1)
  await stack.crash()
  expect(await answer).toBeUndefined()
}

async function copyOfTheTable() {
  const { Items = [], LastEvaluatedKey } = await client.send(
    new ScanCommand({ TableName: stack.parts.env.REDPACK_TABLE, ConsistentRead: true }),
  )
  expect(LastEvaluatedKey).toBeUndefined()
  return Items
}

describe('a table that is restored to an earlier time', () => {
  const keys = {
    sent: KEY(),
    refused: KEY(),
    never_arrived: KEY(),
    refused_later: KEY(),
    paid_instead: KEY(),
    paid_later: KEY(),
    died_after_debit: KEY(),
    forgotten: KEY(),
  }
  const all = Object.values(keys)
  const debitsByNumber = async () => {
    const debits = await stack.debits()
    return Object.groupBy(debits, ({ mch_billno }) => mch_billno)
  }
  const resends = async (key: string) => (await stack.callsOf(key)).filter(({ op }) => op === 'sendredpack').length
  let before: Awaited<ReturnType<typeof copyOfTheTable>>
  let calls = 0

  it('was copied while sends were open, and forgot what came after', async () => {
    expect((await stack.send(keys.sent))?.body).toMatchObject({ outcome: 'sent' })
    await stack.fault('NOTENOUGH')
    expect((await stack.send(keys.refused))?.body).toMatchObject({ outcome: 'refused' })
    await sendIntoNothing(keys.never_arrived)
    await sendIntoNothing(keys.refused_later)
    await sendIntoNothing(keys.paid_later)
    await dieAfterTheDebit(keys.died_after_debit)
    before = await copyOfTheTable()

    // Work goes on, which the copy knows nothing of.
    expect((await stack.send(keys.forgotten))?.body).toMatchObject({ outcome: 'sent' })
    await stack.settle(2)
    expect((await stack.send(keys.paid_later))?.body).toMatchObject({ outcome: 'sent' })
    await stack.settle(2)
    await stack.fault('NOTENOUGH', { op: 'sendredpack', count: 2 })
    const late = await stack.send(keys.refused_later)
    expect(late?.body).toMatchObject({ err_code: 'NOTENOUGH' })
    expect((await stack.send(keys.paid_instead))?.body).toMatchObject({ err_code: 'NOTENOUGH', outcome: 'refused' })
    keys.paid_instead = KEY()
    expect((await stack.send(keys.paid_instead))?.body).toMatchObject({ outcome: 'sent' })
  })

  it('is put back as the page says: stop, restore to a new table, deploy with a higher epoch, resume', async () => {
    expect((await redpack(['stop'], { ...env, REDPACK_TABLE: stack.parts.env.REDPACK_TABLE ?? '' })).code).toBe(0)
    await createTable(stack.parts.env.AWS_ENDPOINT_URL_DYNAMODB ?? '', RESTORED)
    for (const Item of before) await client.send(new PutItemCommand({ TableName: RESTORED, Item }))
    await stack.restore({ REDPACK_TABLE: RESTORED, REDPACK_EPOCH: '2' })
    await stack.settle(61)
    expect((await redpack(['resume'], env)).out).toContain('was not stopped')
    const { out } = await redpack(['stop', '--show', '--json'], env)
    expect(JSON.parse(out)).toMatchObject({ epoch: 2, held_before: expect.any(Number), brakes: [] })
    expect((await redpack(['doctor'], env)).out).toMatch(/⚠ Epoch 2: records created before .* are held/)
  })

  it('asks WeChat about the older records, and sends none, however long it lasts and whoever repeats a key', async () => {
    const sends = new Map(await Promise.all(all.map(async (key) => [key, await resends(key)] as const)))
    await stack.settle(...HALF_AN_HOUR, 3_601, 7_201)
    // Paid, and the copy did not know it: found.
    for (const key of [keys.died_after_debit, keys.paid_later]) {
      expect(await stack.record(key)).toMatchObject({ outcome: 'sent' })
    }
    for (const key of [keys.never_arrived, keys.refused_later]) {
      expect((await stack.send(key))?.body).toMatchObject({ outcome: 'unknown' })
      expect(await stack.record(key)).toMatchObject({ outcome: 'unknown' })
      expect(await resends(key)).toBe(sends.get(key))
    }
    expect(await stack.debitsOf(keys.never_arrived)).toEqual([])
    expect(await stack.debitsOf(keys.refused_later)).toEqual([])
  })

  it('takes new sends, and knows a forgotten one by its number: the key is paid once', async () => {
    expect((await stack.send(KEY()))?.body).toMatchObject({ outcome: 'sent' })
    calls = (await stack.debits()).length
    expect((await stack.send(keys.forgotten))?.body).toMatchObject({ outcome: 'sent' })
    expect(await stack.debits()).toHaveLength(calls)
  })

  it('sends the older ones again once they are released, each once; what was answered stays', async () => {
    const { code, out } = await redpack(['release', '--yes'], env)
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('✔ Released') })
    await stack.settle(5, 86_401, 86_401)
    expect(await stack.record(keys.never_arrived)).toMatchObject({ outcome: 'sent' })
    expect(await stack.debitsOf(keys.never_arrived)).toHaveLength(1)
    expect(await stack.record(keys.refused)).toMatchObject({ outcome: 'refused' })
    expect(await stack.debitsOf(keys.refused)).toEqual([])
    expect(await stack.record(keys.sent)).toMatchObject({ outcome: 'sent' })
  })

  it('has paid no number twice in all of this', async () => {
    const debits = await debitsByNumber()
    expect(Object.values(debits).filter((of_one) => (of_one ?? []).length !== 1)).toEqual([])
  })
})
