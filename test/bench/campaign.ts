// npm run bench:campaign [-- ROWS]: a campaign through the use cases and the worker, with WeChat answered in memory: memory, slices, units.
// The clock is virtual: it goes on by what is slept. Units are those that DynamoDB charges for items of these sizes; what an item of
// each kind costs is held by test/contract/campaigns/capacity.test.ts.
import * as v from 'valibot'
import { start } from '../../lib/campaigns/command.ts'
import { create, upload } from '../../lib/campaigns/create.ts'
import { CHUNK_ROWS, CreateCampaignParams } from '../../lib/campaigns/params.ts'
import type { CampaignPorts, CampaignStore, RowRecord } from '../../lib/campaigns/ports.ts'
import { get } from '../../lib/campaigns/show.ts'
import { run } from '../../lib/campaigns/worker.ts'
import { idOf } from '../../lib/redpack/record.ts'
import { EventQueue } from '../simulation/event-queue.ts'
import { aMerchant } from '../unit/records.ts'
import { meteredStore, type Units } from './metered-store.ts'

const ROWS = Number(process.argv[2] ?? 1_000_000)
const CALLER = { miniapp_id: 'miniapp-1', keyid: 'key-1' }
const INVOCATION_MS = 840_000
const LATENCY_MS = 300
const MB = 1024 * 1024
const NAMES = ['恭喜发财', '新春快乐', '万事如意', '年年有余']

const events = new EventQueue(1_795_392_000_000)
/** Per row: seconds since the start when it was begun, and 0 if it was not. Outside the heap. */
const begun = new Uint32Array(ROWS + 1)
const HOUR_MS = 3_600_000
const start_ms = events.now_ms
const units: Units = { write: new Map(), read: new Map() }
let peak = 0
let slices = 0
let base = 0

function heapUsed(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

/** What settle has learned by now: most are collected, some go back after a day. */
function recordOf(row: number): RowRecord | undefined {
  const at_s = begun[row] ?? 0
  if (at_s === 0) return undefined
  const age_ms = events.now_ms - start_ms - at_s * 1000
  const isCollected = row % 10 !== 0
  const isClosed = age_ms > (isCollected ? HOUR_MS : 24.2 * HOUR_MS)
  return {
    outcome: 'sent',
    status: isClosed ? (isCollected ? 'RECEIVED' : 'REFUND') : undefined,
    open: isClosed ? undefined : 'status',
    created_at: Math.floor(start_ms / 1000) + at_s,
    updated_at: Math.floor(events.now_ms / 1000),
  }
}

const rowOf = (key: string) => Number(key.split('/')[2])
const store: CampaignStore = meteredStore(
  units,
  () => events.now_ms,
  (key) => recordOf(rowOf(key)),
)
const ports: CampaignPorts = {
  store,
  clock: { now: () => events.now_ms, sleep: (duration_ms) => events.sleep(duration_ms) },
  controls: { read: async () => ({ held_before: 0, isStopped: () => false }) },
  merchants: { load: async (miniapp_id) => aMerchant({ miniapp_id }) },
  async send({ miniapp_id, idempotency_key, params, pace, merchant }) {
    const row = rowOf(idempotency_key)
    if (begun[row]) throw new Error(`row ${row} is begun twice`)
    await pace.turn(merchant.mch_id, () => true)
    begun[row] = Math.max(1, Math.floor((events.now_ms - start_ms) / 1000))
    // What send() makes of a row at the least.
    idOf(miniapp_id, idempotency_key + params.re_openid)
    if (row % 20_000 === 0) peak = Math.max(peak, heapUsed())
    await events.sleep(LATENCY_MS)
    return { body: { outcome: 'sent' }, processing: false }
  },
  blame: () => 'row',
  token: () => {
    slices += 1
    return `worker-${slices}`
  },
  report: (notice) => {
    if (notice.event === 'campaign_bug') throw notice.error
  },
}

async function play<T>(promise: Promise<T>): Promise<T> {
  let over = false
  const ending = promise.finally(() => {
    over = true
  })
  await events.play(() => over)
  return ending
}

const chunkOf = (n: number) =>
  Array.from({ length: Math.min(CHUNK_ROWS, ROWS - n * CHUNK_ROWS) }, (_, i) => ({
    re_openid: `o${String(n * CHUNK_ROWS + i).padStart(10, '0')}${idOf('openid', String(n * CHUNK_ROWS + i)).slice(0, 17)}`,
    total_amount: (100 + ((n * CHUNK_ROWS + i) % 100)) / 100,
    wishing: `${NAMES[i % NAMES.length]}，第 ${n * CHUNK_ROWS + i + 1} 位`,
  }))

function told(what: string, before: { write: number; read: number }): void {
  const [write, read] = [sum(units.write) - before.write, sum(units.read) - before.read]
  console.log(`${what}: ${write.toFixed(0)} write units, ${read.toFixed(0)} read units`)
}
const sum = (of: Map<string, number>) => [...of.values()].reduce((a, b) => a + b, 0)
const snapshot = () => ({ write: sum(units.write), read: sum(units.read) })

const begun_real_ms = performance.now()
let total = 0
for (let n = 0; n * CHUNK_ROWS < ROWS; n += 1) for (const row of chunkOf(n)) total += Math.round(row.total_amount * 100)
const params = v.parse(CreateCampaignParams, {
  name: 'bench',
  rows_count: ROWS,
  total_amount: total / 100,
  defaults: {
    type: 'normal',
    send_name: '天虹百货',
    official_account_id: 'wx8888888888888888',
    total_num: 1,
    act_name: '新年红包',
    remark: '新年红包',
  },
})
let before = snapshot()
const { campaign } = await play(create(ports, CALLER, params))
for (let n = 0; n * CHUNK_ROWS < ROWS; n += 1) {
  await play(upload(ports, CALLER.miniapp_id, { id: campaign.id, chunk: n }, { rows: chunkOf(n) }))
}
told('upload', before)
before = snapshot()
await play(start(ports, async () => {}, CALLER, campaign.id, { version: 1, even_if_similar: false }))
told('start', before)
before = snapshot()
base = heapUsed()
peak = base

let invocations = 0
let sent_ms = 0
for (let state = 'queued'; state !== 'done'; ) {
  const until_ms = events.now_ms + INVOCATION_MS
  await play(run(ports, campaign.id, () => until_ms - events.now_ms))
  invocations += 1
  peak = Math.max(peak, heapUsed())
  const seen = await store.get(campaign.id)
  state = seen?.state ?? 'done'
  if (seen?.state === 'settling' && sent_ms === 0) {
    sent_ms = events.now_ms
    told(`sending ${ROWS} rows in ${((sent_ms - start_ms) / HOUR_MS).toFixed(1)} h, ${slices} slices`, before)
  }
  const wait_ms = (seen?.due_at ?? 0) * 1000 - events.now_ms
  // The minute finds it.
  const minutes = Math.max(1, Math.ceil(wait_ms / 60_000))
  if (state !== 'done') await play(events.sleep(minutes * 60_000))
}
told(
  `all of the worker, ${slices} slices in ${invocations} invocations, done after ${((events.now_ms - start_ms) / HOUR_MS).toFixed(1)} h`,
  before,
)
const view = await get(ports, CALLER.miniapp_id, campaign.id)
console.log(`counts: ${JSON.stringify(view.counts)}`)
console.log(
  `heap beyond what was there before the first slice: at most ${((peak - base) / MB).toFixed(1)} MB (after a collection)`,
)
for (const [kind, of] of Object.entries(units)) {
  for (const [name, count] of [...of].sort((a, b) => b[1] - a[1])) console.log(`  ${kind} ${name}: ${count.toFixed(0)}`)
}
console.log(`in ${((performance.now() - begun_real_ms) / 1000).toFixed(0)} s of this machine`)
if (view.counts.sent !== ROWS) throw new Error('not every row was sent')
