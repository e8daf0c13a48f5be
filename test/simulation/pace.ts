// How often settle turns to one number: WeChat's limit is for all of a merchant's calls, and what is hopeless must not take much of it.
import type { Process } from './process.ts'
import type { World } from './world.ts'

const HOUR_MS = 3_600_000
/**
 * Runs within an hour. settle looks after 1, 2, 5, 10 and 20 minutes, then hourly, and once more when NOT_FOUND begins to prove
 * something; callers who repeat the key and ask for the status put no look off.
 */
const RUNS_MAX = 10

type Turn = { readonly process: Process; readonly at_ms: number }

export class Pace {
  readonly #turns = new Map<string, Turn[]>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** When a process asks about a number, or calls under it. Runs that fail leave their work to the next, and do not count. */
  turned(what: 'asked' | 'called', process: Process, mch_billno: string): void {
    if (!/^(settle|rest)-/.test(process.name)) return
    const { now_ms } = this.#world.events
    const name = `${mch_billno} ${what}`
    const turns = [...(this.#turns.get(name) ?? []), { process, at_ms: now_ms }].filter(
      ({ at_ms }) => at_ms > now_ms - HOUR_MS,
    )
    this.#turns.set(name, turns)
    const runs = new Set(turns.flatMap(({ process: one }) => (one.hasFailed ? [] : one.name)))
    if (runs.size > RUNS_MAX) this.#world.broken('pace', `${name} by ${runs.size} runs in an hour`)
  }
}
