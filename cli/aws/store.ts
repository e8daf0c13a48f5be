// Secrets Manager as the operator's commands need it: JSON objects under one prefix, read whole and changed one at a time.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { AppError } from '../../lib/errors.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { proxyAgents } from '../proxy.ts'
import { causeOf } from '../reach.ts'
import { BusyError, type Done, InDoubtError, readVersion, updateSecret, type Version } from './update.ts'

export type JsonObject = Record<string, unknown>

export type SecretStore = {
  readonly prefix: string
  readonly client: SecretsManagerClient
  /** @returns undefined if there is none. Names are without the prefix. @throws CliError, also if it is no JSON object */
  read(name: string): Promise<JsonObject | undefined>
  /**
   * Writes what `change` makes of the secret, or of `{}` if there is none. If another was quicker, `change` is called again,
   * with `again`: its own change may stand already. @throws CliError, and what `change` throws; then nothing is changed
   */
  update(name: string, change: (current: JsonObject, again: boolean) => JsonObject): Promise<Done>
}

export const PREFIX_VARIABLE = 'REDPACK_SECRET_PREFIX'
/** AWS's limit of a secret. */
const VALUE_MAX_BYTES = 65_536

/** A person waits: two tries, then the reason. */
const clientFor = (env: NodeJS.ProcessEnv) => ({
  maxAttempts: 2,
  requestHandler: {
    ...{ connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
    ...proxyAgents(env),
  },
})

/** Region, credentials and endpoint are the SDK's own to find. @throws CliError if the prefix is not set */
export function secretStore(prefix: string | undefined, context: Context): SecretStore {
  const { m } = context
  const found = prefixNamed(prefix, context)
  if (!found) throw new CliError('not_configured', m.notConfigured(`--prefix (${PREFIX_VARIABLE})`))
  const base = found.replace(/\/+$/, '')
  const client = new SecretsManagerClient(clientFor(context.env))
  const nameOf = (name: string) => `${base}/${name}`

  const read = (name: string) =>
    attempt(nameOf(name), context, async () => {
      const version = await readVersion(client, nameOf(name))
      return version && understand(version, nameOf(name), m)
    })

  const update: SecretStore['update'] = (name, change) =>
    attempt(nameOf(name), context, () =>
      updateSecret(client, nameOf(name), (current, again) => {
        const text = JSON.stringify(change(current ? understand(current, nameOf(name), m) : {}, again))
        const bytes = Buffer.byteLength(text)
        if (bytes > VALUE_MAX_BYTES) throw new CliError('secret_full', m.aws.full(nameOf(name), bytes, VALUE_MAX_BYTES))
        return text
      }),
    )

  return { prefix: base, client, read, update }
}

/** The flag's, a named profile's, the variable's, or the default profile's. @throws CliError as tableNamed */
function prefixNamed(prefix: string | undefined, { profile, env, m }: Context): string | undefined {
  const own = profile?.prefix
  if (prefix !== undefined) return prefix
  if (profile && own === undefined && profile.by === 'flag') {
    throw new CliError('not_configured', m.profile.noPrefix(profile.name))
  }
  const set = env[PREFIX_VARIABLE]
  return own !== undefined && (profile?.by !== 'default' || !set) ? own : set
}

/** @throws CliError that says what stands there, if it is no JSON object; it may be somebody else's */
function understand({ text, binary }: Version, name: string, m: Context['m']): JsonObject {
  const refuse = (kind: keyof typeof m.aws.kinds) =>
    new CliError('secret_malformed', m.aws.malformed(name, m.aws.kinds[kind]), EXIT.error, { kind })
  if (text === undefined) throw refuse(binary ? 'binary' : 'empty')
  if (text.trim() === '') throw refuse('empty')
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    // The cause would quote the secret.
    throw refuse('not_json')
  }
  if (document === null) throw refuse('null')
  if (Array.isArray(document)) throw refuse('list')
  if (typeof document === 'object') return document as JsonObject
  throw refuse(typeof document === 'string' ? 'string' : typeof document === 'number' ? 'number' : 'boolean')
}

/** @throws CliError in the place of whatever AWS and the network throw */
async function attempt<T>(name: string, context: Context, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    const { m } = context
    if (error instanceof CliError || error instanceof AppError) throw error
    if (error instanceof BusyError) throw new CliError('secret_busy', m.aws.busy(name))
    if (error instanceof InDoubtError) {
      throw new CliError('secret_in_doubt', m.aws.inDoubt(name, causeOf(error)), EXIT.unknown)
    }
    throw awsError(error, name, context)
  }
}

/** AWS's errors by name; its messages name the caller and the secret, never what is in it. */
function awsError(error: unknown, secret: string, { m }: Context): CliError {
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
  if (name === 'InvalidRequestException' && /deletion/i.test(message)) {
    return new CliError('secret_deleted', m.aws.deleted(secret))
  }
  return new CliError(name, m.aws.other(`${name}: ${message}`))
}
