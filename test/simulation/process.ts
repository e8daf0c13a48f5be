// One run of a function in a container: it waits at its ports, and there it may be slow, freeze, fail or die.
import { AppError } from '../../lib/errors.ts'
import { PORT_FAULTS, type PortFault } from './faults.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

const MINUTE_MS = 60_000
/** How long a container may be frozen: within its lease, past it, past 20 minutes, for hours. */
const FREEZES_MS = [2_000, 20_000, 45_000, 5 * MINUTE_MS, 21 * MINUTE_MS, 150 * MINUTE_MS] as const
/** A wait can be cut short by death or be far too long, and that is all. */
const WAIT_FAULTS = ['crash_after', 'freeze_after', 'jump'] as const

export class Process {
  readonly name: string
  readonly random: Random
  /** Its clock is so far ahead of the true time. */
  readonly skew_ms: number
  /** Times it was frozen: then it may outlive its time limit, as a zombie. */
  freezes = 0
  sends = 0
  isDead = false
  readonly began_ms: number
  #tokens = 0
  #ports = 0
  #frozen_until_ms = 0
  readonly #world: World
  readonly #deadline_ms: number

  constructor(world: World, name: string, random: Random, limit_ms: number, skew_ms: number) {
    this.#world = world
    this.name = name
    this.random = random
    this.skew_ms = skew_ms
    this.began_ms = world.events.now_ms
    this.#deadline_ms = this.began_ms + limit_ms
  }

  now(): number {
    return this.#world.events.now_ms + this.skew_ms
  }

  readonly remaining_ms = (): number => this.#deadline_ms - this.#world.events.now_ms

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

  /** A call to a port: `effect` happens as one, at one moment, or not at all. */
  call<T>(port: string, effect: () => Promise<T>, code: 'store_unavailable' | 'secrets_unavailable'): Promise<T> {
    const { events, faults } = this.#world
    const where = this.nextPort(port)
    const fault = faults.oneOf(PORT_FAULTS, where, this.random) ?? this.#brownedOut(port, where)
    const there_ms = this.random.int(1, 12) + (fault === 'slow' ? this.random.int(500, 4_000) : 0)
    const back_ms = this.random.int(1, 12)
    return new Promise((resolve, reject) => {
      if (fault === 'crash_before') return events.after(there_ms, () => this.die(where, fault))
      if (fault === 'throttled') return this.#fail(where, there_ms + back_ms, fault, code, reject)
      const start_ms = fault === 'freeze_before' ? this.freeze(where, fault) + there_ms : there_ms
      events.after(start_ms, () => {
        if (this.isDead) return
        this.#world.note(() => `${where}${fault ? ` (${fault})` : ''}`)
        const result = effect()
        if (fault === 'crash_after') return this.die(where, fault)
        if (fault === 'lost_ack') return this.#fail(where, back_ms, fault, code, reject)
        if (fault === 'freeze_after') this.freeze(where, fault)
        if (fault === 'jump') this.#world.jump(where, this.random)
        this.resume(back_ms, () => resolve(result))
      })
    })
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
        if (this.#world.paused_until_ms > events.now_ms) this.freezes += 1
        this.resume(awake_ms - events.now_ms, next)
      } else if (this.remaining_ms() <= 0 && this.freezes === 0) this.die(this.name, 'over its time limit')
      else next()
    })
  }

  /** @returns how long it is frozen, in ms */
  freeze(where: string, why: string): number {
    const duration_ms = Math.round(this.random.pick(FREEZES_MS) * (0.5 + this.random.next()))
    this.freezes += 1
    this.#frozen_until_ms = Math.max(this.#frozen_until_ms, this.#world.events.now_ms + duration_ms)
    this.#world.count('frozen')
    this.#world.note(() => `${where} ${why}: frozen for ${Math.round(duration_ms / 1000)} s`)
    return duration_ms
  }

  die(where: string, why: string): void {
    if (this.isDead) return
    this.isDead = true
    this.#world.count('crashed')
    this.#world.note(() => `${where} ${why}: dies`)
  }

  #fail(
    where: string,
    delay_ms: number,
    fault: PortFault,
    code: 'store_unavailable' | 'secrets_unavailable',
    reject: (error: Error) => void,
  ): void {
    this.resume(delay_ms, () => {
      this.#world.note(() => `${where} ${fault}: ${code}`)
      reject(new AppError(code, fault))
    })
  }
}
