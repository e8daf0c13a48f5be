// A soak: minutes of mixed load with faults, kills and a clock that steps; then rest, the audit, and whether memory and descriptors stayed flat.
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Campaign, RedPack } from '../../client/src/index.ts'
import { type Audit, audit, everything } from '../storm/audit.ts'
import { auditCampaign, type ListRow } from '../storm/campaign-audit.ts'
import { type Drive, look } from '../storm/campaign-drive.ts'
import { rest } from '../storm/campaign-rest.ts'
import type { CampaignStack } from '../storm/campaign-stack.ts'
import { stepClock } from '../storm/clock-steps.ts'
import { countTold, FAULTS, settle } from '../storm/storm.ts'
import { DEFAULTS } from '../support/campaign-defaults.ts'
import { type Load, load } from './load.ts'
import { type SoakStack, startSoakStack } from './stack.ts'
import { findingsOf, type Sample, sample, type Trend, trendOf } from './usage.ts'

export type SoakOptions = {
  minutes: number
  callers: number
  /** Share of the packets before which a fault is put in WeChat's way. */
  fault_rate: number
  /** In the first part of the run, of the service and of what it talks to by turns: the rest of it is one life, which is measured. */
  kills: number
  onProgress: (line: string) => void
}
export type Figures = Audit &
  Pick<Load, 'reads'> & {
    told: Record<string, number>
    campaign: Pick<Campaign, 'state' | 'counts'>
    sent_fen: number
    faults: number
    kills: number
    clock_steps: number
    lost_writes: number
    advanced_s: number
    usage: Record<Process, { memory: Trend | undefined; fds: Trend | undefined }>
  }
type Process = 'service' | 'parts'

/** What the service printed, kept for looking into a finding. */
export const SOAK_LOG = join(tmpdir(), 'redpack-soak.log')
const PAUSE_MS = 300
const TICK_MS = 3_000
const TOLD_EVERY_MS = 15_000
/** Of test/storm/clock-steps.ts, a minute ahead and a minute behind: what was written ahead waits until the clock has come there again. */
const CLOCK_STEPS = [3, 6]
const CLOCK_STEP_EVERY_MS = 120_000
/** Two steps lie 2 minutes apart, and leases and holds last a minute: after this none is left from before. */
const LEASES_OVER_S = 4 * 60
/** The part of the run in which processes are killed. */
const KILLING = 0.4
/** After a start this long, or this share of the life, bundles are loaded and caches filled. */
const WARM_UP_MS = 90_000
const WARM_UP_SHARE = 0.3
const CAMPAIGN_RATE_PER_S = 2

export async function soak(options: SoakOptions): Promise<Figures> {
  const log: string[] = []
  const stack = await startSoakStack((line) => log.push(line))
  try {
    const rows = listOf(Math.ceil(options.minutes * 60))
    const drive = await beginCampaign(stack, rows, options.onProgress)
    const { loaded, samples, ...troubles } = await run(stack, drive, options)
    options.onProgress('the load is over; everything comes to rest on a clock that is moved')
    stack.dynamodb.calm()
    stepClock(stack.clock_file, 0)
    await stack.control.clock.advance(LEASES_OVER_S)
    const rested = await rest(drive)
    const resting = {
      parts: { env: stack.env, simulator: { control_origin: stack.control_origin } },
      offline: { lambda_url: stack.lambda_url() },
    }
    const settled = await settle(resting, options)
    const campaign = (await drive.redPack.campaigns.get(drive.id)).data
    const audited = await audit({ ...stack, caller: stack.identity.caller, told: loaded.told })
    const ofCampaign = await auditCampaign(
      campaignStackOf(stack, new Set(rows.map((r) => r.re_openid))),
      campaign,
      rows,
    )
    const { records } = await everything(stack.env)
    const sent_fen = records.reduce((sum, one) => sum + (one.outcome === 'sent' ? one.total_amount : 0), 0)
    const usage = { service: trends(samples.service), parts: trends(samples.parts) }
    return {
      ...audited,
      ...troubles,
      findings: [
        ...loaded.findings,
        ...audited.findings,
        ...ofCampaign.findings,
        ...(sent_fen === audited.debited_fen ? [] : [`${sent_fen} fen sent, ${audited.debited_fen} fen debited`]),
        ...findingsOf('the service', usage.service.memory, usage.service.fds),
        // The simulator keeps its ledger in memory: it grows with each packet, and is no part of the service.
        ...findingsOf('the parts', usage.parts.memory && { ...usage.parts.memory, growth: 0 }, usage.parts.fds),
      ],
      reads: loaded.reads,
      told: countTold(loaded.told),
      campaign: { state: campaign.state, counts: campaign.counts },
      sent_fen,
      lost_writes: stack.dynamodb.lost(),
      advanced_s: LEASES_OVER_S + rested.advanced_s + settled.advanced_s,
      usage,
    }
  } finally {
    writeFileSync(SOAK_LOG, log.join('\n'))
    await stack.stop()
  }
}

function listOf(rows: number): ListRow[] {
  return Array.from({ length: rows }, (_, i) => ({
    re_openid: `oSoak${String(i + 1).padStart(23, '0')}`,
    total_amount: (100 + (i % 97)) / 100,
  }))
}

async function beginCampaign(stack: SoakStack, rows: ListRow[], onProgress: (line: string) => void): Promise<Drive> {
  const { keyid, secret } = stack.identity.caller
  const redPack = new RedPack({ endpoint: stack.url, keyid, secret })
  const total_amount = rows.reduce((sum, row) => sum + Math.round(row.total_amount * 100), 0) / 100
  const { id, version } = (
    await redPack.campaigns.create({
      name: '长跑',
      defaults: DEFAULTS,
      rows_count: rows.length,
      total_amount,
      rate_per_s: CAMPAIGN_RATE_PER_S,
    })
  ).data
  await redPack.campaigns.upload(id, rows)
  await redPack.campaigns.start(id, { version })
  return { stack: campaignStackOf(stack), redPack, id, onProgress, stops: [] }
}

/** The stack as the parts of the campaign's storm see it. `receivers`: nothing else is in the ledger and the log of calls. */
function campaignStackOf(stack: SoakStack, receivers?: ReadonlySet<string>): CampaignStack {
  const isOwn = (re_openid: string | undefined) => receivers === undefined || receivers.has(re_openid ?? '')
  const debits = async () => (await stack.control.ledger()).debits.filter(({ re_openid }) => isOwn(re_openid))
  return {
    url: stack.url,
    identity: stack.identity,
    folder: stack.folder,
    control: { ...stack.control, ledger: async () => ({ ...(await stack.control.ledger()), debits: await debits() }) },
    debited: async () => (await debits()).length,
    // The merchant's rate is what storm:campaign measures.
    calls: async () => [],
    async minute(name) {
      const run = `${stack.lambda_url()}/2015-03-31/functions/redpack-dev-${name}/invocations`
      const response = await fetch(run, { method: 'POST', body: '{}' })
      if (!response.ok) throw new Error(await response.text())
    },
    crash: () => Promise.reject(new Error('a soak kills by itself')),
    stop: stack.stop,
  }
}

async function run(stack: SoakStack, drive: Drive, options: SoakOptions) {
  const { minutes, callers, fault_rate, kills, onProgress } = options
  const begun = performance.now()
  const whole_ms = minutes * 60_000
  const at_ms = () => performance.now() - begun
  const done = { faults: 0, kills: 0, clock_steps: 0 }
  const samples: Record<Process, Sample[]> = { service: [], parts: [] }
  const loading = load(stack, callers, PAUSE_MS, () => at_ms() < whole_ms)
  let told_at = 0
  const tick = async () => {
    if (done.kills < kills && at_ms() > (whole_ms * KILLING * (done.kills + 1)) / (kills + 1)) {
      const which: Process = done.kills % 2 === 0 ? 'service' : 'parts'
      done.kills += 1
      await (which === 'service' ? stack.killService() : stack.killParts())
      samples[which] = []
      onProgress(`kill ${done.kills}: the ${which}, up again`)
    }
    if (at_ms() > CLOCK_STEP_EVERY_MS * (done.clock_steps + 1)) {
      done.clock_steps += 1
      stepClock(stack.clock_file, CLOCK_STEPS[done.clock_steps % CLOCK_STEPS.length] ?? 0)
    }
    const { debits } = await stack.control.ledger()
    for (; done.faults < debits.length * fault_rate; done.faults += 1) {
      const { kind, ...aim } = FAULTS[done.faults % FAULTS.length] ?? { kind: 'hang_after' }
      await stack.control.fault(kind, aim)
    }
    const pids = stack.pids()
    const now = { service: sample(pids.service), parts: sample(pids.parts) }
    if (now.service) samples.service.push(now.service)
    if (now.parts) samples.parts.push(now.parts)
    if (at_ms() - told_at < TOLD_EVERY_MS) return
    told_at = at_ms()
    const campaign = await look(drive)
    onProgress(
      `${(told_at / 1000).toFixed(0)} s · ${debits.length} debits · campaign ${campaign?.state}, ${campaign?.counts.sent} sent · ${done.faults} faults, ${done.clock_steps} steps, ${stack.dynamodb.lost()} lost writes · ${use('service', now.service)} · ${use('parts', now.parts)}`,
    )
  }
  while (at_ms() < whole_ms) {
    await tick().catch((error: unknown) => onProgress(`${String(error)}`))
    await new Promise((resolve) => setTimeout(resolve, TICK_MS))
  }
  return { loaded: await loading, samples, ...done }
}

function use(who: Process, now: Sample | undefined): string {
  return `${who} ${now?.rss_mb.toFixed(0) ?? '?'} MB, ${now?.fds ?? '?'} open files`
}

function trends(samples: readonly Sample[]): { memory: Trend | undefined; fds: Trend | undefined } {
  const life_ms = (samples.at(-1)?.at_ms ?? 0) - (samples[0]?.at_ms ?? 0)
  const warm_up_ms = Math.min(WARM_UP_MS, life_ms * WARM_UP_SHARE)
  return { memory: trendOf(samples, 'rss_mb', warm_up_ms), fds: trendOf(samples, 'fds', warm_up_ms) }
}
