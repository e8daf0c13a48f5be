// A store that fails, and a process that is killed, on the real stack: bundles behind HTTP, a real table, mutual TLS.
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
