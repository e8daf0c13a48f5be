// One run of the command: arguments in, exit code out; whatever goes wrong ends here, in one line.
import { CommanderError } from 'commander'
import { type Context, contextOf } from './context.ts'
import { EXIT } from './exit.ts'
import { explain } from './explain.ts'
import { jsonOf, screened } from './printable.ts'
import { programOf } from './program.ts'
import { useProxy } from './proxy.ts'
import { mark, type Terminal } from './terminal.ts'

export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const context = contextOf(argv, terminal)
  let endProxy = () => {}
  try {
    endProxy = useProxy(context)
    await programOf(context).parseAsync(argv, { from: 'user' })
    return context.exit_code
  } catch (error) {
    // --help and --version come as errors that are none.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok
    // The help of a command that was called without its subcommand has been shown.
    if (error instanceof CommanderError && error.code === 'commander.help') return EXIT.error
    return tell(context, error)
  } finally {
    endProxy()
  }
}

function tell(context: Context, error: unknown): number {
  const { terminal, json } = context
  const { code, message, exit_code, details } = explain(error, context)
  if (json) terminal.err(`${jsonOf({ error: { code, message, exit_code, ...details } })}\n`)
  else terminal.err(`${screened(`${mark(terminal, 'bad')} ${message}`, terminal.colour)}\n`)
  if (terminal.env.REDPACK_DEBUG && error instanceof Error) terminal.err(`${error.stack}\n`)
  return exit_code
}
