// What the stack adds to an event on its way to the handler, and the one way to answer.
import type { MiddlewareObj, Request } from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type { Merchant } from '../redpack/ports.ts'

export type Caller = { readonly keyid: string; readonly miniapp_id: string }

/** The event as the handler gets it; each middleware fills in one thing, in the stack's order. */
export type Event<Input = unknown> = APIGatewayProxyEventV2 & {
  caller: Caller
  /** The request's body, as JSON values. */
  json: unknown
  idempotency_key: string
  input: Input
  merchant: Merchant
}

export type Response = APIGatewayProxyStructuredResultV2
export type Middleware = MiddlewareObj<Event, Response, unknown, Context>
export type StackRequest = Request<Event, Response, unknown, Context>

/** JSON out. `processing` makes it 202: accepted, and WeChat has not answered yet. */
export function answer({ body, processing = false }: { body: unknown; processing?: boolean }): Response {
  return {
    statusCode: processing ? 202 : 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  }
}

/** The bytes of the body as they were sent. */
export function rawBody({ body, isBase64Encoded }: APIGatewayProxyEventV2): Buffer {
  return Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8')
}
