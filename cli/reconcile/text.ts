// The texts of WeChat's files: UTF-8 with or without a byte order mark, GBK from the portal, either end of line, packed or not.
import { gunzipSync } from 'node:zlib'

/** The most that a file may hold, also unpacked: a day of 300,000 movements. */
export const FILE_MAX_BYTES = 128 * 1024 * 1024

/** Whether a packed bill comes so or as a Content-Encoding is in no document: its first bytes say it. @throws RangeError if it is too large */
export function unpacked(bytes: Buffer): Buffer {
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b
  return isPacked ? gunzipSync(bytes, { maxOutputLength: FILE_MAX_BYTES }) : bytes
}

/** @throws TypeError if it is no text in either encoding */
export function textOf(plain: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(plain)
  } catch {
    return new TextDecoder('gb18030', { fatal: true }).decode(plain)
  }
}

export function linesOf(text: string): string[] {
  return text.split(/\r\n|\n|\r/)
}

/** The cells of a line, without the backtick or apostrophe that keeps a spreadsheet from reading a number. */
export function cellsOfLine(line: string): string[] {
  return split(line).map((cell) => cell.trim().replace(/^[`']/, '').trim())
}

/** A cell that begins with a backtick ends before the next one; elsewhere a comma or a tab stands between them. */
function split(line: string): string[] {
  if (line.startsWith('`')) return line.split(/,(?=`)/)
  if (!line.includes('"')) return line.split(line.includes('\t') && !line.includes(',') ? '\t' : ',')
  const cells = line.match(/(?<=^|,)(?:"(?:[^"]|"")*"|[^,]*)/g) ?? []
  return cells.map((cell) => (/^".*"$/s.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell))
}

/** The place of each column by its name, with brackets of either width. @returns undefined if one of `needed` is missing */
export function columnsOf<Name extends string>(
  cells: readonly string[],
  needed: readonly Name[],
): Record<Name, number> | undefined {
  const names = cells.map((cell) => cell.replaceAll('（', '(').replaceAll('）', ')'))
  const places = needed.map((name) => [name, names.indexOf(name)] as const)
  return places.every(([, at]) => at >= 0) ? (Object.fromEntries(places) as Record<Name, number>) : undefined
}

/** An amount in yuan with at most two decimals as integer fen; undefined for anything else. */
export function fenOf(text: string): number | undefined {
  const [, sign, whole = '', cents = ''] = /^(-?)(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text) ?? []
  if (whole === '') return undefined
  const fen = Number(whole) * 100 + Number(cents.padEnd(2, '0'))
  return sign === '-' ? -fen : fen
}
