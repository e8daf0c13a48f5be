// The items of campaigns in memory, outside of JavaScript's heap, and the capacity units that DynamoDB charges for each call.
import { deserialize, serialize } from 'node:v8'
import type { Campaign, Draft, Head } from '../../lib/campaigns/campaign.ts'
import type { CampaignStore, RowRecord } from '../../lib/campaigns/ports.ts'
import { waiting } from '../../lib/campaigns/totals.ts'

export type Units = { write: Map<string, number>; read: Map<string, number> }

const KB = 1024
/** Measured: a head with its letters, without attempts; a campaign. */
const HEAD_BYTES = 900
const RECORD_UNITS = 0.5

/** `record`: what of a row's record is there. One campaign at a time is enough here. */
export function meteredStore(
  units: Units,
  now: () => number,
  record: (key: string) => RowRecord | undefined,
): CampaignStore {
  const count = (of: Map<string, number>, name: string, by: number) => of.set(name, (of.get(name) ?? 0) + by)
  const write = (name: string, by: number) => count(units.write, name, by)
  const read = (name: string, by: number) => count(units.read, name, by)
  let campaign: Campaign | undefined
  const rows = new Map<number, Buffer>()
  const heads = new Map<number, Buffer>()
  const drafts = new Map<number, Buffer>()
  const outside = (value: unknown) => Buffer.from(serialize(value))
  const headOf = (n: number): Head | undefined => {
    const stored = heads.get(n)
    if (stored) return deserialize(stored) as Head
    const draft = drafts.get(n)
    if (!draft) return undefined
    const { count: size, sum } = deserialize(draft) as Draft
    return { n, version: 1, pass: 0, codes: '.'.repeat(size), totals: waiting(size, sum), reasons: {} }
  }
  const copy = () => structuredClone(campaign)
  const change = (changes: object) => {
    const given = Object.entries(changes).filter(([, value]) => value !== undefined)
    const set = Object.fromEntries(given.map(([key, value]) => [key, value ?? undefined]))
    if (campaign) campaign = { ...campaign, ...structuredClone(set), updated_at: Math.floor(now() / 1000) }
  }
  return {
    async create(fresh) {
      // The item, its copy in by-sequence, its key in open.
      write('campaign', 3)
      campaign = structuredClone(fresh)
      return { created: true, campaign: fresh }
    },
    async get() {
      read('campaign, looked at', 1)
      return copy()
    },
    list: async () => ({ campaigns: [], total_count: 0 }),
    since: async () => [],
    async command(_, { due_at, totals, ...next }) {
      write('campaign', 4)
      change({ ...next, ...(due_at !== undefined && { due_at }), ...(totals && { totals }) })
      return true
    },
    async touch(_, due_at) {
      write('campaign', 4)
      change({ due_at })
    },
    async lease(_, worker, now_ms, lease_until_ms) {
      if ((campaign?.lease_until_ms ?? 0) >= now_ms) return undefined
      write('leases', 4)
      change({ worker, lease_until_ms, due_at: Math.ceil(lease_until_ms / 1000) })
      return copy()
    },
    async save(_, worker, changes) {
      if (campaign?.worker !== worker) return false
      write('totals', changes.due_at === undefined ? 2 : 4)
      change(changes)
      return true
    },
    due: async () => [],
    async putRows(_, n, packed) {
      write('rows', Math.ceil(packed.length / KB))
      rows.set(n, Buffer.from(packed))
      return true
    },
    async rows(_, n) {
      const packed = rows.get(n)
      read('rows', Math.ceil((packed?.length ?? 0) / (4 * KB)))
      return packed
    },
    async putDraft(_, n, draft) {
      write('heads', Math.ceil((120 + draft.values.length) / KB))
      drafts.set(n, outside(draft))
    },
    async drafts(_, ns) {
      read('heads', ns.length)
      return new Map(
        ns.flatMap((n): [number, Draft][] => {
          const draft = drafts.get(n)
          return draft ? [[n, deserialize(draft) as Draft]] : []
        }),
      )
    },
    async heads(_, ns) {
      read('heads', ns.length * Math.ceil(HEAD_BYTES / (4 * KB)))
      return ns.flatMap((n) => headOf(n) ?? [])
    },
    async saveHead(_, version, head) {
      if (headOf(head.n)?.version !== version) return false
      write('heads', head.attempts ? 2 : 1)
      heads.set(head.n, outside(head))
      return true
    },
    removeRows: async () => {},
    removeDraft: async () => {},
    async putSketch() {
      write('sketch', 2)
    },
    sketches: async () => new Map(),
    async line() {
      read('line', 1)
      return { queue: [], version: 0 }
    },
    async saveLine() {
      write('line', 1)
      return true
    },
    async records(_, keys, consistent) {
      read('records', keys.length * RECORD_UNITS * (consistent ? 2 : 1))
      return new Map(
        keys.flatMap((key): [string, RowRecord][] => {
          const found = record(key)
          return found ? [[key, found]] : []
        }),
      )
    },
  }
}
