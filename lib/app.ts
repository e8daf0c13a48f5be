// The composition root: everything the handlers need, built once a container, when the first request needs it.
import { randomBytes } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { type Callers, callers } from './aws/callers.ts'
import { dynamoControls } from './aws/controls.ts'
import { dynamoLimits } from './aws/limits.ts'
import { type Log, logAndMetrics, type Metrics, reportTo } from './aws/log.ts'
import { merchants } from './aws/merchants.ts'
import { dynamoRecords } from './aws/records.ts'
import { secretsManager } from './aws/secrets.ts'
import { dynamoSequences } from './aws/sequences.ts'
import { config, type Place, place, stage } from './config.ts'
import type { Clock, Ports } from './redpack/ports.ts'
import { wechatPay } from './wechatpay/client.ts'
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
export type Services = { readonly ports: Ports; readonly callers: Callers }

/** AWS answers in milliseconds; a send has a caller waiting, so a call is given up early and tried at most three times. */
const AWS_CLIENT = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    throwOnRequestTimeout: true,
    socketTimeout: 2_000,
  },
}

/** Items that cannot be read and that one container tells of. */
const UNREADABLE_MAX = 1_000

const clock: Clock = {
  now: () => Date.now(),
  sleep: (duration_ms) => new Promise((resolve) => setTimeout(resolve, duration_ms)),
}

const { log, metrics } = logAndMetrics(stage())
let built: Services | undefined
let dynamodb: DynamoDBClient | undefined

/** The container's one client, with its connections. */
export function tableClient(): DynamoDBClient {
  dynamodb ??= new DynamoDBClient(AWS_CLIENT)
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

function build(): Services {
  const { table, secret_prefix, wechatpay_origin, wechatpay_ca, epoch } = config()
  const dynamodb = tableClient()
  const secrets = secretsManager(new SecretsManagerClient(AWS_CLIENT))
  const known = callers(secrets, secret_prefix, (fault) => log.error('caller_unusable', fault))
  const report = reportTo(log, metrics)
  const unreadable = (id: string, error: unknown) => report({ event: 'alarm', alarm: 'record_unreadable', id, error })
  const token = () => randomBytes(12).toString('base64url')
  return {
    callers: known,
    ports: {
      store: dynamoRecords(dynamodb, table, { now: clock.now, token, unreadable: oncePerId(unreadable) }),
      sequences: dynamoSequences(dynamodb, table),
      limits: dynamoLimits(dynamodb, table),
      controls: dynamoControls(dynamodb, table, epoch),
      merchants: merchants(secrets, secret_prefix),
      wechat: wechatPay(httpsTransport({ origin: wechatpay_origin, ca: wechatpay_ca })),
      miniapps: known.miniapps,
      clock,
      random: Math.random,
      report,
    },
  }
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
