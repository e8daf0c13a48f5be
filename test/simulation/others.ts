// Other sends of the merchants, which have no result while a seed runs: with nearly OPEN_MAX of them, few more may begin.
import { OPEN_MAX } from '../../lib/durations.ts'
import { fen } from '../../lib/redpack/money.ts'
import { limitDayOf, type Order } from '../../lib/redpack/record.ts'
import type { World } from './world.ts'

const MINUTE_MS = 60_000
const SHARE = 0.08

export function isOther(id: string): boolean {
  return id.startsWith('other ')
}

export class Others {
  #open: { order: Order; limit_day: string }[] = []

  /** They stand there at the beginning; their results come some time later, or when faults stop. */
  async act(world: World): Promise<void> {
    const random = world.random.fork('others')
    if (!random.chance(SHARE) || !world.faults.happens('are open', 'others')) return
    const count = OPEN_MAX - random.pick([0, 1, 1, 2])
    const limit_day = limitDayOf(world.events.now_ms)
    this.#open = world.miniapp_ids.flatMap((miniapp_id) =>
      Array.from({ length: count }, (_, i) => ({ order: orderOf(miniapp_id, i), limit_day })),
    )
    const { limits } = world.memory
    for (const { order } of this.#open) {
      await limits.addOpen(order)
      await limits.reserve(order, limit_day, fen(1))
    }
    world.note(() => `${count} other sends of each merchant are open`)
    await world.wait(random.pick([3_000, 5 * MINUTE_MS, 60 * MINUTE_MS]))
    await this.close(world)
  }

  /** Closes them, and once more if a restore has brought them back. */
  async close({ memory: { limits } }: World): Promise<void> {
    for (const { order, limit_day } of this.#open) {
      await limits.removeOpen(order)
      await limits.confirm(order, limit_day)
    }
  }
}

/** What the limits read of an order; it takes no room. */
function orderOf(miniapp_id: string, n: number): Order {
  return { id: `other ${n}`, miniapp_id, gateway_type: 'weixin_tenpay', total_amount: fen(0) } as Order
}
