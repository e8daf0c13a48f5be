// A list in a workbook (.xlsx): the first sheet, its cells as text.
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import type { Format, Line } from './file.ts'

/** A workbook is read whole: some 300,000 rows. Longer lists are CSV. */
const WORKBOOK_MAX_BYTES = 32 * 1024 * 1024

/** @throws CliError for what is no workbook, or too large a one */
export async function openWorkbook(
  file: string,
  size_bytes: number,
  { m }: Context,
): Promise<{ format: Format; lines(): AsyncIterable<Line> }> {
  if (size_bytes > WORKBOOK_MAX_BYTES) throw new CliError('too_large', m.campaign.largeWorkbook(file))
  const { default: readWorkbook } = await import('read-excel-file/node')
  const sheets = await readWorkbook(file, { parseNumber: decimal }).catch((error: Error) => {
    throw new CliError('bad_xlsx', m.campaign.badWorkbook(file, error.message))
  })
  const [first, ...others] = sheets
  if (!first) throw new CliError('empty_file', m.campaign.empty(file))
  const lines = first.data.map((cells: readonly unknown[], i): Line => ({ line: i + 1, cells: cells.map(textOf) }))
  const full = others.filter(({ data }) => data.length > 0).map(({ sheet }) => sheet)
  return {
    format: { kind: 'xlsx', sheet: first.sheet, other_sheets: full },
    lines: async function* () {
      for (const line of lines) if (line.cells.some((cell) => cell !== '')) yield line
    },
  }
}

/** From here on a workbook has rounded what was typed. */
const ROUNDED_FROM = 1e15

/** Workbooks hold 1.1 as 1.1000000000000001. What was rounded stays as it is shown there, 2.0201E+17, which nothing takes. */
function decimal(digits: string): string {
  const number = Number(digits)
  return Math.abs(number) < ROUNDED_FROM ? String(number) : number.toExponential().toUpperCase()
}

function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  return cell instanceof Date ? cell.toISOString() : String(cell).trim()
}
