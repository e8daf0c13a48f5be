// GET /campaigns/{id}/rows?limit=&offset=&outcome=
import { campaignApp } from '../lib/campaign-app.ts'
import { CampaignPath, ListRowsParams } from '../lib/campaigns/params.ts'
import { listRows } from '../lib/campaigns/show.ts'
import { campaignRoute } from '../lib/http/campaign-route.ts'
import { answer } from '../lib/http/request.ts'

const route = { input: ListRowsParams, from: 'query', path: CampaignPath } as const

export const handler = campaignRoute(campaignApp, route, async ({ caller, input, path }, ports) =>
  answer({ body: await listRows(ports, caller.miniapp_id, path.id, input) }),
)
