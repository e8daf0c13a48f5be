// One run's world: virtual time, the store, WeChat, the processes in it, and what is known of them.
import { AppError } from '../../lib/errors.ts'
import type { Ports } from '../../lib/redpack/ports.ts'
import { type Memory, memoryTable } from '../support/memory-store.ts'
import { EventQueue } from './event-queue.ts'
import { Faults } from './faults.ts'
import { GapWatch } from './gap-search.ts'
import { History } from './history.ts'
import { Invariants } from './invariants.ts'
import { portsOf } from './ports.ts'
import { Process } from './process.ts'
import { Random } from './random.ts'
import { Secrets } from './secrets.ts'
import { WeChat } from './wechat.ts'

/** How far a clock may be from the true time. */
export const SKEW_MAX_MS = 2_000

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** How far the clock jumps. */
const JUMPS_MS = [5 * MINUTE_MS, 21 * MINUTE_MS, 3 * 60 * MINUTE_MS, 25 * 60 * MINUTE_MS, 31 * DAY_MS] as const
const JUMPS_MAX = 2

/** What came of a process that lived to its end. */
export type Ended<T> = { process: Process; value: T } | { process: Process; error: AppError }

export class World {
  readonly events: EventQueue
  readonly random: Random
  readonly faults: Faults
  readonly memory: Memory = memoryTable()
  readonly history: History
  readonly secrets: Secrets
  readonly wechat: WeChat
  readonly invariants: Invariants
  readonly gaps: GapWatch
  readonly stats = new Map<string, number>()
  readonly trace: string[] | undefined
  /** Whose callers there are. */
  miniapp_ids: string[] = []
  paused_until_ms = 0
  #brownout = { port: '', until_ms: 0 }
  failure: unknown
  #jumps = 0
  readonly #skewed: boolean
  readonly #start_ms: number

  constructor(seed: number, left_out: ReadonlySet<string>, traced: boolean) {
    this.random = new Random(seed)
    const { random } = this
    // Some runs begin a little before midnight in Beijing, so that a limit's day ends within them.
    this.#start_ms = 1_795_392_000_000 + (random.chance(0.3) ? 16 * 3_600_000 - random.int(0, 300_000) : 0)
    this.events = new EventQueue(this.#start_ms)
    this.faults = new Faults(random.fork('faults'), left_out)
    this.trace = traced ? [] : undefined
    this.#skewed = random.chance(0.5)
    this.history = new History(this.events)
    this.secrets = new Secrets(this.events)
    this.invariants = new Invariants(this)
    this.gaps = new GapWatch(this)
    this.wechat = new WeChat(this.events, this.faults, {
      debited: (order, process) => this.invariants.debited(order, process),
      hasStatus: (mch_billno) => this.history.last(mch_billno.slice(2))?.status !== undefined,
      count: (what) => this.count(what),
      note: (line) => this.note(line),
    })
  }

  note(line: () => string): void {
    this.trace?.push(`+${((this.events.now_ms - this.#start_ms) / 1000).toFixed(3)} s  ${line()}`)
  }

  count(what: string): void {
    this.stats.set(what, (this.stats.get(what) ?? 0) + 1)
  }

  fail(error: unknown): void {
    this.failure ??= error
  }

  /** Everything of ours stands still for a while, and WeChat goes on. */
  jump(where: string, random: Random): void {
    const moment_ms = this.moment(random)
    const now_ms = this.events.now_ms
    const until_ms = random.chance(0.4) && moment_ms > now_ms ? moment_ms : now_ms + random.pick(JUMPS_MS)
    if (this.#jumps === JUMPS_MAX || now_ms < this.paused_until_ms) return
    this.#jumps += 1
    this.count('jump')
    this.note(() => `${where}: the clock jumps ${Math.round((until_ms - now_ms) / 1000)} s`)
    this.paused_until_ms = until_ms
    if (random.chance(0.3)) this.brownOut('store.get', until_ms - now_ms + 3 * MINUTE_MS)
  }

  /** When seconds decide: an order is 30 days old, or 20 minutes have gone by since somebody may have called under a number. */
  moment(random: Random): number {
    const records = this.history.now()
    const open = records.find(({ outcome, err_code }) => outcome === 'unknown' && err_code !== undefined)
    if (open && random.chance(0.8))
      return open.no_call_after_ms + 20 * MINUTE_MS - random.int(-SKEW_MAX_MS, SKEW_MAX_MS)
    return (records[0]?.created_at ?? 0) * 1000 + 30 * DAY_MS - random.int(-1_000, 9_000)
  }

  brownOut(port: string, duration_ms: number): void {
    this.#brownout = { port, until_ms: this.events.now_ms + duration_ms }
  }

  isBrownedOut(port: string): boolean {
    return this.#brownout.port === port && this.events.now_ms <= this.#brownout.until_ms
  }

  /** Runs a use case as a process of its own. The promise hangs for ever if the process dies. */
  async run<T>(
    name: string,
    limit_ms: number,
    work: (ports: Ports, process: Process) => Promise<T>,
  ): Promise<Ended<T>> {
    const random = this.random.fork(name)
    const skew_ms = this.#skewed ? random.pick([-SKEW_MAX_MS, SKEW_MAX_MS, random.int(-SKEW_MAX_MS, SKEW_MAX_MS)]) : 0
    const process = new Process(this, name, random, limit_ms, skew_ms)
    try {
      return { process, value: await work(portsOf(this, process), process) }
    } catch (error) {
      if (error instanceof AppError) return { process, error }
      this.fail(error)
      return new Promise(() => {})
    }
  }

  /** Waits; while the clock jumps, until after that. */
  async wait(duration_ms: number): Promise<void> {
    await this.events.sleep(duration_ms)
    while (this.events.now_ms < this.paused_until_ms) await this.events.sleep(this.paused_until_ms - this.events.now_ms)
  }

  /** @returns the value, or undefined if it takes longer */
  within<T>(duration_ms: number, promise: Promise<T>): Promise<T | undefined> {
    return Promise.race([promise, this.wait(duration_ms).then(() => undefined)])
  }
}
