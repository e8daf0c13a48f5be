// redpack forget: erases what is personal in every record of one openid.
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { Options } from '../forget/forget.ts'

export function addForget(program: Command, context: Context): void {
  const { help } = context.m
  program
    .command('forget')
    .description(help.forget)
    .requiredOption('--openid <openid>', help.forgetOpenid)
    .option('--table <name>', help.forgetTable)
    .option('--dry-run', help.forgetDryRun)
    .option('--yes', help.yes)
    .addHelpText('after', help.forgetAfter)
    .action(async (options: Options) => {
      const { forgetPerson } = await import('../forget/forget.ts')
      await forgetPerson(options, context)
    })
}
