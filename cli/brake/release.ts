// After a restore: the held records of an epoch are let go, once a person has looked at them.
import { CONTROL_CACHE_MS } from '../../lib/durations.ts'
import { type RecordsTable, recordsTable } from '../aws/table.ts'
import { confirmed } from '../confirm.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { mark } from '../terminal.ts'
import { when } from '../when.ts'
import { brakes, described, epochOf, named } from './brake.ts'
import { type Commands, readCommands, releaseEpoch } from './control.ts'

export type Options = { table?: string; yes?: true }

/** Says what a release means, asks, and releases the epoch that was shown: never one that began meanwhile. */
export async function release({ table, yes }: Options, context: Context): Promise<void> {
  const { m, terminal } = context
  const records = recordsTable(table, context)
  const before = await readCommands(records, context)
  const { epoch, held_before } = epochOf(before)
  const where = `  ${m.brake.where(records.name, await records.region())}`
  if (held_before === null) {
    const lines = [`${mark(terminal, 'none')} ${m.release.nothing(epoch)}`, `  ${m.release.raise(epoch + 1)}`, where]
    return context.print({ ...(await described(records, before)), released: false }, lines.join('\n'))
  }
  for (const line of [m.release.held(epoch, when(held_before)), m.release.means, m.release.look, where])
    context.note(line)
  if (!yes) await confirmed(m.release.sure(epoch), m.release.declined, context, records.profile)
  const after = await letGo(records, epoch, context)
  const stopped = brakes(after).map(
    ({ scope, since }) => `${mark(terminal, 'doubt')} ${m.brake.still(named(scope, context), when(since))}`,
  )
  const head = `${mark(terminal, 'good')} ${m.release.released(epoch, when(held_before), CONTROL_CACHE_MS / 1000)}`
  context.print({ ...(await described(records, after)), released: true }, [head, ...stopped].join('\n'))
}

/** @returns what is commanded now. @throws CliError if another epoch has begun meanwhile */
async function letGo(records: RecordsTable, epoch: number, context: Context): Promise<Commands> {
  const isDone = await releaseEpoch(records, epoch)
  const after = await readCommands(records, context)
  // Another may have released the same epoch, or a first try of this write may have come through.
  if (isDone || (after.epoch === epoch && epochOf(after).held_before === null)) return after
  throw new CliError('epoch_changed', context.m.release.changed(after.epoch))
}
