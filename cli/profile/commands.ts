// redpack profile add, list, show, remove, use: services under names, each with its caller.
import Table from 'cli-table3'
import type { Command } from 'commander'
import { RedPack } from '../../client/src/index.ts'
import { cellsOf } from '../cells.ts'
import { confirmed } from '../confirm.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { readLine } from '../input.ts'
import { checked } from '../service.ts'
import { programName, quote } from '../shell.ts'
import { PLAIN } from '../table.ts'
import { mark } from '../terminal.ts'
import { chooseProfile, isTest, PROFILE_VARIABLE, profileNamed, storedOf } from './choose.ts'
import { configFolder, readProfiles, type SecretPlace, type StoredProfile, writeProfiles } from './file.ts'
import { labelled } from './label.ts'
import { dropSecret, keepSecret } from './secrets.ts'

export type AddOptions = {
  secretFile?: string
  store?: SecretPlace
  table?: string
  prefix?: string
  test?: true
  replace?: true
}
type Given = { endpoint?: string; keyid?: string; secret?: string; profile?: string }

/** Begins with a letter or digit, so that it is no flag; words that a JSON object has of its own are none. */
const NAME = /^(?!(?:constructor|prototype)$)[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u

export async function add(name: string, options: AddOptions, command: Command, context: Context): Promise<void> {
  const { m, terminal, env } = context
  if (!NAME.test(name)) throw new CliError('usage', m.profile.badName)
  const before = storedOf(readProfiles(context), name)
  if (before && !options.replace) throw new CliError('profile_exists', m.profile.exists(name))
  const settings = await settingsFor(options, command, context)
  checked(() => new RedPack(settings), context)
  const { endpoint, keyid, secret } = settings
  const kept = keepSecret(secret, name, options.store, context)
  const { test, table, prefix } = options
  const stored: StoredProfile = {
    ...{ endpoint, keyid, secret: kept },
    ...(test && { test }),
    ...(table !== undefined && { table }),
    ...(prefix !== undefined && { prefix }),
  }
  const profiles = readProfiles(context)
  writeProfiles({ ...profiles, profiles: { ...profiles.profiles, [name]: stored } }, context)
  if (before) dropSecret(before.secret, context)
  const next = [programName(env), '--profile', quote(name), 'doctor'].join(' ')
  const lines = [
    `${mark(terminal, 'good')} ${m.profile.added(name, m.profile.places[kept.in])}`,
    ...(kept.in === 'file' ? [`  ${m.profile.inFile(configFolder(env))}`] : []),
    `  ${m.profile.next(next)}`,
  ]
  context.print(told(name, stored, context), lines.join('\n'))
}

/** Where each is from, never mixed: flags with a file or a prompt for the secret, or all three from the environment. */
async function settingsFor({ secretFile }: AddOptions, command: Command, context: Context) {
  const { env, m, terminal, json } = context
  const { endpoint, keyid, secret, profile } = command.optsWithGlobals<Given>()
  if (secret !== undefined) throw new CliError('usage', m.profile.secretFlag)
  if (profile !== undefined) throw new CliError('usage', m.profile.noProfileFlag)
  if (endpoint === undefined && keyid === undefined && secretFile === undefined) {
    const { REDPACK_ENDPOINT, REDPACK_KEYID, REDPACK_SECRET } = env
    if (REDPACK_ENDPOINT && REDPACK_KEYID && REDPACK_SECRET) {
      return { endpoint: REDPACK_ENDPOINT, keyid: REDPACK_KEYID, secret: REDPACK_SECRET }
    }
  }
  if (!endpoint || !keyid) throw new CliError('usage', m.profile.needs)
  if (secretFile !== undefined) return { endpoint, keyid, secret: await readLine(secretFile, context) }
  if (json || !terminal.interactive) throw new CliError('usage', m.profile.needsSecret)
  const { password } = await import('@inquirer/prompts')
  const typed = await password({ message: m.profile.askSecret(keyid), mask: '*' }, { output: process.stderr })
  return { endpoint, keyid, secret: typed.trim() }
}

export function list(context: Context): void {
  const { m, terminal } = context
  const { profiles, default: usual } = readProfiles(context)
  const table = new Table({
    head: [...m.profile.head],
    chars: PLAIN,
    style: { head: terminal.colour ? ['bold'] : [], border: [], 'padding-left': 0, 'padding-right': 2 },
  })
  for (const [name, one] of Object.entries(profiles)) {
    const kind = isTest(one) ? m.profile.test : m.profile.live
    table.push([name, kind, one.keyid, one.endpoint, m.profile.places[one.secret.in]])
  }
  const entries = Object.entries(profiles).map(([name, one]) => told(name, one, context))
  const usually = usual === undefined ? m.profile.noDefault : m.profile.isDefault(usual)
  const text = entries.length === 0 ? m.profile.empty : `${table.toString().replace(/ +$/gm, '')}\n${usually}`
  context.print({ profiles: entries, default: usual ?? null }, text)
}

/** One profile, or the one that a command would use now. Never its secret. */
export function show(name: string | undefined, command: Command, context: Context): void {
  const { m } = context
  const profile = name === undefined ? chooseProfile(command, true, context) : profileNamed(name, 'flag', context)
  if (profile === undefined) {
    context.print({ profile: null }, m.profile.noneInEffect(PROFILE_VARIABLE))
    return
  }
  const facts: [string, string | undefined][] = [
    ['endpoint', profile.endpoint],
    ['keyid', profile.keyid],
    [m.profile.labels.secret, m.profile.places[profile.secret.in]],
    [m.profile.labels.table, profile.table],
    [m.profile.labels.prefix, profile.prefix],
    ...(name === undefined ? [[m.profile.labels.by, m.profile.by[profile.by]] as [string, string]] : []),
  ]
  const width = Math.max(...facts.map(([label]) => cellsOf(label)))
  const pad = (label: string) => label + ' '.repeat(width - cellsOf(label))
  const lines = facts.flatMap(([label, text]) => (text === undefined ? [] : [`  ${pad(label)}  ${text}`]))
  const head = labelled(profile.is_test ? m.profile.test : m.profile.live, profile, context)
  const by = name === undefined ? { by: profile.by } : {}
  context.print({ profile: { ...told(profile.name, profile, context), ...by } }, [head, ...lines].join('\n'))
}

export async function remove(name: string, { yes }: { yes?: true }, context: Context): Promise<void> {
  const { m, terminal } = context
  const profile = profileNamed(name, 'flag', context)
  if (!yes) await confirmed(m.profile.askRemove, m.profile.kept, context, profile)
  const { default: usual, profiles } = readProfiles(context)
  const { [name]: _, ...others } = profiles
  writeProfiles({ ...(usual !== name && usual !== undefined && { default: usual }), profiles: others }, context)
  dropSecret(profile.secret, context)
  context.print({ removed: name }, `${mark(terminal, 'good')} ${m.profile.removed(name)}`)
}

/** `none` takes the default away. */
export function use(name: string | undefined, none: boolean, context: Context): void {
  const { m, terminal } = context
  if ((name === undefined) !== none) throw new CliError('usage', m.profile.useOne)
  const { profiles } = readProfiles(context)
  if (name === undefined) {
    writeProfiles({ profiles }, context)
    context.print({ default: null }, `${mark(terminal, 'good')} ${m.profile.noDefault}`)
    return
  }
  const profile = profileNamed(name, 'default', context)
  writeProfiles({ default: name, profiles }, context)
  const text = `${mark(terminal, 'good')} ${labelled(m.profile.isDefault(name), profile, context)}`
  context.print({ default: name }, text)
}

function told(name: string, stored: StoredProfile, context: Context): object {
  const { endpoint, keyid, table, prefix, secret } = stored
  const is_default = readProfiles(context).default === name
  return {
    ...{ name, endpoint, keyid, test: isTest(stored), default: is_default, secret_in: secret.in },
    ...(table !== undefined && { table }),
    ...(prefix !== undefined && { prefix }),
  }
}
