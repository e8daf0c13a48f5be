// A process that is killed: before the call, with the answer on its way, and with its lease not over.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FaultStack, KEY, startFaultStack } from '../support/fault-stack.ts'

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
