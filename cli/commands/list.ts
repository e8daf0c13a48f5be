// redpack list: records, newest first, as a table, as CSV or as JSON.
import Table from 'cli-table3'
import type { Command } from 'commander'
import { stringify } from 'csv-stringify/sync'
import type { ListedRedPack, ReadReply, RedPack, RedPackList } from '../../client/src/index.ts'
import { fitted } from '../cells.ts'
import type { Context } from '../context.ts'
import { BYTE_ORDER_MARK, guarded } from '../csv.ts'
import { CliError } from '../exit.ts'
import { whole } from '../flags.ts'
import { jsonOf, printable } from '../printable.ts'
import { serviceOf } from '../service.ts'
import { tellStopped, withStopped } from '../stopped.ts'
import type { Terminal } from '../terminal.ts'
import { minuteOf, when } from '../when.ts'

type Options = { limit?: number; offset?: number; all?: true; csv?: true }

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
    .addHelpText('after', help.listAfter)
    .action((options: Options, command) => list(options, command, context))
}

async function list({ limit, offset, all, csv }: Options, command: Command, context: Context): Promise<void> {
  const { m, json } = context
  if (all && (limit !== undefined || offset !== undefined)) throw new CliError('usage', m.list.allAlone)
  if (csv && json) throw new CliError('usage', m.list.csvOrJson)
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

const COLUMNS = [
  'id',
  'created_at',
  'updated_at',
  'outcome',
  'status',
  'type',
  'total_amount',
  'total_num',
  're_openid',
  'send_name',
  'act_name',
  'wishing',
  'remark',
  'scene_id',
  'gateway_type',
  'official_account_id',
  'mch_billno',
  'send_listid',
  'err_code',
  'err_code_des',
  'idempotency_key',
  'keyid',
]

function cells(record: ListedRedPack, { tty }: Terminal): string[] {
  const flat: Record<string, unknown> = { ...record.result, ...record }
  return COLUMNS.map((name) => {
    if (name === 'total_amount') return record.total_amount.toFixed(2)
    if (name === 'created_at' || name === 'updated_at') return when(record[name])
    const text = guarded(String(flat[name] ?? ''))
    return tty ? printable(text) : text
  })
}

/** Below this the receiver is told by the end of the openid and the activity is left out; 80 columns are always enough. */
const WIDE_COLUMNS = 124
const STATE_CELLS = 9
const OPENID_END = 7
const ACTIVITY_CELLS = 20

function tableOf(records: readonly ListedRedPack[], { m, terminal }: Context): string {
  const wide = (terminal.columns ?? 80) >= WIDE_COLUMNS
  const table = new Table({
    head: [...(wide ? m.list.wideHead : m.list.head)],
    colAligns: ['left', 'left', 'right', 'left', 'left', 'left'],
    chars: PLAIN,
    style: { head: terminal.colour ? ['bold'] : [], border: [], 'padding-left': 0, 'padding-right': 2 },
  })
  for (const record of records) {
    const { id, created_at, outcome, status, total_amount, total_num, re_openid, act_name } = record
    // What became of the packet says that it was sent; of all others the outcome is what matters.
    const state = (outcome === 'sent' ? status : undefined) ?? m.outcomes[outcome] ?? outcome
    const amount = total_amount.toFixed(2) + (total_num > 1 ? `/${total_num}` : '')
    const openid = printable(re_openid)
    const receiver = wide ? [openid, fitted(printable(act_name), ACTIVITY_CELLS)] : [endOf(openid)]
    table.push([minuteOf(created_at), fitted(printable(state), STATE_CELLS), amount, ...receiver, printable(id)])
  }
  return table.toString().replace(/ +$/gm, '')
}

function endOf(openid: string): string {
  return openid.length > OPENID_END + 1 ? `…${openid.slice(-OPENID_END)}` : openid
}

/** Columns, no lines: it is to be read and copied from. */
const PLAIN = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((name) => [name, '']),
)
