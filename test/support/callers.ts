// The callers of the end-to-end tests. Each file has its own, with mini apps and a merchant that no other file uses:
// records, limits, rates and secrets belong to a mini app or to a merchant, so nothing that one file leaves reaches another.
import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
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

/** The callers of one file, and what each of them is there for. */
const ROLES = {
  own: 'who sends if nobody else is named: the file’s merchant, and the local ones for the other gateway types',
  other: 'another mini app, which has a client_ip',
  bare: 'a mini app without any payment certificate',
  broken: 'a mini app whose payment certificates are each unusable in another way',
  untouched: 'a mini app whose payment certificate nobody has a reason to read',
  rotating: 'a caller with two secrets, and a merchant whose API key is out of date',
  limited: 'a mini app that may send 5 yuan a day',
} as const
type Role = keyof typeof ROLES
export type Callers = Record<Role, Caller>

export type Merchant = Omit<LocalMerchant, 'gateway_type'>
/** What belongs to one file of tests: its callers, and the merchant that pays for them. */
export type Cast = { callers: Callers; merchant: Merchant }

/** The local merchants have the numbers before these. */
const FIRST_MCH_ID = 1_900_000_201

/** A cast for each name of a file. The simulator has to know the merchants, the service the secrets: seedCasts stores them. */
export function makeCasts({ ca }: LocalIdentity, files: readonly string[]): Record<string, Cast> {
  const casts = files.map((file, i): [string, Cast] => {
    const mch_id = String(FIRST_MCH_ID + i)
    const api_key = randomBytes(16).toString('hex')
    return [
      file,
      { callers: makeCallers(file), merchant: { mch_id, api_key, ...createMerchantCertificate(ca, mch_id) } },
    ]
  })
  return Object.fromEntries(casts)
}

/** The cast of the file of tests at `test_path`. */
export function castOf(casts: Record<string, Cast>, test_path = ''): Cast {
  const cast = casts[basename(test_path, '.test.ts')]
  if (!cast) throw new Error(`no callers for ${test_path}: it is no file of end-to-end tests`)
  return cast
}

/** Stores the callers and their merchants with the Secrets Manager of `env`. @returns what must never be logged */
export async function seedCasts(
  env: Record<string, string>,
  identity: LocalIdentity,
  casts: Record<string, Cast>,
): Promise<string[]> {
  const broken = brokenMerchants(identity)
  const keys: Merchant[] = [...identity.merchants]
  const secrets = [identity.caller.secret]
  const entries: Record<string, unknown> = {
    [identity.caller.keyid]: { miniapp_id: identity.caller.miniapp_id, secrets: [...secrets] },
  }
  for (const { callers, merchant } of Object.values(casts)) {
    for (const [role, { keyid, miniapp_id, secret }] of Object.entries(callers)) {
      const older = role === 'rotating' ? [randomBytes(32).toString('base64')] : []
      entries[keyid] = { miniapp_id, secrets: [...older, secret] }
      secrets.push(...older, secret)
    }
    for (const [role, merchants] of Object.entries(merchantsOf(merchant, identity, broken))) {
      await putSecret(env, `merchants/${callers[role as Role].miniapp_id}`, merchants)
      keys.push(...Object.values(merchants))
    }
  }
  await putSecret(env, 'callers', entries)
  const lines = keys.flatMap(({ api_key, cert, key }) => [api_key, ...pemLines(cert), ...pemLines(key)])
  return [...new Set([...secrets, ...lines])]
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

function makeCallers(file: string): Callers {
  const entries = Object.keys(ROLES).map((role) => {
    const name = `e2e-${file}-${role}`
    return [role, { keyid: name, secret: randomBytes(32).toString('base64'), miniapp_id: name }]
  })
  return Object.fromEntries(entries)
}

type Entries = Record<string, Merchant & Record<string, unknown>>

function merchantsOf(
  merchant: Merchant,
  { merchants }: LocalIdentity,
  broken: Entries,
): Partial<Record<Role, Entries>> {
  const local = Object.fromEntries(merchants.map(({ gateway_type, ...entry }) => [gateway_type, entry]))
  return {
    own: { ...local, weixin_tenpay: merchant },
    other: { weixin_tenpay: { ...merchant, client_ip: '203.0.113.7' } },
    broken,
    untouched: { weixin_tenpay: merchant },
    rotating: { weixin_tenpay: { ...merchant, api_key: randomBytes(16).toString('hex') } },
    limited: { weixin_tenpay: { ...merchant, daily_limit_yuan: 5 } },
  }
}

/** Nobody ever pays from these, so that all files can have the same. */
function brokenMerchants({ ca, merchants }: LocalIdentity): Entries {
  const [{ gateway_type: _, ...first }, { key }] = merchants as [LocalMerchant, LocalMerchant]
  const expired = { not_before: new Date('2020-01-01'), not_after: new Date('2024-12-31T12:00:00Z') }
  const future = { not_before: new Date('2040-01-01'), not_after: new Date('2045-06-30T12:00:00Z') }
  return {
    weixin_tenpay: { ...first, key },
    weixin_tenpay_js: { ...first, ...createMerchantCertificate(ca, first.mch_id, expired) },
    weixin_tenpay_native: { ...first, cert: 'MIIKmgIBAzCCCmQGCSqGSIb3DQEHAaCCClUEggpR' },
    weixin_tenpay_app: { ...first, ...createMerchantCertificate(ca, first.mch_id, future) },
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
