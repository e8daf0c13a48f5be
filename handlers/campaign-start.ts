// POST /campaigns/{id}/start
import { campaignApp } from '../lib/campaign-app.ts'
import { wake } from '../lib/campaign-wake.ts'
import { start } from '../lib/campaigns/command.ts'
import { CampaignPath, StartParams } from '../lib/campaigns/params.ts'
import { campaignRoute } from '../lib/http/campaign-route.ts'
import { reply } from '../lib/http/request.ts'

const route = { input: StartParams, from: 'body', path: CampaignPath } as const

export const handler = campaignRoute(campaignApp, route, async ({ caller, input, path }, ports) =>
  reply(202, await start(ports, wake, caller, path.id, input)),
)
