// Scheduled, every minute: brings records to rest.
import type { Context } from 'aws-lambda'
import { app } from '../lib/app.ts'
import { settle, type Tally } from '../lib/redpack/settle.ts'

export async function handler(_event: unknown, context: Context): Promise<Tally> {
  try {
    const tally = await settle(app.services().ports, () => context.getRemainingTimeInMillis())
    app.log.info('settled', { request_id: context.awsRequestId, tally })
    return tally
  } finally {
    if (app.metrics.hasStoredMetrics()) app.metrics.publishStoredMetrics()
  }
}
