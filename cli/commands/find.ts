// redpack find: what became of a packet, whatever is known of it.
import type { Command } from 'commander'
import type { Context } from '../context.ts'

export function addFind(program: Command, context: Context): void {
  const { help } = context.m
  program
    .command('find')
    .description(help.find)
    .argument('<text>', help.findText)
    .option('--offline', help.offline)
    .addHelpText('after', help.findAfter)
    .action(async (text: string, { offline }: { offline?: true }, command: Command) => {
      const { find } = await import('../find/find.ts')
      const { withMirror } = await import('../mirror/mirror.ts')
      // What is found is asked for one by one: the others need not be looked at.
      await withMirror({ offline, open: false }, command, context, (mirror) => find(text, mirror, context))
    })
}
