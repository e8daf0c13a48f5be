// GET /redpacks?limit=&offset=
import { readingApp } from '../lib/app.ts'
import { readingRoute } from '../lib/http/reading-route.ts'
import { answer } from '../lib/http/request.ts'
import { list } from '../lib/redpack/list.ts'
import { ListParams } from '../lib/redpack/params.ts'

export const handler = readingRoute(
  readingApp,
  { input: ListParams, from: 'query' },
  async ({ caller, input }, ports) => answer({ body: await list(ports, caller.miniapp_id, input) }),
)
