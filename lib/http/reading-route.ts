// The stack of the routes that read records: as that of all routes, without a body and without a merchant.
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import type * as v from 'valibot'
import type { ReadingApp } from '../app.ts'
import type { Ports } from '../redpack/ports.ts'
import { brake } from './brake.ts'
import { callerSignature } from './caller.ts'
import { type Input, input } from './input.ts'
import { requestLog } from './log.ts'
import { problem } from './problem.ts'
import type { Event, Response } from './request.ts'

type Handle<S extends v.GenericSchema> = (
  event: Event<v.InferOutput<S>>,
  ports: Pick<Ports, 'store' | 'sequences'>,
) => Promise<Response>

/** A Lambda handler for one route that reads. */
export function readingRoute<S extends v.GenericSchema>(app: ReadingApp, parameters: Input<S>, handle: Handle<S>) {
  const stack = middy<Event, Response, unknown, Context>({ timeoutEarlyInMillis: 0 })
  stack.use([requestLog(app), problem(app, { sends: false }), callerSignature(app)])
  stack.use([input(parameters), brake(app)])
  return stack.handler((event: Event) => handle(event as Event<v.InferOutput<S>>, app.services().ports))
}
