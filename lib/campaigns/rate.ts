// How much of a merchant's calls to WeChat its campaigns take now: settle takes no more than the rest (docs/adr/0016).
import { CLOCK_SKEW_MS } from '../durations.ts'
import type { Clock } from '../redpack/ports.ts'
import type { Campaign } from './campaign.ts'
import type { RateStore } from './ports.ts'
import { IS_LIVE } from './states.ts'

type AtWork = Pick<Campaign, 'state' | 'hold' | 'lease_until_ms'>

/** True if a campaign shows, before its worker comes, that rows of it may be begun: it need not be announced again. */
export function isAnnounced({ state, hold }: Omit<AtWork, 'lease_until_ms'>): boolean {
  return state === 'running' && !hold
}

/** True while a worker may make calls for a campaign that is the first of its merchant's line. */
function mayCall({ state, hold, lease_until_ms }: AtWork, now_ms: number): boolean {
  return (IS_LIVE[state] && !hold) || lease_until_ms + CLOCK_SKEW_MS > now_ms
}

/** Calls a second; 0 if none is at work. Only the first of the line sends. @throws AppError store_unavailable */
export async function campaignRate(store: RateStore, clock: Clock, mch_id: string): Promise<number> {
  const { queue } = await store.line(mch_id)
  const first = queue[0] === undefined ? undefined : await store.get(queue[0])
  return first && mayCall(first, clock.now()) ? first.rate_per_s : 0
}
