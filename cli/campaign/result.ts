// The rows of a campaign as CSV that a spreadsheet neither runs nor rounds.
import { createWriteStream, renameSync, rmSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stringify } from 'csv-stringify'
import { stringify as stringifyAll } from 'csv-stringify/sync'
import type { CampaignCounts, CampaignRowResult, RedPack } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { asText, BYTE_ORDER_MARK } from '../csv.ts'
import { CliError } from '../exit.ts'
import { printable } from '../printable.ts'
import { wallClock } from '../when.ts'
import { count } from '../yuan.ts'
import { findCampaign } from './find.ts'
import { adviceOn } from './summary.ts'

export type ResultOptions = { out?: string; outcome?: keyof CampaignCounts }

/** It holds openids and what they were paid. */
const OWNER_ONLY = 0o600

/** Columns; the times' zone stands in their names. */
export const COLUMNS = [
  'row',
  're_openid',
  'total_amount',
  'outcome',
  'status',
  'receipt',
  'received_yuan',
  'refund',
  'refunded_yuan',
  'err_code',
  'err_code_des',
  'what_to_do',
  'attempt',
  'begun_at (UTC+08:00)',
  'updated_at (UTC+08:00)',
  'send_listid',
  'mch_billno',
  'id',
  'type',
  'total_num',
  'official_account_id',
  'send_name',
  'act_name',
  'wishing',
  'remark',
  'scene_id',
  'risk_info',
] as const

/** To a file that is whole or not there, else to standard output. */
export async function result(service: RedPack, which: string, options: ResultOptions, context: Context): Promise<void> {
  const { m, terminal, json } = context
  const { id, name } = await findCampaign(service, which, context)
  const { out, outcome } = options
  const rows = service.campaigns.rows(id, outcome === undefined ? {} : { outcome })
  if (out !== undefined) {
    const written = await write(out, rows, context)
    context.print({ id, name, rows: written, out }, m.campaign.written(count(written), out))
    return
  }
  if (json) {
    const objects: CampaignRowResult[] = []
    for await (const row of rows) objects.push(row)
    context.print({ id, name, objects }, '')
    return
  }
  terminal.out(BYTE_ORDER_MARK + stringifyAll([[...COLUMNS]]))
  for await (const row of rows) {
    if (terminal.closed?.()) return
    const cells = cellsOf(row, context)
    terminal.out(stringifyAll([terminal.tty ? cells.map(printable) : cells]))
  }
}

async function write(out: string, rows: AsyncIterable<CampaignRowResult>, context: Context): Promise<number> {
  const unfinished = `${out}.${process.pid}.tmp`
  let written = 0
  async function* lines() {
    yield [...COLUMNS] as string[]
    for await (const row of rows) {
      written += 1
      yield cellsOf(row, context)
    }
  }
  try {
    rmSync(unfinished, { force: true })
    const file = createWriteStream(unfinished, { flags: 'wx', mode: OWNER_ONLY })
    file.write(BYTE_ORDER_MARK)
    await pipeline(Readable.from(lines()), stringify({ record_delimiter: 'windows' }), file)
    renameSync(unfinished, out)
    return written
  } catch (error) {
    rmSync(unfinished, { force: true })
    const { code, syscall } = error as NodeJS.ErrnoException
    if (syscall === undefined || ['connect', 'getaddrinfo'].includes(syscall)) throw error
    throw new CliError('unwritable', context.m.unwritable(out, code ?? ''))
  }
}

function cellsOf(row: CampaignRowResult, context: Context): string[] {
  const { m } = context
  const { outcome, status, err_code, total_amount } = row
  const amount = total_amount.toFixed(2)
  const isPaid = outcome === 'sent'
  const receipt = isPaid ? (status === 'RECEIVED' ? m.campaign.receipt.yes : m.campaign.receipt.no) : ''
  const refund = m.campaign.refunds[status ?? ''] ?? ''
  const told: Record<(typeof COLUMNS)[number], unknown> = {
    ...row,
    total_amount: amount,
    outcome: outcome ?? 'waiting',
    receipt,
    received_yuan: status === 'RECEIVED' ? amount : '',
    refund,
    refunded_yuan: status === 'REFUND' ? amount : '',
    what_to_do: err_code === null ? '' : adviceOn(err_code, '', context),
    'begun_at (UTC+08:00)': row.created_at === null ? '' : wallClock(row.created_at),
    'updated_at (UTC+08:00)': row.updated_at === null ? '' : wallClock(row.updated_at),
  }
  return COLUMNS.map((name) => {
    const text = String(told[name] ?? '')
    return UNCHANGED.has(name) ? text : asText(text)
  })
}

/** Numbers and times, which a spreadsheet is meant to take for what they are. */
const UNCHANGED: ReadonlySet<string> = new Set([
  'row',
  'total_amount',
  'received_yuan',
  'refunded_yuan',
  'attempt',
  'total_num',
  'begun_at (UTC+08:00)',
  'updated_at (UTC+08:00)',
])
