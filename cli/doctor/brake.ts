// What operators have commanded, looked at if a table is named: the brake, and the epoch with its held records.
import { recordsTable, TABLE_VARIABLE, tableNamed } from '../aws/table.ts'
import { brakes, epochOf, named } from '../brake/brake.ts'
import { readCommands } from '../brake/control.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { toTable } from '../shell.ts'
import { when } from '../when.ts'
import type { Finding } from './finding.ts'
import { settleFinding } from './settle.ts'

export async function* examineBrake(table: string | undefined, context: Context): AsyncGenerator<Finding> {
  const { m } = context
  const name = tableOf(table, context)
  if (name === undefined) {
    yield { check: 'brake', state: 'none', text: m.doctor.noTable(TABLE_VARIABLE) }
    return
  }
  try {
    const records = recordsTable(name, context)
    const commands = await readCommands(records, context)
    const on = brakes(commands)
    for (const { scope, since } of on) {
      const hint = toTable(['resume', ...(scope === undefined ? [] : ['--miniapp', scope])], context)
      yield { check: 'brake', state: 'doubt', text: m.brake.stopped(named(scope, context), when(since)), hint }
    }
    if (on.length === 0) yield { check: 'brake', state: 'good', text: m.brake.off }
    const { epoch, held_before } = epochOf(commands)
    if (held_before === null) yield { check: 'epoch', state: 'good', text: m.brake.noneHeld(epoch) }
    else
      yield {
        check: 'epoch',
        state: 'doubt',
        text: m.brake.held(epoch, when(held_before)),
        hint: m.doctor.release(toTable(['release'], context)),
      }
    yield await settleFinding(records, Date.now(), context)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    yield { check: 'brake', state: 'bad', text: error.message, hint: m.doctor.tableHint }
  }
}

/**
 * The doctor only reads, so a profile without a table leaves the variable's, which `npm run smoke` sets.
 * @returns undefined if none is named
 */
function tableOf(table: string | undefined, context: Context): string | undefined {
  const { profile, env } = context
  if (profile?.by === 'flag' && profile.table === undefined) return table ?? (env[TABLE_VARIABLE] || undefined)
  return tableNamed(table, context).name || undefined
}
