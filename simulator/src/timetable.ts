// What happens to orders by itself as the clock goes on: late debits, failures, expiries and refunds.
import type { Late, Order } from './order.ts'

/** 24 h uncollected and the packet goes back; the refund itself takes a minute here. */
const EXPIRY_MS = 86_400_000
const REFUND_MS = 60_000

/** What is due, and when. */
export type Due = Readonly<
  { at_ms: number } & ({ what: 'expires' | 'is refunded' | 'fails'; order: Order } | { what: 'is debited'; late: Late })
>

export class Timetable {
  // Oldest first, as debits happen in the order of time: only the head can be due.
  readonly #uncollected: Order[] = []
  readonly #refunding: Order[] = []
  #failing: Order[] = []
  #late: Late[] = []

  /** The sends whose debit is still to come. */
  get late(): readonly Late[] {
    return this.#late
  }

  /** Lets an order expire a day after its debit. */
  expire(order: Order): void {
    this.#uncollected.push(order)
  }

  /** Lets an order that has expired be refunded. */
  refund(order: Order): void {
    this.#refunding.push(order)
  }

  /** Lets an order fail at its `fails_at_ms`. */
  fail(order: Order): void {
    this.#failing.push(order)
    this.#failing.sort((a, b) => (a.fails_at_ms ?? 0) - (b.fails_at_ms ?? 0))
  }

  /** Takes it back that an order fails. */
  spare(order: Order): void {
    this.#failing = this.#failing.filter((failing) => failing !== order)
  }

  /** Lets a send be debited later. */
  debit(late: Late): void {
    this.#late = [...this.#late, late].sort((a, b) => a.due_ms - b.due_ms)
  }

  /** Takes off what is due first, if it is due by `now_ms`. */
  take(now_ms: number): Due | undefined {
    const [refunding, uncollected, failing, late] = [
      this.#refunding[0],
      this.#uncollected[0],
      this.#failing[0],
      this.#late[0],
    ]
    const all: ({ due: Due; queue: unknown[] } | undefined)[] = [
      refunding && {
        due: { at_ms: refunding.debited_at_ms + EXPIRY_MS + REFUND_MS, what: 'is refunded', order: refunding },
        queue: this.#refunding,
      },
      uncollected && {
        due: { at_ms: uncollected.debited_at_ms + EXPIRY_MS, what: 'expires', order: uncollected },
        queue: this.#uncollected,
      },
      failing && { due: { at_ms: failing.fails_at_ms ?? 0, what: 'fails', order: failing }, queue: this.#failing },
      late && { due: { at_ms: late.due_ms, what: 'is debited', late }, queue: this.#late },
    ]
    const first = all.filter((one) => one !== undefined).sort((a, b) => a.due.at_ms - b.due.at_ms)[0]
    if (!first || first.due.at_ms > now_ms) return undefined
    first.queue.shift()
    return first.due
  }
}
