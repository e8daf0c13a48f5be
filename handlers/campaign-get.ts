// GET /campaigns/{id}
import { campaignApp } from '../lib/campaign-app.ts'
import { CampaignPath } from '../lib/campaigns/params.ts'
import { get } from '../lib/campaigns/show.ts'
import { campaignRoute } from '../lib/http/campaign-route.ts'
import { answer } from '../lib/http/request.ts'

const route = { input: CampaignPath, from: 'path', path: CampaignPath } as const

export const handler = campaignRoute(campaignApp, route, async ({ caller, path }, ports) =>
  answer({ body: await get(ports, caller.miniapp_id, path.id) }),
)
