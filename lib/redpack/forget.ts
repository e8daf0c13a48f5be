// A person asks to be forgotten: what is personal in one record is erased, or marked to be erased when the record comes to rest.
import { WRITE_TRY_MAX_MS } from '../durations.ts'
import { forgotten, isAtRest } from './erasure.ts'
import type { Ports } from './ports.ts'
import { isLeased } from './rules.ts'

/** Another writer may be quicker, each time with a newer record. */
const TRIES = 3

/**
 * `marked`: the outcome or the packet is still open; the write that brings it to rest erases it.
 * `busy`: WeChat is being called under its number, and nothing may be written beside that. `gone`: there is nothing of this person.
 */
export type Forgotten = 'erased' | 'marked' | 'busy' | 'gone'

/** @throws AppError store_unavailable, misconfigured, record_unreadable */
export async function forget(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  id: string,
  re_openid: string,
): Promise<Forgotten> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const record = await store.get(id)
    const now_ms = clock.now()
    if (!record || re_openid === '') return 'gone'
    const isOwn = record.re_openid === re_openid
    if (!isOwn && !record.raw_result?.includes(re_openid)) return 'gone'
    if (isLeased(record, now_ms)) return 'busy'
    if (!isOwn) {
      // A packet for several people, sent to another of them: WeChat's reply names who has received of it.
      const write = store.prepare(record, { ...record, raw_result: undefined })
      if ((await write(WRITE_TRY_MAX_MS)).applied) return 'erased'
      continue
    }
    if (!isAtRest(record) && record.forget_asked_at !== undefined) return 'marked'
    const write = store.prepare(record, forgotten(record, Math.floor(now_ms / 1000)))
    if ((await write(WRITE_TRY_MAX_MS)).applied) return isAtRest(record) ? 'erased' : 'marked'
  }
  return 'busy'
}
