// Who acts in a seed while faults happen: callers who try again, people who ask for the status, the schedule.
import { send } from '../../lib/redpack/send.ts'
import { settle } from '../../lib/redpack/settle.ts'
import { SHARDS, type Share, WHOLE } from '../../lib/redpack/shards.ts'
import { status } from '../../lib/redpack/status.ts'
import { APART_MAX_MS } from './clocks.ts'
import type { Random } from './random.ts'
import { type SendPlan, underNewKey, withOtherParams } from './send-plans.ts'
import type { Ended, World } from './world.ts'

type Answer = Awaited<ReturnType<typeof send>>

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** The functions' time limits, as in serverless.yml; the gateway in front of them waits this long. */
const SEND_MS = 29 * SECOND_MS
const STATUS_MS = 15 * SECOND_MS
const SETTLE_MS = 60 * SECOND_MS
const GATEWAY_MS = 30 * SECOND_MS
/** settle's looks begin on this beat here: a shorter one would take as many steps of its own. */
const BEAT_MS = SECOND_MS

const AGAIN_AFTER_MS = [
  300,
  2 * SECOND_MS,
  10 * SECOND_MS,
  40 * SECOND_MS,
  3 * MINUTE_MS,
  25 * MINUTE_MS,
  HOUR_MS,
] as const

/** One request to send, as the function makes it: the merchant first, then the use case. */
export async function sendOnce(world: World, name: string, plan: SendPlan): Promise<Ended<Answer>> {
  const { miniapp_id, key, params } = plan
  const ended = await world.run(name, SEND_MS, async (ports, { remaining_ms }) => {
    const merchant = await ports.merchants.load(miniapp_id, params.gateway_type)
    return send(ports, { miniapp_id, keyid: name, idempotency_key: key, params, merchant, remaining_ms })
  })
  world.invariants.answered(plan, ended.process, 'error' in ended ? ended.error : ended.value)
  return ended
}

/** Sends, and sends again after errors, after no answer, while it is unknown, and sometimes without a reason. */
export async function caller(world: World, name: string, plan: SendPlan, start_ms: number): Promise<void> {
  const random = world.random.fork(name)
  await world.wait(start_ms)
  for (let n = random.pick([1, 1, 2, 4]); n > 0; n -= 1) {
    const where = `${name}.${n}`
    const isOther = world.faults.strikes('other_params', where, random)
    const asked = isOther ? withOtherParams(plan, random) : plan
    if (world.faults.strikes('duplicate', where, random)) void sendOnce(world, `${where}'`, asked)
    if (world.faults.strikes('punctual', where, random)) punctual(world, where, asked, random)
    const ended = await world.within(GATEWAY_MS, sendOnce(world, where, asked))
    const isLost = world.faults.strikes('lost_answer', where, random)
    const outcome = ended && !isLost ? outcomeOf(ended) : undefined
    if (outcome === 'refused' && world.faults.strikes('new_key', where, random)) {
      void payAgain(world, where, asked, random)
      return
    }
    if (outcome !== undefined && outcome !== 'unknown' && random.chance(0.7)) return
    await world.wait(random.pick(AGAIN_AFTER_MS))
  }
}

/** A request that gets no reply and whose writes take their time, and the same key again when its lease is about to end. */
function punctual(world: World, where: string, plan: SendPlan, random: Random): void {
  world.slowed.add(where)
  void world.wait(SEND_MS - random.int(0, APART_MAX_MS)).then(() => sendOnce(world, `${where}"`, plan))
}

/** Under a new key, as whoever is told "refused" may do. */
async function payAgain(world: World, where: string, refused: SendPlan, random: Random): Promise<void> {
  const plan = underNewKey(refused)
  if (world.plans.some(({ id }) => id === plan.id)) return
  world.plans.push(plan)
  await world.wait(random.pick([0, MINUTE_MS]))
  await world.within(GATEWAY_MS, sendOnce(world, `${where}+`, plan))
}

/** What an answer says of the money. 422 says that it is about something else. */
function outcomeOf(ended: Ended<Answer>): string | undefined {
  if ('error' in ended) return ended.error.code === 'key_reused' ? ended.error.code : undefined
  return ended.value.body.outcome
}

/** Asks for the status now and then. */
export async function asker(world: World, name: string, { id, miniapp_id }: SendPlan): Promise<void> {
  const random = world.random.fork(name)
  for (let n = random.int(0, 4); n > 0; n -= 1) {
    await world.wait(random.pick([5 * SECOND_MS, MINUTE_MS, 10 * MINUTE_MS, HOUR_MS]) * random.next())
    void world.run(`${name}.${n}`, STATUS_MS, (ports, { remaining_ms }) =>
      status(ports, miniapp_id, { id, mch_billno: undefined }, remaining_ms),
    )
  }
}

/** One run of each entry of the schedule. */
export function settleOnce(world: World, name: string): Promise<unknown> {
  const runs = sharesOf(world).map((share, i) =>
    world.run(`${name}${'abc'.charAt(i)}`, SETTLE_MS, (ports, { remaining_ms }) =>
      settle(ports, remaining_ms, share, BEAT_MS),
    ),
  )
  return Promise.all(runs)
}

/** One entry for all shards, or two. */
function sharesOf({ entries }: World): Share[] {
  if (entries === 1) return [WHOLE]
  return [SHARDS.slice(0, 6), SHARDS.slice(6)].map((shards) => ({ shards, of: entries }))
}

/** How long the schedule fails, unless it comes back when seconds decide: longer than a number takes to be old enough to look for. */
const OUTAGE_MS = 17 * MINUTE_MS

/** settle, every minute while faults happen; runs that would find nothing are mostly left out, for speed. */
export async function schedule(world: World, until_ms: number): Promise<void> {
  const random = world.random.fork('schedule')
  // The schedule itself fails for a while: what a run would have done in time is done late.
  const outage_ms = random.chance(0.4)
    ? world.events.now_ms + random.pick([MINUTE_MS + 1, 2 * MINUTE_MS + 1, random.int(0, HOUR_MS)])
    : Number.POSITIVE_INFINITY
  let wasOut = false
  for (let n = 1; world.events.now_ms < until_ms; n += 1) {
    await world.wait(MINUTE_MS)
    if (!wasOut && world.events.now_ms > outage_ms) {
      wasOut = true
      const end_ms = random.chance(0.5) ? world.moment(random) : 0
      await world.wait(end_ms > world.events.now_ms ? end_ms - world.events.now_ms : OUTAGE_MS)
      if (random.chance(0.6)) world.brownOut('store.get', 3 * MINUTE_MS)
    }
    if (!hasWork(world) && !random.chance(isBusy(world) ? 0.5 : 0.06)) continue
    if (world.faults.strikes('overlap', `settle-${n}`, random)) {
      // The event comes twice, or somebody invokes settle by hand.
      const after_ms = random.pick([random.int(0, 2 * SECOND_MS), random.int(3 * SECOND_MS, 50 * SECOND_MS)])
      void world.wait(after_ms).then(() => settleOnce(world, `settle-${n}'`))
    }
    void settleOnce(world, `settle-${n}`)
  }
}

export function hasWork(world: World): boolean {
  const now_s = world.events.now_ms / 1000
  return world.history.now().some(({ due_at }) => due_at !== undefined && due_at <= now_s)
}

/** True if somebody may be calling WeChat. */
function isBusy(world: World): boolean {
  return world.history.now().some(({ lease_until_ms }) => lease_until_ms > world.events.now_ms)
}

/** When a caller of a plan comes first: often together with the others. */
export function startOf(random: Random): number {
  const beforeSettle_ms = random.int(1, 45) * MINUTE_MS - random.int(0, 12 * SECOND_MS)
  return random.pick([
    beforeSettle_ms,
    0,
    random.int(0, 3 * SECOND_MS),
    random.int(0, MINUTE_MS),
    random.int(0, 10 * MINUTE_MS),
    random.int(0, 70 * MINUTE_MS),
  ])
}
