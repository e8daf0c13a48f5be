// One run's world: virtual time, the table, WeChat, the processes in it, and what is known of them.
import { AppError } from '../../lib/errors.ts'
import type { Ports } from '../../lib/redpack/ports.ts'
import type { Kind, RedpackRecord } from '../../lib/redpack/record.ts'
import type { Shard } from '../../lib/redpack/shards.ts'
import { type Foreign, type Memory, memoryTable } from '../support/memory-store.ts'
import { Calls } from './calls.ts'
import { type Clocks, SKEW_MAX_MS, WRONG_MAX_MS } from './clocks.ts'
import { EventQueue } from './event-queue.ts'
import { Faults } from './faults.ts'
import { GapWatch } from './gap-search.ts'
import { History } from './history.ts'
import { Invariants } from './invariants.ts'
import { Ledger } from './ledger.ts'
import { Others } from './others.ts'
import { portsOf } from './ports.ts'
import { Process } from './process.ts'
import { Random } from './random.ts'
import { Secrets } from './secrets.ts'
import type { SendPlan } from './send-plans.ts'
import { Violation } from './violation.ts'
import { WeChat } from './wechat.ts'

/** From the beginning of a run of settle to its first look: a beat. */
const FIRST_LOOK_MS = 1_000
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** How far the clock jumps. */
const JUMPS_MS = [5 * MINUTE_MS, 21 * MINUTE_MS, 3 * 60 * MINUTE_MS, 25 * 60 * MINUTE_MS, 31 * DAY_MS] as const
const JUMPS_MAX = 2

/** What may break if clocks are further apart than they may be. All else holds whatever they show: nothing is paid twice. */
const BY_THE_CLOCK: ReadonlySet<string> = new Set(['I3', 'I4', 'I9', 'I10', 'I11', 'I16', 'limit', 'epoch'])

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
  readonly ledger: Ledger
  readonly calls: Calls
  readonly invariants: Invariants
  readonly gaps: GapWatch
  readonly others = new Others()
  readonly clocks: Clocks
  /** Entries of the schedule, each with its part of the shards. */
  readonly entries: 1 | 2
  /** Pages of the index that are sure to be empty are read, too; in most seeds they are not, for speed. */
  readonly #readsAll: boolean
  readonly processes = new Map<string, Process>()
  readonly stats = new Map<string, number>()
  /** Alarms that have been raised: the alarm and the record's id. */
  readonly alarms = new Set<string>()
  readonly trace: string[] | undefined
  /** What callers mean to send; it grows if somebody sends again under a new key. */
  readonly plans: SendPlan[] = []
  /** Processes that get no reply, and whose writes take as long as they may. */
  readonly slowed = new Set<string>()
  /** Whose callers there are. */
  miniapp_ids: string[] = []
  paused_until_ms = 0
  /** Things under way that belong to no living process: late writes, requests to WeChat. */
  pending = 0
  /** A restore puts another table in its place. */
  table = 1
  living = 0
  /** Records that are older than a restore: none of them may be called. */
  readonly restored_ids = new Set<string>()
  /** Since when the brake is on, by mini app. */
  readonly stopped_ms = new Map<string, number>()
  /** When faults stopped. */
  calm_ms = Number.POSITIVE_INFINITY
  failure: unknown
  #brownout = { port: '', until_ms: 0 }
  #jumps = 0
  readonly #start_ms: number

  constructor(seed: number, left_out: ReadonlySet<string>, traced: boolean) {
    this.random = new Random(seed)
    const { random } = this
    // Some runs begin a little before midnight in Beijing, so that a limit's day ends within them.
    this.#start_ms = 1_795_392_000_000 + (random.chance(0.3) ? 16 * 3_600_000 - random.int(0, 300_000) : 0)
    this.events = new EventQueue(this.#start_ms)
    this.faults = new Faults(random.fork('faults'), left_out)
    this.trace = traced ? [] : undefined
    const draw = random.next()
    this.clocks = draw < 0.45 ? 'true' : draw < 0.8 ? 'apart' : draw < 0.95 ? 'stepping' : 'wrong'
    this.entries = random.chance(0.25) ? 2 : 1
    this.#readsAll = random.chance(0.02)
    this.history = new History(this.events)
    this.secrets = new Secrets(this.events)
    this.ledger = new Ledger(this)
    this.calls = new Calls(this)
    this.invariants = new Invariants(this)
    this.gaps = new GapWatch(this)
    this.wechat = new WeChat(this.events, this.faults, this.ledger)
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

  /** An invariant does not hold. */
  broken(invariant: string, detail: string): void {
    if (this.clocks === 'wrong' && BY_THE_CLOCK.has(invariant)) this.count(`${invariant} by wrong clocks`)
    else this.fail(new Violation(invariant, detail))
  }

  skewOf(random: Random): number {
    if (this.clocks === 'true') return 0
    if (this.clocks === 'wrong') return random.pick([-1, 0, 1]) * random.int(0, WRONG_MAX_MS)
    return random.pick([-SKEW_MAX_MS, SKEW_MAX_MS, random.int(-SKEW_MAX_MS, SKEW_MAX_MS)])
  }

  /** False if a page of the index is sure to be empty, and need not be read. */
  isPageRead(kind: Kind, shard: Shard): boolean {
    return this.#readsAll || this.history.mayShow(kind, shard)
  }

  /** Everything of ours stands still for a while, and WeChat goes on. */
  jump(where: string, random: Random): void {
    const moment_ms = this.moment(random)
    const now_ms = this.events.now_ms
    const until_ms = random.chance(0.4) && moment_ms > now_ms ? moment_ms : now_ms + random.pick(JUMPS_MS)
    if (this.#jumps === JUMPS_MAX || this.table > 1 || now_ms < this.paused_until_ms) return
    this.#jumps += 1
    this.count('jump')
    this.note(() => `${where}: the clock jumps ${Math.round((until_ms - now_ms) / 1000)} s`)
    this.paused_until_ms = until_ms
    // The last fault that was planned before they stopped.
    if (this.faults.calm) this.calm_ms = until_ms
    if (random.chance(0.3)) this.brownOut('store.get', until_ms - now_ms + 3 * MINUTE_MS)
  }

  /** When seconds decide: an order is 30 days old, or 20 minutes have gone by since somebody called under a number. */
  moment(random: Random): number {
    const records = this.history.now()
    const open = records.find(({ outcome, err_code }) => outcome === 'unknown' && err_code !== undefined)
    if (open && random.chance(0.8)) {
      const called_ms = this.calls.last_ms(open.mch_billno) ?? open.no_call_after_ms
      return called_ms + 20 * MINUTE_MS - FIRST_LOOK_MS - random.int(-SKEW_MAX_MS, SKEW_MAX_MS)
    }
    return (records[0]?.created_at ?? 0) * 1000 + 30 * DAY_MS - random.int(-1_000, 9_000)
  }

  brownOut(port: string, duration_ms: number): void {
    this.#brownout = { port, until_ms: this.events.now_ms + duration_ms }
  }

  isBrownedOut(port: string): boolean {
    return this.#brownout.port === port && this.events.now_ms <= this.#brownout.until_ms
  }

  /** Older than a restore by its creator's clock: the code may only ask about it. */
  isHeld({ created_at }: RedpackRecord): boolean {
    return created_at < this.memory.commanded.held_before
  }

  /** Another version of the code writes a record, with attributes of its own. */
  rewrite(id: string, writer: string, foreign: Foreign): void {
    const record = this.history.last(id)
    if (!record) return
    const next = { ...record, version: record.version + 1, writer }
    this.memory.put(next, foreign)
    this.history.written(next)
    this.note(() => `${writer} writes ${JSON.stringify(foreign)} to ${record.act_name}`)
  }

  /** Runs a use case as a process of its own. The promise hangs for ever if the process dies. */
  async run<T>(
    name: string,
    limit_ms: number,
    work: (ports: Ports, process: Process) => Promise<T>,
  ): Promise<Ended<T>> {
    const process = new Process(this, name, this.random.fork(name), limit_ms)
    this.processes.set(name, process)
    this.living += 1
    try {
      return { process, value: await work(portsOf(this, process), process) }
    } catch (error) {
      if (error instanceof AppError) return { process, error }
      this.fail(error)
      return new Promise(() => {})
    } finally {
      this.ended(process)
    }
  }

  ended(process: Process): void {
    if (process.isOver) return
    process.isOver = true
    this.living -= 1
    // What it did last is told of first.
    if (this.living === 0) this.events.after(0, () => this.invariants.maybeQuiet())
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
