// The four methods of the platform's own RedPack, with the same parameters and answers, an iterator over all records, and campaigns.
import type {
  ListedRedPack,
  RedPackList,
  RedPackListParams,
  RedPackRecord,
  RedPackStatus,
  RedPackStatusParams,
  SendRedPackData,
  SendRedPackParams,
} from './answers.ts'
import { Campaigns } from './campaigns.ts'
import { exchange } from './exchange.ts'
import { checkKey, keyOf } from './key.ts'
import { lookUp } from './lookup.ts'
import { bodyOf, checkEnd, checkOptions, kindOf, wrong } from './options.ts'
import { records } from './records.ts'
import { query, type ReadReply, type Reply, readReply } from './reply.ts'
import { type RedPackOptions, resolveSettings, type Settings } from './settings.ts'

/** `replayed` is not enumerable: JSON and a spread leave it out. */
export type SendReply = Reply<SendRedPackData> & {
  idempotency_key: string
  /** The service repeated the answer of an earlier call with this key: this call moved no money. */
  readonly replayed: boolean
}

export type SendOptions = {
  /**
   * What this send is known by, for ever: 1 to 255 visible ASCII characters without comma. Give one that your program finds
   * again after a crash, such as the order number. Without one it is random, and a program that is run again pays again.
   */
  idempotency_key?: string
}

export type RecordsOptions = { limit?: number; on_page?: (page: ReadReply<RedPackList>) => void }

/**
 * A caller of the service. Every method rejects with TypeError for a call that cannot be, HError if the service says no,
 * NetworkError if no answer came, TimeoutError if none came in time; the last three after `retries` more tries if trying
 * again is safe. An option that is not known is a TypeError.
 */
export class RedPack {
  readonly #settings: Settings
  /** Lists of up to a million rows, sent by the service itself. */
  readonly campaigns: Campaigns

  /** Options left out come from REDPACK_ENDPOINT, REDPACK_KEYID, REDPACK_SECRET, REDPACK_MINIAPP_ID. @throws TypeError naming what is missing or wrong */
  constructor(options: RedPackOptions = {}, ...rest: undefined[]) {
    checkEnd('new RedPack', rest)
    this.#settings = resolveSettings(options)
    this.campaigns = new Campaigns(this.#settings)
  }

  /**
   * Sends one red packet, at most once for each key (total_amount in yuan). A refusal by WeChat and an unknown outcome are
   * answers, told apart by `data.outcome`. The key is in the answer and in every error.
   * @throws TypeError, before anything is sent, for parameters, options or a key that cannot be
   */
  async sendRedPack(params: SendRedPackParams, options: SendOptions = {}, ...rest: undefined[]): Promise<SendReply> {
    checkEnd('sendRedPack', rest)
    const body = bodyOf(params)
    checkOptions('sendRedPack', options)
    const idempotency_key = keyOf(options, this.#settings.require_key)
    const { status, data, replayed } = await exchange(this.#settings, { path: '/redpacks', body, idempotency_key })
    const reply = { status, data: data as SendRedPackData, idempotency_key, replayed }
    return Object.defineProperty(reply, 'replayed', { enumerable: false, writable: false })
  }

  /** A page of the records, newest first; limit 1 to 1000 (default 20), offset from 0 (default). */
  async getSentRedPackList(params: RedPackListParams = {}, ...rest: undefined[]): Promise<ReadReply<RedPackList>> {
    checkEnd('getSentRedPackList', rest)
    checkOptions('getSentRedPackList', params)
    const { limit, offset } = params
    return this.#get(`/redpacks${query({ limit, offset })}`)
  }

  /**
   * One record by its id, or by the key that its packet was sent under (total_amount in yuan). Nothing is sent.
   * For a key, code 404 means that there is no record yet, not that none will come: go on with the same key.
   */
  getSentRedPack(id: string): Promise<ReadReply<RedPackRecord>>
  getSentRedPack(options: { idempotency_key: string }): Promise<ReadReply<RedPackRecord>>
  async getSentRedPack(which: unknown, ...rest: undefined[]): Promise<ReadReply<RedPackRecord>> {
    checkEnd('getSentRedPack', rest)
    if (typeof which === 'object' && which !== null) {
      checkOptions('getSentRedPack', which)
      const { idempotency_key } = which as { idempotency_key?: unknown }
      return readReply(await lookUp(this.#settings, checkKey(idempotency_key)))
    }
    // As a part of the path it must stay one: neither `..` nor the route `status`.
    if (typeof which !== 'string' || !/^[\w-]{1,64}$/.test(which) || which === 'status') {
      throw wrong(`id must be the id of a record${typeof which === 'string' ? '' : `, not ${kindOf(which)}`}`)
    }
    return this.#get(`/redpacks/${which}`)
  }

  /** What WeChat says of a packet now, by `id` or `mch_billno` (exactly one), in WeChat's own fields (amounts in fen). */
  async getRedPackStatus(params: RedPackStatusParams, ...rest: undefined[]): Promise<ReadReply<RedPackStatus>> {
    checkEnd('getRedPackStatus', rest)
    checkOptions('getRedPackStatus', params)
    const { id, mch_billno } = params
    return this.#get(`/redpacks/status${query({ id, mch_billno })}`)
  }

  /**
   * All records, newest first, read `limit` (4 to 1000, the default) at a time; `on_page` hears of each answer before its records.
   * A record that arrives meanwhile may be left out.
   */
  records(options: RecordsOptions = {}, ...rest: undefined[]): AsyncGenerator<ListedRedPack, void, undefined> {
    checkEnd('records', rest)
    checkOptions('records', options)
    const { limit = 1000, on_page } = options
    if (on_page !== undefined && typeof on_page !== 'function') throw wrong('on_page must be a function')
    return records(async (params) => {
      const page = await this.getSentRedPackList(params)
      on_page?.(page)
      return page
    }, limit)
  }

  async #get<T extends object>(path: string): Promise<ReadReply<T>> {
    return readReply(await exchange(this.#settings, { path }))
  }
}
