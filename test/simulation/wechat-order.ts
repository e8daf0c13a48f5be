// An order at WeChat, and the codes that say nothing about one.
import type { Fields } from './wechat-replies.ts'

const HOUR_MS = 3_600_000
/** Codes that leave the outcome open: the documented ones, a numeric one and one that is in no table. */
export const OPEN_CODES = ['SYSTEMERROR', 'PROCESSING', '268458547', 'NEW_CODE_OF_2027', 'FATAL_ERROR'] as const

/** True for a code that says what became of the call it answers. */
export function isClear(code: string): boolean {
  return !OPEN_CODES.some((open) => open === code)
}

export type Order = {
  fields: Fields
  listid: string
  created_ms: number
  /** 'accepted': WeChat has it and has moved no money yet. */
  state: 'accepted' | 'debited' | 'failed'
  /** Accepted, and the money will move by itself; the same number again may hurry it. */
  willDebit: boolean
  /** Why it could not be carried out: it stays accepted, for good unless the same number comes again. */
  reason: string | undefined
  /** WeChat has said that it is refused, and the money moves all the same. */
  isFalselyRefused: boolean
  /** gethbinfo knows it from then on. */
  visible_ms: number
  debited_ms: number
  received_ms: number
  /** Refusals to calls under its number since it was accepted. */
  refusals: number
}

export function newOrder(fields: Fields, listid: string, created_ms: number, visible_ms: number): Order {
  return {
    fields,
    listid,
    created_ms,
    state: 'accepted',
    willDebit: false,
    reason: undefined,
    isFalselyRefused: false,
    visible_ms,
    debited_ms: Number.POSITIVE_INFINITY,
    received_ms: Number.POSITIVE_INFINITY,
    refusals: 0,
  }
}

/** gethbinfo's word for it. */
export function statusOf(order: Order, now_ms: number): string {
  if (order.state === 'accepted') return 'SENDING'
  if (order.state === 'failed') return 'FAILED'
  const age_ms = now_ms - order.debited_ms
  if (order.received_ms <= now_ms) return 'RECEIVED'
  if (age_ms < 24 * HOUR_MS) return 'SENT'
  return age_ms < 25 * HOUR_MS ? 'RFUND_ING' : 'REFUND'
}
