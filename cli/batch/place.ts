// Where the result of a batch goes: never over another batch's, and not beside one without a word about paying twice.
import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { type Neighbour, occupant } from './neighbours.ts'
import type { Batch } from './rows.ts'

type Options = { readonly out?: string; readonly payAgain?: true }

/**
 * The file for the result. With --pay-again a batch whose place is taken gets one that has its own name in it.
 * @throws CliError if another batch's result or journal stands there
 */
export async function placeOf(batch: Batch, { out, payAgain }: Options, of: string, context: Context): Promise<string> {
  const { m } = context
  const base = batch.file.replace(/\.csv$/i, '')
  const first = out ?? `${base}.result.csv`
  if (resolve(first) === resolve(batch.file)) throw new CliError('usage', m.batch.outIsFile)
  const there = await occupant(first, batch, of, context)
  if (!there) return first
  if (out !== undefined) throw new CliError('other_batch', m.batch.taken(there.path))
  if (!payAgain) throw otherBatch(there, batch, context)
  const second = `${base}.${batch.name.replace(/[^\p{L}\p{N}._-]+/gu, '-')}.result.csv`
  const also = await occupant(second, batch, of, context)
  if (also) throw new CliError('other_batch', m.batch.taken(also.path))
  return second
}

/** The refusal to pay again what was sent under another name. */
export function otherBatch(
  { path, name, rows }: Omit<Neighbour, 'rows'> & { rows?: number },
  batch: Batch,
  { m }: Context,
) {
  return new CliError('other_batch', m.batch.otherBatch(path, name, rows, batch.name), undefined, { file: path })
}
