// Which campaign a person means: by its name, or by its id.
import { createHash } from 'node:crypto'
import { type Campaign, HError, type RedPack } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { toService } from '../shell.ts'
import { tellStopped } from '../stopped.ts'

/** The id follows from mini app and name. */
export function campaignId(miniapp_id: string, name: string): string {
  return createHash('sha256').update(`campaign\0${miniapp_id}\0${name}`, 'utf8').digest('hex').slice(0, 24)
}

/** The campaign with this id, or else of this name. @throws CliError, and what the client throws */
export async function findCampaign(service: RedPack, which: string, context: Context): Promise<Campaign> {
  const byId = /^[0-9a-f]{24}$/.test(which) ? await get(service, which, context) : undefined
  if (byId) return byId
  const miniapp_id = context.env.REDPACK_MINIAPP_ID || (await miniappOf(service))
  const byName = miniapp_id === undefined ? undefined : await get(service, campaignId(miniapp_id, which), context)
  if (byName) return byName
  throw new CliError('not_found', context.m.campaign.notFound(which, toService(['campaign', 'list'], context)))
}

/** A caller belongs to one mini app, which each of its campaigns names. Undefined if there are none yet. */
export async function miniappOf(service: RedPack): Promise<string | undefined> {
  const { objects } = (await service.campaigns.list({ limit: 1 })).data
  return objects[0]?.miniapp_id
}

async function get(service: RedPack, id: string, context: Context): Promise<Campaign | undefined> {
  try {
    const { data, stopped_since } = await service.campaigns.get(id)
    tellStopped(stopped_since, context)
    return data
  } catch (error) {
    if (error instanceof HError && error.code === 404) return undefined
    throw error
  }
}
