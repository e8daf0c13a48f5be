// The file of profiles, and the one of the secrets that no keychain holds: only their owner can read or change them.
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { quote } from '../shell.ts'

/** Where the files are instead. */
const VARIABLE = 'REDPACK_CONFIG_DIR'
const PROFILES = 'profiles.json'
const SECRETS = 'secrets.json'
/** Everybody but the owner: may they read, may they write? */
const OTHERS_READ = 0o044
const OTHERS_WRITE = 0o022

const Secret = v.object({ in: v.picklist(['keychain', 'file']), account: v.string() })
const Stored = v.object({
  endpoint: v.string(),
  keyid: v.string(),
  secret: Secret,
  test: v.optional(v.boolean()),
  table: v.optional(v.string()),
  prefix: v.optional(v.string()),
})
const Profiles = v.object({
  default: v.optional(v.string()),
  profiles: v.pipe(
    v.record(v.string(), Stored),
    v.check((input) => !Array.isArray(input)),
  ),
})
const Secrets = v.record(v.string(), v.string())

export type StoredProfile = v.InferOutput<typeof Stored>
export type Profiles = v.InferOutput<typeof Profiles>
export type SecretPlace = StoredProfile['secret']['in']

const ours = (mode: number) => mode & OTHERS_WRITE
const oursAlone = (mode: number) => mode & (OTHERS_WRITE | OTHERS_READ)

export function configFolder(env: NodeJS.ProcessEnv): string {
  if (env[VARIABLE]) return env[VARIABLE]
  if (process.platform === 'win32' && env.APPDATA) return join(env.APPDATA, 'redpack')
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'redpack')
}

/** @throws CliError if the file is none of ours, or others can change it: they could send this caller's requests elsewhere */
export function readProfiles(context: Context): Profiles {
  return read(PROFILES, Profiles, ours, context) ?? { profiles: {} }
}

export function writeProfiles(profiles: Profiles, context: Context): void {
  write(PROFILES, profiles, context)
}

/** @throws CliError if others can read the file */
export function readSecrets(context: Context): Record<string, string> {
  return read(SECRETS, Secrets, oursAlone, context) ?? {}
}

export function writeSecrets(secrets: Record<string, string>, context: Context): void {
  write(SECRETS, secrets, context)
}

function read<S extends v.GenericSchema>(
  name: string,
  schema: S,
  excess: (mode: number) => number,
  context: Context,
): v.InferOutput<S> | undefined {
  const { m, env } = context
  const file = join(configFolder(env), name)
  let text: string
  try {
    assertOwn(file, excess, context)
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof CliError) throw error
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new CliError('unreadable', m.unreadable(file, code))
  }
  const parsed = v.safeParse(schema, parse(text))
  if (!parsed.success) throw new CliError('profiles_malformed', m.profile.malformed(file))
  return parsed.output
}

/** Windows has no such modes: there the folder belongs to its user. */
function assertOwn(file: string, excess: (mode: number) => number, { m }: Context): void {
  const { mode, uid } = statSync(file)
  if (process.platform === 'win32') return
  const isForeign = process.getuid !== undefined && uid !== process.getuid()
  if (isForeign) throw new CliError('profiles_exposed', m.profile.foreign(file))
  if (excess(mode) !== 0) throw new CliError('profiles_exposed', m.profile.exposed(file, `chmod 600 ${quote(file)}`))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Its words would quote the file.
    return undefined
  }
}

/** A new file takes the place of the old one: nobody reads half of it, and a full disk leaves the old one. */
function write(name: string, data: object, { m, env }: Context): void {
  const folder = configFolder(env)
  const file = join(folder, name)
  const fresh = `${file}.${process.pid}.new`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(fresh, `${JSON.stringify(data, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    chmodSync(fresh, 0o600)
    renameSync(fresh, file)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw new CliError('unwritable', m.unwritable(file, (error as NodeJS.ErrnoException).code ?? String(error)))
  }
}
