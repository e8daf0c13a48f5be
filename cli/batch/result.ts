// The result of a batch: its rows as they came, in their order, each with what became of it.
import { createWriteStream, renameSync, rmSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stringify } from 'csv-stringify'
import type { Context } from '../context.ts'
import { BYTE_ORDER_MARK, guarded } from '../csv.ts'
import { CliError } from '../exit.ts'
import { RESULT_COLUMNS } from './header.ts'
import type { Answered, Journal } from './journal.ts'
import { type Batch, type Row, rows } from './rows.ts'

/** It holds openids and what they were paid. */
const OWNER_ONLY = 0o600

/** Writes the file whole or not at all: under another name first. */
export async function writeResult(file: string, batch: Batch, journal: Journal, context: Context): Promise<void> {
  const unfinished = `${file}.${process.pid}.tmp`
  try {
    const csv = stringify({ record_delimiter: 'windows' })
    rmSync(unfinished, { force: true })
    const out = createWriteStream(unfinished, { flags: 'wx', mode: OWNER_ONLY })
    out.write(BYTE_ORDER_MARK)
    await pipeline(Readable.from(lines(batch, journal, context)), csv, out)
    renameSync(unfinished, file)
  } catch (error) {
    rmSync(unfinished, { force: true })
    const { code, message } = error as NodeJS.ErrnoException
    throw error instanceof CliError ? error : new CliError('unwritable', context.m.unwritable(file, code ?? message))
  }
}

async function* lines(batch: Batch, journal: Journal, context: Context): AsyncGenerator<string[]> {
  let headed = false
  for await (const row of rows(batch, context)) {
    if ('faults' in row) continue
    const own = row.header.map((name, i) => ({ name, i })).filter(({ name }) => !isResultColumn(name))
    if (!headed) yield ['line', ...own.map(({ name }) => guarded(name)), ...RESULT_COLUMNS.slice(1)]
    headed = true
    yield [String(row.line), ...own.map(({ i }) => row.cells[i] ?? ''), ...became(row, journal.get(row))].map(guarded)
  }
}

function became(row: Row, answered: Answered | undefined): string[] {
  const { outcome = 'not_sent', id, mch_billno, send_listid, err_code, err_code_des } = answered ?? {}
  return [outcome, id, mch_billno, send_listid, err_code, err_code_des, row.key].map((text) => text ?? '')
}

function isResultColumn(name: string): boolean {
  return RESULT_COLUMNS.some((column) => column === name)
}
