// One key, one packet: whoever repeats it, however often, gets one answer, and WeChat gets one call.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { idOf, stored, withoutEffect } from '../support/footprint.ts'
import { expectProblem } from '../support/problem.ts'
import { callers, exchange, FISSION, NORMAL, type Packet, type Reply, send, useStack } from '../support/service.ts'
import { calls, debits, fault, reset } from '../support/wechat.ts'

useStack()

const IN_PROGRESS = '同一个 Idempotency-Key 正在发送中，请稍后用同一个 key 重试'
const KEY_REUSED = '这个 Idempotency-Key 已用于参数不同的另一次发送；新的发送请换用新的 key'

describe('a repeated key', () => {
  it.each([
    ['sent', undefined],
    ['refused', 'NOTENOUGH'],
  ])('gets the stored answer byte for byte, without a second call: %s', async (outcome, kind) => {
    if (kind) await fault(kind)
    const idempotency_key = randomUUID()
    const first = await send(NORMAL, { idempotency_key })
    expect(first.body.outcome).toBe(outcome)

    const again = await withoutEffect(() => send(NORMAL, { idempotency_key }))

    const { status, text } = again
    expect({ status, text, type: again.headers['content-type'] }).toEqual({
      status: first.status,
      text: first.text,
      type: first.headers['content-type'],
    })
  })

  it.each<[string, (packet: Packet) => string]>([
    ['in another order', (packet) => JSON.stringify(Object.fromEntries(Object.entries(packet).reverse()))],
    ['with its default written out', (packet) => JSON.stringify({ ...packet, gateway_type: 'weixin_tenpay' })],
    ['with null for what is optional', (packet) => JSON.stringify({ ...packet, scene_id: null, risk_info: null })],
    ['with other white space', (packet) => JSON.stringify(packet, null, 4)],
    ['with another form of the number', (packet) => JSON.stringify(packet).replace('1.1,', '1.10e0,')],
  ])('means the same parameters %s', async (_, write) => {
    const idempotency_key = randomUUID()
    const first = await send(NORMAL, { idempotency_key })

    const again = await send(write(NORMAL), { idempotency_key })

    expect({ status: again.status, text: again.text }).toEqual({ status: 200, text: first.text })
    expect(await calls()).toHaveLength(1)
  })

  it.each(
    Object.entries({
      re_openid: 'oe2eAnotherOneZZZZZZZZZZZZZZ',
      send_name: '另一家',
      official_account_id: 'wx0000000000000000',
      total_amount: 1.11,
      wishing: '恭喜发财!',
      act_name: '别的活动',
      remark: '别的备注',
      scene_id: 'PRODUCT_1',
      risk_info: 'a%3d1',
      gateway_type: 'weixin_tenpay_js',
    }),
  )('is refused for another %s, without a call', async (name, value) => {
    const idempotency_key = randomUUID()
    await send(NORMAL, { idempotency_key })

    const reply = await withoutEffect(() => send({ ...NORMAL, [name]: value }, { idempotency_key }))

    expectProblem(reply, 'key_reused', KEY_REUSED)
  })

  it('is refused for another type and number of people', async () => {
    const idempotency_key = randomUUID()
    await send(FISSION, { idempotency_key })

    for (const packet of [
      { ...FISSION, total_num: 4 },
      { ...FISSION, type: 'normal', total_num: 1 },
    ]) {
      expectProblem(await withoutEffect(() => send(packet, { idempotency_key })), 'key_reused', KEY_REUSED)
    }
  })

  it('is another packet for another mini app', async () => {
    const idempotency_key = randomUUID()

    const here = await send(NORMAL, { idempotency_key })
    const there = await send(NORMAL, { idempotency_key, caller: callers.other })

    expect(here.body.id).toBe(idOf(callers.own.miniapp_id, idempotency_key))
    expect(there.body.id).toBe(idOf(callers.other.miniapp_id, idempotency_key))
    expect(await debits()).toHaveLength(2)
  })

  it.each(['a', '!"#$%&\'()*+-./:;<=>?@[\\]^_`{|}~', 'k'.repeat(255)])(
    'may be any visible ASCII: %s',
    async (start) => {
      const idempotency_key = `${start}${randomUUID()}`.slice(-255)

      const { status, body } = await send(NORMAL, { idempotency_key })

      expect({ status, id: body.id }).toEqual({ status: 200, id: idOf(callers.own.miniapp_id, idempotency_key) })
    },
  )
})

describe('a key that is being sent right now', () => {
  it('is told to wait, and gets the answer afterwards', async () => {
    await fault('hang_before', { count: 3 })
    const idempotency_key = randomUUID()
    const sending = send(NORMAL, { idempotency_key })
    await oneHangs()

    expectProblem(await send(NORMAL, { idempotency_key }), 'in_progress', IN_PROGRESS)
    expectProblem(
      await send({ ...NORMAL, remark: '别的' }, { idempotency_key }),
      'key_reused',
      KEY_REUSED,
      undefined,
      true,
    )
    await oneHangs()

    // Lets go of the call that hangs, unanswered and without a debit, and clears the list: the sender calls once more.
    await reset()
    const first = await sending
    expect(first).toMatchObject({ status: 200, body: { outcome: 'sent' } })
    expect((await send(NORMAL, { idempotency_key })).text).toBe(first.text)
    expect(await calls()).toHaveLength(1)
  })

  it('is called once for fifty requests at once, which all get one answer in the end', async () => {
    // Fifty containers start first, so that the race is about the key and not about who starts fastest.
    await Promise.all(fifty(() => exchange('POST', '/redpacks', { headers: {} })))
    await fault('hang_before', { count: 3 })
    const idempotency_key = randomUUID()
    const id = idOf(callers.own.miniapp_id, idempotency_key)
    const statuses = new Set<number>()

    const sending = Promise.all(fifty(() => sendUntilAnswered(idempotency_key, statuses)))
    await expect.poll(() => statuses).toContain(409)
    await oneHangs()
    // As above.
    await reset()
    const replies = await sending

    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(replies[0]).toMatchObject({ status: 200, body: { id, outcome: 'sent' } })
    // 503 is for a container that had no time to reach the store: it has moved no money either.
    expect([...statuses].filter((status) => ![200, 409, 503].includes(status))).toEqual([])
    expect(await calls()).toHaveLength(1)
    expect(await debits()).toMatchObject([{ mch_billno: `RP${id}`, total_amount: 110 }])
    expect(await stored(id)).toMatchObject({ outcome: 'sent', version: 2 })
  })
})

/** Waits for a call that hangs. Nobody has called beside it: a sender's next call comes after the one before it got its 10 s. */
async function oneHangs(): Promise<void> {
  await expect.poll(calls).not.toHaveLength(0)
  const times = (await calls()).map(({ at_ms }) => at_ms)
  for (const [n, at_ms] of times.slice(1).entries()) expect(at_ms - Number(times[n])).toBeGreaterThanOrEqual(10_000)
}

function fifty<T>(start: () => Promise<T>): Promise<T>[] {
  return Array.from({ length: 50 }, start)
}

/** A caller as docs/guarantees.md wants it: told to come back, it does so under the same key. */
async function sendUntilAnswered(idempotency_key: string, statuses: Set<number>): Promise<Reply> {
  for (;;) {
    const reply = await send(NORMAL, { idempotency_key })
    statuses.add(reply.status)
    const { 'retry-after': retry_after } = reply.headers
    if (retry_after === undefined) return reply
    await sleep(Number(retry_after) * 1_000)
  }
}
