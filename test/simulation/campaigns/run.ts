// One seed: campaigns are made, started, commanded at any moment while workers die and stall; then faults stop, and all comes to rest.
import * as v from 'valibot'
import type { Campaign } from '../../../lib/campaigns/campaign.ts'
import { cancel, pause, resume, retry, start } from '../../../lib/campaigns/command.ts'
import { create, upload } from '../../../lib/campaigns/create.ts'
import { type CampaignRowInput, CHUNK_ROWS, CreateCampaignParams } from '../../../lib/campaigns/params.ts'
import { campaignRate } from '../../../lib/campaigns/rate.ts'
import { IS_OVER } from '../../../lib/campaigns/states.ts'
import { run as runCampaign } from '../../../lib/campaigns/worker.ts'
import { AppError } from '../../../lib/errors.ts'
import { paceOfSettle } from '../../../lib/redpack/pace.ts'
import type { RedpackRecord } from '../../../lib/redpack/record.ts'
import type { Random } from '../random.ts'
import { Violation } from '../violation.ts'
import { CampaignWorld } from './world.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const DAY_MS = 24 * 60 * MINUTE_MS
const API_MS = 29 * SECOND_MS
const WORKER_MS = [14 * MINUTE_MS, 14 * MINUTE_MS, 2 * MINUTE_MS, 50 * SECOND_MS] as const
/** Minutes after which everything is at rest, or never will be. */
const REST_MAX = 4_000

export type Run = { failure: unknown; stats: ReadonlyMap<string, number>; trace: readonly string[] }

export async function run(seed: number): Promise<Run> {
  const world = new CampaignWorld(seed)
  let over = false
  const story = tell(world)
    .catch((error) => world.fail(error))
    .finally(() => {
      over = true
    })
  await world.events.play(() => over || world.failure !== undefined)
  if (world.failure === undefined) await story
  return { failure: world.failure, stats: world.stats, trace: world.trace }
}

async function tell(world: CampaignWorld): Promise<void> {
  const random = world.random.fork('plan')
  const plans = ['a1', 'a2', 'b1'].slice(0, random.pick([1, 2, 3]))
  const ids: string[] = []
  for (const name of plans) ids.push(await draft(world, name, random))
  for (const mch_id of ['mch-of-a', 'mch-of-b'])
    world.balances.set(mch_id, random.pick([1_000_000, random.int(0, 4_000)]))
  const until_ms = world.events.now_ms + random.pick([20 * SECOND_MS, MINUTE_MS, 6 * MINUTE_MS, 40 * MINUTE_MS])
  for (const [i, id] of ids.entries()) act(world, commander(world, id, until_ms, random.fork(`commands ${i}`)))
  provoke(world, ids, random.fork('provoked'))
  act(world, minutes(world, until_ms))
  act(world, outages(world, until_ms, random.fork('outages')))
  act(world, settler(world, random.fork('settler')))
  act(world, asker(world, until_ms, random.fork('asker')))
  await world.events.sleep(until_ms - world.events.now_ms)
  world.isCalm = true
  world.memory.commanded.stopped_all = false
  world.note('faults stop')
  await rest(world, ids)
  for (const campaign of world.campaigns.campaigns()) await world.invariants.atRest(campaign)
}

/** An actor that throws is a bug of the simulation. */
function act(world: CampaignWorld, acts: Promise<unknown>): void {
  acts.catch((error) => world.fail(error))
}

async function draft(world: CampaignWorld, name: string, random: Random): Promise<string> {
  const size = random.pick([random.int(1, 40), random.int(1, 40), random.int(20, 60), 505])
  const rows: CampaignRowInput[] = Array.from({ length: size }, (_, i) => ({
    re_openid: `openid-${name}-${i + 1}`,
    total_amount: random.int(100, 120) / 100,
    act_name: `${name}-${i + 1}${random.chance(0.08) ? ' bad' : ''}`,
  }))
  const sum = rows.reduce((total, { total_amount = 0 }) => total + Math.round(total_amount * 100), 0) / 100
  const params = v.parse(CreateCampaignParams, {
    name,
    rows_count: size,
    total_amount: sum,
    rate_per_s: random.pick([2, 5, 25, 30]),
    defaults: { type: 'normal', send_name: 's', official_account_id: 'wx', total_num: 1, remark: 'r', wishing: 'w' },
  })
  const caller = { miniapp_id: `${name.charAt(0)}-app`, keyid: 'key' }
  world.isCalm = true
  const id = await world.invoke(`draft ${name}`, API_MS, async (ports) => {
    const { campaign } = await create(ports, caller, params)
    for (let n = 0; n * CHUNK_ROWS < size; n += 1) {
      await upload(
        ports,
        caller.miniapp_id,
        { id: campaign.id, chunk: n },
        { rows: rows.slice(n * CHUNK_ROWS, (n + 1) * CHUNK_ROWS) },
      )
    }
    return campaign.id
  })
  world.isCalm = false
  return id
}

/** The asynchronous Invoke: sometimes it comes to nothing, sometimes twice. */
function wakeIn(world: CampaignWorld, random: Random) {
  return async (id: string): Promise<void> => {
    const times = world.isCalm ? 1 : random.pick([0, 1, 1, 1, 2])
    for (let n = 0; n < times; n += 1) act(world, work(world, id, random))
  }
}

function work(world: CampaignWorld, id: string, random: Random): Promise<unknown> {
  const limit_ms = world.isCalm ? WORKER_MS[0] : random.pick(WORKER_MS)
  return world.invoke(`worker-${id.slice(0, 4)}-${world.stats.get('workers') ?? 0}`, limit_ms, (ports, process) => {
    world.count('workers')
    return runCampaign(ports, id, process.remaining_ms)
  })
}

/** Somebody commands at the worst moment, and other workers come just then. */
function provoke(world: CampaignWorld, ids: readonly string[], random: Random): void {
  world.provoked = (by) => {
    const own = ids.find((id) => by.startsWith(`worker-${id.slice(0, 4)}`))
    const running = ids.find((id) => world.campaigns.campaign(id)?.state === 'running')
    const id = own ?? running ?? random.pick(ids as [string])
    if (!random.chance(0.5)) return
    const campaign = world.campaigns.campaign(id)
    if (!campaign) return
    if (campaign.state === 'running') act(world, order(world, campaign, 'pause', random))
    if (campaign.state === 'paused' || campaign.state === 'stopped')
      act(world, order(world, campaign, 'resume', random))
    for (const other of ids) if (random.chance(0.5)) act(world, later(world, other, random))
  }
}

async function later(world: CampaignWorld, id: string, random: Random): Promise<void> {
  await world.events.sleep(random.int(0, 1_500))
  await work(world, id, random)
}

async function commander(world: CampaignWorld, id: string, until_ms: number, random: Random): Promise<void> {
  await world.events.sleep(random.pick([0, random.int(0, 5 * SECOND_MS)]))
  for (let n = 0; world.events.now_ms < until_ms; n += 1) {
    await command(world, id, random, n)
    await world.events.sleep(
      random.pick([random.int(100, 3_000), random.int(1_000, 20_000), random.int(10_000, 120_000)]),
    )
  }
}

const COMMANDS = [
  'pause',
  'pause',
  'pause',
  'resume',
  'resume',
  'resume',
  'resume',
  'retry',
  'retry',
  'brake',
  'top_up',
  'cancel',
] as const

async function command(world: CampaignWorld, id: string, random: Random, n: number): Promise<void> {
  const campaign = world.campaigns.campaign(id)
  if (!campaign) return
  const { state } = campaign
  if (state === 'draft') return order(world, campaign, 'start', random)
  const isStuck = state === 'paused' || state === 'stopped'
  const what = isStuck && random.chance(0.6) ? 'resume' : random.pick(COMMANDS)
  if (what === 'cancel' && (n < 5 || !random.chance(0.3))) return
  if (what === 'top_up')
    return void world.balances.set(
      campaign.mch_id,
      (world.balances.get(campaign.mch_id) ?? 0) + random.pick([500, 1_000_000]),
    )
  if (what === 'brake') {
    const { commanded } = world.memory
    commanded.stopped_all = !commanded.stopped_all
    return
  }
  await order(world, campaign, what, random)
}

async function order(
  world: CampaignWorld,
  { id, miniapp_id, version }: Campaign,
  what: 'start' | 'pause' | 'resume' | 'cancel' | 'retry',
  random: Random,
): Promise<void> {
  const caller = { miniapp_id, keyid: 'key' }
  const wake = wakeIn(world, random)
  const { invariants } = world
  const isResuming = what === 'resume' || what === 'start'
  const resumed = what === 'retry' ? invariants.retrying(id) : isResuming ? invariants.resuming(id) : () => {}
  world.count(what)
  const answering = world.invoke(
    `${what} ${id.slice(0, 4)} ${version} ${world.events.now_ms}`,
    API_MS,
    async (ports) => {
      switch (what) {
        case 'start':
          return start(ports, wake, caller, id, { version, even_if_similar: true })
        case 'pause':
          return pause(ports, caller, id, { version })
        case 'cancel':
          return cancel(ports, caller, id, { version })
        case 'resume':
          return resume(ports, wake, caller, id, { version })
        case 'retry':
          return retry(ports, wake, caller, id, { version, err_code: random.chance(0.3) ? 'OPENID_ERROR' : undefined })
      }
    },
  )
  if (what === 'pause')
    for (const other of world.campaigns.campaigns())
      if (other.id !== id && random.chance(0.5)) act(world, later(world, other.id, random))
  answering.then(resumed, resumed)
  // The gateway waits no longer than this; what the process still does, it does.
  const ended = await Promise.race([
    answering.then(
      () => 'ok',
      (error: unknown) => error,
    ),
    world.events.sleep(API_MS),
  ])
  if (ended === 'ok') {
    world.note(`${what} of version ${version} is answered`)
    if (what === 'pause' || what === 'cancel') invariants.halted(id)
  } else if (ended !== undefined && !(ended instanceof AppError)) world.fail(ended)
}

/** The schedule: wakes what is due. */
async function minutes(world: CampaignWorld, until_ms: number): Promise<void> {
  const random = world.random.fork('minutes')
  while (world.events.now_ms < until_ms) {
    await world.events.sleep(MINUTE_MS)
    for (const id of await dueNow(world)) {
      act(world, work(world, id, random))
      if (random.chance(0.1)) act(world, work(world, id, random))
    }
  }
}

function dueNow(world: CampaignWorld): Promise<string[]> {
  return world.campaigns.store({ now: () => 0 }).due(Math.floor(world.events.now_ms / 1000), 10)
}

async function outages(world: CampaignWorld, until_ms: number, random: Random): Promise<void> {
  while (random.chance(0.5) && world.events.now_ms < until_ms) {
    await world.events.sleep(random.int(0, 2 * MINUTE_MS))
    if (world.events.now_ms < until_ms) world.takeAway(random.pick([3_000, 23_000, 70_000, 100_000]), random)
  }
}

/** What settle does, in short: learns outcomes 20 minutes later, and follows packets to their end. */
async function settler(world: CampaignWorld, random: Random): Promise<void> {
  for (;;) {
    await world.events.sleep(7 * MINUTE_MS)
    const now_ms = world.events.now_ms
    for (const record of world.records()) {
      if (record.outcome === 'sent' && record.open && now_ms - record.created_at * 1000 > DAY_MS / 24) {
        const status = random.chance(0.7) ? ('RECEIVED' as const) : ('REFUND' as const)
        write(world, { ...record, status, open: undefined, due_at: undefined })
      }
      const isOpen = record.outcome === 'unknown' || record.outcome === 'pending'
      if (!isOpen || record.lease_until_ms > now_ms || now_ms - record.no_call_after_ms < 20 * MINUTE_MS) continue
      const err_code = world.carryOut(record, !world.isFlush && random.chance(0.4))
      if (err_code === undefined)
        write(world, { ...record, outcome: 'sent', send_listid: '1', open: 'status', err_code: undefined })
      else write(world, { ...record, outcome: 'refused', err_code, open: undefined, due_at: undefined })
      world.count(`settled ${err_code ?? 'sent'}`)
    }
  }
}

/** Runs of a settle that has endless work for one merchant, and calls as fast as its pace lets it. */
async function asker(world: CampaignWorld, until_ms: number, random: Random): Promise<void> {
  const mch_id = 'mch-of-a'
  // Its calls are many events, and some seeds are enough.
  if (random.chance(0.6)) return
  for (let run = 0; world.events.now_ms < until_ms; run += 1) {
    const limit_ms = random.int(2_000, 6_000)
    // It hangs if it dies.
    const asking = world.invoke(`settle-${run}`, limit_ms, async ({ store, clock }, { remaining_ms }) => {
      const pace = paceOfSettle({ clock, campaignRate: (of) => campaignRate(store, clock, of) }, 1)
      while (await pace.turn(mch_id, () => remaining_ms() > 0)) world.invariants.called('settle', mch_id, 0)
    })
    asking.catch((error) => world.fail(error))
    await world.events.sleep(limit_ms + random.int(1_000, 60_000))
  }
}

function write(world: CampaignWorld, record: RedpackRecord): void {
  const before = world.record(record.id)
  const after = { ...record, version: record.version + 1, writer: 'settle' }
  world.put(after)
  world.invariants.recorded(before, after)
}

/** Everybody who waits for somebody is resumed, and the minute goes on until nothing is to be done. */
async function rest(world: CampaignWorld, ids: readonly string[]): Promise<void> {
  const random = world.random.fork('rest')
  for (let n = 0; n < REST_MAX; n += 1) {
    const campaigns = ids.flatMap((id) => world.campaigns.campaign(id) ?? [])
    if (campaigns.every(isAtRest) && world.events.now_ms > world.awake_ms) return
    world.isFlush = n > 90
    for (const mch_id of world.balances.keys()) {
      // At first money is short still: what settle carries out meanwhile is refused for it.
      if (n > 90) world.balances.set(mch_id, 10_000_000)
    }
    for (const campaign of campaigns) {
      if (n > 100 && (campaign.state === 'paused' || campaign.state === 'stopped'))
        await order(world, campaign, 'resume', random)
      if (campaign.state === 'draft') await order(world, campaign, 'start', random)
    }
    const dues = campaigns.flatMap(({ due_at }) => due_at ?? [])
    const next_ms = n > 110 ? Math.min(...dues) * 1000 - world.events.now_ms : 0
    await world.events.sleep(Math.min(Math.max(MINUTE_MS, next_ms), 60 * MINUTE_MS))
    for (const id of await dueNow(world)) act(world, work(world, id, random))
  }
  throw new Violation(
    'C6',
    `not at rest: ${ids.map((id) => JSON.stringify(world.campaigns.campaign(id)?.state)).join(' ')}`,
  )
}

function isAtRest(campaign: Campaign): boolean {
  const { rows } = campaign.totals
  const isClosed = rows.unknown === 0 && rows.sent === rows.received + rows.refunded
  const isCounted = campaign.state !== 'cancelled' || campaign.last_counted === true
  return IS_OVER[campaign.state] && isClosed && isCounted && campaign.lease_until_ms === 0
}
