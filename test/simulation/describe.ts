// Records in traces and in failures.
import type { RedpackRecord } from '../../lib/redpack/record.ts'
import { mayHaveDebited } from '../../lib/redpack/rules.ts'

/** Who wrote a record last: writers name their process. */
export function processOf({ writer }: RedpackRecord): string {
  return writer.slice(0, writer.indexOf('~'))
}

export function describe(record: RedpackRecord): string {
  const { act_name, outcome, version, order_conflict, seq, err_code, status, writer } = record
  const details = [
    mayHaveDebited(record) && 'may have debited',
    order_conflict && 'in conflict',
    seq !== undefined && `seq ${seq}`,
    err_code,
    status,
  ]
  const rest = details.filter(Boolean).join(', ')
  return `${act_name} is ${outcome}, version ${version} by ${writer}${rest ? `, ${rest}` : ''}`
}
