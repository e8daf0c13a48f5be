// The records of a campaign: the key of each begins with the campaign's id.
import type { RedPack } from '../../client/src/index.ts'
import { campaignId, findCampaign } from '../campaign/find.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import type { Store } from '../mirror/store.ts'
import { toService } from '../shell.ts'

/** `service` undefined: the id follows from the name. @throws CliError `not_found` if there is no such campaign */
export async function keysOf(
  which: string,
  store: Store,
  service: RedPack | undefined,
  context: Context,
): Promise<string> {
  if (service) return `campaign/${(await findCampaign(service, which, context)).id}/`
  const own = `campaign/${which}/`
  if (/^[0-9a-f]{24}$/.test(which) && store.count({ key_prefix: own }) > 0) return own
  const miniapp_id = context.env.REDPACK_MINIAPP_ID || store.select({}, 1)[0]?.miniapp_id
  const named = miniapp_id === undefined ? own : `campaign/${campaignId(miniapp_id, which)}/`
  if (store.count({ key_prefix: named }) > 0) return named
  throw new CliError('not_found', context.m.campaign.notFound(which, toService(['campaign', 'list'], context)))
}
