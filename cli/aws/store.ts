// Secrets Manager as the operator's commands need it: JSON documents under one prefix, written whole.
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { causeOf } from '../reach.ts'

export type SecretStore = {
  readonly prefix: string
  readonly client: SecretsManagerClient
  /** Out: undefined where there is none. Names are without the prefix. @throws CliError */
  read(name: string): Promise<unknown>
  /** Makes the secret, or gives it a new version. @throws CliError */
  write(name: string, value: unknown): Promise<'created' | 'updated'>
}

export const PREFIX_VARIABLE = 'REDPACK_SECRET_PREFIX'

/** Region, credentials and endpoint are the SDK's own to find. @throws CliError where the prefix is not set */
export function secretStore(prefix: string | undefined, context: Context): SecretStore {
  const { m } = context
  const found = prefix ?? context.env[PREFIX_VARIABLE]
  if (!found) throw new CliError('not_configured', m.notConfigured(`--prefix (${PREFIX_VARIABLE})`))
  const base = found.replace(/\/+$/, '')
  // A person waits: two tries, then the reason.
  const client = new SecretsManagerClient({ maxAttempts: 2 })
  const nameOf = (name: string) => `${base}/${name}`

  async function read(name: string): Promise<unknown> {
    const text = await attempt(async () => {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: nameOf(name) }))
      return SecretString
    }, context)
    try {
      return text === undefined ? undefined : JSON.parse(text)
    } catch {
      // The cause would quote the secret.
      throw new CliError('secret_malformed', m.aws.malformed(nameOf(name)))
    }
  }

  async function write(name: string, value: unknown): Promise<'created' | 'updated'> {
    const [SecretId, SecretString] = [nameOf(name), JSON.stringify(value)]
    const put = await attempt(() => client.send(new PutSecretValueCommand({ SecretId, SecretString })), context)
    if (put) return 'updated'
    await attempt(() => client.send(new CreateSecretCommand({ Name: SecretId, SecretString })), context)
    return 'created'
  }

  return { prefix: base, client, read, write }
}

/** Out: undefined where the secret does not exist. */
async function attempt<T>(call: () => Promise<T>, context: Context): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw awsError(error, context)
  }
}

/** AWS's errors by name; its messages name the caller and the secret, never what is in it. */
function awsError(error: unknown, { m }: Context): CliError {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  if (/Credential|ExpiredToken|UnrecognizedClient|InvalidSignature|SSO/i.test(name)) {
    return new CliError('aws_credentials', m.aws.credentials(message))
  }
  if (/region is missing/i.test(message)) return new CliError('not_configured', m.aws.region)
  if (/AccessDenied/i.test(name)) return new CliError('aws_access_denied', m.aws.denied(message))
  const cause = causeOf(error)
  if (/^E[A-Z]+$|TimeoutError/.test(cause) || name === 'TimeoutError') {
    return new CliError('aws_unreachable', m.aws.unreachable(cause), EXIT.unreachable)
  }
  return new CliError(name, m.aws.other(`${name}: ${message}`))
}
