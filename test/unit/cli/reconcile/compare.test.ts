// The bill beside the records: each way in which they can differ, and a model for courses of many packets.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Movement, Packet } from '../../../../cli/reconcile/bill.ts'
import { type Comparison, compareFund, comparePackets } from '../../../../cli/reconcile/compare.ts'
import type { RedPackRecord } from '../../../../client/src/index.ts'
import { aRow, emptyStore, NOON_S } from '../mirror/records.ts'

const DAY = '2026-11-24'
const DAYS = { days: new Set([DAY]), filter: {} }
const OUT = '现金红包 发放'
const IN = '现金红包 退款'

function storeWith(...rows: RedPackRecord[]) {
  const store = emptyStore()
  store.put(rows.map((record, position) => ({ record, position })))
  return store
}
function debit(row: Pick<RedPackRecord, 'mch_billno' | 'total_amount'>, changes: Partial<Movement> = {}): Movement {
  const fen = Math.round(row.total_amount * 100)
  return { at: `${DAY} 11:22:05`, direction: 'out', fen, voucher: row.mch_billno, listid: '', words: OUT, ...changes }
}
const back = (row: RedPackRecord, changes: Partial<Movement> = {}) =>
  debit(row, { direction: 'in', words: IN, ...changes })
const brief = ({ differences, undecided, returned }: Comparison) =>
  [...differences, ...undecided, ...returned].map(({ kind, mch_billno }) => `${kind} ${mch_billno}`)
const fund = (rows: RedPackRecord[], movements: Movement[], days = DAYS) =>
  brief(compareFund(movements, days, storeWith(...rows)))

const one = aRow(1)
const BILLNO = one.mch_billno

describe('the fund bill', () => {
  it('is equal if each packet stands in it once with its amount', () => {
    const rows = [aRow(1), aRow(2, { total_amount: 19.99 })]
    const found = compareFund(
      rows.map((row) => debit(row)),
      DAYS,
      storeWith(...rows),
    )
    expect(brief(found)).toEqual([])
    expect(found).toMatchObject({
      bill: { debits: { count: 2, fen: 2099 } },
      records: { debits: { count: 2, fen: 2099 } },
      other: { count: 0, out_fen: 0, in_fen: 0 },
    })
  })

  it.each([
    ['its number in our records, but nothing sent', [], [debit(one)], [`only_in_bill ${BILLNO}`]],
    ['a packet that is missing', [one], [], [`only_in_records ${BILLNO}`]],
    ['another amount', [one], [debit(one, { fen: 101 })], [`amount_differs ${BILLNO}`]],
    ['the same number twice', [one], [debit(one), debit(one)], [`debited_twice ${BILLNO}`]],
    [
      'a refused one that was paid',
      [aRow(1, { outcome: 'refused', status: null })],
      [debit(one)],
      [`refused_but_debited ${BILLNO}`],
    ],
    ['a refused one that was not', [aRow(1, { outcome: 'refused', status: null })], [], []],
    [
      'an unknown one that was paid',
      [aRow(1, { outcome: 'unknown', status: null })],
      [debit(one)],
      [`unknown_but_debited ${BILLNO}`],
    ],
    ['an unknown one that was not', [aRow(1, { outcome: 'manual', status: null })], [], [`unknown ${BILLNO}`]],
    ['one that failed without a debit', [aRow(1, { status: 'FAILED' })], [], []],
    ['one that came back', [aRow(1, { status: 'REFUND' })], [debit(one), back(one)], [`returned ${BILLNO}`]],
    ['one that came back by the bill only', [one], [debit(one), back(one)], [`received_but_returned ${BILLNO}`]],
    [
      'a return of another amount',
      [aRow(1, { status: 'REFUND' })],
      [debit(one), back(one, { fen: 99 })],
      [`amount_differs ${BILLNO}`],
    ],
    [
      'a group packet of which a part came back',
      [aRow(1, { type: 'fission', total_num: 3, status: 'REFUND' })],
      [debit(one), back(one, { fen: 30 })],
      [`returned ${BILLNO}`],
    ],
    ['a return of nobody’s', [], [back(one)], [`return_unknown ${BILLNO}`]],
    ['a stranger’s packet that came back at once', [], [debit(one), back(one)], [`only_in_bill ${BILLNO}`]],
  ])('tells %s', (_, rows, movements, told) => {
    expect(fund(rows, movements)).toEqual(told)
  })

  it('is matched by WeChat’s number if the voucher is not the merchant’s', () => {
    const listid = one.result?.send_listid ?? ''
    expect(fund([one], [debit(one, { voucher: '', listid })])).toEqual([])
  })

  it('misses a return only if the bill must have it', () => {
    const row = aRow(1, { status: 'REFUND', updated_at: NOON_S + 86_400 + 3600 })
    expect(fund([row], [debit(row)])).toEqual([])
    const both = { days: new Set([DAY, '2026-11-25']), filter: {} }
    expect(fund([row], [debit(row)], both)).toEqual([`return_missing ${BILLNO}`])
  })

  it('has a packet back that failed after its debit', () => {
    const row = aRow(1, { status: 'FAILED', updated_at: NOON_S + 3600 })
    expect(fund([row], [debit(row)])).toEqual([`return_missing ${BILLNO}`])
    expect(fund([row], [debit(row), back(row)])).toEqual([`returned ${BILLNO}`])
  })

  it('does not decide about a packet of the last hour before midnight, unless the next day is there', () => {
    const row = aRow(1, { created_at: Date.parse('2026-11-24T23:30:00+08:00') / 1000 })
    expect(fund([row], [])).toEqual([`next_day ${BILLNO}`])
    const next = { days: new Set([DAY, '2026-11-25']), filter: {} }
    expect(fund([row], [debit(row, { at: '2026-11-25 00:00:01' })], next)).toEqual([])
    expect(fund([row], [], next)).toEqual([`only_in_records ${BILLNO}`])
  })

  it('knows by the rows that match what a red packet is called, and leaves other business alone', () => {
    const refund = debit({ mch_billno: 'REF1', total_amount: 5 }, { words: '退款 退款' })
    const income = debit({ mch_billno: 'PAY1', total_amount: 7 }, { words: '交易 交易', direction: 'in' })
    const behind = debit({ mch_billno: 'SHOP1', total_amount: 2.5 })
    const found = compareFund([debit(one), refund, income, behind], DAYS, storeWith(one))
    expect(brief(found)).toEqual(['only_in_bill SHOP1'])
    expect(found.other).toEqual({ count: 2, out_fen: 500, in_fen: 700 })
    // With no packet to learn from, what went out cannot be told from a packet.
    expect(fund([], [refund, income])).toEqual(['other_business REF1'])
  })

  it('expects packets of the merchant alone', () => {
    const filter = { gateway_type: 'weixin_tenpay_js' }
    expect(fund([one], [], { days: DAYS.days, filter } as never)).toEqual([])
  })
})

describe('the fund bill of many packets', () => {
  const made = fc.record({
    fate: fc.constantFrom('both', 'both', 'both', 'bill', 'records', 'amount', 'returned') as never,
    fen: fc.integer({ min: 1, max: 1_000_000 }),
  })

  it('leaves a difference that is the sum of what is told', () => {
    fc.assert(
      fc.property(fc.array(made, { maxLength: 40 }), (all) => {
        const rows: RedPackRecord[] = []
        const movements: Movement[] = []
        const expected: string[] = []
        let difference = 0
        for (const [n, { fate, fen }] of (all as { fate: string; fen: number }[]).entries()) {
          const row = aRow(n, { total_amount: fen / 100, status: fate === 'returned' ? 'REFUND' : 'RECEIVED' })
          if (fate !== 'bill') rows.push(row)
          if (fate !== 'records') movements.push(debit(row, { fen: fate === 'amount' ? fen + 1 : fen }))
          if (fate === 'returned') movements.push(back(row))
          if (fate === 'bill') expected.push(`only_in_bill ${row.mch_billno}`)
          if (fate === 'records') expected.push(`only_in_records ${row.mch_billno}`)
          if (fate === 'amount') expected.push(`amount_differs ${row.mch_billno}`)
          if (fate === 'returned') expected.push(`returned ${row.mch_billno}`)
          difference += { bill: fen, records: -fen, amount: 1 }[fate] ?? 0
        }
        const found = compareFund(movements, DAYS, storeWith(...rows))
        expect(brief(found).sort()).toEqual(expected.sort())
        expect(found.bill.debits.fen - found.records.debits.fen).toBe(difference)
      }),
      { numRuns: 100 },
    )
  })
})

describe('the portal’s export', () => {
  const packet = (row: RedPackRecord, state: string, fen = 100): Packet => {
    return { mch_billno: row.mch_billno, fen, state, reason: '' }
  }
  const exported = (rows: RedPackRecord[], packets: Packet[], days: string[] = []) =>
    brief(comparePackets(packets, { days: new Set(days), filter: {} }, storeWith(...rows)))

  it.each([
    ['a packet that was received', [one], [packet(one, '已领取')], []],
    ['one without a record', [], [packet(one, '已领取')], [`only_in_bill ${BILLNO}`]],
    ['one without a record that failed', [], [packet(one, '发放失败')], []],
    ['another amount', [one], [packet(one, '已领取', 99)], [`amount_differs ${BILLNO}`]],
    ['one that failed and is sent by the record', [one], [packet(one, '发放失败')], [`only_in_records ${BILLNO}`]],
    ['one that came back', [aRow(1, { status: 'REFUND' })], [packet(one, '过期未领退款')], [`returned ${BILLNO}`]],
    ['one that came back and was received', [one], [packet(one, '过期未领退款')], [`received_but_returned ${BILLNO}`]],
    ['one that is still being sent', [one], [packet(one, '发放中')], [`in_progress ${BILLNO}`]],
  ])('tells %s', (_, rows, packets, told) => {
    expect(exported(rows, packets)).toEqual(told)
  })

  it('misses a record only within the days that are named', () => {
    expect(exported([one, aRow(2)], [packet(one, '已领取')])).toEqual([])
    expect(exported([one, aRow(2)], [packet(one, '已领取')], [DAY])).toEqual([`only_in_records ${aRow(2).mch_billno}`])
  })
})
