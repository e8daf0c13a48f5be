// The status: WeChat's own answer, as it came, and what it teaches the record.
import { describe, expect, it } from 'vitest'
import { stored, withoutEffect } from '../support/footprint.ts'
import { expectProblem } from '../support/problem.ts'
import { callers, FISSION, merchant, NORMAL, OPENID, read, sent, useStack } from '../support/service.ts'
import { fault, queries, receive } from '../support/wechat.ts'

useStack()

const { mch_id } = merchant
const BEIJING = /^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$/

/** What WeChat says of a normal packet that nobody has collected. */
function found({ mch_billno, send_listid }: { mch_billno: string; send_listid: string }) {
  return {
    return_code: 'SUCCESS',
    return_msg: 'OK',
    result_code: 'SUCCESS',
    err_code: 'SUCCESS',
    err_code_des: 'OK',
    mch_billno,
    mch_id,
    detail_id: send_listid,
    status: 'SENT',
    send_type: 'API',
    hb_type: 'NORMAL',
    total_num: '1',
    total_amount: '110',
    send_time: expect.stringMatching(BEIJING),
  }
}

async function status(query: string): Promise<Record<string, unknown>> {
  const reply = await read(`/redpacks/status?${query}`)
  expect({ status: reply.status, type: reply.headers['content-type'] }).toEqual({
    status: 200,
    type: 'application/json; charset=utf-8',
  })
  return reply.body
}

describe('the status', () => {
  it.each(['id', 'mch_billno'] as const)('is WeChat’s answer with WeChat’s strings, by %s', async (name) => {
    const packet = await sent(NORMAL)
    expect(await stored(packet.id)).not.toHaveProperty('status')

    expect(await status(`${name}=${packet[name]}`)).toEqual(found(packet))

    expect((await queries(packet.mch_billno)).map(({ fields }) => fields)).toEqual([
      { mch_billno: packet.mch_billno, mch_id, appid: 'wxcbda96de0b165486', bill_type: 'MCHT' },
    ])
  })

  it('is written to the record, which changes in nothing else that callers see', async () => {
    const { id, mch_billno } = await sent(NORMAL)
    const before = (await read(`/redpacks/${id}`)).body

    await status(`id=${id}`)
    expect(await stored(id)).toMatchObject({ status: 'SENT', outcome: 'sent', version: 3, open: 'status' })
    await receive(mch_billno)
    await status(`id=${id}`)

    const { open, due_at, ...item } = (await stored(id)) ?? {}
    expect({ open, due_at }).toEqual({})
    expect(item).toMatchObject({ status: 'RECEIVED', outcome: 'sent', version: 4 })
    const updated_at = expect.any(Number)
    expect((await read(`/redpacks/${id}`)).body).toEqual({ ...before, status: 'RECEIVED', updated_at })
  })

  it('has one receiver once a normal packet is collected', async () => {
    const packet = await sent(NORMAL)
    await receive(packet.mch_billno)

    expect(await status(`id=${packet.id}`)).toEqual({
      ...found(packet),
      status: 'RECEIVED',
      hblist: [{ openid: OPENID, amount: '110', rcv_time: expect.stringMatching(BEIJING) }],
    })
  })

  it('has every receiver of a fission packet, with shares that add up', async () => {
    const packet = await sent(FISSION)
    await receive(packet.mch_billno)

    const { hblist, ...rest } = await status(`mch_billno=${packet.mch_billno}`)

    const sums = { hb_type: 'GROUP', total_num: '3', total_amount: '600' }
    expect(rest).toEqual({ ...found(packet), status: 'RECEIVED', ...sums })
    const receivers = hblist as { openid: string; amount: string }[]
    expect(receivers).toHaveLength(3)
    expect(receivers.reduce((sum, { amount }) => sum + Number(amount), 0)).toBe(600)
    for (const receiver of receivers) expect(Object.keys(receiver)).toEqual(['openid', 'amount', 'rcv_time'])
  })

  it.each(['SYSTEMERROR', 'NOT_FOUND', 'FREQ_LIMIT'])('is WeChat’s err_code, and changes nothing: %s', async (kind) => {
    const { id, mch_billno } = await sent(NORMAL)
    const before = await stored(id)
    await fault(kind, { op: 'gethbinfo' })

    expect(await status(`id=${id}`)).toEqual({
      return_code: 'SUCCESS',
      return_msg: expect.any(String),
      result_code: 'FAIL',
      err_code: kind,
      err_code_des: expect.any(String),
      mch_billno,
      mch_id,
    })
    expect(await stored(id)).toEqual(before)
  })

  it.each(['html_before', 'garbage_before', 'reset_before'])(
    'is accepted without a result where WeChat does not answer: %s',
    async (kind) => {
      const { id, mch_billno } = await sent(NORMAL)
      const before = await stored(id)
      await fault(kind, { op: 'gethbinfo' })

      const reply = await read(`/redpacks/status?id=${id}`)

      expect({ status: reply.status, type: reply.headers['content-type'], body: reply.body }).toEqual({
        status: 202,
        type: 'application/json; charset=utf-8',
        body: { err_code: 'PROCESSING', err_code_des: '微信支付没有应答这次查询，请稍后再查', mch_billno, id },
      })
      expect(await stored(id)).toEqual(before)
    },
  )
})

describe('a record that this mini app does not have', () => {
  const NOT_FOUND = '当前小程序没有这条红包记录'

  it.each([
    ['an id that nobody has', '/redpacks/5c474dd8e2aa136e58867af3'],
    ['an id of another form', '/redpacks/i5c46d771b1b9de0ab5e3c4eed'],
    ['what is stored, but no record', `/redpacks/book%23${callers.own.miniapp_id}`],
    ['a status by an id that nobody has', '/redpacks/status?id=5c474dd8e2aa136e58867af3'],
    ['a status by an id of another form', '/redpacks/status?id=1'],
    ['a status by a number that nobody has', '/redpacks/status?mch_billno=RP5c474dd8e2aa136e58867af3'],
    ['a status by a number of another form', '/redpacks/status?mch_billno=0010010404201411170000046545'],
    ['a status by an id in place of a number', '/redpacks/status?mch_billno=5c474dd8e2aa136e58867af3'],
  ])('is not found, and WeChat is not asked: %s', async (_, target) => {
    expectProblem(await withoutEffect(() => read(target)), 'not_found', NOT_FOUND)
  })

  it('is not found where it is another mini app’s', async () => {
    const { id, mch_billno } = await sent(NORMAL)

    for (const target of [
      `/redpacks/${id}`,
      `/redpacks/status?id=${id}`,
      `/redpacks/status?mch_billno=${mch_billno}`,
    ]) {
      const reply = await withoutEffect(() => read(target, { caller: callers.other }))
      expectProblem(reply, 'not_found', NOT_FOUND)
    }
  })
})
