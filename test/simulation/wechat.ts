// WeChat Pay as its protocol says it behaves, written from the protocol reference §5-6 and not from the code under test.
import type { EventQueue } from './event-queue.ts'
import type { Faults } from './faults.ts'
import type { Random } from './random.ts'
import { newOrder, OPEN_CODES, type Order, statusOf } from './wechat-order.ts'
import { Pace } from './wechat-pace.ts'
import { type Fields, found, refusal, success } from './wechat-replies.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** WeChat's own text gives an order 20 minutes; what is not to be seen by then has not happened. */
const UNSEEN_MAX_MS = 20 * MINUTE_MS
/** gethbinfo covers 30 days, and a number older than that would be a new order. */
const KEPT_MS = 30 * 24 * HOUR_MS
/** Refusals that do not look at the order at all. */
const REFUSALS = ['FREQ_LIMIT', 'SENDNUM_LIMIT', 'NO_AUTH', 'SIGN_ERROR', 'NOTENOUGH'] as const
/** Refusals after which an order may stay, and was once paid. */
const UNSAFE_REFUSALS = ['NOTENOUGH', 'SENDNUM_LIMIT', 'NO_AUTH'] as const
const FIRST_FAULTS = [
  'unclear_never',
  'unclear_debited',
  'late_debit',
  'long_sending',
  'accepted_fails',
  'refused_shadow',
  'foreign_order',
  'stored_refusal',
  'false_refusal',
  'paid_fails',
] as const

/** What the client certificate and the signature say of the caller. */
export type Credentials = { readonly mch_id: string; readonly api_key: string; readonly cert: string }
/** One request: who made it, the name of its choices, and their source. */
export type Call = { process: string; where: string; random: Random; fields: Fields; credentials: Credentials }

type Numbered = { readonly mch_id?: string; readonly mch_billno?: string }

/** Told of every movement of money, by the process whose call caused it. */
export type Accounts = {
  debited(order: Order, process: string): void
  returned(order: Order): void
  /** True if our record of the number holds a status that WeChat has told. */
  hasStatus(mch_billno: string): boolean
  count(what: string): void
  note(line: () => string): void
}

export class WeChat {
  /** Debits and failures that are to come. */
  pending = 0
  /** Numbers of ours under which another program has made an order. */
  readonly foreign = new Set<string>()
  readonly #orders = new Map<string, Order>()
  readonly #balances = new Map<string, number>()
  readonly #valid = new Map<string, Credentials>()
  readonly #expired = new Set<string>()
  /** Numbers that have been called. */
  readonly #called = new Set<string>()
  readonly #events: EventQueue
  readonly #faults: Faults
  readonly #accounts: Accounts
  readonly #pace: Pace
  #listids = 0

  constructor(events: EventQueue, faults: Faults, accounts: Accounts) {
    this.#events = events
    this.#faults = faults
    this.#accounts = accounts
    this.#pace = new Pace(faults)
  }

  /** Opens a merchant's account, or replaces its certificate and key. */
  trust(credentials: Credentials): void {
    this.#valid.set(credentials.mch_id, credentials)
    this.#expired.delete(credentials.cert)
  }

  /** No handshake succeeds with the certificate any more. */
  expire(cert: string): void {
    this.#expired.add(cert)
  }

  isExpired(cert: string): boolean {
    return this.#expired.has(cert)
  }

  deposit(mch_id: string, fen: number): void {
    this.#balances.set(mch_id, (this.#balances.get(mch_id) ?? 0) + fen)
  }

  /** sendredpack, sendgroupredpack. */
  send(call: Call): Fields {
    const { fields, where, random } = call
    const forbidden = this.#forbidden(call)
    if (forbidden) return refusal(forbidden, fields)
    const order = this.#known(fields)
    const isFirst = !this.#called.has(fields.mch_billno ?? '')
    this.#called.add(fields.mch_billno ?? '')
    if (this.#faults.strikes(isFirst ? 'refused_first' : 'refused_again', where, random)) {
      if (order) order.refusals += 1
      return refusal(random.pick(REFUSALS), fields)
    }
    return order ? this.#again(order, call) : this.#first(call)
  }

  /** gethbinfo. */
  query(call: Call): Fields {
    const { fields, where, random } = call
    const forbidden = this.#forbidden(call)
    if (forbidden) return refusal(forbidden, fields)
    if (this.#faults.strikes('query_unclear', where, random)) return refusal('SYSTEMERROR', fields)
    const order = this.#known(fields)
    if (!order || this.#events.now_ms < order.visible_ms) return refusal('NOT_FOUND', fields)
    // A replica that lags: whoever has written down that WeChat knows the number must not believe it.
    if (this.#accounts.hasStatus(fields.mch_billno ?? '') && this.#faults.strikes('lost_from_view', where, random)) {
      return refusal('NOT_FOUND', fields)
    }
    const status = statusOf(order, this.#events.now_ms)
    return found(order.fields, order.listid, status, status === 'FAILED' ? '红包发放失败' : order.reason)
  }

  /** What stands under a number, or has stood there until WeChat forgot it. */
  order({ mch_id, mch_billno }: Numbered): Order | undefined {
    return this.#orders.get(`${mch_id} ${mch_billno}`)
  }

  #known(fields: Fields): Order | undefined {
    const order = this.order(fields)
    return order && this.#events.now_ms - order.created_ms < KEPT_MS ? order : undefined
  }

  #forbidden(call: Call): string | undefined {
    const { credentials, fields } = call
    const valid = this.#valid.get(fields.mch_id ?? '')
    if (valid?.cert !== credentials.cert || credentials.mch_id !== fields.mch_id) return 'CA_ERROR'
    if (valid.api_key !== credentials.api_key) return 'SIGN_ERROR'
    if (!this.#pace.isExceeded(call, this.#events.now_ms)) return undefined
    this.#accounts.count('too_fast')
    return 'FREQ_LIMIT'
  }

  /** A number that WeChat does not know, or knows no longer. */
  #first(call: Call): Fields {
    const { fields, where, random } = call
    const fen = Number(fields.total_amount)
    const fault = this.#faults.oneOf(FIRST_FAULTS, where, random)
    const open = random.pick(OPEN_CODES)
    if (fault === 'unclear_never') return refusal(open, fields)
    if (fault === 'foreign_order') return this.#foreign(call)
    if (fault === 'stored_refusal') return this.#stored(this.#accept(call), fields)
    if ((this.#balances.get(fields.mch_id ?? '') ?? 0) < fen) return refusal('NOTENOUGH', fields)
    const order = this.#accept(call)
    if (fault === 'accepted_fails' || fault === 'refused_shadow') {
      this.#failLater(order, random)
      return refusal(fault === 'refused_shadow' ? 'NOTENOUGH' : open, fields)
    }
    if (fault === 'late_debit' || fault === 'long_sending') {
      this.#debitLater(order, call, fault)
      return refusal(open, fields)
    }
    if (fault === 'false_refusal') {
      order.isFalselyRefused = true
      this.#debitLater(order, call, random.pick(['late_debit', 'long_sending']))
      return refusal(random.pick(UNSAFE_REFUSALS), fields)
    }
    this.#debit(order, call)
    if (fault === 'paid_fails') this.#failLater(order, random)
    return fault === 'unclear_debited' ? refusal(open, fields) : success(order.fields, order.listid)
  }

  /** The same number again: at most one packet is paid, and other parameters are refused. */
  #again(order: Order, call: Call): Fields {
    const { fields, where, random } = call
    if (order.fields.total_amount !== fields.total_amount || order.fields.re_openid !== fields.re_openid) {
      this.#accounts.count('order_conflict')
      return refusal('FATAL_ERROR', fields)
    }
    if (order.state === 'failed') return refusal('SEND_FAILED', fields)
    if (this.#faults.strikes('replay_unclear', where, random)) return refusal(random.pick(OPEN_CODES), fields)
    if (order.reason !== undefined && order.state === 'accepted') {
      if (this.#faults.strikes('stored_refusal', where, random)) return this.#stored(order, fields)
      this.#debit(order, call)
    }
    if (order.state === 'accepted' && !(order.willDebit && random.chance(0.5))) return refusal('PROCESSING', fields)
    if (order.state === 'accepted') this.#debit(order, call)
    return success(order.fields, order.listid)
  }

  /** Another program of the merchant's has used our number. */
  #foreign(call: Call): Fields {
    const { fields, random } = call
    const other = random.pick([
      { re_openid: 'somebody-else' },
      { total_amount: `${Number(fields.total_amount) + 1}` },
    ] as readonly [Fields, Fields])
    const order = this.#accept({ ...call, fields: { ...fields, act_name: 'another program', ...other } })
    this.foreign.add(fields.mch_billno ?? '')
    order.state = random.pick(['accepted', 'debited', 'failed'])
    order.debited_ms = this.#events.now_ms
    return refusal('FATAL_ERROR', fields)
  }

  /** Refused for want of money, and kept: SENDING with a reason. */
  #stored(order: Order, fields: Fields): Fields {
    order.reason = '余额不足'
    order.refusals += 1
    return refusal('NOTENOUGH', fields)
  }

  #accept({ fields, where, random }: Call): Order {
    this.#listids += 1
    const now_ms = this.#events.now_ms
    const lag_ms = this.#faults.strikes('query_lag', where, random) ? random.int(1_000, 2 * MINUTE_MS) : 0
    const order = newOrder(fields, `1000000000${this.#listids}`, now_ms, now_ms + lag_ms)
    this.#orders.set(`${fields.mch_id} ${fields.mch_billno}`, order)
    return order
  }

  /** Unseen for up to 20 minutes, or seen as SENDING for hours: the debit lands when nobody looks. */
  #debitLater(order: Order, call: Call, fault: 'late_debit' | 'long_sending'): void {
    const { random } = call
    const lag_ms = order.visible_ms - order.created_ms
    const soon_ms = random.pick([random.int(500, MINUTE_MS), random.int(500, UNSEEN_MAX_MS), UNSEEN_MAX_MS])
    const unseen_ms = Math.min(soon_ms + lag_ms, UNSEEN_MAX_MS)
    order.visible_ms = order.created_ms + unseen_ms
    const late_ms =
      fault === 'late_debit' ? Math.min(soon_ms, unseen_ms) : unseen_ms + random.int(MINUTE_MS, 20 * HOUR_MS)
    order.willDebit = true
    this.#after(late_ms, () => {
      if (order.state !== 'accepted') return
      this.#accounts.count('late_debit')
      if (order.refusals > 0) this.#accounts.count('late_debit_after_refusal')
      this.#debit(order, call)
    })
  }

  /** A packet that could not be delivered: what was debited comes back. */
  #failLater(order: Order, random: Random): void {
    const wasDebited = order.state === 'debited'
    if (wasDebited) order.received_ms = Number.POSITIVE_INFINITY
    this.#after(random.int(MINUTE_MS, wasDebited ? 20 * HOUR_MS : 26 * HOUR_MS), () => {
      order.state = 'failed'
      if (!wasDebited) return
      const { mch_id = '', total_amount } = order.fields
      this.deposit(mch_id, Number(total_amount))
      this.#accounts.returned(order)
    })
  }

  #after(delay_ms: number, step: () => void): void {
    this.pending += 1
    this.#events.after(delay_ms, () => {
      this.pending -= 1
      step()
    })
  }

  #debit(order: Order, { process, random }: Call): void {
    const now_ms = this.#events.now_ms
    const { mch_id = '', total_amount } = order.fields
    order.state = 'debited'
    order.debited_ms = now_ms
    order.received_ms = now_ms + random.pick([30_000, 5 * HOUR_MS, Number.POSITIVE_INFINITY])
    this.deposit(mch_id, -Number(total_amount))
    this.#accounts.note(() => `WeChat debits ${order.fields.mch_billno} ${total_amount} fen`)
    this.#accounts.debited(order, process)
  }
}
