// Campaigns over HTTP, on the bundles that ship: a worker of its own, woken by start; WeChat is the simulator.
import { beforeEach, describe, expect, it } from 'vitest'
import { DEFAULTS } from '../support/campaign-defaults.ts'
import { callers, exchange, type Reply, read, stack, useStack } from '../support/service.ts'
import { signedHeaders } from '../support/signing.ts'
import { advance, balance, debits, fault, receive } from '../support/wechat.ts'

useStack()

const NONE = { waiting: 0, sent: 0, refused: 0, unknown: 0, manual: 0, received: 0, refunded: 0 }
let count = 0
let name = ''
beforeEach(() => {
  count += 1
  name = `活动 ${count}`
})

function write(method: 'POST' | 'PUT', target: string, given: unknown, caller = callers.own): Promise<Reply> {
  const { keyid, secret } = caller
  const body = JSON.stringify(given)
  const covered = ['@method', '@path', '@query', 'content-digest']
  return exchange(method, target, {
    headers: signedHeaders({ method, target, body, keyid, secret, idempotency_key: null, covered }),
    body,
  })
}
const post = (target: string, body: unknown) => write('POST', target, body)

const listOf = (size: number) =>
  Array.from({ length: size }, (_, i) => ({
    re_openid: `oe2e-${name.slice(3)}-${String(i + 1).padStart(16, '0')}`,
    total_amount: 1 + (i % 3),
  }))
const sumOf = (rows: { total_amount: number }[]) => rows.reduce((sum, { total_amount }) => sum + total_amount, 0)

type Rows = ReturnType<typeof listOf>

async function draft(rows: Rows, more = {}): Promise<Record<string, unknown> & { id: string; version: number }> {
  const created = await post('/campaigns', {
    name,
    defaults: DEFAULTS,
    rows_count: rows.length,
    total_amount: sumOf(rows),
    ...more,
  })
  expect(created.status).toBe(201)
  const { id } = created.body
  for (let n = 0; n * 500 < rows.length; n += 1) {
    const { status } = await write('PUT', `/campaigns/${id}/rows/${n}`, { rows: rows.slice(n * 500, (n + 1) * 500) })
    expect(status).toBe(204)
  }
  return created.body as Record<string, unknown> & { id: string; version: number }
}

async function campaign(id: unknown): Promise<Record<string, unknown> & { version: number }> {
  return (await read(`/campaigns/${id}`)).body as Record<string, unknown> & { version: number }
}

const reaches = (id: unknown, state: string) => expect.poll(async () => (await campaign(id)).state).toBe(state)

/** What the schedule does every minute. */
async function minute(function_name: string): Promise<void> {
  const response = await fetch(`${stack.lambda_url}/2015-03-31/functions/redpack-dev-${function_name}/invocations`, {
    method: 'POST',
    body: '{}',
  })
  expect(response.status).toBe(200)
}

describe('a campaign', () => {
  it('is created, uploaded, started and sent, each row once, and done when all packets are received', async () => {
    const rows = listOf(12)
    const { id } = await draft(rows)
    expect(await campaign(id)).toMatchObject({ state: 'draft', counts: { ...NONE, waiting: 12 }, similar: null })
    const begun = await post(`/campaigns/${id}/start`, { version: 1 })
    expect(begun).toMatchObject({ status: 202, body: { state: 'queued', version: 2, similar: [] } })
    await reaches(id, 'settling')
    expect(await campaign(id)).toMatchObject({
      counts: { ...NONE, sent: 12 },
      amounts: { ...NONE, sent: sumOf(rows) },
      reasons: [],
    })
    const paid = await debits()
    expect(paid.map(({ re_openid, total_amount }) => [re_openid, total_amount]).sort()).toEqual(
      rows.map(({ re_openid, total_amount }) => [re_openid, total_amount * 100]),
    )
    for (const { mch_billno } of paid) await receive(mch_billno)
    await advance(3_700)
    // On a busy machine a record may want a repair first, and its packet is followed by the next run.
    await expect
      .poll(async () => {
        await minute('settle')
        const { objects } = (await read(`/campaigns/${id}/rows`)).body as { objects: { status: string }[] }
        return objects.filter(({ status }) => status === 'RECEIVED').length
      })
      .toBe(12)
    await advance(1_300)
    await minute('campaignWorker')
    await reaches(id, 'done')
    expect(await campaign(id)).toMatchObject({
      counts: { ...NONE, sent: 12, received: 12 },
      finished_at: expect.any(Number),
    })
    const page = await read(`/campaigns/${id}/rows?limit=5&offset=5&outcome=received`)
    expect(page.body.meta).toEqual({
      limit: 5,
      offset: 5,
      next: `/campaigns/${id}/rows?limit=5&offset=10&outcome=received`,
      previous: `/campaigns/${id}/rows?limit=5&offset=0&outcome=received`,
      total_count: 12,
    })
    expect(page.body.objects).toMatchObject(
      [6, 7, 8, 9, 10].map((row) => ({ row, attempt: 1, outcome: 'sent', status: 'RECEIVED', ...rows[row - 1] })),
    )
  })

  it('stops when the balance ends, and resumed sends the rest', async () => {
    const { id } = await draft(listOf(30))
    await balance(2_000)
    await post(`/campaigns/${id}/start`, { version: 1 })
    await reaches(id, 'stopped')
    const stopped = await campaign(id)
    expect(stopped).toMatchObject({
      stop: { code: 'NOTENOUGH', detail: expect.stringContaining('resume') },
      version: 2,
    })
    await balance(1_000_000)
    expect(await post(`/campaigns/${id}/resume`, { version: 2 })).toMatchObject({ status: 202, body: { stop: null } })
    await reaches(id, 'settling')
    expect((await campaign(id)).counts).toEqual({ ...NONE, sent: 30 })
    const receivers = (await debits()).map(({ re_openid }) => re_openid)
    expect(receivers.length).toBe(30)
    expect(new Set(receivers).size).toBe(30)
  })

  it('retries what was refused', async () => {
    const { id } = await draft(listOf(6))
    await fault('OPENID_ERROR', { count: 2 })
    await post(`/campaigns/${id}/start`, { version: 1 })
    await reaches(id, 'settling')
    expect(await campaign(id)).toMatchObject({
      counts: { ...NONE, sent: 4, refused: 2 },
      reasons: [{ err_code: 'OPENID_ERROR', count: 2 }],
    })
    expect(await post(`/campaigns/${id}/retry`, { version: 2, err_code: 'OPENID_ERROR' })).toMatchObject({
      status: 202,
      body: { retried: 2 },
    })
    await expect.poll(async () => (await campaign(id)).counts).toEqual({ ...NONE, sent: 6 })
  })

  it('pauses and goes on; cancelled, it is over', async () => {
    const { id } = await draft(listOf(200), { rate_per_s: 5 })
    await post(`/campaigns/${id}/start`, { version: 1 })
    await expect.poll(async () => (await debits()).length).toBeGreaterThan(2)
    expect(await post(`/campaigns/${id}/pause`, { version: 2 })).toMatchObject({
      status: 202,
      body: { state: 'paused', version: 3 },
    })
    expect(await post(`/campaigns/${id}/pause`, { version: 2 })).toMatchObject({ status: 202, body: { version: 3 } })
    expect(await post(`/campaigns/${id}/resume`, { version: 2 })).toMatchObject({
      status: 409,
      body: { code: 'campaign_changed', version: 3, state: 'paused' },
    })
    const paid = (await debits()).length
    expect(await post(`/campaigns/${id}/cancel`, { version: 3 })).toMatchObject({
      status: 202,
      body: { state: 'cancelled' },
    })
    expect(await post(`/campaigns/${id}/resume`, { version: 4 })).toMatchObject({
      status: 409,
      body: { code: 'campaign_state', state: 'cancelled' },
    })
    expect((await debits()).length).toBe(paid)
  })
})

describe('start', () => {
  it('asks about a list that was paid before, and says what it has paid', async () => {
    const rows = listOf(10)
    const first = await draft(rows)
    await post(`/campaigns/${first.id}/start`, { version: 1 })
    await reaches(first.id, 'settling')
    name = `${name} 再次`
    const second = await draft(rows.slice(0, 8).reverse())
    const asked = await post(`/campaigns/${second.id}/start`, { version: 1 })
    expect(asked).toMatchObject({
      status: 409,
      body: {
        code: 'campaign_similar',
        similar: [{ id: first.id, share: 1, state: 'settling', paid: { count: 10, amount: sumOf(rows) } }],
      },
    })
    const sure = await post(`/campaigns/${second.id}/start`, { version: 1, even_if_similar: true })
    expect(sure).toMatchObject({ status: 202, body: { similar: [{ id: first.id, share: 1 }] } })
  })

  it('says what is missing', async () => {
    const rows = listOf(501)
    const { body } = await post('/campaigns', { name, defaults: DEFAULTS, rows_count: 501, total_amount: sumOf(rows) })
    await write('PUT', `/campaigns/${body.id}/rows/0`, { rows: rows.slice(0, 500) })
    expect(await post(`/campaigns/${body.id}/start`, { version: 1 })).toMatchObject({
      status: 409,
      body: { code: 'campaign_incomplete', errors: [{ pointer: '/rows/1' }] },
    })
  })
})

describe('what is wrong', () => {
  it('a name of another campaign is 422, the same body 200', async () => {
    const params = { name, defaults: DEFAULTS, rows_count: 2, total_amount: 3 }
    expect((await post('/campaigns', params)).status).toBe(201)
    expect((await post('/campaigns', params)).status).toBe(200)
    expect(await post('/campaigns', { ...params, rows_count: 3 })).toMatchObject({
      status: 422,
      body: { code: 'campaign_exists' },
    })
  })

  it('a bad row is 400 with a pointer to it; other rows for a chunk that is written are 422', async () => {
    const rows = listOf(2)
    const { id } = await draft(rows)
    const target = `/campaigns/${id}/rows/0`
    expect((await write('PUT', target, { rows })).status).toBe(204)
    expect(await write('PUT', target, { rows: [rows[1], rows[0]] })).toMatchObject({
      status: 422,
      body: { code: 'chunk_written' },
    })
    expect(await write('PUT', target, { rows: [rows[0], { ...rows[1], total_amount: 1.005 }] })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/rows/1/total_amount' }] },
    })
    expect(await write('PUT', `/campaigns/${id}/rows/1`, { rows })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/chunk' }] },
    })
  })

  it('another mini app has no such campaign', async () => {
    const { id } = await draft(listOf(1))
    expect(await read(`/campaigns/${id}`, { caller: callers.other })).toMatchObject({ status: 404 })
    expect(await write('POST', `/campaigns/${id}/start`, { version: 1 }, callers.other)).toMatchObject({ status: 404 })
  })

  it('a command that is not signed over its body is 415', async () => {
    const { keyid, secret } = callers.own
    const target = `/campaigns/${'0'.repeat(24)}/start`
    const covered = ['@method', '@path', '@query']
    for (const method of ['POST', 'PUT'] as const) {
      const headers = signedHeaders({ method, target, body: '{}', keyid, secret, idempotency_key: null, covered })
      const path = method === 'POST' ? target : `/campaigns/${'0'.repeat(24)}/rows/0`
      const signed =
        method === 'POST'
          ? headers
          : signedHeaders({ method, target: path, body: '{}', keyid, secret, idempotency_key: null, covered })
      expect(await exchange(method, path, { headers: signed, body: '{}' })).toMatchObject({ status: 415 })
    }
  })

  it('a send under a key of campaigns is 400', async () => {
    const { keyid, secret } = callers.own
    const body = JSON.stringify({ ...DEFAULTS, re_openid: 'oe2e7fK2mQ9xWb4LrT8sVn1Yc3Zd', total_amount: 1 })
    const headers = signedHeaders({
      method: 'POST',
      target: '/redpacks',
      body,
      keyid,
      secret,
      idempotency_key: 'campaign/1/1/1',
    })
    expect(await exchange('POST', '/redpacks', { headers, body })).toMatchObject({
      status: 400,
      body: { code: 'idempotency_key_malformed' },
    })
  })
})

it('the list has the campaigns, newest first', async () => {
  const { id } = await draft(listOf(1))
  const { body } = await read('/campaigns?limit=1')
  expect(body).toMatchObject({
    meta: { offset: 0, previous: null, next: '/campaigns?limit=1&offset=1' },
    objects: [{ id, pk: id, state: 'draft' }],
  })
})
