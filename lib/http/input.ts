// Input: what the caller asks, parsed by the route's schema; every fault is told with a pointer to it.
import * as v from 'valibot'
import { type Fault, invalidParameters } from '../errors.ts'
import { MISSING } from '../redpack/params.ts'
import type { Event, Middleware, StackRequest } from './request.ts'

/** Where a route's parameters stand. */
export type Source = 'body' | 'query' | 'path'

/** Faults told at once, at most. */
const FAULTS_MAX = 20

/** The schema of a route's parameters, and where they stand. */
export type Input<S extends v.GenericSchema = v.GenericSchema> = { input: S; from: Source }

export function input({ input: schema, from }: Input): Middleware {
  function parseInput({ event }: StackRequest): void {
    const parsed = v.safeParse(schema, parameters(event))
    if (!parsed.success) throw invalidParameters(parsed.issues.slice(0, FAULTS_MAX).map(faultOf))
    event.input = parsed.output
  }

  function parameters(event: Event): unknown {
    if (from === 'body') return event.json
    return (from === 'query' ? event.queryStringParameters : event.pathParameters) ?? {}
  }

  return { before: parseInput }
}

/** JSON Pointer, RFC 6901 §3. */
function faultOf(issue: v.BaseIssue<unknown>): Fault {
  const steps = (issue.path ?? []).map(
    ({ key }) => `/${String(key).slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}`,
  )
  return { pointer: steps.join('').toWellFormed(), detail: detailOf(issue) }
}

/** The schemas speak for themselves but of keys: one that is missing, or one that is not a parameter. */
function detailOf(issue: v.BaseIssue<unknown>): string {
  if (issue.type !== 'strict_object') return issue.message
  return issue.expected === 'never' ? '没有这个参数' : MISSING
}
