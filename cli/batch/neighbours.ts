// Journals and results of other batches beside a file: the same rows under another name would be paid again.
import { closeSync, createReadStream, openSync, readdirSync, readSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Context } from '../context.ts'
import { TOLD_KEY } from './header.ts'
import { answeredIn, type JournalHeader, journalHeaderIn, LINE_MAX_BYTES, maybePaid } from './journal.ts'
import { type Batch, type Row, resultRows } from './rows.ts'

/** Files of a folder that are looked at, at most. */
const FILES_MAX = 2_000

/** Another batch's file, the name of that batch if it is known, and how many of the rows it says were paid or may be. */
export type Neighbour = { readonly path: string; readonly name: string | undefined; readonly rows: number }

/** The rows that this run would send: their parameters, without a name in them. */
export class Wanted {
  readonly #hashes = new Set<string>()

  add({ hash }: Row): void {
    this.#hashes.add(hash)
  }

  /** Looks through the folders of the file and of its result. `of`: see Journal. `own` are this batch's own files. */
  async sentElsewhere(batch: Batch, of: string, own: readonly string[], context: Context): Promise<Neighbour[]> {
    const passed = new Set([batch.file, ...own].map((path) => resolve(path)))
    const folders = new Set([batch.file, ...own].map((path) => dirname(resolve(path))))
    const found: Neighbour[] = []
    for (const path of [...folders].flatMap(filesIn)) {
      if (passed.has(path)) continue
      const neighbour = /\.csv$/i.test(path)
        ? await this.#inResult(path, batch, context)
        : await this.#inJournal(path, batch, of)
      if (neighbour && neighbour.rows > 0) found.push(neighbour)
    }
    return found
  }

  async #inJournal(path: string, batch: Batch, of: string): Promise<Neighbour | undefined> {
    const header = firstLine(path)
    if (!header || header.name === batch.name || header.of === of) return undefined
    // Of an answer that came later, the later one counts.
    const last = new Map<string, boolean>()
    for await (const line of createInterface({ input: createReadStream(path) })) {
      const answered = answeredIn(line)
      if (answered && this.#hashes.has(answered.hash)) last.set(answered.key, maybePaid(answered.outcome))
    }
    return { path, name: header.name, rows: [...last.values()].filter(Boolean).length }
  }

  async #inResult(path: string, batch: Batch, context: Context): Promise<Neighbour | undefined> {
    if (!isResult(path)) return undefined
    let rows = 0
    try {
      for await (const row of resultRows(path, batch, context)) {
        if (row.key === row.told_key) return undefined
        if (row.told_key !== '' && this.#hashes.has(row.hash) && maybePaid(row.told_outcome)) rows += 1
      }
    } catch {
      // What cannot be read to its end is judged by what was read.
    }
    return { path, name: undefined, rows }
  }
}

/** Whose result would be overwritten, or undefined if the place is free or this batch's own. `of`: see Journal. */
export async function occupant(
  out: string,
  batch: Batch,
  of: string,
  context: Context,
): Promise<Omit<Neighbour, 'rows'> | undefined> {
  const header = firstLine(`${out}.journal`)
  const ours = header !== undefined && (header.of === of || header.name === batch.name)
  if (head(out).trim() !== '') {
    if (await isOwnResult(out, batch, context)) return undefined
    return { path: out, name: ours ? undefined : header?.name }
  }
  return header && !ours ? { path: `${out}.journal`, name: header.name } : undefined
}

async function isOwnResult(path: string, batch: Batch, context: Context): Promise<boolean> {
  try {
    for await (const { key, told_key } of resultRows(path, batch, context)) if (key === told_key) return true
  } catch {
    // Not a CSV file: somebody else's.
  }
  return false
}

/** What a journal says first; undefined for a file that is none. */
export function firstLine(path: string): JournalHeader | undefined {
  return journalHeaderIn(head(path).split('\n', 1)[0] ?? '')
}

function isResult(path: string): boolean {
  const names = (head(path).split('\n', 1)[0] ?? '').split(',').map((name) => name.replace(/[\uFEFF"\s]/g, ''))
  return names.includes('outcome') && names.includes(TOLD_KEY)
}

/** The beginning of a file, empty for one that cannot be read. */
function head(path: string): string {
  let fd: number | undefined
  try {
    fd = openSync(path, 'r')
    const buffer = Buffer.alloc(LINE_MAX_BYTES)
    return buffer.toString('utf8', 0, readSync(fd, buffer, 0, LINE_MAX_BYTES, 0))
  } catch {
    return ''
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

function filesIn(folder: string): string[] {
  try {
    const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile())
    const names = files.map(({ name }) => name).filter((name) => /\.(csv|journal)$/i.test(name))
    return names.slice(0, FILES_MAX).map((name) => join(folder, name))
  } catch {
    return []
  }
}
