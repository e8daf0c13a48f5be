// POST /redpacks
import { app } from '../lib/app.ts'
import { answer } from '../lib/http/request.ts'
import { route } from '../lib/http/route.ts'
import { SendParams } from '../lib/redpack/params.ts'
import { send } from '../lib/redpack/send.ts'

export const handler = route(app, { input: SendParams, from: 'body', pays: true }, async (event, ports, context) => {
  const { caller, idempotency_key, input: params, merchant } = event
  const remaining_ms = () => context.getRemainingTimeInMillis()
  return answer(await send(ports, { ...caller, idempotency_key, params, merchant, remaining_ms }))
})
