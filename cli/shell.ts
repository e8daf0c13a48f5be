// Commands that a person copies: quoted, so that they run as they stand.
import { unseenIn } from './printable.ts'

/** For a POSIX shell: between single quotes nothing means anything but the quote itself. */
export function quote(word: string): string {
  if (unseenIn(word).length > 0) return spelt(word)
  // A word that begins with = is looked up by zsh, and one with ~ by all.
  return /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** What cannot be seen is shown as its bytes: printed raw it would be replaced on the way to the terminal. */
function spelt(word: string): string {
  const parts = [...word].map((char) => {
    if (/^[\w @+=:,./-]$/.test(char) || (char > '\x7f' && unseenIn(char).length === 0)) return char
    return [...Buffer.from(char)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
  })
  return `"$(printf '${parts.join('')}')"`
}

/** How the command was started: inside a checkout there is no `redpack` on the PATH, but npx finds it. */
export function programName(env: NodeJS.ProcessEnv): string {
  return env.npm_command === 'exec' ? 'npx --no -- redpack' : 'redpack'
}

type Started = { readonly argv: readonly string[]; readonly env: NodeJS.ProcessEnv }

/** Flags that a repeated command must not show, or gets anew. */
const LEFT_OUT = ['--secret', '--idempotency-key']

/** The same command under a key. The secret is left out: what is printed may be kept in a log. */
export function sameCommand(argv: readonly string[], key: string, env: NodeJS.ProcessEnv): string {
  const kept = argv.filter((word, i) => !LEFT_OUT.some((flag) => isOf(flag, word) || argv[i - 1] === flag))
  return [programName(env), ...[...kept, '--idempotency-key', key].map(quote)].join(' ')
}

/** Flags that a command to the same service needs again, if they were given; the secret only as a file. */
const OF_SERVICE = ['--profile', '--endpoint', '--keyid', '--secret-file', '--lang']
/** And one to the same table. */
const OF_TABLE = ['--profile', '--table', '--lang']

/** And one to the same secrets. */
const OF_SECRETS = ['--profile', '--prefix', '--lang']

/** The same words; a language that they name becomes this one. */
export function inLanguage(lang: string, argv: readonly string[]): string[] {
  return argv.map((word, i) =>
    argv[i - 1] === '--lang' ? lang : isOf('--lang', word) ? word.replace(/=.*/s, `=${lang}`) : word,
  )
}

/** Another command, to the same service. */
export function toService(words: readonly string[], { argv, env }: Started): string {
  return told([...words, ...kept(OF_SERVICE, argv)], env)
}

/** Another command, to the same table. */
export function toTable(words: readonly string[], { argv, env }: Started): string {
  return told([...words, ...kept(OF_TABLE, argv)], env)
}

/** Another command, to the same secrets. */
export function toSecrets(words: readonly string[], { argv, env }: Started): string {
  return told([...words, ...kept(OF_SECRETS, argv)], env)
}

/** A command about a campaign, to the same service. */
export function aboutCampaign(
  command: string,
  name: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  flags: readonly string[] = [],
): string {
  if (!name.startsWith('-')) return toService(['campaign', command, name, ...flags], { argv, env })
  return `${toService(['campaign', command, ...flags], { argv, env })} -- ${quote(name)}`
}

function told(words: readonly string[], env: NodeJS.ProcessEnv): string {
  return [programName(env), ...words.map(quote)].join(' ')
}

function kept(flags: readonly string[], argv: readonly string[]): string[] {
  return argv.filter((word, i) => flags.some((flag) => isOf(flag, word) || argv[i - 1] === flag))
}

function isOf(flag: string, word: string): boolean {
  return word === flag || word.startsWith(`${flag}=`)
}
