// One run's world: virtual time, the table, WeChat with its ledger, two merchants and their campaigns.

import type { CampaignPorts, CampaignStore } from '../../../lib/campaigns/ports.ts'
import { fen } from '../../../lib/redpack/money.ts'
import type { Merchant, Ports, Sent } from '../../../lib/redpack/ports.ts'
import type { Order, RedpackRecord } from '../../../lib/redpack/record.ts'
import { send } from '../../../lib/redpack/send.ts'
import { meaningOf } from '../../../lib/wechatpay/codes.ts'
import { campaignMemory } from '../../support/campaign-store.ts'
import { type Memory, memoryTable } from '../../support/memory-store.ts'
import { aMerchant } from '../../unit/records.ts'
import { EventQueue } from '../event-queue.ts'
import { Random } from '../random.ts'
import { Invariants } from './invariants.ts'
import { Invocation } from './process.ts'

const START_MS = 1_795_392_000_000
const ALL_FAULTS = ['crash_before', 'crash_after', 'stall_before', 'stall_after', 'throttled', 'lost_ack'] as const
/** What may be away for a while, and from whom. */
const AWAY = [
  { what: /^(campaigns|store)\./, who: /./ },
  { what: /^campaigns\.get$/, who: /^worker/ },
  { what: /^campaigns\.save$/, who: /^worker/ },
] as const

export class CampaignWorld {
  readonly events = new EventQueue(START_MS)
  readonly random: Random
  readonly memory: Memory = memoryTable()
  readonly invariants: Invariants
  readonly campaigns = campaignMemory((id) => this.record(id))
  readonly balances = new Map<string, number>()
  /** Debits by the name of their row. */
  readonly debits = new Map<string, Order>()
  readonly stats = new Map<string, number>()
  readonly trace: string[] = []
  readonly rates: { port: number; wechat: number; faults: readonly [string, ...string[]] }
  isCalm = false
  /** There is money for everything. */
  isFlush = false
  failure: unknown
  /** Nobody stands still after this. */
  awake_ms = 0
  /** Nobody who resumes stands still after this. */
  resumers_awake_ms = 0
  /** Commands that come at the worst moment: while somebody stands still, and when a worker gives its lease back. */
  provoked: ((by: string) => void) | undefined
  #away: { what: RegExp; who: RegExp; until_ms: number } | undefined
  readonly #records = new Map<string, RedpackRecord>()

  constructor(seed: number) {
    this.random = new Random(seed)
    const { random } = this
    this.rates = {
      port: random.pick([0, 0.001, 0.004, 0.015]),
      wechat: random.pick([0, 0.02, 0.1]),
      faults: random.chance(0.5) ? ALL_FAULTS : [random.pick(ALL_FAULTS), random.pick(ALL_FAULTS)],
    }
    this.invariants = new Invariants(this)
  }

  note(line: string): void {
    this.trace.push(`+${((this.events.now_ms - START_MS) / 1000).toFixed(3)} s  ${line}`)
  }

  count(what: string): void {
    this.stats.set(what, (this.stats.get(what) ?? 0) + 1)
  }

  fail(error: unknown): void {
    this.failure ??= error
  }

  /** The records as they stand. */
  record(id: string): RedpackRecord | undefined {
    return this.#records.get(id)
  }

  records(): RedpackRecord[] {
    return [...this.#records.values()]
  }

  put(record: RedpackRecord): void {
    this.#records.set(record.id, record)
    this.memory.put(record)
  }

  /** Reads or writes of the table fail for a while. */
  takeAway(duration_ms: number, random: Random): void {
    this.count('away')
    this.#away = { ...random.pick(AWAY), until_ms: this.events.now_ms + duration_ms }
    for (const after_ms of [500, 3_000]) this.events.after(after_ms, () => this.provoke())
  }

  isAway(port: string, name: string): boolean {
    const { what, who, until_ms = 0 } = this.#away ?? {}
    return this.events.now_ms < until_ms && what?.test(port) === true && who?.test(name) === true
  }

  /** `by`: the process at which it happens, or nothing in particular. */
  provoke(by = ''): void {
    if (!this.isCalm) this.provoked?.(by)
  }

  merchant(miniapp_id: string): Merchant {
    return aMerchant({ miniapp_id, mch_id: `mch-of-${miniapp_id.charAt(0)}` })
  }

  /** Runs something as an invocation of its own. It hangs for ever if the process dies. */
  async invoke<T>(
    name: string,
    limit_ms: number,
    work: (ports: CampaignPorts, process: Invocation) => Promise<T>,
  ): Promise<T> {
    const process = new Invocation(this, name, limit_ms)
    return work(this.#portsOf(process), process)
  }

  #portsOf(process: Invocation): CampaignPorts {
    const redpack = this.#redpackOf(process)
    const { clock, merchants, controls } = redpack
    return {
      store: storeOf(this, process),
      clock,
      merchants,
      controls,
      send: (request) => {
        this.invariants.begun(request.idempotency_key, request.merchant.mch_id)
        return send({ ...redpack, pace: request.pace }, request)
      },
      blame: (err_code) => meaningOf(err_code).blame,
      token: () => process.token(),
      report: (notice) => {
        if (notice.event === 'campaign_bug') this.fail(notice.error)
        else this.note(`${notice.campaign.name}: ${notice.from} → ${notice.campaign.state}`)
      },
    }
  }

  #redpackOf(process: Invocation): Ports {
    const { memory } = this
    const writer = { now: () => process.now(), token: () => process.token() }
    const store = memory.store(writer)
    const written = <T extends { record: RedpackRecord }>(result: Promise<T>) => {
      void result.then(({ record }) => {
        const before = this.#records.get(record.id)
        this.#records.set(record.id, record)
        this.invariants.recorded(before, record)
      })
      return result
    }
    const ports: Partial<Ports> = {
      store: {
        ...store,
        insert: (order) => process.call('store.insert', () => written(store.insert(order))),
        get: (id) => process.call('store.get', () => store.get(id)),
        prepare: (seen, next) => {
          const write = store.prepare(seen, next)
          return (timeout_ms) => process.call('store.update', () => written(write(timeout_ms)))
        },
      },
      sequences: { ...memory.sequences, take: (id) => process.call('sequences.take', () => memory.sequences.take(id)) },
      limits: memory.limits,
      controls: memory.controls,
      merchants: { load: async (miniapp_id) => this.merchant(miniapp_id), renew: async () => undefined },
      wechat: {
        send: (_, order, timeout_ms) => this.#pay(process, order, timeout_ms),
        query: async () => ({ means: 'unclear' }),
      },
      clock: { now: () => process.now(), sleep: (duration_ms) => process.sleep(duration_ms) },
      random: () => process.random(),
      report: () => {},
    }
    return ports as Ports
  }

  /** sendredpack: what the plan says of the row, the balance, and now and then something unclear. */
  async #pay(process: Invocation, order: Order, timeout_ms: number): Promise<Sent> {
    const [, id = ''] = (order.idempotency_key ?? '').split('/')
    this.invariants.called('worker', order.mch_id, this.campaigns.campaign(id)?.rate_per_s ?? 0)
    const random = this.random.fork(`${order.mch_billno} ${this.events.now_ms}`)
    await process.sleep(random.int(60, 400))
    // Every call under a number is unclear, or none.
    const isUnclear = !this.isCalm && this.random.fork(order.mch_billno).chance(this.rates.wechat)
    if (isUnclear && random.chance(0.2)) return refusal('FREQ_LIMIT')
    const said = isUnclear && random.chance(0.8) ? undefined : this.carryOut(order)
    if (!isUnclear) return said ? refusal(said) : { means: 'paid', send_listid: '1000000000', raw: '' }
    await process.sleep(Math.min(timeout_ms, random.pick([500, 9_000])))
    return { means: 'no_result', raw: '' }
  }

  /** Moves the money, once for a number, unless money is short. @returns the code of a refusal */
  carryOut(order: Order, isShort = false): string | undefined {
    const label = order.act_name
    const standing = this.debits.get(label)
    if (standing?.mch_billno === order.mch_billno) return undefined
    if (label.includes('bad') && this.random.fork(order.mch_billno).chance(0.8)) return 'OPENID_ERROR'
    const balance = this.balances.get(order.mch_id) ?? 0
    if (isShort || balance < order.total_amount) return 'NOTENOUGH'
    this.balances.set(order.mch_id, fen(balance - order.total_amount))
    this.invariants.debited(standing, order)
    this.debits.set(label, order)
    return undefined
  }
}

function refusal(err_code: string): Sent {
  return { means: meaningOf(err_code).means, err_code, err_code_des: err_code, raw: '' }
}

function storeOf(world: CampaignWorld, process: Invocation): CampaignStore {
  const store = world.campaigns.store({ now: () => process.now() })
  const calls = Object.entries(store).map(([name, method]) => [
    name,
    (...given: unknown[]) => {
      if (name === 'save' && (given[2] as { lease_until_ms?: number }).lease_until_ms === 0) world.provoke(process.name)
      return process.call(`campaigns.${name}`, async () => {
        const result = await Reflect.apply(method as (...all: unknown[]) => Promise<unknown>, store, given)
        if (name === 'save') world.invariants.saved(String(given[0]))
        return result
      })
    },
  ])
  return Object.fromEntries(calls) as CampaignStore
}
