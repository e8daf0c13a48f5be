// One invocation: it waits at its ports, and there it may be slow, stall, fail or die. Its clock is ahead or behind.
import { AppError } from '../../../lib/errors.ts'
import type { Random } from '../random.ts'
import type { CampaignWorld } from './world.ts'

/** How long a process may stand still: within a permit, past it, past its lease. */
const STALLS_MS = [700, 1_500, 2_500, 4_000, 14_000, 60_000, 100_000] as const
/** A container that is frozen with a write on its way may thaw hours later. */
const FREEZES_MS = [60_000, 100_000, 25 * 60_000, 3 * 3_600_000] as const
/** A campaign is written much more seldom than its rows, and the places between two writes are what this is about. */
const OFTEN: Readonly<Record<string, number>> = {
  'campaigns.saveHead': 20,
  'campaigns.save': 8,
  'campaigns.records': 8,
  'campaigns.command': 8,
  'campaigns.saveLine': 8,
  'campaigns.lease': 8,
  'campaigns.get': 8,
}

export class Invocation {
  readonly name: string
  readonly skew_ms: number
  isDead = false
  readonly #world: CampaignWorld
  readonly #random: Random
  readonly #end_ms: number
  #stalled_until_ms = 0
  #tokens = 0

  constructor(world: CampaignWorld, name: string, limit_ms: number) {
    this.#world = world
    this.name = name
    this.#random = world.random.fork(name)
    this.skew_ms = this.#random.pick([0, 0, this.#random.int(-2_000, 2_000)])
    this.#end_ms = world.events.now_ms + limit_ms
  }

  now(): number {
    return this.#world.events.now_ms + this.skew_ms
  }

  readonly remaining_ms = (): number => this.#end_ms - this.#world.events.now_ms

  token(): string {
    this.#tokens += 1
    return `${this.name}~${this.#tokens}`
  }

  random(): number {
    return this.#random.next()
  }

  /** A call to a port: `effect` happens at one moment, or not at all. */
  call<T>(port: string, effect: () => Promise<T>): Promise<T> {
    const { events } = this.#world
    const fault = this.#world.isCalm ? undefined : this.#fault(port)
    if (this.#world.isAway(port, this.name) || fault === 'throttled') return this.#fail(port)
    const there_ms = this.#random.int(1, 10) + (fault === 'stall_before' ? this.#stall(port) : 0)
    return new Promise((resolve, reject) => {
      events.after(there_ms, () => {
        if (this.isDead) return
        if (fault === 'crash_before') return this.die(port)
        const result = effect()
        if (fault === 'crash_after') return this.die(port)
        if (fault === 'stall_after') this.#stall(port)
        this.#resume(this.#random.int(1, 10), () => {
          if (fault === 'lost_ack') reject(new AppError('store_unavailable', port))
          else resolve(result)
        })
      })
    })
  }

  sleep(duration_ms: number): Promise<void> {
    return new Promise((resolve) => this.#resume(duration_ms, resolve))
  }

  die(where: string): void {
    this.isDead = true
    this.#world.note(`${this.name} dies at ${where}`)
    this.#world.count('died')
  }

  #fault(port: string): string | undefined {
    if (!(this.#random.next() < this.#world.rates.port * (OFTEN[port] ?? 1))) return undefined
    return this.#random.pick(this.#world.rates.faults)
  }

  #stall(port: string): number {
    const duration_ms = this.#random.pick(port === 'campaigns.saveHead' ? FREEZES_MS : STALLS_MS)
    this.#stalled_until_ms = Math.max(this.#stalled_until_ms, this.#world.events.now_ms + duration_ms)
    this.#world.awake_ms = Math.max(this.#world.awake_ms, this.#stalled_until_ms)
    if (/^(start|resume|retry)/.test(this.name)) this.#world.resumers_awake_ms = this.#stalled_until_ms
    if (port.startsWith('campaigns.')) this.#world.provoke(this.name)
    this.#world.note(`${this.name} stalls ${duration_ms} ms`)
    this.#world.count('stalled')
    return duration_ms
  }

  /** Goes on after `delay_ms`; if it stands still then, after that. Lambda ends it when its time is over. */
  #resume(delay_ms: number, next: () => void): void {
    this.#world.events.after(delay_ms, () => {
      if (this.isDead) return
      const wait_ms = this.#stalled_until_ms - this.#world.events.now_ms
      if (wait_ms > 0) return this.#resume(wait_ms, next)
      if (this.remaining_ms() <= 0 && this.#stalled_until_ms === 0) return this.die('the end of its time')
      next()
    })
  }

  #fail<T>(port: string): Promise<T> {
    return new Promise((_, reject) => {
      this.#resume(this.#random.int(1, 20), () => reject(new AppError('store_unavailable', port)))
    })
  }
}
