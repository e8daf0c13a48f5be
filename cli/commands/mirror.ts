// redpack mirror: the copy of the records on this machine.
import { Argument, type Command } from 'commander'
import type { Context } from '../context.ts'

export function addMirror(program: Command, context: Context): void {
  const { m } = context
  program
    .command('mirror')
    .description(m.help.mirror)
    .addArgument(new Argument('[action]', m.help.mirrorAction).choices(['update', 'clear']))
    .addHelpText('after', m.help.mirrorAfter)
    .action(async (action: string | undefined, _options, command: Command) => {
      const { clearMirror, withMirror } = await import('../mirror/mirror.ts')
      if (action === 'clear') {
        const file = clearMirror(command, context)
        return context.print({ file, cleared: true }, m.mirror.cleared(file))
      }
      return withMirror({ open: true }, command, context, ({ store, file, as_of }) => {
        const count = store.count()
        context.print({ file, count, as_of }, m.mirror.updated(count, file))
      })
    })
}
