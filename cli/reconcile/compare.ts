// Sets the bill beside the records: by the merchant's number, then by WeChat's. Words of the bill decide nothing by themselves;
// what the rows that were matched are called is what red packets are called on this bill.

import { toFen } from '../../lib/redpack/money.ts'
import { beijingDay } from '../days.ts'
import type { Filter } from '../mirror/filter.ts'
import type { Kept, Store } from '../mirror/store.ts'
import { idOf } from '../packet.ts'
import type { Movement, Packet } from './bill.ts'

/** Differences are to be looked at; what is undecided may be right. */
const DIFFERENCES = [
  'only_in_bill',
  'only_in_records',
  'amount_differs',
  'debited_twice',
  'refused_but_debited',
  'return_unknown',
  'return_missing',
  'received_but_returned',
] as const
const UNDECIDED = ['unknown_but_debited', 'unknown', 'next_day', 'other_business', 'no_summary', 'in_progress'] as const
type Difference = (typeof DIFFERENCES)[number]
type Doubt = (typeof UNDECIDED)[number]

export type Finding<Kind extends string = Difference | Doubt | 'returned'> = {
  readonly kind: Kind
  readonly mch_billno: string
  /** null: no such record, or no such row. */
  readonly record: Kept | null
  readonly record_fen: number | null
  readonly bill_fen: number | null
  /** When the account moved, Beijing's; '' if no row says it. */
  readonly at: string
}
export type Sum = { readonly count: number; readonly fen: number }

export type Comparison = {
  readonly differences: readonly Finding<Difference>[]
  readonly undecided: readonly Finding<Doubt>[]
  /** Packets that came back, as both sides know. */
  readonly returned: readonly Finding<'returned'>[]
  readonly bill: { readonly debits: Sum; readonly returns: Sum }
  readonly records: { readonly debits: Sum }
  /** Rows of the bill that are about something else. */
  readonly other: { readonly count: number; readonly out_fen: number; readonly in_fen: number }
}

export type Asked = {
  /** The Beijing days that the bill covers. */
  readonly days: ReadonlySet<string>
  /** Whose packets are expected on it. */
  readonly filter: Pick<Filter, 'gateway_type'>
}

type Records = Pick<Store, 'select' | 'each'>
type Matched = { readonly record: Kept; readonly debits: Movement[]; readonly returns: Movement[] }

/** A packet sent shortly before midnight may be debited after it. */
const LATE_S = 3600
const DAY_S = 86_400

export function compareFund(movements: readonly Movement[], asked: Asked, records: Records): Comparison {
  const matched = new Map<string, Matched>()
  const alone: Movement[] = []
  for (const movement of movements) {
    const record = recordOf(movement, records)
    if (record === undefined) {
      alone.push(movement)
      continue
    }
    const one = matched.get(record.id) ?? { record, debits: [], returns: [] }
    one[movement.direction === 'out' ? 'debits' : 'returns'].push(movement)
    matched.set(record.id, one)
  }
  const strangers = strangersIn(alone, [...matched.values()])
  const findings = [
    ...strangers.findings,
    ...[...matched.values()].flatMap((one) => judge(one)),
    ...expected(asked, records).flatMap((record) => absent(record, matched.get(record.id), asked)),
  ]
  return compared(findings, [...matched.values()], strangers)
}

function recordOf({ voucher, listid }: Movement, records: Records): Kept | undefined {
  const id = idOf(voucher)
  const [byNumber] = id === undefined ? [] : records.select({ id }, 1)
  if (byNumber) return byNumber
  const [byListid] = listid === '' ? [] : records.select({ send_listid: listid }, 1)
  return byListid
}

type Strangers = {
  findings: Finding[]
  debits: Movement[]
  returns: Movement[]
  other: Movement[]
}

/** Rows without a record: numbers that a service like this one makes, and what is called as the packets of this bill are. */
function strangersIn(alone: readonly Movement[], matched: readonly Matched[]): Strangers {
  const words = {
    out: new Set(matched.flatMap(({ debits }) => debits.map((one) => one.words))),
    in: new Set(matched.flatMap(({ returns }) => returns.map((one) => one.words))),
  }
  const isPacket = ({ voucher, direction, words: own }: Movement) =>
    idOf(voucher) !== undefined || words[direction].has(own)
  const packets = alone.filter(isPacket)
  const debits = packets.filter(({ direction }) => direction === 'out')
  const numbers = new Set(debits.map(({ voucher }) => voucher))
  const returns = packets.filter(({ direction }) => direction === 'in')
  const other = alone.filter((one) => !isPacket(one))
  const spent = other.filter(({ direction }) => direction === 'out')
  // With nothing matched it is not known what red packets are called here.
  const isBlind = words.out.size === 0 && spent.length > 0
  return {
    findings: [
      ...debits.map((one) => found('only_in_bill', null, one)),
      // What went out of an unknown packet and came back is told once, as the debit.
      ...returns.filter(({ voucher }) => !numbers.has(voucher)).map((one) => found('return_unknown', null, one)),
      ...(isBlind ? spent.map((one) => found('other_business', null, one)) : []),
    ],
    debits,
    returns,
    other,
  }
}

function judge({ record, debits, returns }: Matched): Finding[] {
  const [debit, ...more] = debits
  const fen = toFen(record.total_amount)
  const twice = more.map((one) => found('debited_twice', record, one))
  const back = returns.map((one) => {
    if (record.type === 'normal' && one.fen !== fen) return found('amount_differs', record, one)
    if (record.type === 'normal' && record.status === 'RECEIVED') return found('received_but_returned', record, one)
    return found('returned', record, one)
  })
  if (debit === undefined) return back
  if (debit.fen !== fen) return [found('amount_differs', record, debit), ...twice, ...back]
  if (record.outcome === 'refused') return [found('refused_but_debited', record, debit), ...twice, ...back]
  if (record.outcome !== 'sent') return [found('unknown_but_debited', record, debit), ...twice, ...back]
  return [...twice, ...back]
}

/** Records whose debit the bill should have. */
function expected({ days, filter }: Asked, records: Records): Kept[] {
  const [first, last] = [[...days].sort().at(0), [...days].sort().at(-1)]
  if (first === undefined || last === undefined) return []
  const span = { from_s: dayStart(first), to_s: dayStart(last) + DAY_S }
  return [...records.each({ ...filter, ...span })].filter(
    ({ created_at, outcome }) => outcome !== 'refused' && days.has(beijingDay(created_at)),
  )
}

function absent(record: Kept, matched: Matched | undefined, { days }: Asked): Finding[] {
  const { outcome, status, created_at, updated_at } = record
  if (matched && matched.debits.length > 0) {
    // The service saw it come back before the bill ends. What nobody opens comes back after a day, what fails at any time.
    const back_after_s = { REFUND: DAY_S, FAILED: 0 }[String(status)]
    const isBack = back_after_s !== undefined && isCovered(created_at + back_after_s, updated_at, days)
    return isBack && matched.returns.length === 0 ? [found('return_missing', record, undefined)] : []
  }
  if (outcome !== 'sent') return [found('unknown', record, undefined)]
  // Failed without a debit: the money never moved.
  if (status === 'FAILED') return []
  const isLate = !isCovered(created_at, created_at + LATE_S, days)
  return [found(isLate ? 'next_day' : 'only_in_records', record, undefined)]
}

function isCovered(from_s: number, to_s: number, days: ReadonlySet<string>): boolean {
  for (let at_s = from_s; at_s < to_s; at_s += DAY_S) if (!days.has(beijingDay(at_s))) return false
  return days.has(beijingDay(to_s))
}

/** The portal's export says what became of each packet; its period is not in it, so records that it lacks are asked for by days. */
export function comparePackets(packets: readonly Packet[], asked: Asked, records: Records): Comparison {
  const matched: Matched[] = []
  const strangers: Strangers = { findings: [], debits: [], returns: [], other: [] }
  const findings: Finding[] = []
  for (const packet of packets) {
    const row = movementOf(packet)
    const record = recordOf(row, records)
    const isFailed = /失败/.test(packet.state)
    const isBack = /退款|退回/.test(packet.state)
    if (record === undefined) {
      if (isFailed) continue
      strangers.findings.push(found('only_in_bill', null, row))
      strangers.debits.push(row)
      continue
    }
    const one: Matched = { record, debits: isFailed ? [] : [row], returns: [] }
    matched.push(one)
    if (isFailed) {
      if (record.outcome === 'sent' && record.status !== 'FAILED') findings.push(found('only_in_records', record, row))
      continue
    }
    if (/发放中/.test(packet.state)) findings.push(found('in_progress', record, row))
    findings.push(...judge(one))
    if (isBack) findings.push(found(isTaken(record) ? 'received_but_returned' : 'returned', record, row))
  }
  const byId = new Map(matched.map((one) => [one.record.id, one]))
  const missing = expected(asked, records).filter(({ id }) => !byId.has(id))
  findings.push(...missing.flatMap((record) => absent(record, undefined, asked)))
  return compared([...strangers.findings, ...findings], matched, strangers)
}

function isTaken({ type, status }: Kept): boolean {
  return type === 'normal' && status === 'RECEIVED'
}

function movementOf({ mch_billno, fen, state }: Packet): Movement {
  return { at: '', direction: 'out', fen, voucher: mch_billno, listid: '', words: state }
}

function found<Kind extends Finding['kind']>(
  kind: Kind,
  record: Kept | null,
  movement: Movement | undefined,
): Finding<Kind> {
  return {
    kind,
    mch_billno: record?.mch_billno ?? movement?.voucher ?? '',
    record,
    record_fen: record && toFen(record.total_amount),
    bill_fen: movement?.fen ?? null,
    at: movement?.at ?? '',
  }
}

function compared(findings: readonly Finding[], matched: readonly Matched[], strangers: Strangers): Comparison {
  const of = <Kind extends Finding['kind']>(kinds: readonly Kind[]) =>
    findings.filter((one): one is Finding<Kind> => (kinds as readonly string[]).includes(one.kind))
  const lacking = of(['only_in_records']).flatMap(({ record }) => (record ? [record] : []))
  const paid = matched.filter(({ record, debits }) => record.outcome === 'sent' && debits.length > 0)
  const sent = [...paid.map(({ record }) => record), ...lacking]
  const { other } = strangers
  return {
    differences: of(DIFFERENCES),
    undecided: of(UNDECIDED),
    returned: of(['returned']),
    bill: {
      debits: sumOf([...strangers.debits, ...matched.flatMap(({ debits }) => debits)]),
      returns: sumOf([...strangers.returns, ...matched.flatMap(({ returns }) => returns)]),
    },
    records: { debits: sumOf(sent.map(({ total_amount }) => ({ fen: toFen(total_amount) }))) },
    other: {
      count: other.length,
      out_fen: sumOf(other.filter(({ direction }) => direction === 'out')).fen,
      in_fen: sumOf(other.filter(({ direction }) => direction === 'in')).fen,
    },
  }
}

function sumOf(amounts: readonly { readonly fen: number }[]): Sum {
  return { count: amounts.length, fen: amounts.reduce((total, { fen }) => total + fen, 0) }
}

function dayStart(day: string): number {
  return Date.parse(`${day}T00:00:00+08:00`) / 1000
}
