// What the mirror keeps: each record as the list gave it, the columns that are searched by, and how far it has come.
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { RedPackRecord, RedPackStatus } from '../../client/src/index.ts'
import { toFen } from '../../lib/redpack/money.ts'
import { type Filter, whereOf } from './filter.ts'

/** A record as the mirror has it: all but WeChat's raw answer, which `redpack get` shows. */
export type Kept = Omit<RedPackRecord, 'raw_result'>
/** A record and its place in the list, counted from the oldest. */
export type Placed = { readonly record: RedPackRecord; readonly position: number }
/** Places of the list, from `low` to before `high`. */
export type Range = { readonly low: number; readonly high: number }
/** A range that had fewer records than places, since when. */
export type Short = Range & { readonly since_s: number }

export type Store = ReturnType<typeof storeOver>

/** Another number means other tables: the file is then filled anew. */
const VERSION = 1

const TABLES = `
  CREATE TABLE records (
    id TEXT PRIMARY KEY, position INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    outcome TEXT NOT NULL, status TEXT, is_open INTEGER NOT NULL, fen INTEGER NOT NULL, type TEXT NOT NULL,
    re_openid TEXT NOT NULL, act_name TEXT NOT NULL, official_account_id TEXT NOT NULL, gateway_type TEXT NOT NULL,
    send_listid TEXT, idempotency_key TEXT, err_code TEXT, document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX by_created ON records (created_at);
  CREATE INDEX by_openid ON records (re_openid);
  CREATE INDEX by_listid ON records (send_listid) WHERE send_listid IS NOT NULL;
  CREATE INDEX by_key ON records (idempotency_key) WHERE idempotency_key IS NOT NULL;
  CREATE INDEX by_open ON records (created_at, id, position) WHERE is_open = 1;
  CREATE TABLE short (low INTEGER PRIMARY KEY, high INTEGER NOT NULL, since_s INTEGER NOT NULL) STRICT;
  CREATE TABLE answers (id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
  CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
`
/** Who stands in which row of a campaign's file: known to that file alone, so it is not dropped with the records. */
const NAMES = `
  CREATE TABLE IF NOT EXISTS names (
    campaign TEXT NOT NULL, row INTEGER NOT NULL, name TEXT NOT NULL, plain TEXT NOT NULL, PRIMARY KEY (campaign, row)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS names_by_plain ON names (plain);
  CREATE TABLE IF NOT EXISTS campaigns (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;
`
/** The key of each attempt of a campaign's row begins so. */
const ROW_KEY = /^campaign\/([0-9a-f]{24})\/(\d{1,7})\//
/** Rows of a name that are told. */
const NAMED_MAX = 20

export type Named = { readonly name: string; readonly campaign: string; readonly row: number }

/** As names are compared: without blanks, width and case. */
export function plainName(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, '')
}

/** A record that comes from an index that lags must not undo a newer one. */
const UPSERT = `
  INSERT INTO records (id, position, created_at, updated_at, outcome, status, is_open, fen, type, re_openid, act_name,
    official_account_id, gateway_type, send_listid, idempotency_key, err_code, document)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET
    position = excluded.position, updated_at = excluded.updated_at, outcome = excluded.outcome, status = excluded.status,
    is_open = excluded.is_open, re_openid = excluded.re_openid, act_name = excluded.act_name,
    send_listid = excluded.send_listid, idempotency_key = excluded.idempotency_key, err_code = excluded.err_code,
    document = excluded.document
  WHERE excluded.updated_at >= records.updated_at`

/** Statuses that nothing follows. */
const FINAL: ReadonlySet<string> = new Set(['RECEIVED', 'REFUND', 'FAILED'])

/** True while the service or WeChat may still change the record. */
export function isOpen({ outcome, status }: Pick<RedPackRecord, 'outcome' | 'status'>): boolean {
  return outcome === 'sent' ? !FINAL.has(status ?? '') : outcome !== 'refused'
}

/** Prepares the tables, and drops those of another version. */
export function storeOver(database: DatabaseSync) {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  prepare(database)
  const prepared = new Map<string, StatementSync>()
  const statement = (sql: string): StatementSync => {
    const known = prepared.get(sql) ?? database.prepare(sql)
    prepared.set(sql, known)
    return known
  }
  /** `T` is what the query selects: node:sqlite knows no types of its rows. */
  const rows = <T>(sql: string, ...values: SQLInputValue[]) => statement(sql).all(...values) as unknown as T[]
  const number = (sql: string, ...values: SQLInputValue[]) => Number(rows<{ n: number }>(sql, ...values)[0]?.n ?? 0)
  const set = (name: string, value: number) => {
    statement('INSERT OR REPLACE INTO state (name, value) VALUES (?, ?)').run(name, value)
  }

  return {
    /** All that `change` does, or nothing. */
    atOnce(change: () => void): void {
      database.exec('BEGIN IMMEDIATE')
      try {
        change()
        database.exec('COMMIT')
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
    /** The names of a campaign's file, in the place of those that were kept before. */
    putNames(campaign: { id: string; name: string }, names: Iterable<{ row: number; name: string }>): void {
      statement('INSERT OR REPLACE INTO campaigns (id, name) VALUES (?, ?)').run(campaign.id, campaign.name)
      statement('DELETE FROM names WHERE campaign = ?').run(campaign.id)
      const insert = statement('INSERT INTO names (campaign, row, name, plain) VALUES (?, ?, ?, ?)')
      for (const { row, name } of names) insert.run(campaign.id, row, name, plainName(name))
    },
    /** Rows of campaigns' files by name, or by a part of it; the campaign by its name. */
    named: ({ name, name_part }: Filter): Named[] =>
      rows<Named>(
        `SELECT n.name, n.row, coalesce(c.name, n.campaign) AS campaign FROM names n LEFT JOIN campaigns c ON c.id = n.campaign
         WHERE ${name === undefined ? 'instr(n.plain, ?) > 0' : 'n.plain = ?'} LIMIT ${NAMED_MAX}`,
        name ?? name_part ?? '',
      ),
    /** The name beside a record, if it is a row of a campaign whose file had names. */
    nameOf(key: string | null | undefined): string | undefined {
      const [, campaign, row] = ROW_KEY.exec(key ?? '') ?? []
      if (campaign === undefined) return undefined
      const sql = 'SELECT name FROM names WHERE campaign = ? AND row = ?'
      return rows<{ name: string }>(sql, campaign, Number(row))[0]?.name
    },
    empty: () => database.exec('DELETE FROM records; DELETE FROM short; DELETE FROM answers; DELETE FROM state'),
    put(placed: readonly Placed[]): void {
      for (const one of placed) statement(UPSERT).run(...columns(one))
    },
    has: (id: string) => number('SELECT count(*) AS n FROM records WHERE id = ?', id) > 0,
    position: (id: string) => number('SELECT position AS n FROM records WHERE id = ?', id),
    count: (filter: Filter = {}) => {
      const { where, values } = whereOf(filter)
      return number(`SELECT count(*) AS n FROM records ${where}`, ...values)
    },
    /** Newest first. */
    select(filter: Filter, limit: number, offset = 0): Kept[] {
      const { where, values } = whereOf(filter)
      const sql = `SELECT document FROM records ${where} ORDER BY created_at DESC, position DESC LIMIT ? OFFSET ?`
      return rows<{ document: string }>(sql, ...values, limit, offset).map(read)
    },
    /** Record by record, newest first, without holding all of them. */
    *each(filter: Filter): Generator<Kept> {
      const { where, values } = whereOf(filter)
      const sql = `SELECT document FROM records ${where} ORDER BY created_at DESC, position DESC`
      for (const row of database.prepare(sql).iterate(...values)) yield read(row as { document: string })
    },
    /** Rows of a query over the records that the filter leaves, which `sql` calls `chosen`. */
    sums<T>(sql: string, filter: Filter): T[] {
      const { where, values } = whereOf(filter)
      return rows<T>(`WITH chosen AS (SELECT * FROM records ${where}) ${sql}`, ...values)
    },
    /** Records that may still change, created since. */
    open: (since_s: number) =>
      rows<{ id: string; position: number }>(
        'SELECT id, position FROM records WHERE is_open = 1 AND created_at >= ? ORDER BY position',
        since_s,
      ),
    short: () => rows<Short>('SELECT low, high, since_s FROM short'),
    putShort: ({ low, high, since_s }: Short) => {
      statement('INSERT OR IGNORE INTO short (low, high, since_s) VALUES (?, ?, ?)').run(low, high, since_s)
    },
    dropShort: ({ low }: Range) => {
      statement('DELETE FROM short WHERE low = ?').run(low)
    },
    /** WeChat's last answer about a packet, which has times that the record has not. */
    answer(id: string): RedPackStatus | undefined {
      const [row] = rows<{ document: string }>('SELECT document FROM answers WHERE id = ?', id)
      return row && (JSON.parse(row.document) as RedPackStatus)
    },
    putAnswer: (id: string, answer: RedPackStatus) => {
      statement('INSERT OR REPLACE INTO answers (id, document) VALUES (?, ?)').run(id, JSON.stringify(answer))
    },
    /** The places of the list that have been read, from the oldest on. */
    done: () => number("SELECT value AS n FROM state WHERE name = 'done'"),
    setDone: (done: number) => set('done', done),
    /** When it was last brought up to date, Unix seconds; 0: never to the end. */
    asOf: () => number("SELECT value AS n FROM state WHERE name = 'as_of'"),
    setAsOf: (at_s: number) => set('as_of', at_s),
    /** When it was begun, Unix seconds; 0: it is empty. */
    since: () => number("SELECT value AS n FROM state WHERE name = 'since'"),
    setSince: (at_s: number) => set('since', at_s),
  }
}

function prepare(database: DatabaseSync): void {
  database.exec(NAMES)
  const { user_version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (user_version === VERSION) return
  database.exec(`
    DROP TABLE IF EXISTS records; DROP TABLE IF EXISTS short;
    DROP TABLE IF EXISTS answers; DROP TABLE IF EXISTS state;
    ${TABLES}
    PRAGMA user_version = ${VERSION}`)
}

function read({ document }: { document: string }): Kept {
  return JSON.parse(document) as Kept
}

function columns({ record, position }: Placed): SQLInputValue[] {
  const { raw_result: _, ...kept } = record
  const { result } = record
  return [
    ...[record.id, position, record.created_at, record.updated_at, record.outcome, record.status],
    ...[isOpen(record) ? 1 : 0, toFen(record.total_amount), record.type, record.re_openid, record.act_name],
    ...[record.official_account_id, record.gateway_type, result?.send_listid || null, record.idempotency_key],
    ...[result?.err_code ?? null, JSON.stringify(kept)],
  ]
}
