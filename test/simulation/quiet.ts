// What must hold whenever nothing is under way: no process, no request, no late write, no order that WeChat has not finished.
import { list } from '../../lib/redpack/list.ts'
import type { RedpackRecord } from '../../lib/redpack/record.ts'
import { describe } from './describe.ts'
import { isOther } from './others.ts'
import type { World } from './world.ts'

const DAY_MS = 24 * 3_600_000
/** WeChat changes the status of such a packet no more. */
const LAST = ['FAILED', 'RECEIVED', 'REFUND']

/** Reads only. */
const NOBODY = { now: () => 0, token: () => '' }

export function isQuiet(world: World): boolean {
  const { living, pending, wechat, memory, history } = world
  if (living > 0 || pending > 0 || wechat.pending > 0) return false
  const isDone = ({ id, outcome, open }: RedpackRecord) =>
    outcome !== 'pending' &&
    outcome !== 'unknown' &&
    open !== 'outcome' &&
    open !== 'repair' &&
    memory.foreign(id)?.outcome === undefined
  return history.now().every(isDone)
}

/** I3, I4, I11, I16, the limits' totals and what is left in them. */
export async function checkQuiet(world: World): Promise<void> {
  world.ledger.checkQuiet()
  for (const record of world.history.now()) checkFollowed(world, record)
  // A restore forgets reservations, too.
  if (world.table === 1) checkLimits(world)
  for (const miniapp_id of world.miniapp_ids) await checkPages(world, miniapp_id)
}

/** Settle comes back to what can still change: packets on their way, and refusals that may be paid. */
function checkFollowed(world: World, record: RedpackRecord): void {
  const { outcome, status, unsafe_refusal, open, due_at, created_at } = record
  if ((open === undefined) !== (due_at === undefined)) world.broken('I11', `half a plan: ${describe(record)}`)
  const isOnItsWay = outcome === 'sent' && !LAST.some((last) => last === status)
  const isYoung = world.events.now_ms - created_at * 1000 < 29 * DAY_MS
  if (open === undefined && isYoung && (isOnItsWay || unsafe_refusal)) {
    world.broken('I11', `nobody looks at it again: ${describe(record)}`)
  }
}

export async function isEveryNumberFound({ memory: { sequences } }: World, miniapp_id: string): Promise<boolean> {
  const { last_seq } = await sequences.read(miniapp_id)
  const { watermark } = await sequences.search(miniapp_id)
  return watermark >= last_seq
}

/** Pages of any size cut the list with no gap and no overlap, once every number is accounted for. */
async function checkPages(world: World, miniapp_id: string): Promise<void> {
  if (!(await isEveryNumberFound(world, miniapp_id))) return
  const mine = world.history.now().filter((record) => record.miniapp_id === miniapp_id)
  const wanted = mine.sort((a, b) => (b.seq ?? 0) - (a.seq ?? 0)).map(({ id }) => id)
  const ports = { store: world.memory.store(NOBODY), sequences: world.memory.sequences }
  for (const limit of mine.length > 10 ? [7, 1000] : [1, 2, 1000]) {
    const seen: string[] = []
    let offset = 0
    for (let more = true; more; offset += limit) {
      const { meta, objects } = await list(ports, miniapp_id, { limit, offset })
      if (meta.total_count !== mine.length) {
        world.broken('I16', `total_count ${meta.total_count} of ${mine.length}`)
        return
      }
      seen.push(...objects.map(({ pk }) => pk))
      more = meta.next !== null
    }
    const [is, must] = [seen.join(), wanted.join()]
    if (is !== must) world.broken('I16', `pages of ${limit}: ${is} instead of ${must}`)
  }
}

/** What is reserved of a day is what was sent on it, and within its limit; no id stays among the open ones without a reason. */
function checkLimits(world: World): void {
  const days = Map.groupBy(world.history.now(), (record) => {
    const { miniapp_id, gateway_type } = record
    return `${miniapp_id} ${gateway_type} ${world.history.first(record.id)?.limit_day}`
  })
  for (const ofDay of days.values()) {
    const [setup] = ofDay
    const limit_day = setup && world.history.first(setup.id)?.limit_day
    if (setup && limit_day !== undefined) checkDay(world, ofDay, setup, limit_day)
  }
  for (const miniapp_id of world.miniapp_ids) {
    for (const id of world.memory.openList({ miniapp_id, gateway_type: 'weixin_tenpay' })) {
      if (!isOther(id) && !world.invariants.hadTrouble(id))
        world.broken('limit', `${id} is left on the list of open sends`)
    }
  }
}

function checkDay(world: World, ofDay: readonly RedpackRecord[], setup: RedpackRecord, limit_day: string): void {
  const { memory, ledger, invariants, secrets } = world
  const isPaid = ({ act_name }: RedpackRecord) => ledger.debits.has(act_name) && ledger.isKnown(act_name)
  const debited = sum(ofDay.filter(isPaid))
  const daily_limit = secrets.highestLimit(setup.miniapp_id, setup.gateway_type)
  if (debited > daily_limit) world.broken('limit', `${debited} fen debited on ${limit_day}, ${daily_limit} allowed`)
  // What was never found out stays reserved, if it ever was.
  const kept = (invariants.lateReserves.get(limit_day) ?? 0) + sum(ofDay.filter(({ outcome }) => outcome === 'manual'))
  const sent = sum(ofDay.filter(({ outcome }) => outcome === 'sent'))
  const reserved = memory.reserved(setup, limit_day)
  if (reserved < sent || reserved > sent + kept) {
    world.broken('limit', `${reserved} fen reserved on ${limit_day}, ${sent} sent`)
  }
  for (const id of memory.reservations(setup, limit_day)) {
    if (!isOther(id) && !invariants.mayStayReserved(id)) world.broken('limit', `${id} is left among the open sends`)
  }
}

function sum(records: readonly RedpackRecord[]): number {
  return records.reduce((fen, { total_amount }) => fen + total_amount, 0)
}
