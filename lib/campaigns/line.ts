// The line of a merchant's campaigns: one of them sends.
import { CLOCK_SKEW_MS } from '../durations.ts'
import type { Campaign } from './campaign.ts'
import type { CampaignPorts } from './ports.ts'
import { IS_LIVE } from './states.ts'

/** Tries to write the line, which others of the merchant write too. */
const LINE_TRIES = 3

/**
 * True if the campaign is the first of its merchant's line; puts it there. First come, first served; a paused or stopped one gives
 * its place up once its worker is gone. Every try writes: who has read an old line loses by its version.
 */
export async function isFirst(ports: CampaignPorts, { id, mch_id }: Campaign): Promise<boolean> {
  const { store } = ports
  for (let tries = 0; tries < LINE_TRIES; tries += 1) {
    const { queue, version } = await store.line(mch_id)
    const line = [...queue]
    while (line[0] !== undefined && line[0] !== id && !(await holdsPlace(ports, line[0]))) line.shift()
    if (!line.includes(id)) line.push(id)
    if (await store.saveLine(mch_id, version, line)) return line[0] === id
  }
  return false
}

async function holdsPlace({ store, clock }: CampaignPorts, id: string): Promise<boolean> {
  const other = await store.get(id)
  return other !== undefined && (IS_LIVE[other.state] || other.lease_until_ms + CLOCK_SKEW_MS > clock.now())
}
