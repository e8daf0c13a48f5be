// WeChat Pay as its protocol says it behaves, written from the protocol reference §5-6 and not from the code under test.
import type { EventQueue } from './event-queue.ts'
import type { Faults } from './faults.ts'
import type { Random } from './random.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** WeChat's own text gives an order 20 minutes; what is not to be seen by then has not happened. */
const UNSEEN_MAX_MS = 20 * MINUTE_MS
/** gethbinfo covers 30 days, and a number older than that would be a new order. */
const KEPT_MS = 30 * 24 * HOUR_MS
/** Codes that leave the outcome open: the documented ones, a numeric one and one that is in no table. */
const OPEN_CODES = ['SYSTEMERROR', 'PROCESSING', '268458547', 'NEW_CODE_OF_2027'] as const
/** Refusals that do not look at the order at all. */
const REFUSALS = ['FREQ_LIMIT', 'SENDNUM_LIMIT', 'NO_AUTH', 'SIGN_ERROR', 'NOTENOUGH'] as const

/** True for a code that says what became of the call it answers. */
export function isClear(code: string): boolean {
  return code !== 'FATAL_ERROR' && !OPEN_CODES.some((open) => open === code)
}

export type Fields = Readonly<Record<string, string>>
/** What the client certificate and the signature say of the caller. */
export type Credentials = { readonly mch_id: string; readonly api_key: string; readonly cert: string }
/** One request: who made it, the name of its choices, and their source. */
export type Call = { process: string; where: string; random: Random; fields: Fields; credentials: Credentials }

export type Order = {
  fields: Fields
  listid: string
  created_ms: number
  /** 'accepted': WeChat has it and has moved no money yet. */
  state: 'accepted' | 'debited' | 'failed'
  /** Accepted, and the money will move by itself; the same number again may hurry it. */
  willDebit: boolean
  /** Why it could not be carried out: it stays accepted, for good unless the same number comes again. */
  reason: string | undefined
  /** gethbinfo knows it from then on. */
  visible_ms: number
  debited_ms: number
  received_ms: number
  /** Refusals to calls under its number since it was accepted. */
  refusals: number
}

/** Told of every movement of money, by the process whose call caused it. */
export type Ledger = {
  debited(order: Order, process: string): void
  /** True if our record of the number holds a status that WeChat has told. */
  hasStatus(mch_billno: string): boolean
  count(what: string): void
  note(line: () => string): void
}

export class WeChat {
  readonly #orders = new Map<string, Order>()
  readonly #balances = new Map<string, number>()
  readonly #valid = new Map<string, Credentials>()
  /** GapWatch that have been called. */
  readonly #called = new Set<string>()
  readonly #events: EventQueue
  readonly #faults: Faults
  readonly #ledger: Ledger
  #listids = 0

  constructor(events: EventQueue, faults: Faults, ledger: Ledger) {
    this.#events = events
    this.#faults = faults
    this.#ledger = ledger
  }

  /** Opens a merchant's account, or replaces its certificate and key. */
  trust(credentials: Credentials): void {
    this.#valid.set(credentials.mch_id, credentials)
  }

  deposit(mch_id: string, fen: number): void {
    this.#balances.set(mch_id, (this.#balances.get(mch_id) ?? 0) + fen)
  }

  /** sendredpack: XML. */
  send(call: Call): string {
    const { fields, where, random } = call
    const forbidden = this.#forbidden(call)
    if (forbidden) return refusal(forbidden, fields)
    const order = this.#order(fields)
    const isFirst = !this.#called.has(fields.mch_billno ?? '')
    this.#called.add(fields.mch_billno ?? '')
    if (this.#faults.strikes(isFirst ? 'refused_first' : 'refused_again', where, random)) {
      if (order) order.refusals += 1
      return refusal(random.pick(REFUSALS), fields)
    }
    return order ? this.#again(order, call) : this.#first(call)
  }

  /** The reply to another request, through a proxy that mixes them up: a success, and not of this order. */
  other({ fields }: Call): string {
    const order = {
      listid: '1000000001',
      fields: { ...fields, mch_billno: `${fields.mch_billno}0`, total_amount: '1' },
    }
    return found(order, 'SENT')
  }

  /** gethbinfo: XML. */
  query(call: Call): string {
    const { fields, where, random } = call
    const forbidden = this.#forbidden(call)
    if (forbidden) return refusal(forbidden, fields)
    if (this.#faults.strikes('query_unclear', where, random)) return refusal('SYSTEMERROR', fields)
    const order = this.#order(fields)
    if (!order || this.#events.now_ms < order.visible_ms) return refusal('NOT_FOUND', fields)
    // A replica that lags: whoever has written down that WeChat knows the number must not believe it.
    if (this.#ledger.hasStatus(fields.mch_billno ?? '') && this.#faults.strikes('lost_from_view', where, random)) {
      return refusal('NOT_FOUND', fields)
    }
    const status = this.#status(order)
    return found(order, status, status === 'FAILED' ? '红包发放失败' : order.reason)
  }

  #forbidden({ credentials, fields }: Call): string | undefined {
    const valid = this.#valid.get(fields.mch_id ?? '')
    if (valid?.cert !== credentials.cert || credentials.mch_id !== fields.mch_id) return 'CA_ERROR'
    return valid.api_key === credentials.api_key ? undefined : 'SIGN_ERROR'
  }

  #order({ mch_id, mch_billno }: Fields): Order | undefined {
    const order = this.#orders.get(`${mch_id} ${mch_billno}`)
    return order && this.#events.now_ms - order.created_ms < KEPT_MS ? order : undefined
  }

  /** A number that WeChat does not know, or knows no longer. */
  #first(call: Call): string {
    const { fields, where, random } = call
    const fen = Number(fields.total_amount)
    const fault = this.#faults.oneOf(
      [
        'unclear_never',
        'unclear_debited',
        'late_debit',
        'long_sending',
        'accepted_fails',
        'refused_shadow',
        'stored_refusal',
      ],
      where,
      random,
    )
    const open = random.pick(OPEN_CODES)
    if (fault === 'unclear_never') return refusal(open, fields)
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
    this.#debit(order, call)
    return fault === 'unclear_debited' ? refusal(open, fields) : success(order)
  }

  /** The same number again: at most one packet is paid, and another amount or receiver is refused. */
  #again(order: Order, call: Call): string {
    const { fields, where, random } = call
    if (order.fields.total_amount !== fields.total_amount || order.fields.re_openid !== fields.re_openid) {
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
    return success(order)
  }

  /** Refused for want of money, and kept: SENDING with a reason. */
  #stored(order: Order, fields: Fields): string {
    order.reason = '余额不足'
    order.refusals += 1
    return refusal('NOTENOUGH', fields)
  }

  #accept({ fields, where, random }: Call): Order {
    this.#listids += 1
    const now_ms = this.#events.now_ms
    const lag_ms = this.#faults.strikes('query_lag', where, random) ? random.int(1_000, 2 * MINUTE_MS) : 0
    const order: Order = {
      fields,
      listid: `1000000000${this.#listids}`,
      created_ms: now_ms,
      state: 'accepted',
      willDebit: false,
      reason: undefined,
      visible_ms: now_ms + lag_ms,
      debited_ms: Number.POSITIVE_INFINITY,
      received_ms: Number.POSITIVE_INFINITY,
      refusals: 0,
    }
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
    this.#events.after(late_ms, () => {
      if (order.state !== 'accepted') return
      this.#ledger.count('late_debit')
      if (order.refusals > 0) this.#ledger.count('late_debit_after_refusal')
      this.#debit(order, call)
    })
  }

  #failLater(order: Order, random: Random): void {
    this.#events.after(random.int(MINUTE_MS, 26 * HOUR_MS), () => {
      order.state = 'failed'
    })
  }

  #debit(order: Order, { process, random }: Call): void {
    const now_ms = this.#events.now_ms
    const { mch_id = '', total_amount } = order.fields
    order.state = 'debited'
    order.debited_ms = now_ms
    order.received_ms = now_ms + random.pick([30_000, 5 * HOUR_MS, Number.POSITIVE_INFINITY])
    this.deposit(mch_id, -Number(total_amount))
    this.#ledger.note(() => `WeChat debits ${order.fields.mch_billno} ${total_amount} fen`)
    this.#ledger.debited(order, process)
  }

  #status(order: Order): string {
    if (order.state === 'accepted') return 'SENDING'
    if (order.state === 'failed') return 'FAILED'
    const now_ms = this.#events.now_ms
    const age_ms = now_ms - order.debited_ms
    if (order.received_ms <= now_ms) return 'RECEIVED'
    if (age_ms < 24 * HOUR_MS) return 'SENT'
    return age_ms < 25 * HOUR_MS ? 'RFUND_ING' : 'REFUND'
  }
}

function success({ fields, listid }: Order): string {
  return `<xml><return_code><![CDATA[SUCCESS]]></return_code><result_code><![CDATA[SUCCESS]]></result_code>${echo(fields)}<send_listid><![CDATA[${listid}]]></send_listid></xml>`
}

function refusal(err_code: string, fields: Fields): string {
  return `<xml><return_code><![CDATA[SUCCESS]]></return_code><result_code><![CDATA[FAIL]]></result_code><err_code><![CDATA[${err_code}]]></err_code><err_code_des><![CDATA[${err_code}]]></err_code_des>${echo(fields)}</xml>`
}

function found({ fields, listid }: Pick<Order, 'fields' | 'listid'>, status: string, why?: string): string {
  const reason = why === undefined ? '' : `<reason><![CDATA[${why}]]></reason>`
  return `<xml><return_code><![CDATA[SUCCESS]]></return_code><result_code><![CDATA[SUCCESS]]></result_code>${echo(fields)}<detail_id><![CDATA[${listid}]]></detail_id><status><![CDATA[${status}]]></status>${reason}</xml>`
}

function echo({ mch_billno, mch_id, wxappid, re_openid, total_amount }: Fields): string {
  const rest = re_openid === undefined ? '' : `<wxappid>${wxappid}</wxappid><re_openid>${re_openid}</re_openid>`
  const amount = total_amount === undefined ? '' : `<total_amount>${total_amount}</total_amount>`
  return `<mch_billno>${mch_billno}</mch_billno><mch_id>${mch_id}</mch_id>${rest}${amount}`
}
