// Scheduled, every minute: brings records to rest.
import type { Context } from 'aws-lambda'
import { app } from '../lib/app.ts'
import { logger, metrics } from '../lib/aws/report.ts'
import { settle, type Tally } from '../lib/redpack/settle.ts'

export async function handler(_event: unknown, context: Context): Promise<Tally> {
  try {
    const tally = await settle(app().ports, () => context.getRemainingTimeInMillis())
    logger.info('settled', { request_id: context.awsRequestId, tally })
    return tally
  } finally {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics()
  }
}
