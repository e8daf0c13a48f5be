// Drafts: what a campaign and a row may be, and what is said of those that may not.
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { create, upload } from '../../../lib/campaigns/create.ts'
import { pack } from '../../../lib/campaigns/pack.ts'
import { CreateCampaignParams, ListRowsParams, RetryParams, UploadRowsParams } from '../../../lib/campaigns/params.ts'
import { list, listRows } from '../../../lib/campaigns/show.ts'
import { Random } from '../../simulation/random.ts'
import { MINIAPP_ID } from '../records.ts'
import { aDraft, aList, CALLER, DEFAULTS, smallWorld } from './world.ts'

const PARAMS = { name: '春节', defaults: DEFAULTS, rows_count: 2, total_amount: 3 }
const parse = (changes: object) => v.safeParse(CreateCampaignParams, { ...PARAMS, ...changes })

describe('a campaign', () => {
  test('has 25 rows a second and the first gateway type unless it says otherwise', () => {
    expect(v.parse(CreateCampaignParams, PARAMS)).toMatchObject({
      rate_per_s: 25,
      total_amount: 300,
      defaults: { gateway_type: 'weixin_tenpay' },
    })
  })

  test.for([
    { name: '' },
    { name: '字'.repeat(65) },
    { name: 'a\u0000' },
    { rows_count: 0 },
    { rows_count: 1_000_001 },
    { rows_count: 1.5 },
    { rows_count: '2' },
    { total_amount: 0 },
    { total_amount: 1.005 },
    { total_amount: Number.NaN },
    { total_amount: '3' },
    { rate_per_s: 0 },
    { rate_per_s: 31 },
    { rate_per_s: 2.5 },
    { defaults: { ...DEFAULTS, gateway_type: 'other' } },
    { defaults: { ...DEFAULTS, colour: 'red' } },
    { defaults: { ...DEFAULTS, total_num: 21 } },
    { other: 1 },
  ])('cannot have %o', (changes) => {
    expect(parse(changes).success).toBe(false)
  })

  test.for([
    { name: '🧧'.repeat(64) },
    { rows_count: 1_000_000, total_amount: 200_000_000.01 },
    { rate_per_s: 1 },
    { defaults: {} },
  ])('can have %o', (changes) => {
    expect(parse(changes).success).toBe(true)
  })

  test('is made once for a name: the same body again gives it, another is refused', async () => {
    const world = smallWorld()
    const params = v.parse(CreateCampaignParams, PARAMS)
    const first = await create(world.ports, CALLER, params)
    expect(first).toMatchObject({
      created: true,
      campaign: { state: 'draft', version: 1, mch_id: '10000098', similar: null },
    })
    expect(await create(world.ports, CALLER, params)).toEqual({ ...first, created: false })
    await expect(create(world.ports, CALLER, { ...params, rate_per_s: 5 })).rejects.toMatchObject({
      code: 'campaign_exists',
    })
    const elsewhere = await create(world.ports, { miniapp_id: 'another', keyid: 'k' }, params)
    expect(elsewhere.created).toBe(true)
    expect(elsewhere.campaign.id).not.toBe(first.campaign.id)
  })
})

async function uploaded(row: object, defaults: object = DEFAULTS) {
  const world = smallWorld()
  const params = v.parse(CreateCampaignParams, { name: 'x', rows_count: 1, total_amount: 1, defaults })
  const { campaign } = await create(world.ports, CALLER, params)
  const { rows } = v.parse(UploadRowsParams, { rows: [row] })
  await upload(world.ports, MINIAPP_ID, { id: campaign.id, chunk: 0 }, { rows })
  const { objects } = await listRows(world.ports, MINIAPP_ID, campaign.id, { limit: 20, offset: 0, outcome: undefined })
  return objects[0]
}

const ROW = { re_openid: 'openid', total_amount: 1 }
const PRODUCT = { ...DEFAULTS, scene_id: 'PRODUCT_1' }

describe('a row', () => {
  test('with the defaults is what a send takes', async () => {
    expect(await uploaded(ROW)).toMatchObject({
      ...DEFAULTS,
      ...ROW,
      row: 1,
      scene_id: null,
      risk_info: null,
      attempt: 1,
      outcome: null,
    })
  })

  test('has its own for each of the defaults; null takes one away', async () => {
    expect(await uploaded({ ...ROW, scene_id: 'PRODUCT_2', wishing: '另一句' }, PRODUCT)).toMatchObject({
      scene_id: 'PRODUCT_2',
      wishing: '另一句',
    })
    expect(await uploaded(ROW, PRODUCT)).toMatchObject({ scene_id: 'PRODUCT_1' })
    expect(await uploaded({ ...ROW, scene_id: null }, PRODUCT)).toMatchObject({ scene_id: null })
    expect(await uploaded({ re_openid: 'openid' }, { ...DEFAULTS, total_amount: 1 })).toMatchObject({ total_amount: 1 })
  })

  test.for([
    [{ total_amount: 1 }, DEFAULTS, '/rows/0/re_openid'],
    [{ ...ROW, total_amount: 1.005 }, DEFAULTS, '/rows/0/total_amount'],
    [{ ...ROW, total_amount: null }, { ...DEFAULTS, total_amount: 1 }, '/rows/0/total_amount'],
    [{ ...ROW, total_amount: '1' }, DEFAULTS, '/rows/0/total_amount'],
    [{ ...ROW, gateway_type: 'weixin_tenpay' }, DEFAULTS, '/rows/0/gateway_type'],
    [{ ...ROW, colour: 'red' }, DEFAULTS, '/rows/0/colour'],
    [{ ...ROW, type: 'fission' }, DEFAULTS, '/rows/0/total_num'],
    [{ ...ROW, wishing: 'a\u0007' }, DEFAULTS, '/rows/0/wishing'],
    [ROW, {}, '/rows/0/type'],
  ] as const)('%o with %o is told at %s', async ([row, defaults, pointer]) => {
    await expect(uploaded(row, defaults)).rejects.toMatchObject({ code: 'invalid_parameters', errors: [{ pointer }] })
  })

  test.for([{ rows: [] }, { rows: Array(501).fill(ROW) }, { rows: [1] }, { rows: ROW }, {}, { rows: [ROW], more: 1 }])(
    'is one of 1 to 500 objects: not %o',
    (body) => {
      expect(v.safeParse(UploadRowsParams, body).success).toBe(false)
    },
  )
})

describe('a chunk', () => {
  test('of the wrong length, or beyond the list, is refused', async () => {
    const world = smallWorld()
    const { id } = await aDraft(world, aList(501))
    const put = (chunk: number, count: number) => upload(world.ports, MINIAPP_ID, { id, chunk }, { rows: aList(count) })
    await expect(put(0, 499)).rejects.toMatchObject({
      errors: [{ pointer: '/rows', detail: '第 0 块须为 500 行，收到 499 行' }],
    })
    await expect(put(1, 2)).rejects.toMatchObject({ errors: [{ pointer: '/rows' }] })
    await expect(put(2, 1)).rejects.toMatchObject({ errors: [{ pointer: '/chunk' }] })
  })

  test('that is written takes the same again and nothing else', async () => {
    const world = smallWorld()
    const { id } = await aDraft(world, aList(2))
    await upload(world.ports, MINIAPP_ID, { id, chunk: 0 }, { rows: aList(2) })
    await expect(upload(world.ports, MINIAPP_ID, { id, chunk: 0 }, { rows: aList(2, 'x') })).rejects.toMatchObject({
      code: 'chunk_written',
    })
  })

  test('whose texts are all different and long is too large, and says what to do', () => {
    const random = new Random(1)
    const text = (length: number) =>
      Array.from({ length }, () => String.fromCodePoint(random.int(0x4e00, 0x9fff))).join('')
    const rows = Array.from({ length: 500 }, () => ({
      re_openid: text(32),
      send_name: text(32),
      act_name: text(32),
      wishing: text(128),
      remark: text(256),
    }))
    expect(() => pack(rows)).toThrow(
      expect.objectContaining({ code: 'chunk_too_large', message: expect.stringContaining('defaults') }),
    )
  })

  test('that comes for a campaign that was started is refused', async () => {
    const world = smallWorld()
    const { id } = await aDraft(world, aList(2))
    const seen = world.memory.campaign(id)
    if (seen) await world.ports.store.command(seen, { ...seen, state: 'queued', version: 2, due_at: 0 })
    await expect(upload(world.ports, MINIAPP_ID, { id, chunk: 0 }, { rows: aList(2) })).rejects.toMatchObject({
      code: 'campaign_state',
      more: { state: 'queued' },
    })
  })

  test('puts the draft’s end off, once a day', async () => {
    const world = smallWorld()
    const { id } = await aDraft(world, aList(2))
    const first = world.memory.campaign(id)?.due_at ?? 0
    world.events.now_ms += 2 * 86_400_000
    await upload(world.ports, MINIAPP_ID, { id, chunk: 0 }, { rows: aList(2) })
    expect(world.memory.campaign(id)?.due_at).toBe(first + 2 * 86_400)
  })
})

test('the list pages newest first, with the addresses of its neighbours', async () => {
  const world = smallWorld()
  for (const name of ['a', 'b', 'c']) {
    await aDraft(world, aList(1), { name })
    world.events.now_ms += 1
  }
  const { meta, objects } = await list(world.ports, MINIAPP_ID, { limit: 1, offset: 1 })
  expect(meta).toEqual({
    limit: 1,
    offset: 1,
    next: '/campaigns?limit=1&offset=2',
    previous: '/campaigns?limit=1&offset=0',
    total_count: 3,
  })
  expect(objects.map(({ name, pk, id }) => [name, pk === id])).toEqual([['b', true]])
})

test('rows are found by page, across chunks; those of a chunk that is missing are left out', async () => {
  const world = smallWorld()
  const { id } = await aDraft(world, aList(1_100))
  const page = (offset: number, limit: number) =>
    listRows(world.ports, MINIAPP_ID, id, { offset, limit, outcome: undefined })
  expect((await page(498, 4)).objects.map(({ row }) => row)).toEqual([499, 500, 501, 502])
  expect((await page(1_099, 4)).objects.map(({ row, re_openid }) => [row, re_openid])).toEqual([
    [1_100, 'openid-0001100'],
  ])
  expect((await page(5_000, 4)).objects).toEqual([])
  expect(await listRows(world.ports, MINIAPP_ID, id, { offset: 0, limit: 2, outcome: 'sent' })).toMatchObject({
    meta: { total_count: 0, next: null },
    objects: [],
  })
  const waiting = await listRows(world.ports, MINIAPP_ID, id, { offset: 999, limit: 2, outcome: 'waiting' })
  expect(waiting.objects.map(({ row }) => row)).toEqual([1_000, 1_001])
  expect(waiting.meta).toMatchObject({
    total_count: 1_100,
    next: `/campaigns/${id}/rows?limit=2&offset=1001&outcome=waiting`,
  })
})

test.for([{ limit: '0' }, { limit: '1001' }, { offset: '-1' }, { outcome: 'lost' }, { colour: 'red' }])(
  '%o is no page of rows',
  (query) => {
    expect(v.safeParse(ListRowsParams, query).success).toBe(false)
  },
)

test.for([{}, { version: 0 }, { version: '1' }, { version: 1, err_code: 'a b' }, { version: 1, err_code: '' }])(
  '%o is no retry',
  (body) => {
    expect(v.safeParse(RetryParams, body).success).toBe(false)
  },
)
