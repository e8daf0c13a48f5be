// The command line, run as a person would run it: what it says with --json, and how it ended.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type Said = {
  readonly exit_code: number
  /** The JSON document of its standard output, or of its error; undefined if it wrote none. */
  readonly json: unknown
  /** What it wrote beside it. */
  readonly text: string
}

/** Runs `redpack` with arguments. */
export type Command = (args: readonly string[]) => Promise<Said>

const LAUNCHER = fileURLToPath(new URL('../../cli/bin/redpack.js', import.meta.url))
/** The doctor waits for the service, for AWS and for WeChat, one after the other. */
const TIMEOUT_MS = 120_000

/** `profile` undefined: endpoint, keyid and secret come from the environment. */
export function redpackCommand(profile: string | undefined): Command {
  const chosen = profile === undefined ? [] : ['--profile', profile]
  return (args) =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        [LAUNCHER, ...args, ...chosen, '--json', '--lang', 'en'],
        { timeout: TIMEOUT_MS },
        (error, stdout, stderr) => {
          const exit_code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
          resolve({ exit_code, json: parsed(stdout) ?? parsed(stderr), text: (stderr || stdout).trim() })
        },
      )
    })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
