// One lane for each merchant: its records that are due, and the pace at which it may be asked about. No merchant delays another.
import { KINDS, type Kind } from './record.ts'

/** Looks under way in one lane; 20 hold 20 looks a second at a second each. A new lane begins with a few. */
const IN_FLIGHT_FIRST = 4
const IN_FLIGHT_MAX = 20
/** One look in ten is at a packet's status, even if outcomes wait. */
const STATUS_EVERY = 10

export type Lane = {
  readonly mch_id: string
  readonly queue: Record<Kind, string[]>
  readonly looks: Bucket
  readonly resends: Bucket
  in_flight: number
  /** Looks that may be under way: falls if WeChat does not answer, and rises again. */
  limit: number
  turn: number
}

/** Tokens that come at a rate; `room` is the most that it holds. */
export type Bucket = { readonly per_s: number; readonly room: number; tokens: number }

/** What a look came to. `silent`: WeChat did not answer, or asked to be asked less. `not_asked`: nothing was to be learned about it. */
export type Looked = 'answered' | 'silent' | 'not_asked' | 'not_due'

/** `late_s`: the time that a bucket makes up for. */
export function newLane(mch_id: string, looks_per_s: number, resends_per_s: number, late_s: number): Lane {
  const bucket = (per_s: number): Bucket => ({ per_s, room: Math.max(1, per_s * late_s), tokens: 1 })
  return {
    mch_id,
    queue: { outcome: [], repair: [], status: [] },
    looks: bucket(looks_per_s),
    resends: bucket(resends_per_s),
    in_flight: 0,
    limit: IN_FLIGHT_FIRST,
    turn: 0,
  }
}

export function refill(bucket: Bucket, elapsed_s: number): void {
  bucket.tokens = Math.min(bucket.room, bucket.tokens + bucket.per_s * elapsed_s)
}

/** Takes a token. @returns false if there is none */
export function spend(bucket: Bucket): boolean {
  if (bucket.tokens < 1) return false
  bucket.tokens -= 1
  return true
}

/** The next record that the lane may look at now, taken out of its queue. */
export function takeNext(lane: Lane): { kind: Kind; id: string } | undefined {
  const kind = nextKind(lane)
  if (!kind || lane.in_flight >= lane.limit || !spend(lane.looks)) return undefined
  lane.turn += 1
  const id = lane.queue[kind].shift()
  return id === undefined ? undefined : { kind, id }
}

function nextKind({ queue, turn }: Lane): Kind | undefined {
  if (turn % STATUS_EVERY === STATUS_EVERY - 1 && queue.status.length > 0) return 'status'
  return KINDS.find((kind) => queue[kind].length > 0)
}

export function isEmpty({ queue }: Lane): boolean {
  return KINDS.every((kind) => queue[kind].length === 0)
}

/** A merchant that is not answered falls to one look at a time, which soon no longer holds up anybody, and comes back as fast. */
export function adapt(lane: Lane, looked: Looked): void {
  if (looked === 'silent') lane.limit = Math.max(1, Math.floor(lane.limit / 2))
  if (looked === 'answered') lane.limit = Math.min(IN_FLIGHT_MAX, lane.limit + 1)
}
