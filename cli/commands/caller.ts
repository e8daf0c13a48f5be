// redpack caller: who may call the service. The secret <prefix>/callers is the list.
import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import * as v from 'valibot'
import type { SecretStore } from '../aws/store.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'

type Callers = Record<string, { miniapp_id: string; secrets: string[] }>
type Options = { prefix?: string; finish?: true; yes?: true }
type Change = { callers: Callers; secret?: string }

/** What the service understands between quotes in Signature-Input, and a shell without any. */
const KEYID = /^[\w.:@-]{1,64}$/
const SECRET_BYTES = 32

export function addCaller(program: Command, context: Context): void {
  const { help } = context.m
  const caller = program.command('caller').description(help.caller).addHelpText('after', help.callerAfter)
  const add = (name: string, description: string) =>
    caller.command(name).description(description).option('--prefix <prefix>', help.prefix)
  add('add', help.callerAdd)
    .argument('<keyid>', help.callerKeyid)
    .argument('<miniapp-id>', help.miniappId)
    .action((keyid: string, miniapp_id: string, options: Options) => addOne(keyid, miniapp_id, options, context))
  add('rotate', help.callerRotate)
    .argument('<keyid>', help.callerKeyid)
    .option('--finish', help.finish)
    .action((keyid: string, options: Options) => rotate(keyid, options, context))
  add('remove', help.callerRemove)
    .argument('<keyid>', help.callerKeyid)
    .option('--yes', help.yes)
    .action((keyid: string, options: Options) => remove(keyid, options, context))
  add('list', help.callerList).action((options: Options) => list(options, context))
}

async function addOne(keyid: string, miniapp_id: string, { prefix }: Options, context: Context): Promise<void> {
  const { m } = context
  if (!KEYID.test(keyid)) throw new CliError('usage', m.caller.badKeyid)
  if (!/^[\w.-]{1,64}$/.test(miniapp_id)) throw new CliError('usage', m.badMiniappId)
  await change(prefix, context, (callers) => {
    if (Object.hasOwn(callers, keyid)) throw new CliError('caller_exists', m.caller.exists(keyid))
    const secret = randomBytes(SECRET_BYTES).toString('base64')
    return { callers: { ...callers, [keyid]: { miniapp_id, secrets: [secret] } }, secret }
  }).then((secret) => show(keyid, miniapp_id, secret, context, m.caller.added(keyid, miniapp_id)))
}

/** The newest secret stands last: --finish keeps it and drops the one before. */
async function rotate(keyid: string, { prefix, finish }: Options, context: Context): Promise<void> {
  const { m } = context
  let miniapp_id = ''
  const secret = await change(prefix, context, (callers) => {
    const caller = find(callers, keyid, context)
    miniapp_id = caller.miniapp_id
    const many = caller.secrets.length > 1
    if (many !== (finish === true)) {
      throw new CliError('rotation', many ? m.caller.unfinished(keyid) : m.caller.nothingToFinish(keyid))
    }
    if (finish) return { callers: { ...callers, [keyid]: { ...caller, secrets: caller.secrets.slice(-1) } } }
    const secret = randomBytes(SECRET_BYTES).toString('base64')
    return { callers: { ...callers, [keyid]: { ...caller, secrets: [...caller.secrets, secret] } }, secret }
  })
  if (finish) context.print({ keyid, miniapp_id, secrets: 1 }, m.caller.finished(keyid))
  else show(keyid, miniapp_id, secret, context, m.caller.rotated(keyid))
}

async function remove(keyid: string, { prefix, yes }: Options, context: Context): Promise<void> {
  const { m, json, terminal } = context
  if (!yes) {
    if (json || !terminal.interactive) throw new CliError('usage', m.needsYes)
    const { confirm } = await import('@inquirer/prompts')
    const sure = await confirm({ message: m.caller.sure(keyid), default: false }, { output: process.stderr })
    if (!sure) throw new CliError('declined', m.caller.declined)
  }
  await change(prefix, context, (callers) => {
    find(callers, keyid, context)
    const { [keyid]: _, ...others } = callers
    return { callers: others }
  })
  context.print({ keyid, removed: true }, m.caller.removed(keyid))
}

async function list({ prefix }: Options, context: Context): Promise<void> {
  const { callers } = await load(prefix, context)
  const entries = Object.entries(callers).map(([keyid, { miniapp_id, secrets }]) => ({
    keyid,
    miniapp_id,
    secrets: secrets.length,
  }))
  const lines = entries.map(
    ({ keyid, miniapp_id, secrets }) =>
      `${keyid}  ${miniapp_id}${secrets > 1 ? `  (${context.m.caller.rotating})` : ''}`,
  )
  context.print({ callers: entries }, lines.join('\n') || context.m.caller.none)
}

async function load(prefix: string | undefined, context: Context): Promise<{ store: SecretStore; callers: Callers }> {
  const [{ secretStore }, { CallersSecret }] = await Promise.all([
    import('../aws/store.ts'),
    import('../../lib/aws/callers.ts'),
  ])
  const store = secretStore(prefix, context)
  const parsed = v.safeParse(CallersSecret, (await store.read('callers')) ?? {})
  if (!parsed.success) throw new CliError('secret_malformed', context.m.aws.malformed(`${store.prefix}/callers`))
  return { store, callers: parsed.output }
}

async function change(
  prefix: string | undefined,
  context: Context,
  make: (callers: Callers) => Change,
): Promise<string | undefined> {
  const { store, callers } = await load(prefix, context)
  const { callers: changed, secret } = make(callers)
  await store.write('callers', changed)
  return secret
}

function find(callers: Callers, keyid: string, { m }: Context) {
  const caller = Object.hasOwn(callers, keyid) ? callers[keyid] : undefined
  if (!caller) throw new CliError('caller_unknown', m.caller.unknown(keyid))
  return caller
}

/** The one time that a secret is shown. */
function show(keyid: string, miniapp_id: string, secret = '', context: Context, headline: string): void {
  const text = `${headline}\n\n  export REDPACK_KEYID=${keyid}\n  export REDPACK_SECRET=${secret}\n\n${context.m.caller.once}`
  context.print({ keyid, miniapp_id, secret }, text)
}
