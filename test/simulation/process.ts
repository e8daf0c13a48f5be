// One run of a function in a container: it waits at its ports, and there it may be slow, freeze, fail or die.
import { AppError } from '../../lib/errors.ts'
import { SKEW_MAX_MS } from './clocks.ts'
import { PORT_FAULTS, type PortFault } from './faults.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

const MINUTE_MS = 60_000
/** How long a container may be frozen: within its lease, past it, past 20 minutes, for hours. */
const FREEZES_MS = [2_000, 20_000, 45_000, 5 * MINUTE_MS, 21 * MINUTE_MS, 150 * MINUTE_MS] as const
/** How late a write may land whose answer was an error. */
const LATE_MS = [200, 3_000, MINUTE_MS, 10 * MINUTE_MS] as const
/** A wait can be cut short by death or be far too long, and that is all. */
const WAIT_FAULTS = ['crash_after', 'freeze_after', 'jump'] as const

type Unavailable = 'store_unavailable' | 'secrets_unavailable'

export class Process {
  readonly name: string
  readonly random: Random
  /** Its clock is so far ahead of the true time. */
  skew_ms: number
  /** Times it was frozen: then it may outlive its time limit, as a zombie. */
  freezes = 0
  /** Calls of its ports that failed, that it does not know the end of, or that took its time. */
  failures = 0
  sends = 0
  /** When it read last what operators have commanded. */
  commanded_ms = 0
  /** Sends without a result that it has been shown. */
  seenOpen = 0
  isOver = false
  isDead = false
  readonly began_ms: number
  #tokens = 0
  #ports = 0
  #frozen_until_ms = 0
  /** Added to its time limit: a limit that is measured inside the container does not count what it was frozen for. */
  #not_counted_ms = 0
  #not_counted_until_ms = 0
  readonly #countsFreezes: boolean
  readonly #world: World
  readonly #deadline_ms: number

  constructor(world: World, name: string, random: Random, limit_ms: number) {
    this.#world = world
    this.name = name
    this.random = random
    this.skew_ms = world.skewOf(random)
    this.#countsFreezes = random.chance(0.5)
    this.began_ms = world.events.now_ms
    this.#deadline_ms = this.began_ms + limit_ms
  }

  now(): number {
    return this.#world.events.now_ms + this.skew_ms
  }

  readonly remaining_ms = (): number => this.#deadline_ms + this.#not_counted_ms - this.#world.events.now_ms

  /** Neither over, dead nor past its time limit, and never frozen: whoever takes its record over now is too early. */
  get isAtWork(): boolean {
    return !this.isOver && !this.isDead && this.freezes === 0 && this.remaining_ms() > 0
  }

  /** What it did last may be lost with it. */
  get hasFailed(): boolean {
    return this.failures > 0 || this.freezes > 0 || this.isDead
  }

  /** Names its writes; the name leads back to the process. */
  token(): string {
    this.#tokens += 1
    return `${this.name}~${this.#tokens}`
  }

  /** The next call to a port: the name of its choices. */
  nextPort(port: string): string {
    this.#ports += 1
    return `${this.name}#${this.#ports} ${port}`
  }

  read<T>(port: string, effect: () => Promise<T>, code: Unavailable): Promise<T> {
    return this.#call(port, effect, code, undefined)
  }

  /** A write may also land after its error, and does if it takes longer than it is waited for. */
  write<T>(port: string, effect: () => Promise<T>, timeout_ms = Number.POSITIVE_INFINITY): Promise<T> {
    return this.#call(port, effect, 'store_unavailable', timeout_ms)
  }

  /** A call to a port: `effect` happens as one, at one moment, or not at all. */
  #call<T>(
    port: string,
    effect: () => Promise<T>,
    code: Unavailable,
    write_timeout_ms: number | undefined,
  ): Promise<T> {
    const { events, faults } = this.#world
    const where = this.nextPort(port)
    const fault = faults.oneOf(PORT_FAULTS, where, this.random) ?? this.#brownedOut(port, where)
    const isWrite = write_timeout_ms !== undefined
    const timeout_ms = write_timeout_ms ?? Number.POSITIVE_INFINITY
    const isSlowed = isWrite && this.sends > 0 && this.#world.slowed.has(this.name)
    const most_ms = Math.min(timeout_ms - 20, this.remaining_ms() - this.random.int(100, 3_000))
    const slow_ms = isSlowed ? most_ms : 0
    const there_ms = this.random.int(1, 12) + (fault === 'slow' ? this.random.int(500, 4_000) : Math.max(0, slow_ms))
    const back_ms = this.random.int(1, 12)
    if (fault === 'slow' || isSlowed) this.failures += 1
    return new Promise((resolve, reject) => {
      if (fault === 'crash_before') return events.after(there_ms, () => this.die(where, fault))
      if (fault === 'late_write' && isWrite) this.#later(where, effect, this.#lateness())
      if (there_ms + back_ms > timeout_ms) {
        this.#later(where, effect, there_ms)
        return this.#fail(where, timeout_ms, 'slow', code, reject)
      }
      if (fault === 'throttled' || fault === 'late_write') {
        return this.#fail(where, there_ms + back_ms, fault, code, reject)
      }
      const start_ms = fault === 'freeze_before' ? this.freeze(where, fault) + there_ms : there_ms
      events.after(start_ms, () => {
        if (this.isDead) return
        this.#world.note(() => `${where}${fault ? ` (${fault})` : ''}`)
        const result = effect()
        // If the process dies or hears of a fault, nobody waits for it.
        result.catch(() => undefined)
        if (fault === 'crash_after') return this.die(where, fault)
        if (fault === 'lost_ack') return this.#fail(where, back_ms, fault, code, reject)
        if (fault === 'freeze_after') this.freeze(where, fault)
        if (fault === 'jump') this.#world.jump(where, this.random)
        this.resume(back_ms, () => {
          this.#stepClock(where)
          resolve(result)
        })
      })
    })
  }

  /** The write lands whatever becomes of its process. */
  #later(where: string, effect: () => Promise<unknown>, late_ms: number): void {
    const { table } = this.#world
    this.#world.pending += 1
    this.#world.events.after(late_ms, () => {
      this.#world.pending -= 1
      // It was meant for the table that a restore has put away.
      if (table !== this.#world.table) return
      this.#world.note(() => `${where} lands ${late_ms} ms after it was made`)
      effect().catch((error: unknown) => {
        if (!(error instanceof AppError)) this.#world.fail(error)
      })
    })
  }

  #lateness(): number {
    return Math.round(this.random.pick(LATE_MS) * (0.2 + this.random.next()))
  }

  #stepClock(where: string): void {
    const { clocks, faults } = this.#world
    if (clocks !== 'stepping' || !faults.strikes('clock_step', where, this.random)) return
    this.skew_ms = this.random.int(-SKEW_MAX_MS, SKEW_MAX_MS)
  }

  /** Calls to one port that fail one after the other, not here and there. */
  #brownedOut(port: string, where: string): PortFault | undefined {
    if (!this.#world.isBrownedOut(port)) return undefined
    return this.random.chance(0.7) && this.#world.faults.happens('brownout', where) ? 'throttled' : undefined
  }

  sleep(duration_ms: number): Promise<void> {
    const where = this.nextPort('sleep')
    const fault = this.#world.faults.oneOf(WAIT_FAULTS, where, this.random)
    return new Promise((resolve) => {
      this.resume(duration_ms, () => {
        if (fault === 'crash_after') return this.die(where, fault)
        if (fault === 'freeze_after') this.freeze(where, fault)
        if (fault === 'jump') this.#world.jump(where, this.random)
        this.resume(0, resolve)
      })
    })
  }

  /** Goes on after `delay_ms` if it lives then; if it is frozen, after that. */
  resume(delay_ms: number, next: () => void): void {
    const { events } = this.#world
    events.after(delay_ms, () => {
      if (this.isDead) return
      const awake_ms = Math.max(this.#frozen_until_ms, this.#world.paused_until_ms)
      if (events.now_ms < awake_ms) {
        if (this.#world.paused_until_ms > events.now_ms) {
          this.freezes += 1
          this.#notCounted(this.#world.paused_until_ms)
        }
        this.resume(awake_ms - events.now_ms, next)
      } else if (this.remaining_ms() <= 0 && this.freezes === 0) this.die(this.name, 'over its time limit')
      else next()
    })
  }

  /** @returns how long it is frozen, in ms */
  freeze(where: string, why: string): number {
    const duration_ms = Math.round(this.random.pick(FREEZES_MS) * (0.5 + this.random.next()))
    this.#frozen_until_ms = Math.max(this.#frozen_until_ms, this.#world.events.now_ms + duration_ms)
    this.#notCounted(this.#frozen_until_ms)
    this.freezes += 1
    this.#world.count('frozen')
    this.#world.note(() => `${where} ${why}: frozen for ${Math.round(duration_ms / 1000)} s`)
    return duration_ms
  }

  #notCounted(until_ms: number): void {
    const from_ms = Math.max(this.#world.events.now_ms, this.#not_counted_until_ms)
    if (this.#countsFreezes || until_ms <= from_ms) return
    this.#not_counted_ms += until_ms - from_ms
    this.#not_counted_until_ms = until_ms
  }

  die(where: string, why: string): void {
    if (this.isDead) return
    this.isDead = true
    if (this.isOver) return
    this.#world.count('crashed')
    this.#world.note(() => `${where} ${why}: dies`)
    this.#world.ended(this)
  }

  #fail(where: string, delay_ms: number, fault: PortFault, code: Unavailable, reject: (error: Error) => void): void {
    this.failures += 1
    this.resume(delay_ms, () => {
      this.#world.note(() => `${where} ${fault}: ${code}`)
      reject(new AppError(code, fault))
    })
  }
}
