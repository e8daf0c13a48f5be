// Scheduled, every minute: brings records to rest. Input, all optional: {"shards": ["0", …], "of": k}.
import type { Context } from 'aws-lambda'
import { app } from '../lib/app.ts'
import { settle, type Tally } from '../lib/redpack/settle.ts'
import { shareOf } from '../lib/redpack/shards.ts'

export async function handler(event: unknown, context: Context): Promise<Tally> {
  try {
    const share = shareOf(event)
    const tally = await settle(app.services().ports, () => context.getRemainingTimeInMillis(), share)
    app.log.info('settled', { request_id: context.awsRequestId, tally })
    return tally
  } finally {
    if (app.metrics.hasStoredMetrics()) app.metrics.publishStoredMetrics()
  }
}
