// POST /campaigns
import * as v from 'valibot'
import { campaignApp } from '../lib/campaign-app.ts'
import { create } from '../lib/campaigns/create.ts'
import { CreateCampaignParams } from '../lib/campaigns/params.ts'
import { campaignRoute } from '../lib/http/campaign-route.ts'
import { reply } from '../lib/http/request.ts'

const route = { input: CreateCampaignParams, from: 'body', path: v.object({}) } as const

export const handler = campaignRoute(campaignApp, route, async ({ caller, input }, ports) => {
  const { created, campaign } = await create(ports, caller, input)
  return reply(created ? 201 : 200, campaign)
})
