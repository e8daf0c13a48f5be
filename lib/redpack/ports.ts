// What the use cases need of the world. lib/aws and lib/wechatpay provide it, and so does the simulation.
import type { RedpackRecord, Status, Unsettled } from './record.ts'
import type { GatewayType } from './schemas.ts'

/** The changes of one state change; a key set to undefined is removed. Identity, money and hash are not among them (I7). */
export type Changes = {
  [K in Exclude<keyof RedpackRecord, WriteOnce>]?: RedpackRecord[K] | undefined
}
type WriteOnce =
  | 'id'
  | 'miniapp_id'
  | 'mch_id'
  | 'mch_billno'
  | 'hash'
  | 'type'
  | 'gateway_type'
  | 'official_account_id'
  | 're_openid'
  | 'send_name'
  | 'total_amount'
  | 'total_num'
  | 'wishing'
  | 'act_name'
  | 'remark'
  | 'scene_id'
  | 'risk_info'
  | 'created_at'

/**
 * The record store. Every method may throw AppError `store_unavailable`; a write that throws may still have been made,
 * which its writer recognises by `writer` when it looks again.
 */
export interface Store {
  /** Writes a new record unless one stands under its id. Out: the record that stands there now, its own or the earlier one. */
  insert(record: RedpackRecord): Promise<RedpackRecord>
  /** The record under an id, read consistently. */
  get(id: string): Promise<RedpackRecord | undefined>
  /**
   * Changes a record if it still has the version and the outcome of `seen`; `changes` must hold a new version and writer.
   * Out: the record that stands there now, changed or as another writer left it.
   */
  update(seen: RedpackRecord, changes: Changes): Promise<RedpackRecord>
  /** Takes the mini app's next sequence number (1, 2, 3 …). A number taken and not written to a record leaves a hole. */
  takeSeq(miniapp_id: string): Promise<number>
  /** The highest number taken and the numbers known to belong to no record, read consistently. */
  book(miniapp_id: string): Promise<Book>
  /** The mini app's records with seq in [from, to], highest first. From an index: it may lag by moments. */
  range(miniapp_id: string, from: number, to: number): Promise<RedpackRecord[]>
}

export type Book = { last_seq: number; holes: readonly number[] }

/** The store as settle needs it. */
export interface SettleStore extends Store {
  /** Ids of records with something open and due at or before `due_at` (seconds), longest due first. From an index: read the record before you act. */
  due(unsettled: Unsettled, due_at: number, limit: number): Promise<string[]>
  /** Those of the numbers from..to that a record of the mini app has, in any order. From an index. */
  seqsIn(miniapp_id: string, from: number, to: number): Promise<number[]>
  /** Where the search for holes stands. */
  holeSearch(miniapp_id: string): Promise<HoleSearch>
  /** Moves the search on and adds holes, if it still stands where `seen` says. Out: whether it did. */
  saveHoleSearch(miniapp_id: string, seen: HoleSearch, next: HoleSearch, holes: readonly number[]): Promise<boolean>
}

/** All numbers up to `watermark` are accounted for; `mark` was the last number at `mark_at` (seconds). */
export type HoleSearch = {
  watermark: number
  mark: number
  mark_at: number
  /** Whoever took a number up to `mark` had written it by `mark_at`, or had lost its record. */
  fenced?: true | undefined
}

/** The merchant that pays, ready to call WeChat. */
export type Merchant = {
  readonly miniapp_id: string
  readonly gateway_type: GatewayType
  readonly mch_id: string
  readonly api_key: string
  /** PEM. */
  readonly cert: string
  /** PEM. */
  readonly key: string
  readonly client_ip: string
  /** Fen a Beijing day, where there is a limit. */
  readonly daily_limit: number | undefined
}

export interface Merchants {
  /** @throws AppError certificate_missing, certificate_unusable, secrets_unavailable */
  load(miniapp_id: string, gateway_type: GatewayType): Promise<Merchant>
  /** Forgets what is cached and reads once more. Out: the merchant's new entry, or undefined where there is none. Never throws. */
  renew(merchant: Merchant): Promise<Merchant | undefined>
}

/** What WeChat's answer to one send means for the money. `raw` is the reply as it came, shortened. */
export type SendReply =
  | { outcome: 'sent'; send_listid: string; raw: string }
  | { outcome: 'refused'; err_code: string; err_code_des: string; raw: string }
  /** err_code only where WeChat gave one that could be understood; `why` is for the log; `strange`: about another order. */
  | { outcome: 'unknown'; err_code?: string; err_code_des?: string; raw?: string; why: string; strange?: true }

/** What WeChat's answer to a query says. `fields` is WeChat's answer without sign and nonce_str. */
export type QueryReply =
  | { found: true; status: Status; detail_id: string; reason: string | undefined; fields: WeChatFields; raw: string }
  | { found: false; err_code: string | undefined; fields: WeChatFields; raw: string }
  /** No answer that could be understood, or one about another order. */
  | { found: 'unanswered'; why: string; strange?: true }

export type WeChatFields = Readonly<Record<string, string | readonly Readonly<Record<string, string>>[]>>

/** WeChat Pay. Neither method throws for anything that WeChat or the network does: what happened is a value. */
export interface WeChatPay {
  /** sendredpack or sendgroupredpack, once, under the record's number. */
  send(merchant: Merchant, record: RedpackRecord, timeout_ms: number): Promise<SendReply>
  /** gethbinfo, once. */
  query(merchant: Merchant, record: RedpackRecord, timeout_ms: number): Promise<QueryReply>
}

/** The daily limits. A send counts once however often it is reserved, and is given back once. May throw store_unavailable. */
export interface Limits {
  /** Out: false where the day's limit (fen) has no room for the record's total_amount. */
  reserve(record: RedpackRecord, limit_day: string, daily_limit: number): Promise<boolean>
  release(record: RedpackRecord, limit_day: string): Promise<void>
  /** The send is final and stays counted; it need not be remembered by itself any more. */
  keep(record: RedpackRecord, limit_day: string): Promise<void>
}

export interface Clock {
  /** Unix milliseconds. */
  now(): number
  sleep(duration_ms: number): Promise<void>
}

/** What operators hear of. Never a key, a certificate, a signature or a whole openid. */
export type Notice =
  | { event: 'outcome'; record: RedpackRecord }
  | { event: 'attempt_unknown'; record: RedpackRecord; why: string }
  /** Something that must not be: people have to look. */
  | { event: 'alarm'; record: RedpackRecord; why: string }
  /** A record that cannot be worked on: a bug, or an item that another hand has written. */
  | { event: 'broken'; id: string; error: unknown }

export type Report = (notice: Notice) => void

export type Ports = {
  store: Store
  merchants: Merchants
  wechat: WeChatPay
  limits: Limits
  clock: Clock
  report: Report
  /** A random token of at least 64 bits that names one writer of one state change. */
  token(): string
}

export type SettlePorts = Ports & {
  store: SettleStore
  /** The mini apps that callers may call for. @throws AppError secrets_unavailable */
  miniapps(): Promise<string[]>
}
