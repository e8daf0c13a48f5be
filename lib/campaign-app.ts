// What the functions of campaigns are built from, beside lib/app.ts: their store, and the one use case of redpack that they use.
import { randomBytes } from 'node:crypto'
import { type App, app, tableClient } from './app.ts'
import { dynamoCampaigns } from './aws/campaigns.ts'
import { campaignsNotRun, reportCampaigns } from './aws/log.ts'
import type { CampaignPorts } from './campaigns/ports.ts'
import { config } from './config.ts'
import { send } from './redpack/send.ts'
import { meaningOf } from './wechatpay/codes.ts'

export type CampaignApp = App & {
  /** @throws ConfigError */
  campaigns(): CampaignPorts
  /** Tells operators that the worker could not run. */
  tellNotRun(request_id: string, error: unknown): void
}

let built: CampaignPorts | undefined

export const campaignApp: CampaignApp = {
  ...app,
  campaigns() {
    built ??= build()
    return built
  },
  tellNotRun: (request_id, error) => campaignsNotRun(app.log, app.metrics, request_id, error),
}

function build(): CampaignPorts {
  const { ports } = app.services()
  const { clock, merchants, controls } = ports
  return {
    store: dynamoCampaigns(tableClient(), config().table, { now: clock.now }),
    clock,
    merchants,
    controls,
    send: ({ pace, ...request }) => send({ ...ports, pace }, request),
    blame: (err_code) => meaningOf(err_code).blame,
    token: () => randomBytes(12).toString('base64url'),
    report: reportCampaigns(app.log, app.metrics),
  }
}
