// The composition root: everything the handlers need, built once a container, when the first request needs it.
import { randomBytes } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { type Callers, callers } from './aws/callers.ts'
import { dynamoRates } from './aws/campaign-rate.ts'
import { type CertificateWatch, certificateWatch } from './aws/certificates.ts'
import { awsClient } from './aws/connection.ts'
import { dynamoControls } from './aws/controls.ts'
import { dynamoErasures } from './aws/erasures.ts'
import { DYNAMODB, SECRETS_MANAGER } from './aws/first-attempt.ts'
import { dynamoLeases } from './aws/leases.ts'
import { dynamoLimits } from './aws/limits.ts'
import { type Log, logAndMetrics, type Metrics, reportTo, timed } from './aws/log.ts'
import { merchants } from './aws/merchants.ts'
import { dynamoRecords } from './aws/records.ts'
import { secretsManager } from './aws/secrets.ts'
import { dynamoSequences } from './aws/sequences.ts'
import { campaignRate } from './campaigns/rate.ts'
import { config, isSilent, type Place, place, stage, traceId } from './config.ts'
import { mayStand } from './redpack/claim.ts'
import { UNPACED } from './redpack/pace.ts'
import type { Clock, Erasures, Ports } from './redpack/ports.ts'
import { wechatPay } from './wechatpay/client.ts'
import { meaningOf } from './wechatpay/codes.ts'
import { httpsTransport } from './wechatpay/transport.ts'

/** Logs and metrics are always there; the services are built from the environment, which may be unfit. */
export type App = {
  readonly log: Log
  readonly metrics: Metrics
  /** @throws ConfigError */
  services(): Services
  /** Where the service looks for its records, for a log line that says what is missing. */
  place(): Place
}
export type Services = {
  readonly ports: Ports
  readonly callers: Callers
  /** Since when the brake is on for a mini app (seconds), undefined if it is not. @throws AppError */
  stoppedSince(miniapp_id: string): Promise<number | undefined>
  /** Whether an earlier send under the key has paid or may still pay. */
  mayStand(send: { readonly miniapp_id: string; readonly idempotency_key: string }): Promise<boolean>
  readonly erasures: Erasures
  readonly certificates: CertificateWatch
  readonly retention_s: number
}

/** What reads records needs neither merchants nor WeChat: its bundles are without them. */
export type ReadingApp = Omit<App, 'services'> & {
  /** @throws ConfigError */
  services(): ReadingServices
}
type ReadingServices = Pick<Services, 'callers' | 'stoppedSince'> & {
  readonly ports: Pick<Ports, 'store' | 'sequences'>
}

/** Items that cannot be read and that one container tells of. */
const UNREADABLE_MAX = 1_000

const clock: Clock = {
  now: () => Date.now(),
  sleep: (duration_ms) => new Promise((resolve) => setTimeout(resolve, duration_ms)),
}

const { log, metrics } = logAndMetrics(stage(), traceId, isSilent())
let built: Services | undefined
let dynamodb: DynamoDBClient | undefined
let drawn = Buffer.alloc(0)

/** The container's one client, with its connections. */
export function tableClient(): DynamoDBClient {
  dynamodb ??= awsClient((config) => new DynamoDBClient(config), DYNAMODB)
  return dynamodb
}

export const app: App = {
  log,
  metrics,
  services() {
    built ??= build()
    return built
  },
  place: () => place(),
}

let reading: ReadingServices | undefined

export const readingApp: ReadingApp = {
  log,
  metrics,
  services() {
    reading ??= buildReading()
    return reading
  },
  place: () => place(),
}

/** What every function has that callers call. */
function foundation() {
  const { secret_prefix, table, epoch } = config()
  const dynamodb = tableClient()
  const secrets = secretsManager(awsClient((config) => new SecretsManagerClient(config), SECRETS_MANAGER))
  const known = callers(secrets, secret_prefix, (fault) => log.error('caller_unusable', fault))
  const report = reportTo(log, metrics, (err_code) => meaningOf(err_code).blame === 'merchant')
  const unreadable = (id: string, error: unknown) => report({ event: 'alarm', alarm: 'record_unreadable', id, error })
  const controls = dynamoControls(dynamodb, table, epoch)
  const token = () => pooled(12).toString('base64url')
  const store = dynamoRecords(dynamodb, table, { now: clock.now, token, unreadable: oncePerId(unreadable) })
  const sequences = dynamoSequences(dynamodb, table)
  return { dynamodb, secrets, known, report, controls, token, store, sequences }
}

function build(): Services {
  const { table, secret_prefix, wechatpay_origin, wechatpay_ca, retention_s } = config()
  const { dynamodb, secrets, known, report, controls, token, store, sequences } = foundation()
  const rates = dynamoRates(dynamodb, table)
  return {
    callers: known,
    stoppedSince: controls.stoppedSince,
    mayStand: (send) => mayStand({ store }, send),
    erasures: dynamoErasures(dynamodb, table),
    certificates: certificateWatch({
      secrets,
      prefix: secret_prefix,
      miniapps: known.miniapps,
      log,
      metrics,
      now: clock.now,
    }),
    retention_s,
    ports: {
      store,
      sequences,
      limits: dynamoLimits(dynamodb, table),
      controls,
      pace: UNPACED,
      campaignRate: (mch_id) => campaignRate(rates, clock, mch_id),
      leases: dynamoLeases(dynamodb, table, token),
      merchants: merchants(secrets, secret_prefix),
      wechat: timed(wechatPay(httpsTransport({ origin: wechatpay_origin, ca: wechatpay_ca })), metrics),
      miniapps: known.miniapps,
      clock,
      random: Math.random,
      report,
    },
  }
}

function buildReading(): ReadingServices {
  const { known, controls, store, sequences } = foundation()
  return { callers: known, stoppedSince: controls.stoppedSince, ports: { store, sequences } }
}

/** Random bytes, drawn by the kilobyte: a draw costs the same for any number. */
function pooled(bytes: number): Buffer {
  if (drawn.length < bytes) drawn = randomBytes(1_200)
  const taken = drawn.subarray(0, bytes)
  drawn = drawn.subarray(bytes)
  return taken
}
/** Pages are read often: what one of them could not read is told once a container, not at every request. */
function oncePerId(tell: (id: string, error: unknown) => void): (id: string, error: unknown) => void {
  const told = new Set<string>()
  return (id, error) => {
    if (told.has(id) || told.size >= UNREADABLE_MAX) return
    told.add(id)
    tell(id, error)
  }
}
