// What the rows of a batch were answered, kept beside its result as it comes in, so that a run that was killed is soon caught up.
// It saves time and nothing else: without it, or with half of it, the service is asked again and answers as before.
import { createHash } from 'node:crypto'
import { closeSync, existsSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'

/** `changed`: sent before with other parameters. `rejected`: the service says no. `not_sent`: not by this run. */
export const OUTCOMES = ['sent', 'refused', 'unknown', 'changed', 'rejected', 'not_sent'] as const
export type RowOutcome = (typeof OUTCOMES)[number]

/** Rows that no money can have moved for: they may be sent under another name, and no other ones may. */
const UNPAID: ReadonlySet<string> = new Set<RowOutcome>(['refused', 'rejected', 'not_sent'])

/** True if the row was paid or may still be. An outcome that nobody knows may be one of those. */
export function maybePaid(outcome: string): boolean {
  return !UNPAID.has(outcome)
}

export type Answered = {
  key: string
  hash: string
  outcome: RowOutcome
  id?: string
  mch_billno?: string
  send_listid?: string | undefined
  err_code?: string | undefined
  err_code_des?: string | undefined
}

/** A line is cut to fit: WeChat's longest texts are far below. */
export const LINE_MAX_BYTES = 8 * 1024
const CHUNK_BYTES = 64 * 1024

/** Whose answers they are: another service, caller or secret has others. */
export type Owner = { endpoint: string; keyid: string; secret: string; name: string }

/** The first line of a journal. `of` tells batch and caller; `name` is not there in files of version 0.1. */
export type JournalHeader = { of: string; name?: string }

export class Journal {
  readonly #file: string
  readonly #first: string
  readonly #of: string
  #fd: number | undefined
  #end = 0
  /** Where each key's last line begins: the lines themselves stay in the file. */
  readonly #offsets = new Map<string, number>()

  private constructor(file: string, owner: Owner) {
    this.#file = file
    this.#of = fingerprint(owner)
    this.#first = `${JSON.stringify({ journal: 'redpack batch', v: 2, name: owner.name, of: this.#of })}\n`
  }

  /** Reads the file if there is one and it is the same owner's. It is made, or made anew, when the first answer comes. */
  static open(file: string, owner: Owner): Journal {
    const journal = new Journal(file, owner)
    if (!existsSync(file)) return journal
    journal.#fd = openSync(file, 'a+')
    const first = journal.#line(0) ?? ''
    if (journalHeaderIn(first)?.of === journal.#of) journal.#index(Buffer.byteLength(first) + 1)
    return journal
  }

  /** The answer that a row had as it stands now, or undefined. */
  get({ key, hash }: { key: string; hash: string }): Answered | undefined {
    const offset = this.#offsets.get(key)
    const line = offset === undefined ? undefined : this.#line(offset)
    const answered = line === undefined ? undefined : answeredIn(line)
    return answered?.key === key && answered.hash === hash ? answered : undefined
  }

  /** As get, of answers that never change. */
  final(row: { key: string; hash: string }): Answered | undefined {
    const answered = this.get(row)
    return answered?.outcome === 'sent' || answered?.outcome === 'refused' ? answered : undefined
  }

  add(answered: Answered): void {
    const { err_code_des, ...rest } = answered
    const short = err_code_des === undefined ? {} : { err_code_des: err_code_des.slice(0, 512) }
    this.#offsets.set(answered.key, this.#append(`${JSON.stringify({ ...rest, ...short })}\n`))
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  #append(line: string): number {
    this.#fd ??= openSync(this.#file, 'a+', 0o600)
    if (this.#end === 0) {
      ftruncateSync(this.#fd)
      this.#end = writeSync(this.#fd, this.#first)
    }
    const offset = this.#end
    this.#end += writeSync(this.#fd, line)
    return offset
  }

  /** The line at an offset, or undefined where it does not end: its writer was killed. */
  #line(offset: number): string | undefined {
    if (this.#fd === undefined) return undefined
    const buffer = Buffer.alloc(LINE_MAX_BYTES)
    const line = buffer.subarray(0, readSync(this.#fd, buffer, 0, LINE_MAX_BYTES, offset))
    const end = line.indexOf(0x0a)
    return end === -1 ? undefined : line.toString('utf8', 0, end)
  }

  /** Reads all lines once. One that is torn is cut off, so that the next one begins at its place. */
  #index(offset: number): void {
    if (this.#fd === undefined) return
    const buffer = Buffer.alloc(CHUNK_BYTES)
    this.#end = offset
    for (;;) {
      const chunk = buffer.subarray(0, readSync(this.#fd, buffer, 0, CHUNK_BYTES, this.#end))
      const whole = chunk.subarray(0, chunk.lastIndexOf(0x0a) + 1)
      if (whole.length === 0) break
      for (let at = 0; at < whole.length; ) {
        const end = whole.indexOf(0x0a, at)
        const answered = answeredIn(whole.toString('utf8', at, end))
        if (answered) this.#offsets.set(answered.key, this.#end + at)
        at = end + 1
      }
      this.#end += whole.length
    }
    ftruncateSync(this.#fd, this.#end)
  }
}

/** undefined for the first line of a file that is no journal. */
export function journalHeaderIn(line: string): JournalHeader | undefined {
  try {
    const { journal, of, name } = JSON.parse(line)
    if (journal !== 'redpack batch' || typeof of !== 'string') return undefined
    return { of, ...(typeof name === 'string' && { name }) }
  } catch {
    return undefined
  }
}

/** undefined for a line that is none, as where two runs wrote at the same time. */
export function answeredIn(line: string): Answered | undefined {
  try {
    const answered: Answered = JSON.parse(line)
    const whole = [answered.key, answered.hash].every((text) => typeof text === 'string')
    return whole && OUTCOMES.includes(answered.outcome) ? answered : undefined
  } catch {
    return undefined
  }
}

export function fingerprint({ endpoint, keyid, secret, name }: Owner): string {
  return createHash('sha256')
    .update(JSON.stringify([endpoint, keyid, secret, name]))
    .digest('hex')
}
