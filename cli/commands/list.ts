// redpack list: records, newest first, as a table, as CSV or as JSON.
import { type Command, Option } from 'commander'
import { stringify } from 'csv-stringify/sync'
import type { ListedRedPack, ReadReply, RedPack, RedPackList } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { BYTE_ORDER_MARK } from '../csv.ts'
import { fromOf, requireSpan, toOf } from '../days.ts'
import { CliError } from '../exit.ts'
import { whole } from '../flags.ts'
import { COLUMNS, cells, tableOf } from '../list/print.ts'
import { jsonOf } from '../printable.ts'
import { serviceOf } from '../service.ts'
import { tellStopped, withStopped } from '../stopped.ts'

type Options = { limit?: number; offset?: number; all?: true; csv?: true } & Flags
/** Any of these, and the list is read from the mirror. */
type Flags = {
  from?: number
  to?: number
  outcome?: ListedRedPack['outcome']
  status?: string
  openid?: string
  activity?: string
  campaign?: string
  offline?: true
}
const OUTCOMES = ['pending', 'sent', 'refused', 'unknown', 'manual']
const STATUSES = ['SENDING', 'SENT', 'FAILED', 'RECEIVED', 'RFUND_ING', 'REFUND']

/** Rows that one table holds: its columns are as wide as their widest cell. */
const TABLE_ROWS = 1000

export function addList(program: Command, context: Context): void {
  const { help } = context.m
  program
    .command('list')
    .description(help.list)
    .option('--limit <n>', help.limit, whole(1, 1000))
    .option('--offset <n>', help.offset, whole(0, Number.MAX_SAFE_INTEGER))
    .option('--all', help.all)
    .option('--csv', help.csv)
    .option('--from <time>', help.from, fromOf)
    .option('--to <time>', help.to, toOf)
    .addOption(new Option('--outcome <word>', help.outcome).choices(OUTCOMES))
    .addOption(new Option('--status <word>', help.byStatus).choices(STATUSES))
    .option('--openid <openid>', help.byOpenid)
    .option('--activity <text>', help.byActivity)
    .option('--campaign <campaign>', help.byCampaign)
    .option('--offline', help.offline)
    .addHelpText('after', help.listAfter)
    .action((options: Options, command) => list(options, command, context))
}

async function list(options: Options, command: Command, context: Context): Promise<void> {
  const { limit, offset, all, csv, ...flags } = options
  const { m, json } = context
  if (all && (limit !== undefined || offset !== undefined)) throw new CliError('usage', m.list.allAlone)
  if (csv && json) throw new CliError('usage', m.list.csvOrJson)
  if (Object.keys(flags).some((name) => FLAGS.has(name))) return listChosen(options, command, context)
  const service = serviceOf(command, context)
  if (all) return listAll(service, csv === true, context)
  const asked = { ...(limit && { limit }), ...(offset && { offset }) }
  const { data, stopped_since } = await service.getSentRedPackList(asked)
  tellStopped(stopped_since, context)
  if (csv)
    return context.terminal.out(
      BYTE_ORDER_MARK + stringify([COLUMNS, ...data.objects.map((record) => cells(record, context.terminal))]),
    )
  const { total_count } = data.meta
  context.print(
    withStopped(data, stopped_since),
    data.objects.length === 0 ? m.list.none(total_count, data.meta.offset) : tableOf(data.objects, context),
  )
  const last = data.meta.offset + data.objects.length
  if (data.objects.length > 0) context.note(m.list.shown(data.meta.offset + 1, last, total_count))
}

const FLAGS = new Set<string>(['from', 'to', 'outcome', 'status', 'openid', 'activity', 'campaign', 'offline'])

async function listChosen(options: Options, command: Command, context: Context): Promise<void> {
  const { from: from_s, to: to_s, outcome, status, openid, activity, campaign, offline, ...shown } = options
  requireSpan(options, context)
  const { chosen } = await import('../list/chosen.ts')
  const { keysOf } = await import('../list/campaign.ts')
  const { withMirror } = await import('../mirror/mirror.ts')
  const filter = { from_s, to_s, outcome, status, openid: openid?.replace(/^…/, ''), activity }
  await withMirror({ offline, open: true }, command, context, async ({ store, service }) => {
    const key_prefix = campaign === undefined ? undefined : await keysOf(campaign, store, service, context)
    chosen(store, { ...filter, key_prefix }, shown, context)
  })
}

/** Record by record, so that a long list needs no more memory than a short one. */
async function listAll(service: RedPack, csv: boolean, context: Context): Promise<void> {
  const { terminal, json, m } = context
  let page: ListedRedPack[] = []
  let shown = 0
  const flush = () => {
    if (page.length > 0) terminal.out(`${tableOf(page, context)}\n`)
    page = []
  }
  if (csv) terminal.out(BYTE_ORDER_MARK + stringify([COLUMNS]))
  if (json) terminal.out('{"objects":[')
  let stopped_since: number | undefined
  const on_page = (page: ReadReply<RedPackList>) => {
    if (stopped_since === undefined) tellStopped(page.stopped_since, context)
    stopped_since ??= page.stopped_since
  }
  for await (const record of service.records({ on_page })) {
    if (csv) terminal.out(stringify([cells(record, terminal)]))
    else if (json) terminal.out(`${shown > 0 ? ',' : ''}\n${jsonOf(record, 0)}`)
    else if (page.push(record) === TABLE_ROWS) flush()
    shown += 1
    if (terminal.closed?.()) return
  }
  if (json) {
    const rest = stopped_since === undefined ? '' : `,"stopped_since":${stopped_since}`
    return terminal.out(`\n]${rest}}\n`)
  }
  flush()
  if (!csv) context.note(shown === 0 ? m.list.none(0, 0) : m.list.shown(1, shown, shown))
}
