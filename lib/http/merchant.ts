// Merchant certificate: the merchant that is to pay, before anything is written.
import { app } from '../app.ts'
import type { GatewayType } from '../redpack/schemas.ts'
import type { Event, Middleware } from './request.ts'

export function merchant(): Middleware {
  return {
    before: async ({ event }) => {
      const { caller, input } = event as Event<{ gateway_type: GatewayType }>
      event.merchant = await app().ports.merchants.load(caller.miniapp_id, input.gateway_type)
    },
  }
}
