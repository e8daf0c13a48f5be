// A campaign on the whole stack that is killed on the way: from the upload to rest, with what was needed to get there.
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Campaign, RedPack } from '../../client/src/index.ts'
import { DEFAULTS } from '../support/campaign-defaults.ts'
import { auditCampaign, type CampaignAudit, type ListRow } from './campaign-audit.ts'
import { type Drive, look } from './campaign-drive.ts'
import { placeFaults, planFaults, type RowFault } from './campaign-faults.ts'
import { receive, rest, untilDone } from './campaign-rest.ts'
import { type CampaignStack, startCampaignStack } from './campaign-stack.ts'

export type CampaignStormOptions = {
  rows: number
  kills: number
  /** Share of the rows that meet a fault. */
  fault_share: number
  /** The row at which the balance ends; undefined: it does not. */
  notenough_at: number | undefined
  /** Go on until every packet is received or refunded. */
  to_done: boolean
  onProgress: (line: string) => void
}
export type CampaignFigures = CampaignAudit & {
  state: Campaign['state']
  counts: Campaign['counts']
  kills: number
  faults: number
  /** The codes it was stopped by, each followed by a resume. */
  stops: string[]
  retried: number
  sending_s: number
  seconds: number
  advanced_s: number
}

/** What the service printed, kept for looking into a finding. */
export const CAMPAIGN_LOG = join(tmpdir(), 'redpack-campaign-storm.log')
const LOOK_MS = 1_000
const TOLD_EVERY_MS = 10_000
/** EventBridge wakes every minute; here it may be sooner, since a wake-up does nothing if there is nothing to do. */
const WAKE_EVERY_MS = 10_000
/** Without one more debit for so long it has come to a stand. */
const STALLED_AFTER_MS = 300_000

export async function campaignStorm(options: CampaignStormOptions): Promise<CampaignFigures> {
  const begun = performance.now()
  const log: string[] = []
  const stack = await startCampaignStack((line) => log.push(line))
  try {
    const rows = listOf(options.rows)
    const faults = planFaults(
      rows.map(({ re_openid }) => re_openid),
      options.fault_share,
    )
    const drive = await begin(stack, rows, options)
    const sending = performance.now()
    await placeFaults(stack.control, faults, [])
    await send(drive, faults, options)
    const sending_s = (performance.now() - sending) / 1000
    options.onProgress('all rows have begun; the clock moves on')
    if (options.to_done) await receive(drive)
    const rested = await rest(drive)
    const advanced_s = rested.advanced_s + (options.to_done ? await untilDone(drive) : 0)
    const { data } = await drive.redPack.campaigns.get(drive.id)
    const audited = await auditCampaign(stack, data, rows)
    const { kills } = options
    const { state, counts } = data
    const seconds = (performance.now() - begun) / 1000
    const { stops } = drive
    const { retried } = rested
    return { ...audited, state, counts, kills, faults: faults.length, stops, retried, sending_s, seconds, advanced_s }
  } finally {
    writeFileSync(CAMPAIGN_LOG, log.join('\n'))
    await stack.stop()
  }
}

function listOf(rows: number): ListRow[] {
  return Array.from({ length: rows }, (_, i) => ({
    re_openid: `oStorm${String(i + 1).padStart(22, '0')}`,
    total_amount: (100 + (i % 97)) / 100,
  }))
}

async function begin(
  stack: CampaignStack,
  rows: readonly ListRow[],
  { notenough_at, onProgress }: CampaignStormOptions,
): Promise<Drive> {
  const { keyid, secret } = stack.identity.caller
  const redPack = new RedPack({ endpoint: stack.url, keyid, secret })
  const fenOf = (some: readonly ListRow[]) =>
    some.reduce((sum, { total_amount }) => sum + Math.round(total_amount * 100), 0)
  if (notenough_at !== undefined) await stack.control.balance(fenOf(rows.slice(0, notenough_at - 1)))
  const total_amount = fenOf(rows) / 100
  const params = { name: '风暴', defaults: DEFAULTS, rows_count: rows.length, total_amount }
  const { id, version } = (await redPack.campaigns.create(params)).data
  const { chunks } = await redPack.campaigns.upload(id, rows)
  onProgress(`${rows.length} rows in ${chunks} chunks stand`)
  await redPack.campaigns.start(id, { version })
  return { stack, redPack, id, onProgress, stops: [] }
}

/** Until no row waits, through kills and stops. */
async function send(drive: Drive, faults: readonly RowFault[], { rows, kills }: CampaignStormOptions): Promise<void> {
  const { stack, onProgress } = drive
  const stand = { killed: 0, debited: 0, moved_at: performance.now(), told_at: 0, woken_at: performance.now() }
  for (;;) {
    const now = performance.now()
    const campaign = await look(drive)
    if (campaign && ['settling', 'done'].includes(campaign.state) && campaign.counts.waiting === 0) {
      if (stand.killed < kills) throw new Error(`only ${stand.killed} of ${kills} kills: the list is too short`)
      return
    }
    const debited = await stack.debited()
    if (debited > stand.debited) Object.assign(stand, { debited, moved_at: now })
    if (now - stand.moved_at > STALLED_AFTER_MS) throw new Error(`no debit for 5 minutes: ${JSON.stringify(campaign)}`)
    if (now - stand.told_at > TOLD_EVERY_MS) {
      stand.told_at = now
      onProgress(`${debited} of ${rows} debited · ${campaign?.state} ${JSON.stringify(campaign?.counts)}`)
    }
    if (stand.killed < kills && debited >= (rows * (stand.killed + 1)) / (kills + 1)) {
      stand.killed += 1
      const down_ms = await stack.crash()
      await placeFaults(stack.control, faults, await stack.calls())
      onProgress(`kill ${stand.killed} at ${debited} debits; all up again after ${(down_ms / 1000).toFixed(1)} s`)
    }
    if (now - stand.woken_at > WAKE_EVERY_MS) {
      stand.woken_at = now
      await stack.minute('campaignWorker')
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
