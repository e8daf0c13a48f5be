// Numbers that follow from what the caller said, so that a key lost, retried or replayed can never mean a second number.
import { createHash } from 'node:crypto'
import type { SendParams } from './schemas.ts'

/** The record's id: the first 24 hex digits of SHA-256("redpack" NUL miniapp_id NUL key). */
export function idOf(miniapp_id: string, idempotency_key: string): string {
  return createHash('sha256').update(`redpack\0${miniapp_id}\0${idempotency_key}`, 'utf8').digest('hex').slice(0, 24)
}

/** WeChat's merchant order number: 26 characters of [0-9A-Za-z], within WeChat's 28. */
export function mchBillnoOf(id: string): string {
  return `RP${id}`
}

/** The id that a number belongs to, or undefined for a number that this service never made. */
export function idOfMchBillno(mch_billno: string): string | undefined {
  return /^RP[0-9a-f]{24}$/.test(mch_billno) ? mch_billno.slice(2) : undefined
}

export function isId(text: string): boolean {
  return /^[0-9a-f]{24}$/.test(text)
}

/** What tells two requests under one key apart: SHA-256 over the parameters as they are understood, in any order. */
export function hashOf(params: SendParams): string {
  const canonical = JSON.stringify(
    Object.entries(params)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  return createHash('sha256').update(canonical, 'utf8').digest('hex')
}
