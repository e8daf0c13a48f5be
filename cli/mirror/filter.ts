// Which records are meant: what the flags of list, find and report say, as a condition of SQL.
import type { SQLInputValue } from 'node:sqlite'
import type { RedPackRecord } from '../../client/src/index.ts'
import { KIND, type Kind } from './kinds.ts'

export type Filter = {
  /** Created from here, Unix seconds. */
  readonly from_s?: number | undefined
  /** Created before this. */
  readonly to_s?: number | undefined
  readonly outcome?: RedPackRecord['outcome'] | undefined
  readonly status?: string | undefined
  /** Whole, or its end. */
  readonly openid?: string | undefined
  readonly activity?: string | undefined
  readonly gateway_type?: string | undefined
  readonly id?: string | undefined
  readonly send_listid?: string | undefined
  readonly idempotency_key?: string | undefined
  /** What an idempotency key begins with. */
  readonly key_prefix?: string | undefined
  /** A name of a campaign's file, whole or a part of it, as `plainName` makes it. */
  readonly name?: string | undefined
  readonly name_part?: string | undefined
  readonly kind?: Kind | undefined
  /** True: whose outcome is open. False: all others. */
  readonly undecided?: boolean | undefined
  /** At least one of these; none of an empty list. */
  readonly any?: readonly Filter[] | undefined
}

/** Keys of rows are campaign/ID/ROW/ATTEMPT, and 0 is the character behind the slash. */
const namedBy = (condition: string) => `id IN (
  SELECT r.id FROM names n JOIN records r
    ON r.idempotency_key >= 'campaign/' || n.campaign || '/' || n.row || '/'
   AND r.idempotency_key < 'campaign/' || n.campaign || '/' || n.row || '0'
 WHERE ${condition})`

/** WHERE and its values; empty for no condition. */
export function whereOf(filter: Filter): { where: string; values: SQLInputValue[] } {
  const { from_s, to_s, openid, key_prefix, undecided, any } = filter
  const ways = any?.map(whereOf).filter(({ where }) => where !== '')
  const terms: [sql: string, ...values: (SQLInputValue | undefined)[]][] = [
    ['created_at >= ?', from_s],
    ['created_at < ?', to_s],
    ['outcome = ?', filter.outcome],
    ['status = ?', filter.status],
    ['act_name = ?', filter.activity],
    ['gateway_type = ?', filter.gateway_type],
    ['id = ?', filter.id],
    ['send_listid = ?', filter.send_listid],
    ['idempotency_key = ?', filter.idempotency_key],
    ['substr(re_openid, -length(?)) = ?', openid, openid],
    [namedBy('n.plain = ?'), filter.name],
    [namedBy('instr(n.plain, ?) > 0'), filter.name_part],
    // As a range, so that the index serves it; every key is ASCII.
    ['idempotency_key >= ? AND idempotency_key < ?', key_prefix, key_prefix && `${key_prefix}\u{10ffff}`],
    [`${KIND} = ?`, filter.kind],
    // All of them are open, and of the open ones there is an index.
    ["is_open = ? AND outcome NOT IN ('sent', 'refused')", undecided ? 1 : undefined],
    ["outcome IN (?, 'refused')", undecided === false ? 'sent' : undefined],
  ]
  const given = terms.filter(([, value]) => value !== undefined)
  const all = [...given.map(([sql]) => sql), ...(ways ? [anyOf(ways.map(({ where }) => where))] : [])]
  if (all.length === 0) return { where: '', values: [] }
  return {
    where: `WHERE ${all.join(' AND ')}`,
    values: [
      ...given.flatMap(([, ...values]) => values.filter((value) => value !== undefined)),
      ...(ways ?? []).flatMap(({ values }) => values),
    ],
  }
}

function anyOf(wheres: readonly string[]): string {
  if (wheres.length === 0) return 'FALSE'
  return `(${wheres.map((where) => `(${where.replace(/^WHERE /, '')})`).join(' OR ')})`
}
