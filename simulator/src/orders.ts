// The ledger: what has been debited, under which number, and what became of it as the clock went on.
import { randomBytes, randomInt } from 'node:crypto'
import { beijingTime } from './clock.ts'

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
}>

/** One receiver's share as gethbinfo lists it; `amount` in fen. */
export type Receipt = Readonly<{ openid: string; amount: number; rcv_time: string }>

/** A debit that has really happened. */
export type Order = Send & {
  readonly send_listid: string
  readonly debited_at_ms: number
  status: 'SENT' | 'RECEIVED' | 'RFUND_ING' | 'REFUND'
  hblist?: readonly Receipt[]
  refunded_at_ms?: number
}

/** Why a send is not paid. */
export type Unpaid = Readonly<{ err_code: 'FATAL_ERROR' | 'NOTENOUGH'; text?: string }>

/** 24 h uncollected and the packet goes back; the refund itself takes a minute here. */
const EXPIRY_MS = 86_400_000
const REFUND_MS = 60_000
/** WeChat answers queries for 30 days. */
const QUERY_MS = 30 * 86_400_000

/** The orders and the balance (fen) they are paid from. */
export class Orders {
  readonly debits: Order[] = []
  readonly #orders = new Map<string, Order>()
  #late: { send: Send; due_ms: number }[] = []
  // Oldest first, as debits happen in the order of time: only the head can be due.
  #uncollected: Order[] = []
  #refunding: Order[] = []
  #serial = 0
  balance: number

  constructor(balance: number) {
    this.balance = balance
  }

  /** Does everything that fell due until `now_ms`, in the order of time: late debits, expiries, refunds. */
  advance(now_ms: number): void {
    for (;;) {
      const late = this.#late[0]
      const uncollected = this.#uncollected[0]
      const refunding = this.#refunding[0]
      const late_ms = late?.due_ms ?? Number.POSITIVE_INFINITY
      const expiry_ms = (uncollected?.debited_at_ms ?? Number.POSITIVE_INFINITY) + EXPIRY_MS
      const refund_ms = (refunding?.debited_at_ms ?? Number.POSITIVE_INFINITY) + EXPIRY_MS + REFUND_MS
      if (Math.min(late_ms, expiry_ms, refund_ms) > now_ms) return
      if (refunding && refund_ms <= Math.min(late_ms, expiry_ms)) this.#refund(refunding, refund_ms)
      else if (uncollected && expiry_ms <= late_ms) this.#expire(uncollected)
      else if (late) this.#land(late.send, late_ms)
    }
  }

  /** Pays a send once: its number repeated gives the first order, its number with something else under it is refused. */
  send(send: Send, now_ms: number): Order | Unpaid {
    this.advance(now_ms)
    const first = this.#orders.get(orderKey(send))
    if (first) return difference(first, send) ?? first
    if (send.total_amount > this.balance) return { err_code: 'NOTENOUGH' }
    return this.#debit(send, now_ms)
  }

  /** Accepts a send whose debit lands at `due_ms`, if its number is free and the balance is enough by then. */
  sendLate(send: Send, due_ms: number): void {
    this.#late.push({ send, due_ms })
    this.#late.sort((a, b) => a.due_ms - b.due_ms)
  }

  /** The order gethbinfo knows under a number. */
  query(mch_id: string, mch_billno: string, now_ms: number): Order | undefined {
    this.advance(now_ms)
    const order = this.#orders.get(orderKey({ mch_id, mch_billno }))
    return order && now_ms - order.debited_at_ms <= QUERY_MS ? order : undefined
  }

  /** The orders of all merchants under a number. */
  withNumber(mch_billno: string, now_ms: number): Order[] {
    this.advance(now_ms)
    return this.debits.filter((order) => order.mch_billno === mch_billno)
  }

  /** Lets the receivers collect an order; false when it went back, true also when it was collected before. */
  receive(order: Order, now_ms: number): boolean {
    if (order.status === 'SENT') {
      const rcv_time = beijingTime(now_ms)
      order.hblist = split(order.total_amount, order.total_num).map((amount, index) => ({
        // The one the packet was sent to takes the first share, and strangers take the others.
        openid: index === 0 ? order.re_openid : `o${randomBytes(20).toString('base64url')}`,
        amount,
        rcv_time,
      }))
      order.status = 'RECEIVED'
    }
    return order.status === 'RECEIVED'
  }

  #debit(send: Send, at_ms: number): Order {
    this.#serial += 1
    const day = beijingTime(at_ms).slice(0, 10).replaceAll('-', '')
    const send_listid = `1000000000${day}${String(this.#serial).padStart(10, '0')}`
    const order: Order = { ...send, send_listid, debited_at_ms: at_ms, status: 'SENT' }
    this.balance -= send.total_amount
    this.debits.push(order)
    this.#orders.set(orderKey(send), order)
    this.#uncollected.push(order)
    return order
  }

  #land(send: Send, due_ms: number): void {
    this.#late.shift()
    if (!this.#orders.has(orderKey(send)) && send.total_amount <= this.balance) this.#debit(send, due_ms)
  }

  #expire(order: Order): void {
    this.#uncollected.shift()
    if (order.status !== 'SENT') return
    order.status = 'RFUND_ING'
    this.#refunding.push(order)
  }

  #refund(order: Order, at_ms: number): void {
    this.#refunding.shift()
    order.status = 'REFUND'
    order.refunded_at_ms = at_ms
    this.balance += order.total_amount
  }
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

/** Splits an amount (fen) into `count` random shares of at least 1 fen, none above twice the average of what is left. */
function split(total_amount: number, count: number): number[] {
  const shares: number[] = []
  let left = total_amount
  for (let people = count; people > 1; people -= 1) {
    const share = randomInt(1, Math.max(2, Math.floor((2 * left) / people)))
    shares.push(share)
    left -= share
  }
  return [...shares, left]
}
