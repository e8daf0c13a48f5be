// What callers are shown of campaigns. Amounts in yuan, times in whole Unix seconds, null if nothing is known.

import { toYuan } from '../redpack/money.ts'
import type { Outcome, Status } from '../redpack/record.ts'
import type { Campaign } from './campaign.ts'
import { COUNTED, type Counted } from './counted.ts'
import type { CampaignDefaultsInput } from './params.ts'
import { IS_LIVE } from './states.ts'
import type { Sums } from './totals.ts'

export const CAMPAIGN_STATES = [
  'draft',
  'queued',
  'running',
  'paused',
  'stopped',
  'settling',
  'done',
  'cancelled',
] as const
export type CampaignState = (typeof CAMPAIGN_STATES)[number]

/** Rows, or yuan, by what they are counted as. The first five add up to the whole. */
export type Counts = Record<Counted, number>

/** Another campaign of the last 30 days: `share` of the smaller list's (account, openid, amount) is in both, 0 to 1. */
export type Similar = { id: string; name: string; share: number }

/** As a problem of start tells it: also what that campaign has paid by now. */
export type SimilarPaid = Similar & {
  state: CampaignState
  created_at: number
  /** Rows that were sent or may have been: `amount` in yuan. */
  paid: { count: number; amount: number }
}

/** `POST /campaigns`, `GET /campaigns/{id}`, and the answer to every command. */
export type CampaignView = {
  id: string
  name: string
  miniapp_id: string
  /** The merchant that pays: in a draft the one that would, from start on the one that does. */
  mch_id: string
  state: CampaignState
  /** A command carries it back. */
  version: number
  /** Why the worker has stopped it, and what to do; null unless it is stopped. */
  stop: { code: string; detail: string } | null
  /** Nobody's fault, and it goes on by itself: the brake, the store away, WeChat silent. */
  hold: { code: string; since: number } | null
  /** As they were given, gateway_type filled in. */
  defaults: CampaignDefaultsInput
  rows_count: number
  total_amount: number
  rate_per_s: number
  /** Of rows, as of updated_at; exact at rest. */
  counts: Counts
  /** Of yuan. */
  amounts: Counts
  /** Refused rows by WeChat's code, most first. */
  reasons: { err_code: string; count: number; amount: number }[]
  similar: Similar[] | null
  created_at: number
  started_at: number | null
  /** When the last row was begun. */
  sent_at: number | null
  finished_at: number | null
  updated_at: number
}

/** `POST /campaigns/{id}/retry`. */
export type RetryAnswer = CampaignView & {
  /** Refused rows that get a new attempt. */
  retried: number
}

type Meta = { limit: number; next: string | null; offset: number; previous: string | null; total_count: number }

/** `GET /campaigns`: newest first. */
export type CampaignList = { meta: Meta; objects: (CampaignView & { pk: string })[] }

/** A row: its parameters (with the defaults), and what became of its newest attempt. */
export type RowView = {
  /** From 1. */
  row: number
  type: 'normal' | 'fission'
  re_openid: string
  send_name: string
  official_account_id: string
  total_amount: number
  total_num: number
  act_name: string
  remark: string
  wishing: string
  scene_id: string | null
  risk_info: string | null
  /** From 1. */
  attempt: number
  /** Of this attempt's record. */
  id: string
  mch_billno: string
  /** null before it was begun. */
  outcome: Outcome | null
  status: Status | null
  err_code: string | null
  err_code_des: string | null
  send_listid: string | null
  /** When the record was made, and when it last changed. */
  created_at: number | null
  updated_at: number | null
}

/** `GET /campaigns/{id}/rows`: in the order of the list; `total_count` of those that the filter leaves. */
export type RowList = { meta: Meta; objects: RowView[] }

export function viewOf(campaign: Campaign): CampaignView {
  const { total_amount, ...defaults } = campaign.defaults
  return {
    id: campaign.id,
    name: campaign.name,
    miniapp_id: campaign.miniapp_id,
    mch_id: campaign.mch_id,
    state: campaign.state,
    version: campaign.version,
    stop: campaign.state === 'stopped' ? (campaign.stop ?? null) : null,
    hold: IS_LIVE[campaign.state] ? (campaign.hold ?? null) : null,
    defaults: { ...defaults, ...(total_amount !== undefined && { total_amount: toYuan(total_amount) }) },
    rows_count: campaign.rows_count,
    total_amount: toYuan(campaign.total_amount),
    rate_per_s: campaign.rate_per_s,
    counts: campaign.totals.rows,
    amounts: inYuan(campaign.totals.fen),
    reasons: Object.entries(campaign.reasons)
      .map(([err_code, [count, amount]]) => ({ err_code, count, amount: yuanOf(amount) }))
      .sort((a, b) => b.count - a.count || (a.err_code < b.err_code ? -1 : 1)),
    similar: campaign.similar ?? null,
    created_at: Math.floor(campaign.created_ms / 1000),
    started_at: campaign.started_at ?? null,
    sent_at: campaign.sent_at ?? null,
    finished_at: campaign.finished_at ?? null,
    updated_at: campaign.updated_at,
  }
}

function inYuan(fen: Sums): Counts {
  return Object.fromEntries(COUNTED.map((counted) => [counted, yuanOf(fen[counted])])) as Counts
}

/** A sum of fen in yuan. */
export function yuanOf(fen: number): number {
  return fen / 100
}
