// The whole list before anything is sent: what is wrong with it, how much it comes to, and what a person has to see of it.
import type { CampaignDefaults, CampaignRow, SendRedPackParams } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import type { Doubt } from '../limits.ts'
import type { Columns } from './header.ts'
import { type BadRow, type List, type Row, rowsOf } from './rows.ts'

/** What the service takes. */
const ROWS_MAX = 1_000_000
/** Different texts of a parameter that are counted. */
const TEXTS_MAX = 1_000
/** Bad rows that --json holds to tell; without it each is told as it is found. */
const BAD_MAX = 10_000
/** What the question shows. */
export const SHOWN = ['official_account_id', 'send_name', 'wishing'] as const
export type Shown = (typeof SHOWN)[number]

export type Amount = { readonly fen: number; readonly line: number }

export type Checked = {
  readonly rows: number
  readonly fen: number
  readonly columns: Columns
  readonly amounts: { readonly smallest: Amount; readonly middle: Amount; readonly largest: Amount }
  /** Different texts and how many rows have each; no more than TEXTS_MAX are told apart. */
  readonly texts: Readonly<Record<Shown, ReadonlyMap<string, number>>>
  /** Rows that WeChat may refuse though the service takes them, and the first one's line. */
  readonly doubtful: Readonly<Record<Doubt, { rows: number; line: number }>>
  /** What all rows have in common. */
  readonly defaults: CampaignDefaults
}

type Options = { readonly allow_repeats: boolean; onBad(row: BadRow): void }

/** Reads the list once. `onBad` hears of each bad row as it is found. @throws CliError if one is bad, or there is none */
export async function check(list: List, { allow_repeats, onBad }: Options, context: Context): Promise<Checked> {
  const { m } = context
  const found = new Found()
  const seen = allow_repeats ? undefined : new Map<string, number>()
  const bad: BadRow[] = []
  let [rows, bad_rows] = [0, 0]
  for await (const row of rowsOf(list, context, (columns) => found.setColumns(columns))) {
    rows += 1
    if (rows > ROWS_MAX) throw new CliError('too_many_rows', m.campaign.tooMany(ROWS_MAX))
    const faults = 'faults' in row ? row.faults : repeated(row, seen, context)
    if (faults.length === 0) {
      found.add(row as Row)
      continue
    }
    bad_rows += 1
    onBad({ line: row.line, faults })
    if (context.json && bad.length < BAD_MAX) bad.push({ line: row.line, faults })
  }
  if (bad_rows > 0) throw new CliError('bad_rows', m.campaign.bad(bad_rows, rows), undefined, { rows: bad })
  if (rows === 0) throw new CliError('empty_file', m.campaign.empty(list.source.file))
  return found.checked()
}

/** Twice the same receiver is more often a slip than meant. */
function repeated({ params, line }: Row, seen: Map<string, number> | undefined, { m }: Context): string[] {
  if (!seen) return []
  const who = `${params.official_account_id} ${params.re_openid}`
  const first = seen.get(who)
  if (first !== undefined) return [m.campaign.repeated(params.re_openid, first)]
  seen.set(who, line)
  return []
}

class Found {
  #columns: Columns = { at: new Map(), names: [], unused: [] }
  #fen = 0
  readonly #amounts: number[] = []
  readonly #lines: number[] = []
  readonly #texts = Object.fromEntries(SHOWN.map((name) => [name, new Map<string, number>()])) as Record<
    Shown,
    Map<string, number>
  >
  readonly #doubtful = { scene: { rows: 0, line: 0 }, bytes: { rows: 0, line: 0 } }
  #shared: Record<string, unknown> | undefined

  setColumns(columns: Columns): void {
    this.#columns = columns
  }

  add({ params, fen, line, doubts }: Row): void {
    this.#fen += fen
    this.#amounts.push(fen)
    this.#lines.push(line)
    for (const name of SHOWN) {
      const counts = this.#texts[name]
      const text = params[name]
      if (counts.has(text) || counts.size < TEXTS_MAX) counts.set(text, (counts.get(text) ?? 0) + 1)
    }
    for (const doubt of new Set(doubts)) {
      const { rows, line: first } = this.#doubtful[doubt]
      this.#doubtful[doubt] = { rows: rows + 1, line: first || line }
    }
    this.#shared ??= { ...params, re_openid: undefined }
    for (const [name, value] of Object.entries(this.#shared)) {
      if (params[name as keyof SendRedPackParams] !== value) delete this.#shared[name]
    }
  }

  checked(): Checked {
    const order = this.#amounts.map((_, i) => i).sort((a, b) => (this.#amounts[a] ?? 0) - (this.#amounts[b] ?? 0))
    const at = (place: number): Amount => {
      const i = order[place] ?? 0
      const fen = this.#amounts[i] ?? 0
      return { fen, line: this.#lines[i] ?? 0 }
    }
    const rows = order.length
    const largest = at(rows - 1)
    const first = this.#lines[this.#amounts.indexOf(largest.fen)] ?? largest.line
    return {
      rows,
      fen: this.#fen,
      columns: this.#columns,
      amounts: {
        smallest: at(0),
        middle: at(Math.floor((rows - 1) / 2)),
        largest: { fen: largest.fen, line: first },
      },
      texts: this.#texts,
      doubtful: this.#doubtful,
      defaults: this.#shared as CampaignDefaults,
    }
  }
}

/** The rows as they are uploaded: what is not in the defaults. @throws CliError if the file is another one by now */
export async function* uploads(list: List, { defaults }: Checked, context: Context): AsyncGenerator<CampaignRow> {
  for await (const row of rowsOf(list, context)) {
    if ('faults' in row) throw new CliError('file_changed', context.m.campaign.fileChanged)
    const own = Object.entries(row.params).filter(([name]) => !Object.hasOwn(defaults, name))
    yield Object.fromEntries(own) as CampaignRow
  }
  list.source.assertUnchanged()
}
