// A file that says under which keys its rows were sent: what a spreadsheet made of it must not become a second packet.
import { existsSync } from 'node:fs'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { keyOf } from './identity.ts'
import { maybePaid } from './journal.ts'
import { firstLine } from './neighbours.ts'
import type { Batch, Row } from './rows.ts'

/** Lines that are named in an error, at most. */
const LINES_MAX = 20

/** Compares the keys of the rows with those in the file. */
export class ToldKeys {
  readonly #batch: Batch
  readonly #context: Context
  /** The batch that wrote the file, if its journal still stands beside it. */
  readonly #written_by: string | undefined
  #same = 0
  #none = 0
  readonly #others: number[] = []
  readonly #spoiled: number[] = []

  constructor(batch: Batch, context: Context) {
    const journal = `${batch.file}.journal`
    this.#batch = batch
    this.#context = context
    this.#written_by = existsSync(journal) ? firstLine(journal)?.name : undefined
  }

  add({ line, key, who, told_key }: Row): void {
    if (told_key === '') this.#none += 1
    else if (key === told_key) this.#same += 1
    else if (this.#written_by !== undefined && keyOf(this.#written_by, who) !== told_key) this.#spoiled.push(line)
    else this.#others.push(line)
  }

  /** @throws CliError if a row would be paid under a key that is not the one in the file */
  assert(): void {
    const { m } = this.#context
    const { only } = this.#batch
    // Refused, rejected and not sent rows may go under a new name. Then it is new for all of them.
    const renamed = only !== undefined && !maybePaid(only) && this.#same === 0
    const wrong = [...this.#spoiled, ...(renamed ? [] : this.#others)].sort((a, b) => a - b)
    const paid = only !== undefined && maybePaid(only)
    if (paid && this.#same === 0) throw new CliError('other_name', m.batch.onlyOwnName(only))
    if (wrong.length > 0 || (paid && this.#none > 0)) {
      const lines = `${wrong.slice(0, LINES_MAX).join(', ')}${wrong.length > LINES_MAX ? ' …' : ''}`
      throw new CliError('other_keys', m.batch.otherKeys(lines), undefined, { lines: wrong.slice(0, LINES_MAX) })
    }
  }
}
