// redpack list with a filter: records of the mirror, newest first.
import { stringify } from 'csv-stringify/sync'
import type { Context } from '../context.ts'
import { BYTE_ORDER_MARK } from '../csv.ts'
import type { Filter } from '../mirror/filter.ts'
import type { Kept, Store } from '../mirror/store.ts'
import { jsonOf } from '../printable.ts'
import { COLUMNS, cells, tableOf } from './print.ts'

export type Shown = { limit?: number; offset?: number; all?: true; csv?: true }

const LIMIT = 20
/** Rows that one table holds: its columns are as wide as their widest cell. */
const TABLE_ROWS = 1000

export function chosen(store: Store, filter: Filter, shown: Shown, context: Context): void {
  const { terminal, json, m, note } = context
  const { limit = LIMIT, offset = 0, all, csv } = shown
  const total = store.count(filter)
  const records = all ? store.each(filter) : store.select(filter, limit, offset)
  let count = 0
  if (csv) terminal.out(BYTE_ORDER_MARK + stringify([COLUMNS]))
  if (json) terminal.out('{"objects":[')
  for (const some of tables(records)) {
    if (terminal.closed?.()) return
    if (csv) terminal.out(stringify(some.map((record) => cells(record, terminal))))
    else if (json) terminal.out(some.map((one, i) => `${count + i > 0 ? ',' : ''}\n${jsonOf(one, 0)}`).join(''))
    else context.print(undefined, tableOf(some, context))
    count += some.length
  }
  if (json) terminal.out(`\n],"total_count":${total}}\n`)
  else if (!csv) note(total === 0 ? m.list.noneChosen : m.list.chosen(count, total))
}

function* tables(records: Iterable<Kept>): Generator<Kept[]> {
  let some: Kept[] = []
  for (const record of records) {
    if (some.push(record) < TABLE_ROWS) continue
    yield some
    some = []
  }
  if (some.length > 0) yield some
}
