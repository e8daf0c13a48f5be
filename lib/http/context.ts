// Request context: one log line a request, with what it came to, and the metrics of the way there.
import { logger, metrics } from '../aws/report.ts'
import { AppError } from '../errors.ts'
import type { Middleware, StackRequest } from './request.ts'

export function requestContext(): Middleware {
  const started = new WeakMap<object, number>()

  function close({ event, context, response, error }: StackRequest): void {
    logger.info('request', {
      request_id: context.awsRequestId,
      route: event.routeKey,
      status: response?.statusCode,
      code: error instanceof AppError ? error.code : undefined,
      keyid: event.caller?.keyid,
      miniapp_id: event.caller?.miniapp_id,
      duration_ms: Math.round(performance.now() - (started.get(context) ?? performance.now())),
    })
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics()
  }

  return {
    before: ({ context }) => {
      started.set(context, performance.now())
    },
    after: close,
    onError: close,
  }
}
