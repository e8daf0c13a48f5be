// Input: what the caller asks, parsed by the route's schema; every fault is told with a pointer to it.
import * as v from 'valibot'
import { AppError, type Fault } from '../errors.ts'
import type { Event, Middleware } from './request.ts'

/** Where a route's parameters stand. */
export type Source = 'body' | 'query' | 'path'

/** Faults told at once, at most. */
const FAULTS_MAX = 20

export function input(schema: v.GenericSchema, from: Source): Middleware {
  function parameters(event: Event): unknown {
    if (from === 'body') return event.json
    return (from === 'query' ? event.queryStringParameters : event.pathParameters) ?? {}
  }

  return {
    before: ({ event }) => {
      const parsed = v.safeParse(schema, parameters(event))
      if (!parsed.success) {
        throw invalidParameters(parsed.issues.slice(0, FAULTS_MAX).map(faultOf))
      }
      event.input = parsed.output
    },
  }
}

/** 400, told in one sentence and fault by fault. */
export function invalidParameters(errors: readonly Fault[]): AppError {
  const detail = errors.map((fault) => `${fault.pointer} ${fault.detail}`).join(';')
  return new AppError('invalid_parameters', `参数错误:${detail}`, { errors })
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
  return issue.expected === 'never' ? '没有这个参数' : '缺少这个必填参数'
}
