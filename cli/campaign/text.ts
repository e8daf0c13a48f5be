// CSV in any of the encodings and with any of the separators that spreadsheets write.
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import type { Encoding, Format, Line } from './file.ts'

const DELIMITERS = [',', ';', '\t']
/** A row of WeChat's longest texts is under 4 KB. */
const ROW_MAX_BYTES = 64 * 1024
/** Excel's own first line, which names the separator. */
const NAMES_DELIMITER = /^"?sep=([,;\t])"?\r?$/i
/** UTF-8 with fewer bad places than this part of its characters is damaged; what is in another encoding has far more. */
const DAMAGED_PART = 4

/** @throws CliError if it is text in none of the encodings */
export async function openText(
  file: string,
  context: Context,
): Promise<{ format: Format; lines(): AsyncIterable<Line> }> {
  const encoding = await encodingOf(file, context)
  const first = await firstLine(file, encoding, context)
  const named = NAMES_DELIMITER.exec(first)?.[1]
  const delimiter = named ?? delimiterOf(first)
  const from_line = named === undefined ? 1 : 2
  return {
    format: { kind: 'csv', encoding, delimiter },
    lines: () => records(file, { encoding, delimiter, from_line }, context),
  }
}

async function encodingOf(file: string, context: Context): Promise<Encoding> {
  const { m } = context
  for await (const chunk of chunksOf(file, context)) {
    if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le'
    if (chunk[0] === 0xfe && chunk[1] === 0xff) return 'utf-16be'
    break
  }
  if (await isIn(file, 'utf-8', context)) return 'utf-8'
  const { bad, others } = await badPlaces(file, context)
  if (bad * DAMAGED_PART > others && (await isIn(file, 'gb18030', context))) return 'gb18030'
  throw new CliError('bad_encoding', m.campaign.badEncoding(file))
}

async function isIn(file: string, encoding: Encoding, context: Context): Promise<boolean> {
  try {
    for await (const text of decoded(file, encoding, context)) if (text.includes('\0')) return false
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

/** Places that are no UTF-8, and the other characters that are not ASCII. */
async function badPlaces(file: string, context: Context): Promise<{ bad: number; others: number }> {
  const decoder = new TextDecoder('utf-8')
  const found = { bad: 0, others: 0 }
  for await (const chunk of chunksOf(file, context)) {
    for (const char of decoder.decode(chunk, { stream: true })) {
      if (char === '\ufffd') found.bad += 1
      else if (char > '\x7f') found.others += 1
    }
  }
  return found
}

async function firstLine(file: string, encoding: Encoding, context: Context): Promise<string> {
  let text = ''
  for await (const more of decoded(file, encoding, context)) {
    text = (text + more).trimStart()
    if (text.includes('\n') || text.length > ROW_MAX_BYTES) break
  }
  return text.split('\n', 1)[0] ?? ''
}

/** The separator that the first line has most of, outside of quotes. */
function delimiterOf(line: string): string {
  const bare = line.replaceAll(/"[^"]*"/g, '')
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

type Reading = { readonly encoding: Encoding; readonly delimiter: string; readonly from_line: number }

async function* records(
  file: string,
  { encoding, delimiter, from_line }: Reading,
  context: Context,
): AsyncGenerator<Line> {
  const { m } = context
  const parser = parse({
    delimiter,
    from_line,
    info: true,
    // Of files that were put together from several.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    // A tab may be an empty cell between two others.
    trim: delimiter !== '\t',
    max_record_size: ROW_MAX_BYTES,
  })
  // What fails on the way comes out of the parser, as its error.
  pipeline(Readable.from(decoded(file, encoding, context)), parser).catch(() => {})
  try {
    for await (const { record, info } of parser) {
      const cells: string[] = record
      yield { cells: delimiter === '\t' ? cells.map((cell) => cell.trim()) : cells, line: info.lines }
    }
  } catch (error) {
    if (error instanceof CsvError)
      throw new CliError('bad_csv', m.campaign.badCsv(Number(error.lines ?? 0), error.message))
    if (error instanceof TypeError) throw new CliError('bad_encoding', m.campaign.badEncoding(file))
    throw error
  }
}

/** A byte order mark is taken away. @throws TypeError for what is not in this encoding, CliError */
async function* decoded(file: string, encoding: Encoding, context: Context): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  for await (const chunk of chunksOf(file, context)) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}

async function* chunksOf(file: string, { m }: Context): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(file)) yield chunk as Buffer
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new CliError('unreadable', m.unreadable(file, code ?? message))
  }
}
