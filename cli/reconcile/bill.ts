// Reads the merchant's fund bill (资金账单), and the portal's export of red packet records: columns by name, amounts in integer fen.
import { cellsOfLine, columnsOf, fenOf, linesOf } from './text.ts'

/** A row of the fund bill: money that went out of the account, or came in. */
export type Movement = {
  /** Beijing's: 2026-11-24 11:22:05. */
  readonly at: string
  readonly direction: 'out' | 'in'
  readonly fen: number
  /** 业务凭证号, the merchant's number. */
  readonly voucher: string
  /** 微信支付业务单号. */
  readonly listid: string
  /** 业务名称 and 业务类型: whatever WeChat calls it. */
  readonly words: string
}

/** A row of the portal's export. */
export type Packet = {
  readonly mch_billno: string
  readonly fen: number
  /** WeChat's words for what became of it. */
  readonly state: string
  readonly reason: string
}

export type Bill =
  | { readonly kind: 'fund'; readonly movements: readonly Movement[]; readonly is_whole: boolean }
  | { readonly kind: 'export'; readonly packets: readonly Packet[] }

/** What is wrong with a file, and in which line (from 1); 0: in none of them. */
export class BillError extends Error {
  override readonly name = 'BillError'
  readonly fault: 'unknown_form' | 'cells' | 'amount' | 'time' | 'direction' | 'summary'
  readonly line: number

  constructor(fault: BillError['fault'], line = 0) {
    super(`${fault} in line ${line}`)
    this.fault = fault
    this.line = line
  }
}

const FUND = ['记账时间', '微信支付业务单号', '业务名称', '业务类型', '收支类型', '收支金额(元)', '业务凭证号'] as const
const SUMMARY = ['资金流水总笔数', '收入笔数', '收入金额', '支出笔数', '支出金额'] as const
const EXPORT = ['商户订单号', '红包金额(元)', '红包状态'] as const
/** The portal puts a title above the columns. */
const HEAD_LINES = 20

/** @throws BillError */
export function readBill(text: string): Bill {
  const lines = linesOf(text)
  for (const [i, line] of lines.slice(0, HEAD_LINES).entries()) {
    const cells = cellsOfLine(line)
    const fund = columnsOf(cells, FUND)
    if (fund) return readFund(lines, i + 1, fund)
    const exported = columnsOf(cells, EXPORT)
    if (exported) return readExport(lines, i + 1, exported, cells.indexOf('失败原因'))
  }
  throw new BillError('unknown_form')
}

function readFund(lines: readonly string[], from: number, at: Record<(typeof FUND)[number], number>): Bill {
  const movements: Movement[] = []
  for (let i = from; i < lines.length; i += 1) {
    const line = lines[i] ?? ''
    if (line.trim() === '') continue
    const cells = cellsOfLine(line)
    const summary = columnsOf(cells, SUMMARY)
    if (summary) {
      assertSummary(movements, cellsOfLine(lines[i + 1] ?? ''), summary, i + 2)
      return { kind: 'fund', movements, is_whole: true }
    }
    movements.push(movementOf(cells, at, i + 1))
  }
  return { kind: 'fund', movements, is_whole: false }
}

function movementOf(cells: readonly string[], at: Record<(typeof FUND)[number], number>, line: number): Movement {
  const cell = (name: (typeof FUND)[number]) => cells[at[name]]
  const voucher = cell('业务凭证号')
  if (voucher === undefined) throw new BillError('cells', line)
  const fen = fenOf(cell('收支金额(元)') ?? '')
  if (fen === undefined || fen < 0) throw new BillError('amount', line)
  const direction = { 支出: 'out', 收入: 'in' }[cell('收支类型') ?? ''] as Movement['direction'] | undefined
  if (direction === undefined) throw new BillError('direction', line)
  const words = `${cell('业务名称')} ${cell('业务类型')}`
  return {
    at: timeOf(cell('记账时间') ?? '', line),
    direction,
    fen,
    voucher,
    listid: cell('微信支付业务单号') ?? '',
    words,
  }
}

/** WeChat's own form, or that of a spreadsheet that has saved the file again. */
function timeOf(text: string, line: number): string {
  const [, year, month, day, hour, rest] = /^(\d{4})[-/](\d\d?)[-/](\d\d?) (\d\d?)(:\d\d(?::\d\d)?)$/.exec(text) ?? []
  if (year === undefined || month === undefined || day === undefined) throw new BillError('time', line)
  const two = (digits = '') => digits.padStart(2, '0')
  return `${year}-${two(month)}-${two(day)} ${two(hour)}${rest}`
}

/** A file that was cut or edited does not add up. Counts come as 20.0. */
function assertSummary(
  movements: readonly Movement[],
  cells: readonly string[],
  at: Record<(typeof SUMMARY)[number], number>,
  line: number,
): void {
  const [income, expense] = (['in', 'out'] as const).map((direction) =>
    movements.filter((one) => one.direction === direction),
  )
  const sum = (some: readonly Movement[] = []) => some.reduce((total, { fen }) => total + fen, 0)
  const expected: Record<(typeof SUMMARY)[number], number> = {
    资金流水总笔数: movements.length,
    收入笔数: income?.length ?? 0,
    收入金额: sum(income),
    支出笔数: expense?.length ?? 0,
    支出金额: sum(expense),
  }
  const isRight = SUMMARY.every((name) => {
    const text = cells[at[name]] ?? ''
    return name.endsWith('金额') ? fenOf(text) === expected[name] : text !== '' && Number(text) === expected[name]
  })
  if (!isRight) throw new BillError('summary', line)
}

function readExport(
  lines: readonly string[],
  from: number,
  at: Record<(typeof EXPORT)[number], number>,
  reason_at: number,
): Bill {
  const packets: Packet[] = []
  for (let i = from; i < lines.length; i += 1) {
    if ((lines[i] ?? '').trim() === '') continue
    const cells = cellsOfLine(lines[i] ?? '')
    const state = cells[at.红包状态]
    if (state === undefined) throw new BillError('cells', i + 1)
    const fen = fenOf(cells[at['红包金额(元)']] ?? '')
    if (fen === undefined || fen < 0) throw new BillError('amount', i + 1)
    packets.push({ mch_billno: cells[at.商户订单号] ?? '', fen, state, reason: cells[reason_at] ?? '' })
  }
  return { kind: 'export', packets }
}
