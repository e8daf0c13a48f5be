// A process that a test freezes: calls DynamoDB, Secrets Manager and WeChat, each time that it is told to.
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { awsClient } from '../../lib/aws/connection.ts'
import { DYNAMODB, SECRETS_MANAGER } from '../../lib/aws/first-attempt.ts'
import type { Merchant } from '../../lib/redpack/ports.ts'
import { httpsTransport } from '../../lib/wechatpay/transport.ts'

/** `clock_stands`: however slow the machine is, no time passes. */
export type Setup = {
  aws: string
  secrets: string
  wechat: string
  ca: string
  merchant: Merchant
  clock_stands?: boolean
}
/** By service: how many tries it took, or what went wrong. */
export type Came = Record<'dynamodb' | 'secrets' | 'wechat', number | string>

const { aws, secrets, wechat, ca, merchant, clock_stands } = JSON.parse(process.env.FROZEN_CALLER ?? '') as Setup
const started_ms = Date.now()
if (clock_stands) Date.now = () => started_ms
const local = { region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }
const dynamodb = awsClient((config) => new DynamoDBClient({ ...config, ...local, endpoint: aws }), DYNAMODB)
const manager = awsClient(
  (config) => new SecretsManagerClient({ ...config, ...local, endpoint: secrets }),
  SECRETS_MANAGER,
)
const { post } = httpsTransport({ origin: wechat, ca })

async function tries(call: Promise<{ $metadata: { attempts?: number | undefined } }>): Promise<number | string> {
  return call.then(
    ({ $metadata }) => $metadata.attempts ?? 0,
    (error: Error & { code?: string }) => error.code ?? error.name,
  )
}

async function callAll(): Promise<Came> {
  const [ofDynamodb, ofSecrets, ofWechat] = await Promise.all([
    tries(dynamodb.send(new GetItemCommand({ TableName: 'redpack', Key: { id: { S: '1' } } }))),
    tries(manager.send(new GetSecretValueCommand({ SecretId: 'redpack/callers' }))),
    tries(post(merchant, '/', '', 3_000).then(() => ({ $metadata: { attempts: 1 } }))),
  ])
  return { dynamodb: ofDynamodb, secrets: ofSecrets, wechat: ofWechat }
}

process.on('message', async () => process.send?.(await callAll()))
process.send?.('ready')
