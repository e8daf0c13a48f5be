// POST /redpacks
import { app } from '../lib/app.ts'
import { answer } from '../lib/http/request.ts'
import { route } from '../lib/http/stack.ts'
import { SendParams } from '../lib/redpack/schemas.ts'
import { send } from '../lib/redpack/send.ts'

export const handler = route({ input: SendParams, from: 'body', pays: true }, async (event, context) => {
  const { caller, idempotency_key, input, merchant } = event
  const remaining_ms = () => context.getRemainingTimeInMillis()
  return answer(
    await send(app().ports, { miniapp_id: caller.miniapp_id, idempotency_key, params: input, merchant, remaining_ms }),
  )
})
