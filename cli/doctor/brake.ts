// What operators have commanded, looked at if a table is named: the brake, and the epoch with its held records.
import { recordsTable, TABLE_VARIABLE } from '../aws/table.ts'
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
  if (!isNamed(table, context)) {
    yield { check: 'brake', state: 'none', text: m.doctor.noTable(TABLE_VARIABLE) }
    return
  }
  try {
    const records = recordsTable(table, context)
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

/** A profile without a table is no fault here. */
function isNamed(table: string | undefined, { profile, env }: Context): boolean {
  if (table !== undefined || profile?.table !== undefined) return true
  return profile?.by !== 'flag' && Boolean(env[TABLE_VARIABLE])
}
