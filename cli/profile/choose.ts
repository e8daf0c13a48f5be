// Which profile is in effect, if any. Settings come from one source as a whole: a secret of one service is never used at another.
//   1. --profile                       beside --endpoint, --keyid or a secret it is an error
//   2. the flags themselves            what they leave out comes from the variables
//   3. REDPACK_PROFILE
//   4. REDPACK_ENDPOINT, REDPACK_KEYID, REDPACK_SECRET, REDPACK_SECRET_FILE
//   5. the default of `redpack profile use`
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { type Profiles, readProfiles, type StoredProfile } from './file.ts'

export const PROFILE_VARIABLE = 'REDPACK_PROFILE'
const VARIABLES = ['REDPACK_ENDPOINT', 'REDPACK_KEYID', 'REDPACK_SECRET', 'REDPACK_SECRET_FILE'] as const

export type ChosenBy = 'flag' | 'variable' | 'default'
export type Profile = StoredProfile & {
  readonly name: string
  /** Marked as one, or on this machine. */
  readonly is_test: boolean
  readonly by: ChosenBy
}

type Flags = { profile?: string; endpoint?: string; keyid?: string; secret?: string; secretFile?: string }

/** `calls`: the command calls the service; of others --secret-file is something else. @throws CliError */
export function chooseProfile(command: Command, calls: boolean, context: Context): Profile | undefined {
  const { env, m } = context
  const { profile, endpoint, keyid, secret, secretFile } = command.optsWithGlobals<Flags>()
  const isGiven = [endpoint, keyid, secret, calls ? secretFile : undefined].some((flag) => flag !== undefined)
  if (profile !== undefined) {
    if (isGiven) throw new CliError('usage', m.profile.alone)
    return profileNamed(profile, 'flag', context)
  }
  if (isGiven) return undefined
  const named = env[PROFILE_VARIABLE]
  if (named) {
    const unused = VARIABLES.filter((name) => env[name])
    if (unused.length > 0 && calls) context.note(m.profile.unused(named, unused.join(', ')))
    const isFree = !calls && elsewhere(command)
    return isFree ? orNone(() => profileNamed(named, 'variable', context)) : profileNamed(named, 'variable', context)
  }
  if (VARIABLES.some((name) => env[name])) return undefined
  return calls ? defaultProfile(context) : orNone(() => defaultProfile(context))
}

function defaultProfile(context: Context): Profile | undefined {
  const { default: name } = readProfiles(context)
  return name === undefined ? undefined : profileNamed(name, 'default', context)
}

/** The flags say which table or secrets: `stop --table` in an emergency needs no profile. */
function elsewhere(command: Command): boolean {
  const { table, prefix } = command.opts<{ table?: string; prefix?: string }>()
  return table !== undefined || prefix !== undefined
}

/** Who stops a service must not fail over a file of profiles that the command can do without. */
function orNone(choose: () => Profile | undefined): Profile | undefined {
  try {
    return choose()
  } catch (error) {
    if (error instanceof CliError) return undefined
    throw error
  }
}

/** @throws CliError `no_profile` that names those there are */
export function profileNamed(name: string, by: ChosenBy, context: Context): Profile {
  const all = readProfiles(context)
  const stored = storedOf(all, name)
  if (stored === undefined) {
    const names = Object.keys(all.profiles).join(', ')
    throw new CliError('no_profile', context.m.profile.none(name, names))
  }
  return { ...stored, name, by, is_test: isTest(stored) }
}

export function storedOf({ profiles }: Profiles, name: string): StoredProfile | undefined {
  return Object.hasOwn(profiles, name) ? profiles[name] : undefined
}

/** Nobody is paid by a service on this machine. */
export function isTest({ test, endpoint }: Pick<StoredProfile, 'test' | 'endpoint'>): boolean {
  if (test === true) return true
  try {
    const { hostname } = new URL(endpoint)
    return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
  } catch {
    return false
  }
}
