// What every command is given: the terminal, the language, and whether a program reads along.
import { EXIT } from './exit.ts'
import { schemaDescriptions } from './parameters.ts'
import { jsonOf, screened } from './printable.ts'
import type { Profile } from './profile/choose.ts'
import type { Terminal } from './terminal.ts'
import type { Lang } from './words/both.ts'
import { languageOf } from './words/language.ts'
import { type Messages, messagesOf } from './words/messages.ts'

export type Context = {
  readonly terminal: Terminal
  readonly env: NodeJS.ProcessEnv
  /** The words of the command, to be repeated to whoever has to run it again. */
  readonly argv: readonly string[]
  readonly lang: Lang
  readonly m: Messages
  readonly json: boolean
  /** Writes the one JSON document with --json, else the text; a newline is added. */
  print(data: unknown, text: string): void
  /** A line for people beside the answer; with --json nobody reads it. */
  note(line: string): void
  /** The profile in effect, once the flags have been read; undefined: flags or variables say everything. */
  profile: Profile | undefined
  /** Where the service is, once a command has asked for it. */
  endpoint: string | undefined
  /** What the process will exit with. */
  exit_code: number
}

export function contextOf(argv: readonly string[], terminal: Terminal): Context {
  const lang = languageOf(argv, terminal.env)
  const json = argv.includes('--json')
  return {
    terminal,
    env: terminal.env,
    argv,
    lang,
    m: messagesOf(lang, schemaDescriptions()),
    json,
    print: (data, text) => terminal.out(`${json ? jsonOf(data) : screened(text, terminal.colour)}\n`),
    note: (line) => {
      if (!json) terminal.err(`${screened(line, terminal.colour)}\n`)
    },
    profile: undefined,
    endpoint: undefined,
    exit_code: EXIT.ok,
  }
}
