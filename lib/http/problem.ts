// Error mapping: every error becomes a problem (RFC 9457) with a code of the table; what it was caused by stays in the log.
import type { App, Services } from '../app.ts'
import { describe } from '../aws/log.ts'
import { AppError, ERROR_TABLE } from '../errors.ts'
import { EVERY_ANSWER, type Event, type Middleware, type Response, type StackRequest } from './request.ts'

/** `sends`: the route is a send, whose problems say whether something may be sent all the same. */
export function problem(
  {
    log,
    place,
    services,
  }: Pick<App, 'log' | 'place'> & { services(): Pick<Services, 'callers'> & Partial<Pick<Services, 'mayStand'>> },
  { sends }: { sends: boolean },
): Middleware {
  async function answerWithProblem(request: StackRequest): Promise<void> {
    const { error, event, context } = request
    const known =
      error instanceof AppError
        ? error
        : new AppError('internal', '服务内部错误，请凭 request_id 联系维护者', { cause: error })
    if (known.cause !== undefined) {
      const where = known.code === 'misconfigured' ? place() : {}
      log.error(known.code, { request_id: context.awsRequestId, ...where, cause: describe(known.cause) })
    }
    const maybe_sent = sends ? known.maybe_sent || (await hasOneStanding(event)) : undefined
    request.response = problemResponse(known, context.awsRequestId, maybe_sent)
  }

  /** The use case knows what stands under its key; of what was turned away before it, nobody has looked. */
  async function hasOneStanding({ caller, idempotency_key, merchant }: Partial<Event>): Promise<boolean> {
    if (merchant !== undefined || caller === undefined || idempotency_key === undefined) return false
    return services().mayStand?.({ miniapp_id: caller.miniapp_id, idempotency_key }) ?? false
  }

  return { onError: answerWithProblem }
}

function problemResponse(error: AppError, request_id: string, maybe_sent: boolean | undefined): Response {
  const { code, message, errors, more } = error
  const { status, title, retry_after_s } = ERROR_TABLE[code]
  return {
    statusCode: status,
    headers: {
      ...EVERY_ANSWER,
      'content-type': 'application/problem+json; charset=utf-8',
      ...(retry_after_s === undefined ? {} : { 'retry-after': String(retry_after_s) }),
    },
    body: JSON.stringify({
      type: `urn:redpack:problem:${code}`,
      title,
      status,
      detail: message,
      code,
      request_id,
      maybe_sent,
      ...more,
      errors,
    }),
  }
}
