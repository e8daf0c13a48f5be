// GET /redpacks?limit=&offset=
import { app } from '../lib/app.ts'
import { answer } from '../lib/http/request.ts'
import { route } from '../lib/http/stack.ts'
import { list } from '../lib/redpack/list.ts'
import { ListParams } from '../lib/redpack/schemas.ts'

export const handler = route({ input: ListParams, from: 'query' }, async ({ caller, input }) =>
  answer({ body: await list(app().ports, caller.miniapp_id, input) }),
)
