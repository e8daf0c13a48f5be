// GET /redpacks/{id}
import { app } from '../lib/app.ts'
import { answer } from '../lib/http/request.ts'
import { route } from '../lib/http/stack.ts'
import { get } from '../lib/redpack/get.ts'
import { GetParams } from '../lib/redpack/schemas.ts'

export const handler = route({ input: GetParams, from: 'path' }, async ({ caller, input }) =>
  answer({ body: await get(app().ports, caller.miniapp_id, input.id) }),
)
