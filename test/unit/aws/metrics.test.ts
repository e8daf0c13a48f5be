// Log lines and metrics as CloudWatch reads them.
import { expect, test } from 'vitest'
import { logger } from '../../../lib/aws/logger.ts'
import { MetricUnit, metricsOf } from '../../../lib/aws/metrics.ts'

const NOW_MS = 1_795_392_000_000

function metrics() {
  const lines: unknown[] = []
  const write = (line: string) => void lines.push(JSON.parse(line))
  return { lines, ...metricsOf('redpack', { service: 'redpack', stage: 'dev' }, write, () => NOW_MS) }
}
const head = (...Metrics: object[]) => ({
  _aws: {
    Timestamp: NOW_MS,
    CloudWatchMetrics: [{ Namespace: 'redpack', Dimensions: [['service', 'stage']], Metrics }],
  },
  service: 'redpack',
  stage: 'dev',
})

test('what was added is one line, with its dimensions and all values of a name', () => {
  const { addMetric, publishStoredMetrics, lines } = metrics()
  addMetric('sent', MetricUnit.Count, 1)
  addMetric('outcome_behind', MetricUnit.Seconds, 0)
  addMetric('sent', MetricUnit.Count, 1)
  publishStoredMetrics()
  const named = head({ Name: 'sent', Unit: 'Count' }, { Name: 'outcome_behind', Unit: 'Seconds' })
  expect(lines).toEqual([{ ...named, sent: [1, 1], outcome_behind: 0 }])
})

test('what is published is no longer stored, and nothing is no line', () => {
  const { addMetric, hasStoredMetrics, publishStoredMetrics, lines } = metrics()
  expect(hasStoredMetrics()).toBe(false)
  publishStoredMetrics()
  addMetric('sent', MetricUnit.Count, 1)
  expect(hasStoredMetrics()).toBe(true)
  publishStoredMetrics()
  publishStoredMetrics()
  expect([hasStoredMetrics(), lines.length]).toEqual([false, 1])
})

test.for([
  ['values of one name', (n: number) => (n < 101 ? 'sent' : 'never')],
  ['names', (n: number) => `metric_${n}`],
] as const)('a line has 100 %s at most', ([, nameOf]) => {
  const { addMetric, publishStoredMetrics, lines } = metrics()
  for (let n = 0; n < 101; n += 1) addMetric(nameOf(n), MetricUnit.Count, n)
  expect(lines).toHaveLength(1)
  publishStoredMetrics()
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatchObject({ [nameOf(100)]: 100 })
})

test('a log line is JSON with its level, its time, the trace and what it is about', () => {
  const lines: Record<string, unknown>[] = []
  const log = logger(
    'redpack',
    () => '1-5759e988-bd862e3fe1be46a994272793',
    (line) => lines.push(JSON.parse(line)),
  )
  log.warn('reply_unclear', { why: '两行\n一行', none: undefined })
  log.info('request')
  const shared = { service: 'redpack', xray_trace_id: '1-5759e988-bd862e3fe1be46a994272793' }
  const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  expect(lines).toEqual([
    { level: 'WARN', message: 'reply_unclear', timestamp, ...shared, why: '两行\n一行' },
    { level: 'INFO', message: 'request', timestamp, ...shared },
  ])
})
