// One write of a record, and what it entails: reports, alarms, the reservation against the daily limit, the list of open sends.
import { ANSWER_MS, STATUS_LOOKS_S, WRITE_AGAIN_AFTER_MS, WRITE_TRY_MAX_MS } from '../durations.ts'
import { AppError, hasCode } from '../errors.ts'
import { effectsOf, reservationOf } from './effects.ts'
import { planned } from './looks.ts'
import type { Ports, Written } from './ports.ts'
import type { RedpackRecord, State } from './record.ts'

export type SaveOptions = {
  /** What is left of the invocation, in ms. */
  remaining_ms(): number
  /** When the merchant's packets are followed. */
  status_looks_s?: readonly number[] | undefined
}

/**
 * Plans the next look, writes `after` over `seen`, and does what the change entails.
 * @returns `applied` false if another writer was there first, and in any case the record that stands now
 * @throws AppError store_unavailable if all tries fail; the write may have been made all the same
 */
export async function save(
  ports: Ports,
  seen: RedpackRecord,
  after: State,
  { remaining_ms, status_looks_s = STATUS_LOOKS_S }: SaveOptions,
): Promise<Written> {
  // The reservation of a record that is final already is closed first, so that one write says that it is.
  const closed = await isClosed(ports, seen)
  const next = closed ? { ...after, limit_day: undefined } : after
  const written = await writeWithRetry(
    ports,
    seen,
    planned(seen, next, ports.clock.now(), status_looks_s),
    remaining_ms,
  )
  if (written.applied) await follow(ports, seen, written.record, remaining_ms)
  return written
}

async function writeWithRetry(
  ports: Ports,
  seen: RedpackRecord,
  next: State,
  remaining_ms: () => number,
): Promise<Written> {
  const write = ports.store.prepare(seen, next)
  const tryOnce = () => write(Math.max(1, Math.min(WRITE_TRY_MAX_MS, remaining_ms() - ANSWER_MS)))
  for (const wait_ms of WRITE_AGAIN_AFTER_MS) {
    try {
      return await tryOnce()
    } catch (error) {
      if (!hasCode(error, 'store_unavailable') || remaining_ms() < wait_ms + ANSWER_MS) throw error
      await ports.clock.sleep(wait_ms)
    }
  }
  return tryOnce()
}

async function isClosed(ports: Ports, seen: RedpackRecord): Promise<boolean> {
  const how = reservationOf(seen)
  return how !== undefined && (await isDone(ports.limits[how](seen, seen.limit_day ?? '')))
}

/** What a write entails. If the store cannot be reached or no time is left, settle closes the reservation with a later look. */
async function follow(
  ports: Ports,
  before: RedpackRecord,
  record: RedpackRecord,
  remaining_ms: () => number,
): Promise<void> {
  const { report_outcome, alarm, reservation, open_list } = effectsOf(before, record)
  if (report_outcome) ports.report({ event: 'outcome', record, from: before.outcome })
  if (alarm) ports.report({ event: 'alarm', alarm, record })
  if (remaining_ms() < WRITE_TRY_MAX_MS + ANSWER_MS) return
  if (reservation) await isDone(ports.limits[reservation](record, record.limit_day ?? ''))
  if (open_list) await isDone(open_list === 'add' ? ports.limits.addOpen(record) : ports.limits.removeOpen(record))
}

async function isDone(call: Promise<void>): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}
