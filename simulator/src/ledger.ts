// The ledger as the control shows it.
import type { Order } from './order.ts'
import type { Packet } from './packets.ts'

/** A debit, as GET /ledger lists it. */
export function entry(order: Order): object {
  const { debited_at_ms, refunded_at_ms, refund_amount, shares: _, fails_at_ms: __, mini_program, ...told } = order
  // An amount that went back is told if it is not the whole.
  const partly = refund_amount === undefined || refund_amount === order.total_amount ? {} : { refund_amount }
  const refunded = refunded_at_ms === undefined ? {} : { refunded_at: iso(refunded_at_ms), ...partly }
  return { ...told, ...(mini_program ? { mini_program } : {}), debited_at: iso(debited_at_ms), ...refunded }
}

/** A number that was called, as GET /packets lists it; without an order its status is null. */
export function packet({ at_ms, ...called }: Packet, order: Order | undefined): object {
  const { status = null, hb_type = null, hblist = [], reason } = order ?? {}
  const received = hblist.reduce((sum, { amount }) => sum + amount, 0)
  return { ...called, at: iso(at_ms), status, hb_type, received, ...(reason === undefined ? {} : { reason }) }
}

function iso(at_ms: number): string {
  return new Date(at_ms).toISOString()
}
