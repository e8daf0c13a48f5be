// redpack stop: the brake. From now on nothing new is sent.
import type { Command } from 'commander'
import type { Options } from '../brake/brake.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'

export function addStop(program: Command, context: Context): void {
  const { help } = context.m
  program
    .command('stop')
    .description(help.stop)
    .option('--miniapp <miniapp-id>', help.onlyMiniapp)
    .option('--reason <text>', help.reason)
    .option('--show', help.show)
    .option('--table <name>', help.table)
    .addHelpText('after', help.stopAfter)
    .action(async (options: Options) => {
      const { show, stop } = await import('../brake/brake.ts')
      if (!options.show) return stop(options, context)
      if (options.miniapp !== undefined || options.reason !== undefined) {
        throw new CliError('usage', context.m.brake.showAlone)
      }
      return show(options, context)
    })
}
