// Reads fund bills and exports as WeChat writes them, and as a portal, a spreadsheet or a cut connection leaves them.
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BillError, readBill } from '../../../../cli/reconcile/bill.ts'
import { fenOf, textOf, unpacked } from '../../../../cli/reconcile/text.ts'

const HEADER =
  '记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号'
const SUMMARY = '资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额'
const ROW =
  '`2018-02-01 04:21:23,`50000305742018020103387128253,`1900009231201802015884652186,`退款,`退款,`支出,`0.02,`0.17,`system,`缺货\\ 一,`REF4200000068201801293084726067'
const SUM = '`1.0,`0.0,`0.00,`1.0,`0.02'
const MOVEMENT = {
  ...{ at: '2018-02-01 04:21:23', direction: 'out', fen: 2, words: '退款 退款' },
  ...{ voucher: 'REF4200000068201801293084726067', listid: '50000305742018020103387128253' },
}
const BILL = [HEADER, ROW, SUMMARY, SUM]

/** GBK of the characters that the tests use, which Node cannot write. */
const GBK: Record<string, string> = {
  ...{ 商: 'c9cc', 户: 'bba7', 订: 'b6a9', 单: 'b5a5', 号: 'bac5', 红: 'baec', 包: 'b0fc', 金: 'bdf0', 额: 'b6ee' },
  ...{ 元: 'd4aa', 状: 'd7b4', 态: 'ccac', 失: 'caa7', 败: 'b0dc', 原: 'd4ad', 因: 'd2f2', 发: 'b7a2', 放: 'b7c5' },
  ...{ 中: 'd6d0', 过: 'b9fd', 期: 'c6da', 未: 'ceb4', 领: 'c1ec', 退: 'cdcb', 款: 'bfee', 已: 'd2d1', 取: 'c8a1' },
}
const gbk = (text: string) =>
  Buffer.concat([...text].map((char) => (GBK[char] ? Buffer.from(GBK[char], 'hex') : Buffer.from(char, 'latin1'))))

const read = (bytes: Buffer) => readBill(textOf(unpacked(bytes)))
const whole = { kind: 'fund', movements: [MOVEMENT], is_whole: true }

describe('a fund bill', () => {
  it.each([
    ['UTF-8 and LF', Buffer.from(BILL.join('\n'))],
    ['a byte order mark and CRLF', Buffer.from(`\uFEFF${BILL.join('\r\n')}\r\n`)],
    ['full-width brackets', Buffer.from(BILL.join('\n').replaceAll('(元)', '（元）'))],
    ['gzip', gzipSync(Buffer.from(BILL.join('\n')))],
    ['a title above', Buffer.from(['#资金账单', '', ...BILL].join('\n'))],
    ['no backticks', Buffer.from(BILL.join('\n').replaceAll('`', ''))],
    ['quotes', Buffer.from([HEADER, ROW.replaceAll(/`([^,]*)/g, '"`$1"'), SUMMARY, SUM].join('\n'))],
    ['a comma in a remark', Buffer.from(BILL.join('\n').replace('缺货\\ 一', '缺货,一'))],
    ['dates of a spreadsheet', Buffer.from(BILL.join('\n').replace('2018-02-01 04:21:23', '2018/2/1 4:21:23'))],
  ])('is read with %s', (_, bytes) => {
    expect(read(bytes)).toEqual(whole)
  })

  it('is read by the names of its columns, in any order', () => {
    const turn = (line: string, mark: string) => line.split(mark).reverse().join(mark)
    const row = turn(ROW.replaceAll('`', ''), ',')
    expect(readBill([turn(HEADER, ','), row, SUMMARY, SUM].join('\n'))).toEqual(whole)
  })

  it('without its sums is not known to be whole', () => {
    expect(readBill([HEADER, ROW].join('\n'))).toEqual({ ...whole, is_whole: false })
  })

  it.each([
    ['summary', 4, [HEADER, ROW, SUMMARY, '`2.0,`0.0,`0.00,`2.0,`0.04']],
    ['summary', 4, [HEADER, ROW, SUMMARY, '`1.0,`0.0,`0.00,`1.0,`0.03']],
    ['summary', 4, [HEADER, ROW, SUMMARY]],
    ['summary', 5, [HEADER, ROW, ROW, SUMMARY, SUM]],
    ['amount', 2, [HEADER, ROW.replace('`0.02', '`0.025'), SUMMARY, SUM]],
    ['amount', 2, [HEADER, ROW.replace('`0.02', '`-0.02'), SUMMARY, SUM]],
    ['direction', 2, [HEADER, ROW.replace('`支出', '`-'), SUMMARY, SUM]],
    ['time', 2, [HEADER, ROW.replace('2018-02-01 04:21:23', '43132.18'), SUMMARY, SUM]],
    ['cells', 2, [HEADER, ROW.slice(0, 80), SUMMARY, SUM]],
    ['unknown_form', 0, ['re_openid,total_amount', 'o1,1.00']],
    ['unknown_form', 0, ['']],
  ] as const)('is refused for its %s in line %i', (fault, line, lines) => {
    expect(() => readBill(lines.join('\r\n'))).toThrow(new BillError(fault, line))
  })

  it('of any rows is read to the fen, and its own sums hold it', () => {
    const row = fc.record({ fen: fc.integer({ min: 0, max: 10 ** 9 }), sign: fc.constantFrom('支出', '收入') })
    fc.assert(
      fc.property(fc.array(row), (all) => {
        const yuan = (fen: number) => `${Math.trunc(fen / 100)}.${String(fen % 100).padStart(2, '0')}`
        const of = (sign: string) => all.filter((one) => one.sign === sign)
        const sum = (some: typeof all) => yuan(some.reduce((total, { fen }) => total + fen, 0))
        const lines = all.map(({ fen, sign }, i) => {
          return `\`2026-11-24 11:22:05,\`L${i},\`F${i},\`a,\`b,\`${sign},\`${yuan(fen)},\`0.00,\`s,\`r,\`V${i}`
        })
        const [income, expense] = [of('收入'), of('支出')]
        const counts = [`${all.length}.0`, `${income.length}.0`, sum(income), `${expense.length}.0`, sum(expense)]
        const bill = readBill([HEADER, ...lines, SUMMARY, counts.map((one) => `\`${one}`).join(',')].join('\r\n'))
        expect(bill).toMatchObject({
          is_whole: true,
          movements: all.map(({ fen, sign }, i) => {
            return { fen, direction: sign === '支出' ? 'out' : 'in', voucher: `V${i}`, listid: `L${i}` }
          }),
        })
      }),
      { numRuns: 100 },
    )
  })
})

describe('an export of red packet records', () => {
  const lines = [
    '商户订单号,红包金额(元),红包状态,失败原因',
    "'RP5c474dd8e2aa136e58867af3,1.88,已领取,",
    "'SHOP1,2.00,过期未领退款,",
    "'SHOP2,3.00,发放失败,金额",
  ]
  it('is read in GBK, without the apostrophes', () => {
    expect(read(gbk(lines.join('\r\n')))).toEqual({
      kind: 'export',
      packets: [
        { mch_billno: 'RP5c474dd8e2aa136e58867af3', fen: 188, state: '已领取', reason: '' },
        { mch_billno: 'SHOP1', fen: 200, state: '过期未领退款', reason: '' },
        { mch_billno: 'SHOP2', fen: 300, state: '发放失败', reason: '金额' },
      ],
    })
  })
})

describe('an amount', () => {
  it.each([
    ['0.02', 2],
    ['1', 100],
    ['1.8', 180],
    ['999999999.99', 99_999_999_999],
    ['-0.50', -50],
    ['1.005', undefined],
    ['1,000.00', undefined],
    ['1e2', undefined],
    ['', undefined],
  ])('%j is %s fen', (text, fen) => {
    expect(fenOf(text)).toBe(fen)
  })
})
