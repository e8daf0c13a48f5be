// redpack get: one record.
import type { Command } from 'commander'
import type { RedPackRecord } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { assertNoOpenid, idOf } from '../packet.ts'
import { printable } from '../printable.ts'
import { serviceOf } from '../service.ts'
import { tellStopped, withStopped } from '../stopped.ts'
import { when } from '../when.ts'

export function addGet(program: Command, context: Context): void {
  program
    .command('get')
    .description(context.m.help.get)
    .argument('<id>', context.m.help.id)
    .addHelpText('after', context.m.help.getAfter)
    .action(async (id: string, _options, command) => {
      assertNoOpenid(id, context)
      if (!/^[0-9A-Za-z]{1,64}$/.test(id) || id === 'status') throw new CliError('usage', context.m.badId)
      const { data, stopped_since } = await serviceOf(command, context).getSentRedPack(idOf(id) ?? id)
      tellStopped(stopped_since, context)
      context.print(withStopped(data, stopped_since), lines(data))
    })
}

/** In the order in which a person asks: what, how much, to whom, when; WeChat's raw answer only with --json. */
const FIRST = ['id', 'outcome', 'status', 'total_amount', 'total_num', 'type', 're_openid', 'created_at', 'updated_at']

function lines(record: RedPackRecord): string {
  const { raw_result: _, result, ...rest } = record
  const entries = Object.entries({ ...rest, ...result })
  const ranked = entries.sort(([a], [b]) => rank(a) - rank(b))
  const width = Math.max(...ranked.map(([name]) => name.length))
  return ranked.map(([name, value]) => `${printable(name).padEnd(width)}  ${shown(name, value)}`).join('\n')
}

function rank(name: string): number {
  const at = FIRST.indexOf(name)
  return at === -1 ? FIRST.length : at
}

function shown(name: string, value: unknown): string {
  if (value === null || value === undefined) return '–'
  if (name === 'total_amount' && typeof value === 'number') return value.toFixed(2)
  if (name.endsWith('_at') && typeof value === 'number') return when(value)
  return printable(String(value))
}
