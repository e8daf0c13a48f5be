// One write of a record, and what it entails: reports, alarms, and the reservation against the daily limit.
import { WRITE_AGAIN_AFTER_MS } from '../durations.ts'
import { hasCode } from '../errors.ts'
import type { Ports, Written } from './ports.ts'
import type { RedpackRecord, State } from './record.ts'
import { effectsOf, planned } from './rules.ts'

/**
 * Plans the next look, writes `after` over `seen`, and does what the change entails.
 * @returns `applied` false if another writer was there first, and in any case the record that stands now
 * @throws AppError store_unavailable if all tries fail; the write may have been made all the same
 */
export async function save(ports: Ports, seen: RedpackRecord, after: State): Promise<Written> {
  const written = await writeWithRetry(ports, seen, planned(seen, after, ports.clock.now()))
  if (!written.applied) return written
  const { record } = written
  const { report_outcome, alarm, reservation } = effectsOf(seen, record)
  if (report_outcome) ports.report({ event: 'outcome', record, from: seen.outcome })
  if (alarm) ports.report({ event: 'alarm', alarm, record })
  return reservation ? { applied: true, record: await closeReservation(ports, record, reservation) } : written
}

async function writeWithRetry(ports: Ports, seen: RedpackRecord, next: State): Promise<Written> {
  const write = ports.store.prepare(seen, next)
  for (const wait_ms of WRITE_AGAIN_AFTER_MS) {
    try {
      return await write()
    } catch (error) {
      if (!hasCode(error, 'store_unavailable')) throw error
      await ports.clock.sleep(wait_ms)
    }
  }
  return write()
}

/** If the store cannot be reached, the reservation of a refused send is released by settle later (`open: 'repair'`). */
async function closeReservation(
  ports: Ports,
  record: RedpackRecord,
  how: 'release' | 'confirm',
): Promise<RedpackRecord> {
  try {
    await ports.limits[how](record, record.limit_day ?? '')
    if (how === 'confirm') return record
    const released = planned(record, { ...record, limit_day: undefined }, ports.clock.now())
    return (await ports.store.prepare(record, released)()).record
  } catch (error) {
    if (hasCode(error, 'store_unavailable')) return record
    throw error
  }
}
