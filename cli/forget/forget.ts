// redpack forget: a person asks for their data to be erased. Each record of the openid is erased, or marked while it is still open.
import { randomUUID } from 'node:crypto'
import { DynamoDBClient, ScanCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb'
import { type Item, reachable } from '../../lib/aws/dynamodb.ts'
import { dynamoRecords } from '../../lib/aws/records.ts'
import { AppError } from '../../lib/errors.ts'
import { type Forgotten, forget } from '../../lib/redpack/forget.ts'
import { TABLE_VARIABLE, tableNamed } from '../aws/table.ts'
import { confirmed } from '../confirm.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { readLine, STDIN } from '../input.ts'
import { openidFault } from '../limits.ts'
import { proxyAgents } from '../proxy.ts'
import { causeOf } from '../reach.ts'
import { mark } from '../terminal.ts'

export type Options = { openid: string; table?: string; dryRun?: true; yes?: true }

/** A scan reads the whole table: throttling in between must not end it. */
const clientFor = (env: NodeJS.ProcessEnv) => ({
  maxAttempts: 5,
  requestHandler: {
    ...{ connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
    ...proxyAgents(env),
  },
})
/** Pages between two lines that say how far it has come; a page holds 1 MB. */
const TOLD_EVERY = 100
/** Ids that are named, for each thing that can become of a record. */
const NAMED_MAX = 1_000

type Counts = Record<Forgotten, number>
type Told = { looked_at: number; found: number; counts: Counts; ids: Record<'marked' | 'busy', string[]> }

export async function forgetPerson(options: Options, context: Context): Promise<void> {
  const { m } = context
  const { name: table, profile } = tableNamed(options.table, context)
  if (!table) throw new CliError('not_configured', m.notConfigured(`--table (${TABLE_VARIABLE})`))
  const openid = options.openid === STDIN ? await readLine(STDIN, context) : options.openid
  const fault = openidFault(openid, m)
  if (fault !== undefined) throw new CliError('usage', m.fault('--openid', fault))
  if (!options.dryRun && !options.yes) {
    await confirmed(m.forget.sure(table), m.forget.declined, context, profile)
  }
  const client = new DynamoDBClient(clientFor(context.env))
  try {
    const told = await throughTable(client, table, openid, options.dryRun === true, context)
    tell(table, told, options.dryRun === true, context)
  } catch (error) {
    throw tableError(error, table, context)
  } finally {
    client.destroy()
  }
}

/** No index has openids, so that none of them keeps one: the whole table is read, consistently. */
async function throughTable(
  client: DynamoDBClient,
  table: string,
  openid: string,
  isDry: boolean,
  { m, note }: Context,
): Promise<Told> {
  const clock = { now: () => Date.now(), sleep: async () => {} }
  const store = dynamoRecords(client, table, { now: clock.now, token: randomUUID, unreadable: () => {} })
  const told: Told = {
    looked_at: 0,
    found: 0,
    counts: { erased: 0, marked: 0, busy: 0, gone: 0 },
    ids: { marked: [], busy: [] },
  }
  let start: Item | undefined
  for (let pages = 1; pages === 1 || start; pages += 1) {
    const page: ScanCommandOutput = await reachable(client.send(scan(table, openid, start)))
    told.looked_at += page.ScannedCount ?? 0
    for (const { id } of page.Items ?? []) {
      told.found += 1
      if (isDry) continue
      const became = await forget({ store, clock }, id?.S ?? '', openid)
      told.counts[became] += 1
      if ((became === 'marked' || became === 'busy') && told.ids[became].length < NAMED_MAX) {
        told.ids[became].push(id?.S ?? '')
      }
    }
    start = page.LastEvaluatedKey
    if (pages % TOLD_EVERY === 0) note(m.forget.progress(told.looked_at, told.found))
  }
  return told
}

function scan(table: string, openid: string, start: Item | undefined): ScanCommand {
  return new ScanCommand({
    TableName: table,
    ConsistentRead: true,
    FilterExpression: 're_openid = :openid OR contains(raw_result, :openid)',
    ProjectionExpression: 'id',
    ExpressionAttributeValues: { ':openid': { S: openid } },
    ...(start && { ExclusiveStartKey: start }),
  })
}

/** The openid itself is not repeated: the output may be kept. */
function tell(table: string, { looked_at, found, counts, ids }: Told, isDry: boolean, context: Context): void {
  const { m, terminal } = context
  const { erased, marked, busy } = counts
  if (busy > 0) context.exit_code = EXIT.unknown
  const lines =
    isDry || found === 0
      ? [`${mark(terminal, 'none')} ${m.forget.found(found, table)}`]
      : [
          `${mark(terminal, 'good')} ${m.forget.erased(erased)}`,
          ...(marked > 0 ? [`${mark(terminal, 'doubt')} ${m.forget.marked(marked)}`] : []),
          ...(busy > 0 ? [`${mark(terminal, 'doubt')} ${m.forget.busy(busy)}`] : []),
        ]
  context.print({ table, looked_at, found, dry_run: isDry, erased, marked, busy, ids }, lines.join('\n'))
  if (!isDry) context.note(m.forget.elsewhere)
}

/** What has been erased by then is erased; the same command goes on. */
function tableError(error: unknown, table: string, { m }: Context): unknown {
  if (!(error instanceof AppError)) return error
  const { code, cause } = error
  const why = causeOf(cause)
  if (cause instanceof Error && /region is missing/i.test(cause.message)) {
    return new CliError('not_configured', m.aws.region)
  }
  if (code === 'store_unavailable') return new CliError('aws_unreachable', m.forget.unreachable(why), EXIT.unreachable)
  if (code === 'misconfigured') return new CliError('aws_refused', m.forget.refused(table, why))
  return error
}
