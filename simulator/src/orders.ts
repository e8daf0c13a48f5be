// The ledger: what has been debited, under which number, and what became of it as the clock went on.
import { randomBytes } from 'node:crypto'
import { beijingTime } from './clock.ts'
import type { Shapes } from './errors.ts'
import { DayCount, type DayLimits } from './rate.ts'
import { split } from './split.ts'

/** What a send asks for; `total_amount` in fen. */
export type Send = Readonly<{
  mch_billno: string
  mch_id: string
  wxappid: string
  re_openid: string
  total_amount: number
  total_num: number
  hb_type: 'NORMAL' | 'GROUP'
  send_name: string
  wishing: string
  act_name: string
  remark: string
  /** A service provider's. */
  sub_mch_id?: string
  /** A packet of a mini program, which its page opens by a `package`. */
  mini_program?: true
}>

/** One receiver's share as gethbinfo lists it; `amount` in fen. */
export type Receipt = Readonly<{ openid: string; amount: number; rcv_time: string }>

/** An order that WeChat knows. One that is SENDING has not been debited; every other has. */
export type Order = Send & {
  send_listid: string
  /** When the send came, until there is a debit. */
  debited_at_ms: number
  status: 'SENDING' | 'SENT' | 'FAILED' | 'RECEIVED' | 'RFUND_ING' | 'REFUND'
  reason?: string
  hblist?: readonly Receipt[]
  /** What each receiver gets, fixed as the first one collects. */
  shares?: readonly number[]
  /** Fen that went back: all, or what nobody had collected of a group packet. */
  refund_amount?: number
  refunded_at_ms?: number
  /** When it turns FAILED of its own accord. */
  fails_at_ms?: number
}

/** Why a send is not paid. */
export type Unpaid = Readonly<{ err_code: string; text?: string }>

/** A send that is accepted and whose debit is still to come. */
export type Late = Readonly<{ send: Send; due_ms: number }>

/** All that must be kept to go on after a restart; amounts in fen. */
export type SavedOrders = Readonly<{
  orders: readonly Order[]
  late: readonly Late[]
  balance: number
  /** Balances of merchants that have one of their own. */
  balances: Readonly<Record<string, number>>
  serial: number
}>

/** What has just changed. */
export type Change = Omit<SavedOrders, 'orders'> & { readonly order?: Order }

export type OrdersOptions = Readonly<{
  balance: number
  limits: DayLimits
  shapes: Shapes
  saved?: SavedOrders | undefined
  changed?: ((change: Change) => void) | undefined
}>

/** 24 h uncollected and the packet goes back; the refund itself takes a minute here. */
const EXPIRY_MS = 86_400_000
const REFUND_MS = 60_000
/** WeChat answers queries for 30 days. */
const QUERY_MS = 30 * 86_400_000

/** The orders and the balances (fen) that they are paid from. */
export class Orders {
  readonly debits: Order[] = []
  readonly #options: OrdersOptions
  readonly #orders = new Map<string, Order>()
  readonly #today: DayCount
  #late: Late[] = []
  // Oldest first, as debits happen in the order of time: only the head can be due.
  #uncollected: Order[] = []
  #refunding: Order[] = []
  #failing: Order[] = []
  #serial = 0
  #balance: number
  readonly #balances = new Map<string, number>()

  constructor(options: OrdersOptions) {
    this.#options = options
    this.#balance = options.balance
    this.#today = new DayCount(options.limits)
    if (options.saved) this.#restore(options.saved)
  }

  /** The balance of the merchants that have none of their own. */
  get balance(): number {
    return this.#balance
  }

  get balances(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#balances)
  }

  balanceOf(mch_id: string): number {
    return this.#balances.get(mch_id) ?? this.#balance
  }

  /** Sets the common balance, or gives a merchant one of its own. */
  setBalance(fen: number, mch_id?: string): void {
    if (mch_id === undefined) this.#balance = fen
    else this.#balances.set(mch_id, fen)
    this.#changed()
  }

  /** Does everything that fell due until `now_ms`, in the order of time: late debits, failures, expiries, refunds. */
  advance(now_ms: number): void {
    for (;;) {
      const due = this.#next()
      if (!due || due.at_ms > now_ms) return
      due.happens(due.at_ms)
    }
  }

  /** Pays a send once: its number repeated gives the first order, its number with something else under it is refused. */
  send(send: Send, now_ms: number): Order | Unpaid {
    this.advance(now_ms)
    const first = this.#orders.get(orderKey(send))
    if (first) {
      const unlike = difference(first, send)
      if (unlike) return unlike
      if (first.status === 'FAILED') return { err_code: 'SEND_FAILED' }
      if (first.status !== 'SENDING') return first
    }
    const err_code = this.#today.over(send, now_ms)
    if (err_code) return { err_code }
    if (send.total_amount > this.balanceOf(send.mch_id)) return { err_code: 'NOTENOUGH' }
    return this.#debit(send, now_ms)
  }

  /** Accepts a send whose debit lands at `due_ms`, if its number is free and the balance is enough by then. */
  sendLate(send: Send, due_ms: number): void {
    this.#late.push({ send, due_ms })
    this.#late.sort((a, b) => a.due_ms - b.due_ms)
    this.#changed()
  }

  /** Keeps a send as SENDING, undebited, until its number is sent again or `fails_at_ms` is there. */
  keep(send: Send, now_ms: number, reason: string, fails_at_ms?: number): void {
    this.advance(now_ms)
    if (this.#orders.has(orderKey(send))) return
    const order: Order = { ...this.#order(send, now_ms), status: 'SENDING', reason }
    this.#orders.set(orderKey(send), order)
    this.#changed(order)
    if (fails_at_ms !== undefined) this.#failAt(order, fails_at_ms)
  }

  /** Lets an order that is neither collected nor returned turn FAILED at `at_ms`. */
  fail(order: Order, at_ms: number, reason?: string): void {
    if (reason !== undefined) order.reason = reason
    this.#failAt(order, at_ms)
  }

  /** The order gethbinfo knows under a number. */
  query(mch_id: string, mch_billno: string, now_ms: number): Order | undefined {
    this.advance(now_ms)
    const order = this.#orders.get(orderKey({ mch_id, mch_billno }))
    return order && now_ms - order.debited_at_ms <= QUERY_MS ? order : undefined
  }

  /** The order under a merchant's number, however old, and as it was at the last look. */
  find(mch_id: string, mch_billno: string): Order | undefined {
    return this.#orders.get(orderKey({ mch_id, mch_billno }))
  }

  /** The debited orders of all merchants under a number. */
  withNumber(mch_billno: string, now_ms: number): Order[] {
    this.advance(now_ms)
    return this.debits.filter((order) => order.mch_billno === mch_billno)
  }

  /**
   * Lets the receivers collect an order: `openid` its one share, or all who have not yet.
   * @returns why not, or undefined; to collect all again, or one's share again, is no error
   */
  receive(order: Order, now_ms: number, openid?: string): string | undefined {
    const before = order.hblist ?? []
    if (order.status === 'RECEIVED' && openid === undefined) return undefined
    if (openid !== undefined && before.some((receipt) => receipt.openid === openid)) return undefined
    if (order.status !== 'SENT') return `the packet is no longer there to collect: ${order.status}`
    if (openid !== undefined && order.hb_type === 'NORMAL' && openid !== order.re_openid)
      return 'the packet is for another openid'
    order.shares ??= split(order.total_amount, order.total_num)
    const rcv_time = beijingTime(now_ms)
    // The one the packet was sent to takes the first share that is left, and strangers take the others.
    const first = before.some((receipt) => receipt.openid === order.re_openid) ? stranger() : order.re_openid
    const shares =
      openid === undefined ? order.shares.slice(before.length) : order.shares.slice(before.length).slice(0, 1)
    const taken = shares.map((amount, index) => ({
      openid: openid ?? (index === 0 ? first : stranger()),
      amount,
      rcv_time,
    }))
    order.hblist = [...before, ...taken]
    if (order.hblist.length === order.total_num) order.status = 'RECEIVED'
    this.#changed(order)
    return undefined
  }

  #next(): { at_ms: number; happens: (at_ms: number) => void } | undefined {
    const refunding = this.#refunding[0]
    const uncollected = this.#uncollected[0]
    const failing = this.#failing[0]
    const late = this.#late[0]
    const all = [
      refunding && {
        at_ms: refunding.debited_at_ms + EXPIRY_MS + REFUND_MS,
        happens: (at_ms: number) => this.#refund(refunding, at_ms),
      },
      uncollected && { at_ms: uncollected.debited_at_ms + EXPIRY_MS, happens: () => this.#expire(uncollected) },
      failing && { at_ms: failing.fails_at_ms ?? 0, happens: (at_ms: number) => this.#fail(failing, at_ms) },
      late && { at_ms: late.due_ms, happens: (at_ms: number) => this.#land(late.send, at_ms) },
    ]
    return all.filter((due) => due !== undefined).sort((a, b) => a.at_ms - b.at_ms)[0]
  }

  #order(send: Send, at_ms: number): Order {
    this.#serial += 1
    const day = beijingTime(at_ms).slice(0, 10).replaceAll('-', '')
    // Newer ones have 31 digits and all begin alike; documentation shows 28.
    const send_listid =
      this.#options.shapes === 'captured'
        ? `1000041701${day}3000${String(this.#serial).padStart(9, '0')}`
        : `1000000000${day}${String(this.#serial).padStart(10, '0')}`
    return { ...send, send_listid, debited_at_ms: at_ms, status: 'SENT' }
  }

  #debit(send: Send, at_ms: number): Order {
    const kept = this.#orders.get(orderKey(send))
    const order = kept ?? this.#order(send, at_ms)
    this.#failing = this.#failing.filter((failing) => failing !== order)
    order.status = 'SENT'
    order.debited_at_ms = at_ms
    delete order.reason
    delete order.fails_at_ms
    this.#pay(order.mch_id, -send.total_amount)
    this.debits.push(order)
    this.#orders.set(orderKey(send), order)
    this.#uncollected.push(order)
    this.#today.add(order, at_ms)
    this.#changed(order)
    return order
  }

  #land(send: Send, due_ms: number): void {
    this.#late.shift()
    if (!this.#orders.has(orderKey(send)) && send.total_amount <= this.balanceOf(send.mch_id)) this.#debit(send, due_ms)
    else this.#changed()
  }

  #expire(order: Order): void {
    this.#uncollected.shift()
    if (order.status !== 'SENT') return
    order.status = 'RFUND_ING'
    this.#refunding.push(order)
    this.#changed(order)
  }

  #refund(order: Order, at_ms: number): void {
    this.#refunding.shift()
    order.status = 'REFUND'
    this.#giveBack(order, at_ms)
  }

  #failAt(order: Order, at_ms: number): void {
    order.fails_at_ms = at_ms
    this.#failing.push(order)
    this.#failing.sort((a, b) => (a.fails_at_ms ?? 0) - (b.fails_at_ms ?? 0))
    this.#changed(order)
  }

  #fail(order: Order, at_ms: number): void {
    this.#failing.shift()
    const debited = order.status === 'SENT'
    if (!debited && order.status !== 'SENDING') return
    order.status = 'FAILED'
    if (debited) this.#giveBack(order, at_ms)
    else this.#changed(order)
  }

  #giveBack(order: Order, at_ms: number): void {
    const collected = (order.hblist ?? []).reduce((sum, { amount }) => sum + amount, 0)
    order.refund_amount = order.total_amount - collected
    order.refunded_at_ms = at_ms
    this.#pay(order.mch_id, order.refund_amount)
    this.#changed(order)
  }

  #pay(mch_id: string, fen: number): void {
    const own = this.#balances.get(mch_id)
    if (own === undefined) this.#balance += fen
    else this.#balances.set(mch_id, own + fen)
  }

  #changed(order?: Order): void {
    const { balance, balances } = this
    const state = { late: this.#late, balance, balances, serial: this.#serial }
    this.#options.changed?.(order ? { ...state, order } : state)
  }

  #restore({ orders, late, balance, balances, serial }: SavedOrders): void {
    for (const order of orders) {
      this.#orders.set(orderKey(order), order)
      if (order.fails_at_ms !== undefined && order.refunded_at_ms === undefined) this.#failing.push(order)
    }
    const kept = orders.filter(isDebited).sort((a, b) => a.debited_at_ms - b.debited_at_ms)
    this.debits.push(...kept)
    this.#uncollected = kept.filter(({ status }) => status === 'SENT')
    this.#refunding = kept.filter(({ status }) => status === 'RFUND_ING')
    this.#failing.sort((a, b) => (a.fails_at_ms ?? 0) - (b.fails_at_ms ?? 0))
    for (const order of kept) this.#today.add(order, order.debited_at_ms)
    this.#late = [...late]
    this.#balance = balance
    for (const [mch_id, fen] of Object.entries(balances)) this.#balances.set(mch_id, fen)
    this.#serial = serial
  }
}

// One that failed before its debit has nothing to give back.
function isDebited(order: Order): boolean {
  return order.status !== 'SENDING' && (order.status !== 'FAILED' || order.refunded_at_ms !== undefined)
}

// WeChat's numbers are unique within a merchant, not among all.
function orderKey({ mch_id, mch_billno }: Pick<Send, 'mch_id' | 'mch_billno'>): string {
  return `${mch_id} ${mch_billno}`
}

function difference(first: Send, send: Send): Unpaid | undefined {
  if (first.re_openid !== send.re_openid) return { err_code: 'FATAL_ERROR', text: 'openid和原始单参数不一致' }
  if (first.total_amount !== send.total_amount) return { err_code: 'FATAL_ERROR', text: '金额和原始单参数不一致' }
  if (first.wxappid !== send.wxappid || first.total_num !== send.total_num) return { err_code: 'FATAL_ERROR' }
  return undefined
}

function stranger(): string {
  return `o${randomBytes(20).toString('base64url')}`
}
