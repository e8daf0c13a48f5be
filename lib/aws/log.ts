// What operators see: structured log lines and CloudWatch metrics. An openid is never whole, and an AWS error is told by name alone.
import type { CampaignNotice } from '../campaigns/ports.ts'
import { toYuan } from '../redpack/money.ts'
import type { Notice, Ports, WeChatPay } from '../redpack/ports.ts'
import { KINDS, type RedpackRecord } from '../redpack/record.ts'
import { describeAwsError, isAwsError } from './failure.ts'
import { type Log, logger, writeLine } from './logger.ts'
import { type Metrics, MetricUnit, metricsOf } from './metrics.ts'

export type { Log, Metrics }

const SERVICE = 'redpack'

/** `stage` is a dimension of each metric, so that the alarms of two stages of one account stay apart. */
export function logAndMetrics(
  stage: string,
  trace_id: () => string | undefined = () => undefined,
  is_silent = false,
): { log: Log; metrics: Metrics } {
  const write = is_silent ? () => {} : writeLine
  return { log: logger(SERVICE, trace_id, write), metrics: metricsOf(SERVICE, { service: SERVICE, stage }, write) }
}

/** States of a campaign that are counted: what began, what ended, and what waits for people. */
const COUNTED_STATES = ['running', 'stopped', 'done', 'cancelled'] as const

/**
 * Notices become log lines; outcomes and alarms are counted too. What settle has not done yet is a metric alone. A code for which
 * `blames_merchant` is counted under its own name: every packet of the merchant meets it.
 */
export function reportTo(
  log: Log,
  metrics: Metrics,
  blames_merchant: (err_code: string) => boolean = () => false,
): Ports['report'] {
  const count = (name: string) => metrics.addMetric(name, MetricUnit.Count, 1)
  const reporters: { [E in Notice['event']]: (notice: Extract<Notice, { event: E }>) => void } = {
    outcome({ record, from }) {
      log.info('outcome', { from, to: record.outcome, record: identify(record) })
      count(record.outcome)
      if (record.outcome === 'sent') metrics.addMetric('sent_yuan', MetricUnit.NoUnit, toYuan(record.total_amount))
      if (record.err_code !== undefined && blames_merchant(record.err_code)) count(record.err_code)
    },
    reply_unclear({ record, why }) {
      log.warn('reply_unclear', { why: masked(why, record), record: identify(record) })
    },
    alarm(notice) {
      const about =
        'record' in notice
          ? { why: masked(notice.why, notice.record), record: identify(notice.record) }
          : { id: notice.id, cause: describe(notice.error) }
      log.error('alarm', { alarm: notice.alarm, ...about })
      count('alarm')
    },
    backlog({ behind_s, left }) {
      for (const kind of KINDS) {
        metrics.addMetric(`${kind}_behind`, MetricUnit.Seconds, behind_s[kind])
        metrics.addMetric(`${kind}_left`, MetricUnit.Count, left[kind])
      }
    },
  }
  return (notice) => (reporters[notice.event] as (notice: Notice) => void)(notice)
}

/** WeChat Pay, with the time that each call takes: from the request to the end of the reply, or until nobody waits any more. */
export function timed(wechat: WeChatPay, metrics: Metrics, now: () => number = () => performance.now()): WeChatPay {
  async function time<T>(name: string, call: () => Promise<T>): Promise<T> {
    const started_ms = now()
    const reply = await call()
    metrics.addMetric(name, MetricUnit.Milliseconds, Math.round(now() - started_ms))
    return reply
  }
  return {
    send: (...call) => time('wechat_send_ms', () => wechat.send(...call)),
    query: (...call) => time('wechat_query_ms', () => wechat.query(...call)),
  }
}

/** Tells operators that the worker of campaigns could not run. */
export function campaignsNotRun(log: Log, metrics: Metrics, request_id: string, error: unknown): void {
  log.error('campaigns_not_run', { request_id, cause: describe(error) })
  metrics.addMetric('alarm', MetricUnit.Count, 1)
}

/** A campaign's moves, with what it has come to; a bug that met one is an alarm. */
export function reportCampaigns(log: Log, metrics: Metrics): (notice: CampaignNotice) => void {
  return (notice) => {
    if (notice.event === 'campaign_bug') {
      log.error('alarm', { alarm: 'campaign_failed', id: notice.id, cause: describe(notice.error) })
      metrics.addMetric('alarm', MetricUnit.Count, 1)
      return
    }
    const { id, miniapp_id, mch_id, state, stop, rows_count, totals, reasons } = notice.campaign
    log.info('campaign', {
      from: notice.from,
      to: state,
      campaign: { id, miniapp_id, mch_id, rows_count, stop: stop?.code, rows: totals.rows, fen: totals.fen, reasons },
    })
    if (COUNTED_STATES.some((counted) => counted === state)) metrics.addMetric(`campaign_${state}`, MetricUnit.Count, 1)
  }
}

function identify(record: RedpackRecord) {
  const { id, miniapp_id, mch_id, mch_billno, outcome, status, err_code, total_amount, version, re_openid } = record
  const err_code_des = masked(record.err_code_des, record)
  return {
    id,
    miniapp_id,
    mch_id,
    mch_billno,
    outcome,
    status,
    err_code,
    err_code_des,
    total_amount,
    version,
    re_openid: shortened(re_openid),
  }
}

/** WeChat's own words may repeat whom the packet is for. */
function masked(text: string | undefined, { re_openid }: RedpackRecord): string | undefined {
  return re_openid === '' ? text : text?.replaceAll(re_openid, shortened(re_openid))
}

/** The first four characters are enough to tell two people apart in a log. */
function shortened(re_openid: string): string {
  return `${re_openid.slice(0, 4)}***`
}

/** Our own errors with message and stack; those of the AWS SDK by name, status and request id, since a message can quote what was sent. */
export function describe(cause: unknown): unknown {
  if (!(cause instanceof Error)) return typeof cause
  if (isAwsError(cause)) return describeAwsError(cause)
  const inner = cause.cause === undefined ? {} : { cause: describe(cause.cause) }
  return { name: cause.name, message: cause.message, stack: cause.stack, ...inner }
}
