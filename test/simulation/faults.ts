// What can go wrong, and which of it a seed turns on: FoundationDB's buggify, so that rare combinations meet.
import type { Random } from './random.ts'

/** What can become of one call to a port. Exactly one of these, or nothing. */
export const PORT_FAULTS = [
  'slow',
  'crash_before',
  'crash_after',
  'freeze_before',
  'freeze_after',
  'lost_ack',
  'late_write',
  'throttled',
  'jump',
] as const
export type PortFault = (typeof PORT_FAULTS)[number]

/** What can become of one HTTP exchange with WeChat, and of the process that makes it. */
export const NETWORK_FAULTS = [
  'call_slow',
  'call_crash_before',
  'call_crash',
  'call_freeze_before',
  'call_freeze',
  'call_jump',
  'lost_request',
  'lost_reply',
  'garbage',
  'html',
  'truncated',
  'wrong_echo',
  'other_refusal',
  'bare_refusal',
] as const
export type NetworkFault = (typeof NETWORK_FAULTS)[number]

/** What else can happen. */
const OTHER_FAULTS = [
  'stale_index',
  'stale_secret',
  'stale_list',
  'duplicate',
  'lost_answer',
  'other_params',
  'new_key',
  'clock_step',
  'punctual',
  'overlap',
  // WeChat's own: an error that leaves the outcome open, refusals, lag.
  'unclear_never',
  'unclear_debited',
  'late_debit',
  'long_sending',
  'accepted_fails',
  'refused_first',
  'refused_again',
  'refused_shadow',
  'replay_unclear',
  'query_unclear',
  'used_up',
  'query_lag',
  'lost_from_view',
  'foreign_order',
  'stored_refusal',
  'false_refusal',
  'paid_fails',
] as const

export type Fault = PortFault | NetworkFault | (typeof OTHER_FAULTS)[number]
export const FAULTS: readonly Fault[] = [...PORT_FAULTS, ...NETWORK_FAULTS, ...OTHER_FAULTS]

/** A process makes many calls, so each goes wrong seldom; WeChat and callers act a few times in a run. */
const PORT_RATES = [0.01, 0.03, 0.08, 0.2] as const
const OTHER_RATES = [0.1, 0.25, 0.45, 0.7] as const
/** Of a hundred seeds so many are calm: nothing but delays, so that the plain way is walked too. */
const CALM_SHARE = 0.04
/** Of the others so many have a few faults only, that happen often. */
const NARROW_SHARE = 0.3
const NARROW = 0.12
/** Now and then one kind does not happen: a process that fails at every step gets nowhere near the rare places. */
const SPARED: readonly [readonly Fault[], ...(readonly (readonly Fault[])[])] = [
  [],
  PORT_FAULTS,
  PORT_FAULTS,
  NETWORK_FAULTS,
  OTHER_FAULTS,
]
/** A call fails in one way at most, and not more often than this, or nothing would ever be done. */
const SUM_MAX = 0.55

/** The faults of one run. A fault that is named in `left_out` does not happen: that is how a failure is made shorter. */
export class Faults {
  /** The names of the faults that happened, in order. */
  readonly happened: string[] = []
  readonly rates = new Map<Fault, number>()
  /** True once faults have stopped. */
  calm = false
  readonly #left_out: ReadonlySet<string>

  constructor(random: Random, left_out: ReadonlySet<string>) {
    this.#left_out = left_out
    const isCalm = random.chance(CALM_SHARE)
    const isNarrow = random.chance(NARROW_SHARE)
    const share = isNarrow ? NARROW : random.pick([0.15, 0.3, 0.5])
    const spared = isNarrow ? [] : random.pick(SPARED)
    for (const fault of FAULTS) {
      const isSpared = isCalm || spared.some((one) => one === fault)
      const rate = random.pick(PORT_FAULTS.some((one) => one === fault) ? PORT_RATES : OTHER_RATES)
      this.rates.set(fault, random.chance(share) && !isSpared ? rate : 0)
    }
  }

  /** `where` names the choice, the same in every run of the seed that comes to it. */
  strikes(fault: Fault, where: string, random: Random): boolean {
    const hit = random.next() < (this.rates.get(fault) ?? 0)
    return hit && this.happens(fault, where)
  }

  /** One of `faults`, or none. Draws once. */
  oneOf<F extends Fault>(faults: readonly F[], where: string, random: Random): F | undefined {
    let sum = 0
    for (const fault of faults) sum += this.rates.get(fault) ?? 0
    let draw = random.next() * Math.max(1, sum / SUM_MAX)
    for (const fault of faults) {
      draw -= this.rates.get(fault) ?? 0
      if (draw < 0) return this.happens(fault, where) ? fault : undefined
    }
    return undefined
  }

  /** For choices of the plan that are made before anything runs, and can be left out like faults. */
  happens(what: string, where: string): boolean {
    if (this.calm) return false
    const name = `${where} ${what}`
    if (this.#left_out.has(name)) return false
    this.happened.push(name)
    return true
  }
}
