// The whole file before anything is sent: what is wrong with it, how much it comes to, what of it is done already.
import type { Context } from '../context.ts'
import type { Journal } from './journal.ts'
import { type BadRow, type Batch, type Row, rows } from './rows.ts'

/** `fen` and `rows` of all rows; `done` of those that an earlier run brought to an end. */
export type Checked = {
  rows: number
  fen: number
  done: { rows: number; fen: number }
  bad: number
  /** Rows that WeChat is known to refuse though the service takes them, and the first one's line. */
  doubtful: Record<Doubt, { rows: number; line: number }>
}

/** scene: an amount that needs a scene_id. bytes: a name that is short in characters and too long in UTF-8. */
const DOUBTS = ['scene', 'bytes'] as const
export type Doubt = (typeof DOUBTS)[number]

/** More rows than this are several batches: the keys of all are held, to find receivers that stand there twice. */
export const ROWS_MAX = 200_000

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
  for (const doubt of doubtsOf(row)) {
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

/** 发放红包接口: scene_id is needed above 200 yuan and below 1 yuan; act_name and send_name are under 32 bytes. */
function doubtsOf({ params, fen }: Row): Doubt[] {
  const each_fen = fen / params.total_num
  const bytes = Math.max(Buffer.byteLength(params.send_name), Buffer.byteLength(params.act_name))
  const found = { scene: !params.scene_id && (each_fen > 20_000 || each_fen < 100), bytes: bytes >= 32 }
  return DOUBTS.filter((doubt) => found[doubt])
}
