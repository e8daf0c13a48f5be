// GET /redpacks?limit=&offset=
import { app } from '../lib/app.ts'
import { answer } from '../lib/http/request.ts'
import { route } from '../lib/http/route.ts'
import { list } from '../lib/redpack/list.ts'
import { ListParams } from '../lib/redpack/params.ts'

export const handler = route(app, { input: ListParams, from: 'query' }, async ({ caller, input }, ports) =>
  answer({ body: await list(ports, caller.miniapp_id, input) }),
)
