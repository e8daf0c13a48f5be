// One key, one packet: whoever repeats it, however often, gets one answer, and WeChat gets one call.
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { idOf, withoutEffect } from '../support/footprint.ts'
import { expectProblem } from '../support/problem.ts'
import { callers, FISSION, NORMAL, type Packet, send, useStack } from '../support/service.ts'
import { calls, debits, fault } from '../support/wechat.ts'

useStack()

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

  it.each([
    ['whose gateway type has no certificate', { ...NORMAL, gateway_type: 'weixin_tenpay_wap' }, 'certificate_'],
    ['whose parameters are wrong', { ...NORMAL, total_amount: 0 }, 'invalid_parameters'],
    ['whose body is cut off', JSON.stringify(NORMAL).slice(0, -1), 'malformed_json'],
    ['whose body is too large', JSON.stringify({ ...NORMAL, remark: 'a'.repeat(65_536) }), 'body_too_large'],
  ])('%s is told that an earlier send has paid', async (_, packet, code) => {
    const idempotency_key = randomUUID()
    const turnedAway = () => withoutEffect(() => send(packet, { idempotency_key, caller: callers.other }))
    const told = { status: 400, body: { code: expect.stringContaining(code), maybe_sent: false } }
    expect(await turnedAway()).toMatchObject(told)
    await send(NORMAL, { idempotency_key, caller: callers.other })

    expect(await turnedAway()).toMatchObject({ ...told, body: { ...told.body, maybe_sent: true } })
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
