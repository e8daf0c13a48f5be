// The scheduler of settle: finds what is due, and begins looks on a beat, each merchant's at its own pace (docs/adr/0012).
import {
  LATE_MAX_S,
  LOOK_BEAT_MS,
  LOOK_MIN_MS,
  LOOKS_PER_S,
  MINUTE_S,
  QUERY_MAX_MS,
  QUERY_MIN_MS,
  QUERY_RESERVE_MS,
  RESEND_MIN_MS,
  RESENDS_PER_S,
  SECOND_MS,
} from '../durations.ts'
import { hasCode } from '../errors.ts'
import { adapt, isEmpty, type Lane, type Looked, newLane, refill, spend, takeNext } from './lanes.ts'
import type { Clock, Cursor, Due, Pace, Store } from './ports.ts'
import { KINDS, type Kind } from './record.ts'
import type { Shard, Share } from './shards.ts'

/** Looks under way in one run. */
const IN_FLIGHT_MAX = 200
/** Entries of one kind that a run reads; what is beyond them waits for the next. */
const READ_MAX = 100_000
/** Entries of a shard that are read before the next shard's; the 16 together about fill the lane of a merchant that has them all. */
const FIRST_PAGE = 60
/** Calls of a merchant that may wait for their turn. More would keep other merchants' looks out, and be asked about late. */
const WAITING_MAX = 4
/** Shards that are read at the same time. */
const READERS = 4

/** Every time limit of a look. */
export type Budget = {
  /** What is left of this invocation. */
  remaining_ms(): number
  /** False if a query that begins now would leave too little to write down what it showed. */
  mayAsk(): boolean
  /** What a query that begins now may take. */
  query_ms(): number
  /** Waits for the merchant's turn to be sent again. @returns false if it does not come in the time that is left */
  maySend(): Promise<boolean>
}
export type Look = (kind: Kind, id: string, budget: Budget) => Promise<Looked>

/** Looks by kind; those that failed, or shards that could not be read; what is known to be left; the oldest's lateness when the run began. */
export type Tally = Record<Kind, number> & {
  failed: number
  left: Record<Kind, number>
  behind_s: Record<Kind, number>
}

export type Work = {
  readonly store: Pick<Store, 'page'>
  readonly clock: Clock
  readonly look: Look
  readonly pace: Pick<Pace, 'waiting'>
  readonly share: Share
  /** What is left of this invocation. */
  remaining_ms(): number
  readonly beat_ms?: number
}

/** What the parts of one run share. */
type Run = {
  readonly work: Work
  readonly beat_ms: number
  readonly lanes: Map<string, Lane>
  readonly tally: Tally
  in_flight: number
}

/**
 * One run: looks at what is due until nothing is left or the time is over, and ends when the last look has ended.
 * @throws AppError store_unavailable if not one shard could be read
 */
export async function run(work: Work): Promise<Tally> {
  const { clock, remaining_ms, beat_ms = LOOK_BEAT_MS } = work
  const current: Run = { work, beat_ms, lanes: new Map(), tally: noTally(), in_flight: 0 }
  const { lanes, tally } = current
  let isReading = true
  const reading = readAll(current).finally(() => {
    isReading = false
  })
  // Met where it is awaited, after the last beat.
  reading.catch(() => undefined)
  let last_ms = clock.now()
  for (let beat = 0; remaining_ms() >= LOOK_MIN_MS; beat += 1) {
    // A clock may step back.
    const elapsed_s = Math.max(0, clock.now() - last_ms) / SECOND_MS
    last_ms = clock.now()
    for (const lane of inTurn([...lanes.values()], beat)) {
      refill(lane.looks, elapsed_s)
      refill(lane.resends, elapsed_s)
      begin(current, lane)
    }
    if (!isReading && current.in_flight === 0 && [...lanes.values()].every(isEmpty)) break
    await clock.sleep(beat_ms)
  }
  // What runs on after this invocation would be frozen, and go on in the next one.
  while (current.in_flight > 0 && remaining_ms() > beat_ms) await clock.sleep(beat_ms)
  await reading
  tally.failed += current.in_flight
  for (const { queue } of lanes.values()) for (const kind of KINDS) tally.left[kind] += queue[kind].length
  return tally
}

function noTally(): Tally {
  const none = { outcome: 0, repair: 0, status: 0 }
  return { ...none, failed: 0, left: { ...none }, behind_s: { ...none } }
}

/** No lane is always the first. */
function inTurn<T>(all: readonly T[], beat: number): T[] {
  const first = all.length === 0 ? 0 : beat % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}

/** Begins all looks of a lane that may begin now. */
function begin(current: Run, lane: Lane): void {
  while (current.in_flight < IN_FLIGHT_MAX && hasRoom(current, lane)) {
    const next = takeNext(lane)
    if (!next) return
    void lookAt(current, lane, next.kind, next.id)
  }
}

function hasRoom({ work }: Run, { mch_id }: Lane): boolean {
  return work.pace.waiting(mch_id) < WAITING_MAX
}

async function lookAt(current: Run, lane: Lane, kind: Kind, id: string): Promise<void> {
  lane.in_flight += 1
  current.in_flight += 1
  try {
    const looked = await current.work.look(kind, id, budgetOf(current, lane))
    if (looked !== 'not_due') current.tally[kind] += 1
    adapt(lane, looked)
  } catch (error) {
    // in_progress: another is at work on it. Everything else is found due again by a later run, and must not stop this one.
    if (!hasCode(error, 'in_progress')) current.tally.failed += 1
  } finally {
    lane.in_flight -= 1
    current.in_flight -= 1
  }
}

function budgetOf(current: Run, lane: Lane): Budget {
  const { clock, remaining_ms } = current.work
  return {
    remaining_ms,
    mayAsk: () => remaining_ms() >= QUERY_MIN_MS + QUERY_RESERVE_MS,
    query_ms: () => Math.max(QUERY_MIN_MS, Math.min(QUERY_MAX_MS, remaining_ms() - QUERY_RESERVE_MS)),
    async maySend() {
      while (remaining_ms() >= RESEND_MIN_MS) {
        if (hasRoom(current, lane) && spend(lane.resends)) return true
        await clock.sleep(current.beat_ms)
      }
      return false
    },
  }
}

/**
 * Reads the shards of every kind into the lanes, outcomes first: a short page of each, then the rest in turn. A lane has room for
 * what it can do in one run, so that a backlog in the first shards must not keep the last ones out; each minute begins with another.
 */
async function readAll(current: Run): Promise<void> {
  const { store, clock, share, remaining_ms } = current.work
  const due_by_s = Math.floor(clock.now() / SECOND_MS)
  const shards = inTurn(share.shards, Math.floor(due_by_s / MINUTE_S))
  const todo: Unread[] = KINDS.flatMap((kind) => shards.map((shard) => ({ kind, shard, after: undefined })))
  const entries = { outcome: 0, repair: 0, status: 0 }
  const failures: unknown[] = []

  async function read({ kind, shard, after }: Unread): Promise<void> {
    const { due, next } = await store.page(kind, shard, due_by_s, after ? { after } : { limit: FIRST_PAGE })
    entries[kind] += due.length
    for (const one of due) enqueue(current, kind, one, due_by_s)
    if (next) todo.push({ kind, shard, after: next })
  }

  async function reader(): Promise<void> {
    for (let next = todo.shift(); next && remaining_ms() >= LOOK_MIN_MS; next = todo.shift()) {
      if (entries[next.kind] < READ_MAX) await read(next).catch((error: unknown) => failures.push(error))
    }
  }

  await Promise.all(Array.from({ length: READERS }, reader))
  current.tally.failed += failures.length
  if (failures.length === KINDS.length * share.shards.length) throw failures[0]
}
type Unread = { kind: Kind; shard: Shard; after: Cursor | undefined }

/** What a lane cannot do in this run stays in the index: memory is bounded, and no merchant's backlog hides another's. */
function enqueue(current: Run, kind: Kind, { id, mch_id, due_at }: Due, due_by_s: number): void {
  const { tally, work } = current
  tally.behind_s[kind] = Math.max(tally.behind_s[kind], due_by_s - due_at)
  const { looks, queue } = laneOf(current, mch_id)
  if (queue[kind].length > (looks.per_s * work.remaining_ms()) / SECOND_MS) tally.left[kind] += 1
  else queue[kind].push(id)
}

function laneOf({ lanes, beat_ms, work: { share } }: Run, mch_id: string): Lane {
  const known = lanes.get(mch_id)
  if (known) return known
  const lane = newLane(mch_id, LOOKS_PER_S / share.of, RESENDS_PER_S / share.of, LATE_MAX_S + beat_ms / SECOND_MS)
  lanes.set(mch_id, lane)
  return lane
}
