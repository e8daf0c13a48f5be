// Scheduled, every minute: wakes campaigns that are due. Invoked with {campaign_id}: runs that one. It throws for nothing that may pass.
import type { Context } from 'aws-lambda'
import * as v from 'valibot'
import { campaignApp as app } from '../lib/campaign-app.ts'
import { wakeOrSay } from '../lib/campaign-wake.ts'
import { run, runDue } from '../lib/campaigns/worker.ts'

const Woken = v.object({ campaign_id: v.string() })

export async function handler(event: unknown, context: Context): Promise<void> {
  const remaining_ms = () => context.getRemainingTimeInMillis()
  try {
    if (v.is(Woken, event)) await run(app.campaigns(), event.campaign_id, remaining_ms)
    else await runDue(app.campaigns(), wakeOrSay, remaining_ms)
  } catch (error) {
    app.tellNotRun(context.awsRequestId, error)
  } finally {
    if (app.metrics.hasStoredMetrics()) app.metrics.publishStoredMetrics()
  }
}
