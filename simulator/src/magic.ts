// Openids that ask for a fault by themselves, so that parallel tests need no control and do not meet.
import { TEXTS } from './errors.ts'
import { KINDS, type Plan, planOf } from './faults.ts'
import type { Op } from './fields.ts'
import { isSend } from './fields.ts'

/** `oSIM_<kind>`, and after a hyphen anything that makes it another person: `oSIM_NOTENOUGH-7`. */
const MAGIC = /^oSIM_([A-Za-z0-9_]+?)(?:-[\w-]*)?$/

/** Seconds on the simulator's clock after which the debit of `oSIM_late_debit` lands. */
const LATE_S = 60

/**
 * The fault that an openid asks for. An err_code refuses every send to it, and for NOT_FOUND every query about it; trouble, and
 * what becomes of a send, is for the first send of a number only, so that the same number sent again shows the truth.
 */
export function magicPlan(re_openid: string, op: Op, first: boolean): Plan | undefined {
  const kind = MAGIC.exec(re_openid)?.[1]
  if (kind === undefined || !KINDS.includes(kind)) return undefined
  if (kind === 'NOT_FOUND') return op === 'gethbinfo' ? planOf(kind) : undefined
  if (!isSend(op)) return undefined
  if (Object.hasOwn(TEXTS, kind)) return planOf(kind)
  return first ? planOf(kind, kind === 'late_debit' ? { seconds: LATE_S } : {}) : undefined
}
