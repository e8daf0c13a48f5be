// What the use cases need of the world. lib/aws and lib/wechatpay provide it, and so does the simulation.

import type { Alarm } from './effects.ts'
import type { Fen } from './money.ts'
import type { GatewayType } from './params.ts'
import type { Kind, Order, Outcome, RedpackRecord, State } from './record.ts'
import type { QueryReply, SendReply } from './rules.ts'
import type { Shard } from './shards.ts'

/** What a conditional write came to. `applied` false: another writer was there first. `record` stands there now. */
export type Written = { readonly applied: boolean; readonly record: RedpackRecord }

/**
 * The records. The store stamps each write with version, writer and time.
 * @throws AppError store_unavailable from every method: a write that throws may have been made all the same;
 * AppError record_unreadable for an item that this version of the code does not understand.
 */
export interface Store {
  /** Writes a new record unless one stands under its id. Recognises its own write after a lost acknowledgement. */
  insert(record: Order & State): Promise<Written>
  /** The record under an id, read consistently. */
  get(id: string): Promise<RedpackRecord | undefined>
  /**
   * One write: replaces the state of `seen` if it still has the version and the outcome of `seen`. Attributes that this
   * version does not know stay. If `next` has `erased_at`, the order's PERSONAL_KEYS are removed. The function returned may be called again after store_unavailable: it is the same write,
   * and recognises itself. It gives up after `timeout_ms`.
   */
  prepare(seen: RedpackRecord, next: State): (timeout_ms: number) => Promise<Written>
  /** The mini app's readable records with seq in [from, to], highest first. From an index: it may lag by moments. */
  range(miniapp_id: string, from: number, to: number): Promise<RedpackRecord[]>
  /**
   * Records of one shard with something open and due at or before `due_by_s`, longest due first, `limit` at the most, going on
   * `after` the page before. From an index: read the record before you act.
   */
  page(kind: Kind, shard: Shard, due_by_s: number, from?: { after?: Cursor; limit?: number }): Promise<DuePage>
}

/** Where to look; what there is to do, the record says. `due_at` in seconds. */
export type Due = { readonly id: string; readonly mch_id: string; readonly due_at: number }
/** `next` goes on after this page, if there may be more. */
export type DuePage = { readonly due: readonly Due[]; readonly next?: Cursor | undefined }
export type Cursor = object

/** Who runs. For thrift, not for safety: two runs over the same records do no harm, but much twice. @throws AppError store_unavailable */
export interface Leases {
  /** @returns who holds it now, or undefined if another has it, whose time is not over at `now_ms` */
  take(name: string, now_ms: number, until_ms: number): Promise<string | undefined>
  /** Gives it back, unless somebody else has it by now. */
  giveBack(name: string, holder: string): Promise<void>
}

/** A mini app's sequence of numbers 1, 2, 3 …, by which the list is paged. @throws AppError store_unavailable */
export interface Sequences {
  /** Takes the next number. A number that is taken and not written to a record leaves a gap. */
  take(miniapp_id: string): Promise<number>
  /** The highest number taken and the gaps that are known, read consistently. */
  read(miniapp_id: string): Promise<Sequence>
  /** Those of the numbers from..to that a record of the mini app has, in any order. From an index. */
  written(miniapp_id: string, from: number, to: number): Promise<number[]>
  /** How far the search for gaps has come. */
  search(miniapp_id: string): Promise<GapSearch>
  /** Moves the search on and adds gaps, if it still stands where `seen` says. @returns whether it did */
  saveSearch(miniapp_id: string, seen: GapSearch, next: GapSearch, gaps: readonly number[]): Promise<boolean>
}

export type Sequence = { readonly last_seq: number; readonly gaps: readonly number[] }

/**
 * All numbers up to `watermark` are accounted for; `high_water` was the last number taken at `observed_at` (seconds).
 * `writers_done`: whoever took a number up to high_water had written it by observed_at, or had lost its record.
 */
export type GapSearch = {
  readonly watermark: number
  readonly high_water: number
  readonly observed_at: number
  readonly writers_done: boolean
}

/** `done_to`: up to this number of a mini app's list all is erased, or marked. `next_at` (seconds): nothing to be done before. */
export type ErasureProgress = { readonly next_at: number; readonly done_to: ReadonlyMap<string, number> }

/** How far erasure has come. To be written over by whoever was slower does no harm: what is erased is passed. @throws AppError store_unavailable */
export interface Erasures {
  read(): Promise<ErasureProgress>
  save(progress: ErasureProgress): Promise<void>
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
  /** For one Beijing day, if there is a limit. */
  readonly daily_limit: Fen | undefined
  /** When settle follows a packet, in seconds after its claim; undefined: STATUS_LOOKS_S. */
  readonly status_looks_s?: readonly number[] | undefined
}

export interface Merchants {
  /** @throws AppError certificate_missing, certificate_unusable, secrets_unavailable */
  load(miniapp_id: string, gateway_type: GatewayType): Promise<Merchant>
  /** Forgets what is cached and reads once more. Never throws. @returns the merchant's new entry, or undefined if there is none */
  renew(merchant: Merchant): Promise<Merchant | undefined>
}

/** WeChat's answer as callers get it: as it came, without sign and nonce_str. */
export type WeChatFields = Readonly<Record<string, string | readonly Readonly<Record<string, string>>[]>>

/** For the log: what was unclear about a reply, and the alarm that it raises, if any. */
export type Remark = { readonly why?: string; readonly alarm?: Alarm }
export type Sent = SendReply & Remark
/** `fields` is missing if WeChat has not answered the query. `busy`: it asks to be asked less. */
export type Queried = QueryReply & Remark & { readonly fields?: WeChatFields; readonly busy?: boolean }

/** WeChat Pay. Neither method throws for anything that WeChat or the network does: what happened is a value. */
export interface WeChatPay {
  /** sendredpack or sendgroupredpack, once, under the order's number. */
  send(merchant: Merchant, order: Order, timeout_ms: number): Promise<Sent>
  /** gethbinfo, once. */
  query(merchant: Merchant, order: Order, timeout_ms: number): Promise<Queried>
}

/** A merchant set-up of a mini app: what a daily limit and the bound on open sends are about. */
export type Setup = Pick<Order, 'miniapp_id' | 'gateway_type'>

/**
 * The daily limits, and the sends of a merchant set-up that are open. A send counts once however often it is reserved, and is
 * released once. @throws AppError store_unavailable
 */
export interface Limits {
  /** `over_limit`: the day's limit has no room for the order's total_amount. `too_many_open`: OPEN_MAX sends have no result yet. */
  reserve(order: Order, limit_day: string, daily_limit: Fen): Promise<'reserved' | 'over_limit' | 'too_many_open'>
  /** Refused: the amount is free again. */
  release(order: Order, limit_day: string): Promise<void>
  /** Sent: the amount stays counted; the send need not be remembered by itself any more. */
  confirm(order: Order, limit_day: string): Promise<void>
  /** For merchants without a daily limit: the order's outcome is unknown. */
  addOpen(order: Order): Promise<void>
  /** The order's outcome is final. */
  removeOpen(order: Order): Promise<void>
  /** Ids of the open sends of a set-up, of the day if it has a daily limit; up to OPEN_CACHE_MS old. */
  openIds(setup: Setup, limit_day: string | undefined): Promise<readonly string[]>
}

/** What operators have commanded. */
export type Control = {
  /** Records that were created before this (seconds) are older than a restore of the table: they are asked about, never sent. */
  readonly held_before: number
  /** True while the brake is on for a mini app: nothing is sent. */
  isStopped(miniapp_id: string): boolean
}

export interface Controls {
  /** Up to CONTROL_CACHE_MS old. @throws AppError store_unavailable, misconfigured */
  read(): Promise<Control>
}

export interface Clock {
  /** Unix milliseconds. */
  now(): number
  sleep(duration_ms: number): Promise<void>
}

/** The pace of calls to WeChat. */
export interface Pace {
  /** Waits for the turn of one call of a merchant, as long as `isWorth` says that it is worth it. @returns false: it has not come, and nothing is called */
  turn(mch_id: string, isWorth: () => boolean): Promise<boolean>
  /** Calls of a merchant that wait for their turn. */
  waiting(mch_id: string): number
  /** WeChat has said so to a send. */
  tooFast(mch_id: string): void
}

/** What operators hear of. Never a key, a certificate, a signature or a whole openid. */
export type Notice =
  | { readonly event: 'outcome'; readonly record: RedpackRecord; readonly from: Outcome }
  | { readonly event: 'reply_unclear'; readonly record: RedpackRecord; readonly why: string }
  | { readonly event: 'alarm'; readonly alarm: Alarm; readonly record: RedpackRecord; readonly why?: string }
  | { readonly event: 'alarm'; readonly alarm: Alarm; readonly id: string; readonly error: unknown }
  | { readonly event: 'backlog'; readonly behind_s: Record<Kind, number>; readonly left: Record<Kind, number> }

export type Ports = {
  readonly store: Store
  readonly sequences: Sequences
  readonly leases: Leases
  readonly merchants: Merchants
  readonly wechat: WeChatPay
  readonly limits: Limits
  readonly controls: Controls
  readonly pace: Pace
  readonly clock: Clock
  /** Calls a second that a campaign of the merchant may make now; 0 if none is at work. Read consistently. @throws AppError store_unavailable */
  campaignRate(mch_id: string): Promise<number>
  /** A number in [0, 1), by chance. */
  random(): number
  report(notice: Notice): void
  /** The mini apps that callers may call for. @throws AppError secrets_unavailable */
  miniapps(): Promise<string[]>
}
