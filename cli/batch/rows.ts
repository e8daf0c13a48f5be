// A batch's file, row by row: never more of it in memory than is being read.
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import type { SendRedPackParams } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { unguarded } from '../csv.ts'
import { CliError } from '../exit.ts'
import type { Doubt } from '../limits.ts'
import { isParameter, type Texts, understand } from '../parameters.ts'
import { checkHeader, type Header, isResultHeader, ROW_KEY, TOLD_KEY } from './header.ts'
import { hashOf, keyOf, type RowIdentity } from './identity.ts'

export type Batch = {
  readonly file: string
  readonly name: string
  /** For columns that are not there and cells that are empty. */
  readonly defaults: Texts
  readonly ignored: readonly string[]
  /** Only the rows that a result file shows with this outcome. */
  readonly only: string | undefined
  /** Rows that WeChat is known to refuse are sent all the same. */
  readonly lenient: boolean
}

export type Row = {
  readonly line: number
  readonly header: Header
  readonly cells: readonly string[]
  readonly params: SendRedPackParams
  readonly fen: number
  readonly doubts: readonly Doubt[]
  readonly who: RowIdentity
  readonly key: string
  readonly hash: string
  /** What a result file says: the key that the row was sent under, and what became of it. Empty in other files. */
  readonly told_key: string
  readonly told_outcome: string
}
export type BadRow = { readonly line: number; readonly faults: readonly string[] }

/** A row of WeChat's longest texts is under 4 KB. */
const ROW_MAX_BYTES = 64 * 1024
const ROW_KEY_MAX = 128

/** Every row in order, good or bad. @throws CliError where the file is none, is not UTF-8, or has a header that is wrong */
export async function* rows(batch: Batch, context: Context): AsyncGenerator<Row | BadRow> {
  let header: Header | undefined
  for await (const { record, line } of records(batch.file, context)) {
    if (header) {
      if (isWanted(record, header, batch)) yield rowOf(record, line, header, batch, context)
    } else {
      const isResult = isResultHeader(record)
      header = checkHeader(isResult ? record.map(unguarded) : record, batch.defaults, batch.ignored, context)
      if (isResult !== (batch.only !== undefined)) {
        throw new CliError('usage', isResult ? context.m.batch.isResult : context.m.batch.isNoResult)
      }
    }
  }
  if (!header) throw new CliError('empty_file', context.m.batch.empty)
}

/** The rows of a result file, whatever became of them; those that make no row are passed over. */
export async function* resultRows(file: string, batch: Batch, context: Context): AsyncGenerator<Row> {
  let header: Header | undefined
  for await (const { record, line } of records(file, context)) {
    header ??= record
    // Whatever WeChat may say of a row, it has been sent.
    const row = header === record ? undefined : rowOf(record, line, header, { ...batch, lenient: true }, context)
    if (row && 'key' in row) yield row
  }
}

async function* records(file: string, { m }: Context): AsyncGenerator<{ record: string[]; line: number }> {
  const parser = parse({
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    trim: true,
    max_record_size: ROW_MAX_BYTES,
  })
  // What fails on the way comes out of the parser, as its error.
  pipeline(Readable.from(textOf(file, m)), parser).catch(() => {})
  try {
    for await (const { record, info } of parser) yield { record, line: info.lines }
  } catch (error) {
    if (error instanceof CsvError)
      throw new CliError('bad_csv', m.batch.badCsv(Number(error.lines ?? 0), error.message))
    throw error
  }
}

/** UTF-8 with or without byte order mark. A spreadsheet's own format, and its CSV in GBK, are told apart from it. */
async function* textOf(file: string, m: Context['m']): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of createReadStream(file)) yield decoder.decode(chunk as Buffer, { stream: true })
    yield decoder.decode()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (error instanceof TypeError) throw new CliError('not_utf8', m.batch.notUtf8)
    throw new CliError('unreadable', m.unreadable(file, code ?? message))
  }
}

function isWanted(record: string[], header: Header, { only }: Batch): boolean {
  return only === undefined || record[header.indexOf('outcome')] === only
}

function rowOf(record: string[], line: number, header: Header, batch: Batch, context: Context): Row | BadRow {
  const { m, lang } = context
  // A result file was written for spreadsheets.
  const cells = isResultHeader(header) ? record.map(unguarded) : record
  if (cells.length !== header.length) return { line, faults: [m.batch.cellCount(cells.length, header.length)] }
  const texts: Texts = { ...batch.defaults }
  let row_key: string | undefined
  for (const [i, name] of header.entries()) {
    const cell = cells[i]
    if (!cell) continue
    if (isParameter(name)) texts[name] = cell
    if (name === ROW_KEY) row_key = cell
  }
  if (row_key !== undefined && row_key.length > ROW_KEY_MAX) {
    return { line, faults: [m.fault(ROW_KEY, m.rules.text(ROW_KEY_MAX))] }
  }
  const understood = understand(texts, m, lang, batch.lenient)
  if ('faults' in understood) return { line, faults: understood.faults }
  const { params, fen } = understood
  const doubts = understood.excesses.map(({ doubt }) => doubt)
  const { official_account_id, re_openid } = params
  const who = { row_key, official_account_id, re_openid }
  const [told_key = '', told_outcome = ''] = [TOLD_KEY, 'outcome'].map((name) => cells[header.indexOf(name)])
  const own = { key: keyOf(batch.name, who), hash: hashOf(params), told_key, told_outcome }
  return { line, header, cells, params, fen, doubts, who, ...own }
}
