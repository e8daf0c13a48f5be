// Changes of the secret <prefix>/callers, one caller at a time: the other entries stay as they are, also those that are bad.
import { randomBytes } from 'node:crypto'
import { closeSync, unlinkSync, writeSync } from 'node:fs'
import * as v from 'valibot'
import { CallerEntry, KEYID, MiniappId, readCallers, SECRET_MIN_BYTES } from '../../lib/aws/callers.ts'
import { type JsonObject, secretStore } from '../aws/store.ts'
import { confirmed } from '../confirm.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { newSecretFile, readLine } from '../input.ts'
import { quote, toSecrets } from '../shell.ts'

export type Options = { prefix?: string; finish?: true; yes?: true; secretFile?: string; out?: string }
type Entry = v.InferOutput<typeof CallerEntry>

const SECRET = 'callers'

export async function addOne(keyid: string, miniapp_id: string, options: Options, context: Context): Promise<void> {
  const { m } = context
  if (!KEYID.test(keyid)) throw new CliError('usage', m.caller.badKeyid)
  if (!v.is(MiniappId, miniapp_id)) throw new CliError('usage', m.badMiniappId)
  await withSecret(options, context, async (secret, show) => {
    await secretStore(options.prefix, context).update(SECRET, (callers, again) => {
      if (Object.hasOwn(callers, keyid)) {
        if (again && has(callers[keyid], secret)) return callers
        throw new CliError('caller_exists', m.caller.exists(keyid, toSecrets(['caller', 'rotate', keyid], context)))
      }
      return { ...callers, [keyid]: { miniapp_id, secrets: [secret] } }
    })
    show(keyid, miniapp_id, m.caller.added(keyid, miniapp_id))
  })
}

/** The newest secret stands last: finishRotation keeps it and drops the one before. */
export async function rotate(keyid: string, options: Options, context: Context): Promise<void> {
  const { m } = context
  await withSecret(options, context, async (secret, show) => {
    let miniapp_id = ''
    await secretStore(options.prefix, context).update(SECRET, (callers, again) => {
      const caller = find(callers, keyid, context)
      miniapp_id = caller.miniapp_id
      if (again && has(caller, secret)) return callers
      if (caller.secrets.length > 1) throw new CliError('rotation', m.caller.unfinished(keyid))
      return { ...callers, [keyid]: { ...caller, secrets: [...caller.secrets, secret] } }
    })
    show(keyid, miniapp_id, m.caller.rotated(keyid, toSecrets(['caller', 'rotate', keyid, '--finish'], context)))
  })
}

export async function finishRotation(keyid: string, { prefix }: Options, context: Context): Promise<void> {
  const { m } = context
  let miniapp_id = ''
  await secretStore(prefix, context).update(SECRET, (callers, again) => {
    const caller = find(callers, keyid, context)
    miniapp_id = caller.miniapp_id
    if (caller.secrets.length > 1) return { ...callers, [keyid]: { ...caller, secrets: caller.secrets.slice(-1) } }
    if (again) return callers
    throw new CliError('rotation', m.caller.nothingToFinish(keyid))
  })
  context.print({ keyid, miniapp_id, secrets: 1 }, m.caller.finished(keyid))
}

export async function remove(keyid: string, { prefix, yes }: Options, context: Context): Promise<void> {
  const { m } = context
  if (!yes) {
    await confirmed(m.caller.sure(keyid), m.caller.declined, context, undefined)
  }
  await secretStore(prefix, context).update(SECRET, (callers, again) => {
    if (!Object.hasOwn(callers, keyid) && !again) throw new CliError('caller_unknown', m.caller.unknown(keyid))
    const { [keyid]: _, ...others } = callers
    return others
  })
  context.print({ keyid, removed: true }, m.caller.removed(keyid))
}

export async function list({ prefix }: Options, context: Context): Promise<void> {
  const { m } = context
  const document = (await secretStore(prefix, context).read(SECRET)) ?? {}
  const faults = new Map(readCallers(document)?.faults.map(({ keyid, why }) => [keyid, why]))
  const entries = Object.entries(document).map(([keyid, entry]) => {
    const { miniapp_id, secrets } = v.is(CallerEntry, entry) ? entry : { miniapp_id: null, secrets: [] }
    const fault = faults.get(keyid)
    return { keyid, miniapp_id, secrets: secrets.length, ...(fault && { fault }) }
  })
  const lines = entries.map(({ keyid, miniapp_id, secrets, fault }) => {
    const notes = [secrets > 1 && m.caller.rotating, fault && m.caller.faults[fault]].filter(Boolean)
    return [keyid, miniapp_id, ...notes.map((note) => `(${note})`)].filter(Boolean).join('  ')
  })
  context.print({ callers: entries }, lines.join('\n') || m.caller.none)
}

function has(entry: unknown, secret: string): boolean {
  return v.is(CallerEntry, entry) && entry.secrets.includes(secret)
}

/** @throws CliError if there is no such caller, or none that the service could use */
function find(callers: JsonObject, keyid: string, context: Context): Entry {
  const { m } = context
  if (!Object.hasOwn(callers, keyid)) throw new CliError('caller_unknown', m.caller.unknown(keyid))
  const entry = callers[keyid]
  if (!v.is(CallerEntry, entry))
    throw new CliError('caller_malformed', m.caller.malformed(keyid, toSecrets(['caller', 'remove', keyid], context)))
  return entry
}

type Show = (keyid: string, miniapp_id: string, headline: string) => void

/**
 * Gives `store` a secret, new or from a file, and the one way to show it. With --out it goes into a file of its own, which is
 * made before anything is stored: a secret that nobody has seen would be lost.
 */
async function withSecret(
  { secretFile, out }: Options,
  context: Context,
  store: (secret: string, show: Show) => Promise<void>,
): Promise<void> {
  const { m } = context
  const given = secretFile === undefined ? undefined : await readSecret(secretFile, context)
  const secret = given ?? randomBytes(SECRET_MIN_BYTES).toString('base64')
  const handle = out === undefined ? undefined : newSecretFile(out, context)
  const lines = (keyid: string) => [`REDPACK_KEYID=${keyid}`, `REDPACK_SECRET=${secret}`]
  try {
    await store(secret, (keyid, miniapp_id, headline) => {
      if (handle !== undefined) {
        writeSync(handle, `${lines(keyid).join('\n')}\n`)
        return context.print({ keyid, miniapp_id, out }, `${headline}\n\n  ${m.caller.written(String(out))}`)
      }
      if (given !== undefined) return context.print({ keyid, miniapp_id }, `${headline}\n\n  ${m.caller.yours}`)
      const exports = [`  export REDPACK_KEYID=${quote(keyid)}`, `  export REDPACK_SECRET=${quote(secret)}`]
      context.print({ keyid, miniapp_id, secret }, `${headline}\n\n${exports.join('\n')}\n\n${m.caller.once}`)
    })
  } catch (error) {
    if (out !== undefined) unlinkSync(out)
    throw error
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}

async function readSecret(file: string, context: Context): Promise<string> {
  const secret = await readLine(file, context)
  if (!v.is(v.pipe(v.string(), v.base64()), secret)) throw new CliError('bad_secret', context.m.caller.notBase64)
  const { length } = Buffer.from(secret, 'base64')
  if (length < SECRET_MIN_BYTES)
    throw new CliError('bad_secret', context.m.caller.shortSecret(length, SECRET_MIN_BYTES))
  return secret
}
