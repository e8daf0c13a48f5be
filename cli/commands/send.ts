// redpack send: one red packet.
import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { RedPackError, type SendRedPackData, type SendRedPackParams } from '../../client/src/index.ts'
import { confirmedForProfile } from '../confirm.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { explain, isTransient, maybeSent } from '../explain.ts'
import { addParameters, textsOf, understand } from '../parameters.ts'
import { jsonOf, printable } from '../printable.ts'
import { labelled } from '../profile/label.ts'
import { isKey, serviceOf } from '../service.ts'
import { sameCommand, toService } from '../shell.ts'
import { onSignals } from '../signals.ts'
import { mark } from '../terminal.ts'
import { when } from '../when.ts'
import { yuan } from '../yuan.ts'

type Sending = { readonly params: SendRedPackParams; readonly fen: number }

const EXITS = { sent: EXIT.ok, refused: EXIT.refused, unknown: EXIT.unknown } as const
const RECORD_TIMEOUT_MS = 5_000
const MARKS = { sent: 'good', refused: 'bad', unknown: 'doubt' } as const

export function addSend(program: Command, context: Context): void {
  const { m } = context
  const command = program.command('send').description(m.help.send)
  addParameters(command, m, true)
  command
    .option('--idempotency-key <key>', m.help.idempotencyKey)
    .option('--yes', m.help.yes)
    .addHelpText('after', m.help.sendAfter)
    .action((options, command) => send(options, command, context))
}

async function send(options: Record<string, string | undefined>, command: Command, context: Context): Promise<void> {
  const { m, lang } = context
  const understood = understand(textsOf(options), m, lang, 'letWechatDecide' in options)
  if ('faults' in understood) {
    throw new CliError('invalid_parameters', m.faults(understood.faults), EXIT.error, { errors: understood.faults })
  }
  const key = options.idempotencyKey ?? randomUUID()
  if (!isKey(key)) throw new CliError('usage', m.badKey)
  for (const { fault } of understood.excesses)
    context.note(`${mark(context.terminal, 'doubt')} ${m.limits.doubtful(fault)}`)
  await sure(understood, options, context)
  const { data, before } = await deliver(understood.params, key, command, context)
  context.exit_code = EXITS[data.outcome]
  const answer = { ...data, idempotency_key: key, ...(before && { replayed: true, ...before }) }
  context.print(answer, told(data, understood.fen, key, before, context))
}

/** Asks only if a profile says whose money it is, and a person sits there. */
async function sure({ params, fen }: Sending, options: object, context: Context): Promise<void> {
  const { m } = context
  const question = m.send.sure(yuan(fen), String(params.re_openid))
  await confirmedForProfile(question, m.send.declined, options, context, context.profile)
}

/** When a packet was sent that is not sent now; without a time if its record cannot be read. */
type Before = { created_at?: number }

/** Whoever reads along has the key before anything leaves, and again if this ends without a final answer. */
async function deliver(params: SendRedPackParams, key: string, command: Command, context: Context) {
  const service = serviceOf(command, context)
  context.note(labelled(context.m.send.under(key), context.profile, context))
  const calm = onSignals(() => interrupted(key, context))
  try {
    const { data, replayed } = await service.sendRedPack(params, { idempotency_key: key })
    return { data, before: replayed ? await recordOf(data.id, command, context) : undefined }
  } catch (error) {
    throw withKey(error, key, context)
  } finally {
    calm()
  }
}

/** Only for the time that is told: the answer itself does not wait long for it. */
async function recordOf(id: string, command: Command, context: Context): Promise<Before> {
  try {
    const service = serviceOf(command, context, { retries: 0, timeout_ms: RECORD_TIMEOUT_MS })
    const { created_at } = (await service.getSentRedPack(id)).data
    return { created_at }
  } catch {
    return {}
  }
}

/** An error of a send with its key, and the command that goes on with it. */
function withKey(error: unknown, key: string, context: Context): unknown {
  if (!(error instanceof RedPackError)) return error
  const { code, message, exit_code, details } = explain(error, context)
  const { m, argv, env } = context
  const again = sameCommand(argv, key, env)
  const doubt = maybeSent(error)
  const transient = isTransient(error)
  const advice = doubt ? m.send.again(key, again) : transient ? m.send.retry(key, again) : m.send.key(key)
  const retry = doubt || transient ? { retry: again } : {}
  return new CliError(code, `${message}\n  ${advice}`, exit_code, { ...details, ...retry })
}

function interrupted(key: string, { m, argv, env, json, terminal }: Context): never {
  const retry = sameCommand(argv, key, env)
  const message = `${m.send.interrupted}\n  ${m.send.again(key, retry)}`
  const error = {
    code: 'interrupted',
    message,
    exit_code: EXIT.interrupted,
    idempotency_key: key,
    maybe_sent: true,
    retry,
  }
  terminal.err(json ? `${jsonOf({ error })}\n` : `\n${mark(terminal, 'doubt')} ${message}\n`)
  process.exit(EXIT.interrupted)
}

function told(
  data: SendRedPackData,
  fen: number,
  key: string,
  before: Before | undefined,
  { m, terminal, argv, env }: Context,
): string {
  const { id, mch_billno, outcome, err_code = '', err_code_des = '' } = data
  const at = before?.created_at === undefined ? undefined : when(before.created_at)
  const headline = {
    sent: () => (before ? m.send.sentBefore(yuan(fen), at) : m.send.sent(yuan(fen))),
    refused: () => (before ? m.send.refusedBefore(err_code, err_code_des, at) : m.send.refused(err_code, err_code_des)),
    unknown: () => m.send.unknown(err_code, err_code_des),
  }[outcome]()
  const next = m.send.next(toService(['status', id], { argv, env }), sameCommand(argv, key, env))
  const lines = [
    `${mark(terminal, MARKS[outcome])} ${headline}`,
    `  id               ${printable(id)}`,
    `  mch_billno       ${printable(mch_billno)}`,
    ...(outcome === 'sent' ? [`  send_listid      ${printable(data.send_listid)}`] : []),
    `  idempotency_key  ${key}`,
    ...(outcome === 'unknown' ? [next] : []),
  ]
  return lines.join('\n')
}
