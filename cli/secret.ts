// The caller's secret from a file or from standard input: as a flag it would stand in the machine's list of processes.
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { PROFILE_GROUP } from './commands/profile.ts'
import type { Context } from './context.ts'
import { CliError } from './exit.ts'
import { chooseProfile } from './profile/choose.ts'

const VARIABLE = 'REDPACK_SECRET_FILE'

/** Commands that call the service. */
export const CALLING = [
  'send',
  'list',
  'get',
  'status',
  'find',
  'report',
  'reconcile',
  'console',
  'mirror',
  'doctor',
  'sign',
]
/** All commands below this one call it, too. */
export const CALLING_GROUP = 'campaign'

/** These say themselves what they are about. */
const OWN = [PROFILE_GROUP, 'simulator']

/** Chooses the profile; without one, reads the secret from where the flags and variables say. @throws CliError */
export async function readSettings(program: Command, command: Command, context: Context): Promise<void> {
  const top = command.parent === program ? command : command.parent
  if (OWN.includes(top?.name() ?? '')) return
  const calls = isCalling(program, command)
  context.profile = chooseProfile(command, calls, context)
  if (calls && !context.profile) await readSecret(program, command, context)
}

/** Reads --secret-file, or REDPACK_SECRET_FILE if no other secret is given, and puts what it holds in the place of --secret. */
async function readSecret(program: Command, command: Command, context: Context): Promise<void> {
  const { m, env, terminal } = context
  const { secret, secretFile, data } = command.optsWithGlobals<{
    secret?: string
    secretFile?: string
    data?: string
  }>()
  if (secret !== undefined && secretFile !== undefined) throw new CliError('usage', m.oneSecret)
  const file = secretFile ?? (secret || env.REDPACK_SECRET ? undefined : env[VARIABLE])
  if (!file) return
  if (file === '-' && data === '-') throw new CliError('usage', m.oneStdin)
  try {
    const bytes = file === '-' ? await terminal.stdin() : readFileSync(file)
    program.setOptionValue('secret', bytes.toString('utf8').trim())
  } catch (error) {
    throw new CliError('unreadable', m.unreadable(file, (error as NodeJS.ErrnoException).code ?? ''))
  }
}

function isCalling(program: Command, command: Command): boolean {
  const { parent } = command
  return parent === program
    ? CALLING.includes(command.name())
    : parent?.parent === program && parent.name() === CALLING_GROUP
}
