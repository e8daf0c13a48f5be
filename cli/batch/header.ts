// The first row of a batch's file: which column holds what.
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { isParameter, isRequired, PARAMETER_NAMES, type Texts } from '../parameters.ts'

/** What a result file has behind the columns of its batch; reading one again, these are passed over. */
export const RESULT_COLUMNS = [
  'line',
  'outcome',
  'id',
  'mch_billno',
  'send_listid',
  'err_code',
  'err_code_des',
  'idempotency_key',
] as const
/** Of these columns the one that says under which key a row was sent. */
export const TOLD_KEY = 'idempotency_key'
/** Tells rows apart that go to the same receiver. */
export const ROW_KEY = 'row_key'

export type Header = readonly string[]

/** True for the header of a file that a batch has written. */
export function isResultHeader(names: readonly string[]): boolean {
  return names.includes('outcome')
}

/**
 * Checks the names: a misspelt column that is passed over could mean that another merchant pays.
 * @throws CliError that names what is unknown, twice there, or missing
 */
export function checkHeader(names: string[], defaults: Texts, ignored: readonly string[], { m }: Context): Header {
  const passed = new Set<string>([ROW_KEY, ...RESULT_COLUMNS, ...ignored])
  const unknown = names.filter((name) => !isParameter(name) && !passed.has(name))
  const twice = names.filter((name, i) => names.indexOf(name) !== i)
  const missing = PARAMETER_NAMES.filter(
    (name) => isRequired(name) && !names.includes(name) && defaults[name] === undefined,
  )
  const faults = [
    ...(unknown.length > 0 ? [m.batch.unknownColumns(unknown.join(', '))] : []),
    ...(twice.length > 0 ? [m.batch.columnsTwice(twice.join(', '))] : []),
    ...(missing.length > 0 ? [m.batch.missingColumns(missing.join(', '))] : []),
  ]
  if (faults.length > 0) throw new CliError('bad_header', faults.join('\n  '), undefined, { columns: names })
  return names
}
