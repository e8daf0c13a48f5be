// A list, row by row: no more of it in memory than is being read.
import type { SendRedPackParams } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import type { Doubt } from '../limits.ts'
import { type ParameterName, type Texts, understand } from '../parameters.ts'
import { printable } from '../printable.ts'
import type { Line, Source } from './file.ts'
import { type ColumnMap, type Columns, columnsOf } from './header.ts'

export type List = {
  readonly source: Source
  readonly map: ColumnMap
  /** For columns that are not there and cells that are empty. */
  readonly defaults: Texts
  /** The column with names, if it is none of the usual. */
  readonly name_column?: string | undefined
  /** Rows that WeChat is known to refuse are sent all the same. */
  readonly lenient: boolean
}

export type Row = {
  readonly line: number
  readonly params: SendRedPackParams
  readonly fen: number
  readonly doubts: readonly Doubt[]
  /** Whose row it is, for people. */
  readonly name?: string | undefined
}
export type BadRow = { readonly line: number; readonly faults: readonly string[] }

const VALUE_MAX = 60

/** Every row in order, good or bad. `onColumns` hears first which columns are read. @throws CliError */
export async function* rowsOf(
  { source, ...list }: List,
  context: Context,
  onColumns: (columns: Columns) => void = () => {},
): AsyncGenerator<Row | BadRow> {
  let columns: Columns | undefined
  for await (const line of source.lines()) {
    if (columns) {
      yield rowOf(line, columns, list, context)
      continue
    }
    columns = columnsOf(line.cells, list, context)
    onColumns(columns)
  }
  if (!columns) throw new CliError('empty_file', context.m.campaign.empty(source.file))
}

function rowOf(
  { cells, line }: Line,
  { at, names, name_at }: Columns,
  { defaults, lenient }: Omit<List, 'source'>,
  context: Context,
): Row | BadRow {
  const { m, lang } = context
  const beyond = cells.slice(names.length).some((cell) => cell !== '')
  if (beyond) return { line, faults: [m.campaign.cellCount(cells.length, names.length)] }
  const texts: Texts = { ...defaults }
  for (const [name, i] of at) if (cells[i]) texts[name] = cells[i]
  // An amount that somebody forgot, or a formula without its result, is not the one that all others get.
  const amount_at = at.get('total_amount')
  if (amount_at !== undefined && !cells[amount_at]) delete texts.total_amount
  const openid_at = at.get('re_openid')
  if (openid_at !== undefined && !cells[openid_at]) delete texts.re_openid
  const understood = understand(texts, m, lang, lenient)
  if ('faults' in understood) return { line, faults: faultsWithValues(texts, lenient, context) }
  const { params, fen, excesses } = understood
  const name = (name_at === undefined ? undefined : cells[name_at]) || undefined
  return { line, params, fen, doubts: excesses.map(({ doubt }) => doubt), name }
}

/** The faults again, each with the value that it is about. */
function faultsWithValues(texts: Texts, lenient: boolean, { m, lang }: Context): readonly string[] {
  const fault = (name: string, what: string) => {
    const value = texts[name as ParameterName]
    return m.fault(value === undefined ? name : `${name} ${quoted(value)}`, what)
  }
  const again = understand(texts, { ...m, fault }, lang, lenient)
  return 'faults' in again ? again.faults : []
}

function quoted(value: string): string {
  const text = printable(value)
  return `“${text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX)}…` : text}”`
}
