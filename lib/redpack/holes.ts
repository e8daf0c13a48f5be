// Numbers that were taken and never written: found once, kept in the book, so that pages and total_count are exact at rest.
import type { SettlePorts } from './ports.ts'

/** Longer than any lease, and than an index lags: first those who took a number lose it, then the index shows what they wrote. */
const RIPE_S = 15 * 60
/** Numbers of one mini app that one run looks at; the watermark remembers where it stopped. */
const NUMBERS_MAX = 3_000

/**
 * Out: how many holes were found. To be called only when no open record is left that was due at `looked_at` (seconds) or before:
 * what may have been taken since then is not ripe, however long ago this run, if it was frozen, began.
 */
export async function findHoles(ports: SettlePorts, looked_at: number): Promise<number> {
  let found = 0
  for (const miniapp_id of await ports.miniapps()) found += await findHolesOf(ports, miniapp_id, looked_at)
  return found
}

async function findHolesOf({ store, clock }: SettlePorts, miniapp_id: string, looked_at: number): Promise<number> {
  const seen = await store.holeSearch(miniapp_id)
  if (seen.mark <= seen.watermark) {
    const { last_seq } = await store.book(miniapp_id)
    const mark_at = Math.floor(clock.now() / 1000)
    if (last_seq > seen.watermark)
      await store.saveHoleSearch(miniapp_id, seen, { watermark: seen.watermark, mark: last_seq, mark_at }, [])
    return 0
  }
  if (looked_at - seen.mark_at < RIPE_S) return 0
  if (!seen.fenced) {
    // Nobody holds such a number any more, but one may have been written a moment ago, and the index may not show it yet.
    await store.saveHoleSearch(miniapp_id, seen, { ...seen, mark_at: Math.floor(clock.now() / 1000), fenced: true }, [])
    return 0
  }
  const from = seen.watermark + 1
  const to = Math.min(seen.mark, seen.watermark + NUMBERS_MAX)
  const written = new Set(await store.seqsIn(miniapp_id, from, to))
  const holes = Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((seq) => !written.has(seq))
  const saved = await store.saveHoleSearch(miniapp_id, seen, { ...seen, watermark: to }, holes)
  return saved ? holes.length : 0
}
