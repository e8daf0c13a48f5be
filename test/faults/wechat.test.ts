// WeChat's faults on the real stack: no answer until the time is over, debits that come late, a refusal after doubt.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type FaultStack, KEY, startFaultStack } from '../support/fault-stack.ts'

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

it('a packet that was not collected in a day is being refunded, then refunded, and sent all the same', async () => {
  const { id } = (await stack.send(KEY()))?.body ?? {}
  const status = async () => (await stack.read(`/redpacks/status?id=${id}`)).body
  const stored = async () => (await stack.read(`/redpacks/${id}`)).body
  expect(await status()).toMatchObject({ status: 'SENT' })

  await stack.advance(24 * 3600 + 10)
  expect(await status()).toMatchObject({ status: 'RFUND_ING' })
  expect(await stored()).toMatchObject({ status: 'RFUND_ING', outcome: 'sent' })

  await stack.advance(3600)
  expect(await status()).toMatchObject({
    status: 'REFUND',
    refund_amount: '150',
    refund_time: expect.stringMatching(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$/),
  })
  expect(await stored()).toMatchObject({ status: 'REFUND', outcome: 'sent' })
})

describe('a key that is being sent right now', () => {
  it('is told to wait, and gets the answer afterwards', async () => {
    const key = KEY()
    await stack.release()
    await stack.fault('hang_before', { count: 3 })
    const sending = stack.send(key)
    await oneHangs()

    expect(await stack.send(key)).toMatchObject({ status: 409, body: { code: 'in_progress', maybe_sent: true } })
    // Another amount.
    expect(await stack.send(key, 1.6)).toMatchObject({ status: 422, body: { code: 'key_reused', maybe_sent: true } })
    await oneHangs()

    await stack.release()
    const first = await sending
    expect(first).toMatchObject({ status: 200, body: { outcome: 'sent' } })
    expect((await stack.send(key))?.text).toBe(first?.text)
    expect(await stack.calls()).toHaveLength(1)
  })

  it('is called once for many requests at once, which all get one answer in the end', async () => {
    // As many containers start first, so that the race is about the key and not about who starts fastest.
    await Promise.all(many(() => fetch(`${stack.url()}/redpacks`, { method: 'POST' })))
    await stack.release()
    await stack.fault('hang_before', { count: 3 })
    const key = KEY()
    const statuses = new Set<number>()

    const sending = Promise.all(many(() => sendUntilAnswered(key, statuses)))
    await expect.poll(() => statuses).toContain(409)
    await oneHangs()
    await stack.release()
    const replies = await sending

    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(replies[0]).toMatchObject({ status: 200, body: { outcome: 'sent' } })
    // 503 is for a container that had no time to reach the store: it has moved no money either.
    expect([...statuses].filter((status) => ![200, 409, 503].includes(status))).toEqual([])
    expect(await stack.calls()).toHaveLength(1)
    expect(await stack.debitsOf(key)).toHaveLength(1)
    expect(await stack.record(key)).toMatchObject({ outcome: 'sent', version: 2 })
  })
})

/** Waits for a call that hangs. Nobody has called beside it: a sender's next call comes after the one before it got its 10 s. */
async function oneHangs(): Promise<void> {
  await expect.poll(stack.calls).not.toHaveLength(0)
  const times = (await stack.calls()).map(({ at_ms }) => at_ms)
  for (const [n, at_ms] of times.slice(1).entries()) expect(at_ms - Number(times[n])).toBeGreaterThanOrEqual(10_000)
}

function many<T>(start: () => Promise<T>): Promise<T>[] {
  return Array.from({ length: 12 }, start)
}

/** A caller as docs/guarantees.md wants it: told to come back, it does so under the same key. */
async function sendUntilAnswered(key: string, statuses: Set<number>): Promise<Answer> {
  for (;;) {
    const answer = await stack.send(key)
    if (!answer) throw new Error('the service is gone')
    statuses.add(answer.status)
    const retry_after = answer.headers.get('retry-after')
    if (retry_after === null) return answer
    await sleep(Number(retry_after) * 1_000)
  }
}
