// What has become of a campaign, in words: rows and yuan by outcome, a line a reason with what to do, and what comes next.
import type { Campaign, CampaignCounts } from '../../client/src/index.ts'
import { cellsOf } from '../cells.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { printable } from '../printable.ts'
import { aboutCampaign } from '../shell.ts'
import { mark } from '../terminal.ts'
import { when } from '../when.ts'
import { count, yuan } from '../yuan.ts'

const COUNTED = ['sent', 'received', 'refunded', 'refused', 'unknown', 'manual', 'waiting'] as const
/** These are sent ones, told under them. */
const PARTS: ReadonlySet<keyof CampaignCounts> = new Set(['received', 'refunded'])

/** True once nothing more is sent by itself and no outcome is open: to look on would show nothing new for hours. */
export function isAtRest({ state, counts }: Campaign): boolean {
  if (state === 'settling') return counts.unknown === 0
  return !['queued', 'running'].includes(state)
}

export function exitOf({ state, counts, rows_count }: Campaign): ExitCode {
  if (counts.unknown + counts.manual > 0) return EXIT.unknown
  if (state === 'stopped' || counts.refused > 0) return EXIT.refused
  return counts.sent === rows_count ? EXIT.ok : EXIT.error
}

export function summaryOf(campaign: Campaign, context: Context): string {
  const { m, terminal } = context
  const { name, state, rows_count, total_amount, updated_at, counts } = campaign
  const sign = counts.sent === rows_count ? 'good' : state === 'stopped' ? 'bad' : 'doubt'
  return [
    `${mark(terminal, sign)} ${m.campaign.headline(name, m.campaign.states[state] ?? state, count(rows_count), yuanOf(total_amount))}`,
    ...countLines(campaign, context),
    ...reasonLines(campaign, context),
    ...haltLines(campaign, context),
    `  ${m.campaign.asOf(when(updated_at))}`,
    ...nextLines(campaign, context),
  ].join('\n')
}

/** An amount in yuan, which has at most two decimals. */
export function yuanOf(amount: number): string {
  return yuan(Math.round(amount * 100))
}

function countLines({ counts, amounts }: Campaign, { m }: Context): string[] {
  const shown = COUNTED.filter((name) => counts[name] > 0 || name === 'sent')
  const labels = shown.map((name) => (PARTS.has(name) ? '  ' : '') + m.campaign.counted[name])
  const width = Math.max(...labels.map(cellsOf))
  return shown.map((name, i) => {
    const label = labels[i] ?? ''
    return `  ${label}${' '.repeat(width - cellsOf(label))}  ${m.campaign.rowsAndYuan(count(counts[name]), yuanOf(amounts[name]))}`
  })
}

function reasonLines({ reasons }: Campaign, context: Context): string[] {
  return reasons.map(({ err_code, count: rows, amount }) => {
    return `  ${context.m.campaign.reason(printable(err_code), count(rows), yuanOf(amount), adviceOn(err_code, '', context))}`
  })
}

/** What a code means and what to do. `detail`: the service's own words, which are Chinese. */
export function adviceOn(code: string, detail: string, { m, lang }: Context): string {
  if (Object.hasOwn(m.reasons, code)) return m.reasons[code] ?? ''
  if (lang === 'zh' && detail) return detail
  const known = Object.hasOwn(m.problems, code) ? m.problems[code as keyof typeof m.problems] : m.campaign.otherReason
  return detail ? `${known} [${detail}]` : known
}

function haltLines(campaign: Campaign, context: Context): string[] {
  const { stop, hold } = campaign
  const { m, terminal } = context
  const resume = aboutCampaign('resume', campaign.name, context.argv, context.env)
  return [
    ...(stop
      ? [`${mark(terminal, 'bad')} ${m.campaign.stopped(stop.code, adviceOn(stop.code, stop.detail, context), resume)}`]
      : []),
    ...(hold ? [`${mark(terminal, 'doubt')} ${holdText(hold, context)}`] : []),
  ]
}

export function holdText({ code, since }: NonNullable<Campaign['hold']>, { m }: Context): string {
  const why = Object.hasOwn(m.campaign.holds, code) ? m.campaign.holds[code] : code
  return m.campaign.held(why ?? code, when(since))
}

/** The commands that go on from here. */
function nextLines({ name, state, counts, hold }: Campaign, { m, argv, env }: Context): string[] {
  const about = (command: string, ...flags: string[]) => aboutCampaign(command, name, argv, env, flags)
  const { next } = m.campaign
  const waits = hold !== null || state === 'queued' || state === 'running'
  return [
    ...(counts.refused > 0 && ['paused', 'stopped', 'settling', 'done'].includes(state)
      ? [next.retry(about('retry'))]
      : []),
    ...(state === 'paused' ? [next.resume(about('resume'))] : []),
    ...(waits ? [next.watch(about('watch'))] : []),
    ...(state === 'settling' ? [next.settling(about('show'))] : []),
    ...(state === 'draft' ? [] : [next.result(about('result', '--out', 'result.csv'))]),
  ].map((line) => `  ${line}`)
}
