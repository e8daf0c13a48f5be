// Campaigns as the page shows them: progress, what halts them and what to do about it, as `redpack campaign show` says it.
import type { Campaign, CampaignCounts, RedPack } from '../../client/src/index.ts'
import { adviceOn, holdText } from '../campaign/summary.ts'
import type { Context } from '../context.ts'
import { printable } from '../printable.ts'
import { wallClock } from '../when.ts'
import type { Desk } from './desk.ts'

/** The newest ones. */
const SHOWN = 50

export type CampaignCard = {
  readonly id: string
  readonly name: string
  readonly state: Campaign['state']
  readonly state_text: string
  readonly rows: number
  readonly fen: number
  readonly rate_per_s: number
  readonly counts: CampaignCounts
  /** Fen. */
  readonly amounts: CampaignCounts
  readonly reasons: readonly {
    readonly err_code: string
    readonly count: number
    readonly fen: number
    readonly advice: string
  }[]
  /** Why it does not go on, and what to do. */
  readonly halt: string | null
  readonly created_at: string
  readonly updated_at: string
  /** What its state allows. */
  readonly may: readonly Command[]
}
export type Command = 'pause' | 'resume' | 'retry'

export type Campaigns = {
  readonly objects: readonly CampaignCard[]
  readonly total: number
  readonly is_offline: boolean
}

/** @throws what the client throws */
export async function campaignsOf({ service, filler }: Desk, context: Context): Promise<Campaigns> {
  if (!service) return { objects: [], total: 0, is_offline: true }
  const { data, stopped_since } = await service.campaigns.list({ limit: SHOWN })
  filler.hear(stopped_since)
  return {
    objects: data.objects.map((campaign) => cardOf(campaign, context)),
    total: data.meta.total_count,
    is_offline: false,
  }
}

/** @throws what the client throws */
export async function campaignOf(service: RedPack, id: string, context: Context): Promise<CampaignCard> {
  return cardOf((await service.campaigns.get(id)).data, context)
}

function cardOf(campaign: Campaign, context: Context): CampaignCard {
  const { m } = context
  const { id, name, state, rows_count, total_amount, rate_per_s, counts, amounts, reasons } = campaign
  return {
    ...{ id, name: printable(name), state, state_text: m.campaign.states[state] ?? state },
    ...{ rows: rows_count, fen: fenOf(total_amount), rate_per_s, counts },
    amounts: Object.fromEntries(Object.entries(amounts).map(([of, yuan]) => [of, fenOf(yuan)])) as CampaignCounts,
    reasons: reasons.map(({ err_code, count, amount }) => ({
      ...{ err_code: printable(err_code), count, fen: fenOf(amount), advice: adviceOn(err_code, '', context) },
    })),
    halt: haltOf(campaign, context),
    created_at: wallClock(campaign.created_at),
    updated_at: wallClock(campaign.updated_at),
    may: commandsOf(campaign),
  }
}

function haltOf({ stop, hold }: Campaign, context: Context): string | null {
  if (stop) return context.m.console.because(stop.code, adviceOn(stop.code, stop.detail, context))
  return hold ? holdText(hold, context) : null
}

function commandsOf({ state, counts }: Campaign): Command[] {
  if (state === 'queued' || state === 'running') return ['pause']
  const is_waiting = state === 'paused' || state === 'stopped'
  const may_retry = counts.refused > 0 && (is_waiting || state === 'settling' || state === 'done')
  return [...(is_waiting ? (['resume'] as const) : []), ...(may_retry ? (['retry'] as const) : [])]
}

/** An amount in yuan has at most two decimals. */
function fenOf(yuan: number): number {
  return Math.round(yuan * 100)
}
