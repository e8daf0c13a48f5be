// PUT /campaigns/{id}/rows/{chunk}
import { campaignApp } from '../lib/campaign-app.ts'
import { upload } from '../lib/campaigns/create.ts'
import { ChunkPath, UploadRowsParams } from '../lib/campaigns/params.ts'
import { campaignRoute } from '../lib/http/campaign-route.ts'
import { reply } from '../lib/http/request.ts'

const route = { input: UploadRowsParams, from: 'body', path: ChunkPath, max_kb: 1024 } as const

export const handler = campaignRoute(campaignApp, route, async ({ caller, input, path }, ports) => {
  await upload(ports, caller.miniapp_id, path, input)
  return reply(204)
})
