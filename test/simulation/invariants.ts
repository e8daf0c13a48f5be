// What holds at each write and each answer (I4-I9, I14-I16), and what holds whenever nothing is under way.
import { OPEN_MAX } from '../../lib/durations.ts'
import type { AppError } from '../../lib/errors.ts'
import type { Order, RedpackRecord } from '../../lib/redpack/record.ts'
import { isSlowed, mayHaveDebited } from '../../lib/redpack/rules.ts'
import type { SendResult } from '../../lib/redpack/send.ts'
import { APART_MAX_MS } from './clocks.ts'
import { describe, processOf } from './describe.ts'
import type { Process } from './process.ts'
import { checkQuiet, isQuiet } from './quiet.ts'
import { hasParams, type SendPlan } from './send-plans.ts'
import type { World } from './world.ts'

const HOUR_MS = 3_600_000
/** What operators have commanded is asked for just before a record is taken over. */
const COMMAND_AGE_MAX_MS = 500
const WRITE_ONCE = [
  'miniapp_id',
  'idempotency_key',
  'keyid',
  'mch_id',
  'mch_billno',
  'hash',
  'type',
  'total_amount',
  'total_num',
  're_openid',
  'act_name',
  'created_at',
] as const

export class Invariants {
  /** Processes that have answered with an error. */
  readonly turnedAway = new Set<string>()
  /** Ids that were reserved too late: nobody releases them. */
  readonly #lateIds = new Set<string>()
  /** Who wrote the final outcome, by id. */
  readonly #closedBy = new Map<string, Process>()
  /** Who wrote the record, by id. */
  readonly #writers = new Map<string, Set<Process>>()
  /** Fen by day that were reserved for a record which its process no longer held. */
  readonly lateReserves = new Map<string, number>()
  /** Processes that have said that nothing can come of their request. */
  readonly #notSent = new Set<string>()
  /** Who has claimed it, by id. */
  readonly #creators = new Map<string, string>()
  /** The final answer that callers have had, by label. */
  readonly #finals = new Map<string, string>()
  readonly #refused = new Set<string>()
  readonly #world: World
  #writes = 0
  #writesChecked = 0

  constructor(world: World) {
    this.#world = world
  }

  /** After a write to a record; `before` and `after` are the same if its condition failed. */
  written(process: Process, before: RedpackRecord | undefined, after: RedpackRecord): void {
    if (before?.writer === after.writer) {
      if (process.freezes > 0) this.#world.count('zombie_write_rejected')
      return
    }
    if (!before && this.#notSent.has(process.name)) this.#broken('I14', `${process.name} has said "not sent"`)
    if (!before) this.#creators.set(after.id, process.name)
    if (!before && process.seenOpen >= OPEN_MAX) this.#broken('bound', `${process.seenOpen} are open, and one more`)
    this.#writes += 1
    const writers = this.#writers.get(after.id) ?? new Set()
    this.#writers.set(after.id, writers.add(process))
    this.#world.history.written(after)
    this.#world.gaps.written(after)
    this.#world.note(() => `  ${describe(after)}`)
    if (!Number.isSafeInteger(after.total_amount)) this.#broken('I15', `total_amount ${after.total_amount}`)
    if (before) this.#changed(process, before, after)
    this.#planned(after)
    if (after.outcome !== before?.outcome) this.#settled(process, after)
  }

  #changed(process: Process, before: RedpackRecord, after: RedpackRecord): void {
    for (const field of WRITE_ONCE) {
      if (before[field] !== after[field])
        this.#broken('I7', `${field} changed from ${before[field]} to ${after[field]}`)
    }
    const isFinal = before.outcome === 'sent' || before.outcome === 'refused' || before.outcome === 'manual'
    if (isFinal && after.outcome !== before.outcome) this.#broken('I6', `${before.outcome} became ${after.outcome}`)
    if (before.seq !== undefined && after.seq !== before.seq) {
      this.#broken('I16', `seq ${before.seq} became ${after.seq}`)
    }
    if (after.version !== before.version + 1) this.#broken('I9', `version ${before.version} became ${after.version}`)
    const isForgotten = this.#world.restored_ids.has(after.id) || this.#world.ledger.gone_labels.has(after.act_name)
    if (!isForgotten && after.no_call_after_ms < this.#world.calls.lastOwn_ms(after.mch_billno) - APART_MAX_MS) {
      this.#broken('I10', `a call is forgotten: ${describe(after)}`)
    }
    const isOpen = after.outcome === 'pending' || after.outcome === 'unknown'
    if (isOpen && !mayHaveDebited(after)) this.#world.calls.cleared(process, after)
    if (before.unsafe_refusal && !after.unsafe_refusal) this.#world.calls.trusted(process, after)
    this.#leased(process, before, after)
  }

  /** Whatever becomes of its writer, settle comes to an open record within the hour, or within a day if nothing can be learned (I11). */
  #planned(after: RedpackRecord): void {
    if (after.outcome !== 'pending' && after.outcome !== 'unknown') return
    const { open, due_at = Number.POSITIVE_INFINITY } = after
    const pause_ms = isSlowed(after) && !mayHaveDebited(after) ? 24 * HOUR_MS : HOUR_MS
    const isSoon = due_at * 1000 <= this.#world.events.now_ms + pause_ms + APART_MAX_MS
    if (open !== 'outcome' || !isSoon) this.#broken('I11', `settle comes too late: ${describe(after)}`)
  }

  /** One live lease (I9). */
  #leased(process: Process, before: RedpackRecord, after: RedpackRecord): void {
    const holder = processOf(before)
    const { now_ms } = this.#world.events
    if (holder !== process.name && before.lease_until_ms > now_ms + APART_MAX_MS) {
      this.#broken('I9', `${process.name} wrote while ${holder} had the lease`)
    }
    if (after.lease_until_ms <= now_ms || before.lease_until_ms === after.lease_until_ms) return
    this.#world.count('take_over')
    const age_ms = now_ms - process.commanded_ms
    if (age_ms > COMMAND_AGE_MAX_MS && !process.hasFailed)
      this.#broken('brake', `${process.name} asked ${age_ms} ms ago`)
    if (process.name.startsWith('settle')) this.#world.count('resend_by_settle')
    const isHeld = before.lease_until_ms > 0 && holder !== process.name && this.#world.processes.get(holder)?.isAtWork
    if (isHeld) this.#broken('I9', `${process.name} took the record over while ${holder} was at work`)
  }

  #settled(process: Process, after: RedpackRecord): void {
    const { ledger, calls } = this.#world
    if (after.outcome !== 'pending' && after.outcome !== 'unknown') this.#closedBy.set(after.id, process)
    const debit = ledger.debits.get(after.act_name)
    if (after.outcome === 'refused') {
      if (debit && ledger.isKnown(after.act_name)) this.#broken('I4', `${after.mch_billno} is refused and was debited`)
      if (after.status !== 'FAILED') calls.refused(after)
    }
    if (after.outcome !== 'sent') return
    const { fields } = debit ?? {}
    const isSame =
      fields?.mch_billno === after.mch_billno &&
      fields.total_amount === String(after.total_amount) &&
      fields.re_openid === after.re_openid &&
      fields.mch_id === after.mch_id
    if (this.#world.wechat.foreign.has(after.mch_billno) && !after.order_conflict)
      ledger.foreign_labels.add(after.act_name)
    if (!isSame && ledger.mustBePaid(after.act_name)) {
      this.#broken('I5', `${after.mch_billno} is sent, and WeChat's debit is ${JSON.stringify(fields)}`)
    }
  }

  isAnsweredRefused(label: string): boolean {
    return this.#refused.has(label)
  }

  /** The table has forgotten answers; whoever was told "refused" has not. */
  restored(): void {
    this.#finals.clear()
  }

  /** After an answer to a send, whether or not it reaches the caller. */
  answered(plan: SendPlan, process: Process, answer: SendResult | AppError): void {
    if (answer instanceof Error) this.#turnedAway(plan, process, answer)
    else this.#told(plan, process, answer)
  }

  #turnedAway({ label, id, params }: SendPlan, process: Process, { code, maybe_sent }: AppError): void {
    const record = this.#world.history.last(id)
    this.#world.count(code)
    this.#world.note(() => `${process.name} answers ${code}`)
    this.turnedAway.add(process.name)
    if (!maybe_sent) this.#notSent.add(process.name)
    if (!maybe_sent && this.#creators.get(id) === process.name) this.#broken('I14', `${process.name} says "not sent"`)
    if (code === 'in_progress' && record && processOf(record) === process.name) {
      this.#broken('I9', `${process.name} turns itself away: ${describe(record)}`)
    }
    if (process.sends > 0) this.#broken('I14', `${process.name} called WeChat and answered ${code}`)
    if (this.#world.ledger.debitors.has(process.name)) {
      this.#broken('I14', `${process.name} made a debit and answered ${code}`)
    }
    if (code === 'key_reused' && record && hasParams(record, params)) {
      this.#broken('I8', `${label}: 422 for the same parameters`)
    }
  }

  #told({ label, id, params }: SendPlan, process: Process, { body: answered, processing }: SendResult): void {
    const { ledger, history } = this.#world
    const record = history.last(id)
    const { outcome } = answered
    const body = JSON.stringify({ body: answered, processing })
    this.#world.note(() => `${process.name} answers ${body}`)
    this.#world.count(`answer ${outcome}`)
    if (body.includes('SENDAMOUNT_LIMIT') && process.sends === 0) this.#world.count('limit_refusal')
    if (record && !hasParams(record, params)) this.#broken('I8', `${label}: other parameters were answered ${body}`)
    if (outcome === 'refused' && ledger.debits.has(label) && ledger.isKnown(label)) {
      this.#broken('I4', `${label} is answered refused and was debited`)
    }
    if (outcome === 'sent' && !ledger.debits.has(label) && ledger.mustBePaid(label)) {
      this.#broken('I5', `${label} is answered sent and was not debited`)
    }
    if (outcome === 'unknown' || ledger.gone_labels.has(label)) return
    const earlier = this.#finals.get(label)
    if (earlier !== undefined && earlier !== body) {
      this.#broken('I8', `${label}: ${earlier} was answered before ${body}`)
    }
    this.#finals.set(label, body)
    if (outcome === 'refused') this.#refused.add(label)
  }

  /** True while nobody has written the record since the process did. */
  holds(process: Process, { id }: Order): boolean {
    const record = this.#world.history.last(id)
    return record !== undefined && processOf(record) === process.name
  }

  /** A reservation that arrives when its process has lost the record: nobody releases it, which errs on the safe side. */
  reserved(process: Process, order: Order, limit_day: string, held: boolean): void {
    if (this.holds(process, order) && !process.isOver) return
    if (!held) this.#broken('I9', `${process.name} reserves without the lease: ${order.act_name}`)
    this.#world.count('reserved_too_late')
    this.#lateIds.add(order.id)
    this.lateReserves.set(limit_day, (this.lateReserves.get(limit_day) ?? 0) + order.total_amount)
  }

  /** An id may stay reserved, which errs on the safe side, if whoever had to close the reservation failed or came too late. */
  mayStayReserved(id: string): boolean {
    const process = this.#closedBy.get(id)
    return this.#lateIds.has(id) || process?.hasFailed === true
  }

  /** What follows a write may be lost with its writer: an alarm, or what takes an id off the list of open sends. */
  hadTrouble(id: string): boolean {
    return [...(this.#writers.get(id) ?? [])].some((process) => process.hasFailed)
  }

  /** After the last process has ended. */
  maybeQuiet(): void {
    if (this.#writesChecked === this.#writes || !isQuiet(this.#world)) return
    this.#writesChecked = this.#writes
    this.#world.count('quiet')
    checkQuiet(this.#world).catch((error) => this.#world.fail(error))
  }

  #broken(invariant: string, detail: string): void {
    this.#world.broken(invariant, detail)
  }
}
