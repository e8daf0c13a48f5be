// Merchant entries as they stand in Secrets Manager, and as a container may still hold them.

import type { GatewayType } from '../../lib/redpack/params.ts'
import type { Merchant } from '../../lib/redpack/ports.ts'
import type { EventQueue } from './event-queue.ts'

/** A container keeps an entry this long. */
const CACHED_MS = 5 * 60_000

export class Secrets {
  readonly #entries = new Map<string, { since_ms: number; merchant: Merchant }[]>()
  readonly #events: EventQueue

  constructor(events: EventQueue) {
    this.#events = events
  }

  put(merchant: Merchant): void {
    const name = `${merchant.miniapp_id} ${merchant.gateway_type}`
    const entries = this.#entries.get(name) ?? []
    this.#entries.set(name, entries)
    entries.push({ since_ms: this.#events.now_ms, merchant })
  }

  /** Puts the entry back that had this merchant number last. */
  restore(miniapp_id: string, gateway_type: GatewayType, mch_id: string): void {
    const entries = this.#entries.get(`${miniapp_id} ${gateway_type}`) ?? []
    const entry = entries.findLast(({ merchant }) => merchant.mch_id === mch_id)
    if (entry) this.put(entry.merchant)
  }

  /** The highest daily limit there has been. */
  highestLimit(miniapp_id: string, gateway_type: GatewayType): number {
    const entries = this.#entries.get(`${miniapp_id} ${gateway_type}`) ?? []
    return Math.max(...entries.map(({ merchant }) => merchant.daily_limit ?? 0))
  }

  /** As it stands, or as a container that read it some minutes ago holds it. */
  read(miniapp_id: string, gateway_type: GatewayType, stale: boolean): Merchant {
    const entries = this.#entries.get(`${miniapp_id} ${gateway_type}`) ?? []
    const seen_ms = this.#events.now_ms - (stale ? CACHED_MS : 0)
    const entry = entries.findLast(({ since_ms }) => since_ms <= seen_ms) ?? entries[0]
    if (!entry) throw new Error(`no merchant for ${miniapp_id}`)
    return entry.merchant
  }
}
