// redpack send: one red packet.
import type { Command } from 'commander'
import type { SendRedPackData } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { certain } from '../explain.ts'
import { addParameters, textsOf, understand } from '../parameters.ts'
import { watchedFetch } from '../reach.ts'
import { isKey, serviceOf } from '../service.ts'
import { mark } from '../terminal.ts'
import { yuan } from '../yuan.ts'

const EXITS = { sent: EXIT.ok, refused: EXIT.refused, unknown: EXIT.unknown } as const
const MARKS = { sent: 'good', refused: 'bad', unknown: 'doubt' } as const

export function addSend(program: Command, context: Context): void {
  const { m } = context
  const command = program.command('send').description(m.help.send)
  addParameters(command, m, true)
  command
    .option('--idempotency-key <key>', m.help.idempotencyKey)
    .addHelpText('after', m.help.sendAfter)
    .action((options, command) => send(options, command, context))
}

async function send(options: Record<string, string>, command: Command, context: Context): Promise<void> {
  const { m, lang } = context
  const understood = understand(textsOf(options), m, lang)
  if ('faults' in understood) {
    throw new CliError('invalid_parameters', m.faults(understood.faults), EXIT.error, { errors: understood.faults })
  }
  const { idempotencyKey } = options
  if (idempotencyKey !== undefined && !isKey(idempotencyKey)) throw new CliError('usage', m.badKey)
  const watched = watchedFetch()
  const service = serviceOf(command, context, { fetch: watched.fetch })
  try {
    const { data, idempotency_key } = await service.sendRedPack(
      understood.params,
      idempotencyKey === undefined ? {} : { idempotency_key: idempotencyKey },
    )
    context.exit_code = EXITS[data.outcome]
    context.print({ ...data, idempotency_key }, told(data, understood.fen, idempotency_key, context))
  } catch (error) {
    throw certain(error, watched.left())
  }
}

function told(data: SendRedPackData, fen: number, key: string, { m, terminal }: Context): string {
  const { id, mch_billno, outcome } = data
  const headline = {
    sent: () => m.send.sent(yuan(fen)),
    refused: () => m.send.refused(data.err_code ?? '', data.err_code_des ?? ''),
    unknown: () => m.send.unknown(data.err_code ?? '', data.err_code_des ?? ''),
  }[outcome]()
  const lines = [
    `${mark(terminal, MARKS[outcome])} ${headline}`,
    `  id               ${id}`,
    `  mch_billno       ${mch_billno}`,
    ...(outcome === 'sent' ? [`  send_listid      ${data.send_listid}`] : []),
    `  idempotency_key  ${key}`,
    ...(outcome === 'unknown' ? [m.send.next(id, key)] : []),
  ]
  return lines.join('\n')
}
