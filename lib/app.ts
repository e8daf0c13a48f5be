// The composition root: everything the handlers need, built once a container, when the first request needs it.
import { randomBytes } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { type Callers, callers } from './aws/callers.ts'
import { dynamoLimits } from './aws/limits.ts'
import { merchants } from './aws/merchants.ts'
import { logger, report } from './aws/report.ts'
import { secretsManager } from './aws/secrets.ts'
import { dynamoSettleStore } from './aws/settle-store.ts'
import { config } from './config.ts'
import type { Clock, SettlePorts } from './redpack/ports.ts'
import { wechatPay } from './wechatpay/client.ts'
import { httpsTransport } from './wechatpay/transport.ts'

export type App = { ports: SettlePorts; callers: Callers }

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

const clock: Clock = {
  now: () => Date.now(),
  sleep: (duration_ms) => new Promise((resolve) => setTimeout(resolve, duration_ms)),
}

let built: App | undefined

/** @throws ConfigError */
export function app(): App {
  built ??= build()
  return built
}

function build(): App {
  const { table, secret_prefix, wechatpay_origin, wechatpay_ca } = config()
  const dynamodb = new DynamoDBClient(AWS_CLIENT)
  const secrets = secretsManager(new SecretsManagerClient(AWS_CLIENT))
  const known = callers(secrets, secret_prefix, (fault) => logger.error('caller_unusable', fault))
  return {
    callers: known,
    ports: {
      store: dynamoSettleStore(dynamodb, table),
      limits: dynamoLimits(dynamodb, table),
      merchants: merchants(secrets, secret_prefix),
      wechat: wechatPay(httpsTransport({ origin: wechatpay_origin, ca: wechatpay_ca })),
      miniapps: known.miniapps,
      clock,
      report,
      token: () => randomBytes(12).toString('base64url'),
    },
  }
}
