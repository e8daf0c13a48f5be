// Error mapping: every error becomes a problem (RFC 9457) with a code of the table; what it was caused by stays in the log.
import type { App } from '../app.ts'
import { describe } from '../aws/log.ts'
import { AppError, ERROR_TABLE } from '../errors.ts'
import type { Middleware, Response, StackRequest } from './request.ts'

export function problem({ log }: Pick<App, 'log'>): Middleware {
  function answerWithProblem(request: StackRequest): void {
    const { error, context } = request
    const known =
      error instanceof AppError
        ? error
        : new AppError('internal', '服务内部错误,请凭 request_id 联系维护者', { cause: error })
    if (known.cause !== undefined) {
      log.error(known.code, { request_id: context.awsRequestId, cause: describe(known.cause) })
    }
    request.response = problemResponse(known, context.awsRequestId)
  }

  return { onError: answerWithProblem }
}

function problemResponse({ code, message, errors }: AppError, request_id: string): Response {
  const { status, title, retry_after_s } = ERROR_TABLE[code]
  return {
    statusCode: status,
    headers: {
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
      errors,
    }),
  }
}
