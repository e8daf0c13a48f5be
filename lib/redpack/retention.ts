// Erases what is personal in records that have been at rest for the retention period. Each mini app's list is gone through once,
// from its oldest record on; how far, is remembered.
import { DAY_S, ERASE_MIN_MS, HOUR_S, MINUTE_S, WRITE_TRY_MAX_MS } from '../durations.ts'
import { AppError } from '../errors.ts'
import { erased, forgotten, isAtRest, isKeptLongEnough } from './erasure.ts'
import type { Erasures, Ports } from './ports.ts'
import type { RedpackRecord } from './record.ts'
import { isLeased } from './rules.ts'
import { SHARDS, type Share, WHOLE } from './shards.ts'

/** Records of one page. */
const PAGE = 100
/** Every record is at rest after 31 days. One that is not by then waits for people; it is marked and holds nobody up. */
const STUCK_AFTER_S = 60 * DAY_S

type World = Pick<Ports, 'store' | 'sequences' | 'clock' | 'miniapps'>

/**
 * Once an hour, and in each run while there is more, by one entry of the schedule for all. `retention_s` counts from the write that
 * brought a record to rest.
 * @returns how many records were erased. @throws AppError store_unavailable, secrets_unavailable
 */
export async function eraseOld(
  world: World,
  erasures: Erasures,
  retention_s: number,
  remaining_ms: () => number,
  { shards }: Share = WHOLE,
): Promise<number> {
  if (!shards.includes(SHARDS[0])) return 0
  const { next_at, done_to } = await erasures.read()
  const now_s = Math.floor(world.clock.now() / 1000)
  if (now_s < next_at || remaining_ms() < ERASE_MIN_MS) return 0
  const done = new Map(done_to)
  let [count, isDone] = [0, true]
  // A mini app that nobody may call for any more is still remembered here.
  for (const miniapp_id of new Set([...done.keys(), ...(await world.miniapps())])) {
    const last_seq = (await world.sequences.read(miniapp_id)).last_seq
    const one = await eraseOne(
      world,
      miniapp_id,
      done.get(miniapp_id) ?? 0,
      { last_seq, now_s, retention_s },
      remaining_ms,
    )
    done.set(miniapp_id, one.done_to)
    count += one.count
    isDone &&= one.isDone
  }
  await erasures.save({ next_at: now_s + (isDone ? HOUR_S : MINUTE_S), done_to: done })
  return count
}

type Bounds = { last_seq: number; now_s: number; retention_s: number }

async function eraseOne(
  { store, clock }: World,
  miniapp_id: string,
  begun_at: number,
  { last_seq, now_s, retention_s }: Bounds,
  remaining_ms: () => number,
): Promise<{ done_to: number; count: number; isDone: boolean }> {
  let [done_to, count] = [begun_at, 0]
  for (let from = begun_at + 1; from <= last_seq; from += PAGE) {
    if (remaining_ms() < ERASE_MIN_MS) return { done_to, count, isDone: false }
    const page = (await store.range(miniapp_id, from, Math.min(last_seq, from + PAGE - 1))).reverse()
    const young = page.findIndex((record) => !isDue(record, now_s, retention_s, clock.now()))
    const due = young < 0 ? page : page.slice(0, young)
    const open = due.filter(({ erased_at }) => erased_at === undefined)
    const written = await Promise.all(open.map((record) => isErased(store, record, now_s)))
    count += written.filter((isWritten) => isWritten).length
    if (written.includes(false)) return { done_to, count, isDone: false }
    done_to = due.at(-1)?.seq ?? done_to
    // A page without records is one of gaps; whether what comes after it is old, its records say.
    if (young >= 0) break
  }
  return { done_to, count, isDone: true }
}

/** Records come in the order in which they were made; the first that is not due holds the others back for some weeks at most. */
function isDue(record: RedpackRecord, now_s: number, retention_s: number, now_ms: number): boolean {
  if (record.erased_at !== undefined || isKeptLongEnough(record, now_s, retention_s)) return true
  const isStuck = !isAtRest(record) && now_s - record.created_at >= retention_s + STUCK_AFTER_S
  return isStuck && !isLeased(record, now_ms)
}

/** @returns false if another writer was quicker, or the store did not answer: a later run comes back to it */
async function isErased(store: Ports['store'], record: RedpackRecord, now_s: number): Promise<boolean> {
  const next = isAtRest(record) ? erased(record, now_s) : forgotten(record, now_s)
  try {
    return (await store.prepare(record, next)(WRITE_TRY_MAX_MS)).applied
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}
