// The one stack of all routes, in the order in which a caller may learn things: who calls, what is asked, who pays.
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import type * as v from 'valibot'
import { jsonBody } from './body.ts'
import { callerSignature } from './caller.ts'
import { requestContext } from './context.ts'
import { input, type Source } from './input.ts'
import { merchant } from './merchant.ts'
import { problem } from './problem.ts'
import type { Event, Response } from './request.ts'

type Route<S extends v.GenericSchema> = { input: S; from: Source; pays?: boolean }
type Handle<Input> = (event: Event<Input>, context: Context) => Promise<Response>

/** A route: its parameters' schema and place, whether it pays, and what it does. */
export function route<S extends v.GenericSchema>(
  { input: schema, from, pays = false }: Route<S>,
  handle: Handle<v.InferOutput<S>>,
) {
  // The handlers keep to their own deadline: an early answer by middy would leave a send running behind it.
  const stack = middy<Event, Response, unknown, Context>({ timeoutEarlyInMillis: 0 })
  stack.use([requestContext(), problem(), callerSignature()])
  if (from === 'body') stack.use(jsonBody())
  stack.use(input(schema, from))
  if (pays) stack.use(merchant())
  return stack.handler((event: Event, context: Context) => handle(event as Event<v.InferOutput<S>>, context))
}
