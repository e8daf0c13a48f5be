// redpack release: after a restore, the held records are let go.
import type { Command } from 'commander'
import type { Options } from '../brake/release.ts'
import type { Context } from '../context.ts'

export function addRelease(program: Command, context: Context): void {
  const { help } = context.m
  program
    .command('release')
    .description(help.release)
    .option('--yes', help.yes)
    .option('--table <name>', help.table)
    .addHelpText('after', help.releaseAfter)
    .action(async (options: Options) => (await import('../brake/release.ts')).release(options, context))
}
