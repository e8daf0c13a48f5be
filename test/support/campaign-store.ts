// The items of campaigns in memory, with DynamoDB's semantics: what the worker's tests and its simulation run on, held to them by the
// contract tests.
import type { Campaign, Commanded, Draft, Head } from '../../lib/campaigns/campaign.ts'
import type { CampaignStore, Line, RowRecord, Sketch } from '../../lib/campaigns/ports.ts'
import { waiting } from '../../lib/campaigns/totals.ts'
import { idOf, type RedpackRecord } from '../../lib/redpack/record.ts'

export type CampaignMemory = {
  store(writer: { now(): number }): CampaignStore
  campaign(id: string): Campaign | undefined
  campaigns(): Campaign[]
  heads(id: string): Head[]
  line(mch_id: string): Line
}

type Stored = { head?: Head; draft?: Draft }
const NOBODY: Line = { queue: [], version: 0 }

/** `record`: what of the records' table stands under an id. */
export function campaignMemory(record: (id: string) => RedpackRecord | undefined): CampaignMemory {
  const items = new Map<string, Campaign>()
  const rows = new Map<string, Uint8Array>()
  const heads = new Map<string, Stored>()
  const sketches = new Map<string, Sketch>()
  const lines = new Map<string, Line>()
  const at = (id: string, n: number) => `${id}#${n}`

  function change(id: string, changes: Record<string, unknown>): void {
    const item = items.get(id)
    // null and undefined take an attribute away where the caller says so.
    if (item) items.set(id, structuredClone({ ...item, ...changes }) as Campaign)
  }

  function headOf(id: string, n: number): Head | undefined {
    const { head, draft } = heads.get(at(id, n)) ?? {}
    if (head || !draft) return head
    return {
      n,
      version: 1,
      pass: 0,
      codes: '.'.repeat(draft.count),
      totals: waiting(draft.count, draft.sum),
      reasons: {},
    }
  }

  function store({ now }: { now(): number }): CampaignStore {
    const updated_at = () => Math.floor(now() / 1000)
    const newest = (miniapp_id: string) =>
      [...items.values()]
        .filter((item) => item.miniapp_id === miniapp_id)
        .sort((a, b) => b.created_ms - a.created_ms)
        .map((item) => structuredClone(item))

    return {
      async create(campaign) {
        const standing = items.get(campaign.id)
        if (standing) return { created: false, campaign: structuredClone(standing) }
        items.set(campaign.id, structuredClone(campaign))
        return { created: true, campaign }
      },

      async get(id) {
        return structuredClone(items.get(id))
      },

      async list(miniapp_id, offset, limit) {
        const all = newest(miniapp_id)
        return { campaigns: all.slice(offset, offset + limit), total_count: all.length }
      },

      async since(miniapp_id, since_ms) {
        return newest(miniapp_id).filter(({ created_ms }) => created_ms >= since_ms)
      },

      async command(seen, { due_at, totals, ...next }) {
        const item = items.get(seen.id)
        if (item?.state !== seen.state || item.version !== seen.version) return false
        const more = { ...(totals && { totals }), ...(due_at !== undefined && { due_at }) }
        change(seen.id, { ...(next as Commanded), ...more, updated_at: updated_at() })
        return true
      },

      async touch(id, due_at) {
        if (items.get(id)?.state === 'draft') change(id, { due_at })
      },

      async lease(id, worker, now_ms, until_ms) {
        const item = items.get(id)
        if (!item || (item.lease_until_ms >= now_ms && item.worker !== worker)) return undefined
        change(id, { worker, lease_until_ms: until_ms, due_at: Math.ceil(until_ms / 1000) })
        return structuredClone(items.get(id))
      },

      async save(id, worker, changes, seen) {
        const item = items.get(id)
        if (item?.worker !== worker) return false
        if (seen && (item.state !== seen.state || item.version !== seen.version)) return false
        const given = Object.entries(changes).filter(([, value]) => value !== undefined)
        const set = Object.fromEntries(given.map(([key, value]) => [key, value ?? undefined]))
        change(id, { ...set, updated_at: updated_at() })
        return true
      },

      async due(now_s, limit) {
        return [...items.values()]
          .filter(({ due_at }) => due_at !== undefined && due_at <= now_s)
          .sort((a, b) => (a.due_at ?? 0) - (b.due_at ?? 0) || (a.id < b.id ? -1 : 1))
          .slice(0, limit)
          .map(({ id }) => id)
      },

      async putRows(id, n, packed) {
        const standing = rows.get(at(id, n))
        if (!standing) rows.set(at(id, n), packed)
        return !standing || Buffer.compare(standing, packed) === 0
      },

      async rows(id, n) {
        return rows.get(at(id, n))
      },

      async putDraft(id, n, draft) {
        if (!heads.get(at(id, n))?.head) heads.set(at(id, n), { draft: { ...draft } })
      },

      async drafts(id, ns) {
        return new Map(
          ns.flatMap((n): [number, Draft][] => {
            const { draft } = heads.get(at(id, n)) ?? {}
            return draft ? [[n, { ...draft }]] : []
          }),
        )
      },

      async heads(id, ns) {
        return ns.flatMap((n) => structuredClone(headOf(id, n)) ?? [])
      },

      async saveHead(id, version, head) {
        if (headOf(id, head.n)?.version !== version) return false
        heads.set(at(id, head.n), { head: structuredClone(head) })
        return true
      },

      async removeRows(id, ns) {
        for (const n of ns) {
          rows.delete(at(id, n))
          heads.delete(at(id, n))
        }
        sketches.delete(id)
      },

      async removeDraft({ id, version }) {
        const item = items.get(id)
        if (item?.state === 'draft' && item.version === version) items.delete(id)
      },

      async putSketch(id, sketch) {
        sketches.set(id, { ...sketch })
      },

      async sketches(ids) {
        return new Map(
          ids.flatMap((id): [string, Sketch][] => {
            const sketch = sketches.get(id)
            return sketch ? [[id, { ...sketch }]] : []
          }),
        )
      },

      async line(mch_id) {
        return structuredClone(lines.get(mch_id) ?? NOBODY)
      },

      async saveLine(mch_id, version, queue) {
        if ((lines.get(mch_id)?.version ?? 0) !== version) return false
        lines.set(mch_id, { queue: [...queue], version: version + 1 })
        return true
      },

      async records(miniapp_id, keys) {
        return new Map(
          keys.flatMap((key): [string, RowRecord][] => {
            const found = record(idOf(miniapp_id, key))
            return found ? [[key, rowRecord(found)]] : []
          }),
        )
      },
    }
  }

  return {
    store,
    campaign: (id) => structuredClone(items.get(id)),
    campaigns: () => [...items.values()].map((item) => structuredClone(item)),
    heads: (id) =>
      [...heads.keys()]
        .filter((key) => key.startsWith(`${id}#`))
        .flatMap((key) => structuredClone(headOf(id, Number(key.slice(id.length + 1)))) ?? [])
        .sort((a, b) => a.n - b.n),
    line: (mch_id) => structuredClone(lines.get(mch_id) ?? NOBODY),
  }
}

function rowRecord(record: RedpackRecord): RowRecord {
  const { outcome, status, open, err_code, err_code_des, send_listid, created_at, updated_at } = record
  return { outcome, status, open, err_code, err_code_des, send_listid, created_at, updated_at }
}
