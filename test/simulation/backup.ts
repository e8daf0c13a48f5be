// A restore: the table as it was some time ago takes the place of the one that stands, and whoever restored it raises the epoch.
import type { World } from './world.ts'

const MINUTE_MS = 60_000

/** A copy of the table, as it was at a time. */
export type Backup = {
  readonly at_ms: number
  readonly mark: ReadonlyMap<string, number>
  readonly putBack: () => void
}

export function backUp({ events, history, memory }: World): Backup {
  return { at_ms: events.now_ms, mark: history.mark(), putBack: memory.backup() }
}

/** Whoever works on the table is stopped, and a new epoch begins by the clock of whoever is first. */
export function restore(world: World, { at_ms, mark, putBack }: Backup, skew_ms: number): void {
  const { events, history, ledger, memory } = world
  // A look may go on in a container whose invocation is over.
  for (const process of world.processes.values()) process.die(process.name, 'is deployed anew')
  world.table += 1
  putBack()
  void world.others.close(world)
  for (const { act_name } of history.rollBack(mark)) ledger.gone_labels.add(act_name)
  for (const { id } of history.now()) {
    world.restored_ids.add(id)
    if (memory.foreign(id)?.outcome === undefined) continue
    events.after(10 * MINUTE_MS, () => world.rewrite(id, 'later~restored', { note: 'after a restore' }))
  }
  world.gaps.restored()
  world.invariants.restored()
  memory.commanded.held_before = Math.floor((events.now_ms + skew_ms) / 1000)
  world.count('restore')
  world.note(() => `the table is as it was ${Math.round((events.now_ms - at_ms) / 1000)} s ago`)
}
