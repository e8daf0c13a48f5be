// The calls to WeChat under each number: who makes them, when, and which of them may still debit (I1, I2, I4, I5, I9, I10).
import type { Merchant } from '../../lib/redpack/ports.ts'
import type { RedpackRecord } from '../../lib/redpack/record.ts'
import { APART_MAX_MS, SKEW_MAX_MS, WRONG_MAX_MS } from './clocks.ts'
import { describe, processOf } from './describe.ts'
import { Pace } from './pace.ts'
import type { Process } from './process.ts'
import { isClear } from './wechat-order.ts'
import type { Fields } from './wechat-replies.ts'
import type { World } from './world.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** Calls under one number are this far apart, by the clocks of those who make them. */
const SPACING_MS = 1_000
/** A call that had no clear answer may debit this long after. */
const OPEN_MAX_MS = 20 * MINUTE_MS
/** No number is called after 29 days by anybody's clock, but under a lease that was taken just before. */
const LATEST_CALL_MS = 29 * DAY_MS + 2 * WRONG_MAX_MS + 2 * MINUTE_MS

/** An answer to a query that says what became of the packet. */
const SAYS_WHAT = /^(NOT_FOUND|SENDING|SENT|FAILED|RECEIVED|RFUND_ING|REFUND)$/

/** `own_ms` is its process's time; `ends_ms`: an answer, or that there will be none. */
type Call = {
  process: string
  at_ms: number
  own_ms: number
  ends_ms: number
  /** Of its record. */
  version: number
  money: string
  isClear: boolean
  isPast: boolean
}

export class Calls {
  readonly #world: World
  readonly #pace: Pace
  readonly #calls = new Map<string, Call[]>()
  /** When a process asked WeChat about a number. */
  readonly #asked = new Map<string, number>()
  /** That WeChat has told a process something about a number. */
  readonly #answered = new Set<string>()

  constructor(world: World) {
    this.#world = world
    this.#pace = new Pace(world)
  }

  last_ms(mch_billno: string): number | undefined {
    return this.#calls.get(mch_billno)?.at(-1)?.at_ms
  }

  /** By the clock of the process that made it. */
  lastOwn_ms(mch_billno: string): number {
    return this.#calls.get(mch_billno)?.at(-1)?.own_ms ?? 0
  }

  /** When a request to send leaves its process. @returns to be told when it ends, with the code of its reply if that arrives unchanged */
  called(process: Process, merchant: Merchant, fields: Fields, timeout_ms: number): (code: string | undefined) => void {
    process.sends += 1
    const { mch_billno = '', act_name = '', mch_id, total_amount, re_openid, total_num } = fields
    const { now_ms } = this.#world.events
    const call: Call = {
      process: process.name,
      at_ms: now_ms,
      own_ms: process.now(),
      ends_ms: now_ms + timeout_ms,
      version: this.#world.history.byNumber(mch_billno)?.version ?? 0,
      money: [mch_id, total_amount, total_num, re_openid, act_name].join(' '),
      isClear: false,
      isPast: false,
    }
    const calls = this.#calls.get(mch_billno) ?? []
    this.#calls.set(mch_billno, calls)
    const last = calls.at(-1)
    if (last && !this.#world.ledger.gone_labels.has(act_name)) this.#follows(last, call, mch_billno)
    calls.push(call)
    this.#mayCall(process, merchant, mch_billno, now_ms + timeout_ms)
    this.#pace.turned('called', process, mch_billno, mch_id)
    return (code) => {
      call.ends_ms = this.#world.events.now_ms
      if (code !== undefined) call.isClear = isClear(code)
    }
  }

  #follows(last: Call, call: Call, mch_billno: string): void {
    const { clocks } = this.#world
    if (last.money !== call.money) this.#world.broken('I10', `money fields were ${last.money}, are ${call.money}`)
    const apart_ms = call.own_ms - last.own_ms
    // By a clock that has stepped back, or over a third one that has held the record in between, seconds are not told.
    const isTold = clocks !== 'stepping' && (clocks === 'true' || call.version - last.version <= 2)
    const min_ms = isTold ? SPACING_MS : SPACING_MS - APART_MAX_MS
    if (apart_ms < min_ms) this.#world.broken('I10', `${mch_billno} was called ${apart_ms} ms after the call before`)
    const isOverlapping = last.process !== call.process && last.ends_ms > call.at_ms + APART_MAX_MS
    if (isOverlapping) this.#world.broken('I9', `${call.process} calls ${mch_billno} while ${last.process} does`)
  }

  #mayCall(process: Process, merchant: Merchant, mch_billno: string, ends_ms: number): void {
    const { history, events } = this.#world
    const record = history.byNumber(mch_billno)
    if (!record) {
      this.#world.broken('I2', `${mch_billno} is called and has no record`)
      return
    }
    if (events.now_ms > record.created_at * 1000 + LATEST_CALL_MS) {
      this.#world.broken('I1', `${mch_billno} is called when WeChat may soon forget it`)
    }
    if (this.#world.restored_ids.has(record.id))
      this.#world.broken('epoch', `called since a restore: ${describe(record)}`)
    const stopped_ms = this.#world.stopped_ms.get(record.miniapp_id) ?? Number.POSITIVE_INFINITY
    if (process.commanded_ms > stopped_ms) this.#world.broken('brake', `${process.name} called ${mch_billno}`)
    if (merchant.mch_id !== record.mch_id) this.#world.broken('I5', `called as ${merchant.mch_id}: ${describe(record)}`)
    else if (processOf(record) !== process.name || record.lease_until_ms < events.now_ms - SKEW_MAX_MS) {
      this.#world.broken('I9', `${process.name} called without the lease: ${describe(record)}`)
    } else if (ends_ms > record.lease_until_ms + SKEW_MAX_MS) {
      this.#world.broken('I9', `the call of ${process.name} may outlast its lease: ${describe(record)}`)
    }
  }

  /** @returns to be told of an answer that arrives unchanged, with its word */
  asked(process: Process, { mch_billno = '', mch_id }: Fields): (word: string | undefined) => void {
    const name = `${process.name} ${mch_billno}`
    this.#asked.set(name, this.#world.events.now_ms)
    this.#pace.turned('asked', process, mch_billno, mch_id)
    return (word) => {
      if (word !== undefined && SAYS_WHAT.test(word)) this.#answered.add(name)
    }
  }

  /** The late look at a refusal that may have left an order behind is made only once, so it has to be answered. */
  trusted(process: Process, record: RedpackRecord): void {
    if (this.#answered.has(`${process.name} ${record.mch_billno}`)) return
    this.#world.broken('I4', `nobody has told ${process.name} that the refusal was safe: ${describe(record)}`)
  }

  /**
   * Doubt is dropped only if WeChat was asked 20 minutes after the last call that may still debit, and has never shown the
   * number, or shows an order that it has refused.
   */
  cleared(process: Process, record: RedpackRecord): void {
    const { mch_billno, status, act_name, id } = record
    // A restore forgets doubt, too: what is older is never called, and what is gone is not known.
    if (this.#world.ledger.gone_labels.has(act_name) || this.#world.restored_ids.has(id)) return
    const order = this.#world.wechat.order(record)
    const isVisible = order !== undefined && order.visible_ms <= this.#world.events.now_ms
    const isShown = (status !== undefined || isVisible) && order?.reason === undefined
    const open = (this.#calls.get(mch_billno) ?? []).filter((call) => !call.isClear && !call.isPast)
    const asked_ms = this.#asked.get(`${process.name} ${mch_billno}`) ?? 0
    for (const call of open) {
      const isYoung = asked_ms - call.at_ms < OPEN_MAX_MS
      if (isYoung || isShown) {
        this.#world.broken('I4', `the call of ${call.process} is not in doubt any more`)
      }
      call.isPast = true
    }
  }

  /** Refused is never debited, now or later: no call of the last 20 minutes is in doubt, unless WeChat says FAILED. */
  refused(record: RedpackRecord): void {
    if (this.#world.ledger.gone_labels.has(record.act_name)) return
    const open_ms = this.#world.events.now_ms - OPEN_MAX_MS
    const doubt = this.#calls.get(record.mch_billno)?.find((call) => !call.isClear && call.at_ms > open_ms)
    if (doubt)
      this.#world.broken('I4', `refused, and the call of ${doubt.process} may still debit: ${describe(record)}`)
  }
}
