// The use cases' ports as one process has them: the real client over a simulated network, the table and the clock of this world.
import type { Leases, Limits, Merchants, Notice, Ports, Sequences, Store, Written } from '../../lib/redpack/ports.ts'
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
    merchants: merchantsOf(world, process),
    wechat: wechatPay(networkOf(world, process)),
    controls: {
      read: () => process.call('controls.read', () => world.memory.controls.read(), 'store_unavailable'),
    },
    random: () => process.random.next(),
    clock: { now: () => process.now(), sleep: (duration_ms) => process.sleep(duration_ms) },
    miniapps: () => process.call('miniapps', async () => world.miniapp_ids, 'secrets_unavailable'),
    report: (notice) => reported(world, notice),
  }
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
    process.call(`store.${port}`, effect, 'store_unavailable')
  const writes = (port: string, id: string, effect: () => Promise<Written>) =>
    reads(port, () => {
      const before = world.history.last(id)
      const result = effect()
      void result.then(({ record }) => world.invariants.written(process, before, record))
      return result
    })
  return {
    insert: (order) => writes('insert', order.id, () => store.insert(order)),
    get: (id) => reads('get', () => store.get(id)),
    prepare(seen, next) {
      const write = store.prepare(seen, next)
      return (timeout_ms) => writes('update', seen.id, () => write(timeout_ms))
    },
    range: (miniapp_id, from, to) => reads('range', () => index().range(miniapp_id, from, to)),
    page: (kind, shard, due_by_s, from) =>
      reads(`page ${kind}`, () => {
        if (from?.limit === 1) world.gaps.asked(process)
        return index().page(kind, shard, due_by_s, from)
      }),
  }
}

function sequencesOf(world: World, process: Process): Sequences {
  const { sequences } = world.memory
  const calls = <T>(port: string, effect: () => Promise<T>) =>
    process.call(`sequences.${port}`, effect, 'store_unavailable')
  return {
    take: (miniapp_id) => calls('take', () => sequences.take(miniapp_id)),
    read: (miniapp_id) => calls('read', () => sequences.read(miniapp_id)),
    written: (miniapp_id, from, to) =>
      calls('written', () => indexOf(world, process).sequences.written(miniapp_id, from, to)),
    search: (miniapp_id) => calls('search', () => sequences.search(miniapp_id)),
    saveSearch: (miniapp_id, seen, next, gaps) =>
      calls('saveSearch', () => {
        world.gaps.searched(process, miniapp_id, seen, next, gaps)
        world.note(() => `watermark ${next.watermark}, high water ${next.high_water}, new gaps [${gaps.join(' ')}]`)
        return sequences.saveSearch(miniapp_id, seen, next, gaps)
      }),
  }
}

function limitsOf(world: World, process: Process): Limits {
  const { limits } = world.memory
  const calls = <T>(port: string, effect: () => Promise<T>) =>
    process.call(`limits.${port}`, effect, 'store_unavailable')
  return {
    reserve: (order, limit_day, daily_limit) => {
      const held = world.invariants.holds(process, order)
      return calls('reserve', () => {
        world.invariants.reserved(process, order, limit_day, held)
        return limits.reserve(order, limit_day, daily_limit)
      })
    },
    release: (order, limit_day) => calls('release', () => limits.release(order, limit_day)),
    confirm: (order, limit_day) => calls('confirm', () => limits.confirm(order, limit_day)),
    addOpen: (order) => calls('addOpen', () => limits.addOpen(order)),
    removeOpen: (order) => calls('removeOpen', () => limits.removeOpen(order)),
    openIds: (setup, limit_day) => calls('openIds', () => limits.openIds(setup, limit_day)),
  }
}

function leasesOf(world: World, process: Process): Leases {
  const { leases } = world.memory
  const calls = <T>(port: string, effect: () => Promise<T>) =>
    process.call(`leases.${port}`, effect, 'store_unavailable')
  return {
    take: (name, now_ms, until_ms) => calls('take', () => leases.take(name, now_ms, until_ms)),
    giveBack: (name, holder) => calls('giveBack', () => leases.giveBack(name, holder)),
  }
}

function merchantsOf(world: World, process: Process): Merchants {
  const { secrets, faults } = world
  return {
    load: (miniapp_id, gateway_type) =>
      process.call(
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
      const other = await process.call('merchants.renew', read, 'secrets_unavailable').catch(() => undefined)
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
  // settle goes on after a bug; here it is a finding.
  if ('error' in notice) throw notice.error
  if (notice.alarm === 'paid_after_refusal') world.invariants.contradicted(notice.record)
}
