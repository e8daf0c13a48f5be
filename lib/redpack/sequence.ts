// The sequence of a mini app: a record's number in the list, and the search for numbers that no record has.
import { GAP_AFTER_S, GAP_DUE_WITHIN_S, LOOK_MIN_MS } from '../durations.ts'
import { hasCode } from '../errors.ts'
import type { Ports } from './ports.ts'
import type { RedpackRecord } from './record.ts'
import { SHARDS } from './shards.ts'

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
 * Finds gaps, once each, so that pages and total_count are exact at rest. Run by one entry of the schedule (docs/adr/0006).
 * @returns how many gaps were found
 */
export async function findGaps(ports: Ports, remaining_ms: () => number): Promise<number> {
  let found = 0
  let asking: Promise<OldestOpen> | undefined
  // Asked at most once a run, and only if the search of a mini app has come so far.
  const oldest = () => {
    asking ??= oldestOpen(ports)
    return asking
  }
  for (const miniapp_id of await ports.miniapps()) {
    if (remaining_ms() < LOOK_MIN_MS) break
    found += await findGapsOf(ports, miniapp_id, oldest)
  }
  return found
}

async function findGapsOf(ports: Ports, miniapp_id: string, oldest: () => Promise<OldestOpen>): Promise<number> {
  const { sequences, clock } = ports
  const seen = await sequences.search(miniapp_id)
  const now_s = () => Math.floor(clock.now() / 1000)
  if (seen.high_water <= seen.watermark) {
    const { last_seq } = await sequences.read(miniapp_id)
    // After the number is read: whoever took it, or one before it, held its record by then.
    const next = { watermark: seen.watermark, high_water: last_seq, observed_at: now_s(), writers_done: false }
    if (last_seq > seen.watermark) await sequences.saveSearch(miniapp_id, seen, next, [])
    return 0
  }
  if (now_s() - seen.observed_at < GAP_AFTER_S) return 0
  if (!seen.writers_done) {
    // Whoever held a record when the search began was due soon after. It has been written since, or it is still in the index.
    const { asked_at, due_at } = await oldest()
    if (asked_at - seen.observed_at < GAP_AFTER_S || due_at <= seen.observed_at + GAP_DUE_WITHIN_S) return 0
    // Nobody can write such a number any more, but one may have been written a moment ago, and the index may not show it yet.
    await sequences.saveSearch(miniapp_id, seen, { ...seen, observed_at: now_s(), writers_done: true }, [])
    return 0
  }
  const from = seen.watermark + 1
  const to = Math.min(seen.high_water, seen.watermark + NUMBERS_MAX)
  const written = new Set(await sequences.written(miniapp_id, from, to))
  const gaps = Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((seq) => !written.has(seq))
  const saved = await sequences.saveSearch(miniapp_id, seen, { ...seen, watermark: to }, gaps)
  return saved ? gaps.length : 0
}

/** When the index was asked, and when the oldest of all records that may still get a number is due. */
type OldestOpen = { readonly asked_at: number; readonly due_at: number }

/** Those of kind `status` have their number. */
async function oldestOpen({ store, clock }: Ports): Promise<OldestOpen> {
  const asked_at = Math.floor(clock.now() / 1000)
  const firsts = await Promise.all(
    (['outcome', 'repair'] as const).flatMap((kind) =>
      SHARDS.map((shard) => store.page(kind, shard, asked_at, { limit: 1 })),
    ),
  )
  return { asked_at, due_at: Math.min(...firsts.map(({ due: [first] }) => first?.due_at ?? Number.POSITIVE_INFINITY)) }
}
