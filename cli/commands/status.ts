// redpack status: what WeChat says of a packet now, once or until nothing more will happen to it.
import type { Command } from 'commander'
import type { RedPack, RedPackRecord, RedPackStatus, RedPackStatusParams } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { whole } from '../flags.ts'
import { assertNoOpenid, idOf } from '../packet.ts'
import { printable } from '../printable.ts'
import { serviceOf } from '../service.ts'
import { tellStopped, withStopped } from '../stopped.ts'
import { mark } from '../terminal.ts'
import { timeOfDay, zoned } from '../when.ts'
import { yuan } from '../yuan.ts'

type Options = { id?: string; mchBillno?: string; watch?: true; interval: number; timeout: number }

/** Nothing follows these. */
const FINAL = new Set(['RECEIVED', 'REFUND', 'FAILED'])

/** What the record says, and WeChat. It is not asked about a packet that it has refused: it would say NOT_FOUND. */
type Found = { record?: RedPackRecord | undefined; answer?: RedPackStatus; stopped_since: number | undefined }

export function addStatus(program: Command, context: Context): void {
  const { help } = context.m
  program
    .command('status')
    .description(help.status)
    .argument('[id-or-number]', help.idOrNumber)
    .option('--id <id>', help.id)
    .option('--mch-billno <number>', help.mchBillno)
    .option('--watch', help.watch)
    .option('--interval <s>', help.interval, whole(1, 3600), 10)
    .option('--timeout <s>', help.timeout, whole(1, 7 * 86_400), 3600)
    .addHelpText('after', help.statusAfter)
    .action((which: string | undefined, options: Options, command) => status(which, options, command, context))
}

async function status(which: string | undefined, options: Options, command: Command, context: Context): Promise<void> {
  const params = paramsOf(which, options, context)
  const service = serviceOf(command, context)
  const found = options.watch ? await watch(service, params, options, context) : await ask(service, params)
  const { record, answer, stopped_since } = found
  tellStopped(stopped_since, context)
  context.exit_code = exitOf(found)
  const document = withStopped<object>(answer ?? refusalOf(record), stopped_since)
  context.print(document, answer ? told(answer, record, context) : toldRefusal(record, context))
}

function paramsOf(which: string | undefined, { id, mchBillno }: Options, context: Context): RedPackStatusParams {
  const given = [which, id, mchBillno].filter((text) => text !== undefined)
  if (given.length !== 1) throw new CliError('usage', context.m.status.exactlyOne)
  for (const text of given) assertNoOpenid(text, context)
  // A number of this service's is RP and an id; no id begins with R.
  const mch_billno = mchBillno ?? (which?.startsWith('RP') ? which : undefined)
  return mch_billno === undefined ? { id: id ?? which } : { mch_billno }
}

async function ask(service: RedPack, params: RedPackStatusParams): Promise<Found> {
  const id = params.id ?? idOf(params.mch_billno ?? '')
  const kept = id === undefined ? undefined : await service.getSentRedPack(id)
  const record = kept?.data
  if (record?.outcome === 'refused') return { record, stopped_since: kept?.stopped_since }
  const { data, stopped_since } = await service.getRedPackStatus(params)
  return { record, answer: data, stopped_since }
}

/** Asks until the status is final or the time is over; says each change. */
async function watch(
  service: RedPack,
  params: RedPackStatusParams,
  options: Options,
  context: Context,
): Promise<Found> {
  const deadline_ms = performance.now() + options.timeout * 1000
  let before: string | undefined
  for (;;) {
    const found = await ask(service, params)
    const now = found.answer ? wordOf(found.answer) : 'refused'
    if (now !== before) context.note(`${timeOfDay(Date.now())}  ${now}`)
    before = now
    const wait_ms = options.interval * 1000
    if (!found.answer || FINAL.has(now) || performance.now() + wait_ms > deadline_ms) return found
    await new Promise((resolve) => setTimeout(resolve, wait_ms))
  }
}

/** WeChat's word for the packet, or what it calls the refusal of the question: a refusal may have no code. */
function wordOf({ status, err_code, return_code }: RedPackStatus): string {
  return printable(String(status || err_code || return_code))
}

/** What WeChat says to people; an empty element says nothing. */
function wordsOf({ err_code_des, return_msg, retmsg, error_msg }: RedPackStatus): string {
  return String([err_code_des, return_msg, retmsg, error_msg].find((text) => String(text ?? '').trim()) ?? '')
}

function exitOf({ answer }: Pick<Found, 'answer'>): ExitCode {
  if (answer === undefined) return EXIT.refused
  if (!answer.status) return EXIT.unknown
  return answer.status === 'FAILED' ? EXIT.refused : EXIT.ok
}

function refusalOf(record: RedPackRecord | undefined) {
  const { id, mch_billno, outcome, result } = record ?? {}
  return { id, mch_billno, outcome, err_code: result?.err_code, err_code_des: result?.err_code_des }
}

function toldRefusal(record: RedPackRecord | undefined, { m, terminal }: Context): string {
  const { id, mch_billno, err_code = '', err_code_des = '' } = refusalOf(record)
  const lines = [
    m.status.refused(`${err_code} ${err_code_des}`.trim()),
    `  id          ${id}`,
    `  mch_billno  ${mch_billno}`,
  ]
  return `${mark(terminal, 'bad')} ${lines.join('\n')}`
}

function told(answer: RedPackStatus, record: RedPackRecord | undefined, { m, terminal }: Context): string {
  const word = wordOf(answer)
  const meaning = m.statuses[word] ?? printable(wordsOf(answer))
  const sign = { [EXIT.ok]: 'good', [EXIT.refused]: 'bad', [EXIT.unknown]: 'doubt' } as const
  const fields = Object.entries(answer).filter(([name]) => !['return_code', 'return_msg', 'result_code'].includes(name))
  const width = Math.max(...fields.map(([name]) => name.length))
  const lines = fields.flatMap(([name, value]) => {
    if (typeof value !== 'string') return value.map((one) => `  ${name.padEnd(width)}  ${receipt(one)}`)
    return [
      `  ${printable(name).padEnd(width)}  ${zoned(printable(value))}${/_amount$/.test(name) ? ` (${yuan(Number(value))} ${m.yuan})` : ''}`,
    ]
  })
  const headline = `${mark(terminal, sign[exitOf({ answer }) as keyof typeof sign])} ${word}: ${meaning}`
  return [headline, ...(record ? [`  ${'outcome'.padEnd(width)}  ${m.outcomes[record.outcome]}`] : []), ...lines].join(
    '\n',
  )
}

function receipt({ openid, amount, rcv_time }: Readonly<Record<string, string>>): string {
  return [openid, amount, rcv_time].map((text) => zoned(printable(text ?? ''))).join('  ')
}
