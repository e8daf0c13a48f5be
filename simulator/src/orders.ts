// The ledger: what has been debited, under which number, and what became of it as the clock went on.
import { Balances } from './balances.ts'
import { beijingTime } from './clock.ts'
import type { Shapes } from './errors.ts'
import {
  type Change,
  difference,
  isDebited,
  type Late,
  type Order,
  orderKey,
  type SavedOrders,
  type Send,
  type Unpaid,
} from './order.ts'
import { DayCount, type DayLimits } from './rate.ts'
import { collect } from './receipts.ts'
import { type Due, Timetable } from './timetable.ts'

export type OrdersOptions = Readonly<{
  balance: number
  limits: DayLimits
  shapes: Shapes
  saved?: SavedOrders | undefined
  changed?: ((change: Change) => void) | undefined
}>

/** WeChat answers queries for 30 days. */
const QUERY_MS = 30 * 86_400_000

/** The orders and the balances (fen) that they are paid from. */
export class Orders {
  readonly debits: Order[] = []
  readonly #options: OrdersOptions
  readonly #orders = new Map<string, Order>()
  readonly #today: DayCount
  readonly #timetable = new Timetable()
  readonly #balances: Balances
  #serial: number

  constructor(options: OrdersOptions) {
    this.#options = options
    this.#balances = new Balances(options.saved?.balance ?? options.balance, options.saved?.balances)
    this.#serial = options.saved?.serial ?? 0
    this.#today = new DayCount(options.limits)
    if (options.saved) this.#restore(options.saved)
  }

  /** The balance of the merchants that have none of their own. */
  get balance(): number {
    return this.#balances.shared
  }

  get balances(): Readonly<Record<string, number>> {
    return this.#balances.own
  }

  balanceOf(mch_id: string): number {
    return this.#balances.of(mch_id)
  }

  /** Sets the common balance, or gives a merchant one of its own. */
  setBalance(fen: number, mch_id?: string): void {
    this.#balances.set(fen, mch_id)
    this.#changed()
  }

  /** Does everything that fell due until `now_ms`, in the order of time: late debits, failures, expiries, refunds. */
  advance(now_ms: number): void {
    for (let due = this.#timetable.take(now_ms); due; due = this.#timetable.take(now_ms)) this.#happen(due)
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
    this.#timetable.debit({ send, due_ms })
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
   * @returns why not, or undefined
   */
  receive(order: Order, now_ms: number, openid?: string): string | undefined {
    const collected = collect(order, now_ms, openid)
    if ('refused' in collected) return collected.refused
    if (collected.changed) this.#changed(order)
    return undefined
  }

  #happen(due: Due): void {
    switch (due.what) {
      case 'expires':
        this.#expire(due.order)
        break
      case 'is refunded':
        due.order.status = 'REFUND'
        this.#giveBack(due.order, due.at_ms)
        break
      case 'fails':
        this.#fail(due.order, due.at_ms)
        break
      case 'is debited':
        this.#land(due.late)
    }
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
    this.#timetable.spare(order)
    order.status = 'SENT'
    order.debited_at_ms = at_ms
    delete order.reason
    delete order.fails_at_ms
    this.#balances.pay(order.mch_id, -send.total_amount)
    this.debits.push(order)
    this.#orders.set(orderKey(send), order)
    this.#timetable.expire(order)
    this.#today.add(order, at_ms)
    this.#changed(order)
    return order
  }

  #land({ send, due_ms }: Late): void {
    if (!this.#orders.has(orderKey(send)) && send.total_amount <= this.balanceOf(send.mch_id)) this.#debit(send, due_ms)
    else this.#changed()
  }

  #expire(order: Order): void {
    if (order.status !== 'SENT') return
    order.status = 'RFUND_ING'
    this.#timetable.refund(order)
    this.#changed(order)
  }

  #failAt(order: Order, at_ms: number): void {
    order.fails_at_ms = at_ms
    this.#timetable.fail(order)
    this.#changed(order)
  }

  #fail(order: Order, at_ms: number): void {
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
    this.#balances.pay(order.mch_id, order.refund_amount)
    this.#changed(order)
  }

  #changed(order?: Order): void {
    const { balance, balances } = this
    const state = { late: this.#timetable.late, balance, balances, serial: this.#serial }
    this.#options.changed?.(order ? { ...state, order } : state)
  }

  #restore({ orders, late }: SavedOrders): void {
    for (const order of orders) {
      this.#orders.set(orderKey(order), order)
      if (order.fails_at_ms !== undefined && order.refunded_at_ms === undefined) this.#timetable.fail(order)
    }
    const debited = orders.filter(isDebited).sort((a, b) => a.debited_at_ms - b.debited_at_ms)
    this.debits.push(...debited)
    for (const order of debited) {
      if (order.status === 'SENT') this.#timetable.expire(order)
      if (order.status === 'RFUND_ING') this.#timetable.refund(order)
      this.#today.add(order, order.debited_at_ms)
    }
    for (const one of late) this.#timetable.debit(one)
  }
}
