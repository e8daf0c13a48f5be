// What a person has to see before a list is sent, and the question itself.
import { cellsOf } from '../cells.ts'
import { assertCanAsk, confirmed as confirm } from '../confirm.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { labelled } from '../profile/label.ts'
import { mark } from '../terminal.ts'
import { count, yuan } from '../yuan.ts'
import type { Amount, Checked } from './check.ts'
import type { Format } from './file.ts'

/** Above this sum the number of rows has to be typed. */
const TYPED_ABOVE_FEN = 1_000_000
/** Different texts that are shown of a parameter. */
const TEXTS_SHOWN = 3

/** Who pays; undefined if it is not known before the draft is made. */
export type Payer = {
  readonly miniapp_id: string | undefined
  readonly mch_id: string | undefined
  readonly gateway_type: string
}

export type Asked = {
  readonly file: string
  readonly format: Format
  readonly name: string
  readonly endpoint: string
  readonly checked: Checked
  readonly payer: Payer
  readonly rate_per_s: number
}

/** The facts, a line each. */
export function factsOf({ file, format, name, endpoint, checked, payer, rate_per_s }: Asked, context: Context): string {
  const { m, terminal } = context
  const { labels } = m.campaign
  const { rows, fen, amounts, texts, columns, doubtful } = checked
  const told = (amount: Amount) => m.campaign.amountAt(yuan(amount.fen), amount.line)
  const facts: [label: string, text: string][] = [
    [labels.file, m.campaign.with(file, formatText(format, context))],
    [labels.campaign, name],
    [labels.service, labelled(endpoint, context.profile, context)],
    [labels.miniapp, payer.miniapp_id ?? m.campaign.notKnown],
    [labels.merchant, m.campaign.with(payer.mch_id ?? m.campaign.notKnown, payer.gateway_type)],
    [labels.account, textsOf(texts.official_account_id, context)],
    [labels.sender, textsOf(texts.send_name, context)],
    [labels.wishing, textsOf(texts.wishing, context)],
    [labels.count, count(rows)],
    [labels.sum, `${yuan(fen)} ${m.yuan}`],
    [labels.smallest, told(amounts.smallest)],
    [labels.middle, told(amounts.middle)],
    [labels.largest, told(amounts.largest)],
    [labels.duration, m.campaign.takes(rate_per_s, durationOf(rows / rate_per_s))],
    ...(columns.unused.length > 0 ? [[labels.unused, columns.unused.join(m.campaign.comma)] as [string, string]] : []),
  ]
  const width = Math.max(...facts.map(([label]) => cellsOf(label)))
  const { scene, bytes } = doubtful
  return [
    ...facts.map(([label, text]) => `  ${label}${' '.repeat(width - cellsOf(label))}  ${text}`),
    ...(scene.rows > 0 ? [`${mark(terminal, 'doubt')} ${m.campaign.scene(count(scene.rows), scene.line)}`] : []),
    ...(bytes.rows > 0 ? [`${mark(terminal, 'doubt')} ${m.campaign.bytes(count(bytes.rows), bytes.line)}`] : []),
  ].join('\n')
}

/** The same for programs. */
export function factsJson({ file, format, name, endpoint, checked, payer, rate_per_s }: Asked): object {
  const { rows, fen, amounts, texts, columns, doubtful, defaults } = checked
  const shown = Object.fromEntries(Object.entries(texts).map(([key, counts]) => [key, Object.fromEntries(counts)]))
  const unused_columns = columns.unused
  return {
    file,
    format,
    name,
    endpoint,
    ...payer,
    rows,
    fen,
    amounts,
    ...shown,
    unused_columns,
    doubtful,
    defaults,
    rate_per_s,
  }
}

function formatText(format: Format, { m }: Context): string {
  if (format.kind === 'xlsx') return m.campaign.workbook(format.sheet, format.other_sheets.join(m.campaign.comma))
  const { encoding, delimiter } = format
  return m.campaign.csv(encoding, m.campaign.delimiters[delimiter] ?? delimiter)
}

/** Most rows first. */
function textsOf(counts: ReadonlyMap<string, number>, { m }: Context): string {
  const [first, ...others] = [...counts].sort(([, a], [, b]) => b - a)
  if (!first) return ''
  if (others.length === 0) return first[0]
  const shown = [first, ...others].slice(0, TEXTS_SHOWN).map(([text, rows]) => m.campaign.textOf(text, count(rows)))
  const more = counts.size - shown.length
  return shown.join(m.campaign.comma) + (more > 0 ? m.campaign.moreTexts(count(more)) : '')
}

/** 5025 s is 1:23:45, 65 s is 1:05. */
function durationOf(seconds: number): string {
  const total_s = Math.ceil(seconds)
  const [hours, minutes, rest_s] = [Math.floor(total_s / 3600), Math.floor((total_s % 3600) / 60), total_s % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest_s)}` : `${minutes}:${two(rest_s)}`
}

/** @throws CliError if the answer is no, or nobody can be asked */
export async function ask({ checked: { rows, fen } }: Asked, context: Context): Promise<void> {
  const { m } = context
  assertCanAsk(context)
  if (fen <= TYPED_ABOVE_FEN) return confirmed(m.campaign.ask(count(rows), yuan(fen)), context)
  const { input } = await import('@inquirer/prompts')
  const message = m.campaign.askTyped(count(rows), yuan(fen))
  const typed = await input({ message: labelled(message, context.profile, context) }, { output: process.stderr })
  if (!isCount(typed, rows)) throw new CliError('declined', m.campaign.declined)
}

/** Thousands may be set apart. */
export function isCount(typed: string, rows: number): boolean {
  return typed.normalize('NFKC').replaceAll(/[\s,]/g, '') === String(rows)
}

/** @throws CliError if the answer is no, or nobody can be asked */
export async function confirmed(
  message: string,
  context: Context,
  declined = context.m.campaign.declined,
): Promise<void> {
  return confirm(message, declined, context, context.profile)
}
