// A list as people have it: CSV in the encoding and with the separator that their spreadsheet wrote, or a workbook.
import { closeSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { openText } from './text.ts'
import { openWorkbook } from './workbook.ts'

/** Cells as text; `line` as a spreadsheet or an editor counts it. */
export type Line = { readonly line: number; readonly cells: readonly string[] }

/** How a file was read, for people. */
export type Format =
  | { readonly kind: 'csv'; readonly encoding: Encoding; readonly delimiter: string }
  | { readonly kind: 'xlsx'; readonly sheet: string; readonly other_sheets: readonly string[] }
export const ENCODINGS = ['utf-8', 'gb18030', 'utf-16le', 'utf-16be'] as const
export type Encoding = (typeof ENCODINGS)[number]

export type Source = {
  readonly file: string
  readonly format: Format
  /** From the first line on, each time anew. @throws CliError */
  lines(): AsyncIterable<Line>
  /** @throws CliError if the file is another one than when it was opened */
  assertUnchanged(): void
}

const ZIP = Buffer.from('504b0304', 'hex')
/** Workbooks of before 2007, and newer ones with a password. */
const OLD_WORKBOOK = Buffer.from('d0cf11e0', 'hex')

/**
 * Looks what the file is. It is read twice, so a pipe or a device is refused before anything else.
 * @throws CliError
 */
export async function openSource(file: string, context: Context): Promise<Source> {
  const { m } = context
  const before = statOf(file, context)
  if (!before.isFile()) throw new CliError('not_a_file', m.campaign.notAFile(file))
  const assertUnchanged = () => {
    if (stamp(statOf(file, context)) !== stamp(before)) throw new CliError('file_changed', m.campaign.fileChanged)
  }
  const head = headOf(file, context)
  if (head.equals(OLD_WORKBOOK)) throw new CliError('bad_xlsx', m.campaign.oldWorkbook(file))
  const opened = head.equals(ZIP) ? await openWorkbook(file, before.size, context) : await openText(file, context)
  return { file, ...opened, assertUnchanged }
}

function statOf(file: string, { m }: Context): Stats {
  try {
    return statSync(file)
  } catch (error) {
    if (file === '-') throw new CliError('not_a_file', m.campaign.notAFile(file))
    throw new CliError('unreadable', m.unreadable(file, (error as NodeJS.ErrnoException).code ?? ''))
  }
}

/** Changes when the file does. */
function stamp({ size, mtimeMs, ino }: Stats): string {
  return [size, mtimeMs, ino].join()
}

function headOf(file: string, { m }: Context): Buffer {
  let fd: number | undefined
  try {
    fd = openSync(file, 'r')
    const head = Buffer.alloc(ZIP.length)
    return head.subarray(0, readSync(fd, head, 0, head.length, 0))
  } catch (error) {
    throw new CliError('unreadable', m.unreadable(file, (error as NodeJS.ErrnoException).code ?? ''))
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
