// Sends that WeChat does not answer: accepted, unknown, never sent under another number, and found out by asking.
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { idOf, stored } from '../support/footprint.ts'
import { callers, FISSION, merchant, NORMAL, type Reply, read, send, useStack } from '../support/service.ts'
import { calls, debits, fault, successXml } from '../support/wechat.ts'

useStack()

function expectAccepted(reply: Reply, id: string): void {
  expect({ status: reply.status, type: reply.headers['content-type'], body: reply.body }).toEqual({
    status: 202,
    type: 'application/json; charset=utf-8',
    body: {
      err_code: 'PROCESSING',
      err_code_des:
        '微信支付尚未给出结果，红包可能已经发出。请用 id 或 mch_billno 查询发送状态，不要换用新的 Idempotency-Key 重发。',
      mch_billno: `RP${id}`,
      id,
      outcome: 'unknown',
    },
  })
}

function newKey(): { idempotency_key: string; id: string } {
  const idempotency_key = randomUUID()
  return { idempotency_key, id: idOf(callers.own.miniapp_id, idempotency_key) }
}

it('a send that only gets pages of HTML is accepted, and recorded as unknown with what came', async () => {
  await fault('html_before', { count: 3, op: 'sendgroupredpack' })
  const { idempotency_key, id } = newKey()

  const reply = await send(FISSION, { idempotency_key })

  expectAccepted(reply, id)
  const item = await stored(id)
  expect(item).toMatchObject({
    outcome: 'unknown',
    maybe_debited_ms: expect.any(Number),
    open: 'outcome',
    lease_until_ms: 0,
    raw_result: expect.stringContaining('<h1>502 Bad Gateway</h1>'),
  })
  expect(item).not.toHaveProperty('err_code')
  expect(await debits()).toEqual([])
})

it('every way of not answering is an acceptance, whether WeChat has debited or not', async () => {
  const kinds = ['html_after', 'garbage_before', 'garbage_after', 'reset_before', 'reset_after']
  for (const kind of kinds) await fault(kind, { count: 3 })
  const keys = kinds.map(newKey)

  const replies = await Promise.all(keys.map(({ idempotency_key }) => send(NORMAL, { idempotency_key })))

  for (const [i, { id }] of keys.entries()) {
    expectAccepted(replies[i] as Reply, id)
    expect(await stored(id)).toMatchObject({
      outcome: 'unknown',
      maybe_debited_ms: expect.any(Number),
      open: 'outcome',
    })
    const times = (await calls()).filter(({ mch_billno }) => mch_billno === `RP${id}`).map(({ at_ms }) => at_ms)
    expect(times).toHaveLength(3)
    for (const [n, at_ms] of times.slice(1).entries()) expect(at_ms - Number(times[n])).toBeGreaterThanOrEqual(1_000)
  }
  const paid = (await debits()).map(({ mch_billno }) => mch_billno)
  expect(new Set(paid).size).toBe(paid.length)
})

it('an unknown send is sent once WeChat, asked for its status, knows it', async () => {
  await fault('numeric_after')
  const { idempotency_key, id } = newKey()
  await send(NORMAL, { idempotency_key })

  const asked = await read(`/redpacks/status?id=${id}`)

  expect(asked).toMatchObject({ status: 200, body: { status: 'SENT', mch_billno: `RP${id}` } })
  const send_listid = asked.body.detail_id
  expect(await stored(id)).toMatchObject({ outcome: 'sent', status: 'SENT', send_listid, open: 'status' })
  const repeated = await send(NORMAL, { idempotency_key })
  expect(repeated).toMatchObject({
    status: 200,
    body: { return_code: 'SUCCESS', mch_billno: `RP${id}`, send_listid, id, outcome: 'sent' },
  })
  expect(await debits()).toHaveLength(1)
})

it('an unknown send stays unknown where WeChat, asked for its status, knows nothing of it', async () => {
  await fault('FATAL_ERROR')
  const { idempotency_key, id } = newKey()
  await send(NORMAL, { idempotency_key })

  const asked = await read(`/redpacks/status?id=${id}`)

  expect({ status: asked.status, body: asked.body }).toEqual({
    status: 200,
    body: {
      return_code: 'SUCCESS',
      return_msg: '指定单号数据不存在',
      result_code: 'FAIL',
      err_code: 'NOT_FOUND',
      err_code_des: '指定单号数据不存在',
      mch_billno: `RP${id}`,
      mch_id: merchant.mch_id,
    },
  })
  expect(await stored(id)).toMatchObject({ outcome: 'unknown', open: 'outcome' })
})

it('a repeated key sends an unknown packet again, under its own number and with the same money', async () => {
  await fault('numeric_after')
  const { idempotency_key, id } = newKey()
  await send(NORMAL, { idempotency_key })

  const reply = await send(NORMAL, { idempotency_key })

  expect(reply).toMatchObject({ status: 200, body: { id, outcome: 'sent' } })
  const [one, two, ...more] = await calls()
  expect(more).toEqual([])
  expect(two?.fields).toEqual(one?.fields)
  expect(Number(two?.at_ms) - Number(one?.at_ms)).toBeGreaterThanOrEqual(1_000)
  expect(await debits()).toHaveLength(1)
  expect(await stored(id)).toMatchObject({ outcome: 'sent', maybe_debited_ms: expect.any(Number) })
})

it('a call that hangs is given up in time for another one', async () => {
  await fault('hang_after')
  const { idempotency_key, id } = newKey()

  const reply = await send(NORMAL, { idempotency_key })

  const { send_listid } = reply.body
  expect({ status: reply.status, body: reply.body }).toEqual({
    status: 200,
    body: { return_code: 'SUCCESS', mch_billno: `RP${id}`, send_listid: expect.any(String), id, outcome: 'sent' },
  })
  const [one, two] = await calls()
  expect(Number(two?.at_ms) - Number(one?.at_ms)).toBeGreaterThanOrEqual(10_000)
  const [debit, ...more] = await debits()
  expect(more).toEqual([])
  expect(await stored(id)).toMatchObject({
    outcome: 'sent',
    raw_result: successXml({ ...debit, send_listid } as never),
  })
})
