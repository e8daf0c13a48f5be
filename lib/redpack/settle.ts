// settle: brings every record to rest. Asks WeChat about what is unknown, sends again what never arrived, follows packets to their end.
import { LOOK_BEAT_MS, LOOK_MIN_MS } from '../durations.ts'
import { AppError, hasCode } from '../errors.ts'
import { takeOver } from './claim.ts'
import type { Merchant, Ports, Queried } from './ports.ts'
import { KINDS, type Kind, type RedpackRecord } from './record.ts'
import { afterLastLook, afterLook, afterStatusLook, isBeyondQuery, isHeld, isLeased, lapsed } from './rules.ts'
import { save } from './save.ts'
import { callAndRecord } from './send.ts'
import { findGaps, takeSeq } from './sequence.ts'
import { query } from './status.ts'

/** Records looked at between two beats, each a query and at times a send: live sends keep the most of WeChat's 30 calls a second. */
const LOOKS_PER_BEAT = 10
/** Records of one kind that one run takes up; the next run goes on. */
const LOOKS_MAX = 1_000

/** What one run did: records looked at by what was open in them, those that failed to be, gaps found. */
export type Tally = Record<Kind, number> & { failed: number; gaps: number }

/**
 * One run: bounded work, safe beside another run and beside senders; the next run continues where it stopped.
 * `remaining_ms` is what is left of this invocation, in ms. @throws AppError store_unavailable if no work can be found
 */
export async function settle(ports: Ports, remaining_ms: () => number): Promise<Tally> {
  const tally: Tally = { outcome: 0, repair: 0, status: 0, failed: 0, gaps: 0 }
  const looked_at = Math.floor(ports.clock.now() / 1000)
  let isDrained = true
  for (const kind of KINDS) {
    const isDone = await settleAll(ports, kind, remaining_ms, tally)
    if (kind !== 'status') isDrained &&= isDone
  }
  // Whoever took a number long ago has either written it or lost its record only if nothing older is left to look at.
  if (isDrained) tally.gaps = await findGaps(ports, looked_at)
  return tally
}

/** @returns true if nothing of the kind is left that is due */
async function settleAll(ports: Ports, kind: Kind, remaining_ms: () => number, tally: Tally): Promise<boolean> {
  const now_s = Math.floor(ports.clock.now() / 1000)
  const ids = await ports.store.due(kind, now_s, LOOKS_MAX)
  const failedBefore = tally.failed
  for (let i = 0; i < ids.length; i += LOOKS_PER_BEAT) {
    if (remaining_ms() < LOOK_MIN_MS) return false
    if (i > 0) await ports.clock.sleep(LOOK_BEAT_MS)
    await Promise.all(ids.slice(i, i + LOOKS_PER_BEAT).map((id) => settleOne(ports, id, kind, remaining_ms, tally)))
  }
  return ids.length < LOOKS_MAX && tally.failed === failedBefore
}

async function settleOne(
  ports: Ports,
  id: string,
  kind: Kind,
  remaining_ms: () => number,
  tally: Tally,
): Promise<void> {
  try {
    const record = await ports.store.get(id)
    const now_ms = ports.clock.now()
    // The index may lag: the record itself says whether it is due.
    if (record?.open !== kind || (record.due_at ?? 0) * 1000 > now_ms || isLeased(record, now_ms)) return
    tally[kind] += 1
    await LOOKS[kind](ports, record, remaining_ms)
  } catch (error) {
    // in_progress: another is at work on it. Everything else is found due again by a later run, and must not stop this one.
    if (hasCode(error, 'in_progress')) return
    tally.failed += 1
    if (hasCode(error, 'record_unreadable')) ports.report({ event: 'alarm', alarm: 'record_unreadable', id, error })
    else if (!(error instanceof AppError)) ports.report({ event: 'alarm', alarm: 'look_failed', id, error })
  }
}

/** A look at a record that is due, by what is open in it. Each of them writes, so that its version moves (docs/adr/0006). */
const LOOKS: Record<Kind, (ports: Ports, record: RedpackRecord, remaining_ms: () => number) => Promise<unknown>> = {
  outcome: settleOutcome,
  repair: async (ports, record, remaining_ms) =>
    save(ports, record, { ...record, seq: await takeSeq(ports, record) }, { remaining_ms }),
  status: async (ports, record, remaining_ms) => {
    const { reply, merchant } = await tryToQuery(ports, record, remaining_ms())
    const { status_looks_s } = merchant ?? {}
    return save(ports, record, afterStatusLook(record, reply), { remaining_ms, status_looks_s })
  },
}

async function settleOutcome(ports: Ports, found: RedpackRecord, remaining_ms: () => number): Promise<void> {
  const record = lapsed(found)
  const seq = await takeSeq(ports, record)
  const asked_ms = ports.clock.now()
  if (isBeyondQuery(record, asked_ms)) {
    await save(ports, found, { ...afterLastLook(record), seq }, { remaining_ms })
    return
  }
  const { reply, merchant } = await tryToQuery(ports, record, remaining_ms())
  const { held_before, isStopped } = await ports.controls.read()
  const { state, send_again } = afterLook(record, reply, asked_ms, isHeld(record, held_before))
  if (!send_again || !merchant || isStopped(record.miniapp_id)) {
    await save(ports, found, { ...state, seq }, { remaining_ms, status_looks_s: merchant?.status_looks_s })
    return
  }
  // The same number and the same parameters.
  const taken = await takeOver(ports, found, { ...state, seq }, merchant, remaining_ms())
  if (taken.applied) await callAndRecord(ports, taken, merchant, remaining_ms)
}

/** A merchant whose certificate is missing or broken cannot ask; its records wait, and are looked at again. */
async function tryToQuery(
  ports: Ports,
  record: RedpackRecord,
  remaining_ms: number,
): Promise<{ reply: Queried; merchant?: Merchant }> {
  try {
    return await query(ports, record, remaining_ms)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    ports.report({ event: 'alarm', alarm: 'merchant_unusable', record, why: error.code })
    return { reply: { means: 'unclear' } }
  }
}
