// One state change: a conditional write that names the version it leaves, and knows its own hand when it looks again.
import { hasCode } from '../errors.ts'
import type { Changes, Ports } from './ports.ts'
import type { RedpackRecord } from './record.ts'

/** Times between the tries of a write that must not be lost, in ms. */
const RETRY_AFTER_MS = [100, 300]

export type Changed = { mine: boolean; record: RedpackRecord }

/** Changes `seen`. Out: `mine` false where another writer was there first, and in any case the record that stands now. */
export async function change(ports: Ports, seen: RedpackRecord, changes: Changes): Promise<Changed> {
  return write(ports, seen, stamped(ports, seen, changes))
}

/** The same, tried again while the store cannot be reached: a lost acknowledgement is recognised by the writer's token. */
export async function changePatiently(ports: Ports, seen: RedpackRecord, changes: Changes): Promise<Changed> {
  const whole = stamped(ports, seen, changes)
  for (const wait_ms of RETRY_AFTER_MS) {
    try {
      return await write(ports, seen, whole)
    } catch (error) {
      if (!hasCode(error, 'store_unavailable')) throw error
      await ports.clock.sleep(wait_ms)
    }
  }
  return write(ports, seen, whole)
}

type Stamped = Changes & { writer: string }

function stamped(ports: Ports, seen: RedpackRecord, changes: Changes): Stamped {
  return {
    ...changes,
    version: seen.version + 1,
    writer: ports.token(),
    updated_at: Math.floor(ports.clock.now() / 1000),
  }
}

async function write(ports: Ports, seen: RedpackRecord, changes: Stamped): Promise<Changed> {
  const record = await ports.store.update(seen, changes)
  return { mine: record.writer === changes.writer, record }
}
