// redpack campaign send: checks the whole list, makes a draft of it, uploads, asks, starts, and looks on.
import { basename, extname } from 'node:path'
import { type Campaign, HError, type RedPack, type SimilarPaid } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { withRequest } from '../explain.ts'
import { textsOf } from '../parameters.ts'
import { aboutCampaign } from '../shell.ts'
import { mark } from '../terminal.ts'
import { when } from '../when.ts'
import { count } from '../yuan.ts'
import { type Checked, check, uploads } from './check.ts'
import { openSource } from './file.ts'
import { miniappOf } from './find.ts'
import { columnMap } from './header.ts'
import { onInterrupt, type Phase } from './interrupt.ts'
import { keepNames } from './names.ts'
import { type Asked, ask, confirmed, factsJson, factsOf, type Payer } from './question.ts'
import type { BadRow, List } from './rows.ts'
import { yuanOf } from './summary.ts'
import { watchCampaign } from './watch.ts'

export type SendOptions = {
  name?: string
  rate: number
  map: string[]
  yes?: true
  evenIfSimilar?: true
  dryRun?: true
  allowRepeats?: true
  letWechatDecide?: true
  interval: number
  nameColumn?: string
}

/** The service, and a client of it that does not wait long, for what need not be known. */
export type Services = { service: RedPack; hasty: RedPack; endpoint: string; keyid: string }

const NAME_MAX = 64

export async function send(file: string, options: SendOptions, services: Services, context: Context): Promise<void> {
  const { m } = context
  const name = nameOf(options.name ?? basename(file, extname(file)), context)
  const map = columnMap(options.map, context)
  const source = await openSource(file, context)
  const { nameColumn: name_column, letWechatDecide } = options
  const list: List = { source, map, defaults: textsOf(options), lenient: letWechatDecide === true, name_column }
  const onBad = (row: BadRow) => context.note(`  ${m.campaign.badRow(row.line, row.faults.join('; '))}`)
  const checked = await check(list, { allow_repeats: options.allowRepeats === true, onBad }, context)
  const { endpoint } = services
  const asked = { file, format: source.format, name, endpoint, checked, rate_per_s: options.rate }
  if (options.dryRun) return dryRun({ ...asked, payer: await likelyPayer(services, checked) }, context)
  const phase: { now: Phase } = { now: 'before' }
  const calm = onInterrupt(phase, name, context)
  try {
    const draft = await create(services.service, { ...asked, payer: NOBODY }, context)
    if (draft.state === 'draft') {
      await upload(services.service, draft, list, checked, context)
      await question({ ...asked, payer: payerOf(draft) }, options, context)
      phase.now = 'starting'
      const started = await start(services.service, draft, options, context)
      calm()
      await keepNames(list, checked, draft, services, context)
      return await watchCampaign(services.service, started, options, context)
    }
    calm()
    startedBefore(draft, context)
    await keepNames(list, checked, draft, services, context)
    await watchCampaign(services.service, draft, options, context)
  } finally {
    calm()
  }
}

function nameOf(text: string, { m }: Context): string {
  const name = text.trim()
  if (name === '' || [...name].length > NAME_MAX || /\p{Cc}/u.test(name))
    throw new CliError('usage', m.campaign.badName)
  return name
}

const NOBODY: Payer = { miniapp_id: undefined, mch_id: undefined, gateway_type: 'weixin_tenpay' }

function payerOf({ miniapp_id, mch_id, defaults }: Campaign): Payer {
  return { miniapp_id, mch_id, gateway_type: defaults.gateway_type ?? NOBODY.gateway_type }
}

/** Who would pay, as far as earlier campaigns tell: a draft would take the name. */
async function likelyPayer({ hasty }: Services, { defaults }: Checked): Promise<Payer> {
  const gateway_type = defaults.gateway_type ?? NOBODY.gateway_type
  try {
    const { objects } = (await hasty.campaigns.list({ limit: 100 })).data
    const same = objects.find((campaign) => campaign.defaults.gateway_type === gateway_type)
    if (same) return payerOf(same)
    const miniapp_id =
      (await miniappOf(hasty)) ?? (await hasty.getSentRedPackList({ limit: 1 })).data.objects[0]?.miniapp_id
    return { miniapp_id, mch_id: undefined, gateway_type }
  } catch {
    return { ...NOBODY, gateway_type }
  }
}

function dryRun(asked: Asked, context: Context): void {
  const { m } = context
  context.print({ dry_run: true, ...factsJson(asked) }, `${factsOf(asked, context)}\n${m.campaign.dryRun}`)
}

/** The draft, or the campaign that stands under the name by the same parameters. */
async function create(service: RedPack, { name, checked, rate_per_s }: Asked, context: Context): Promise<Campaign> {
  const { m } = context
  const { rows, fen, defaults } = checked
  const params = { name, defaults, rows_count: rows, total_amount: fen / 100, rate_per_s }
  try {
    return (await service.campaigns.create(params)).data
  } catch (error) {
    if (isProblem(error, 'campaign_exists')) throw told(error, m.campaign.nameTaken(name), context)
    throw error
  }
}

async function upload(service: RedPack, { id, name }: Campaign, list: List, checked: Checked, context: Context) {
  const { m, note } = context
  note(m.campaign.uploading(count(checked.rows)))
  try {
    await service.campaigns.upload(id, uploads(list, checked, context))
  } catch (error) {
    if (isProblem(error, 'chunk_written')) throw told(error, m.campaign.otherRows(name), context)
    throw error
  }
}

/** The facts are shown even if nobody is asked. */
async function question(asked: Asked, { yes }: SendOptions, context: Context): Promise<void> {
  context.note(factsOf(asked, context))
  if (!yes) await ask(asked, context)
}

async function start(service: RedPack, draft: Campaign, options: SendOptions, context: Context): Promise<Campaign> {
  const { version } = draft
  try {
    return (await service.campaigns.start(draft.id, { version, even_if_similar: options.evenIfSimilar === true })).data
  } catch (error) {
    if (!isProblem(error, 'campaign_similar')) throw error
    await askSimilar(error.problem?.similar ?? [], options, context)
    return (await service.campaigns.start(draft.id, { version, even_if_similar: true })).data
  }
}

/** Shows what the similar campaigns have paid. @throws CliError unless a person says that it is meant */
async function askSimilar(similar: readonly SimilarPaid[], { yes }: SendOptions, context: Context): Promise<void> {
  const { m, terminal, json } = context
  const lines = similar.map(({ name, share, state, created_at, paid }) =>
    m.campaign.similar({
      name,
      percent: String(Math.round(share * 100)),
      state: m.campaign.states[state] ?? state,
      at: when(created_at),
      count: count(paid.count),
      amount: yuanOf(paid.amount),
    }),
  )
  const told = [m.campaign.similarList, ...lines].join('\n    ')
  if (yes || json || !terminal.interactive) {
    throw new CliError('campaign_similar', `${told}\n  ${m.campaign.needsEvenIfSimilar}`, EXIT.error, { similar })
  }
  context.note(`${mark(terminal, 'doubt')} ${told}`)
  await confirmed(m.campaign.askSimilar, context)
}

/** The same list under the same name: it has been started, so nothing more is sent. */
function startedBefore({ name, state, started_at }: Campaign, { m, note, argv, env }: Context): void {
  if (state === 'cancelled') throw new CliError('campaign_state', m.campaign.cancelledBefore(name))
  const at = started_at === null ? '' : when(started_at)
  note(m.campaign.startedBefore(name, at, aboutCampaign('show', name, argv, env)))
}

/** The service's no in words of this command, with the id of the request. */
function told({ problem }: HError, words: string, context: Context): CliError {
  const { code = 'refused', request_id } = problem ?? {}
  return new CliError(code, withRequest(words, problem, context), EXIT.error, { request_id })
}

function isProblem(error: unknown, code: string): error is HError {
  return error instanceof HError && error.problem?.code === code
}
