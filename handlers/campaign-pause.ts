// POST /campaigns/{id}/pause
import { campaignApp } from '../lib/campaign-app.ts'
import { pause } from '../lib/campaigns/command.ts'
import { CampaignPath, CommandParams } from '../lib/campaigns/params.ts'
import { campaignRoute } from '../lib/http/campaign-route.ts'
import { reply } from '../lib/http/request.ts'

const route = { input: CommandParams, from: 'body', path: CampaignPath } as const

export const handler = campaignRoute(campaignApp, route, async ({ caller, input, path }, ports) =>
  reply(202, await pause(ports, caller, path.id, input)),
)
