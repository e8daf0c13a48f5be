// The use cases' ports as one process has them: the real client over a simulated network, the table and the clock of this world.
import { UNPACED } from '../../lib/redpack/pace.ts'
import type {
  Control,
  Leases,
  Limits,
  Merchants,
  Notice,
  Ports,
  Sequences,
  Store,
  Written,
} from '../../lib/redpack/ports.ts'
import { wechatPay } from '../../lib/wechatpay/client.ts'
import type { Memory } from '../support/memory-store.ts'
import { networkOf } from './network.ts'
import type { Process } from './process.ts'
import type { World } from './world.ts'

export function portsOf(world: World, process: Process): Ports {
  return {
    store: storeOf(world, process),
    sequences: sequencesOf(world, process),
    leases: leasesOf(world, process),
    limits: limitsOf(world, process),
    pace: UNPACED,
    campaignRate: async () => 0,
    merchants: merchantsOf(world, process),
    wechat: wechatPay(networkOf(world, process)),
    clock: { now: () => process.now(), sleep: (duration_ms) => process.sleep(duration_ms) },
    controls: { read: () => process.read('controls.read', () => commandedTo(world, process), 'store_unavailable') },
    random: () => process.random.next(),
    miniapps: () => process.read('miniapps', async () => world.miniapp_ids, 'secrets_unavailable'),
    report: (notice) => reported(world, notice),
  }
}

function commandedTo(world: World, process: Process): Promise<Control> {
  process.commanded_ms = world.events.now_ms
  return world.memory.controls.read()
}

/** The table as an index of it shows it, which may lag. */
function indexOf(world: World, process: Process): Memory {
  const isStale = world.faults.strikes('stale_index', process.nextPort('index'), process.random)
  return isStale ? world.history.lagging(process.random) : world.memory
}

function storeOf(world: World, process: Process): Store {
  const writer = { now: () => process.now(), token: () => process.token() }
  const store = world.memory.store(writer)
  const index = () => indexOf(world, process).store(writer)
  const reads = <T>(port: string, effect: () => Promise<T>) =>
    process.read(`store.${port}`, effect, 'store_unavailable')
  const writes = (port: string, id: string, effect: () => Promise<Written>, timeout_ms?: number) => {
    const told = () => {
      const before = world.history.last(id)
      const result = effect()
      result.then(
        ({ record }) => world.invariants.written(process, before, record),
        () => undefined,
      )
      return result
    }
    return process.write(`store.${port}`, told, timeout_ms)
  }
  return {
    insert: (order) => writes('insert', order.id, () => store.insert(order)),
    get: (id) => reads('get', () => store.get(id)),
    prepare(seen, next) {
      const write = store.prepare(seen, next)
      return (timeout_ms) => writes('update', seen.id, () => write(timeout_ms), timeout_ms)
    },
    range: (miniapp_id, from, to) => reads('range', () => index().range(miniapp_id, from, to)),
    page: async (kind, shard, due_by_s, from) => {
      if (from?.limit === 1) world.gaps.asked(process)
      if (!world.isPageRead(kind, shard)) return { due: [] }
      return reads(`page ${kind}`, () => index().page(kind, shard, due_by_s, from))
    },
  }
}

function sequencesOf(world: World, process: Process): Sequences {
  const { sequences } = world.memory
  const reads = <T>(port: string, effect: () => Promise<T>) =>
    process.read(`sequences.${port}`, effect, 'store_unavailable')
  return {
    take: (miniapp_id) => process.write('sequences.take', () => sequences.take(miniapp_id)),
    read: (miniapp_id) => reads('read', () => sequences.read(miniapp_id)),
    written: (miniapp_id, from, to) =>
      reads('written', () => indexOf(world, process).sequences.written(miniapp_id, from, to)),
    search: (miniapp_id) => reads('search', () => sequences.search(miniapp_id)),
    saveSearch: (miniapp_id, seen, next, gaps) =>
      process.write('sequences.saveSearch', async () => {
        const isSaved = await sequences.saveSearch(miniapp_id, seen, next, gaps)
        if (isSaved) world.gaps.searched(process, miniapp_id, seen, next, gaps)
        world.note(() => `watermark ${next.watermark}, high water ${next.high_water}, new gaps [${gaps.join(' ')}]`)
        return isSaved
      }),
  }
}

function limitsOf(world: World, process: Process): Limits {
  const { limits } = world.memory
  const writes = <T>(port: string, effect: () => Promise<T>) => process.write(`limits.${port}`, effect)
  return {
    reserve: (order, limit_day, daily_limit) => {
      const held = world.invariants.holds(process, order)
      return writes('reserve', () => {
        world.invariants.reserved(process, order, limit_day, held)
        return limits.reserve(order, limit_day, daily_limit)
      })
    },
    release: (order, limit_day) => writes('release', () => limits.release(order, limit_day)),
    confirm: (order, limit_day) => writes('confirm', () => limits.confirm(order, limit_day)),
    addOpen: (order) => writes('addOpen', () => limits.addOpen(order)),
    removeOpen: (order) => writes('removeOpen', () => limits.removeOpen(order)),
    openIds: async (setup, limit_day) => {
      const all = await process.read('limits.openIds', () => limits.openIds(setup, limit_day), 'store_unavailable')
      // As it was some seconds ago: the last few were not open then.
      const isStale = world.faults.strikes('stale_list', process.nextPort('cache'), process.random)
      const ids = isStale ? all.slice(0, -3) : all
      process.seenOpen = ids.length
      return ids
    },
  }
}

function leasesOf(world: World, process: Process): Leases {
  const { leases } = world.memory
  return {
    take: (name, now_ms, until_ms) => process.write('leases.take', () => leases.take(name, now_ms, until_ms)),
    giveBack: (name, holder) => process.write('leases.giveBack', () => leases.giveBack(name, holder)),
  }
}

function merchantsOf(world: World, process: Process): Merchants {
  const { secrets, faults } = world
  return {
    load: (miniapp_id, gateway_type) =>
      process.read(
        'merchants.load',
        async () => {
          const isStale = faults.strikes('stale_secret', process.nextPort('cache'), process.random)
          return secrets.read(miniapp_id, gateway_type, isStale)
        },
        'secrets_unavailable',
      ),
    async renew(merchant) {
      const { miniapp_id, gateway_type } = merchant
      const read = async () => secrets.read(miniapp_id, gateway_type, false)
      const other = await process.read('merchants.renew', read, 'secrets_unavailable').catch(() => undefined)
      const isSame = other?.cert === merchant.cert && other.api_key === merchant.api_key
      if (other && !isSame) world.count('merchant_renewed')
      return isSame ? undefined : other
    },
  }
}

function reported(world: World, notice: Notice): void {
  if (notice.event !== 'alarm') {
    world.count(notice.event === 'outcome' ? `outcome ${notice.record.outcome}` : notice.event)
    return
  }
  world.count(`alarm ${notice.alarm}`)
  world.alarms.add(`${notice.alarm} ${'record' in notice ? notice.record.id : notice.id}`)
  // settle goes on after a bug; here it is a finding.
  if ('error' in notice && notice.alarm === 'look_failed') throw notice.error
  if (notice.alarm === 'paid_after_refusal' && 'record' in notice) world.ledger.contradicted(notice.record)
}
