// Writing down what an attempt or a query came to.
import { AppError, hasCode } from '../errors.ts'
import { attempt, type Verdict } from './attempt.ts'
import { change, changePatiently } from './change.ts'
import { type Claim, isSettled } from './claim.ts'
import type { Changes, Merchant, Ports } from './ports.ts'
import type { RedpackRecord } from './record.ts'
import { due } from './schedule.ts'

/**
 * Calls WeChat under a claim and writes what became of it; takes the list's number meanwhile.
 * Out: the record to answer from. Where the end could not be written it is unknown, whatever WeChat said: settle will find out.
 * @throws AppError store_unavailable, while nothing has gone to WeChat
 */
export async function perform(
  ports: Ports,
  claim: Claim,
  merchant: Merchant,
  remaining_ms: () => number,
): Promise<RedpackRecord> {
  const { record } = claim
  const seq = takeSeq(ports, record)
  let verdict: Verdict
  try {
    verdict = await attempt(ports, claim, merchant, remaining_ms)
  } catch (error) {
    // The limit could not be reserved: give the lease back, so that the same key can try again at once.
    if (error instanceof AppError) await finish(ports, record, { outcome: 'unknown', called: false }, await seq)
    throw error
  }
  return finish(ports, record, verdict, await seq)
}

async function finish(
  ports: Ports,
  record: RedpackRecord,
  verdict: Verdict,
  seq: number | undefined,
): Promise<RedpackRecord> {
  try {
    const { mine, record: standing } = await conclude(ports, record, { ...changesOf(verdict, record), seq })
    return mine || isSettled(standing) ? standing : unanswered(standing)
  } catch (error) {
    if (!hasCode(error, 'store_unavailable')) throw error
    return unanswered(record)
  }
}

function unanswered(record: RedpackRecord): RedpackRecord {
  return { ...record, outcome: 'unknown', err_code: undefined, err_code_des: undefined }
}

function changesOf(verdict: Verdict, record: RedpackRecord): Changes {
  if (verdict.outcome === 'sent') {
    const { send_listid, raw } = verdict
    return { outcome: 'sent', send_listid, raw_result: raw, err_code: undefined, err_code_des: undefined }
  }
  const { outcome, err_code, err_code_des, raw, called } = verdict
  // Never reserved where the refusal is ours, so there is nothing to give back.
  const limit_day = outcome === 'refused' && !called ? undefined : record.limit_day
  const doubted = record.doubted || (outcome === 'unknown' && called)
  const disputed = err_code === 'FATAL_ERROR' ? true : record.disputed
  return { outcome, err_code, err_code_des, raw_result: raw, doubted, disputed, limit_day }
}

/** Writes the end of an attempt or what a query taught, frees the lease, plans what is still open, and squares the daily limit. */
export async function conclude(
  ports: Ports,
  seen: RedpackRecord,
  learned: Changes,
): Promise<{ mine: boolean; record: RedpackRecord }> {
  const now_ms = ports.clock.now()
  const checks = learned.outcome === undefined || learned.outcome === seen.outcome ? seen.checks : 0
  const changes: Changes = {
    checks,
    lease_until_ms: 0,
    quiet_since_ms: Math.min(seen.quiet_since_ms, now_ms),
    ...learned,
  }
  const next = { ...seen, ...changes } as RedpackRecord
  const changed = await changePatiently(ports, seen, { ...changes, ...due(next, Math.floor(now_ms / 1000)) })
  if (!changed.mine) return changed
  if (changed.record.outcome === seen.outcome && seen.outcome === 'sent') return changed
  if (changed.record.outcome !== seen.outcome) ports.report({ event: 'outcome', record: changed.record })
  return { mine: true, record: await squareLimit(ports, changed.record) }
}

/** Gives a refused send's part of the daily limit back; a sent one's stays counted. Where that fails, settle does it. */
async function squareLimit(ports: Ports, record: RedpackRecord): Promise<RedpackRecord> {
  const { limit_day, outcome } = record
  if (limit_day === undefined) return record
  try {
    if (outcome === 'sent') await ports.limits.keep(record, limit_day)
    if (outcome !== 'refused') return record
    await ports.limits.release(record, limit_day)
    const squared: RedpackRecord = { ...record, limit_day: undefined }
    const changes: Changes = { limit_day: undefined, ...due(squared, Math.floor(ports.clock.now() / 1000)) }
    return (await change(ports, record, changes)).record
  } catch (error) {
    if (hasCode(error, 'store_unavailable')) return record
    throw error
  }
}

/** The list's number for a record that has none; undefined where it cannot be had now, and settle will take one. */
export async function takeSeq({ store }: Ports, record: RedpackRecord): Promise<number | undefined> {
  if (record.seq !== undefined) return record.seq
  try {
    return await store.takeSeq(record.miniapp_id)
  } catch {
    return undefined
  }
}
