// redpack report: the sums as a table that fits the terminal, as blocks if it does not, as CSV or as JSON.
import { stringify } from 'csv-stringify/sync'
import { cellsOf, fitted } from '../cells.ts'
import type { Context } from '../context.ts'
import { BYTE_ORDER_MARK, guarded } from '../csv.ts'
import type { Filter } from '../mirror/filter.ts'
import type { Mirror } from '../mirror/mirror.ts'
import { printable } from '../printable.ts'
import { when } from '../when.ts'
import { count, yuan } from '../yuan.ts'
import { campaignNames } from './names.ts'
import { type Group, type Grouping, groupsOf, type Sum, TOLD, type Told, totalOf } from './sums.ts'

/** As wide as an id. */
const NAME_CELLS = 24
const COLUMNS_DEFAULT = 80
const GAP = 2

export type ReportOptions = { by: Grouping; csv?: true }

type Names = ReadonlyMap<string, string>

export async function report(
  { by, csv }: ReportOptions,
  filter: Filter,
  { store, service, as_of }: Mirror,
  context: Context,
): Promise<void> {
  const { m, json, terminal } = context
  const groups = by === 'total' ? [] : groupsOf(store, by, filter)
  const names: Names =
    by === 'campaign'
      ? await campaignNames(
          service,
          groups.map(({ name }) => name),
        )
      : new Map()
  const total = totalOf(store, filter)
  const data = {
    by,
    as_of,
    total: plain(total),
    groups: groups.map((group) => ({
      ...plain(group),
      ...(by === 'campaign' && { campaign: names.get(group.name) ?? null }),
    })),
  }
  if (csv) terminal.out(csvOf(by, groups, total, names))
  else context.print(data, json ? '' : textOf(by, named(groups, names), total, context))
  if (!csv) context.note(m.report.asOf(when(as_of)))
}

/** For people: a campaign by its name, if that is known. */
function named(groups: readonly Group[], names: Names): Group[] {
  return groups.map((group) => ({ ...group, name: names.get(group.name) ?? group.name }))
}

function textOf(by: Grouping, groups: readonly Group[], total: Group, context: Context): string {
  const { m } = context
  const notes = [total.partly.count > 0 ? m.report.partly(count(total.partly.count), yuan(total.partly.fen)) : '']
  const parts = [tables(by, groups, total, context) ?? blocks(by, groups, total, context), reasonsOf(total, context)]
  return [...parts, ...notes].filter(Boolean).join('\n\n')
}

/** Counts and yuan side by side for each group, if every line fits. */
function tables(by: Grouping, groups: readonly Group[], total: Group, { m, terminal }: Context): string | undefined {
  if (by === 'total') return undefined
  const all = [...groups, total]
  // What is zero everywhere says nothing.
  const told = TOLD.filter((name) => name === 'sent' || all.some(({ sums }) => sums[name].count > 0))
  const name = (group: Group) => (group === total ? m.report.total : nameOf(by, group, m))
  const lines = (value: (sum: Sum) => string, unit: string) => [
    [m.report.in(m.report.groupings[by], unit), ...told.map((one) => m.report.told[one])],
    ...all.map((group) => [fitted(name(group), NAME_CELLS), ...told.map((one) => value(group.sums[one]))]),
  ]
  const both = [lines((sum) => count(sum.count), m.report.count), lines((sum) => yuan(sum.fen), m.yuan)]
  const text = both.map(aligned).join('\n\n')
  const widest = Math.max(...text.split('\n').map(cellsOf))
  return widest <= (terminal.columns ?? COLUMNS_DEFAULT) ? text : undefined
}

function blocks(by: Grouping, groups: readonly Group[], total: Group, { m }: Context): string {
  const block = (title: string, { sums }: Group) =>
    aligned([
      [title, m.report.count, m.yuan],
      ...TOLD.map((name) => [`  ${m.report.told[name]}`, count(sums[name].count), yuan(sums[name].fen)]),
    ])
  return [...groups.map((group) => block(nameOf(by, group, m), group)), block(m.report.total, total)].join('\n\n')
}

function reasonsOf({ reasons }: Group, { m }: Context): string {
  if (reasons.length === 0) return ''
  const rows = reasons.map(({ err_code, ...sum }) => [
    `  ${printable(err_code || '–')}`,
    count(sum.count),
    yuan(sum.fen),
  ])
  return aligned([[m.report.reasons, m.report.count, m.yuan], ...rows])
}

function nameOf(by: Grouping, { name }: Group, m: Context['m']): string {
  return printable(name) || (by === 'campaign' ? m.report.noCampaign : '–')
}

/** Columns as wide as their widest cell; all but the first to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => cellsOf(row[i] ?? ''))))
  const line = (row: readonly string[]) =>
    row.map((cell, i) => {
      const pad = ' '.repeat(Math.max(0, (widths[i] ?? 0) - cellsOf(cell)))
      return i === 0 ? cell + pad : pad + cell
    })
  return rows.map((row) => line(row).join(' '.repeat(GAP)).trimEnd()).join('\n')
}

/** The last row is the whole, named `total`. */
function csvOf(by: Grouping, groups: readonly Group[], total: Group, names: Names): string {
  const nameOfCampaign = (name: string) => (by === 'campaign' ? [guarded(names.get(name) ?? '')] : [])
  const head = [
    by,
    ...(by === 'campaign' ? ['campaign_name'] : []),
    ...TOLD.flatMap((name) => [`${name}_count`, `${name}_yuan`]),
    'refused_by',
  ]
  const row = (name: string, { sums, reasons }: Group) => [
    guarded(name),
    ...nameOfCampaign(name),
    ...TOLD.flatMap((one) => [String(sums[one].count), plainYuan(sums[one])]),
    guarded(reasons.map((one) => `${one.err_code || '-'} ${one.count} ${plainYuan(one)}`).join('; ')),
  ]
  return BYTE_ORDER_MARK + stringify([head, ...groups.map((one) => row(one.name, one)), row('total', total)])
}

/** For programs: fen are whole, and yuan a text that no float has touched. */
function plain({ name, sums, reasons, partly }: Group) {
  const sum = (one: Sum) => ({ count: one.count, fen: one.fen, yuan: plainYuan(one) })
  const told = Object.fromEntries(TOLD.map((one: Told) => [one, sum(sums[one])]))
  const refused_by = reasons.map(({ err_code, ...one }) => ({ err_code, ...sum(one) }))
  return { name, ...told, refused_by, refunded_in_part: sum(partly) }
}

function plainYuan({ fen }: Sum): string {
  return `${Math.trunc(fen / 100)}.${String(fen % 100).padStart(2, '0')}`
}
