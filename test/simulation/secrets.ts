// Merchant entries as they stand in Secrets Manager, and as a container may still hold them.
import { AppError } from '../../lib/errors.ts'
import type { GatewayType } from '../../lib/redpack/params.ts'
import type { Merchant } from '../../lib/redpack/ports.ts'
import type { EventQueue } from './event-queue.ts'

type Missing = 'certificate_missing' | 'certificate_unusable'
type Entry = { since_ms: number; merchant: Merchant; fault: Missing | undefined }

/** A container keeps an entry this long. */
const CACHED_MS = 5 * 60_000

export class Secrets {
  readonly #entries = new Map<string, Entry[]>()
  readonly #events: EventQueue

  constructor(events: EventQueue) {
    this.#events = events
  }

  put(merchant: Merchant): void {
    this.#add(merchant, undefined)
  }

  /** Nobody who reads it from now on gets it. */
  take(merchant: Merchant, fault: Missing): void {
    this.#add(merchant, fault)
  }

  /** Puts the entry back that had this merchant number last, if another's stands there. */
  restore(miniapp_id: string, gateway_type: GatewayType, mch_id: string): void {
    if (this.latest(miniapp_id, gateway_type).mch_id === mch_id) return
    const entry = this.#of(miniapp_id, gateway_type).findLast(({ merchant }) => merchant.mch_id === mch_id)
    if (entry) this.put(entry.merchant)
  }

  /** The highest daily limit there has been. */
  highestLimit(miniapp_id: string, gateway_type: GatewayType): number {
    return Math.max(...this.#of(miniapp_id, gateway_type).map(({ merchant }) => merchant.daily_limit ?? 0))
  }

  /** What stands there now, or stood there before it was taken away. */
  latest(miniapp_id: string, gateway_type: GatewayType): Merchant {
    return this.#seen(miniapp_id, gateway_type, 0).merchant
  }

  /** As it stands, or as a container that read it some minutes ago holds it. @throws AppError certificate_missing, certificate_unusable */
  read(miniapp_id: string, gateway_type: GatewayType, isStale: boolean): Merchant {
    const { merchant, fault } = this.#seen(miniapp_id, gateway_type, isStale ? CACHED_MS : 0)
    if (fault) throw new AppError(fault, miniapp_id)
    return merchant
  }

  #seen(miniapp_id: string, gateway_type: GatewayType, ago_ms: number): Entry {
    const entries = this.#of(miniapp_id, gateway_type)
    const entry = entries.findLast(({ since_ms }) => since_ms <= this.#events.now_ms - ago_ms) ?? entries[0]
    if (!entry) throw new Error(`no merchant for ${miniapp_id}`)
    return entry
  }

  #add(merchant: Merchant, fault: Missing | undefined): void {
    const { miniapp_id, gateway_type } = merchant
    this.#of(miniapp_id, gateway_type).push({ since_ms: this.#events.now_ms, merchant, fault })
  }

  #of(miniapp_id: string, gateway_type: GatewayType): Entry[] {
    const name = `${miniapp_id} ${gateway_type}`
    const entries = this.#entries.get(name) ?? []
    this.#entries.set(name, entries)
    return entries
  }
}
