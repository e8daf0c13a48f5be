// The table of the records as the operator's commands need it: one item read, or changed under a condition.
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  ResourceNotFoundException,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import { mayPass } from '../../lib/aws/failure.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import type { Profile } from '../profile/choose.ts'
import { proxyAgents } from '../proxy.ts'
import { causeOf, isNeverConnected } from '../reach.ts'

type Item = Record<string, AttributeValue>
export type Change = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>

export type RecordsTable = {
  readonly name: string
  /** The profile that named it. */
  readonly profile: Profile | undefined
  readonly client: DynamoDBClient
  /** As the SDK finds it. @throws CliError if it is not set */
  region(): Promise<string>
  /** Read consistently. @returns undefined if there is none. @throws CliError */
  read(id: string): Promise<Item | undefined>
  /** @returns false if its condition failed. @throws CliError, `table_in_doubt` if it may have been written */
  update(id: string, change: Change): Promise<boolean>
}

export const TABLE_VARIABLE = 'REDPACK_TABLE'

/** A person waits, perhaps in a hurry: two tries, then the reason. */
const clientFor = (env: NodeJS.ProcessEnv) => ({
  maxAttempts: 2,
  requestHandler: {
    ...{ connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
    ...proxyAgents(env),
  },
})

/** Region, credentials and endpoint are the SDK's own to find. @throws CliError if the table is not named */
export function recordsTable(table: string | undefined, context: Context): RecordsTable {
  const { m } = context
  const { name, profile } = tableNamed(table, context)
  if (!name) throw new CliError('not_configured', m.notConfigured(`--table (${TABLE_VARIABLE})`))
  const client = new DynamoDBClient(clientFor(context.env))
  const region = async () => {
    try {
      return await client.config.region()
    } catch {
      throw new CliError('not_configured', m.aws.region)
    }
  }
  const keyOf = (id: string) => ({ TableName: name, Key: { id: { S: id } } })
  return {
    name,
    profile,
    client,
    region,
    async read(id) {
      const where = { name, region: await region() }
      try {
        return (await client.send(new GetItemCommand({ ...keyOf(id), ConsistentRead: true }))).Item
      } catch (error) {
        throw tableError(error, where, context)
      }
    },
    async update(id, change) {
      const where = { name, region: await region() }
      try {
        await client.send(new UpdateItemCommand({ ...keyOf(id), ...change }))
        return true
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false
        if (!mayPass(error) || isNeverConnected(error)) throw tableError(error, where, context)
        throw new CliError('table_in_doubt', m.table.inDoubt(causeOf(error)), EXIT.unknown)
      }
    },
  }
}

/**
 * The flag's, a named profile's, the variable's, or the default profile's.
 * @throws CliError if --profile names one without a table: the variable's would be another service's
 */
export function tableNamed(
  table: string | undefined,
  { profile, env, m }: Context,
): { name: string | undefined; profile: Profile | undefined } {
  const own = profile?.table
  if (table !== undefined) return { name: table, profile: table === own ? profile : undefined }
  if (profile && own === undefined && profile.by === 'flag') {
    throw new CliError('not_configured', m.profile.noTable(profile.name))
  }
  const set = env[TABLE_VARIABLE]
  if (own !== undefined && (profile?.by !== 'default' || !set)) return { name: own, profile }
  return { name: set, profile: undefined }
}

/** AWS's errors by name, with the table and the region that were meant: a wrong one of them is the usual reason. */
function tableError(error: unknown, where: { name: string; region: string }, { m }: Context): CliError {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  if (/Credential|ExpiredToken|UnrecognizedClient|InvalidSignature|MissingAuthentication|SSO/i.test(name)) {
    return new CliError('aws_credentials', m.aws.credentials(message))
  }
  if (error instanceof ResourceNotFoundException) {
    return new CliError('table_missing', m.table.missing(where.name, where.region), EXIT.error, where)
  }
  if (/AccessDenied|NotAuthorized/i.test(name)) {
    return new CliError('aws_access_denied', m.table.denied(where.name, where.region, message), EXIT.error, where)
  }
  if (mayPass(error)) {
    return new CliError('aws_unreachable', m.table.unreachable(causeOf(error)), EXIT.unreachable)
  }
  return new CliError(name, m.table.other(`${name}: ${message}`, where.name, where.region), EXIT.error, where)
}
