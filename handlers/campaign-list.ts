// GET /campaigns?limit=&offset=
import * as v from 'valibot'
import { campaignApp } from '../lib/campaign-app.ts'
import { ListCampaignsParams } from '../lib/campaigns/params.ts'
import { list } from '../lib/campaigns/show.ts'
import { campaignRoute } from '../lib/http/campaign-route.ts'
import { answer } from '../lib/http/request.ts'

const route = { input: ListCampaignsParams, from: 'query', path: v.object({}) } as const

export const handler = campaignRoute(campaignApp, route, async ({ caller, input }, ports) =>
  answer({ body: await list(ports, caller.miniapp_id, input) }),
)
