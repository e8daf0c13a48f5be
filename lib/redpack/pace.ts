// The pace of calls to WeChat: turns of one merchant's calls, and how its 30 a second are shared (docs/adr/0016).
import {
  CALLS_PER_S,
  PACED_PER_S,
  SECOND_MS,
  SETTLE_CALLS_MIN_PER_S,
  SETTLE_CALLS_PER_S,
  SHARE_PERMIT_MS,
  SHARE_READ_MS,
} from '../durations.ts'
import { AppError } from '../errors.ts'
import type { Clock, Pace, Ports } from './ports.ts'

/** The part of a turn's length by which it may come late, for the next one to make up for it. */
const LATE = 0.2
/** When WeChat says that calls come too fast, a fifth of the speed goes, down to an eighth; each second brings a twentieth of the whole back. */
const SPEED = { keep: 0.8, least: 1 / 8, back_per_s: 0.05 }

/** For single sends: WeChat itself says if they come too fast. */
export const UNPACED: Pace = { turn: async () => true, waiting: () => 0, tooFast: () => {} }

/**
 * The calls a second of a campaign's worker: what was asked for, if settle's least share remains; while settle may not have seen it,
 * no more than settle leaves with its whole share.
 */
export function shareOfCampaign(rate_per_s: number, isSeen: boolean): number {
  return Math.min(rate_per_s, CALLS_PER_S - (isSeen ? SETTLE_CALLS_MIN_PER_S : SETTLE_CALLS_PER_S))
}

/** The calls a second of settle beside a campaign of the same merchant that takes `campaign` of them; 0: none runs. */
export function shareOfSettle(campaign: number): number {
  return campaign === 0 ? SETTLE_CALLS_PER_S : Math.max(SETTLE_CALLS_MIN_PER_S, PACED_PER_S - campaign)
}

/** True if so much time has passed since then, or nobody knows how much, because the clock was set back. */
export function hasPassed(duration_ms: number, since_ms: number, now_ms: number): boolean {
  return now_ms < since_ms || now_ms - since_ms >= duration_ms
}

/**
 * Turns in the order in which they were asked for. However late a process wakes, no second has more of them than `perSecond` says,
 * which is asked before each turn: a stall is not caught up with.
 */
export class Turns {
  readonly #clock: Clock
  readonly #perSecond: () => Promise<number>
  #planned_ms = Number.NEGATIVE_INFINITY
  #tail: Promise<unknown> = Promise.resolve()
  /** Of the whole, when WeChat last said that calls come too fast. */
  #speed = 1
  #slowed_ms = Number.NEGATIVE_INFINITY
  /** Calls that wait for their turn. */
  waiting = 0
  /** When the last turn was. */
  last_ms = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, perSecond: () => Promise<number>) {
    this.#clock = clock
    this.#perSecond = perSecond
  }

  /** @returns false if `isWorth` has turned false before the turn came */
  turn(isWorth: () => boolean): Promise<boolean> {
    this.waiting += 1
    const turn = this.#tail.then(() => this.#next(isWorth))
    this.#tail = turn.catch(() => {})
    return turn.finally(() => {
      this.waiting -= 1
    })
  }

  /** Calls that are told in the same second that they are too fast say it once. */
  tooFast(): void {
    const now_ms = this.#clock.now()
    if (!hasPassed(SECOND_MS, this.#slowed_ms, now_ms)) return
    this.#speed = Math.max(SPEED.least, this.#speedAt(now_ms) * SPEED.keep)
    this.#slowed_ms = now_ms
  }

  #speedAt(now_ms: number): number {
    return Math.min(1, this.#speed + (SPEED.back_per_s * Math.max(0, now_ms - this.#slowed_ms)) / SECOND_MS)
  }

  async #next(isWorth: () => boolean): Promise<boolean> {
    while (isWorth()) {
      const per_s = await this.#perSecond()
      const now_ms = this.#clock.now()
      const length_ms = lengthOf(per_s) / this.#speedAt(now_ms)
      // A turn is planned no later than it comes: the clock was set back, and the next one would wait for as long.
      if (now_ms < this.#planned_ms) this.#planned_ms = now_ms
      const planned_ms = this.#planned_ms + length_ms
      if (now_ms >= planned_ms) {
        if (!isWorth()) return false
        this.#planned_ms = Math.max(planned_ms, now_ms - Math.floor(LATE * length_ms))
        this.last_ms = now_ms
        return true
      }
      await this.#clock.sleep(Math.min(planned_ms - now_ms, SECOND_MS))
    }
    return false
  }
}

/** The turn after one that came late comes by so much sooner: without room for that, a second would have one too many. */
function lengthOf(per_s: number): number {
  return SECOND_MS / Math.max(per_s - LATE, per_s / 2)
}

/**
 * The pace of one run of settle, which has the `of`-th part of each merchant's share. Its whole share is permitted for a while after a
 * read of the merchant's campaigns was issued that found none at work; a worker that begins waits for longer than that.
 */
export function paceOfSettle({ clock, campaignRate }: Pick<Ports, 'clock' | 'campaignRate'>, of: number): Pace {
  const turns = new Map<string, Turns>()

  function turnsOf(mch_id: string): Turns {
    let [read_ms, share] = [Number.NEGATIVE_INFINITY, SETTLE_CALLS_MIN_PER_S]
    return new Turns(clock, async () => {
      const now_ms = clock.now()
      if (hasPassed(SHARE_READ_MS, read_ms, now_ms)) {
        share = await campaignRate(mch_id).then(shareOfSettle, ifUnavailable)
        read_ms = now_ms
      }
      return (hasPassed(SHARE_PERMIT_MS, read_ms, clock.now()) ? SETTLE_CALLS_MIN_PER_S : share) / of
    })
  }

  const known = (mch_id: string): Turns => {
    const standing = turns.get(mch_id) ?? turnsOf(mch_id)
    turns.set(mch_id, standing)
    return standing
  }
  return {
    turn: (mch_id, isWorth) => known(mch_id).turn(isWorth),
    waiting: (mch_id) => known(mch_id).waiting,
    tooFast: (mch_id) => known(mch_id).tooFast(),
  }
}

/** What settle may call beside any campaign. */
function ifUnavailable(error: unknown): number {
  if (error instanceof AppError) return SETTLE_CALLS_MIN_PER_S
  throw error
}
