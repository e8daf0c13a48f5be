// Which packet a row is: the key that it is sent under, the same whenever the same batch is run again.
import { createHash } from 'node:crypto'

/** What a row is told apart by: its row_key where it has one, else whom it goes to. */
export type RowIdentity = { row_key: string | undefined; official_account_id: string; re_openid: string }

/**
 * The idempotency key of a row of a batch. Neither its line number nor its amount or texts are in it: a row inserted above does
 * not make it another packet, and a row that was edited after it was sent is the same packet, which the service then refuses
 * (422) instead of paying again.
 */
export function keyOf(batch_name: string, { row_key, official_account_id, re_openid }: RowIdentity): string {
  const who = row_key === undefined ? ['receiver', official_account_id, re_openid] : ['row_key', row_key]
  return `batch-${digest(['redpack batch', batch_name, ...who]).slice(0, 48)}`
}

/** What tells two versions of a row apart: SHA-256 over its parameters in any order. */
export function hashOf(params: object): string {
  return digest(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1))).slice(0, 24)
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value), 'utf8').digest('hex')
}
