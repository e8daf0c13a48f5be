// What the page may do with --allow-actions, without a service, and while the mirror is filled.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { fillerOf } from '../../../../cli/console/filler.ts'
import { RedPack } from '../../../../client/src/index.ts'
import { CAMPAIGN_IDS } from '../../../browser/demo-campaigns.ts'
import { NOW_S } from '../../../browser/demo-records.ts'
import { problem, startService } from '../../../support/cli.ts'
import { aRow, emptyStore, idAt } from '../mirror/records.ts'
import { aConsole } from './asking.ts'

type Desk = Awaited<ReturnType<typeof aConsole>>
const [running, done, stopped] = CAMPAIGN_IDS
const silent = { outcome: 'unknown', status: null, result: null } as const

describe('with --allow-actions', () => {
  let desk: Desk
  beforeAll(async () => {
    desk = await aConsole({ may_act: true, rows: [aRow(1, { ...silent, total_amount: 1.88 }), aRow(2)] })
  })
  afterAll(() => desk?.stop())
  const said = async (path: string, body: unknown = {}) => {
    const { status, body: text } = await desk.post(path, body)
    return { status, ...JSON.parse(text) }
  }
  const posted = () =>
    desk.service.asked.filter(({ method }) => method === 'POST').map(({ path, body }) => `${path} ${body}`)

  it('asks WeChat, and tells the story as it is then', async () => {
    const { status, kind, sentence, events, said: told } = await said(`/api/packets/${idAt(1)}/ask`)
    expect({ status, kind, sentence }).toEqual({
      ...{ status: 200, kind: 'received' },
      sentence: 'sent 2026-11-25 15:20, received 15:24, 1.88 yuan (Beijing time, +08:00)',
    })
    expect(told).toBe('WeChat was asked: RECEIVED, opened')
    expect(events.slice(2, 4)).toEqual([
      {
        ...{ at: '2026-11-25 15:20:08', by: 'wechat', text: 'WeChat took the money and sent it', detail: null },
      },
      { at: '2026-11-25 15:24:41', by: 'receiver', text: 'Opened: 1.88 yuan', detail: 'oReceiver1' },
    ])
    expect(desk.store.select({ id: idAt(1) }, 1)[0]?.status).toBe('RECEIVED')
  })

  it('does not ask about what is at rest', async () => {
    const before = desk.service.asked.length
    expect((await said(`/api/packets/${idAt(2)}/ask`)).kind).toBe('received')
    expect(desk.service.asked.slice(before).map(({ path }) => path)).toEqual([`/redpacks/${idAt(2)}`])
  })

  it('pauses, resumes and retries campaigns, under the version that it has read', async () => {
    const paused = await said(`/api/campaigns/${running}/pause`)
    expect([paused.status, paused.said, paused.campaign.state, paused.campaign.may]).toEqual([
      200,
      'Paused: no more rows begin. Rows under way end within 30 seconds.',
      'paused',
      ['resume', 'retry'],
    ])
    expect((await said(`/api/campaigns/${stopped}/resume`)).said).toBe('The campaign goes on.')
    expect((await said(`/api/campaigns/${done}/retry`, { err_code: 'NO_AUTH' })).status).toBe(200)
    expect(posted()).toEqual([
      `/campaigns/${running}/pause {"version":3}`,
      `/campaigns/${stopped}/resume {"version":3}`,
      `/campaigns/${done}/retry {"version":3,"err_code":"NO_AUTH"}`,
    ])
  })

  it.each([
    [`/api/campaigns/${running}/pause`, { version: 1 }],
    [`/api/campaigns/${running}/retry`, { err_code: "'" }],
    ['/api/brake/stop', { miniapp: 'x' }],
  ])('%s refuses a body that it does not know: %j', async (path, body) => {
    const { status, code } = await said(path, body)
    expect([status, code]).toEqual(path.includes('brake') ? [409, 'no_table'] : [400, 'invalid_parameters'])
  })

  it.each(['start', 'cancel', 'delete'])('%s is no command of the page', async (command) => {
    expect((await said(`/api/campaigns/${running}/${command}`)).status).toBe(404)
  })

  it('tells what the service says no to, in its words', async () => {
    const { status, code, message } = await said(`/api/campaigns/${idAt(9)}/pause`)
    expect([status, code]).toEqual([409, 'not_found'])
    expect(message).toContain('There is no campaign')
  })

  it('brings the mirror up to date at once', async () => {
    expect((await desk.post('/api/update')).status).toBe(202)
  })
})

describe('the brake', () => {
  let desk: Desk
  let table: Awaited<ReturnType<typeof startService>>
  const before = { ...process.env }
  afterEach(async () => {
    await desk?.stop()
    await table?.stop()
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
    Object.assign(process.env, before)
  })

  it('is put on as redpack stop does it, and told at once', async () => {
    table = await startService(({ headers }) => {
      const is_read = String(headers['x-amz-target']).endsWith('GetItem')
      return { status: 200, body: is_read ? { Item: { id: { S: 'control' }, stopped_all: { N: String(NOW_S) } } } : {} }
    })
    const keys = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_REGION: 'eu-west-1' }
    Object.assign(process.env, keys, { AWS_ENDPOINT_URL_DYNAMODB: table.url })
    desk = await aConsole({ may_act: true, table: 'redpack-test', rows: [] })
    const { status, body } = await desk.post('/api/brake/stop', { reason: 'wrong amounts' })
    expect([status, JSON.parse(body).said.split('\n')[0]]).toEqual([
      200,
      '✔ Stopped for all mini apps, since 2026-11-25 15:30:00+08:00: no new red packet is sent',
    ])
    const state = JSON.parse((await desk.get('/api/state')).body)
    expect([state.may_brake, state.stopped_since]).toEqual([true, '2026-11-25 15:30:00+08:00'])
    expect(table.asked.map(({ headers }) => String(headers['x-amz-target']).split('.').at(-1))).toContain('UpdateItem')
  })
})

describe('with a profile', () => {
  it('names it beside the service, repeats it in commands to copy, and finds people by the names of a campaign’s file', async () => {
    const key = `campaign/${idAt(77)}/3/1`
    const refused = {
      outcome: 'refused',
      status: null,
      result: { err_code: 'NO_AUTH', err_code_des: '', mch_billno: 'RP' },
    } as const
    const rows = [aRow(1, silent), aRow(2, { idempotency_key: key }), aRow(3, { ...refused, idempotency_key: key })]
    const desk = await aConsole({ rows, profile: { name: 'staging', is_test: true } })
    try {
      const read = async (path: string) => JSON.parse((await desk.get(path)).body)
      expect((await read('/api/state')).profile).toEqual({ label: 'staging, test', is_test: true })
      const { advice } = await read(`/api/packets/${idAt(1)}`)
      expect(advice[0].command).toBe(`redpack find ${idAt(1)} --lang en --profile staging`)
      desk.store.putNames({ id: idAt(77), name: 'winter' }, [{ row: 3, name: 'Li Lei' }])
      for (const q of ['Li Lei', 'lilei', 'lei']) {
        const { objects } = await read(`/api/packets?${new URLSearchParams({ q })}`)
        expect(objects.map(({ id }: { id: string }) => id)).toEqual([idAt(3), idAt(2)])
      }
      desk.store.put([{ record: aRow(4, { idempotency_key: `campaign/${idAt(77)}/3/2` }), position: 4 }])
      const { total, repeated } = await read('/api/packets?kind=refused')
      expect([total.count, repeated]).toEqual([1, 1])
      const { fields, receiver } = await read(`/api/packets/${idAt(2)}`)
      expect([fields[0], receiver]).toEqual([['name', 'Li Lei'], { name: 'Li Lei', openid: 'oReceiver2' }])
      // No new key for a refused row: another of its attempts may be paid.
      const row = await read(`/api/packets/${idAt(3)}`)
      expect(row.advice).toEqual([
        {
          text: expect.stringContaining('Pay this person in no other way before all attempts are known'),
          command: `redpack find ${idAt(77)}/3 --lang en --profile staging`,
        },
        { text: expect.stringMatching(/^NO_AUTH: .*, then retry$/), command: null },
      ])
    } finally {
      await desk.stop()
    }
  })
})

describe('with --offline', () => {
  it('answers from the copy, and asks nobody', async () => {
    const desk = await aConsole({ may_act: true, offline: true, rows: [aRow(1, silent)] })
    try {
      const before = desk.service.asked.length
      expect(JSON.parse((await desk.get('/api/state')).body).is_offline).toBe(true)
      expect(JSON.parse((await desk.get('/api/campaigns')).body)).toEqual({ objects: [], total: 0, is_offline: true })
      expect((await desk.get(`/api/packets/${idAt(1)}`)).status).toBe(200)
      for (const path of [`/api/packets/${idAt(1)}/ask`, `/api/campaigns/${running}/pause`]) {
        const { status, body } = await desk.post(path)
        expect([status, JSON.parse(body).code]).toEqual([409, 'offline'])
      }
      expect(desk.service.asked.length).toBe(before)
    } finally {
      await desk.stop()
    }
  })
})

describe('the filler', () => {
  it('fills when it is due and not before, keeps why it failed, and ends with what is under way', async () => {
    const store = emptyStore()
    let is_down = false
    const service = await startService(() => {
      if (is_down) return problem(500, 'internal', '出错')
      const meta = { limit: 1000, offset: 0, next: null, previous: null, total_count: 1 }
      return {
        status: 200,
        body: { meta, objects: [{ ...aRow(1), pk: aRow(1).id }] },
        headers: { 'redpack-stopped': '5' },
      }
    })
    let now_s = NOW_S
    const client = new RedPack({ endpoint: service.url, keyid: 'k', secret: 'c2VjcmV0', retries: 0 })
    const filler = fillerOf(store, client, () => now_s)
    const asked = async () => {
      filler.tick()
      await filler.update()
      return service.asked.length
    }
    try {
      await filler.update()
      expect(filler.state()).toEqual({ is_running: false, done: 1, total: 1, error: undefined, stopped_since: 5 })
      expect(store.count()).toBe(1)
      const first = service.asked.length
      now_s += 19
      filler.tick()
      expect([filler.state().is_running, service.asked.length]).toEqual([false, first])
      now_s += 1
      is_down = true
      filler.tick()
      expect(filler.state().is_running).toBe(true)
      expect(await asked()).toBeGreaterThan(first)
      expect(String(filler.state().error)).toBe('HError: 出错')
      expect(store.count()).toBe(1)
      const failed = service.asked.length
      now_s += 59
      filler.tick()
      expect(service.asked.length).toBe(failed)
      is_down = false
      now_s += 1
      filler.tick()
      await filler.update()
      expect(filler.state().error).toBeUndefined()
      await filler.end()
      const ended = service.asked.length
      now_s += 10_000
      filler.tick()
      await filler.update()
      expect(service.asked.length).toBe(ended)
    } finally {
      await service.stop()
    }
  })
})
