// Caller signature: who is a cloud function. One answer for every way of not being one; the reason is in the log.
import { randomBytes } from 'node:crypto'
import type { ReadingApp } from '../app.ts'
import { AppError } from '../errors.ts'
import { type Middleware, rawBody, type StackRequest } from './request.ts'
import { isMadeBy, parseSignature } from './signature.ts'

/** An unknown key is compared too, with a secret that nobody has, so that it takes as long as a known one. */
const NOBODY = [randomBytes(32)]

const REFUSED =
  '不允许在非云函数环境下调用：请求须带有效的签名（RFC 9421）；请检查 keyid、密钥和时钟（误差不超过 300 秒），并确认代理没有改动请求'

export function callerSignature({
  log,
  metrics,
  services,
}: Pick<ReadingApp, 'log' | 'metrics' | 'services'>): Middleware {
  fetchAhead(services)

  async function verifyCaller({ event, context }: StackRequest): Promise<void> {
    const { requestContext, rawPath, rawQueryString, headers } = event
    const claimed = parseSignature({
      method: requestContext.http.method,
      path: rawPath,
      query: rawQueryString,
      headers,
      body: rawBody(event),
      received_ms: requestContext.timeEpoch,
    })
    if ('reason' in claimed) throw refuse(context, claimed.reason)
    const key = await services().callers.find(claimed.keyid)
    if (!isMadeBy(claimed, key?.secrets ?? NOBODY)) throw refuse(context, key ? 'wrong signature' : 'unknown key')
    if (!key) throw refuse(context, 'unknown key')
    event.caller = { keyid: claimed.keyid, miniapp_id: key.miniapp_id }
  }

  function refuse(context: StackRequest['context'], reason: string): AppError {
    log.info('caller_refused', { request_id: context.awsRequestId, reason })
    metrics.addMetric('caller_refused', 'Count', 1)
    return new AppError('not_a_cloud_function', REFUSED)
  }

  return { before: verifyCaller }
}

/**
 * While a bundle loads, Lambda gives it a whole processor: the first request finds the app built, and the callers read or on their way.
 * Whatever fails here fails for the request too, which then says so.
 */
function fetchAhead(services: ReadingApp['services']): void {
  try {
    services()
      .callers.miniapps()
      .catch(() => undefined)
  } catch {
    // The environment is not fit to run in.
  }
}
