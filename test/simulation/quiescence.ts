// How a run becomes quiescent once faults have stopped, and the invariants of docs/guarantees.md that hold then.
import type { RedpackRecord } from '../../lib/redpack/record.ts'
import { hasWork, sendOnce, settleOnce } from './actors.ts'
import { describe } from './describe.ts'
import { checkQuiet, isEveryNumberFound } from './quiet.ts'
import { paramsOf } from './send-plans.ts'
import { Violation } from './violation.ts'
import type { World } from './world.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Runs of settle after which everything is quiescent, or never will be: nine looks a record in its first day, then one a day. */
const RUNS_MAX = 500
/** Runs a record more, where there are many. */
const RUNS_PER_RECORD = 40

/** Faults have stopped: settle goes on until nothing is due, nothing is under way and every number is accounted for. */
export async function settleDown(world: World): Promise<void> {
  const runs = RUNS_MAX + RUNS_PER_RECORD * Math.max(0, world.plans.length - 8)
  for (let n = 1; n <= runs; n += 1) {
    const next_ms = await nextWork(world)
    if (next_ms === undefined) return
    await world.wait(Math.max(MINUTE_MS, next_ms - world.events.now_ms))
    restoreMerchant(world, n)
    if (hasWork(world) || (await hasOpenNumbers(world))) {
      await world.within(5 * MINUTE_MS, settleOnce(world, `rest-${n}`))
    }
  }
  const open = world.history.now().filter((record) => record.open !== undefined)
  throw new Violation('I11', `not quiescent after ${runs} runs of settle: ${open.map(describe).join('; ')}`)
}

/** Records wait for the merchant that they were made for: operators bring it back, now the one, now the other. */
function restoreMerchant(world: World, n: number): void {
  const now_s = world.events.now_ms / 1000
  const dues = world.history.now().filter(({ due_at = Number.POSITIVE_INFINITY }) => due_at <= now_s)
  const due = dues[n % Math.max(1, dues.length)]
  if (due) world.secrets.restore(due.miniapp_id, due.gateway_type, due.mch_id)
}

async function nextWork(world: World): Promise<number | undefined> {
  const { now_ms } = world.events
  const records = world.history.now().filter(({ due_at }) => due_at !== undefined)
  const dues = records.map((record) => nextLook_ms(world, record))
  if (await hasOpenNumbers(world)) dues.push(now_ms + 16 * MINUTE_MS)
  // A frozen process, or an order that WeChat has not finished.
  const isOut =
    records.length > 0 && records.every((record) => record.outcome !== 'unknown' || isHopeless(world, record))
  const isAlone = world.living === 0 && world.pending === 0
  if (world.events.length > 0 && !(isOut && isAlone)) dues.push(now_ms + 2 * HOUR_MS)
  return dues.length === 0 ? undefined : Math.min(...dues)
}

/** Nobody can learn more of a hopeless one before it is too old: for its sake alone the schedule need not run. */
function nextLook_ms(world: World, record: RedpackRecord): number {
  const { outcome, due_at = 0, created_at } = record
  const isWaiting = outcome === 'unknown' && isHopeless(world, record)
  return Math.max(due_at * 1000, isWaiting ? created_at * 1000 + 29 * DAY_MS - 3 * MINUTE_MS : 0)
}

async function hasOpenNumbers(world: World): Promise<boolean> {
  for (const miniapp_id of world.miniapp_ids) if (!(await isEveryNumberFound(world, miniapp_id))) return true
  return false
}

/** What WeChat may never tell: whose order stands under our number; and what may not be sent again since a restore. */
function isHopeless(world: World, record: RedpackRecord): boolean {
  const isAnother = record.order_conflict || world.wechat.foreign.has(record.mch_billno)
  return isAnother || world.isHeld(record) || world.ledger.gone_labels.has(record.act_name)
}

/** I3, I8, I11, I16 and the daily limit. @throws Violation */
export async function checkQuiescent(world: World): Promise<void> {
  for (const record of world.history.now()) checkRecord(world, record)
  for (const plan of world.plans) {
    const record = world.history.last(plan.id)
    if (!record) continue
    const ended = await sendOnce(world, `rest ${plan.key}`, { ...plan, params: paramsOf(record) })
    expect(!('error' in ended), 'I8', `${plan.label} is quiescent and cannot be read`)
    expect(ended.process.sends === 0, 'I8', `${plan.label} is quiescent and was sent again`)
  }
  await checkQuiet(world)
  world.ledger.checkAlarms()
}

function checkRecord(world: World, record: RedpackRecord): void {
  const { outcome, open, created_at } = record
  expect(open === undefined, 'I11', `something is open: ${describe(record)}`)
  expect(outcome === 'sent' || outcome === 'refused' || outcome === 'manual', 'I11', describe(record))
  if (outcome !== 'manual') return
  const isOld = world.events.now_ms - created_at * 1000 > 29 * DAY_MS
  const wasOld = world.calm_ms - created_at * 1000 > 28 * DAY_MS
  expect(isOld && (wasOld || isHopeless(world, record)), 'I11', `manual without need: ${describe(record)}`)
}

function expect(holds: boolean, invariant: string, detail: string): void {
  if (!holds) throw new Violation(invariant, detail)
}
