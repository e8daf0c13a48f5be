// The invariants of docs/guarantees.md that hold at every step: checked at each write, each call, each debit and each answer.
import type { AppError } from '../../lib/errors.ts'
import type { Merchant } from '../../lib/redpack/ports.ts'
import type { Order, RedpackRecord } from '../../lib/redpack/record.ts'
import type { SendAnswer } from '../../lib/redpack/view.ts'
import type { Process } from './process.ts'
import { Violation } from './violation.ts'
import { type Fields, isClear, type Order as WeChatOrder } from './wechat.ts'
import { SKEW_MAX_MS, type World } from './world.ts'

/** Two clocks differ by this much at most. */
const APART_MAX_MS = 2 * SKEW_MAX_MS
/** Calls under one number are this far apart, by the clocks of those who make them. */
const SPACING_MS = 1_000
/** A call that had no clear answer may debit this long after. */
const OPEN_MAX_MS = 20 * 60_000
/** WeChat forgets a number after 30 days; a call takes its time to arrive, and clocks differ. */
const LATEST_CALL_MS = 30 * 24 * 3_600_000 - 60_000
const WRITE_ONCE = [
  'miniapp_id',
  'idempotency_key',
  'keyid',
  'mch_id',
  'mch_billno',
  'hash',
  'total_amount',
  'total_num',
  're_openid',
  'act_name',
  'created_at',
] as const

/** What a caller asked for: `label` names the key in traces and in what WeChat sees. */
export type Asked = { label: string; id: string; hash: string }
type Answer = { body: SendAnswer; processing: boolean }

/** `own_ms` is its process's time. */
type Called = { process: string; at_ms: number; own_ms: number; money: string; isClear: boolean; isPast: boolean }

export class Invariants {
  /** Debits by the label of their key. */
  readonly debits = new Map<string, WeChatOrder>()
  /** The final answer that callers have had, by label. */
  readonly finals = new Map<string, string>()
  /** Fen by day that were reserved for a record which its process no longer held. */
  readonly lateReserves = new Map<string, number>()
  readonly #world: World
  readonly #calls = new Map<string, Called[]>()
  /** When a process asked WeChat about a number. */
  readonly #asked = new Map<string, number>()
  readonly #debitors = new Set<string>()
  readonly #turnedAway = new Set<string>()

  constructor(world: World) {
    this.#world = world
  }

  /** After a write to a record; `before` and `after` are the same if its condition failed. */
  written(process: Process, before: RedpackRecord | undefined, after: RedpackRecord): void {
    if (before?.writer === after.writer) {
      if (process.freezes > 0) this.#world.count('zombie_write_rejected')
      return
    }
    this.#world.history.written(after)
    this.#world.gaps.written(after)
    this.#world.note(() => `  ${describe(after)}`)
    if (!Number.isSafeInteger(after.total_amount)) this.#broken('I15', `total_amount ${after.total_amount}`)
    if (before) this.#changed(process, before, after)
    const debit = this.debits.get(after.act_name)
    if (after.outcome === 'refused') this.#refused(before, after, debit)
    if (after.outcome !== 'sent') return
    const { fields } = debit ?? {}
    const same =
      fields?.mch_billno === after.mch_billno &&
      fields.total_amount === String(after.total_amount) &&
      fields.re_openid === after.re_openid &&
      fields.mch_id === after.mch_id
    if (!same) this.#broken('I5', `${after.mch_billno} is sent, and WeChat's debit is ${JSON.stringify(fields)}`)
  }

  #changed(process: Process, before: RedpackRecord, after: RedpackRecord): void {
    for (const field of WRITE_ONCE) {
      if (before[field] !== after[field])
        this.#broken('I7', `${field} changed from ${before[field]} to ${after[field]}`)
    }
    const isFinal = before.outcome === 'sent' || before.outcome === 'refused' || before.outcome === 'manual'
    if (isFinal && after.outcome !== before.outcome) this.#broken('I6', `${before.outcome} became ${after.outcome}`)
    if (before.seq !== undefined && after.seq !== before.seq)
      this.#broken('I16', `seq ${before.seq} became ${after.seq}`)
    if (after.version !== before.version + 1) this.#broken('I9', `version ${before.version} became ${after.version}`)
    const called_ms = this.#calls.get(after.mch_billno)?.at(-1)?.own_ms ?? 0
    if (after.no_call_after_ms < called_ms - APART_MAX_MS)
      this.#broken('I10', `a call is forgotten: ${describe(after)}`)
    const isOpen = after.outcome === 'pending' || after.outcome === 'unknown'
    if (isOpen && after.maybe_debited_ms === undefined) this.#cleared(process, after)
    const holder = processOf(before)
    const { now_ms } = this.#world.events
    if (holder !== process.name && before.lease_until_ms > now_ms + APART_MAX_MS) {
      this.#broken('I9', `${process.name} wrote while ${holder} had the lease`)
    }
    if (after.lease_until_ms > now_ms && before.lease_until_ms !== after.lease_until_ms) {
      this.#world.count('take_over')
      if (process.name.startsWith('settle')) this.#world.count('resend_by_settle')
    }
  }

  /** Doubt is dropped only if WeChat was asked 20 minutes after the last call that may still debit. */
  #cleared(process: Process, record: RedpackRecord): void {
    const open = (this.#calls.get(record.mch_billno) ?? []).filter(({ isClear, isPast }) => !isClear && !isPast)
    const asked_ms = this.#asked.get(`${process.name} ${record.mch_billno}`) ?? 0
    for (const call of open) {
      if (asked_ms - call.at_ms < OPEN_MAX_MS)
        this.#broken('I4', `the call of ${call.process} is not in doubt any more`)
      call.isPast = true
    }
  }

  asked(process: Process, { mch_billno }: Fields): void {
    this.#asked.set(`${process.name} ${mch_billno}`, this.#world.events.now_ms)
  }

  /** Refused is never debited, now or later: no call of the last 20 minutes is in doubt, unless WeChat says FAILED. */
  #refused(before: RedpackRecord | undefined, after: RedpackRecord, debit: WeChatOrder | undefined): void {
    if (debit) this.#broken('I4', `${after.mch_billno} is refused and was debited`)
    if (before?.outcome === 'refused' || after.status === 'FAILED') return
    const open_ms = this.#world.events.now_ms - OPEN_MAX_MS
    const doubt = this.#calls.get(after.mch_billno)?.find(({ at_ms, isClear }) => !isClear && at_ms > open_ms)
    if (doubt) this.#broken('I4', `refused, and the call of ${doubt.process} may still debit: ${describe(after)}`)
  }

  /** When a request to send leaves its process. @returns what is to be told the code of its reply, if that reaches the process */
  called(process: Process, merchant: Merchant, fields: Fields): (code: string) => void {
    process.sends += 1
    const { mch_billno = '', act_name = '', mch_id, total_amount, re_openid } = fields
    const money = [mch_id, total_amount, re_openid, act_name].join(' ')
    const calls = this.#calls.get(mch_billno) ?? []
    this.#calls.set(mch_billno, calls)
    const last = calls.at(-1)
    const { now_ms } = this.#world.events
    const call = { process: process.name, at_ms: now_ms, own_ms: process.now(), money, isClear: false, isPast: false }
    calls.push(call)
    const { created_at = now_ms } = this.#world.history.last(mch_billno.slice(2)) ?? {}
    if (now_ms > created_at * 1000 + LATEST_CALL_MS)
      this.#broken('I1', `${mch_billno} is called when WeChat may have forgotten it`)
    if (last && last.money !== money) this.#broken('I10', `money fields were ${last.money}, are ${money}`)
    if (last && call.own_ms - last.own_ms < SPACING_MS) {
      this.#broken('I10', `${mch_billno} was called ${call.own_ms - last.own_ms} ms after the call before`)
    }
    const record = this.#world.history.now().find((item) => item.mch_billno === mch_billno)
    if (!record) this.#broken('I2', `${mch_billno} is called and has no record`)
    else if (merchant.mch_id !== record.mch_id) this.#broken('I5', `called as ${merchant.mch_id}: ${describe(record)}`)
    else if (processOf(record) !== process.name || record.lease_until_ms < now_ms - SKEW_MAX_MS) {
      this.#broken('I9', `${process.name} called without the lease: ${describe(record)}`)
    }
    return (code) => {
      call.isClear = isClear(code)
    }
  }

  debited(order: WeChatOrder, process: string): void {
    const { act_name = '', mch_billno, total_amount } = order.fields
    if (this.debits.has(act_name)) this.#broken('I1', `a second debit for ${act_name}, under ${mch_billno}`)
    this.debits.set(act_name, order)
    this.#debitors.add(process)
    if (this.#turnedAway.has(process)) this.#broken('I14', `${process} answered with an error and made a debit`)
    const record = this.#world.history.now().find((item) => item.mch_billno === mch_billno)
    if (!record) this.#broken('I2', `${mch_billno} is debited and has no record`)
    else if (total_amount !== String(record.total_amount)) this.#broken('I15', `${total_amount} fen were debited`)
    else if (record.outcome === 'refused') this.#broken('I4', `${mch_billno} is refused and is debited now`)
    if (this.finals.get(act_name)?.includes('"refused"')) this.#broken('I4', `${act_name} was answered refused`)
  }

  /** After an answer to a send, whether or not it reaches the caller. */
  answered({ label, id, hash }: Asked, process: Process, answer: Answer | AppError): void {
    const standing = this.#world.history.last(id)
    if (answer instanceof Error) {
      this.#world.count(answer.code)
      this.#world.note(() => `${process.name} answers ${answer.code}`)
      this.#turnedAway.add(process.name)
      if (answer.code === 'in_progress' && standing && processOf(standing) === process.name) {
        this.#broken('I9', `${process.name} turns itself away: ${describe(standing)}`)
      }
      if (process.sends > 0) this.#broken('I14', `${process.name} called WeChat and answered ${answer.code}`)
      if (this.#debitors.has(process.name))
        this.#broken('I14', `${process.name} made a debit and answered ${answer.code}`)
      if (answer.code === 'key_reused' && standing?.hash === hash)
        this.#broken('I8', `${label}: 422 for the same parameters`)
      return
    }
    const { outcome } = answer.body
    const body = JSON.stringify({ body: answer.body, processing: answer.processing })
    this.#world.note(() => `${process.name} answers ${body}`)
    this.#world.count(`answer ${outcome}`)
    if (body.includes('SENDAMOUNT_LIMIT') && process.sends === 0) this.#world.count('limit_refusal')
    if (standing && standing.hash !== hash) this.#broken('I8', `${label}: other parameters were answered ${body}`)
    if (outcome === 'refused' && this.debits.has(label))
      this.#broken('I4', `${label} is answered refused and was debited`)
    if (outcome === 'sent' && !this.debits.has(label))
      this.#broken('I5', `${label} is answered sent and was not debited`)
    if (outcome === 'unknown') return
    const earlier = this.finals.get(label)
    if (earlier !== undefined && earlier !== body)
      this.#broken('I8', `${label}: ${earlier} was answered before ${body}`)
    this.finals.set(label, body)
  }

  /** True while nobody has written the record since the process did. */
  holds(process: Process, { id }: Order): boolean {
    const standing = this.#world.history.last(id)
    return standing !== undefined && processOf(standing) === process.name
  }

  /** A reservation that arrives when its process has lost the record: nobody gives it back, which errs on the safe side. */
  reserved(process: Process, order: Order, limit_day: string, held: boolean): void {
    if (this.holds(process, order)) return
    if (!held) this.#broken('I9', `${process.name} reserves without the lease: ${order.act_name}`)
    this.#world.count('reserved_too_late')
    this.lateReserves.set(limit_day, (this.lateReserves.get(limit_day) ?? 0) + order.total_amount)
  }

  /** After an alarm of the code itself. */
  contradicted(record: RedpackRecord): void {
    this.#broken('I4', `${record.mch_billno} is refused, and WeChat says ${record.status}`)
  }

  #broken(invariant: string, detail: string): void {
    this.#world.fail(new Violation(invariant, detail))
  }
}

/** Who wrote a record last: writers name their process. */
function processOf({ writer }: RedpackRecord): string {
  return writer.slice(0, writer.indexOf('~'))
}

export function describe({
  act_name,
  outcome,
  version,
  maybe_debited_ms,
  seq,
  err_code,
  status,
  writer,
}: RedpackRecord): string {
  const rest = [maybe_debited_ms && 'may have debited', seq !== undefined && `seq ${seq}`, err_code, status]
    .filter(Boolean)
    .join(', ')
  return `${act_name} is ${outcome}, version ${version} by ${writer}${rest ? `, ${rest}` : ''}`
}
