// GET /redpacks/{id}
import { readingApp } from '../lib/app.ts'
import { readingRoute } from '../lib/http/reading-route.ts'
import { answer } from '../lib/http/request.ts'
import { get } from '../lib/redpack/get.ts'
import { GetParams } from '../lib/redpack/params.ts'

export const handler = readingRoute(readingApp, { input: GetParams, from: 'path' }, async ({ caller, input }, ports) =>
  answer({ body: await get(ports, caller.miniapp_id, input.id) }),
)
