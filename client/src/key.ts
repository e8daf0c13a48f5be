// The key of a send: what makes two tries one payment.
import { randomUUID } from 'node:crypto'
import { wrong } from './options.ts'

/** Shared by all copies of this package in the process. */
const WARNED = Symbol.for('redpack-client.warned-without-key')

/**
 * The key of a send. One that is there but undefined is a slip of the caller's that a random key would hide: the next try
 * would pay again.
 * @throws TypeError for a key that cannot be, and with `require_key` for none
 */
export function keyOf(options: { idempotency_key?: unknown }, require_key: boolean): string {
  if (Object.hasOwn(options, 'idempotency_key')) return checkKey(options.idempotency_key)
  if (require_key) throw wrong('sendRedPack needs { idempotency_key } as its second argument, as require_key says')
  warnOnce()
  return randomUUID()
}

/** @throws TypeError */
export function checkKey(key: unknown): string {
  if (typeof key === 'string' && /^[\x21-\x2b\x2d-\x7e]{1,255}$/.test(key)) return key
  throw wrong('idempotency_key must be 1 to 255 visible ASCII characters without comma')
}

function warnOnce(): void {
  const shared = globalThis as { [WARNED]?: boolean }
  if (shared[WARNED]) return
  shared[WARNED] = true
  process.emitWarning(
    'sendRedPack without { idempotency_key }: run again after a crash or an unknown outcome, this program pays twice. ' +
      'Give a key from your business, such as the order number; new RedPack({ require_key: true }) makes this an error. ' +
      '未传 idempotency_key：程序崩溃或结果未知后再次运行会重复付款，请传业务编号（如订单号）',
    { type: 'RedPackWarning', code: 'REDPACK_NO_KEY' },
  )
}
