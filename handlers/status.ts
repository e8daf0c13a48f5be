// GET /redpacks/status?id= or ?mch_billno=
import { app } from '../lib/app.ts'
import { answer } from '../lib/http/request.ts'
import { route } from '../lib/http/stack.ts'
import { StatusParams } from '../lib/redpack/schemas.ts'
import { status } from '../lib/redpack/status.ts'

export const handler = route({ input: StatusParams, from: 'query' }, async ({ caller, input }, context) =>
  answer(await status(app().ports, caller.miniapp_id, input, () => context.getRemainingTimeInMillis())),
)
