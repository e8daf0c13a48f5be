// A campaign as it is stored: what was asked, what was commanded, what the worker has counted; and the heads of its chunks.
import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { Fen } from '../redpack/money.ts'
import { GatewayType } from '../redpack/params.ts'
import { KEY_PREFIX } from './keys.ts'
import { type CampaignDefaults, CHUNK_ROWS } from './params.ts'
import { CAMPAIGN_STATES } from './view.ts'

const text = v.string()
const whole = v.pipe(v.number(), v.safeInteger())
const optionalText = v.optional(v.nullable(text))

const Sums = v.object({
  waiting: v.optional(whole, 0),
  sent: v.optional(whole, 0),
  refused: v.optional(whole, 0),
  unknown: v.optional(whole, 0),
  manual: v.optional(whole, 0),
  received: v.optional(whole, 0),
  refunded: v.optional(whole, 0),
})
const Totals = v.object({ rows: Sums, fen: Sums })
const Reasons = v.record(text, v.tuple([whole, whole]))

const StoredRow = v.object({
  type: v.optional(v.picklist(['normal', 'fission'])),
  re_openid: v.optional(text),
  send_name: v.optional(text),
  official_account_id: v.optional(text),
  total_amount: v.optional(Fen),
  total_num: v.optional(whole),
  act_name: v.optional(text),
  remark: v.optional(text),
  wishing: v.optional(text),
  scene_id: optionalText,
  risk_info: optionalText,
})
export const Defaults = v.object({ ...StoredRow.entries, gateway_type: GatewayType })
/** A row's own parameters, total_amount in fen; null takes one of the defaults away. */
export type StoredRow = v.InferOutput<typeof StoredRow>
export const StoredRows = v.array(StoredRow)

/** What was asked: written once. */
const Asked = v.object({
  id: text,
  miniapp_id: text,
  name: text,
  hash: text,
  defaults: Defaults,
  rows_count: whole,
  total_amount: Fen,
  rate_per_s: whole,
  created_ms: whole,
})

/** What commands write, each under the next version; the worker moves `state` and `stop` too, if no command came meanwhile. */
export const Commanded = v.object({
  state: v.picklist(CAMPAIGN_STATES),
  version: whole,
  stop: v.optional(v.object({ code: text, detail: text })),
  /** The last command, and the version that it carried: repeated, it has the same answer. */
  last: v.optional(v.object({ command: text, version: whole, retried: v.optional(whole, 0) })),
  /** Rises with each retry; a head that is behind has it still to apply. */
  pass: whole,
  retries: v.array(v.object({ pass: whole, err_code: v.optional(text) })),
  /** The merchant that pays; in a draft the one that would. */
  mch_id: text,
  /** Who started it, or made the draft. */
  keyid: text,
  similar: v.optional(v.array(v.object({ id: text, name: text, share: v.number() }))),
  started_at: v.optional(whole),
  finished_at: v.optional(whole),
})
export type Commanded = v.InferOutput<typeof Commanded>

/** What the worker writes, under its lease. */
export const Worked = v.object({
  worker: v.optional(text),
  /** 0: given back. */
  lease_until_ms: whole,
  /** The chunk whose rows are being begun: its head is behind if the worker dies. */
  working: v.optional(whole),
  totals: Totals,
  reasons: Reasons,
  hold: v.optional(v.object({ code: text, since: whole })),
  sent_at: v.optional(whole),
  /** Cancelled, and counted once more after that. */
  last_counted: v.optional(v.boolean()),
  /** Rows and heads are gone. */
  rows_removed: v.optional(v.boolean()),
  updated_at: whole,
  /** When it is to be looked at next, in seconds; never, if undefined. */
  due_at: v.optional(whole),
})
export type Worked = v.InferOutput<typeof Worked>

export const Campaign = v.object({ ...Asked.entries, ...Commanded.entries, ...Worked.entries })
export type Campaign = v.InferOutput<typeof Campaign>

/** What is known of a chunk of a draft: for the sum, and to find similar lists (lib/campaigns/similar.ts). */
export const Draft = v.object({
  count: whole,
  sum: Fen,
  /** Of what the rows pay to whom, in their order. */
  digest: text,
  /** Packed values of receivers. */
  values: text,
})
export type Draft = v.InferOutput<typeof Draft>

/** One letter a row, so that a million rows are 2 MB. Packed: a chunk is unpacked only while it is in work. */
export const Head = v.object({
  n: whole,
  version: whole,
  pass: whole,
  codes: text,
  /** Two base-36 digits a row; absent while all are 1. */
  attempts: v.optional(text),
  totals: Totals,
  reasons: Reasons,
  /** When its last row was begun. */
  begun_ms: v.optional(whole),
  /** When its open rows are to be read again. */
  due_ms: v.optional(whole),
})
export type Head = v.InferOutput<typeof Head>

/** id: the first 24 hex digits of SHA-256("campaign" NUL miniapp_id NUL name). */
export function campaignIdOf(miniapp_id: string, name: string): string {
  return createHash('sha256').update(`campaign\0${miniapp_id}\0${name}`, 'utf8').digest('hex').slice(0, 24)
}

/** The idempotency key of a row's attempt; both count from 1. */
export function keyOf(id: string, row: number, attempt: number): string {
  return `${KEY_PREFIX}${id}/${row}/${attempt}`
}

export function chunksOf({ rows_count }: Pick<Campaign, 'rows_count'>): number {
  return Math.ceil(rows_count / CHUNK_ROWS)
}

/** How many rows a chunk holds; 0 beyond the last. */
export function rowsIn({ rows_count }: Pick<Campaign, 'rows_count'>, n: number): number {
  return Math.max(0, Math.min(CHUNK_ROWS, rows_count - n * CHUNK_ROWS))
}

/** The digest under which the same request to create is known again. */
export function hashOfRequest(request: { defaults: CampaignDefaults } & Record<string, unknown>): string {
  return createHash('sha256').update(canonical(request), 'utf8').digest('hex')
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`)
    .join(',')}}`
}
