// What has been called under each number, whether or not it was paid: for faults that are aimed, and for the page.
import type { Op, RequestFields } from './fields.ts'
import type { Order } from './order.ts'

/** A number as its first send asked for it, and how it was called since. */
export type Packet = {
  readonly mch_billno: string
  readonly mch_id: string
  readonly re_openid: string
  /** Fen; NaN if it is no such number. */
  readonly total_amount: number
  /** How many sends came under the number. */
  sends: number
  queries: number
  /** The err_code of the last answer, or what was done instead of one. */
  answer: string
  at_ms: number
}

/** One call as it went over the wire; an answer that never went is empty. */
export type Exchange = Readonly<{
  op: Op
  at: string
  mch_billno: string
  mch_id: string
  request: string
  response: string
}>

const PACKETS_MAX = 100_000
/** Whole XML is kept of the last calls only: it is long. */
const EXCHANGES_MAX = 2000

/** The last 100,000 numbers, the one called last at the end, and the last 2,000 exchanges. */
export class Packets {
  readonly #packets = new Map<string, Packet>()
  #exchanges: Exchange[] = []

  /** Notes a send before it is worked on. @returns whether it is the first under its number */
  begin({ mch_id = '', mch_billno = '', re_openid = '', total_amount = '' }: RequestFields, at_ms: number): boolean {
    if (mch_billno === '') return true
    const before = this.find(mch_id, mch_billno)
    const packet = before ?? {
      mch_billno,
      mch_id,
      re_openid,
      total_amount: /^\d{1,9}$/.test(total_amount) ? Number(total_amount) : Number.NaN,
      sends: 0,
      queries: 0,
      answer: '',
      at_ms,
    }
    packet.sends += 1
    this.#latest(packet, at_ms)
    return before === undefined
  }

  /** Notes orders of which nobody has called yet, as after a restart. */
  know(orders: readonly Order[]): void {
    for (const order of [...orders].sort((a, b) => a.debited_at_ms - b.debited_at_ms)) {
      const { mch_billno, mch_id, re_openid, total_amount, debited_at_ms } = order
      const about = { mch_billno, mch_id, re_openid, total_amount }
      this.#latest({ ...about, sends: 0, queries: 0, answer: '', at_ms: debited_at_ms }, debited_at_ms)
    }
  }

  /** Notes an answer, also to a query. */
  end(exchange: Exchange, answer: string, at_ms: number): void {
    this.#exchanges.push(exchange)
    // Cut seldom, so that a long run does not move the whole list at every call.
    if (this.#exchanges.length >= 2 * EXCHANGES_MAX) this.#exchanges = this.#exchanges.slice(-EXCHANGES_MAX)
    const packet = this.find(exchange.mch_id, exchange.mch_billno)
    if (!packet) return
    if (exchange.op === 'gethbinfo') packet.queries += 1
    packet.answer = answer
    this.#latest(packet, at_ms)
  }

  find(mch_id: string, mch_billno: string): Packet | undefined {
    return this.#packets.get(`${mch_id} ${mch_billno}`)
  }

  /** The `limit` packets that were called last, the last one first. */
  latest(limit: number): Packet[] {
    return [...this.#packets.values()].slice(-limit).reverse()
  }

  get count(): number {
    return this.#packets.size
  }

  /** The exchanges that are kept under a number, the oldest first. */
  exchanges(mch_billno: string, mch_id?: string): Exchange[] {
    return this.#exchanges.filter(
      (one) => one.mch_billno === mch_billno && (mch_id === undefined || one.mch_id === mch_id),
    )
  }

  clear(): void {
    this.#packets.clear()
    this.#exchanges = []
  }

  #latest(packet: Packet, at_ms: number): void {
    const key = `${packet.mch_id} ${packet.mch_billno}`
    packet.at_ms = at_ms
    this.#packets.delete(key)
    this.#packets.set(key, packet)
    const oldest = this.#packets.size > PACKETS_MAX ? this.#packets.keys().next().value : undefined
    if (oldest !== undefined) this.#packets.delete(oldest)
  }
}
