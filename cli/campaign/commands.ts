// redpack campaign watch, list, show, pause, resume, cancel, retry: each about one campaign, by its name or id.
import Table from 'cli-table3'
import { type Campaign, HError, type RedPack } from '../../client/src/index.ts'
import { cellsOf, fitted } from '../cells.ts'
import { confirmedForProfile } from '../confirm.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { withRequest } from '../explain.ts'
import { printable } from '../printable.ts'
import { tellStopped, withStopped } from '../stopped.ts'
import { PLAIN } from '../table.ts'
import { mark } from '../terminal.ts'
import { minuteOf, when } from '../when.ts'
import { count } from '../yuan.ts'
import { findCampaign } from './find.ts'
import { confirmed } from './question.ts'
import { summaryOf, yuanOf } from './summary.ts'

const NAME_CELLS = 24
/** Somebody else commanded at the same moment: pause and cancel are tried again under the newer version. */
const TRIES = 5

export async function list(service: RedPack, page: { limit?: number; offset?: number }, context: Context) {
  const { m, terminal } = context
  const { data, stopped_since } = await service.campaigns.list(page)
  tellStopped(stopped_since, context)
  const { meta, objects } = data
  const table = new Table({
    head: [...m.campaign.head],
    colAligns: ['left', 'left', 'left', 'right', 'right', 'left'],
    chars: PLAIN,
    style: { head: terminal.colour ? ['bold'] : [], border: [], 'padding-left': 0, 'padding-right': 2 },
  })
  for (const { created_at, name, state, counts, rows_count, total_amount, id } of objects) {
    const sent = `${count(counts.sent)}/${count(rows_count)}`
    const known = m.campaign.states[state] ?? state
    table.push([minuteOf(created_at), fitted(printable(name), NAME_CELLS), known, sent, yuanOf(total_amount), id])
  }
  const none = m.campaign.none(meta.total_count, meta.offset)
  context.print(withStopped(data, stopped_since), objects.length > 0 ? table.toString().replace(/ +$/gm, '') : none)
  if (objects.length > 0) context.note(m.list.shown(meta.offset + 1, meta.offset + objects.length, meta.total_count))
}

export async function show(service: RedPack, which: string, context: Context): Promise<void> {
  const campaign = await findCampaign(service, which, context)
  const { labels, with: and, comma } = context.m.campaign
  const time = (unix_s: number | null) => (unix_s === null ? '–' : when(unix_s))
  const { defaults, similar } = campaign
  const facts: [string, string | undefined][] = [
    ['id', campaign.id],
    [labels.miniapp, campaign.miniapp_id],
    [labels.merchant, and(campaign.mch_id, defaults.gateway_type ?? '–')],
    [labels.account, defaults.official_account_id],
    [labels.sender, defaults.send_name],
    [labels.wishing, defaults.wishing],
    [labels.created, time(campaign.created_at)],
    [labels.started, time(campaign.started_at)],
    [labels.allBegun, time(campaign.sent_at)],
    [labels.finished, time(campaign.finished_at)],
    [
      labels.similar,
      similar?.map(({ name, share }) => and(name, `${Math.round(share * 100)} %`)).join(comma) || undefined,
    ],
  ]
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== undefined)
  const width = Math.max(...known.map(([label]) => cellsOf(label)))
  const lines = known.map(([label, text]) => `  ${label}${' '.repeat(width - cellsOf(label))}  ${printable(text)}`)
  context.print(campaign, [summaryOf(campaign, context), '', ...lines].join('\n'))
}

export type RetryOptions = { errCode?: string; yes?: true }
type Halt = 'pause' | 'cancel'

/** Safe at any moment, so another command that came first does not stand in its way. */
export async function halt(command: Halt, service: RedPack, which: string, yes: boolean, context: Context) {
  const { m } = context
  let campaign = await findCampaign(service, which, context)
  if (command === 'cancel' && campaign.state !== 'cancelled' && !yes) {
    const { name, counts } = campaign
    await confirmed(m.campaign.askCancel(name, count(counts.waiting)), context, m.campaign.notCancelled)
  }
  for (let tries = 1; ; tries++) {
    try {
      const { data } = await service.campaigns[command](campaign.id, { version: campaign.version })
      return tell(data, command === 'pause' ? m.campaign.paused : m.campaign.cancelled, context)
    } catch (error) {
      if (tries === TRIES || !isChanged(error)) throw toldState(error, context)
      campaign = (await service.campaigns.get(campaign.id)).data
    }
  }
}

export async function resume(service: RedPack, which: string, yes: true | undefined, context: Context): Promise<void> {
  const { id, version, name } = await findCampaign(service, which, context)
  const { m } = context
  await confirmedForProfile(m.campaign.askResume(name), m.campaign.notResumed, { yes }, context, context.profile)
  const { data } = await service.campaigns.resume(id, { version }).catch((error) => {
    throw toldState(error, context)
  })
  tell(data, context.m.campaign.resumed, context)
}

export async function retry(
  service: RedPack,
  which: string,
  { errCode: err_code, yes }: RetryOptions,
  context: Context,
) {
  const { id, version, name } = await findCampaign(service, which, context)
  const { m } = context
  await confirmedForProfile(m.campaign.askRetry(name, err_code), m.campaign.declined, { yes }, context, context.profile)
  const asked = err_code === undefined ? { version } : { version, err_code }
  const { data } = await service.campaigns.retry(id, asked).catch((error) => {
    throw toldState(error, context)
  })
  tell(data, context.m.campaign.retried(count(data.retried)), context)
}

function tell(campaign: Campaign, said: string, context: Context): void {
  context.print(campaign, `${mark(context.terminal, 'good')} ${said}\n${summaryOf(campaign, context)}`)
}

function isChanged(error: unknown): boolean {
  return error instanceof HError && error.problem?.code === 'campaign_changed'
}

/** A command that the state forbids, with the state in the reader's language. */
function toldState(error: unknown, context: Context): unknown {
  const { m } = context
  if (!(error instanceof HError)) return error
  const { code, state } = error.problem ?? {}
  if (code !== 'campaign_state' || state === undefined) return error
  const said = withRequest(m.campaign.notInState(m.campaign.states[state] ?? state), error.problem, context)
  return new CliError('campaign_state', said, undefined, { state, request_id: error.problem?.request_id })
}
