// The client, set up from flags and environment; what is missing is told by the names that a user knows.
import type { Command } from 'commander'
import * as v from 'valibot'
import { RedPack, type RedPackOptions } from '../client/src/index.ts'
import { IdempotencyKey } from '../lib/redpack/params.ts'
import type { Context } from './context.ts'
import { CliError } from './exit.ts'

const VARIABLES = { endpoint: 'REDPACK_ENDPOINT', keyid: 'REDPACK_KEYID', secret: 'REDPACK_SECRET' } as const
type Name = keyof typeof VARIABLES
const NAMES = Object.keys(VARIABLES) as Name[]

export type Settings = Record<Name, string>

/** Where the service is and who calls. @throws CliError that names each flag and variable that is missing or wrong */
export function settingsOf(command: Command, context: Context): Settings {
  return given(NAMES, command, context)
}

/** Whose records they are; the secret is not needed. @throws CliError as settingsOf */
export function identityOf(command: Command, context: Context): Pick<Settings, 'endpoint' | 'keyid'> {
  return given(['endpoint', 'keyid'], command, context)
}

function given(names: readonly Name[], command: Command, context: Context): Settings {
  const options = command.optsWithGlobals<Partial<Settings>>()
  const settings = Object.fromEntries(names.map((name) => [name, options[name] || context.env[VARIABLES[name]] || '']))
  const missing = names.filter((name) => !settings[name]).map((name) => `--${name} (${VARIABLES[name]})`)
  if (missing.length > 0) throw new CliError('not_configured', context.m.notConfigured(missing.join(', ')))
  return settings as Settings
}

/** What the service takes as an idempotency key. */
export function isKey(text: string): boolean {
  return v.is(IdempotencyKey, text)
}

/** @throws CliError, also for settings that cannot be */
export function serviceOf(command: Command, context: Context, options: RedPackOptions = {}): RedPack {
  const settings = settingsOf(command, context)
  try {
    return new RedPack({ ...settings, ...options })
  } catch (error) {
    const { message } = error as Error
    const wrong = NAMES.filter((name) => message.includes(`${name} must be`)).map((name) => context.m.settings[name])
    throw new CliError('not_configured', wrong.join('; ') || message)
  }
}
