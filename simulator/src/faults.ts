// The faults that a test asks for: what kinds there are, and the queue they wait in.
import * as v from 'valibot'
import { TEXTS } from './errors.ts'
import { OPS, type Op } from './fields.ts'

const TROUBLES = ['hang', 'reset', 'systemerror', 'processing', 'numeric', 'garbage', 'html'] as const

/** What happens in place of the true answer. */
export type Trouble = (typeof TROUBLES)[number]

/** Every kind of fault: trouble before or after the debit, a debit that comes late, and WeChat's err_codes. */
export const KINDS: readonly string[] = [
  ...TROUBLES.flatMap((trouble) => [`${trouble}_before`, `${trouble}_after`]),
  'late_debit',
  ...Object.keys(TEXTS),
]

/** WeChat adds codes: one that is not known yet can be asked for too, and is its own text. */
const NEW_CODE = /^[A-Z][A-Z0-9_]{2,31}$/

/** Ten years: beyond it a number of seconds is a mistake. */
export const SECONDS_MAX = 315_360_000

/** The body of POST /faults; `seconds` is how long a hang lasts (real time) or until a late debit lands (simulator's clock). */
export const FaultRequest = v.pipe(
  v.strictObject({
    kind: v.pipe(
      v.string(),
      v.check(
        (kind) => KINDS.includes(kind) || NEW_CODE.test(kind),
        ({ input }) => `unknown kind ${JSON.stringify(input).slice(0, 60)}; the kinds are ${KINDS.join(', ')}`,
      ),
    ),
    count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)), 1),
    op: v.optional(v.picklist(OPS)),
    seconds: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(SECONDS_MAX))),
  }),
  v.check(
    ({ kind, op }) => kind !== 'late_debit' || op !== 'gethbinfo',
    'late_debit is about sends: op cannot be gethbinfo',
  ),
)

/** A fault in the queue; `count` is how many calls it is still for. */
export type Fault = v.InferOutput<typeof FaultRequest>

/** A fault as the gateway acts on it. */
export type Plan =
  | { kind: string; does: 'trouble'; trouble: Trouble; when: 'before' | 'after'; seconds?: number }
  | { kind: string; does: 'late_debit'; seconds: number }
  | { kind: string; does: 'refuse'; err_code: string }

const LATE_S = 5
/** Most faults that may wait at once. */
const QUEUE_MAX = 10_000

/** Faults in the order they were asked for. */
export class Faults {
  #queue: Fault[] = []

  /** Adds a fault; false when too many wait. */
  add(fault: Fault): boolean {
    if (this.#queue.length >= QUEUE_MAX) return false
    this.#queue.push(fault)
    return true
  }

  /** Takes the first fault that is meant for a call of `op`. */
  take(op: Op): Plan | undefined {
    const fault = this.#queue.find(
      (waiting) => (waiting.op ?? op) === op && (waiting.kind !== 'late_debit' || op !== 'gethbinfo'),
    )
    if (!fault) return undefined
    fault.count -= 1
    if (fault.count === 0) this.#queue = this.#queue.filter((waiting) => waiting !== fault)
    return plan(fault)
  }

  list(): readonly Fault[] {
    return this.#queue
  }

  clear(): void {
    this.#queue = []
  }
}

function plan({ kind, seconds }: Fault): Plan {
  if (kind === 'late_debit') return { kind, does: 'late_debit', seconds: seconds ?? LATE_S }
  const [name, when] = kind.split('_')
  const trouble = TROUBLES.find((one) => one === name)
  if (!trouble || (when !== 'before' && when !== 'after')) return { kind, does: 'refuse', err_code: kind }
  return { kind, does: 'trouble', trouble, when, ...(seconds === undefined ? {} : { seconds }) }
}
