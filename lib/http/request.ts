// What the stack adds to an event on its way to the handler, and the one way to answer.
import type { MiddlewareObj, Request } from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type { Merchant } from '../redpack/ports.ts'
import { VERSION } from './version.ts'

export type Caller = { readonly keyid: string; readonly miniapp_id: string }

/** The event as the handler gets it; each middleware fills in one thing, in the stack's order. */
export type Event<Input = unknown, Path = unknown> = APIGatewayProxyEventV2 & {
  caller: Caller
  /** The request's body, as JSON values. */
  json: unknown
  idempotency_key: string
  input: Input
  /** What the path names. */
  path: Path
  merchant: Merchant
}

export type Response = APIGatewayProxyStructuredResultV2
export type Middleware = MiddlewareObj<Event, Response, unknown, Context>
export type StackRequest = Request<Event, Response, unknown, Context>

/**
 * In the head of every answer. Answers hold openids and money: nobody on the way may keep them. The version tells callers and
 * operators which code has answered, also while a deployment is under way.
 */
export const EVERY_ANSWER = { 'cache-control': 'no-store', 'redpack-version': VERSION } as const

/**
 * JSON out. `processing` makes it 202: accepted, and WeChat has not answered yet. `replayed`: this answer was given before,
 * and nothing was called for it now.
 */
export function answer({
  body,
  processing = false,
  replayed = false,
}: {
  body: unknown
  processing?: boolean
  replayed?: boolean
}): Response {
  return {
    statusCode: processing ? 202 : 200,
    headers: {
      ...EVERY_ANSWER,
      'content-type': 'application/json; charset=utf-8',
      ...(replayed && { 'idempotent-replayed': 'true' }),
    },
    body: JSON.stringify(body),
  }
}

/** JSON out with another status than 200; without a body, 204. */
export function reply(status: number, body?: unknown): Response {
  if (body === undefined) return { statusCode: 204, headers: { ...EVERY_ANSWER } }
  return { ...answer({ body }), statusCode: status }
}

/** The bytes of the body as they were sent. */
export function rawBody({ body, isBase64Encoded }: APIGatewayProxyEventV2): Buffer {
  return Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8')
}
