// Input: what the caller asks, parsed by the route's schema; every fault is told with a pointer to it.
import * as v from 'valibot'
import { invalidParameters } from '../errors.ts'
import { faultsOf } from '../faults.ts'
import type { Event, Middleware, StackRequest } from './request.ts'

/** Where a route's parameters stand. */
export type Source = 'body' | 'query' | 'path'

/** The schema of a route's parameters, and where they stand. */
export type Input<S extends v.GenericSchema = v.GenericSchema> = { input: S; from: Source }

/** `path`: what the path names, where the parameters stand elsewhere. */
export function input({ input: schema, from, path }: Input & { path?: v.GenericSchema }): Middleware {
  function parseInput({ event }: StackRequest): void {
    if (path) event.path = parse(path, event.pathParameters ?? {})
    event.input = parse(schema, parameters(event))
  }

  function parse(schema: v.GenericSchema, value: unknown): unknown {
    const parsed = v.safeParse(schema, value)
    if (!parsed.success) throw invalidParameters(faultsOf(parsed.issues))
    return parsed.output
  }

  function parameters(event: Event): unknown {
    if (from === 'body') return event.json
    return (from === 'query' ? event.queryStringParameters : event.pathParameters) ?? {}
  }

  return { before: parseInput }
}
