// redpack simulator: the command wechatpay-simulator under this name, with all of its options.
import type { Command } from 'commander'
import { WORDS } from '../../simulator/src/words.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'

const NAME = 'simulator'

export function addSimulator(program: Command, context: Context): void {
  const words = WORDS[context.lang]
  program
    .command(NAME)
    .description(context.m.help.simulator)
    .usage('[options]')
    // They are the simulator's to read.
    .allowUnknownOption()
    .allowExcessArguments()
    .configureHelp({ formatHelp: () => words.help(`redpack ${NAME}`) })
    .action(() => simulate(context))
}

async function simulate(context: Context): Promise<void> {
  const { terminal, lang, note } = context
  const words = WORDS[lang]
  const { ArgumentError, readArguments } = await import('../../simulator/src/arguments.ts')
  const { explain, runCommand } = await import('../../simulator/src/command.ts')
  const out = (text: string) => terminal.out(`${text}\n`)
  try {
    await runCommand(readArguments(argumentsOf(context)), { words, out, err: note })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = error instanceof ArgumentError ? 'usage' : code === 'EADDRINUSE' ? 'port_taken' : 'simulator'
    throw new CliError(why, explain(error, words))
  }
}

/** What stands behind the command's name, but for what this program reads itself. */
function argumentsOf({ argv, json }: Context): string[] {
  const given = argv.slice(argv.indexOf(NAME) + 1)
  const own = given.filter((word, at) => word !== '--json' && !/^--lang(=|$)/.test(word) && given[at - 1] !== '--lang')
  return json ? [...own, '--json'] : own
}
