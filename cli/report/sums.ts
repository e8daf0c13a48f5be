// Counts and amounts by what became of the packets: integer fen, added up by SQLite.
import type { Filter } from '../mirror/filter.ts'
import { KIND, KINDS, type Kind } from '../mirror/kinds.ts'
import type { Store } from '../mirror/store.ts'

export const GROUPINGS = ['total', 'day', 'month', 'activity', 'account', 'campaign'] as const
export type Grouping = (typeof GROUPINGS)[number]

export type Sum = { readonly count: number; readonly fen: number }

/** What is told of a group, in the order in which it is told; `net` is what was sent and has not come back. */
export const TOLD = [
  'sent',
  'waiting',
  'received',
  'refunding',
  'refunded',
  'failed',
  'net',
  'refused',
  'unknown',
] as const
export type Told = (typeof TOLD)[number]

export type Group = {
  /** The day or month in Beijing, the activity, the official account or the campaign's id; '' for none, and for the whole. */
  readonly name: string
  readonly sums: Readonly<Record<Told, Sum>>
  /** Refusals by WeChat's code, the most frequent first. */
  readonly reasons: readonly (Sum & { readonly err_code: string })[]
  /** Group packets among `refunded`: what receivers took of them before is not in a record. */
  readonly partly: Sum
}

const KEYS: Readonly<Record<Grouping, string>> = {
  total: "''",
  day: "strftime('%Y-%m-%d', created_at + 28800, 'unixepoch')",
  month: "strftime('%Y-%m', created_at + 28800, 'unixepoch')",
  activity: 'act_name',
  account: 'official_account_id',
  campaign: "CASE WHEN idempotency_key GLOB 'campaign/*/*' THEN substr(idempotency_key, 10, 24) ELSE '' END",
}

type Row = Sum & { name: string; kind: Kind; err_code: string; is_group: number }

const NONE: Sum = { count: 0, fen: 0 }

/** The key of the attempt after a record's, of a campaign's row: campaign/<24 hex>/<row>/<attempt>. */
const ROW_AND_ATTEMPT = 'substr(idempotency_key, 35)'
const NEXT_ATTEMPT = `substr(idempotency_key, 1, 34 + instr(${ROW_AND_ATTEMPT}, '/'))
  || (CAST(substr(${ROW_AND_ATTEMPT}, instr(${ROW_AND_ATTEMPT}, '/') + 1) AS INTEGER) + 1)`
/** A row that was tried again counts once, with its last attempt: the refusals before it are records, and no row's end. */
const IS_LAST = `NOT (outcome = 'refused' AND idempotency_key GLOB 'campaign/*/*/*' AND ${NEXT_ATTEMPT} IN (
  SELECT idempotency_key FROM chosen WHERE idempotency_key GLOB 'campaign/*/*/*' AND idempotency_key NOT GLOB '*/1'))`

/** How many refusals of campaigns' rows were followed by another attempt, in or outside of what is chosen: sums leave them out. */
export function repeatedOf(store: Pick<Store, 'sums'>, filter: Filter): number {
  const sql = `SELECT count(*) AS count, 0 AS fen FROM chosen WHERE outcome = 'refused'
    AND idempotency_key GLOB 'campaign/*/*/*' AND EXISTS (
      SELECT 1 FROM records AS next WHERE next.idempotency_key = ${NEXT_ATTEMPT.replaceAll('idempotency_key', 'chosen.idempotency_key')})`
  return store.sums<Sum>(sql, filter)[0]?.count ?? 0
}

/** One group for each name, in the order of the names. */
export function groupsOf(store: Pick<Store, 'sums'>, grouping: Grouping, filter: Filter): Group[] {
  const sql = `
    SELECT ${KEYS[grouping]} AS name, ${KIND} AS kind, type = 'fission' AS is_group,
      CASE WHEN outcome = 'refused' THEN coalesce(err_code, '') ELSE '' END AS err_code,
      count(*) AS count, sum(fen) AS fen
    FROM chosen WHERE ${IS_LAST} IS NOT 0 GROUP BY 1, 2, 3, 4 ORDER BY 1`
  const byName = Map.groupBy(store.sums<Row>(sql, filter), ({ name }) => name)
  return [...byName].map(([name, rows]) => groupOf(name, rows))
}

/** All groups together; the same as the one group of the whole. */
export function totalOf(store: Pick<Store, 'sums'>, filter: Filter): Group {
  return groupsOf(store, 'total', filter)[0] ?? groupOf('', [])
}

function groupOf(name: string, rows: readonly Row[]): Group {
  const sums = Object.fromEntries(
    KINDS.map((kind) => [kind, sumOf(rows.filter((row) => row.kind === kind))]),
  ) as Record<Kind, Sum>
  const { waiting, received, refunding, refunded, failed } = sums
  const sent = sumOf([waiting, received, refunding, refunded, failed])
  const net = sumOf([waiting, received, refunding])
  const refused = Map.groupBy(
    rows.filter(({ kind }) => kind === 'refused'),
    ({ err_code }) => err_code,
  )
  return {
    name,
    sums: { ...sums, sent, net },
    reasons: [...refused]
      .map(([err_code, some]) => ({ err_code, ...sumOf(some) }))
      .sort((a, b) => b.count - a.count || (a.err_code < b.err_code ? -1 : 1)),
    partly: sumOf(rows.filter(({ kind, is_group }) => kind === 'refunded' && is_group === 1)),
  }
}

function sumOf(parts: readonly Sum[]): Sum {
  return parts.reduce((sum, { count, fen }) => ({ count: sum.count + count, fen: sum.fen + fen }), NONE)
}
