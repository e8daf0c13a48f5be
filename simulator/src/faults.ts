// The faults that a test asks for: what kinds there are, whom they are aimed at, and the queue they wait in.
import * as v from 'valibot'
import { TEXTS } from './errors.ts'
import { isSend, OPS, type Op } from './fields.ts'

const TROUBLES = ['hang', 'reset', 'systemerror', 'processing', 'numeric', 'garbage', 'html', 'other_echo'] as const

/** What happens in place of the true answer. */
export type Trouble = (typeof TROUBLES)[number]

/** Faults that decide what becomes of a send. */
const FATES = ['late_debit', 'failed', 'sending'] as const
type Fate = (typeof FATES)[number]

/** Every kind of fault: trouble before or after the debit, what becomes of a send, and WeChat's err_codes. */
export const KINDS: readonly string[] = [
  ...TROUBLES.flatMap((trouble) => [`${trouble}_before`, `${trouble}_after`]),
  ...FATES,
  ...Object.keys(TEXTS),
]

/** The form of WeChat's err_codes, for those that are not documented. */
const CODE = /^[A-Z][A-Z0-9_]{2,31}$/

/** Ten years: beyond it a number of seconds is a mistake. */
export const SECONDS_MAX = 315_360_000

/** Legal in XML, and no longer than WeChat's own. */
const Text = v.pipe(v.string(), v.minLength(1), v.maxLength(128), v.regex(/^[^\p{Cc}\p{Cs}\uFFFE\uFFFF]*$/u))

/**
 * The body of POST /faults; `seconds` is how long a hang lasts (real time), or when a late debit lands or a send turns FAILED
 * (simulator's clock). `mch_id`, `mch_billno`, `re_openid` and `total_amount` (fen) aim it.
 */
export function faultRequest(any_code: boolean) {
  return v.pipe(
    v.strictObject({
      kind: v.pipe(
        v.string(),
        v.check(
          (kind) => KINDS.includes(kind) || (any_code && CODE.test(kind)),
          ({ input }) => unknownKind(input),
        ),
      ),
      count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)), 1),
      op: v.optional(v.picklist(OPS)),
      seconds: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(SECONDS_MAX))),
      mch_id: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(32))),
      mch_billno: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
      re_openid: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(128))),
      total_amount: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
      reason: v.optional(Text),
      text: v.optional(Text),
    }),
    v.check(
      ({ kind, op }) => !isFate(kind) || op === undefined || isSend(op),
      ({ input }) => `${input.kind} is about sends: op cannot be ${input.op}`,
    ),
    v.check(
      ({ kind, reason }) => reason === undefined || kind === 'failed' || kind === 'sending',
      'a reason belongs to failed and sending',
    ),
    v.check(({ kind, text }) => text === undefined || CODE.test(kind), 'a text belongs to an err_code'),
  )
}

function unknownKind(kind: unknown): string {
  return `unknown kind ${JSON.stringify(kind).slice(0, 60)}; the kinds are ${KINDS.join(', ')}`
}

function isFate(kind: string): kind is Fate {
  return (FATES as readonly string[]).includes(kind)
}

/** A fault in the queue; `count` is how many calls it is still for. */
export type Fault = v.InferOutput<ReturnType<typeof faultRequest>>

/** A call as a fault is aimed at it; a query has the openid and the amount of the send that it asks about. */
export type Aim = Readonly<{
  op: Op
  mch_id?: string | undefined
  mch_billno?: string | undefined
  re_openid?: string | undefined
  total_amount?: number | undefined
}>

/** A fault as the front acts on it. */
export type Plan =
  | { kind: string; does: 'trouble'; trouble: Trouble; when: 'before' | 'after'; seconds?: number | undefined }
  | { kind: string; does: Fate; seconds?: number | undefined; reason?: string | undefined }
  | { kind: string; does: 'refuse'; err_code: string; text?: string | undefined }

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

  /** Takes the first fault that is meant for a call. */
  take(aim: Aim): Plan | undefined {
    const fault = this.#queue.find((waiting) => hits(waiting, aim))
    if (!fault) return undefined
    fault.count -= 1
    if (fault.count === 0) this.#queue = this.#queue.filter((waiting) => waiting !== fault)
    return planOf(fault.kind, fault)
  }

  list(): readonly Fault[] {
    return this.#queue
  }

  clear(): void {
    this.#queue = []
  }
}

function hits(fault: Fault, aim: Aim): boolean {
  if ((fault.op ?? aim.op) !== aim.op || (isFate(fault.kind) && !isSend(aim.op))) return false
  const aimed = ['mch_id', 'mch_billno', 're_openid', 'total_amount'] as const
  return aimed.every((name) => fault[name] === undefined || fault[name] === aim[name])
}

/** What a kind of fault does. */
export function planOf(kind: string, more: Partial<Pick<Fault, 'seconds' | 'reason' | 'text'>> = {}): Plan {
  const { seconds, reason, text } = more
  if (isFate(kind)) return { kind, does: kind, seconds, reason }
  const [, name, when] = /^(.+)_(before|after)$/.exec(kind) ?? []
  const trouble = TROUBLES.find((one) => one === name)
  if (!trouble || (when !== 'before' && when !== 'after')) return { kind, does: 'refuse', err_code: kind, text }
  return { kind, does: 'trouble', trouble, when, seconds }
}
