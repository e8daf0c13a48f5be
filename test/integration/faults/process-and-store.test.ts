// Faults on the real stack: bundles behind HTTP, a real table, mutual TLS, and a process that is killed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FaultStack, KEY, startFaultStack } from './fault-stack.ts'

/** A worker's first request loads a bundle, which takes a busy machine long. */
const PATIENCE = { timeout: 60_000 }

let stack: FaultStack

beforeAll(async () => {
  stack = await startFaultStack()
})
afterAll(() => stack?.stop())

describe('a process that is killed', () => {
  it('between claim and call leaves a record and no debit; settle sends it under the same number, once', async () => {
    const key = KEY()
    stack.wechat.shut()
    const answer = stack.send(key)
    await stack.wechat.knocked()
    await stack.crash()
    stack.wechat.open()
    expect(await answer).toBeUndefined()
    expect(await stack.record(key)).toMatchObject({ outcome: 'pending' })
    expect(await stack.debitsOf(key)).toEqual([])
    await stack.settle(40, 61, 1_300, 61)
    expect(await stack.record(key)).toMatchObject({ outcome: 'sent', total_amount: 150 })
    expect(await stack.debitsOf(key)).toHaveLength(1)
  })

  it('during the call, after the debit, is found sent by settle with the caller doing nothing', async () => {
    const key = KEY()
    await stack.fault('hang_after', { seconds: 60 })
    const answer = stack.send(key)
    await expect.poll(() => stack.debitsOf(key), PATIENCE).toHaveLength(1)
    await stack.crash()
    expect(await answer).toBeUndefined()
    await stack.settle(40)
    expect(await stack.record(key)).toMatchObject({ outcome: 'sent', status: 'SENT' })
    expect(await stack.debitsOf(key)).toHaveLength(1)
    expect((await stack.callsOf(key)).map(({ op }) => op)).toEqual(['sendredpack', 'gethbinfo'])
  })

  it('between call and finish is found sent by settle, and the same key then gets the stored answer', async () => {
    const key = KEY()
    stack.dynamodb.interfere('hold', 'UpdateItem', 1, '"#send_listid"')
    const answer = stack.send(key)
    await stack.dynamodb.held()
    // Before the crash: on a busy machine the lease would be over once the service is up again.
    const early = await stack.send(key)
    expect(early?.status).toBe(409)
    expect(early?.headers.get('retry-after')).toBe('1')
    await stack.crash()
    expect(await answer).toBeUndefined()
    expect(await stack.record(key)).toMatchObject({ outcome: 'pending' })
    await stack.settle(40)
    expect(await stack.record(key)).toMatchObject({ outcome: 'sent' })
    const again = await stack.send(key)
    expect([again?.status, again?.body.outcome]).toEqual([200, 'sent'])
    expect((await stack.send(key))?.text).toBe(again?.text)
    expect(await stack.debitsOf(key)).toHaveLength(1)
  })

  it('is taken over by the same key after its lease, under the same number', async () => {
    const key = KEY()
    await stack.fault('hang_before', { seconds: 60 })
    const answer = stack.send(key)
    await expect.poll(() => stack.record(key), PATIENCE).toBeDefined()
    await expect.poll(() => stack.callsOf(key), PATIENCE).toHaveLength(1)
    await stack.crash()
    await answer
    await stack.settle(0)
    const { mch_billno } = (await stack.record(key)) ?? {}
    await fetch(`${stack.parts.simulator.control_origin}/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"advance_s":40}',
    })
    expect((await stack.send(key))?.body).toMatchObject({ outcome: 'sent', mch_billno })
    expect(await stack.debitsOf(key)).toHaveLength(1)
  })
})

describe('DynamoDB', () => {
  it('whose acknowledgement of the claim is lost is asked again, and the send knows its own hand', async () => {
    const key = KEY()
    stack.dynamodb.interfere('lose', 'PutItem', 1)
    expect((await stack.send(key))?.body).toMatchObject({ outcome: 'sent' })
    expect(await stack.debitsOf(key)).toHaveLength(1)
  })

  it.each(['fail', 'throttle'] as const)(
    'that will not take the claim (%s) gives 503, and nothing goes to WeChat',
    async (mischief) => {
      const key = KEY()
      const before = (await stack.calls()).length
      stack.dynamodb.interfere(mischief, 'PutItem', 3)
      const answer = await stack.send(key)
      expect(answer?.status).toBe(503)
      expect(answer?.body).toMatchObject({ code: 'store_unavailable' })
      expect(answer?.headers.get('retry-after')).toBe('2')
      expect(await stack.record(key)).toBeUndefined()
      expect((await stack.calls()).length).toBe(before)
      expect((await stack.send(key))?.body).toMatchObject({ outcome: 'sent' })
      expect(await stack.debitsOf(key)).toHaveLength(1)
    },
  )

  it('whose acknowledgement of the finish is lost does not make a sent packet unknown', async () => {
    const key = KEY()
    stack.dynamodb.interfere('lose', 'UpdateItem', 1, '"#send_listid"')
    expect((await stack.send(key))?.body).toMatchObject({ outcome: 'sent' })
    expect(await stack.record(key)).toMatchObject({ outcome: 'sent' })
  })

  it('that will not take the finish gives 202, and settle repairs the record', async () => {
    const key = KEY()
    // Three tries of the use case, each with three of the SDK.
    stack.dynamodb.interfere('fail', 'UpdateItem', 9, '"#send_listid"')
    const answer = await stack.send(key)
    expect(answer?.status).toBe(202)
    expect(answer?.body).toMatchObject({ err_code: 'PROCESSING', outcome: 'unknown' })
    expect(await stack.record(key)).toMatchObject({ outcome: 'pending' })
    await stack.settle(40)
    expect(await stack.record(key)).toMatchObject({ outcome: 'sent' })
    expect(await stack.debitsOf(key)).toHaveLength(1)
  })

  it('that will not give a list number leaves it to settle, and the list is whole then', async () => {
    const key = KEY()
    stack.dynamodb.interfere('fail', 'UpdateItem', 3, 'ADD last_seq')
    expect((await stack.send(key))?.body).toMatchObject({ outcome: 'sent' })
    expect(await stack.record(key)).toMatchObject({ outcome: 'sent', open: 'repair' })
    await stack.settle(61)
    expect(await stack.record(key)).toMatchObject({ outcome: 'sent', seq: expect.any(Number), open: 'status' })
  })
})

describe('an order under the number that is not ours', () => {
  it('is never taken for ours by a query: only the echo of a send can tell', async () => {
    const key = KEY()
    expect((await stack.send(key, 1.5))?.body).toMatchObject({ outcome: 'sent' })
    // A table that was restored to an earlier time has forgotten the key, and the caller now means another receiver by it.
    await stack.forget(key)
    const answer = await stack.send(key, 1.5, 'oSomebodyElse00000000000000')
    expect(answer?.body).toMatchObject({ err_code: 'FATAL_ERROR', outcome: 'unknown' })
    await stack.settle(61, 121)
    expect(await stack.record(key)).toMatchObject({ outcome: 'unknown', order_conflict: true, status: 'SENT' })
    expect(await stack.debitsOf(key)).toHaveLength(1)
  })

  it('is sent where the same send is answered with our own', async () => {
    const key = KEY()
    await stack.fault('reset_after')
    await stack.fault('FATAL_ERROR')
    expect((await stack.send(key))?.body).toMatchObject({ err_code: 'FATAL_ERROR', outcome: 'unknown' })
    await stack.settle(61)
    expect(await stack.record(key)).toMatchObject({ outcome: 'sent' })
    expect(await stack.debitsOf(key)).toHaveLength(1)
  })
})

it('a record that cannot be read does not keep settle from the others', async () => {
  const [spoilt, sound] = [KEY(), KEY()]
  for (const key of [spoilt, sound]) {
    await stack.fault('reset_after')
    await stack.fault('FATAL_ERROR')
    expect((await stack.send(key))?.body).toMatchObject({ outcome: 'unknown' })
  }
  await stack.spoil(spoilt)
  await stack.settle(61)
  expect(await stack.record(sound)).toMatchObject({ outcome: 'sent' })
  await stack.forget(spoilt)
})
