// settle: brings every record to rest. Asks WeChat for what is unknown, sends again what never arrived, follows packets to their end.
import { AppError, hasCode } from '../errors.ts'
import { expired, isBeyondCall, isBeyondQuery, isLeased, takeOver } from './claim.ts'
import { conclude, perform, takeSeq } from './conclude.ts'
import { findHoles } from './holes.ts'
import type { Changes, QueryReply, SettlePorts } from './ports.ts'
import { type RedpackRecord, UNSETTLED, type Unsettled } from './record.ts'
import { ask, learn } from './status.ts'

/** Records looked at in one second, each a query and at times a send: live sends keep the most of WeChat's 30 calls a second. */
const LOOKS_PER_S = 10
/** Records of one kind that one run takes up; the next run goes on. */
const LOOKS_MAX = 1_000
/** With less time than this no record is taken up: one may need a query and a send. */
const TIME_MIN_MS = 26_000
/** WeChat's own text gives an order 20 minutes; NOT_FOUND before that says nothing. */
const ORDER_MAX_MS = 20 * 60_000
/** Two machines' clocks differ by less than this. */
const CLOCKS_APART_MS = 5_000

/** What one run did: records looked at by what was open in them, those that failed to be, holes found. */
export type Tally = Record<Unsettled, number> & { failed: number; holes: number }

/**
 * One run: bounded work, safe beside another run and beside senders, and the next run continues where it stopped.
 * `remaining_ms` is what is left of this invocation's time. @throws AppError store_unavailable where no work can be found
 */
export async function settle(ports: SettlePorts, remaining_ms: () => number): Promise<Tally> {
  const tally: Tally = { outcome: 0, books: 0, status: 0, failed: 0, holes: 0 }
  const looked_at = Math.floor(ports.clock.now() / 1000)
  let drained = true
  for (const unsettled of UNSETTLED) {
    const rest = await settleAll(ports, unsettled, remaining_ms, tally)
    if (unsettled !== 'status') drained &&= rest
  }
  // Whoever took a number long ago has either written it or been fenced off only where nothing older is left to look at.
  if (drained) tally.holes = await findHoles(ports, looked_at)
  return tally
}

/** Out: true where nothing of the kind is left that is due. */
async function settleAll(
  ports: SettlePorts,
  unsettled: Unsettled,
  remaining_ms: () => number,
  tally: Tally,
): Promise<boolean> {
  const now_s = Math.floor(ports.clock.now() / 1000)
  const ids = await ports.store.due(unsettled, now_s, LOOKS_MAX)
  const failedBefore = tally.failed
  for (let i = 0; i < ids.length; i += LOOKS_PER_S) {
    if (remaining_ms() < TIME_MIN_MS) return false
    if (i > 0) await ports.clock.sleep(1_000)
    await Promise.all(ids.slice(i, i + LOOKS_PER_S).map((id) => settleOne(ports, id, unsettled, remaining_ms, tally)))
  }
  return ids.length < LOOKS_MAX && tally.failed === failedBefore
}

async function settleOne(
  ports: SettlePorts,
  id: string,
  unsettled: Unsettled,
  remaining_ms: () => number,
  tally: Tally,
) {
  try {
    const record = await ports.store.get(id)
    const now_ms = ports.clock.now()
    // The index may lag: the record itself says whether it is due.
    if (record?.unsettled !== unsettled || (record.due_at ?? 0) * 1000 > now_ms || isLeased(record, now_ms)) return
    tally[unsettled] += 1
    await SETTLERS[unsettled](ports, record, remaining_ms)
  } catch (error) {
    // in_progress: another is at work on it. Everything else is found due again by a later run, and must not stop this one.
    if (hasCode(error, 'in_progress')) return
    tally.failed += 1
    if (!(error instanceof AppError)) ports.report({ event: 'broken', id, error })
  }
}

const SETTLERS: Record<
  Unsettled,
  (ports: SettlePorts, record: RedpackRecord, remaining_ms: () => number) => Promise<unknown>
> = {
  outcome: settleOutcome,
  books: async (ports, record) => conclude(ports, record, { seq: await takeSeq(ports, record) }),
  status: async (ports, record, remaining_ms) => {
    const reply = await tryToAsk(ports, record, remaining_ms())
    return conclude(ports, record, { ...learn(ports, record, reply), checks: record.checks + 1 })
  },
}

async function settleOutcome(ports: SettlePorts, record: RedpackRecord, remaining_ms: () => number): Promise<void> {
  const seq = await takeSeq(ports, record)
  if (isBeyondQuery(record, ports.clock.now())) {
    ports.report({
      event: 'alarm',
      record,
      why: 'the outcome is still unknown after 30 days, and WeChat can no longer be asked',
    })
    await conclude(ports, record, { outcome: 'manual', seq })
    return
  }
  const asked_ms = ports.clock.now()
  const reply = await tryToAsk(ports, record, remaining_ms())
  const learned = learn(ports, record, reply)
  const open: Changes = { outcome: 'unknown', doubted: expired(record), checks: record.checks + 1, ...learned }
  const { mine, record: standing } = await conclude(ports, record, { ...(isOpen(learned) ? open : learned), seq })
  if (!mine || standing.outcome !== 'unknown') return
  if (neverArrived(record, reply, asked_ms)) await sendAgain(ports, standing, remaining_ms, false)
  // Whose order it is, only the echo of the same send can tell; what was in doubt stays so.
  else if (isDisputed(record, reply, asked_ms)) await sendAgain(ports, standing, remaining_ms, standing.doubted)
}

function isOpen(learned: Changes | undefined): boolean {
  return learned?.outcome === undefined || learned.outcome === 'unknown'
}

function isDisputed(record: RedpackRecord, reply: QueryReply, asked_ms: number): boolean {
  return record.disputed === true && reply.found === true && !isBeyondCall(record, asked_ms)
}

/** True where WeChat, which has never known the number, did not when it was asked, long after the last call under it could have begun. */
export function neverArrived(record: RedpackRecord, reply: QueryReply, asked_ms: number): boolean {
  const notFound = reply.found === false && reply.err_code === 'NOT_FOUND' && record.status === undefined
  return (
    notFound && !isBeyondCall(record, asked_ms) && asked_ms - record.quiet_since_ms >= ORDER_MAX_MS + CLOCKS_APART_MS
  )
}

/** The same number and the same parameters. `doubted` false: what was in doubt before is over, so a refusal now is one. */
async function sendAgain(
  ports: SettlePorts,
  record: RedpackRecord,
  remaining_ms: () => number,
  doubted: boolean,
): Promise<void> {
  const merchant = await ports.merchants.load(record.miniapp_id, record.gateway_type)
  const taken = await takeOver(ports, record, merchant, remaining_ms(), doubted)
  if (taken.mine) await perform(ports, taken, merchant, remaining_ms)
}

/** A merchant whose certificate is missing or broken cannot ask; its records wait, and are looked at again. */
async function tryToAsk(ports: SettlePorts, record: RedpackRecord, remaining_ms: number): Promise<QueryReply> {
  try {
    return await ask(ports, record, remaining_ms)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    ports.report({ event: 'alarm', record, why: `gethbinfo cannot be asked: ${error.code}` })
    return { found: 'unanswered', why: error.code }
  }
}
