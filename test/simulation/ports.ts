// The use cases' ports as one process has them: the real client over a made-up network, the store and the clock of this world.
import type { Limits, Merchants, Notice, SettlePorts, SettleStore } from '../../lib/redpack/ports.ts'
import type { RedpackRecord } from '../../lib/redpack/record.ts'
import { wechatPay } from '../../lib/wechatpay/client.ts'
import { networkOf } from './network.ts'
import type { Process } from './process.ts'
import type { World } from './world.ts'

export function portsOf(world: World, process: Process): SettlePorts {
  return {
    store: storeOf(world, process),
    limits: limitsOf(world, process),
    merchants: merchantsOf(world, process),
    wechat: wechatPay(networkOf(world, process)),
    clock: { now: () => process.now(), sleep: (duration_ms) => process.sleep(duration_ms) },
    miniapps: () => process.call('miniapps', async () => world.miniapp_ids, 'secrets_unavailable'),
    report: (notice) => reported(world, notice),
    token: () => process.token(),
  }
}

function storeOf(world: World, process: Process): SettleStore {
  const { store } = world.memory
  const reads = <T>(port: string, effect: () => Promise<T>) =>
    process.call(`store.${port}`, effect, 'store_unavailable')
  const writes = (port: string, id: string, effect: () => Promise<RedpackRecord>) =>
    reads(port, () => {
      const result = effect()
      void result.then((standing) => world.watch.written(process, world.history.last(id), standing))
      return result
    })
  /** Indexes may lag. */
  const index = () => {
    const stale = world.faults.strikes('stale_index', process.nextPort('index'), process.random)
    return stale ? world.history.lagging(process.random) : store
  }
  return {
    insert: (record) => writes('insert', record.id, () => store.insert(record)),
    update: (seen, changes) => writes('update', seen.id, () => store.update(seen, changes)),
    get: (id) => reads('get', () => store.get(id)),
    takeSeq: (miniapp_id) => reads('takeSeq', () => store.takeSeq(miniapp_id)),
    book: (miniapp_id) => reads('book', () => store.book(miniapp_id)),
    range: (miniapp_id, from, to) => reads('range', () => index().range(miniapp_id, from, to)),
    due: (unsettled, due_at, limit) => reads(`due ${unsettled}`, () => index().due(unsettled, due_at, limit)),
    seqsIn: (miniapp_id, from, to) => reads('seqsIn', () => index().seqsIn(miniapp_id, from, to)),
    holeSearch: (miniapp_id) => reads('holeSearch', () => store.holeSearch(miniapp_id)),
    saveHoleSearch: (miniapp_id, seen, next, holes) =>
      reads('saveHoleSearch', () => {
        world.numbers.searched(process, miniapp_id, seen, next, holes)
        world.note(() => `watermark ${next.watermark}, mark ${next.mark}, new holes [${holes.join(' ')}]`)
        return store.saveHoleSearch(miniapp_id, seen, next, holes)
      }),
  }
}

function limitsOf(world: World, process: Process): Limits {
  const { limits } = world.memory
  const calls = <T>(port: string, effect: () => Promise<T>) =>
    process.call(`limits.${port}`, effect, 'store_unavailable')
  return {
    reserve: (record, limit_day, daily_limit) => {
      const held = world.watch.holds(process, record)
      return calls('reserve', () => {
        world.watch.reserved(process, record, held)
        return limits.reserve(record, limit_day, daily_limit)
      })
    },
    release: (record, limit_day) => calls('release', () => limits.release(record, limit_day)),
    keep: (record, limit_day) => calls('keep', () => limits.keep(record, limit_day)),
  }
}

function merchantsOf(world: World, process: Process): Merchants {
  const { secrets, faults } = world
  return {
    load: (miniapp_id, gateway_type) =>
      process.call(
        'merchants.load',
        async () => {
          const stale = faults.strikes('stale_secret', process.nextPort('cache'), process.random)
          return secrets.read(miniapp_id, gateway_type, stale)
        },
        'secrets_unavailable',
      ),
    async renew(merchant) {
      const { miniapp_id, gateway_type } = merchant
      const read = async () => secrets.read(miniapp_id, gateway_type, false)
      const other = await process.call('merchants.renew', read, 'secrets_unavailable').catch(() => undefined)
      const same = other?.cert === merchant.cert && other.api_key === merchant.api_key
      if (other && !same) world.count('merchant_renewed')
      return same ? undefined : other
    },
  }
}

function reported(world: World, notice: Notice): void {
  // settle goes on after an error that is none of ours; here it is a finding.
  if (notice.event === 'broken') throw notice.error
  if (notice.event === 'outcome') world.count(`outcome ${notice.record.outcome}`)
  else world.count(notice.event)
  if (notice.event === 'alarm' && notice.why.startsWith('refused, but'))
    world.watch.contradicted(notice.record, notice.why)
}
