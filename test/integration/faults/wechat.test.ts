// WeChat's faults on the real stack: no answer until the time is over, debits that come late, a refusal after doubt.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FaultStack, KEY, startFaultStack } from './fault-stack.ts'

let stack: FaultStack

beforeAll(async () => {
  stack = await startFaultStack()
})
afterAll(() => stack?.stop())

describe('WeChat', () => {
  it('that never answers gives 202 before the function runs out of time, and one debit at the most', async () => {
    const key = KEY()
    await stack.fault('hang_before', { count: 3 })
    const answer = await stack.send(key)
    expect(answer?.status).toBe(202)
    expect(answer?.body).toMatchObject({ err_code: 'PROCESSING', outcome: 'unknown' })
    const [first, ...others] = await stack.callsOf(key)
    expect(others.length).toBeGreaterThan(0)
    for (const [i, { at_ms }] of others.entries()) {
      expect(at_ms - ((i === 0 ? first : others[i - 1])?.at_ms ?? 0)).toBeGreaterThanOrEqual(1_000)
    }
    await stack.settle(61, 121, 301, 601, 1_201)
    expect(await stack.record(key)).toMatchObject({ outcome: 'sent' })
    expect(await stack.debitsOf(key)).toHaveLength(1)
  })

  it('that debits late, while a retry is refused, does not make the record say refused', async () => {
    const key = KEY()
    await stack.fault('late_debit', { seconds: 120 })
    await stack.fault('NOTENOUGH')
    const answer = await stack.send(key)
    expect(answer?.status).toBe(200)
    expect(answer?.body).toMatchObject({ err_code: 'NOTENOUGH', outcome: 'unknown' })
    await stack.settle(130)
    expect(await stack.record(key)).toMatchObject({ outcome: 'sent' })
    expect(await stack.debitsOf(key)).toHaveLength(1)
  })

  it('that refuses what settle sends again after 20 minutes of NOT_FOUND has refused it', async () => {
    const key = KEY()
    await stack.fault('reset_before', { count: 3 })
    expect((await stack.send(key))?.status).toBe(202)
    await stack.fault('NOTENOUGH', { op: 'sendredpack' })
    await stack.settle(61, 121, 301, 601, 1_201)
    expect(await stack.record(key)).toMatchObject({ outcome: 'refused', err_code: 'NOTENOUGH' })
    expect(await stack.debitsOf(key)).toEqual([])
    expect((await stack.send(key))?.body).toMatchObject({ outcome: 'refused', err_code: 'NOTENOUGH' })
  })
})
