// The four methods of the platform's own RedPack, with the same parameters and answers, and an iterator over all records.
import { randomUUID } from 'node:crypto'
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
import { exchange } from './exchange.ts'
import { records } from './records.ts'
import { type RedPackOptions, resolveSettings, type Settings } from './settings.ts'

/** An answer of the service and its HTTP status. */
export type Reply<T> = { status: number; data: T }

export type SendOptions = {
  /** What this send is known by, for ever: 1 to 255 visible ASCII characters without comma. A random one unless told. */
  idempotency_key?: string
}

/**
 * A caller of the service. Every method rejects with HError where the service says no, NetworkError where no answer came,
 * TimeoutError where none came in time; each after `retries` more tries where trying again is safe.
 */
export class RedPack {
  readonly #settings: Settings

  /** Options left out come from REDPACK_ENDPOINT, REDPACK_KEYID, REDPACK_SECRET. @throws TypeError naming what is missing */
  constructor(options: RedPackOptions = {}) {
    this.#settings = resolveSettings(options)
  }

  /**
   * Sends one red packet, at most once for each key (total_amount in yuan). A refusal by WeChat and an unknown outcome are
   * answers, told apart by `data.outcome`. The key is in the answer and in every error.
   * @throws TypeError, before anything is sent, for a key that is there and no key
   */
  async sendRedPack(
    params: SendRedPackParams,
    options: SendOptions = {},
  ): Promise<Reply<SendRedPackData> & { idempotency_key: string }> {
    const idempotency_key = keyOf(options)
    const body = JSON.stringify(params ?? null)
    const { status, data } = await exchange(this.#settings, { path: '/redpacks', body, idempotency_key })
    return { status, data: data as SendRedPackData, idempotency_key }
  }

  /** A page of the records, newest first; limit 1 to 1000 (default 20), offset from 0 (default). */
  async getSentRedPackList({ limit, offset }: RedPackListParams = {}): Promise<Reply<RedPackList>> {
    return this.#get(`/redpacks${query({ limit, offset })}`)
  }

  /** One record by its id (total_amount in yuan). */
  async getSentRedPack(id: string): Promise<Reply<RedPackRecord>> {
    // As a part of the path it must stay one: neither `..` nor the route `status`.
    if (typeof id !== 'string' || !/^[\w-]{1,64}$/.test(id) || id === 'status') {
      throw new TypeError('RedPack: id must be the id of a record')
    }
    return this.#get(`/redpacks/${id}`)
  }

  /** What WeChat says of a packet now, by `id` or `mch_billno` (exactly one), in WeChat's own fields (amounts in fen). */
  async getRedPackStatus({ id, mch_billno }: RedPackStatusParams): Promise<Reply<RedPackStatus>> {
    return this.#get(`/redpacks/status${query({ id, mch_billno })}`)
  }

  /** All records, newest first, read `limit` (4 to 1000, the default) at a time. A record that arrives meanwhile may be left out. */
  records({ limit = 1000 }: { limit?: number } = {}): AsyncGenerator<ListedRedPack, void, undefined> {
    return records((params) => this.getSentRedPackList(params), limit)
  }

  async #get<T extends object>(path: string): Promise<Reply<T>> {
    const { status, data } = await exchange(this.#settings, { path })
    return { status, data: data as T }
  }
}

/** A key that is there but undefined is a slip of the caller's that a random key would hide, and the next try would pay again. */
function keyOf(options: SendOptions): string {
  if (!('idempotency_key' in options)) return randomUUID()
  const { idempotency_key } = options
  if (typeof idempotency_key === 'string' && /^[\x21-\x2b\x2d-\x7e]{1,255}$/.test(idempotency_key))
    return idempotency_key
  throw new TypeError('RedPack: idempotency_key must be 1 to 255 visible ASCII characters without comma')
}

function query(params: Record<string, string | number | undefined>): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) if (value !== undefined) given.set(name, String(value))
  const text = given.toString()
  return text && `?${text}`
}
