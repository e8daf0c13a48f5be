// Numbers that were taken and never written: found once, kept in the book, so that pages and total_count are exact at rest.
import type { SettlePorts } from './ports.ts'

/** A number is looked for when it is this old: longer than any lease, and than an index lags. */
const RIPE_S = 15 * 60
/** Numbers of one mini app that one run looks at; the watermark remembers where it stopped. */
const NUMBERS_MAX = 3_000

/** Out: how many holes were found. To be called only when no open record is left that is due. */
export async function findHoles(ports: SettlePorts): Promise<number> {
  let found = 0
  for (const miniapp_id of await ports.miniapps()) found += await findHolesOf(ports, miniapp_id)
  return found
}

async function findHolesOf({ store, clock }: SettlePorts, miniapp_id: string): Promise<number> {
  const now_s = Math.floor(clock.now() / 1000)
  const seen = await store.holeSearch(miniapp_id)
  if (seen.mark <= seen.watermark) {
    const { last_seq } = await store.book(miniapp_id)
    if (last_seq > seen.watermark)
      await store.saveHoleSearch(miniapp_id, seen, { ...seen, mark: last_seq, mark_at: now_s }, [])
    return 0
  }
  if (now_s - seen.mark_at < RIPE_S) return 0
  const from = seen.watermark + 1
  const to = Math.min(seen.mark, seen.watermark + NUMBERS_MAX)
  const written = new Set(await store.seqsIn(miniapp_id, from, to))
  const holes = Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((seq) => !written.has(seq))
  const saved = await store.saveHoleSearch(miniapp_id, seen, { ...seen, watermark: to }, holes)
  return saved ? holes.length : 0
}
