// A console over made-up records: the same ones each time, for the tests in a browser and for the screenshots of the docs.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PageFiles, pageFiles } from '../../cli/console/files.ts'
import { fillerOf } from '../../cli/console/filler.ts'
import { serve } from '../../cli/console/server.ts'
import { contextOf } from '../../cli/context.ts'
import { openDatabase } from '../../cli/mirror/file.ts'
import { storeOver } from '../../cli/mirror/store.ts'
import { type Campaign, RedPack, type RedPackRecord } from '../../client/src/index.ts'
import { problem, startService } from '../support/cli.ts'
import { campaigns } from './demo-campaigns.ts'
import { NOW_S, records } from './demo-records.ts'

const SECRET = 'bWFkZS11cC1zZWNyZXQ='

export type Demo = Awaited<ReturnType<typeof startDemo>>

export type DemoOptions = {
  readonly may_act?: boolean
  readonly table?: string
  readonly stopped_since?: number
  /** In place of the made-up ones. */
  readonly rows?: readonly RedPackRecord[]
  readonly lang?: 'zh' | 'en'
  readonly offline?: boolean
  readonly profile?: { name: string; is_test: boolean }
  /** In place of the page that is built. */
  readonly files?: PageFiles
}

/** A service of made-up records and campaigns, a mirror of them in a folder of its own, and the console before it. */
export async function startDemo(options: DemoOptions = {}) {
  const { may_act = false, stopped_since, rows = records(), lang = 'en', table, offline = false } = options
  const all = new Map<string, Campaign>(campaigns().map((one) => [one.id, one]))
  const list = new Map(rows.map((row) => [row.id, row]))
  const headers: Record<string, string> = stopped_since ? { 'redpack-stopped': String(stopped_since) } : {}
  const service = await startService(({ method, path, body }) => {
    const { pathname, searchParams } = new URL(path, 'http://service')
    if (method === 'POST') return commanded(all, pathname, JSON.parse(body))
    if (pathname === '/redpacks/status') return asked(list, searchParams.get('id') ?? '')
    const [, noun, id] = pathname.split('/')
    if (id) {
      const found = noun === 'campaigns' ? all.get(id) : list.get(id)
      return found ? { status: 200, body: found, headers } : problem(404, 'not_found', '记录不存在')
    }
    const whole = noun === 'campaigns' ? [...all.values()] : [...list.values()].reverse()
    const [limit, offset] = [Number(searchParams.get('limit') ?? 20), Number(searchParams.get('offset') ?? 0)]
    const objects = whole.slice(offset, offset + limit).map((one) => ({ ...one, pk: one.id }))
    const meta = { limit, offset, next: null, previous: null, total_count: whole.length }
    return { status: 200, body: { meta, objects }, headers }
  })
  const folder = mkdtempSync(join(tmpdir(), 'redpack-console-'))
  const context = contextOf(['--lang', lang, ...(options.profile ? ['--profile', options.profile.name] : [])], {
    env: {},
    interactive: false,
    colour: false,
    out: () => {},
    err: () => {},
    stdin: async () => Buffer.alloc(0),
  })
  if (options.profile) {
    const { name, is_test } = options.profile
    context.profile = {
      name,
      is_test,
      endpoint: service.url,
      keyid: 'shop-1',
      secret: { in: 'file', account: name },
      by: 'flag',
    }
  }
  const database = await openDatabase(join(folder, 'mirror.sqlite'), context)
  const store = storeOver(database)
  const now_s = () => NOW_S
  const client = new RedPack({ endpoint: service.url, keyid: 'shop-1', secret: SECRET, retries: 0 })
  const filler = fillerOf(store, client, now_s)
  await filler.update()
  const endpoint = 'https://redpack.example.com/prod'
  const who = { endpoint, keyid: 'shop-1', may_act, table, context, now_s }
  const desk = { store, service: offline ? undefined : client, filler, ...who }
  const served = await serve(desk, options.files ?? (await pageFiles()), 0, () => Date.now())
  return {
    ...served,
    store,
    service,
    secret: SECRET,
    async stop(): Promise<void> {
      await served.close()
      await filler.end()
      await service.stop()
      database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** WeChat has paid it meanwhile. */
function asked(list: Map<string, RedPackRecord>, id: string) {
  const row = list.get(id)
  if (!row) return problem(404, 'not_found', '记录不存在')
  list.set(id, { ...row, outcome: 'sent', status: 'RECEIVED', updated_at: NOW_S })
  const receipt = { openid: row.re_openid, amount: String(Math.round(row.total_amount * 100)) }
  return {
    status: 200,
    body: {
      ...{ return_code: 'SUCCESS', result_code: 'SUCCESS', mch_billno: row.mch_billno, status: 'RECEIVED' },
      ...{ send_time: '2026-11-25 15:20:08', hblist: [{ ...receipt, rcv_time: '2026-11-25 15:24:41' }] },
    },
  }
}

function commanded(all: Map<string, Campaign>, path: string, body: { version: number }) {
  const [, , id = '', command = ''] = path.split('/')
  const before = all.get(id)
  if (!before) return problem(404, 'not_found', '没有这个活动')
  if (body.version !== before.version) return problem(409, 'campaign_changed', '活动已有新的操作')
  const state = command === 'pause' ? 'paused' : 'running'
  const after: Campaign = { ...before, state, stop: null, hold: null, version: before.version + 1 }
  all.set(id, after)
  return { status: 200, body: command === 'retry' ? { ...after, retried: before.counts.refused } : after }
}
