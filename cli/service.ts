// The client, set up from flags and environment; what is missing is told by the names that a user knows.
import type { Command } from 'commander'
import * as v from 'valibot'
import { RedPack, type RedPackOptions } from '../client/src/index.ts'
import { IdempotencyKey } from '../lib/redpack/params.ts'
import type { Context } from './context.ts'
import { CliError } from './exit.ts'
import { readProfiles } from './profile/file.ts'
import { secretOf } from './profile/secrets.ts'
import { withoutRedirects } from './redirect.ts'

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

/** From the profile in effect, or else from flags and variables: never from both. */
function given(names: readonly Name[], command: Command, context: Context): Settings {
  const { profile } = context
  if (profile) {
    const secret = names.includes('secret') ? secretOf(profile.name, profile.secret, context) : ''
    context.endpoint = profile.endpoint
    return { endpoint: profile.endpoint, keyid: profile.keyid, secret }
  }
  const options = command.optsWithGlobals<Partial<Settings>>()
  const settings = Object.fromEntries(names.map((name) => [name, options[name] || context.env[VARIABLES[name]] || '']))
  const missing = names.filter((name) => !settings[name]).map((name) => `--${name} (${VARIABLES[name]})`)
  if (missing.length > 0) throw notConfigured(missing.join(', '), context)
  context.endpoint = settings.endpoint
  return settings as Settings
}

function notConfigured(missing: string, context: Context): CliError {
  const { m } = context
  const names = profileNames(context)
  const told = [m.notConfigured(missing), ...(names ? [m.profile.orProfile(names)] : [])]
  return new CliError('not_configured', told.join('\n  '))
}

/** Only to be told of: a file that cannot be read is no reason to tell of that instead. */
function profileNames(context: Context): string {
  try {
    return Object.keys(readProfiles(context).profiles).join(', ')
  } catch {
    return ''
  }
}

/** What the service takes as an idempotency key. */
export function isKey(text: string): boolean {
  return v.is(IdempotencyKey, text)
}

/** @throws CliError, also for settings that cannot be */
export function serviceOf(command: Command, context: Context, options: RedPackOptions = {}): RedPack {
  const settings = settingsOf(command, context)
  return checked(() => new RedPack({ ...settings, fetch: withoutRedirects(fetch), ...options }), context)
}

/** @throws CliError in the user's words, if the client refuses its settings */
export function checked(make: () => RedPack, { m }: Context): RedPack {
  try {
    return make()
  } catch (error) {
    const { message } = error as Error
    const wrong = NAMES.filter((name) => message.includes(`${name} must be`)).map((name) => m.settings[name])
    throw new CliError('not_configured', wrong.join('; ') || message)
  }
}
