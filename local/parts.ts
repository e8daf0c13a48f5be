// Everything the service talks to, on one machine: WeChat Pay, DynamoDB and Secrets Manager, with made-up merchants.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreateSecretCommand, ResourceExistsException, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Merchant } from '../simulator/src/merchants.ts'
import { type Simulator, startSimulator } from '../simulator/src/server.ts'
import { createTable, LOCAL_CREDENTIALS, startDynamodb } from './dynamodb.ts'
import { type LocalIdentity, localIdentity, localSecrets } from './merchants.ts'
import { type SecretsManager, startSecretsManager } from './secrets-manager.ts'

const TABLE = 'redpack-local'
const SECRET_PREFIX = 'redpack/local'
const CA_FILE = 'ca.pem'
/** Where the simulator's clock writes how far it was moved, for local/clock.ts. */
export const CLOCK_FILE = 'clock_offset_ms'

export type PartsOptions = {
  /** Where state is kept; what is there already is used. */
  folder: string
  simulator_port?: number
  control_port?: number
  dynamodb_port?: number
  secrets_port?: number
  /** Sends a second that the simulator allows a merchant; WeChat's default is 30. */
  sends_per_s?: number
  /** Fen. */
  balance?: number
  /** Merchants that WeChat knows beside those of the identity. */
  more_merchants?: readonly Merchant[]
}

export type Parts = {
  /** The service's configuration, pointed at these parts. */
  env: Record<string, string>
  identity: LocalIdentity
  simulator: Simulator
  secrets: SecretsManager
  clock_file: string
  stop(): Promise<void>
}

/** Starts all parts, or none. @throws PortTakenError */
export async function startParts(options: PartsOptions): Promise<Parts> {
  const { folder } = options
  mkdirSync(folder, { recursive: true })
  const identity = localIdentity(folder)
  const stops: (() => Promise<void>)[] = []
  const stop = async () => {
    for (const stopOne of stops.splice(0).reverse()) await stopOne()
  }
  try {
    writeFileSync(join(folder, CA_FILE), identity.ca.cert)
    const clock_file = join(folder, CLOCK_FILE)
    const simulator = await startWeChatPay(options, identity, clock_file)
    stops.push(simulator.stop)
    const dynamodb = await startDynamodb({ folder: join(folder, 'dynamodb'), port: options.dynamodb_port ?? 0 })
    stops.push(dynamodb.stop)
    await createTable(dynamodb.endpoint, TABLE)
    const secrets = await startSecretsManager({ file: join(folder, 'secrets.json'), port: options.secrets_port ?? 0 })
    stops.push(secrets.stop)
    await storeSecrets(secrets.endpoint, identity)
    const env = serviceEnv(folder, {
      wechatpay: simulator.origin,
      dynamodb: dynamodb.endpoint,
      secrets: secrets.endpoint,
    })
    return { env, identity, simulator, secrets, clock_file, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The environment in which the service uses local parts. */
export function serviceEnv(folder: string, origins: { wechatpay: string; dynamodb: string; secrets: string }) {
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: origins.dynamodb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: origins.secrets,
    REDPACK_TABLE: TABLE,
    REDPACK_SECRET_PREFIX: SECRET_PREFIX,
    WECHATPAY_ORIGIN: origins.wechatpay,
    WECHATPAY_CA: join(folder, CA_FILE),
  }
}

/** The ledger is kept as the records are; the clock starts at the real time, as callers sign by it. */
function startWeChatPay(options: PartsOptions, identity: LocalIdentity, clock_file: string): Promise<Simulator> {
  rmSync(clock_file, { force: true })
  const { simulator_port = 0, control_port = 0, balance, sends_per_s, more_merchants = [] } = options
  return startSimulator({
    port: simulator_port,
    control_port,
    tls: { ca: identity.ca.cert, ...identity.server },
    merchants: [...identity.merchants, ...more_merchants],
    data: join(options.folder, 'wechatpay'),
    keep_clock: false,
    // The service must bear codes that nobody knows yet.
    any_code: true,
    onClock: (offset_ms) => {
      // In one step: a reader must not find half a number.
      writeFileSync(`${clock_file}.new`, String(offset_ms))
      renameSync(`${clock_file}.new`, clock_file)
    },
    ...(balance === undefined ? {} : { balance }),
    ...(sends_per_s === undefined ? {} : { sends_per_s }),
  })
}

async function storeSecrets(endpoint: string, identity: LocalIdentity): Promise<void> {
  const client = new SecretsManagerClient({ endpoint, region: 'local', credentials: LOCAL_CREDENTIALS })
  const { callers, merchants } = localSecrets(identity)
  const all = { callers, [`merchants/${identity.caller.miniapp_id}`]: merchants }
  for (const [name, secret] of Object.entries(all)) {
    try {
      await client.send(
        new CreateSecretCommand({ Name: `${SECRET_PREFIX}/${name}`, SecretString: JSON.stringify(secret) }),
      )
    } catch (error) {
      if (!(error instanceof ResourceExistsException)) throw error
    }
  }
  client.destroy()
}
