// What the service takes and answers of campaigns, written out as answers.ts does for packets.
// test/unit/client/campaign-types.test.ts holds these types equal to the service's own, in both directions.
import type { GatewayType } from './answers.ts'

/** A row of a list: the parameters of a packet that differ from row to row; total_amount in yuan. */
export type CampaignRow = {
  type?: 'normal' | 'fission' | undefined
  re_openid?: string | undefined
  send_name?: string | undefined
  official_account_id?: string | undefined
  total_amount?: number | undefined
  total_num?: number | undefined
  act_name?: string | undefined
  remark?: string | undefined
  wishing?: string | undefined
  /** null takes away the one of `defaults`. */
  scene_id?: string | null | undefined
  risk_info?: string | null | undefined
}

/** Parameters that all rows share. `gateway_type` stands here only: a campaign has one merchant. */
export type CampaignDefaults = CampaignRow & { gateway_type?: GatewayType | undefined }

export type CreateCampaignParams = {
  /** 1 to 64 characters; one campaign a name and mini app, and a name is never free again. */
  name: string
  defaults: CampaignDefaults
  /** 1 to 1,000,000. */
  rows_count: number
  /** Of all rows, in yuan. */
  total_amount: number
  /** Rows that begin in a second, at most: 1 to 30, 25 unless told. */
  rate_per_s?: number | undefined
}

export type CampaignState = 'draft' | 'queued' | 'running' | 'paused' | 'stopped' | 'settling' | 'done' | 'cancelled'

/** The first five add up to the whole; received and refunded ones are sent ones. */
export type CampaignCounts = {
  waiting: number
  sent: number
  refused: number
  unknown: number
  manual: number
  received: number
  refunded: number
}

/** Another campaign of the last 30 days: `share` (0 to 1) of the smaller list is in both. */
export type SimilarCampaign = { id: string; name: string; share: number }

/** In the problem `campaign_similar`: with what that campaign has paid, or may have. */
export type SimilarPaid = SimilarCampaign & {
  state: CampaignState
  created_at: number
  paid: { count: number; amount: number }
}

/** A campaign: amounts in yuan, times in whole Unix seconds, null if nothing is known. */
export type Campaign = {
  id: string
  name: string
  miniapp_id: string
  /** In a draft the merchant that would pay, from start on the one that does. */
  mch_id: string
  state: CampaignState
  /** A command carries it back. */
  version: number
  /** Why it has stopped, and what to do (in Chinese); null unless it is stopped. */
  stop: { code: string; detail: string } | null
  /** What it waits for; it goes on by itself. */
  hold: { code: string; since: number } | null
  defaults: CampaignDefaults
  rows_count: number
  total_amount: number
  rate_per_s: number
  /** Rows, as of updated_at; exact at rest. */
  counts: CampaignCounts
  /** Yuan, likewise. */
  amounts: CampaignCounts
  /** Refused rows by WeChat's code, most first. */
  reasons: { err_code: string; count: number; amount: number }[]
  /** null in a draft. */
  similar: SimilarCampaign[] | null
  created_at: number
  started_at: number | null
  /** When the last row was begun. */
  sent_at: number | null
  finished_at: number | null
  updated_at: number
}

/** `retried`: refused rows that get a new attempt. */
export type RetriedCampaign = Campaign & { retried: number }

type Meta = { limit: number; next: string | null; offset: number; previous: string | null; total_count: number }

/** A page of campaigns, newest first. */
export type CampaignList = { meta: Meta; objects: (Campaign & { pk: string })[] }

/** A row, and what became of its newest attempt. */
export type CampaignRowResult = {
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
  /** From 1; each one before it was refused. */
  attempt: number
  /** Of this attempt's record. */
  id: string
  mch_billno: string
  /** null before it was begun. */
  outcome: 'pending' | 'sent' | 'refused' | 'unknown' | 'manual' | null
  status: 'SENDING' | 'SENT' | 'FAILED' | 'RECEIVED' | 'RFUND_ING' | 'REFUND' | null
  err_code: string | null
  err_code_des: string | null
  send_listid: string | null
  created_at: number | null
  updated_at: number | null
}

/** A page of rows, in the order of the list. */
export type CampaignRowList = { meta: Meta; objects: CampaignRowResult[] }

/** limit 1 to 1000 (default 20), offset from 0. `outcome`: only rows that are counted so, as of updated_at. */
export type CampaignRowsParams = { limit?: number; offset?: number; outcome?: keyof CampaignCounts | undefined }
