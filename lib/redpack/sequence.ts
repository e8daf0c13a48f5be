// The sequence of a mini app: a record's number in the list, and the search for numbers that no record has.
import { GAP_AFTER_S } from '../durations.ts'
import { hasCode } from '../errors.ts'
import type { Ports } from './ports.ts'
import type { RedpackRecord } from './record.ts'

/** Numbers of one mini app that one run looks at; the watermark remembers where it stopped. */
const NUMBERS_MAX = 3_000

/** @returns the record's number, a new one if it has none, or undefined if none can be had now: settle takes one later */
export async function takeSeq({ sequences }: Ports, { seq, miniapp_id }: RedpackRecord): Promise<number | undefined> {
  if (seq !== undefined) return seq
  try {
    return await sequences.take(miniapp_id)
  } catch (error) {
    if (hasCode(error, 'store_unavailable') || hasCode(error, 'misconfigured')) return undefined
    throw error
  }
}

/**
 * Finds gaps, once each, so that pages and total_count are exact at rest. To be called only if no open record is left that was
 * due at `looked_at` (seconds) or before: what may have been taken since then is too young, however long ago this run began.
 * @returns how many gaps were found
 */
export async function findGaps(ports: Ports, looked_at: number): Promise<number> {
  let found = 0
  for (const miniapp_id of await ports.miniapps()) found += await findGapsOf(ports, miniapp_id, looked_at)
  return found
}

async function findGapsOf({ sequences, clock }: Ports, miniapp_id: string, looked_at: number): Promise<number> {
  const seen = await sequences.search(miniapp_id)
  const observed_at = Math.floor(clock.now() / 1000)
  if (seen.high_water <= seen.watermark) {
    const { last_seq } = await sequences.read(miniapp_id)
    const next = { watermark: seen.watermark, high_water: last_seq, observed_at, writers_done: false }
    if (last_seq > seen.watermark) await sequences.saveSearch(miniapp_id, seen, next, [])
    return 0
  }
  if (looked_at - seen.observed_at < GAP_AFTER_S) return 0
  if (!seen.writers_done) {
    // Nobody holds such a number any more, but one may have been written a moment ago, and the index may not show it yet.
    await sequences.saveSearch(miniapp_id, seen, { ...seen, observed_at, writers_done: true }, [])
    return 0
  }
  const from = seen.watermark + 1
  const to = Math.min(seen.high_water, seen.watermark + NUMBERS_MAX)
  const written = new Set(await sequences.written(miniapp_id, from, to))
  const gaps = Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((seq) => !written.has(seq))
  const saved = await sequences.saveSearch(miniapp_id, seen, { ...seen, watermark: to }, gaps)
  return saved ? gaps.length : 0
}
