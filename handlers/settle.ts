// Scheduled, every minute: brings records to rest, and erases what is personal in old ones.
// Input, all optional: {"shards": ["0", …], "of": k}.
import type { Context } from 'aws-lambda'
import { app } from '../lib/app.ts'
import { eraseOld } from '../lib/redpack/retention.ts'
import { settle, type Tally } from '../lib/redpack/settle.ts'
import { shareOf } from '../lib/redpack/shards.ts'

export async function handler(event: unknown, context: Context): Promise<Tally> {
  try {
    const share = shareOf(event)
    const { ports, erasures, certificates, retention_s } = app.services()
    const remaining_ms = () => context.getRemainingTimeInMillis()
    const tally = await settle(ports, remaining_ms, share)
    const erased = await eraseOld(ports, erasures, retention_s, remaining_ms, share)
    await certificates.look(remaining_ms)
    app.log.info('settled', { request_id: context.awsRequestId, tally, erased })
    return tally
  } finally {
    if (app.metrics.hasStoredMetrics()) app.metrics.publishStoredMetrics()
  }
}
