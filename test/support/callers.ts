// Other callers than the local one, each with merchants of its own kind: good, none, broken, about to be replaced.
import { randomBytes } from 'node:crypto'
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { LOCAL_CREDENTIALS } from '../../local/dynamodb.ts'
import type { LocalIdentity, LocalMerchant } from '../../local/merchants.ts'
import { createMerchantCertificate } from '../../simulator/src/certificates.ts'

export type Caller = { keyid: string; secret: string; miniapp_id: string }

/** What each of them is there for. */
const NAMES = {
  other: 'another mini app with a merchant of its own',
  lister: 'a mini app whose list holds what one file sent',
  bare: 'a mini app without any payment certificate',
  broken: 'a mini app whose payment certificates are each unusable in another way',
  untouched: 'a mini app whose payment certificate nobody has a reason to read',
  rotating: 'a caller with two secrets, and a merchant whose API key is out of date',
  limited: 'a mini app that may send 5 yuan a day',
} as const
export type Callers = Record<keyof typeof NAMES | 'local', Caller>

/** Stores the callers and their merchants with the Secrets Manager of `env`. Out: the callers, and what must never be logged. */
export async function seedCallers(env: Record<string, string>, identity: LocalIdentity) {
  const callers = { local: identity.caller, ...madeUp() }
  const merchants = merchantsOf(identity)
  const entries = Object.entries(callers).map(([name, { keyid, miniapp_id, secret }]) => {
    const secrets = name === 'rotating' ? [randomBytes(32).toString('base64'), secret] : [secret]
    return [keyid, { miniapp_id, secrets }] as const
  })
  await putSecret(env, 'callers', Object.fromEntries(entries))
  for (const [name, secret] of Object.entries(merchants)) {
    await putSecret(env, `merchants/${callers[name as keyof typeof NAMES].miniapp_id}`, secret)
  }
  const keys = [...identity.merchants, ...Object.values(merchants).flatMap((secret) => Object.values(secret))]
  const confidential = [
    ...entries.flatMap(([, { secrets }]) => secrets),
    ...keys.flatMap(({ api_key, cert, key }) => [api_key, ...pemLines(cert), ...pemLines(key)]),
  ]
  return { callers, confidential: [...new Set(confidential)] }
}

/** Reads a secret under the prefix of `env`. */
export async function getSecret(env: Record<string, string>, name: string): Promise<Record<string, unknown>> {
  const { SecretString = '{}' } = await client(env).send(new GetSecretValueCommand({ SecretId: fullName(env, name) }))
  return JSON.parse(SecretString)
}

/** Writes a secret under the prefix of `env`, new or again. */
export async function putSecret(env: Record<string, string>, name: string, secret: unknown): Promise<void> {
  const [Name, SecretString] = [fullName(env, name), JSON.stringify(secret)]
  try {
    await client(env).send(new CreateSecretCommand({ Name, SecretString }))
  } catch {
    await client(env).send(new PutSecretValueCommand({ SecretId: Name, SecretString }))
  }
}

function madeUp(): Record<keyof typeof NAMES, Caller> {
  const entries = Object.keys(NAMES).map((name) => [
    name,
    { keyid: `e2e-${name}`, secret: randomBytes(32).toString('base64'), miniapp_id: `e2e-${name}` },
  ])
  return Object.fromEntries(entries)
}

type Entries = Record<string, Omit<LocalMerchant, 'gateway_type'> & Record<string, unknown>>

function merchantsOf({ ca, merchants }: LocalIdentity): Partial<Record<keyof typeof NAMES, Entries>> {
  const [{ gateway_type: _, ...first }, { gateway_type: __, ...second }] = merchants as [LocalMerchant, LocalMerchant]
  const expired = { not_before: new Date('2020-01-01'), not_after: new Date('2024-12-31T12:00:00Z') }
  const future = { not_before: new Date('2040-01-01'), not_after: new Date('2045-06-30T12:00:00Z') }
  return {
    other: { weixin_tenpay: { ...first, client_ip: '203.0.113.7' } },
    lister: { weixin_tenpay: first },
    broken: {
      weixin_tenpay: { ...first, key: second.key },
      weixin_tenpay_js: { ...first, ...createMerchantCertificate(ca, first.mch_id, expired) },
      weixin_tenpay_native: { ...first, cert: 'MIIKmgIBAzCCCmQGCSqGSIb3DQEHAaCCClUEggpR' },
      weixin_tenpay_app: { ...first, ...createMerchantCertificate(ca, first.mch_id, future) },
    },
    untouched: { weixin_tenpay: first },
    rotating: { weixin_tenpay: { ...first, api_key: randomBytes(16).toString('hex') } },
    limited: { weixin_tenpay: { ...first, daily_limit_yuan: 5 } },
  }
}

function pemLines(pem: string): string[] {
  return pem.split('\n').filter((line) => line.length >= 16 && !line.startsWith('-----'))
}

function fullName(env: Record<string, string>, name: string): string {
  return `${env.REDPACK_SECRET_PREFIX}/${name}`
}

function client(env: Record<string, string>): SecretsManagerClient {
  return new SecretsManagerClient({
    endpoint: env.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? '',
    region: 'local',
    credentials: LOCAL_CREDENTIALS,
  })
}
