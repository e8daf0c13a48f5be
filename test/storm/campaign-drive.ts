// A campaign as its owner drives it: looked at, topped up, resumed.
import type { Campaign, RedPack } from '../../client/src/index.ts'
import type { CampaignStack } from './campaign-stack.ts'

const TOPPED_UP_FEN = 100_000_000

/** What a campaign is driven by, and what was done to it. */
export type Drive = {
  readonly stack: CampaignStack
  readonly redPack: RedPack
  readonly id: string
  readonly onProgress: (line: string) => void
  readonly stops: string[]
}

/** The campaign, if the service answers; one that is stopped is topped up and resumed. */
export async function look({ stack, redPack, id, stops, onProgress }: Drive): Promise<Campaign | undefined> {
  try {
    const { data } = await redPack.campaigns.get(id)
    if (data.state !== 'stopped') return data
    stops.push(data.stop?.code ?? '')
    onProgress(`stopped by ${data.stop?.code} with ${data.counts.sent} rows sent; topped up and resumed`)
    await stack.control.balance(TOPPED_UP_FEN)
    return (await redPack.campaigns.resume(id, { version: data.version })).data
  } catch (error) {
    onProgress(`no answer: ${String(error)}`)
    return undefined
  }
}
