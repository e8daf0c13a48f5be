// The whole file before anything is sent: what is wrong with it, how much it comes to, what of it is done already.
import type { Context } from '../context.ts'
import type { Doubt } from '../limits.ts'
import type { Journal } from './journal.ts'
import { type BadRow, type Batch, type Row, rows } from './rows.ts'

/** `fen` and `rows` of all rows; `done` of those that an earlier run brought to an end. */
export type Checked = {
  rows: number
  fen: number
  done: { rows: number; fen: number }
  bad: number
  /** Rows that WeChat may refuse though the service takes them, and the first one's line. */
  doubtful: Record<Doubt, { rows: number; line: number }>
}

/** More rows than this are several batches: the keys of all are held, to find receivers that stand there twice. */
const ROWS_MAX = 200_000

/** Reads the file once. `onBad` hears of each bad row as it is found, `onGood` of each other. @throws CliError, as rows() does */
export async function check(
  batch: Batch,
  journal: Journal,
  context: Context,
  onBad: (row: BadRow) => void,
  onGood: (row: Row, done: boolean) => void = () => {},
): Promise<Checked> {
  const checked: Checked = {
    rows: 0,
    fen: 0,
    done: { rows: 0, fen: 0 },
    bad: 0,
    doubtful: { scene: { rows: 0, line: 0 }, bytes: { rows: 0, line: 0 } },
  }
  const seen = new Map<string, number>()
  for await (const row of rows(batch, context)) {
    const faults = 'faults' in row ? row.faults : wrongAmongOthers(row, seen, context)
    checked.rows += 1
    if (faults.length > 0 || 'faults' in row) {
      checked.bad += 1
      onBad({ line: row.line, faults })
    } else {
      onGood(row, add(checked, row, journal))
    }
  }
  return checked
}

/** @returns whether an earlier run brought the row to an end */
function add(checked: Checked, row: Row, journal: Journal): boolean {
  checked.fen += row.fen
  const done = journal.final(row) !== undefined
  if (done) {
    checked.done.rows += 1
    checked.done.fen += row.fen
  }
  for (const doubt of new Set(row.doubts)) {
    const { rows, line } = checked.doubtful[doubt]
    checked.doubtful[doubt] = { rows: rows + 1, line: line || row.line }
  }
  return done
}

function wrongAmongOthers({ key, line }: Row, seen: Map<string, number>, { m }: Context): string[] {
  const first = seen.get(key)
  if (first !== undefined) return [m.batch.twice(first)]
  if (seen.size >= ROWS_MAX) return [m.batch.tooMany(ROWS_MAX)]
  seen.set(key, line)
  return []
}
