// How the receivers collect a packet.
import { randomBytes } from 'node:crypto'
import { beijingTime } from './clock.ts'
import type { Order } from './order.ts'
import { split } from './split.ts'

/**
 * Lets the receivers collect an order: `openid` its one share, or all who have not yet.
 * @returns why not, or whether that changed anything: to collect all again, or one's share again, does not
 */
export function collect(order: Order, now_ms: number, openid?: string): { refused: string } | { changed: boolean } {
  const before = order.hblist ?? []
  if (order.status === 'RECEIVED' && openid === undefined) return { changed: false }
  if (openid !== undefined && before.some((receipt) => receipt.openid === openid)) return { changed: false }
  if (order.status !== 'SENT') return { refused: `the packet is no longer there to collect: ${order.status}` }
  if (openid !== undefined && order.hb_type === 'NORMAL' && openid !== order.re_openid)
    return { refused: 'the packet is for another openid' }
  order.shares ??= split(order.total_amount, order.total_num)
  const rcv_time = beijingTime(now_ms)
  // The one the packet was sent to takes the first share that is left, and strangers take the others.
  const first = before.some((receipt) => receipt.openid === order.re_openid) ? stranger() : order.re_openid
  const left = order.shares.slice(before.length)
  const taken = (openid === undefined ? left : left.slice(0, 1)).map((amount, index) => ({
    openid: openid ?? (index === 0 ? first : stranger()),
    amount,
    rcv_time,
  }))
  order.hblist = [...before, ...taken]
  if (order.hblist.length === order.total_num) order.status = 'RECEIVED'
  return { changed: true }
}

function stranger(): string {
  return `o${randomBytes(20).toString('base64url')}`
}
