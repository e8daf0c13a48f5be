// A million sent packets as a store: the attributes that a look changes, in arrays; the rest is the same for all.
import type { DuePage, Store } from '../../lib/redpack/ports.ts'
import type { RedpackRecord } from '../../lib/redpack/record.ts'
import { SHARDS } from '../../lib/redpack/shards.ts'
import { aRecord } from '../unit/records.ts'

const MINUTE_S = 60

export type Followed = Pick<Store, 'get' | 'prepare' | 'page'> & {
  /** Adds a packet that was just sent. */
  add(): void
  /** Packets that are followed still. */
  open(): number
  counts: { ended: number; went_on: number }
}

export const indexOf = (id: string) => Number(id.slice(1))
const idOf = (i: number) => SHARDS[i % SHARDS.length] + String(i).padStart(23, '0')

/** `count` packets, the i-th of which is created at `createdAt(i)`; each merchant has its turn. Times in seconds. */
export function followed(
  count: number,
  merchants: number,
  begun_s: number,
  createdAt: (i: number) => number,
  first_look_s: number,
): Followed {
  const [due_at, looks, isOpen] = [new Uint32Array(count), new Uint8Array(count), new Uint8Array(count)]
  const template = aRecord('followed', { outcome: 'sent', send_listid: '1', seq: 1, lease_until_ms: 0, open: 'status' })
  // Indexes by shard and minute in which they are due. One that has moved on is dropped when it is met.
  const buckets = SHARDS.map((): { first: number; minutes: number[][] } => ({ first: 0, minutes: [] }))
  const counts = { ended: 0, went_on: 0 }
  let [added, open] = [0, 0]
  const minuteOf = (s: number) => Math.floor((s - begun_s) / MINUTE_S)

  function put(i: number, due_s: number): void {
    due_at[i] = due_s
    const minutes = buckets[i % SHARDS.length]?.minutes ?? []
    const minute = minuteOf(due_s)
    const others = minutes[minute]
    if (others) others.push(i)
    else minutes[minute] = [i]
  }

  return {
    counts,
    open: () => open,

    add() {
      isOpen[added] = 1
      put(added, createdAt(added) + first_look_s)
      added += 1
      open += 1
    },

    async get(id) {
      const i = indexOf(id)
      if (isOpen[i] === 0) return { ...template, id, open: undefined, due_at: undefined }
      return { ...template, id, created_at: createdAt(i), looks: looks[i] ?? 0, due_at: due_at[i] }
    },

    prepare(seen, next) {
      return async () => {
        const i = indexOf(seen.id)
        looks[i] = next.looks
        if (next.open === undefined) {
          isOpen[i] = 0
          open -= 1
          counts.ended += 1
        } else {
          put(i, next.due_at ?? 0)
          counts.went_on += 1
        }
        return { applied: true, record: { ...seen, ...next } as RedpackRecord }
      }
    },

    async page(kind, shard, due_by_s): Promise<DuePage> {
      const bucket = buckets[SHARDS.indexOf(shard)]
      if (kind !== 'status' || !bucket) return { due: [] }
      const due = []
      const last = minuteOf(due_by_s)
      for (let minute = bucket.first; minute <= last; minute += 1) {
        const still = (bucket.minutes[minute] ?? []).filter(
          (i) => isOpen[i] === 1 && minuteOf(due_at[i] ?? 0) === minute,
        )
        bucket.minutes[minute] = still
        if (still.length === 0 && minute === bucket.first && minute < last) bucket.first += 1
        for (const i of still) {
          const due_s = due_at[i] ?? 0
          if (due_s <= due_by_s) due.push({ id: idOf(i), mch_id: String(i % merchants), due_at: due_s })
        }
      }
      return { due }
    },
  }
}
