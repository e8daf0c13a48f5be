// The stack of the routes of campaigns: as that of all routes, without a key and without a merchant.
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import type * as v from 'valibot'
import type { CampaignApp } from '../campaign-app.ts'
import type { CampaignPorts } from '../campaigns/ports.ts'
import { jsonBody } from './body.ts'
import { callerSignature } from './caller.ts'
import { type Input, input } from './input.ts'
import { requestLog } from './log.ts'
import { problem } from './problem.ts'
import type { Event, Response } from './request.ts'

/** `path`: what the path names. `max_kb`: of the body. */
type CampaignRoute<S extends v.GenericSchema, P extends v.GenericSchema> = Input<S> & { path: P; max_kb?: number }
type Handle<S extends v.GenericSchema, P extends v.GenericSchema> = (
  event: Event<v.InferOutput<S>, v.InferOutput<P>>,
  ports: CampaignPorts,
) => Promise<Response>

/** A Lambda handler for one route of campaigns. */
export function campaignRoute<S extends v.GenericSchema, P extends v.GenericSchema>(
  app: CampaignApp,
  { max_kb, ...parameters }: CampaignRoute<S, P>,
  handle: Handle<S, P>,
) {
  const stack = middy<Event, Response, unknown, Context>({ timeoutEarlyInMillis: 0 })
  stack.use([requestLog(app), problem(app, { sends: false }), callerSignature(app)])
  if (parameters.from === 'body') stack.use(jsonBody({ keyed: false, ...(max_kb !== undefined && { max_kb }) }))
  stack.use(input(parameters))
  return stack.handler((event: Event) => handle(event as Event<v.InferOutput<S>, v.InferOutput<P>>, app.campaigns()))
}
