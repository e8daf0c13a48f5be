// The table of packets: filters and search over the mirror, those whose outcome is open first; the same as a CSV file.
import { stringify } from 'csv-stringify/sync'
import * as v from 'valibot'
import type { Context } from '../context.ts'
import { BYTE_ORDER_MARK } from '../csv.ts'
import { fromOf, toOf } from '../days.ts'
import { meaningsOf } from '../find/meanings.ts'
import { COLUMNS, cells } from '../list/print.ts'
import type { Filter } from '../mirror/filter.ts'
import { KINDS, type Kind, kindOf } from '../mirror/kinds.ts'
import { type Kept, plainName, type Store } from '../mirror/store.ts'
import { printable } from '../printable.ts'
import { groupsOf, repeatedOf, type Sum } from '../report/sums.ts'
import { minuteOf } from '../when.ts'
import { type Desk, Problem } from './desk.ts'

const PAGE_MAX = 200
/** More are for `redpack list --csv`, which does not hold all of them. */
const EXPORT_MAX = 50_000
/** Activities that are offered to choose from. */
const ACTIVITIES_MAX = 200

/** Characters of a name's part: one is in too many. */
const NAME_PART_MIN = 2
const NONE: Sum = { count: 0, fen: 0 }

const Day = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/))
const Text = v.pipe(v.string(), v.maxLength(200))
const Whole = (most: number) =>
  v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number), v.number(), v.maxValue(most))

/** What may stand in the query of the table and of the export. Empty ones are none. */
const Query = v.strictObject({
  lang: v.optional(v.string()),
  q: v.optional(Text),
  kind: v.optional(v.picklist(['', 'sent', ...KINDS])),
  activity: v.optional(Text),
  campaign: v.optional(v.pipe(v.string(), v.regex(/^([0-9a-f]{24})?$/))),
  from: v.optional(v.union([Day, v.literal('')])),
  to: v.optional(v.union([Day, v.literal('')])),
  limit: v.optional(v.pipe(Whole(PAGE_MAX), v.minValue(1)), '50'),
  offset: v.optional(Whole(100_000_000), '0'),
})

export type PacketRow = {
  readonly id: string
  readonly at: string
  readonly kind: Kind
  readonly outcome: Kept['outcome']
  readonly yuan: string
  readonly shares: number
  readonly re_openid: string
  readonly act_name: string
  readonly err_code: string | null
}

export type Packets = {
  readonly objects: readonly PacketRow[]
  readonly total: { readonly count: number; readonly fen: number }
  /** Refusals among them that their campaign has tried again: the overview counts the last attempt only. */
  readonly repeated: number
  readonly offset: number
  readonly limit: number
  readonly export_max: number
}

export function packetsOf({ store }: Desk, query: Record<string, string>, context: Context): Packets {
  const { limit, offset, ...wanted } = parse(query, context)
  const filter = filterOf(wanted, store, context)
  const records = pageOf(store, filter, limit, offset)
  const [total = NONE] = store.sums<Sum>('SELECT count(*) AS count, coalesce(sum(fen), 0) AS fen FROM chosen', filter)
  const repeated = repeatedOf(store, filter)
  return { objects: records.map(rowOf), total, repeated, offset, limit, export_max: EXPORT_MAX }
}

/** The newest of those whose outcome is open, then the newest of the others. */
function pageOf(store: Store, filter: Filter, limit: number, offset: number): Kept[] {
  const found: Kept[] = []
  let skip = offset
  for (const part of partsOf(filter)) {
    const some = store.select(part, limit - found.length, skip)
    found.push(...some)
    if (found.length === limit) break
    skip = some.length > 0 ? 0 : Math.max(0, skip - store.count(part))
  }
  return found
}

function partsOf(filter: Filter): Filter[] {
  return filter.undecided === undefined ? [true, false].map((undecided) => ({ ...filter, undecided })) : [filter]
}

export function activitiesOf({ store }: Desk): string[] {
  const size = ({ sums }: ReturnType<typeof groupsOf>[number]) =>
    sums.sent.count + sums.refused.count + sums.unknown.count
  const groups = groupsOf(store, 'activity', {}).sort((a, b) => size(b) - size(a))
  return groups.slice(0, ACTIVITIES_MAX).map(({ name }) => name)
}

/** @throws Problem if there are more than may be held at once */
export function exportOf({ store }: Desk, query: Record<string, string>, context: Context): string {
  const { limit: _, offset: __, ...wanted } = parse(query, context)
  const filter = filterOf(wanted, store, context)
  if (store.count(filter) > EXPORT_MAX) throw new Problem(413, 'too_many', context.m.console.tooMany(EXPORT_MAX))
  const records = partsOf(filter).flatMap((part) => [...store.each(part)])
  // A spreadsheet reads it, not a terminal: texts stay as they are.
  const rows = records.map((record) => cells(record, { ...context.terminal, tty: false }))
  return BYTE_ORDER_MARK + stringify([COLUMNS, ...rows])
}

type Query = v.InferOutput<typeof Query>

function parse(query: Record<string, string>, { m }: Context): Query {
  const parsed = v.safeParse(Query, query)
  if (parsed.success) return parsed.output
  const name = String(parsed.issues[0].path?.[0]?.key ?? '')
  throw new Problem(400, 'invalid_parameters', m.console.badFilter(name))
}

function filterOf(wanted: Omit<Query, 'limit' | 'offset'>, store: Store, { m }: Context): Filter {
  const { q, kind, activity, campaign, from, to } = wanted
  const text = q?.trim()
  const [any] = text ? store.select({}, 1) : []
  if (from && to && from > to) throw new Problem(400, 'invalid_parameters', m.mirror.emptySpan)
  try {
    return {
      from_s: from ? fromOf(from) : undefined,
      to_s: to ? toOf(to) : undefined,
      ...filterOfKind(kind),
      activity: activity || undefined,
      key_prefix: campaign ? `campaign/${campaign}/` : undefined,
      ...(text && { any: [...meaningsOf(text, any?.miniapp_id), { activity: text }, ...namesOf(text)] }),
    }
  } catch {
    throw new Problem(400, 'invalid_parameters', m.console.badFilter('from, to'))
  }
}

function filterOfKind(kind: Query['kind']): Filter {
  if (!kind) return {}
  if (kind === 'sent') return { outcome: 'sent' }
  // The same, and served by the index of what is open.
  return kind === 'unknown' ? { undecided: true } : { kind }
}

/** A name of a campaign's file, or a part of it. */
function namesOf(text: string): Filter[] {
  const name_part = plainName(text)
  return name_part.length < NAME_PART_MIN ? [{ name: name_part }] : [{ name_part }]
}

function rowOf(record: Kept): PacketRow {
  const { id, created_at, outcome, total_amount, total_num, re_openid, act_name, result } = record
  return {
    ...{ id, kind: kindOf(record), outcome, at: minuteOf(created_at), shares: total_num },
    ...{ yuan: total_amount.toFixed(2), re_openid: printable(re_openid), act_name: printable(act_name) },
    err_code: result?.err_code ? printable(result.err_code) : null,
  }
}
