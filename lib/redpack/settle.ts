// settle: brings every record to rest. One run of one entry of the schedule.
import { LEASE_MARGIN_MS } from '../durations.ts'
import { hasCode } from '../errors.ts'
import { lookWith } from './look.ts'
import { paceOfSettle } from './pace.ts'
import type { Ports } from './ports.ts'
import { type Tally as Looks, run } from './scheduler.ts'
import { findGaps } from './sequence.ts'
import { SHARDS, type Share, WHOLE } from './shards.ts'

/** What one run did; or that another run of the same shards was under way, and this one did nothing. */
export type Tally = (Looks & { gaps: number }) | { overlap: true }

/** Runs without the lease, which cannot be had now. */
const NOBODY = ''

/**
 * One run: bounded work, safe beside another run and beside senders; the next run continues where it stopped.
 * `remaining_ms` is what is left of this invocation; `beat_ms` is for a simulation, which has no time for so many beats.
 * @throws AppError store_unavailable if no work can be found
 */
export async function settle(
  ports: Ports,
  remaining_ms: () => number,
  share: Share = WHOLE,
  beat_ms?: number,
): Promise<Tally> {
  const name = `settle#${share.shards[0]}`
  const now_ms = ports.clock.now()
  const until_ms = now_ms + Math.max(0, remaining_ms()) + LEASE_MARGIN_MS
  const holder = await orElse(NOBODY, () => ports.leases.take(name, now_ms, until_ms))
  if (holder === undefined) return { overlap: true }
  try {
    const { store, clock } = ports
    const pace = paceOfSettle(ports, share.of)
    const beat = beat_ms === undefined ? {} : { beat_ms }
    const running = run({ store, clock, look: lookWith({ ...ports, pace }), pace, share, remaining_ms, ...beat })
    const [looks, gaps] = await Promise.all([running, searched(ports, share, remaining_ms)])
    ports.report({ event: 'backlog', behind_s: looks.behind_s, left: looks.left })
    return { ...looks, gaps }
  } finally {
    await orElse(undefined, () => ports.leases.giveBack(name, holder))
  }
}

/** One entry searches for all. What keeps it from searching keeps nobody from looking: the next run goes on. */
async function searched(ports: Ports, { shards }: Share, remaining_ms: () => number): Promise<number> {
  if (!shards.includes(SHARDS[0])) return 0
  return orElse(0, () => findGaps(ports, remaining_ms))
}

/** What AWS refuses to the lease or the search must not keep looks from being made. */
const PASSED_OVER = ['store_unavailable', 'secrets_unavailable', 'misconfigured'] as const

/** The lease and the search may fail for a while without harm. */
async function orElse<T>(fallback: T, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    if (PASSED_OVER.some((code) => hasCode(error, code))) return fallback
    throw error
  }
}
