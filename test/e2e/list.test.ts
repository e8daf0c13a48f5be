// The list: newest first, cut into pages that join without a gap, and each mini app's own.
import { beforeAll, describe, expect, it } from 'vitest'
import { callers, FISSION, merchant, NORMAL, OPENID, read, send, sent, useStack } from '../support/service.ts'
import { fault, successXml } from '../support/wechat.ts'

useStack()

const caller = callers.own
const { mch_id } = merchant

/** The members that the page's sample of a record has. */
const SAMPLE = [
  ...['act_name', 'amt_type', 'created_at', 'id', 'mch_billno', 'miniapp_id', 'official_account_id', 'raw_result'],
  ...['re_openid', 'remark', 'result', 'risk_info', 'scene_id', 'send_name', 'status', 'total_amount', 'total_num'],
  ...['type', 'updated_at', 'wishing'],
]
const ADDED = ['gateway_type', 'idempotency_key', 'keyid', 'outcome']

const KEY = 'list/first'
/** Of the longest length, with every kind of character that a key may have. */
const REFUSED_KEY = `="<&>'{}~`.padEnd(255, 'k')
const optional = { scene_id: 'PRODUCT_2', risk_info: 'posttime%3d123' }
const sends: { id: string; mch_billno: string; send_listid: string }[] = []
let refused: { id: string; mch_billno: string }

beforeAll(async () => {
  sends.push(await sent(FISSION, { caller, idempotency_key: KEY }))
  for (const total_amount of [1.01, 1.02, 1.03]) sends.push(await sent({ ...NORMAL, total_amount }, { caller }))
  await fault('NOTENOUGH')
  refused = (await send({ ...NORMAL, ...optional }, { caller, idempotency_key: REFUSED_KEY })).body as typeof refused
})

const idsNewestFirst = () => [refused.id, ...sends.map(({ id }) => id).reverse()]
type Page = { meta: { next: string | null; previous: string | null }; objects: Record<string, unknown>[] }

async function page(query = ''): Promise<Page> {
  const reply = await read(`/redpacks${query}`, { caller })
  const { status, headers } = reply
  expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'application/json; charset=utf-8' })
  return reply.body as Page
}

describe('the list', () => {
  it('has 20 records from the newest on where nothing else is asked', async () => {
    const { meta, objects } = await page()

    expect(meta).toEqual({ limit: 20, next: null, offset: 0, previous: null, total_count: 5 })
    expect(objects.map(({ id }) => id)).toEqual(idsNewestFirst())
  })

  it('has records with the page’s fields, pk, outcome and gateway_type, and no others', async () => {
    const { objects } = await page()

    for (const object of objects) expect(Object.keys(object).sort()).toEqual([...SAMPLE, ...ADDED, 'pk'].sort())
    const [newest, second, , , oldest] = objects
    expect(newest).toEqual({
      ...NORMAL,
      ...optional,
      amt_type: null,
      created_at: expect.any(Number),
      gateway_type: 'weixin_tenpay',
      id: refused.id,
      idempotency_key: REFUSED_KEY,
      keyid: caller.keyid,
      mch_billno: `RP${refused.id}`,
      miniapp_id: caller.miniapp_id,
      outcome: 'refused',
      pk: refused.id,
      raw_result: expect.stringContaining('<err_code><![CDATA[NOTENOUGH]]></err_code>'),
      result: {
        err_code: 'NOTENOUGH',
        err_code_des: '帐号余额不足，请到商户平台充值后再重试',
        mch_billno: `RP${refused.id}`,
      },
      status: null,
      updated_at: expect.any(Number),
    })
    expect(second).toMatchObject({ total_amount: 1.03, risk_info: null, scene_id: null, outcome: 'sent', status: null })
    const { id, mch_billno, send_listid } = sends[0] as (typeof sends)[0]
    expect(oldest).toEqual({
      ...FISSION,
      amt_type: 'ALL_RAND',
      created_at: expect.any(Number),
      gateway_type: 'weixin_tenpay',
      id,
      idempotency_key: KEY,
      keyid: caller.keyid,
      mch_billno,
      miniapp_id: caller.miniapp_id,
      outcome: 'sent',
      pk: id,
      raw_result: successXml({ mch_billno, mch_id, re_openid: OPENID, total_amount: 600, send_listid }),
      result: { mch_billno, send_listid, return_code: 'SUCCESS' },
      risk_info: null,
      scene_id: null,
      status: null,
      updated_at: expect.any(Number),
    })
  })

  it.each([
    [2, 0, { next: '/redpacks?limit=2&offset=2', previous: null }],
    [2, 2, { next: '/redpacks?limit=2&offset=4', previous: '/redpacks?limit=2&offset=0' }],
    [2, 4, { next: null, previous: '/redpacks?limit=2&offset=2' }],
    [2, 1, { next: '/redpacks?limit=2&offset=3', previous: '/redpacks?limit=2&offset=0' }],
    [1000, 0, { next: null, previous: null }],
    [5, 0, { next: null, previous: null }],
    [20, 5, { next: null, previous: '/redpacks?limit=20&offset=0' }],
    [20, 9007199254740991, { next: null, previous: '/redpacks?limit=20&offset=0' }],
    [2, 9, { next: null, previous: '/redpacks?limit=2&offset=3' }],
  ])('gives %i records from the %i-th on, and the way to the pages beside them', async (limit, offset, beside) => {
    const { meta, objects } = await page(`?limit=${limit}&offset=${offset}`)

    expect(meta).toEqual({ limit, offset, ...beside, total_count: 5 })
    expect(objects.map(({ id }) => id)).toEqual(idsNewestFirst().slice(offset, offset + limit))
  })

  it('is walked whole by next, and back by previous', async () => {
    const walked: unknown[] = []
    let at: Page = await page('?limit=2')
    walked.push(...at.objects.map(({ id }) => id))
    while (at.meta.next) {
      at = await page(at.meta.next.replace('/redpacks', ''))
      walked.push(...at.objects.map(({ id }) => id))
    }
    expect(walked).toEqual(idsNewestFirst())
    while (at.meta.previous) at = await page(at.meta.previous.replace('/redpacks', ''))
    expect(at.objects.map(({ id }) => id)).toEqual(idsNewestFirst().slice(0, 2))
  })

  it('is empty for a mini app that has sent nothing', async () => {
    const { status, body } = await read('/redpacks', { caller: callers.bare })

    const meta = { limit: 20, next: null, offset: 0, previous: null, total_count: 0 }
    expect({ status, body }).toEqual({ status: 200, body: { meta, objects: [] } })
  })
})

describe('one record', () => {
  it('is what the list shows, without pk', async () => {
    for (const { pk, ...object } of (await page()).objects) {
      const { status, headers, body } = await read(`/redpacks/${pk}`, { caller })
      expect({ status, type: headers['content-type'], body }).toEqual({
        status: 200,
        type: 'application/json; charset=utf-8',
        body: object,
      })
    }
  })
})
