// GET /redpacks/status?id= or ?mch_billno=
import { app } from '../lib/app.ts'
import { answer } from '../lib/http/request.ts'
import { route } from '../lib/http/route.ts'
import { StatusParams } from '../lib/redpack/params.ts'
import { status } from '../lib/redpack/status.ts'

export const handler = route(app, { input: StatusParams, from: 'query' }, async ({ caller, input }, ports, context) =>
  answer(await status(ports, caller.miniapp_id, input, () => context.getRemainingTimeInMillis())),
)
