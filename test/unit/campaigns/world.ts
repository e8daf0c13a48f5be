// A small world for the worker: a clock of its own, the items in memory, and WeChat as a function of the row.

import * as v from 'valibot'
import { create, upload } from '../../../lib/campaigns/create.ts'
import { type CampaignRowInput, CHUNK_ROWS, CreateCampaignParams } from '../../../lib/campaigns/params.ts'
import type { CampaignNotice, CampaignPorts, RowRequest, RowResult } from '../../../lib/campaigns/ports.ts'
import type { CampaignView } from '../../../lib/campaigns/view.ts'
import { run, runDue } from '../../../lib/campaigns/worker.ts'
import type { Control } from '../../../lib/redpack/ports.ts'
import { ABSENT, idOf, mchBillnoOf, type RedpackRecord } from '../../../lib/redpack/record.ts'
import { meaningOf } from '../../../lib/wechatpay/codes.ts'
import { EventQueue } from '../../simulation/event-queue.ts'
import { type CampaignMemory, campaignMemory } from '../../support/campaign-store.ts'
import { aMerchant, aRecord, MINIAPP_ID, NOW_S } from '../records.ts'

export const CALLER = { miniapp_id: MINIAPP_ID, keyid: 'key-1' }

/** What WeChat says to a row: a code, nothing (processing), or yes. An error is thrown by send(). */
export type Said = string | 'sent' | 'processing' | Error
export type Begun = { key: string; row: number; attempt: number; at_ms: number; re_openid: string; keyid: string }

export type SmallWorld = {
  events: EventQueue
  memory: CampaignMemory
  ports: CampaignPorts
  records: Map<string, RedpackRecord>
  begun: Begun[]
  notices: CampaignNotice[]
  control: { held_before: number; stopped: boolean }
  /** What WeChat says; changed at will. Takes `latency_ms`. */
  says: (begun: Begun) => Said
  latency_ms: number
  mch_id: string
  /** Plays until `promise` is settled. */
  play<T>(promise: Promise<T>): Promise<T>
  /** Runs a worker, as an invocation of 14 minutes would. */
  work(id: string, limit_ms?: number): Promise<void>
  minute(): Promise<void>
  /** Minutes, until nothing is due before `until_s`. */
  minutes(count: number): Promise<void>
}

export function smallWorld(): SmallWorld {
  const events = new EventQueue(NOW_S * 1000)
  const records = new Map<string, RedpackRecord>()
  const memory = campaignMemory((id) => records.get(id))
  let tokens = 0
  const world: SmallWorld = {
    events,
    memory,
    records,
    begun: [],
    notices: [],
    control: { held_before: 0, stopped: false },
    says: () => 'sent',
    latency_ms: 120,
    mch_id: aMerchant().mch_id,
    ports: {
      store: memory.store({ now: () => events.now_ms }),
      clock: { now: () => events.now_ms, sleep: (duration_ms) => events.sleep(duration_ms) },
      controls: {
        read: async (): Promise<Control> => ({
          held_before: world.control.held_before,
          isStopped: () => world.control.stopped,
        }),
      },
      merchants: { load: async (_, gateway_type) => aMerchant({ gateway_type, mch_id: world.mch_id }) },
      send: (request) => sendIn(world, request),
      blame: (err_code) => meaningOf(err_code).blame,
      token: () => `worker-${++tokens}`,
      report: (notice) => world.notices.push(notice),
    },
    async play(promise) {
      let over = false
      const ending = promise.finally(() => {
        over = true
      })
      ending.catch(() => {})
      await events.play(() => over)
      return ending
    },
    work: (id, limit_ms = 840_000) => {
      const until_ms = events.now_ms + limit_ms
      return world.play(run(world.ports, id, () => until_ms - events.now_ms))
    },
    minute: async () => {
      await world.play(events.sleep(60_000))
      const until_ms = events.now_ms + 840_000
      await world.play(
        runDue(
          world.ports,
          async () => false,
          () => until_ms - events.now_ms,
        ),
      )
    },
    minutes: async (count) => {
      for (let i = 0; i < count; i += 1) await world.minute()
    },
  }
  return world
}

/** As send() of lib/redpack: one record a key, written before WeChat is called. */
async function sendIn(world: SmallWorld, request: RowRequest): Promise<RowResult> {
  const { events, records } = world
  const { idempotency_key: key, params, keyid } = request
  const [, , row = '', attempt = ''] = key.split('/')
  const id = idOf(request.miniapp_id, key)
  const standing = records.get(id)
  if (standing && standing.outcome !== 'pending') return answerOf(standing)
  const begun: Begun = {
    key,
    row: Number(row),
    attempt: Number(attempt),
    at_ms: events.now_ms,
    re_openid: params.re_openid,
    keyid,
  }
  const said = world.says(begun)
  if (said instanceof Error) {
    await events.sleep(world.latency_ms)
    throw said
  }
  if (!(await request.pace.turn(request.merchant.mch_id, () => request.remaining_ms() > 0)))
    return answerOf(aRecord(key))
  begun.at_ms = events.now_ms
  world.begun.push(begun)
  const record: RedpackRecord = {
    ...aRecord(key),
    ...ABSENT,
    ...params,
    id,
    mch_billno: mchBillnoOf(id),
    outcome: 'pending',
    created_at: Math.floor(events.now_ms / 1000),
  }
  records.set(id, record)
  await events.sleep(world.latency_ms)
  const after = afterReply(record, said)
  if (meaningOf(said).means === 'too_fast') request.pace.tooFast(request.merchant.mch_id)
  records.set(id, after)
  return answerOf(after)
}

export function afterReply(record: RedpackRecord, said: string): RedpackRecord {
  if (said === 'sent') return { ...record, outcome: 'sent', send_listid: '1000', open: 'status' }
  if (said === 'processing') return { ...record, outcome: 'unknown', open: 'outcome' }
  const { means } = meaningOf(said)
  const isUnknown = ['no_result', 'unclear', 'order_conflict'].includes(means)
  return {
    ...record,
    outcome: isUnknown ? 'unknown' : 'refused',
    err_code: said,
    err_code_des: `${said} 的说明`,
    open: isUnknown ? 'outcome' : undefined,
  }
}

function answerOf({ outcome, err_code, err_code_des }: RedpackRecord): RowResult {
  const told = outcome === 'sent' || outcome === 'refused' ? outcome : 'unknown'
  return { body: { outcome: told, err_code, err_code_des }, processing: told === 'unknown' && err_code === undefined }
}

export const DEFAULTS = {
  type: 'normal',
  send_name: '天虹百货',
  official_account_id: 'wx8888888888888888',
  total_num: 1,
  act_name: '新年红包',
  remark: '新年红包',
  wishing: '恭喜发财',
} as const

export function aList(count: number, name = 'openid'): CampaignRowInput[] {
  return Array.from({ length: count }, (_, i) => ({
    re_openid: `${name}-${String(i + 1).padStart(7, '0')}`,
    total_amount: 1 + (i % 5),
  }))
}

function sumOf(rows: readonly CampaignRowInput[]): number {
  return Math.round(rows.reduce((sum, { total_amount = 0 }) => sum + total_amount * 100, 0)) / 100
}

type Options = { name?: string; rate_per_s?: number; defaults?: object; caller?: typeof CALLER }

/** A draft, uploaded whole. */
export async function aDraft(
  { ports }: Pick<SmallWorld, 'ports'>,
  rows: readonly CampaignRowInput[],
  { name = '春节', rate_per_s = 25, defaults = {}, caller = CALLER }: Options = {},
): Promise<CampaignView> {
  const params = v.parse(CreateCampaignParams, {
    name,
    rate_per_s,
    rows_count: rows.length,
    total_amount: sumOf(rows),
    defaults: { ...DEFAULTS, ...defaults },
  })
  const { campaign } = await create(ports, caller, params)
  for (let n = 0; n * CHUNK_ROWS < rows.length; n += 1) {
    const chunk = rows.slice(n * CHUNK_ROWS, (n + 1) * CHUNK_ROWS)
    await upload(ports, caller.miniapp_id, { id: campaign.id, chunk: n }, { rows: chunk })
  }
  return campaign
}
