// How often settle turns to one number: WeChat's limit is for all of a merchant's calls, and what is hopeless must not take much of it.
import type { Process } from './process.ts'
import type { World } from './world.ts'

const HOUR_MS = 3_600_000
/**
 * Runs within an hour. settle looks after 1, 2, 5, 10 and 20 minutes, then hourly, and once more when NOT_FOUND begins to prove
 * something; callers who repeat the key and ask for the status put no look off.
 */
const RUNS_MAX = 10
/** Calls of any kind that one run of settle makes for a merchant in any second. */
const CALLS_PER_S = 25

type Turn = { readonly process: Process; readonly at_ms: number }

export class Pace {
  readonly #turns = new Map<string, Turn[]>()
  readonly #calls = new Map<string, number[]>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** A call goes out: queries, sends again and what is repeated of them count alike. */
  #called({ name }: Process, mch_id: string): void {
    const { now_ms } = this.#world.events
    const of = `${name} ${mch_id}`
    const lately = [...(this.#calls.get(of) ?? []).filter((at_ms) => at_ms > now_ms - 1_000), now_ms]
    this.#calls.set(of, lately)
    if (lately.length > CALLS_PER_S) this.#world.broken('pace', `${lately.length} calls of ${of} in one second`)
  }

  /** When a process asks about a number, or calls under it. Runs that fail leave their work to the next, and do not count. */
  turned(what: 'asked' | 'called', process: Process, mch_billno: string, mch_id = ''): void {
    if (!/^(settle|rest)-/.test(process.name)) return
    this.#called(process, mch_id)
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
