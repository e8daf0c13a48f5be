// The world that the packaged functions run in here: Lambda and API Gateway before them, DynamoDB, secrets and WeChat behind.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { transformSync } from 'esbuild'
import { createTable, LOCAL_CREDENTIALS } from '../../local/dynamodb.ts'
import { type LocalIdentity, localIdentity, localSecrets } from '../../local/merchants.ts'
import { startParts } from '../../local/parts.ts'
import { type Control, connect } from '../../simulator/src/client.ts'
import { hasJava, NO_JAVA, startDynamodbLocal } from '../support/dynamodb-local.ts'
import { lambdaEnv, nodeFlags } from './container.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { type Lambda, startLambda } from './lambda.ts'
import { type LambdaFunction, type Packaged, packageInto } from './package.ts'
import { type Sandbox, sandbox } from './sandbox.ts'

export type World = {
  readonly packaged: Packaged
  readonly lambda: Lambda
  readonly gateway: Gateway
  readonly identity: LocalIdentity
  readonly control: Control
  readonly control_origin: string
  /** What containers reach instead of AWS's own endpoints and WeChat. */
  readonly endpoints: Readonly<Record<'AWS_ENDPOINT_URL_DYNAMODB' | 'AWS_ENDPOINT_URL_SECRETS_MANAGER', string>>
  /** As test/storm/audit.ts reads the table. */
  readonly env: Record<string, string>
  readonly database: string
  readonly sandbox: Sandbox
  /** Every line that a container has printed. */
  readonly lines: { readonly name: string; readonly line: string }[]
  /** Unix ms on the clock of containers and WeChat. */
  now(): number
  /** Replaces the secret `callers`. */
  putCallers(callers: unknown): Promise<void>
  stop(): Promise<void>
}

/** A hundred sends in a row are no pace that this is about. */
const SENDS_PER_S = 100_000

/** `ric`: the program of AWS's runtime. `folder`: git-ignored, where everything is put. */
export async function startWorld(ric: string, folder: string, tell: (line: string) => void): Promise<World> {
  mkdirSync(folder, { recursive: true })
  const here = mkdtempSync(join(folder, 'run-'))
  const remove = () => rmSync(here, { recursive: true, force: true })
  process.once('exit', remove)
  const stops: (() => Promise<void> | void)[] = [remove]
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one()
  }
  try {
    tell('packaging as npx serverless package does')
    const packaged = await packageInto(here)
    const [first] = packaged.functions
    if (!first) throw new Error('the template has no functions')
    const { REDPACK_TABLE: table = '', REDPACK_SECRET_PREFIX: prefix = '' } = first.environment
    tell('starting DynamoDB, Secrets Manager and WeChat Pay')
    const parts = await startParts({ folder: here, sends_per_s: SENDS_PER_S })
    stops.push(parts.stop)
    const database = hasJava() ? await startDynamodbLocal() : undefined
    if (database) stops.push(database.stop)
    const endpoint = database?.endpoint ?? parts.env.AWS_ENDPOINT_URL_DYNAMODB ?? ''
    await createTable(endpoint, table)
    const identity = localIdentity(here)
    const secrets = parts.secrets.endpoint
    await putSecrets(secrets, prefix, identity)
    const now = () => Date.now() + offsetOf(parts.clock_file)
    const lines: { name: string; line: string }[] = []
    const box = sandbox(first.task_root)
    const preload = clockModule(here, parts.clock_file)
    const endpoints = {
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets,
      WECHATPAY_ORIGIN: parts.env.WECHATPAY_ORIGIN ?? '',
      WECHATPAY_CA: parts.env.WECHATPAY_CA ?? '',
    }
    const lambda = await startLambda(packaged.functions, (fn, lambda_url) => ({
      command: box.command(fn.task_root, [process.execPath, ...nodeFlags(fn), '--import', preload, ric, fn.handler]),
      env: { ...fn.environment, ...credentials(fn), ...endpoints, AWS_ENDPOINT_URL_LAMBDA: lambda_url },
      now,
      onLine: (line) => lines.push({ name: fn.name, line }),
    }))
    stops.push(lambda.stop)
    const gateway = await startGateway(lambda, packaged.routes)
    stops.push(gateway.stop)
    const { control_origin } = parts.simulator
    return {
      packaged,
      lambda,
      gateway,
      identity,
      control: connect(control_origin),
      control_origin,
      endpoints,
      env: { AWS_ENDPOINT_URL_DYNAMODB: endpoint, REDPACK_TABLE: table },
      database: database ? 'DynamoDB Local' : `dynalite (${NO_JAVA})`,
      sandbox: box,
      lines,
      now,
      putCallers: (callers) => putSecret(secrets, `${prefix}/callers`, callers),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function credentials(fn: LambdaFunction): Record<string, string> {
  const { accessKeyId, secretAccessKey } = LOCAL_CREDENTIALS
  return {
    ...lambdaEnv(fn, 'ap-southeast-1'),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  }
}

function secretsClient(endpoint: string): SecretsManagerClient {
  return new SecretsManagerClient({ endpoint, region: 'local', credentials: LOCAL_CREDENTIALS })
}

async function putSecrets(endpoint: string, prefix: string, identity: LocalIdentity): Promise<void> {
  const { callers, merchants } = localSecrets(identity)
  const client = secretsClient(endpoint)
  const all = { callers, [`merchants/${identity.caller.miniapp_id}`]: merchants }
  for (const [name, secret] of Object.entries(all))
    await client.send(new CreateSecretCommand({ Name: `${prefix}/${name}`, SecretString: JSON.stringify(secret) }))
  client.destroy()
}

async function putSecret(endpoint: string, SecretId: string, secret: unknown): Promise<void> {
  const client = secretsClient(endpoint)
  await client.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(secret) }))
  client.destroy()
}

function offsetOf(clock_file: string): number {
  try {
    return Number(readFileSync(clock_file, 'utf8'))
  } catch {
    return 0
  }
}

/** local/clock.ts as plain JavaScript: node's own stripping of types would take 40 MB of the container. @returns its URL */
function clockModule(folder: string, clock_file: string): string {
  const source = readFileSync(new URL('../../local/clock.ts', import.meta.url), 'utf8')
  const file = join(folder, 'clock.mjs')
  writeFileSync(file, transformSync(source, { loader: 'ts', format: 'esm' }).code)
  const url = pathToFileURL(file)
  url.searchParams.set('file', clock_file)
  url.searchParams.set('main', '')
  return url.href
}
