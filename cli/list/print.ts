// How records are shown: as a table that fits the terminal, and as the cells of a CSV file.
import Table from 'cli-table3'
import type { RedPackRecord } from '../../client/src/index.ts'
import { fitted } from '../cells.ts'
import type { Context } from '../context.ts'
import { guarded } from '../csv.ts'
import { printable } from '../printable.ts'
import { PLAIN } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { minuteOf, when } from '../when.ts'

type Kept = Omit<RedPackRecord, 'raw_result'>

/** Columns of the CSV. */
export const COLUMNS = [
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

/** One record in those columns. */
export function cells(record: Kept, { tty }: Terminal): string[] {
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

/** Columns as wide as their widest cell. */
export function tableOf(records: readonly Kept[], { m, terminal }: Context): string {
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
