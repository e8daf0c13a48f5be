// GET /redpacks/{id}
import { app } from '../lib/app.ts'
import { answer } from '../lib/http/request.ts'
import { route } from '../lib/http/route.ts'
import { get } from '../lib/redpack/get.ts'
import { GetParams } from '../lib/redpack/params.ts'

export const handler = route(app, { input: GetParams, from: 'path' }, async ({ caller, input }, ports) =>
  answer({ body: await get(ports, caller.miniapp_id, input.id) }),
)
