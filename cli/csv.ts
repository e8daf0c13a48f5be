// Cells of a CSV file that a spreadsheet may open: it takes a text that begins like a formula for one, and runs it.

/** Spreadsheets take these for formulas, some of them also the wide and small forms, and after blanks and what is not seen. */
const FORMULA = /^[\s'\p{Cc}\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫]|^'*[\t\r\n]/u

/** Spreadsheets take a CSV file without one for the system's own encoding. */
export const BYTE_ORDER_MARK = '\uFEFF'

/** The cell with an apostrophe before what would be a formula: spreadsheets then show it as text. */
export function guarded(cell: string): string {
  return FORMULA.test(cell) ? `'${cell}` : cell
}

/** The text that `guarded` was given. */
export function unguarded(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell
}
