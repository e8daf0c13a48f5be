// What a person, a spreadsheet and a program are told of a comparison.
import { describe, expect, it } from 'vitest'
import { cellsOf } from '../../../../cli/cells.ts'
import { contextOf } from '../../../../cli/context.ts'
import { type Comparison, compareFund } from '../../../../cli/reconcile/compare.ts'
import { tell } from '../../../../cli/reconcile/tell.ts'
import { aRow, emptyStore } from '../mirror/records.ts'

const DAYS = ['2026-11-24']

function told(found: Comparison, argv: string[] = [], csv = false): string {
  let out = ''
  const terminal = {
    ...{ env: {}, interactive: false, colour: false, err: () => {}, stdin: async () => Buffer.alloc(0) },
    out: (text: string) => {
      out += text
    },
  }
  tell(found, DAYS, csv, contextOf(argv, terminal))
  return out
}

/** A packet that is missing, a stranger's, and other business. */
function comparison(): Comparison {
  const store = emptyStore()
  const rows = [aRow(1, { total_amount: 1234.5 }), aRow(2, { act_name: '=1+1' })]
  store.put(rows.map((record, position) => ({ record, position })))
  const row = { at: '2026-11-24 11:22:05', direction: 'out', listid: '', words: '红包 发放' } as const
  const movements = [
    { ...row, fen: 123_450, voucher: rows[0]?.mch_billno ?? '' },
    { ...row, fen: 250, voucher: '=SHOP' },
    { ...row, fen: 700, voucher: 'REF', words: '退款 退款' },
  ]
  return compareFund(movements, { days: new Set(DAYS), filter: {} }, store)
}

describe('a comparison', () => {
  it('is told in 80 columns, with amounts below each other', () => {
    expect(told(comparison())).toBe(`✘ Not equal, or not decided: the bill's debits differ from the records by +1.50
yuan
  bill:     2 debits, 1,237.00 yuan
  records:  2 debits, 1,235.50 yuan
  came back, by the bill: 0, 0.00 yuan
  other rows of the bill: 1, out 7.00 yuan, in 0.00 yuan

Paid by the bill, without a record: another mini app of this merchant, or behind
the service’s back (1)
  number  record  bill  time (+08:00) or outcome
  =SHOP        –  2.50  2026-11-24 11:22

Sent by the records, not in the bill (1)
  number                      record  bill  time (+08:00) or outcome
  RP000000000000000000000002    1.00     –  sent
`)
    const lines = told(comparison(), ['--lang', 'zh']).split('\n')
    expect(Math.max(...lines.map(cellsOf))).toBeLessThanOrEqual(80)
    expect(lines.join('\n')).toContain('  RP000000000000000000000002  1.00     –  已发出\n')
  })

  it('is CSV with a byte order mark and no formula', () => {
    const [, stranger, missing] = told(comparison(), [], true).trim().split('\n')
    expect(stranger).toBe("only_in_bill,'=SHOP,,,2.50,2026-11-24 11:22:05+08:00,,,,,,")
    expect(missing).toBe(
      `only_in_records,${aRow(2).mch_billno},${aRow(2).result?.send_listid},1.00,,,sent,RECEIVED,oReceiver2,'=1+1,${aRow(2).id},order-2`,
    )
    expect(told(comparison(), [], true).codePointAt(0)).toBe(0xfeff)
  })

  it('is one JSON document with the sums of both sides in fen', () => {
    expect(JSON.parse(told(comparison(), ['--json']))).toMatchObject({
      ...{ equal: false, days: DAYS, difference_fen: 150, bill: { debits: { count: 2, fen: 123_700 } } },
      ...{ records: { debits: { count: 2, fen: 123_550 } }, other: { count: 1, out_fen: 700, in_fen: 0 } },
      differences: [
        { kind: 'only_in_bill', mch_billno: '=SHOP', record: null, record_fen: null, bill_fen: 250 },
        { kind: 'only_in_records', record_fen: 100, bill_fen: null, at: '' },
      ],
    })
  })
})
