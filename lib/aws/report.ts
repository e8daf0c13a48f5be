// What operators hear: structured log lines and CloudWatch metrics, with an openid never whole.
import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Notice } from '../redpack/ports.ts'
import type { RedpackRecord } from '../redpack/record.ts'

export const logger = new Logger({ serviceName: 'redpack' })
export const metrics = new Metrics({ namespace: 'redpack', serviceName: 'redpack' })

/** The first four characters of an openid are enough to tell two apart in a log. */
function maskOpenid(openid: string): string {
  return `${openid.slice(0, 4)}***`
}

export function report(notice: Notice): void {
  if (notice.event === 'broken') {
    logger.error(notice.event, { id: notice.id, cause: describe(notice.error) })
    metrics.addMetric('alarm', MetricUnit.Count, 1)
    return
  }
  const record = identify(notice.record)
  if (notice.event === 'outcome') {
    logger.info(notice.event, { record })
    metrics.addMetric(notice.record.outcome, MetricUnit.Count, 1)
  } else if (notice.event === 'attempt_unknown') {
    logger.warn(notice.event, { record, why: notice.why })
  } else {
    logger.error(notice.event, { record, why: notice.why })
    metrics.addMetric('alarm', MetricUnit.Count, 1)
  }
}

function identify(record: RedpackRecord) {
  const { id, miniapp_id, mch_id, mch_billno, outcome, status, err_code, total_amount, version, re_openid } = record
  return {
    id,
    miniapp_id,
    mch_id,
    mch_billno,
    outcome,
    status,
    err_code,
    total_amount,
    version,
    re_openid: maskOpenid(re_openid),
  }
}

/** Class, message and stack of our own code: the SDK's and Node's errors quote neither keys nor bodies. */
export function describe(cause: unknown): unknown {
  return cause instanceof Error ? { name: cause.name, message: cause.message, stack: cause.stack } : typeof cause
}
