// What WeChat has paid, by the key that it was paid for (I1, I2, I4, I14, I15).
import type { RedpackRecord } from '../../lib/redpack/record.ts'
import type { Accounts } from './wechat.ts'
import type { Order } from './wechat-order.ts'
import type { World } from './world.ts'

const DAY_MS = 24 * 3_600_000

export class Ledger implements Accounts {
  /** Debits by the label of their key; what came back is not among them. */
  readonly debits = new Map<string, Order>()
  /** Labels whose packet failed after it had been paid for. */
  readonly returned_labels = new Set<string>()
  /** Labels that WeChat has refused and paid: its word is broken, and no record can be right. */
  readonly false_labels = new Set<string>()
  /** Labels of which a query has shown another program's order, the same but for its receiver, and no send was answered: see guarantees.md. */
  readonly foreign_labels = new Set<string>()
  /** Labels whose record a restore has lost: nothing says that they were ever sent. */
  readonly gone_labels = new Set<string>()
  /** Processes whose calls have made a debit. */
  readonly debitors = new Set<string>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  debited(order: Order, process: string): void {
    const world = this.#world
    const { act_name = '', mch_billno, total_amount } = order.fields
    const before = this.debits.get(act_name)
    if (before && this.gone_labels.has(act_name) && isAnotherOrder(before, order)) {
      // A lost record, and its key again: nothing says that it was ever sent (docs/adr/0013).
      world.count('paid_twice_after_a_restore')
      this.debits.set(act_name, order)
      return
    }
    if (this.debits.has(act_name)) world.broken('I1', `a second debit for ${act_name}, under ${mch_billno}`)
    this.debits.set(act_name, order)
    this.debitors.add(process)
    if (world.invariants.turnedAway.has(process)) {
      world.broken('I14', `${process} answered with an error and made a debit`)
    }
    if (this.gone_labels.has(act_name)) return
    const record = world.history.byNumber(mch_billno ?? '')
    if (!record) world.broken('I2', `${mch_billno} is debited and has no record`)
    else if (total_amount !== String(record.total_amount)) world.broken('I15', `${total_amount} fen were debited`)
    if (order.isFalselyRefused) {
      world.count('paid_after_refusal')
      this.false_labels.add(act_name)
      return
    }
    if (record?.outcome === 'refused') world.broken('I4', `${mch_billno} is refused and is debited now`)
    if (world.invariants.isAnsweredRefused(act_name)) world.broken('I4', `${act_name} was answered refused`)
    this.#meantOnce(act_name)
  }

  /** Whoever was told "refused" may have sent again under another key. */
  #meantOnce(label: string): void {
    const other = label.endsWith('+') ? label.slice(0, -1) : `${label}+`
    if (!this.debits.has(other) || !this.isKnown(other)) return
    this.#world.broken('I4', `${label} and ${other} were meant once and are paid twice`)
  }

  returned({ fields: { act_name = '' } }: Order): void {
    this.#world.count('paid_fails')
    this.debits.delete(act_name)
    this.returned_labels.add(act_name)
  }

  /** After an alarm of the code itself. */
  contradicted({ act_name, status }: RedpackRecord): void {
    if (!this.isKnown(act_name)) this.#world.count('paid_after_refusal_seen')
    else this.#world.broken('I4', `${act_name} is refused, and WeChat says ${status}`)
  }

  hasStatus(mch_billno: string): boolean {
    return this.#world.history.byNumber(mch_billno)?.status !== undefined
  }

  count(what: string): void {
    this.#world.count(what)
  }

  note(line: () => string): void {
    this.#world.note(line)
  }

  /** False if no record can be right: WeChat has broken its word, or a restore has lost the record. */
  isKnown(label: string): boolean {
    return !this.false_labels.has(label) && !this.gone_labels.has(label)
  }

  /** False for a packet that has failed since, and for one that nobody can tell from another program's or a lost one. */
  mustBePaid(label: string): boolean {
    return !this.returned_labels.has(label) && !this.foreign_labels.has(label) && !this.gone_labels.has(label)
  }

  /** I3 and I4, when nothing is under way. */
  checkQuiet(): void {
    const records = this.#world.history.now()
    for (const [label, { fields }] of this.debits) {
      const record = records.find(({ act_name }) => act_name === label)
      const isRight = record?.outcome === 'sent' || record?.outcome === 'manual'
      if (!isRight && this.isKnown(label))
        this.#world.broken('I3', `${label}: a debit of ${fields.total_amount} fen, ${record?.outcome}`)
    }
    for (const { act_name, outcome, total_amount } of records) {
      const debited = Number(this.debits.get(act_name)?.fields.total_amount ?? 0)
      if (outcome === 'sent' && this.mustBePaid(act_name) && debited !== total_amount)
        this.#world.broken('I3', `${act_name} is sent, ${debited} fen debited`)
      const isFalse = outcome === 'refused' && debited > 0
      if (isFalse && this.isKnown(act_name)) this.#world.broken('I4', `${act_name} is refused and paid`)
    }
  }

  /** People are told where WeChat has broken its word; at the end, when every late query has been made. */
  checkAlarms(): void {
    const { history, alarms, calm_ms, invariants } = this.#world
    for (const { id, act_name, outcome, created_at } of history.now()) {
      // Nobody can ask any more if the clock has jumped.
      if (calm_ms - created_at * 1000 > 28 * DAY_MS || invariants.hadTrouble(id) || this.gone_labels.has(act_name))
        continue
      const isTold = (alarm: string) => alarms.has(`${alarm} ${id}`)
      const isPaid = outcome === 'refused' && this.false_labels.has(act_name)
      if (isPaid && !isTold('paid_after_refusal')) this.#world.broken('I4', `nobody is told that ${act_name} was paid`)
      const hasFailed = outcome === 'sent' && this.returned_labels.has(act_name)
      if (hasFailed && !isTold('failed_after_sent')) {
        this.#world.broken('I5', `nobody is told that ${act_name} failed after it was sent`)
      }
    }
  }
}

/** The same number is another order at another merchant, and once WeChat has forgotten it. */
function isAnotherOrder(before: Order, order: Order): boolean {
  return before.fields.mch_id !== order.fields.mch_id || order.created_ms - before.created_ms >= 30 * DAY_MS
}
