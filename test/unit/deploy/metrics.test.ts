// The names that alarms and the dashboard watch are names that the code counts, with the dimensions that it counts them under; and each
// alarm has its line in docs/operations.
import { readFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { certificateWatch, SOON_DAYS } from '../../../lib/aws/certificates.ts'
import { campaignsNotRun, logAndMetrics, reportCampaigns, reportTo, timed } from '../../../lib/aws/log.ts'
import type { Campaign } from '../../../lib/campaigns/campaign.ts'
import { CAMPAIGN_STATES } from '../../../lib/campaigns/view.ts'
import { callerSignature } from '../../../lib/http/caller.ts'
import type { WeChatPay } from '../../../lib/redpack/ports.ts'
import { OUTCOMES } from '../../../lib/redpack/record.ts'
import { meaningOf, SEND_CODES } from '../../../lib/wechatpay/codes.ts'
import { createCa, createMerchantCertificate } from '../../../simulator/src/certificates.ts'
import { aRecord } from '../records.ts'

afterEach(() => vi.restoreAllMocks())

/** Lines of CloudWatch's embedded metric format that are written while `act` runs. */
async function written(act: (made: ReturnType<typeof logAndMetrics>) => Promise<void>): Promise<Emf[]> {
  const lines: string[] = []
  const keep = (text: unknown) => {
    lines.push(...String(text).split('\n'))
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(keep)
  vi.spyOn(process.stderr, 'write').mockImplementation(keep)
  vi.spyOn(console, 'log').mockImplementation(keep)
  const made = logAndMetrics('dev')
  await act(made)
  made.metrics.publishStoredMetrics()
  vi.restoreAllMocks()
  return lines.flatMap((line) => (line.includes('CloudWatchMetrics') ? [JSON.parse(line) as Emf] : []))
}
type Directive = { Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }
type Emf = { _aws: { CloudWatchMetrics: Directive[] } } & Record<string, unknown>

/** Every notice there is, every call, every code. */
async function everything({ log, metrics }: ReturnType<typeof logAndMetrics>): Promise<void> {
  const report = reportTo(log, metrics, (err_code) => meaningOf(err_code).blame === 'merchant')
  for (const outcome of OUTCOMES) {
    for (const err_code of Object.keys(SEND_CODES)) {
      report({ event: 'outcome', record: aRecord('order-1', { outcome, err_code }), from: 'pending' })
    }
  }
  report({ event: 'alarm', alarm: 'look_failed', id: 'order-1', error: new Error('a bug') })
  const of_kinds = { outcome: 1, repair: 2, status: 3 }
  report({ event: 'backlog', behind_s: of_kinds, left: of_kinds })
  const campaigns = reportCampaigns(log, metrics)
  for (const state of CAMPAIGN_STATES) {
    const campaign = { state, totals: { rows: {}, fen: {} } } as unknown as Campaign
    campaigns({ event: 'campaign', campaign, from: 'draft' })
  }
  campaigns({ event: 'campaign_bug', id: 'c', error: new Error('a bug') })
  campaignsNotRun(log, metrics, 'request-1', new Error('a bug'))
  const answer = { means: 'unclear', why: 'ETIMEDOUT' } as const
  const wechat = { send: async () => ({ ...answer, raw: '' }), query: async () => answer } as unknown as WeChatPay
  const calls = timed(wechat, metrics)
  await calls.send(...([] as unknown as Parameters<WeChatPay['send']>))
  await calls.query(...([] as unknown as Parameters<WeChatPay['query']>))
  const pair = createMerchantCertificate(createCa(), '10000098', {})
  const secret = JSON.stringify({ weixin_tenpay: { mch_id: '10000098', api_key: 'k', ...pair } })
  const secrets = { read: async () => secret, readAnew: async () => secret }
  const watch = { secrets, prefix: 'p', miniapps: async () => ['one'], log, metrics, now: Date.now }
  await certificateWatch(watch).look(() => 60_000)
  const { before } = callerSignature({ log, metrics, services: () => expect.unreachable() })
  const event = {
    requestContext: { http: { method: 'GET' }, timeEpoch: 0 },
    rawPath: '/',
    rawQueryString: '',
    headers: {},
  }
  await expect(
    before?.({ event, context: {} } as unknown as Parameters<NonNullable<typeof before>>[0]),
  ).rejects.toThrow()
}

const text = (name: string) => readFileSync(new URL(`../../../resources/${name}.yml`, import.meta.url), 'utf8')
type Watched = { Namespace?: string; MetricName?: string; Dimensions?: { Name: string; Value: string }[] }
const alarms: Record<string, { Properties: Watched & { Metrics?: { MetricStat?: { Metric: Watched } }[] } }> = parse(
  text('alarms'),
  // Its !Ref and !Sub are of no interest here.
  { logLevel: 'error', merge: true },
)
const watchedByAlarms = Object.values(alarms).flatMap(({ Properties }) => [
  Properties,
  ...(Properties.Metrics ?? []).flatMap(({ MetricStat }) => MetricStat?.Metric ?? []),
])
const dashboard: string = parse(text('dashboard')).Resources.Dashboard.Properties.DashboardBody['Fn::Sub']
type Widget = { properties: { title: string; metrics: (string | object)[][] } }
const { widgets }: { widgets: Widget[] } = JSON.parse(dashboard)

test('every metric of ours that is watched is counted, under the service and the stage', async () => {
  const lines = await written(everything)
  const counted = new Set(
    lines.flatMap(({ _aws }) => _aws.CloudWatchMetrics.flatMap((one) => one.Metrics.map(({ Name }) => Name))),
  )
  for (const line of lines) {
    for (const { Namespace, Dimensions } of line._aws.CloudWatchMetrics) {
      expect([Namespace, Dimensions]).toEqual(['redpack', [['service', 'stage']]])
    }
    expect([line.service, line.stage]).toEqual(['redpack', 'dev'])
  }
  const stage = '${' + 'sls:stage}'
  const ours = watchedByAlarms.filter(({ Namespace }) => Namespace === 'redpack')
  for (const { Dimensions } of ours) {
    expect(Dimensions).toEqual([
      { Name: 'service', Value: 'redpack' },
      { Name: 'stage', Value: stage },
    ])
  }
  const shown = widgets.flatMap(({ properties }) => properties.metrics).filter(([namespace]) => namespace === 'redpack')
  for (const [, , ...dimensions] of shown)
    expect(dimensions.slice(0, 4)).toEqual(['service', 'redpack', 'stage', stage])
  const watched = [...ours.map(({ MetricName }) => MetricName), ...shown.map(([, name]) => name)]
  expect(watched.filter((name) => !counted.has(String(name)))).toEqual([])
  expect([...counted].filter((name) => !watched.includes(name)).sort()).toEqual(UNWATCHED)
})

/** Counted for those who look for them: a record that was claimed is no news, and each other code has its refusals. */
const UNWATCHED = [
  'ACCEPTMODE_ERROR',
  'API_METHOD_CLOSED',
  'DAY_OVER_LIMITED',
  'ILLEGAL_APPID',
  'MSGAPPID_ERROR',
  'PAYER_ACCOUNT_ABNORMAL',
  'SENDAMOUNT_LIMIT',
  'XML_ERROR',
  'pending',
]

test('a certificate is told by name as soon as its alarm is raised', () => {
  expect(alarms.CertificateAlarm?.Properties).toMatchObject({ Threshold: SOON_DAYS })
})

test('each metric of AWS that is watched is one that AWS has', () => {
  const KNOWN = {
    'AWS/Lambda': ['Errors', 'Throttles'],
    'AWS/ApiGateway': ['4xx', '5xx', 'Count', 'Latency'],
  }
  const shown = widgets.flatMap(({ properties }) => properties.metrics).map(([namespace, name]) => [namespace, name])
  const watched = [...watchedByAlarms.map(({ Namespace, MetricName }) => [Namespace, MetricName]), ...shown]
  const unknown = watched.filter(([namespace, name]) => {
    if (namespace === undefined || namespace === 'redpack') return false
    return !KNOWN[String(namespace) as keyof typeof KNOWN]?.includes(String(name))
  })
  expect(unknown).toEqual([])
})

test('the dashboard shows what an operator asks for', () => {
  expect(widgets.map(({ properties }) => properties.title)).toEqual([
    'Sends by outcome',
    'Yuan sent an hour',
    "WeChat's answers, ms",
    'Backlog of settle: age of the oldest, s',
    'Backlog of settle: left at the end of a run',
    'Days left of the certificate that ends first',
    'API: 4xx and 5xx',
    'API: requests, latency',
    'Campaigns',
    'Functions: errors',
    'Functions: throttles',
    'What people have to look at',
  ])
})

test.each(['operations.md', 'operations.zh-CN.md'])('each alarm and each metric of ours has its line in %s', (page) => {
  const doc = readFileSync(new URL(`../../../docs/${page}`, import.meta.url), 'utf8')
  const names = watchedByAlarms.flatMap(({ MetricName, Namespace }) => (Namespace === 'redpack' ? [MetricName] : []))
  const shown = widgets
    .flatMap(({ properties }) => properties.metrics)
    .flatMap(([ns, name]) => (ns === 'redpack' ? [name] : []))
  const all = new Set([...Object.keys(alarms), ...names, ...shown].map(String))
  expect([...all].filter((name) => !doc.includes(`\`${name}\``))).toEqual([])
})
