// The log of calls: what was asked, what was answered, over which connection.
import type { Op, RequestFields } from './fields.ts'

/** What a call was answered with, or what was done to it instead (hang, reset, html, garbage). */
export type Answer = string | Readonly<{ return_code: string; result_code: string; err_code: string }>

/** One call; `fields` without sign and nonce_str; times on the simulator's clock. */
export type Call = {
  readonly op: Op
  readonly at: string
  readonly at_ms: number
  readonly mch_billno: string
  readonly mch_id: string
  readonly fields: RequestFields
  answer: Answer
  fault?: string
  readonly connection: number
}

const CALLS_MAX = 100_000

/** The last 100,000 calls, and how many TLS connections there were. */
export class Calls {
  #calls: Call[] = []
  #opened = 0
  #connections = 0

  /** Counts a new TLS connection and gives its number, which no other has, not even after a reset. */
  connect(): number {
    this.#opened += 1
    this.#connections += 1
    return this.#opened
  }

  /** Logs a call as it comes in; its answer is filled in when it is given. */
  begin(op: Op, at_ms: number, received: RequestFields, connection: number): Call {
    const { sign: _, nonce_str: __, ...fields } = received
    const { mch_billno = '', mch_id = '' } = fields
    const call: Call = {
      op,
      at: new Date(at_ms).toISOString(),
      at_ms,
      mch_billno,
      mch_id,
      fields,
      answer: '',
      connection,
    }
    this.#calls.push(call)
    // Cut seldom, so that a long run does not move the whole log at every call.
    if (this.#calls.length >= 2 * CALLS_MAX) this.#calls = this.#calls.slice(-CALLS_MAX)
    return call
  }

  list(): { calls: readonly Call[]; connections: number } {
    return { calls: this.#calls.slice(-CALLS_MAX), connections: this.#connections }
  }

  clear(): void {
    this.#calls = []
    this.#connections = 0
  }
}
