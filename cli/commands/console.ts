// redpack console: a page for the browser of this machine.
import type { Command } from 'commander'
import type { ConsoleOptions } from '../console/console.ts'
import type { Context } from '../context.ts'
import { whole } from '../flags.ts'

const PORT = 8686
const PORT_MAX = 65_535

export function addConsole(program: Command, context: Context): void {
  const { help } = context.m
  program
    .command('console')
    .description(help.console)
    .option('--port <n>', help.consolePort, whole(0, PORT_MAX), PORT)
    .option('--allow-actions', help.allowActions)
    .option('--table <name>', help.consoleTable)
    .option('--offline', help.offline)
    .addHelpText('after', help.consoleAfter)
    .action(async (options: ConsoleOptions, command: Command) => {
      const { openConsole } = await import('../console/console.ts')
      await openConsole(options, command, context)
    })
}
