// What happens to the service besides requests: deeds of operators, weather of the store, another version of the code.
import { fen } from '../../lib/redpack/money.ts'
import type { Merchant } from '../../lib/redpack/ports.ts'
import { backUp, restore } from './backup.ts'
import { APART_MAX_MS } from './clocks.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const GATEWAY = 'weixin_tenpay'

/** Renews a certificate, lets it expire, takes it away, changes the merchant and back, tops up the balance, lowers the limit. */
export async function operators(world: World): Promise<void> {
  const random = world.random.fork('operators')
  const [miniapp_id] = world.miniapp_ids
  if (miniapp_id === undefined || !random.chance(0.5)) return
  await world.wait(random.pick([3 * SECOND_MS, MINUTE_MS, 10 * MINUTE_MS]) * random.next())
  const merchant = world.secrets.read(miniapp_id, GATEWAY, false)
  const deed = random.pick(['renew', 'change', 'change', 'top_up', 'lower', 'expire', 'remove', 'brake'] as const)
  if (!world.faults.happens(deed, 'operators')) return
  world.note(() => `operators ${deed} merchant ${merchant.mch_id}`)
  world.count(`operators ${deed}`)
  await DEEDS[deed](world, merchant, random)
}

type Deed = (world: World, merchant: Merchant, random: Random) => Promise<void>

const DEEDS = {
  async renew(world, merchant, random) {
    const renewed = { cert: `${merchant.cert}, renewed`, api_key: 'new api key' }
    world.wechat.trust({ ...merchant, ...renewed })
    await world.wait(random.pick([0, 3 * MINUTE_MS]))
    putForAll(world, merchant.mch_id, renewed)
  },
  async change(world, merchant, random) {
    const other = { ...merchant, mch_id: '20002', cert: 'certificate of 20002' }
    world.wechat.trust(other)
    world.wechat.deposit(other.mch_id, 1_000_000)
    await world.wait(random.pick([0, 3 * MINUTE_MS]))
    world.secrets.put(other)
    // The old certificate may be revoked at once.
    if (random.chance(0.5)) world.wechat.trust({ ...merchant, cert: 'no certificate' })
    await world.wait(random.int(MINUTE_MS, 40 * MINUTE_MS))
    world.wechat.trust(merchant)
    world.secrets.put(merchant)
  },
  async top_up(world, { mch_id }) {
    world.wechat.deposit(mch_id, 1_000_000)
  },
  async lower(world, merchant) {
    if (merchant.daily_limit !== undefined) world.secrets.put({ ...merchant, daily_limit: fen(1) })
  },
  /** WeChat refuses the handshake; what is loaded anew is seen to be unusable. */
  async expire(world, merchant, random) {
    world.wechat.expire(merchant.cert)
    await world.wait(random.pick([0, 3 * MINUTE_MS]))
    world.secrets.take(merchant, 'certificate_unusable')
    await world.wait(random.int(MINUTE_MS, 40 * MINUTE_MS))
    const renewed = { cert: `${merchant.cert}, renewed` }
    world.wechat.trust({ ...merchant, ...renewed })
    putForAll(world, merchant.mch_id, renewed)
  },
  async remove(world, merchant, random) {
    world.secrets.take(merchant, 'certificate_missing')
    await world.wait(random.int(MINUTE_MS, 40 * MINUTE_MS))
    world.secrets.put(merchant)
  },
  async brake(world, { miniapp_id }, random) {
    const { commanded } = world.memory
    const stopped = random.chance(0.5) ? [miniapp_id] : world.miniapp_ids
    for (const name of stopped) world.stopped_ms.set(name, world.events.now_ms)
    if (stopped.length > 1) commanded.stopped_all = true
    else commanded.stopped.add(miniapp_id)
    await world.wait(random.int(MINUTE_MS, 40 * MINUTE_MS))
    commanded.stopped_all = false
    commanded.stopped.clear()
    world.stopped_ms.clear()
  },
} satisfies Record<string, Deed>

/** Mini apps may share a merchant, and so its certificate. */
function putForAll(world: World, mch_id: string, renewed: Partial<Merchant>): void {
  for (const miniapp_id of world.miniapp_ids) {
    const merchant = world.secrets.latest(miniapp_id, GATEWAY)
    if (merchant.mch_id === mch_id) world.secrets.put({ ...merchant, ...renewed })
  }
}

/** Somebody puts the table back to what it was some minutes ago, and deploys with a higher epoch. */
export async function restores(world: World): Promise<void> {
  const random = world.random.fork('restores')
  if (!random.chance(0.1) || !world.faults.happens('restore', 'operators')) return
  await world.wait(random.pick([SECOND_MS, MINUTE_MS, 20 * MINUTE_MS]) * random.next())
  const backup = backUp(world)
  await world.wait(random.int(MINUTE_MS, 30 * MINUTE_MS))
  restore(world, backup, world.skewOf(random))
}

/** Now and then the store takes hardly any write for a while. */
export async function brownouts(world: World): Promise<void> {
  const random = world.random.fork('brownouts')
  if (!random.chance(0.15)) return
  await world.wait(random.pick([0, random.int(0, MINUTE_MS), random.int(0, 10 * MINUTE_MS)]))
  world.brownOut('store.update', random.pick([5 * SECOND_MS, MINUTE_MS, 10 * MINUTE_MS]))
}

/**
 * A later version of the code works on the same table: it marks records with an attribute of its own, and holds some for a
 * while in an outcome that this version does not know.
 */
export async function laterVersion(world: World): Promise<void> {
  const random = world.random.fork('later')
  if (!random.chance(0.12) || !world.faults.happens('comes', 'later version')) return
  for (let n = random.int(1, 3); n > 0; n -= 1) {
    await world.wait(random.pick([SECOND_MS, MINUTE_MS, 12 * MINUTE_MS]) * random.next())
    const free = world.history.now().filter((record) => {
      return record.lease_until_ms < world.events.now_ms - APART_MAX_MS && world.memory.foreign(record.id) === undefined
    })
    const record = free[random.int(0, free.length)]
    if (!record) continue
    const mark = { note: `by later ${n}` }
    const isHeld = random.chance(0.7)
    world.rewrite(record.id, `later~${n}`, isHeld ? { ...mark, outcome: 'held' } : mark)
    world.count('later_version')
    if (!isHeld) continue
    await world.wait(random.pick([MINUTE_MS, 10 * MINUTE_MS, 40 * MINUTE_MS]))
    world.rewrite(record.id, `later~${n} again`, mark)
  }
}
