// Commands that a person copies: quoted, so that they run as they stand.

/** For a POSIX shell: between single quotes nothing means anything but the quote itself. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** How the command was started: inside a checkout there is no `redpack` on the PATH, but npx finds it. */
export function programName(env: NodeJS.ProcessEnv): string {
  return env.npm_command === 'exec' ? 'npx --no -- redpack' : 'redpack'
}

/** Flags that a repeated command must not show, or gets anew. */
const LEFT_OUT = ['--secret', '--idempotency-key']

/** The same command under a key. The secret is left out: what is printed may be kept in a log. */
export function sameCommand(argv: readonly string[], key: string, env: NodeJS.ProcessEnv): string {
  const kept = argv.filter((word, i) => !LEFT_OUT.some((flag) => isOf(flag, word) || argv[i - 1] === flag))
  return [programName(env), ...[...kept, '--idempotency-key', key].map(quote)].join(' ')
}

/** Flags that a command to the same service needs again, if they were given; the secret only as a file. */
const KEPT = ['--endpoint', '--keyid', '--secret-file', '--lang']

/** A command about a campaign, to the same service. */
export function aboutCampaign(command: string, name: string, argv: readonly string[], env: NodeJS.ProcessEnv): string {
  const kept = argv.filter((word, i) => KEPT.some((flag) => isOf(flag, word) || argv[i - 1] === flag))
  return [programName(env), ...['campaign', command, name, ...kept].map(quote)].join(' ')
}

function isOf(flag: string, word: string): boolean {
  return word === flag || word.startsWith(`${flag}=`)
}
