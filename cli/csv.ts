// Cells of a CSV file that a spreadsheet may open: it takes a text that begins like a formula for one, and runs it.

/** Spreadsheets take these for formulas, some of them also the wide and small forms, and after blanks and what is not seen. */
const FORMULA = /^[\s'\p{Cc}\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫]|^'*[\t\r\n]/u

/** Spreadsheets take a CSV file without one for the system's own encoding. */
export const BYTE_ORDER_MARK = '\uFEFF'

/** The cell with an apostrophe before what would be a formula: spreadsheets then show it as text. */
export function guarded(cell: string): string {
  return FORMULA.test(cell) ? `'${cell}` : cell
}

/**
 * Cells that a spreadsheet takes for a number or a date and writes otherwise: more digits than a number has there, zeros before
 * them, 3-4, 1e5, 12:30, 1/2, Mar 4, and the same with the Chinese words for year, month and day.
 */
const CHANGED =
  /^\s*(?:0\d+|\d{12,}(?:\.\d*)?|\d+(?:\.\d*)?e[+-]?\d+|\d+(?:[-/:.]\d+)+|\d+\u5e74.*|\d+\u6708\d+\u65e5?|(?:\d+[ -]?)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ -]?\d*|true|false)\s*$/i
/** What a price may look like is left alone. */
const DECIMAL = /^\d{1,11}\.\d{1,4}$/

/** A text for a spreadsheet, which neither runs nor rounds nor reads it as a date. */
export function asText(cell: string): string {
  return CHANGED.test(cell) && !DECIMAL.test(cell) ? `'${cell}` : guarded(cell)
}
