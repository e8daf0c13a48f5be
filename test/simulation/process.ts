// One run of a function in a container: it waits at its ports, and there it may be slow, freeze, fail or die.
import { AppError } from '../../lib/errors.ts'
import type { Agenda } from './agenda.ts'
import { type Faults, PORT_FAULTS, type PortFault } from './faults.ts'
import type { Random } from './random.ts'

const MINUTE_MS = 60_000
/** How long a container may be frozen: within its lease, past it, past 20 minutes, for hours. */
const FREEZES_MS = [2_000, 20_000, 45_000, 5 * MINUTE_MS, 21 * MINUTE_MS, 150 * MINUTE_MS] as const
/** A wait can be cut short by death or be far too long, and that is all. */
const WAIT_FAULTS = ['crash_after', 'freeze_after', 'jump'] as const

/** What a process needs of the run it is part of. */
export type Host = {
  readonly agenda: Agenda
  readonly faults: Faults
  /** Until when all of ours stand still (a clock that jumps forward); WeChat goes on meanwhile. */
  paused_until_ms: number
  /** Until when the store answers few reads. */
  brownout_until_ms: number
  jump(where: string, random: Random): void
  note(line: () => string): void
  count(what: string): void
  /** Ends the run: a bug of the use cases or of the simulation. */
  fail(error: unknown): void
}

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
  readonly #host: Host
  readonly #deadline_ms: number

  constructor(host: Host, name: string, random: Random, limit_ms: number, skew_ms: number) {
    this.#host = host
    this.name = name
    this.random = random
    this.skew_ms = skew_ms
    this.began_ms = host.agenda.now_ms
    this.#deadline_ms = this.began_ms + limit_ms
  }

  now(): number {
    return this.#host.agenda.now_ms + this.skew_ms
  }

  readonly remaining_ms = (): number => this.#deadline_ms - this.#host.agenda.now_ms

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
    const { agenda, faults } = this.#host
    const where = this.nextPort(port)
    const fault = faults.oneOf(PORT_FAULTS, where, this.random) ?? this.#brownedOut(port, where)
    const there_ms = this.random.int(1, 12) + (fault === 'slow' ? this.random.int(500, 4_000) : 0)
    const back_ms = this.random.int(1, 12)
    return new Promise((resolve, reject) => {
      if (fault === 'crash_before') return agenda.after(there_ms, () => this.die(where, fault))
      if (fault === 'throttled') return this.#fail(where, there_ms + back_ms, fault, code, reject)
      const start_ms = fault === 'freeze_before' ? this.freeze(where, fault) + there_ms : there_ms
      agenda.after(start_ms, () => {
        if (this.isDead) return
        this.#host.note(() => `${where}${fault ? ` (${fault})` : ''}`)
        const result = effect()
        if (fault === 'crash_after') return this.die(where, fault)
        if (fault === 'lost_ack') return this.#fail(where, back_ms, fault, code, reject)
        if (fault === 'freeze_after') this.freeze(where, fault)
        if (fault === 'jump') this.#host.jump(where, this.random)
        this.resume(back_ms, () => resolve(result))
      })
    })
  }

  /** Reads that fail one after the other, not here and there. */
  #brownedOut(port: string, where: string): PortFault | undefined {
    if (port !== 'store.get' || this.#host.agenda.now_ms > this.#host.brownout_until_ms) return undefined
    return this.random.chance(0.7) && this.#host.faults.happens('brownout', where) ? 'throttled' : undefined
  }

  sleep(duration_ms: number): Promise<void> {
    const where = this.nextPort('sleep')
    const fault = this.#host.faults.oneOf(WAIT_FAULTS, where, this.random)
    return new Promise((resolve) => {
      this.resume(duration_ms, () => {
        if (fault === 'crash_after') return this.die(where, fault)
        if (fault === 'freeze_after') this.freeze(where, fault)
        if (fault === 'jump') this.#host.jump(where, this.random)
        this.resume(0, resolve)
      })
    })
  }

  /** Goes on after `delay_ms`, if it lives then; when it is frozen, after that. */
  resume(delay_ms: number, next: () => void): void {
    const { agenda } = this.#host
    agenda.after(delay_ms, () => {
      if (this.isDead) return
      const awake_ms = Math.max(this.#frozen_until_ms, this.#host.paused_until_ms)
      if (agenda.now_ms < awake_ms) {
        if (this.#host.paused_until_ms > agenda.now_ms) this.freezes += 1
        this.resume(awake_ms - agenda.now_ms, next)
      } else if (this.remaining_ms() <= 0 && this.freezes === 0) this.die(this.name, 'over its time limit')
      else next()
    })
  }

  /** Out: how long it is frozen, in ms. */
  freeze(where: string, why: string): number {
    const duration_ms = Math.round(this.random.pick(FREEZES_MS) * (0.5 + this.random.next()))
    this.freezes += 1
    this.#frozen_until_ms = Math.max(this.#frozen_until_ms, this.#host.agenda.now_ms + duration_ms)
    this.#host.count('frozen')
    this.#host.note(() => `${where} ${why}: frozen for ${Math.round(duration_ms / 1000)} s`)
    return duration_ms
  }

  die(where: string, why: string): void {
    if (this.isDead) return
    this.isDead = true
    this.#host.count('crashed')
    this.#host.note(() => `${where} ${why}: dies`)
  }

  #fail(
    where: string,
    delay_ms: number,
    fault: PortFault,
    code: 'store_unavailable' | 'secrets_unavailable',
    reject: (error: Error) => void,
  ): void {
    this.resume(delay_ms, () => {
      this.#host.note(() => `${where} ${fault}: ${code}`)
      reject(new AppError(code, fault))
    })
  }
}
