// redpack resume: takes the brake off.
import type { Command } from 'commander'
import type { Options } from '../brake/brake.ts'
import type { Context } from '../context.ts'

export function addResume(program: Command, context: Context): void {
  const { help } = context.m
  program
    .command('resume')
    .description(help.resume)
    .option('--miniapp <miniapp-id>', help.onlyMiniapp)
    .option('--yes', help.yes)
    .option('--table <name>', help.table)
    .addHelpText('after', help.resumeAfter)
    .action(async (options: Options) => (await import('../brake/brake.ts')).resume(options, context))
}
