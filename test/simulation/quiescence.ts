// How a run becomes quiescent once faults have stopped, and the invariants of docs/guarantees.md that hold there.
import { list } from '../../lib/redpack/list.ts'
import type { RedpackRecord } from '../../lib/redpack/record.ts'
import { hasWork, sendOnce, settleOnce } from './actors.ts'
import { describe } from './invariants.ts'
import { paramsOf, type SendPlan } from './send-plans.ts'
import { Violation } from './violation.ts'
import type { World } from './world.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Runs of settle after which everything is at rest, or never will be: nine looks a record in its first day, then one a day. */
const RUNS_MAX = 300

/** Faults have stopped: settle goes on until nothing is due, nothing is under way and every number is accounted for. */
export async function settleDown(world: World): Promise<void> {
  for (let n = 1; n <= RUNS_MAX; n += 1) {
    const next_ms = await nextWork(world)
    if (next_ms === undefined) return
    await world.wait(Math.max(MINUTE_MS, next_ms - world.events.now_ms))
    restoreMerchant(world)
    if (hasWork(world) || (await openNumbers(world))) await world.within(5 * MINUTE_MS, settleOnce(world, `rest-${n}`))
  }
  const open = world.history.now().filter((record) => record.open !== undefined)
  throw new Violation('I11', `not at rest after ${RUNS_MAX} runs of settle: ${open.map(describe).join('; ')}`)
}

/** Records wait for the merchant that they were made for: operators bring it back. */
function restoreMerchant(world: World): void {
  const due = world.history.now().find(({ due_at = Number.POSITIVE_INFINITY }) => due_at <= world.events.now_ms / 1000)
  if (!due) return
  const standing = world.secrets.read(due.miniapp_id, due.gateway_type, false)
  if (standing.mch_id === due.mch_id) return
  world.secrets.restore(due.miniapp_id, due.gateway_type, due.mch_id)
}

async function nextWork(world: World): Promise<number | undefined> {
  const dues = world.history.now().flatMap(({ due_at }) => (due_at === undefined ? [] : due_at * 1000))
  if (await openNumbers(world)) dues.push(world.events.now_ms + 16 * MINUTE_MS)
  // A frozen process, or an order that WeChat has not finished.
  if (world.events.length > 0) dues.push(world.events.now_ms + 2 * HOUR_MS)
  return dues.length === 0 ? undefined : Math.min(...dues)
}

async function openNumbers(world: World): Promise<boolean> {
  const { sequences } = world.memory
  for (const miniapp_id of world.miniapp_ids) {
    const { last_seq } = await sequences.read(miniapp_id)
    const { watermark } = await sequences.search(miniapp_id)
    if (watermark < last_seq) return true
  }
  return false
}

/** I3, I8, I11, I16 and the daily limit. @throws Violation */
export async function checkQuiescent(world: World, plans: readonly SendPlan[]): Promise<void> {
  const records = world.history.now()
  for (const record of records) checkRecord(world, record)
  for (const [label, { fields }] of world.invariants.debits) {
    const record = records.find(({ act_name }) => act_name === label)
    expect(
      record?.outcome === 'sent' || record?.outcome === 'manual',
      'I3',
      `${label}: a debit of ${fields.total_amount} fen`,
    )
  }
  for (const plan of plans) {
    const record = records.find(({ id }) => id === plan.id)
    if (!record) continue
    const asked = { ...plan, hash: record.hash, params: paramsOf(record) }
    const ended = await sendOnce(world, `rest ${plan.key}`, asked)
    expect(!('error' in ended), 'I8', `${plan.label} is at rest and cannot be read`)
    expect(ended.process.sends === 0, 'I8', `${plan.label} is at rest and was sent again`)
  }
  for (const miniapp_id of world.miniapp_ids) await checkPages(world, miniapp_id)
  checkLimits(world, records)
}

function checkRecord(world: World, record: RedpackRecord): void {
  const { outcome, open, created_at, total_amount, act_name } = record
  expect(open === undefined, 'I11', `something is open: ${describe(record)}`)
  expect(outcome === 'sent' || outcome === 'refused' || outcome === 'manual', 'I11', describe(record))
  expect(record.limit_day === undefined, 'I11', `its reservation is open: ${describe(record)}`)
  const age_ms = world.events.now_ms - created_at * 1000
  expect(outcome !== 'manual' || age_ms > 29 * DAY_MS, 'I11', `manual before its time: ${describe(record)}`)
  const debit = world.invariants.debits.get(act_name)
  const debited = debit ? Number(debit.fields.total_amount) : 0
  if (outcome === 'sent') expect(debited === total_amount, 'I3', `${debited} fen were debited: ${describe(record)}`)
  if (outcome === 'refused') expect(debited === 0, 'I4', `${debited} fen were debited: ${describe(record)}`)
}

/** Reads only. */
const NOBODY = { now: () => 0, token: () => '' }

/** Pages of any size cut the list with no gap and no overlap. */
async function checkPages(world: World, miniapp_id: string): Promise<void> {
  const mine = world.history.now().filter((record) => record.miniapp_id === miniapp_id)
  const wanted = mine.sort((a, b) => (b.seq ?? 0) - (a.seq ?? 0)).map(({ id }) => id)
  const ports = { store: world.memory.store(NOBODY), sequences: world.memory.sequences }
  for (const limit of [1, 2, 1000]) {
    const seen: string[] = []
    let offset = 0
    for (let more = true; more; offset += limit) {
      const { meta, objects } = await list(ports, miniapp_id, { limit, offset })
      expect(meta.total_count === mine.length, 'I16', `total_count ${meta.total_count} of ${mine.length}`)
      expect(
        objects.length === Math.min(limit, Math.max(0, mine.length - offset)),
        'I16',
        `a page of ${objects.length}`,
      )
      seen.push(...objects.map(({ pk }) => pk))
      more = meta.next !== null
    }
    expect(seen.join() === wanted.join(), 'I16', `pages of ${limit}: ${seen.join()} instead of ${wanted.join()}`)
  }
}

/** What is reserved of a day is what was sent on it, and within its limit. */
function checkLimits(world: World, records: readonly RedpackRecord[]): void {
  const dayOf = ({ id }: RedpackRecord) => world.history.limitDay(id)
  for (const record of records) {
    const { miniapp_id, gateway_type } = record
    const limit_day = dayOf(record)
    if (limit_day === undefined) continue
    const daily_limit = world.secrets.highestLimit(miniapp_id, gateway_type)
    const ofDay = records.filter((other) => other.miniapp_id === miniapp_id && dayOf(other) === limit_day)
    const debited = sum(ofDay.filter(({ act_name }) => world.invariants.debits.has(act_name)))
    const reserved = world.memory.reserved({ miniapp_id, gateway_type }, limit_day)
    expect(debited <= daily_limit, 'limit', `${debited} fen were debited on ${limit_day}, ${daily_limit} allowed`)
    // What was never found out stays reserved, if it ever was.
    const late = world.invariants.lateReserves.get(limit_day) ?? 0
    const kept = late + sum(ofDay.filter(({ outcome }) => outcome === 'manual'))
    const sent = sum(ofDay.filter(({ outcome }) => outcome === 'sent'))
    expect(
      reserved >= sent && reserved <= sent + kept,
      'limit',
      `${reserved} fen reserved on ${limit_day}, ${sent} sent`,
    )
  }
}

function sum(records: readonly RedpackRecord[]): number {
  return records.reduce((fen, { total_amount }) => fen + total_amount, 0)
}

function expect(holds: boolean, invariant: string, detail: string): void {
  if (!holds) throw new Violation(invariant, detail)
}
