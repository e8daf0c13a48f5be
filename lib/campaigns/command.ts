// What callers command: start, pause, resume, cancel, retry. Each is one conditional write on the version that it carries.
import { COMMAND_WAIT_MS, SIMILAR_WITHIN_S } from '../durations.ts'
import { AppError, type Fault } from '../errors.ts'
import { FAULTS_MAX } from '../faults.ts'
import { toYuan } from '../redpack/money.ts'
import { type Campaign, type Commanded, Commanded as CommandedSchema, chunksOf, type Draft } from './campaign.ts'
import { find, wrongState } from './create.ts'
import type { RetryParams, StartParams } from './params.ts'
import type { CampaignPorts, Sketch } from './ports.ts'
import { type ListSketch, listSketch, packNumbers, SIMILAR_SHARE, shareOf, unpackNumbers } from './similar.ts'
import { afterCommand, type Command, commandText, IS_OVER } from './states.ts'
import { type CampaignView, type RetryAnswer, type Similar, type SimilarPaid, viewOf, yuanOf } from './view.ts'

/** Wakes the worker; if that fails, the minute finds the campaign. Never throws. */
export type Wake = (id: string) => Promise<void>
type Caller = { readonly miniapp_id: string; readonly keyid: string }
type Given = { readonly version: number }

const COMMANDED_KEYS = Object.keys(CommandedSchema.entries) as (keyof Commanded)[]

/** @throws AppError not_found, campaign_changed, campaign_state, store_unavailable */
export async function pause(ports: CampaignPorts, caller: Caller, id: string, given: Given): Promise<CampaignView> {
  return viewOf(await halt(ports, caller, id, { ...given, command: 'pause' }))
}

/** For good. @throws as pause */
export async function cancel(ports: CampaignPorts, caller: Caller, id: string, given: Given): Promise<CampaignView> {
  return viewOf(await halt(ports, caller, id, { ...given, command: 'cancel' }))
}

/** @throws as pause */
export async function resume(ports: CampaignPorts, wake: Wake, caller: Caller, id: string, given: Given) {
  const { campaign } = await carryOut(ports, await find(ports, caller.miniapp_id, id), { ...given, command: 'resume' })
  await wake(id)
  return viewOf(campaign)
}

/** Refused rows get a new attempt, each by the worker when it comes to its chunk; it also resumes. @throws as pause */
export async function retry(
  ports: CampaignPorts,
  wake: Wake,
  caller: Caller,
  id: string,
  { version, err_code }: RetryParams,
): Promise<RetryAnswer> {
  const seen = await find(ports, caller.miniapp_id, id)
  const retried = err_code === undefined ? seen.totals.rows.refused : (seen.reasons[err_code]?.[0] ?? 0)
  const pass = seen.pass + 1
  const retries = [...seen.retries, { pass, ...(err_code !== undefined && { err_code }) }]
  const { campaign } = await carryOut(
    ports,
    seen,
    { version, command: 'retry', argument: err_code },
    { pass, retries, finished_at: undefined },
    retried,
  )
  await wake(id)
  return { ...viewOf(campaign), retried: campaign.last?.retried ?? 0 }
}

/** @throws AppError not_found, campaign_changed, campaign_state, campaign_incomplete, campaign_similar, certificate_*, *_unavailable */
export async function start(
  ports: CampaignPorts,
  wake: Wake,
  caller: Caller,
  id: string,
  { version, even_if_similar }: StartParams,
): Promise<CampaignView> {
  const seen = await find(ports, caller.miniapp_id, id)
  const given = { version, command: 'start' } as const
  if (!('to' in afterCommand(seen, given))) {
    const { campaign } = await carryOut(ports, seen, given)
    await wake(id)
    return viewOf(campaign)
  }
  const drafts = await ports.store.drafts(id, numbers(chunksOf(seen)))
  assertComplete(seen, drafts)
  const { mch_id } = await ports.merchants.load(seen.miniapp_id, seen.defaults.gateway_type)
  const similar = await findSimilar(ports, seen, drafts)
  if (similar.length > 0 && !even_if_similar) throw tooSimilar(similar)
  const { campaign } = await carryOut(ports, seen, given, {
    mch_id,
    keyid: caller.keyid,
    started_at: seconds(ports),
    similar: similar.map(({ id, name, share }) => ({ id, name, share })),
  })
  await wake(id)
  return viewOf(campaign)
}

type Carried = { readonly campaign: Campaign; readonly written: boolean }

/** Writes the command, unless it changes nothing. @throws AppError campaign_changed, campaign_state, store_unavailable */
async function carryOut(
  ports: CampaignPorts,
  seen: Campaign,
  given: Given & { command: Command; argument?: string | undefined },
  more: Partial<Commanded> = {},
  retried = 0,
): Promise<Carried> {
  const after = afterCommand(seen, given)
  if ('is' in after) {
    if (after.is === 'changed') throw changed(seen)
    if (after.is === 'no') throw wrongState(seen, '活动当前的状态不允许此操作')
    return { campaign: seen, written: false }
  }
  const { to } = after
  // fromEntries forgets the keys; they are exactly those of Commanded.
  const before = Object.fromEntries(COMMANDED_KEYS.map((key) => [key, seen[key]])) as unknown as Commanded
  const next: Commanded = {
    ...before,
    ...more,
    state: to,
    stop: undefined,
    version: seen.version + 1,
    last: { command: commandText(given), version: given.version, retried },
    ...(IS_OVER[to] && { finished_at: seconds(ports) }),
  }
  // Pause leaves the worker's own plan: it is at work, or looks at open rows when they are due.
  const due = given.command === 'pause' ? {} : { due_at: seconds(ports) }
  if (await ports.store.command(seen, { ...next, ...due })) return { campaign: { ...seen, ...next }, written: true }
  const current = await ports.store.get(seen.id)
  if (!current) throw new AppError('not_found', '当前小程序没有这个活动')
  // The worker may have moved the campaign meanwhile; or a retried request has written this very command.
  if (current.version === seen.version) return carryOut(ports, current, given, more, retried)
  const again = afterCommand(current, given)
  if ('is' in again && again.is === 'repeated') return { campaign: current, written: false }
  throw changed(current)
}

function changed({ state, version }: Campaign): AppError {
  return new AppError('campaign_changed', '活动在你上次读取之后已有新的操作；请重新读取后再试', {
    more: { state, version },
  })
}

/**
 * Pause and cancel: no row begins after the answer. A row may begin only so long after a read that said running was issued, and
 * reads that are issued after the write say otherwise.
 */
async function halt(
  ports: CampaignPorts,
  caller: Caller,
  id: string,
  given: Given & { command: 'pause' | 'cancel' },
): Promise<Campaign> {
  const { campaign } = await carryOut(ports, await find(ports, caller.miniapp_id, id), given)
  // Read again: what was read before the write may not have shown a worker that has come since.
  const standing = await ports.store.get(id)
  if (standing?.lease_until_ms !== 0) await ports.clock.sleep(COMMAND_WAIT_MS)
  return standing?.version === campaign.version ? standing : campaign
}

/** @throws AppError campaign_incomplete, with a fault for each thing that is missing */
function assertComplete({ total_amount, ...campaign }: Campaign, drafts: ReadonlyMap<number, Draft>): void {
  const missing = numbers(chunksOf(campaign)).filter((n) => !drafts.has(n))
  const sum = [...drafts.values()].reduce((total, draft) => total + draft.sum, 0)
  const faults: Fault[] = missing
    .slice(0, FAULTS_MAX)
    .map((n) => ({ pointer: `/rows/${n}`, detail: `第 ${n} 块还没有上传` }))
  if (missing.length === 0 && sum !== total_amount) {
    const detail = `各行金额之和为 ${sum / 100} 元，活动声明的是 ${toYuan(total_amount)} 元`
    faults.push({ pointer: '/total_amount', detail })
  }
  if (faults.length === 0) return
  const what = missing.length > 0 ? `还有 ${missing.length} 块没有上传` : (faults[0]?.detail ?? '')
  throw new AppError('campaign_incomplete', `名单不完整：${what}`, { errors: faults })
}

function tooSimilar(similar: readonly SimilarPaid[]): AppError {
  const [first] = similar
  const percent = Math.round((first?.share ?? 0) * 100)
  const detail = `名单与近 30 天的活动“${first?.name}”有 ${percent}% 相同，该活动已付 ${first?.paid.count} 个、${first?.paid.amount} 元；确认不是重复发放后，请带 even_if_similar: true 再次开始`
  return new AppError('campaign_similar', detail, { more: { similar } })
}

/** Drafts whose start was asked for at the same moment count, too: each of two equal ones sees the other. */
const AT_ONCE_S = 60

async function findSimilar(
  ports: CampaignPorts,
  campaign: Campaign,
  drafts: ReadonlyMap<number, Draft>,
): Promise<SimilarPaid[]> {
  const { store } = ports
  const now_s = seconds(ports)
  const chunks = numbers(chunksOf(campaign)).flatMap((n) => drafts.get(n) ?? [])
  const own = listSketch(chunks, campaign.rows_count)
  await store.putSketch(campaign.id, packed(own, now_s))
  const since = await store.since(campaign.miniapp_id, (now_s - SIMILAR_WITHIN_S) * 1000)
  const others = since.filter(({ id }) => id !== campaign.id)
  const sketches = await store.sketches(others.map(({ id }) => id))
  const found: SimilarPaid[] = []
  for (const other of others) {
    const sketch = sketches.get(other.id)
    if (!sketch) continue
    const share = shareOf(own, unpacked(sketch))
    if (share <= SIMILAR_SHARE) continue
    const current = (await store.get(other.id)) ?? other
    if (current.started_at === undefined && !(current.state === 'draft' && now_s - sketch.written_at < AT_ONCE_S))
      continue
    found.push(paidBy(current, Math.round(share * 100) / 100))
  }
  return found.sort((a, b) => b.share - a.share)
}

function paidBy({ id, name, state, created_ms, totals: { rows, fen } }: Campaign, share: number): SimilarPaid {
  const paid = {
    count: rows.sent + rows.unknown + rows.manual,
    amount: yuanOf(fen.sent + fen.unknown + fen.manual),
  }
  return { id, name, share, state, created_at: Math.floor(created_ms / 1000), paid } satisfies Similar & SimilarPaid
}

function packed({ rows_count, digests, values }: ListSketch, written_at: number): Sketch {
  return { rows_count, digests: packNumbers(digests), values: packNumbers(values), written_at }
}

function unpacked({ rows_count, digests, values }: Sketch): ListSketch {
  return { rows_count, digests: unpackNumbers(digests), values: unpackNumbers(values) }
}

function seconds({ clock }: CampaignPorts): number {
  return Math.floor(clock.now() / 1000)
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n)
}
