// What the comparison found: for people, as CSV and as JSON.
import { stringify } from 'csv-stringify/sync'
import { cellsOf, wrapCells } from '../cells.ts'
import type { Context } from '../context.ts'
import { BYTE_ORDER_MARK, guarded } from '../csv.ts'
import { mark } from '../terminal.ts'
import { count, yuan } from '../yuan.ts'
import type { Comparison, Finding } from './compare.ts'

/** Lines that a person reads of one kind; --csv and --json have all. */
const SHOWN = 50
const COLUMNS_DEFAULT = 80

export function isEqual({ differences, undecided }: Comparison): boolean {
  return differences.length === 0 && undecided.length === 0
}

export function tell(found: Comparison, days: readonly string[], csv: boolean, context: Context): void {
  const { differences, undecided, returned, bill, records, other } = found
  const sides = { bill, records, difference_fen: bill.debits.fen - records.debits.fen, other }
  const data = { equal: isEqual(found), days, ...sides, differences, undecided, returned }
  if (csv) context.terminal.out(csvOf([...differences, ...undecided, ...returned]))
  else context.print(data, context.json ? '' : textOf(found, context))
}

function textOf(found: Comparison, context: Context): string {
  const { m, terminal } = context
  const { bill, records, other } = found
  const sign = isEqual(found) ? 'good' : found.differences.length > 0 ? 'bad' : 'doubt'
  const debits = (sum: { count: number; fen: number }) => m.reconcile.debits(count(sum.count), yuan(sum.fen))
  const head = [
    `${mark(terminal, sign)} ${isEqual(found) ? m.reconcile.equal : m.reconcile.notEqual(signed(bill.debits.fen - records.debits.fen))}`,
    `  ${m.reconcile.bill}  ${debits(bill.debits)}`,
    `  ${m.reconcile.records}  ${debits(records.debits)}`,
    `  ${m.reconcile.cameBack(count(bill.returns.count), yuan(bill.returns.fen))}`,
    ...(other.count > 0 ? [`  ${m.reconcile.other(count(other.count), yuan(other.out_fen), yuan(other.in_fen))}`] : []),
  ]
  const kinds = Map.groupBy(
    [...found.differences, ...found.undecided, ...found.returned] as Finding[],
    ({ kind }) => kind,
  )
  const width = terminal.columns ?? COLUMNS_DEFAULT
  const sections = [...kinds].map(([kind, some]) => section(kind, some, context))
  return [head.join('\n'), ...sections].map((text) => wrapCells(text, width)).join('\n\n')
}

function section(kind: Finding['kind'], some: readonly Finding[], { m }: Context): string {
  const rows = some.slice(0, SHOWN).map(({ mch_billno, record_fen, bill_fen, at, record }) => {
    return [
      mch_billno || '–',
      amount(record_fen),
      amount(bill_fen),
      at.slice(0, 16) || (record ? m.outcomes[record.outcome] : ''),
    ]
  })
  const more = some.length > SHOWN ? [m.reconcile.more(count(some.length - SHOWN))] : []
  return [
    m.reconcile.title(m.reconcile.kinds[kind], count(some.length)),
    ...(some.some(({ mch_billno }) => mch_billno !== '') ? aligned([[...m.reconcile.head], ...rows]) : []),
    ...more,
  ].join('\n')
}

function amount(fen: number | null): string {
  return fen === null ? '–' : yuan(fen)
}

/** 2.00 more or less than the records. */
function signed(fen: number): string {
  return `${fen < 0 ? '-' : '+'}${yuan(Math.abs(fen))}`
}

/** Amounts to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => cellsOf(row[i] ?? ''))))
  return rows.map((row) => {
    const cells = row.map((cell, i) => {
      const pad = ' '.repeat((widths[i] ?? 0) - cellsOf(cell))
      return i === 1 || i === 2 ? pad + cell : cell + pad
    })
    return `  ${cells.join('  ')}`.trimEnd()
  })
}

function csvOf(findings: readonly Finding[]): string {
  const head = ['finding', 'mch_billno', 'send_listid', 'record_yuan', 'bill_yuan', 'bill_time', 'outcome', 'status']
  const rows = findings.map(({ kind, mch_billno, record, record_fen, bill_fen, at }) => [
    ...[kind, guarded(mch_billno), guarded(record?.result?.send_listid ?? ''), plain(record_fen), plain(bill_fen)],
    ...[at && `${at}+08:00`, record?.outcome ?? '', record?.status ?? ''],
    ...[record?.re_openid, record?.act_name, record?.id, record?.idempotency_key].map((text) => guarded(text ?? '')),
  ])
  return BYTE_ORDER_MARK + stringify([[...head, 're_openid', 'act_name', 'id', 'idempotency_key'], ...rows])
}

function plain(fen: number | null): string {
  return fen === null ? '' : `${Math.trunc(fen / 100)}.${String(fen % 100).padStart(2, '0')}`
}
