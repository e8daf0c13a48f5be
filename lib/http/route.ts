// The one stack of all routes, in the order in which a caller may learn things: who calls, what is asked, who pays.
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import type * as v from 'valibot'
import type { App } from '../app.ts'
import type { Ports } from '../redpack/ports.ts'
import { jsonBody } from './body.ts'
import { brake } from './brake.ts'
import { callerSignature } from './caller.ts'
import { type Input, input } from './input.ts'
import { requestLog } from './log.ts'
import { merchant } from './merchant.ts'
import { problem } from './problem.ts'
import type { Event, Response } from './request.ts'

/** `pays`: the route needs the merchant of its `gateway_type`. */
type Route<S extends v.GenericSchema> = Input<S> & { pays?: boolean }
type Handle<S extends v.GenericSchema> = (
  event: Event<v.InferOutput<S>>,
  ports: Ports,
  context: Context,
) => Promise<Response>

/** A Lambda handler for one route: its parameters' schema and place, whether it pays, and what it does. */
export function route<S extends v.GenericSchema>(
  app: App,
  { pays = false, ...parameters }: Route<S>,
  handle: Handle<S>,
) {
  // The handlers keep to their own deadline: an early answer by middy would leave a send running behind it.
  const stack = middy<Event, Response, unknown, Context>({ timeoutEarlyInMillis: 0 })
  stack.use([requestLog(app), problem(app, { sends: pays }), callerSignature(app)])
  if (parameters.from === 'body') stack.use(jsonBody({ keyed: true }))
  stack.use(input(parameters))
  stack.use(pays ? merchant(app) : brake(app))
  return stack.handler((event: Event, context: Context) =>
    handle(event as Event<v.InferOutput<S>>, app.services().ports, context),
  )
}
