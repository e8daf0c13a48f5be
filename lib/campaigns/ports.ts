// What campaigns need of the world. lib/aws provides it, and so does the simulation.

import type { SendParams } from '../redpack/params.ts'
import type { Clock, Controls, Merchant, Merchants, Pace } from '../redpack/ports.ts'
import type { Outcome, Status } from '../redpack/record.ts'
import type { Campaign, Commanded, Draft, Head, Worked } from './campaign.ts'
import type { Blame } from './letters.ts'
import type { Totals } from './totals.ts'

/** What the record of a row's attempt says. */
export type RowRecord = {
  readonly outcome: Outcome
  readonly status?: Status | undefined
  readonly open?: string | undefined
  readonly err_code?: string | undefined
  readonly err_code_des?: string | undefined
  readonly send_listid?: string | undefined
  readonly created_at: number
  readonly updated_at: number
}

/** A merchant's campaigns in the order of their turns. */
export type Line = { readonly queue: readonly string[]; readonly version: number }

export type Sketch = {
  readonly rows_count: number
  /** Packed, of the first chunks. */
  readonly digests: string
  /** Packed, the smallest values. */
  readonly values: string
  readonly written_at: number
}

/** What a worker writes beside its counts; `null` takes an attribute away. */
export type WorkerChanges = {
  readonly working?: number | null
  readonly totals?: Totals
  readonly reasons?: Worked['reasons']
  readonly lease_until_ms?: number
  readonly hold?: Worked['hold'] | null
  readonly sent_at?: number | undefined
  readonly last_counted?: boolean
  readonly rows_removed?: boolean
  readonly due_at?: number | null
  /** Only with `seen`. */
  readonly state?: Commanded['state']
  readonly stop?: Commanded['stop'] | null
  readonly finished_at?: number | undefined
}

/** The items of campaigns. Reads are consistent unless they say otherwise. @throws AppError store_unavailable from every method */
export interface CampaignStore {
  /** Writes a new draft unless one stands under its id. @returns what stands there now */
  create(campaign: Campaign): Promise<{ readonly created: boolean; readonly campaign: Campaign }>
  get(id: string): Promise<Campaign | undefined>
  /** A mini app's campaigns, newest first; from an index. */
  list(miniapp_id: string, offset: number, limit: number): Promise<{ campaigns: Campaign[]; total_count: number }>
  /** Those that were created at or after `since_ms`; from an index. */
  since(miniapp_id: string, since_ms: number): Promise<Campaign[]>
  /** What a command writes, if state and version are those of `seen`; `due_at` undefined leaves it. @returns whether they were */
  command(seen: Campaign, next: Commanded & { totals?: Totals; due_at?: number }): Promise<boolean>
  /** Puts a draft's end off. */
  touch(id: string, due_at: number): Promise<void>

  /** Takes the lease for `worker`, unless another's is not over at `now_ms`. @returns the campaign, or undefined */
  lease(id: string, worker: string, now_ms: number, until_ms: number): Promise<Campaign | undefined>
  /** Writes as `worker`; with `seen`, only if no command came since. @returns false if the worker has no lease, or one came */
  save(id: string, worker: string, changes: WorkerChanges, seen?: Campaign): Promise<boolean>
  /** Ids of campaigns that are due, longest due first; from an index. */
  due(now_s: number, limit: number): Promise<string[]>

  /** Writes a chunk's packed rows, once. @returns whether the same bytes stand there now */
  putRows(id: string, n: number, packed: Uint8Array): Promise<boolean>
  rows(id: string, n: number): Promise<Uint8Array | undefined>
  /** What of a draft's chunk start has to know; written after its rows, so a chunk without it is missing. */
  putDraft(id: string, n: number, draft: Draft): Promise<void>
  drafts(id: string, ns: readonly number[]): Promise<Map<number, Draft>>
  heads(id: string, ns: readonly number[]): Promise<Head[]>
  /** @returns false if the head that stands there has another version than `version` */
  saveHead(id: string, version: number, head: Head): Promise<boolean>
  /** Takes rows and heads away; again does no harm. */
  removeRows(id: string, ns: readonly number[]): Promise<void>
  removeDraft(seen: Campaign): Promise<void>

  putSketch(id: string, sketch: Sketch): Promise<void>
  sketches(ids: readonly string[]): Promise<Map<string, Sketch>>

  line(mch_id: string): Promise<Line>
  /** @returns false if another has written it since */
  saveLine(mch_id: string, version: number, queue: readonly string[]): Promise<boolean>

  /** Records of rows' attempts by their key; those that there are not are missing. */
  records(miniapp_id: string, keys: readonly string[], consistent: boolean): Promise<Map<string, RowRecord>>
}

/** What tells whether a campaign of a merchant makes calls now. */
export type RateStore = Pick<CampaignStore, 'line'> & {
  get(id: string): Promise<Pick<Campaign, 'state' | 'hold' | 'lease_until_ms' | 'rate_per_s'> | undefined>
}

/** One row, to be sent as lib/redpack/send.ts sends: under its key, at most once. */
export type RowRequest = {
  readonly miniapp_id: string
  readonly idempotency_key: string
  readonly keyid: string
  readonly params: SendParams
  readonly merchant: Merchant
  /** Of all calls that it makes, also of repeated ones. */
  readonly pace: Pace
  remaining_ms(): number
}
/** `processing`: WeChat has not answered. */
export type RowResult = {
  readonly body: {
    readonly outcome: 'sent' | 'refused' | 'unknown'
    readonly err_code?: string | undefined
    readonly err_code_des?: string | undefined
  }
  readonly processing: boolean
}

/** What operators hear of. */
export type CampaignNotice =
  | { readonly event: 'campaign'; readonly campaign: Campaign; readonly from: Campaign['state'] }
  | { readonly event: 'campaign_bug'; readonly id: string; readonly error: unknown }

export type CampaignPorts = {
  readonly store: CampaignStore
  readonly merchants: Pick<Merchants, 'load'>
  readonly controls: Controls
  readonly clock: Clock
  /** The use case of lib/redpack. @throws AppError as it does */
  send(request: RowRequest): Promise<RowResult>
  blame(err_code: string): Blame
  /** Names a worker. */
  token(): string
  report(notice: CampaignNotice): void
}
