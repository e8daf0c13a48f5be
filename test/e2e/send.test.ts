// Sending, where WeChat pays: the answer, the stored record, and what arrived at WeChat.
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { idOf, stored } from '../support/footprint.ts'
import {
  callers,
  FISSION,
  merchant,
  NORMAL,
  OPENID,
  type Packet,
  send,
  sent,
  stack,
  useStack,
} from '../support/service.ts'
import { calls, callsOf, debits, successXml } from '../support/wechat.ts'

useStack()

const { mch_id } = merchant
const [, ...others] = stack.identity.merchants.map(({ gateway_type, mch_id }) => [gateway_type, mch_id] as const)

/** What the record of a sent packet holds; `packet` in the caller's words. */
function record(packet: Packet, key: string, { id, send_listid }: { id: string; send_listid: string }) {
  const mch_billno = `RP${id}`
  const total_amount = Math.round(Number(packet.total_amount) * 100)
  return {
    ...packet,
    total_amount,
    gateway_type: 'weixin_tenpay',
    id,
    miniapp_id: callers.own.miniapp_id,
    idempotency_key: key,
    keyid: callers.own.keyid,
    mch_id,
    mch_billno,
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    created_at: expect.any(Number),
    updated_at: expect.any(Number),
    outcome: 'sent',
    send_listid,
    raw_result: successXml({ mch_billno, mch_id, re_openid: OPENID, total_amount, send_listid }),
    seq: expect.any(Number),
    version: 2,
    writer: expect.any(String),
    lease_until_ms: 0,
    no_call_after_ms: expect.any(Number),
    open: 'status',
    open_shard: `status#${id.charAt(0)}`,
    due_at: expect.any(Number),
    looks: 0,
  }
}

describe('a packet that WeChat pays', () => {
  it.each([
    ['normal', NORMAL],
    ['fission', FISSION],
  ])('is answered as the page says, with id and outcome, and recorded as sent: %s', async (_, packet) => {
    const key = randomUUID()
    const begun_s = Math.floor(Date.now() / 1000)

    const reply = await send(packet, { idempotency_key: key })

    const id = idOf(callers.own.miniapp_id, key)
    const send_listid = expect.stringMatching(/^10000417\d{23}$/)
    expect({ status: reply.status, type: reply.headers['content-type'], body: reply.body }).toEqual({
      status: 200,
      type: 'application/json; charset=utf-8',
      body: { return_code: 'SUCCESS', mch_billno: `RP${id}`, send_listid, id, outcome: 'sent' },
    })
    const item = await stored(id)
    expect(item).toEqual(record(packet, key, { id, send_listid: String(reply.body.send_listid) }))
    expect(item?.due_at).toBe(Number(item?.created_at) + 3_600)
    expect(item?.created_at).toBeGreaterThanOrEqual(begun_s)
    expect(item?.created_at).toBeLessThanOrEqual(Date.now() / 1000)
  })

  it('is debited once, with the number, the openid and the amount in fen', async () => {
    const { mch_billno } = await sent({ ...NORMAL, total_amount: 19.99 })

    expect(await debits()).toMatchObject([
      { mch_billno, mch_id, re_openid: OPENID, total_amount: 1999, total_num: 1, hb_type: 'NORMAL' },
    ])
  })

  it.each([['weixin_tenpay', mch_id] as const, ...others])(
    'goes to the merchant of its gateway type: %s',
    async (gateway_type, mch_id) => {
      const { id } = await sent({ ...NORMAL, gateway_type })

      // Other files may send for the local merchants, too.
      const made = (await callsOf(mch_id)).filter(({ mch_billno }) => mch_billno === `RP${id}`)
      expect(made).toMatchObject([{ op: 'sendredpack', mch_id, fields: { mch_id } }])
      expect(await stored(id)).toMatchObject({ gateway_type, mch_id, outcome: 'sent' })
    },
  )

  it('goes to weixin_tenpay where the caller names no gateway type', async () => {
    await sent(NORMAL)

    expect(await calls()).toMatchObject([{ mch_id }])
  })
})

describe('what arrives at WeChat', () => {
  it('is exactly the fields that sendredpack defines', async () => {
    const risk_info = 'posttime%3d123123412%26clientversion%3d234134%26mobile%3d122344545%26deviceid%3dIOS'
    const { mch_billno } = await sent({ ...NORMAL, total_amount: 200.01, scene_id: 'PRODUCT_2', risk_info })

    expect((await calls()).map(({ op, fields }) => ({ op, fields }))).toEqual([
      {
        op: 'sendredpack',
        fields: {
          mch_billno,
          mch_id,
          wxappid: 'wxcbda96de0b165486',
          send_name: '天虹百货',
          re_openid: OPENID,
          total_amount: '20001',
          total_num: '1',
          client_ip: '127.0.0.1',
          wishing: '恭喜发财',
          act_name: '新年红包',
          remark: '新年红包',
          scene_id: 'PRODUCT_2',
          risk_info,
        },
      },
    ])
  })

  it('of a fission packet has an amt_type and no client_ip', async () => {
    const { mch_billno } = await sent({ ...FISSION, total_amount: 20, total_num: 20 })

    expect((await calls()).map(({ op, fields }) => ({ op, fields }))).toEqual([
      {
        op: 'sendgroupredpack',
        fields: {
          mch_billno,
          mch_id,
          wxappid: 'wxcbda96de0b165486',
          send_name: '天虹百货',
          re_openid: OPENID,
          total_amount: '2000',
          total_num: '20',
          amt_type: 'ALL_RAND',
          wishing: '恭喜发财',
          act_name: '新年红包',
          remark: '新年红包',
        },
      },
    ])
  })

  it('carries the client_ip of the merchant entry, where it has one', async () => {
    await sent(NORMAL, { caller: callers.other })

    expect(await calls()).toMatchObject([{ fields: { client_ip: '203.0.113.7' } }])
  })

  it.each([
    '恭喜发财,大吉大利',
    '🧧🎉 👨‍👩‍👧',
    ']]>',
    'a]]>b]]>]]',
    `&<>"'`,
    '&amp; &lt;xml&gt;',
    '<![CDATA[x]]>',
    ' 两边有空格 ',
    'a=b&key=c%20+',
    '\u{20BB7}野家 ﷽',
  ])('has its texts as they were sent, signed right: %s', async (text) => {
    const act_name = text.slice(0, 8).toWellFormed()
    const { id } = await sent({ ...NORMAL, wishing: text, remark: text, act_name })

    expect(await calls()).toMatchObject([{ fields: { wishing: text, remark: text, act_name } }])
    expect(await stored(id)).toMatchObject({ wishing: text, remark: text, act_name })
  })

  it('comes over one connection a container for sends in a row', async () => {
    for (let i = 0; i < 30; i += 1) await sent(NORMAL)

    const made = await calls()
    expect(made).toHaveLength(30)
    // One container as a rule; a busy machine starts another where the first has not yet been seen to end.
    expect(new Set(made.map(({ connection }) => connection)).size).toBeLessThan(10)
  })
})
