// Merchant certificate: the merchant that is to pay, before anything is written.
import type { App } from '../app.ts'
import type { GatewayType } from '../redpack/params.ts'
import type { Event, Middleware, StackRequest } from './request.ts'

export function merchant({ services }: Pick<App, 'services'>): Middleware {
  async function loadMerchant({ event }: StackRequest): Promise<void> {
    const { caller, input } = event as Event<{ gateway_type: GatewayType }>
    event.merchant = await services().ports.merchants.load(caller.miniapp_id, input.gateway_type)
  }

  return { before: loadMerchant }
}
