// What a schema finds wrong, as faults that a caller is told: each with a pointer to its place.
import type * as v from 'valibot'
import type { Fault } from './errors.ts'
import { MISSING } from './redpack/params.ts'

/** Faults told at once, at most. */
export const FAULTS_MAX = 20

/** `at`: the pointer to what was parsed. */
export function faultsOf(issues: readonly v.BaseIssue<unknown>[], at = ''): Fault[] {
  return issues.slice(0, FAULTS_MAX).map((issue) => faultOf(issue, at))
}

/** JSON Pointer, RFC 6901 §3. */
function faultOf(issue: v.BaseIssue<unknown>, at: string): Fault {
  const steps = (issue.path ?? []).map(
    ({ key }) => `/${String(key).slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}`,
  )
  return { pointer: `${at}${steps.join('').toWellFormed()}`, detail: detailOf(issue) }
}

/** The schemas speak for themselves but of keys: one that is missing, or one that is not a parameter. */
function detailOf(issue: v.BaseIssue<unknown>): string {
  if (issue.type !== 'strict_object') return issue.message
  return issue.expected === 'never' ? '没有这个参数' : MISSING
}
