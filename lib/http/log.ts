// Request log: one line a request, with what it came to, and the metrics of the way there.
import type { App } from '../app.ts'
import { AppError } from '../errors.ts'
import type { Middleware, StackRequest } from './request.ts'

export function requestLog({ log, metrics }: Pick<App, 'log' | 'metrics'>): Middleware {
  const started = new WeakMap<object, number>()

  function startRequestLog({ context }: StackRequest): void {
    started.set(context, performance.now())
  }

  function writeRequestLog({ event, context, response, error }: StackRequest): void {
    log.info('request', {
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

  return { before: startRequestLog, after: writeRequestLog, onError: writeRequestLog }
}
