// The worker: one slice of a campaign. It can be run at any time, twice, by anybody: what is to be done stands in the table.
import {
  HOLD_MS,
  LAST_COUNT_AFTER_S,
  MINUTE_S,
  ROWS_KEPT_S,
  SECOND_MS,
  SETTLING_MAX_S,
  SHARE_WAIT_MS,
  WORKER_LEASE_MS,
} from '../durations.ts'
import { AppError } from '../errors.ts'
import { Turns } from '../redpack/pace.ts'
import { type Campaign, chunksOf } from './campaign.ts'
import { hasOpen } from './letters.ts'
import { isFirst } from './line.ts'
import type { CampaignPorts, WorkerChanges } from './ports.ts'
import { isAnnounced } from './rate.ts'
import { admit, recount, recountLate, sendRows } from './sending.ts'
import { range } from './show.ts'
import { afterSlice, IS_OVER } from './states.ts'
import { counted, hasTime, hasWork, Lost, shareOf, type Work } from './work.ts'

/** `more`: another slice is worth it now. `wait`: the minute finds the campaign when it is due. */
export type Next = 'more' | 'wait' | 'done'

/**
 * Brings the counts up to date, begins rows while there is time, and says when to come back. Never throws.
 * `remaining_ms`: what is left of the invocation, in ms.
 */
async function runSlice(ports: CampaignPorts, id: string, remaining_ms: () => number): Promise<Next> {
  try {
    const seen = await ports.store.get(id)
    if (!seen) return 'done'
    return seen.state === 'draft' ? await removeOldDraft(ports, seen) : await underLease(ports, id, remaining_ms)
  } catch (error) {
    // The lease runs out, and the minute finds the campaign.
    const isToPass = error instanceof AppError && error.code !== 'record_unreadable'
    if (!isToPass) ports.report({ event: 'campaign_bug', id, error })
    return 'wait'
  }
}

async function underLease(ports: CampaignPorts, id: string, remaining_ms: () => number): Promise<Next> {
  const { store, clock } = ports
  const worker = ports.token()
  const now_ms = clock.now()
  const campaign = await store.lease(id, worker, now_ms, now_ms + WORKER_LEASE_MS)
  if (!campaign) return 'wait'
  const work: Work = {
    ports,
    worker,
    remaining_ms,
    campaign,
    heads: campaign.rows_removed ? [] : await store.heads(id, range(0, chunksOf(campaign))),
    merchant: undefined,
    trouble: undefined,
    lease_until_ms: now_ms + WORKER_LEASE_MS,
    saved_ms: now_ms,
    looked_ms: 0,
    permit_until_ms: 0,
    // The slice before this may have begun a row a moment ago.
    next_ms: now_ms + SECOND_MS / campaign.rate_per_s,
    seen_ms: isAnnounced(campaign) ? now_ms : seenFrom(clock.now()),
    turns: new Turns(clock, async () => shareOf(work)),
    silent: 0,
    flying: new Set(),
    late: new Set(),
  }
  try {
    if (isExpired(campaign, now_ms)) return await removeRows(work)
    await recountDue(work)
    if (campaign.state === 'queued') await takeTurn(work)
    if (work.campaign.state === 'running') await sendRows(work)
    await recountLate(work)
    await callsOver(work)
    return await rest(work)
  } catch (error) {
    if (!(error instanceof Lost)) throw error
    await callsOver(work)
    // If the lease is still this worker's, the next slice need not wait for its end.
    const isBack = await store.save(id, worker, { lease_until_ms: 0, due_at: seconds(ports) })
    return isBack ? 'more' : 'wait'
  } finally {
    // Nothing may run on when the invocation is over.
    await Promise.all(work.flying)
  }
}

/** Before the lease is given back: whoever has the merchant's calls next, knows nothing of this worker's last second. */
async function callsOver({ flying, turns, ports: { clock } }: Work): Promise<void> {
  await Promise.all(flying)
  await clock.sleep(Math.max(0, turns.last_ms + SECOND_MS - clock.now()))
}

/** The chunk that a worker had begun when it died, and those whose open rows are worth a read again. */
async function recountDue(work: Work): Promise<void> {
  const { heads, campaign, ports } = work
  const isLast = isLastCount(campaign, seconds(ports))
  for (const [at, { n, codes, due_ms, begun_ms, totals }] of heads.entries()) {
    const mayBeBehind = n === campaign.working || (isLast && begun_ms !== undefined && totals.rows.waiting > 0)
    if (mayBeBehind) await recount(work, at, true)
    else if (hasOpen(codes) && (due_ms ?? 0) <= ports.clock.now() && hasTime(work)) await recount(work, at, false)
  }
}

/** A cancelled campaign is counted once more, since nothing else would ever show what came late. */
function isLastCount({ state, finished_at = 0, last_counted }: Campaign, now_s: number): boolean {
  return state === 'cancelled' && !last_counted && now_s >= finished_at + LAST_COUNT_AFTER_S
}

async function takeTurn(work: Work): Promise<void> {
  await admit(work)
  if (work.trouble || !(await isFirst(work.ports, work.campaign))) return
  work.seen_ms = seenFrom(work.ports.clock.now())
  await move(work, { state: 'running' })
}

/** Settle reads who has a merchant's calls, and takes its whole share for a while by what it has read before. */
function seenFrom(now_ms: number): number {
  return now_ms + SHARE_WAIT_MS
}

/** Writes a new state if no command came since the campaign was read; else the next read shows the command. @throws Lost */
async function move(work: Work, changes: WorkerChanges & { state: Campaign['state'] }): Promise<boolean> {
  const { ports, campaign, worker } = work
  if (await ports.store.save(campaign.id, worker, changes, campaign)) {
    work.campaign = { ...campaign, state: changes.state }
    ports.report({ event: 'campaign', campaign: work.campaign, from: campaign.state })
    return true
  }
  const current = await ports.store.get(campaign.id)
  if (current?.worker !== worker) throw new Lost('the lease')
  work.campaign = current
  return false
}

/** Gives the lease back, and writes when the next slice is worth something. @throws Lost */
async function rest(work: Work): Promise<Next> {
  const { ports, worker, heads, campaign, trouble } = work
  const state = restingState(work)
  const now_s = seconds(ports)
  const begun_ms = Math.max(0, ...heads.map((head) => head.begun_ms ?? 0))
  const sent_at = begun_ms > 0 && state !== 'running' && state !== 'queued' ? Math.floor(begun_ms / 1000) : undefined
  const finished_at = IS_OVER[state] ? (campaign.finished_at ?? now_s) : undefined
  const due_at = dueAt(work, state, now_s, finished_at)
  const since = campaign.hold?.code === trouble?.code ? (campaign.hold?.since ?? now_s) : now_s
  const back = { ...counted(work), lease_until_ms: 0, working: null }
  const changes: WorkerChanges = {
    ...back,
    due_at: due_at ?? null,
    ...(isLastCount(campaign, now_s) && { last_counted: true }),
    hold: trouble?.kind === 'hold' ? { code: trouble.code, since } : null,
    ...(state === 'settling' || state === 'done' ? { sent_at } : {}),
    ...(state === campaign.state ? {} : { state, finished_at, stop: stopOf(work, state) }),
  }
  if (await ports.store.save(campaign.id, worker, changes, campaign)) {
    const rested = { ...campaign, ...counted(work), state } as Campaign
    if (state !== campaign.state) ports.report({ event: 'campaign', campaign: rested, from: campaign.state })
    return due_at === undefined ? 'done' : due_at <= now_s ? 'more' : 'wait'
  }
  // A command came meanwhile: its wake-up must not be overwritten.
  if (!(await ports.store.save(campaign.id, worker, { ...back, due_at: now_s }))) throw new Lost('the lease')
  return 'more'
}

function restingState(work: Work): Campaign['state'] {
  const { heads, campaign, trouble, ports } = work
  const left = {
    waiting: heads.filter((head) => hasWork(head, campaign)).length,
    open: heads.filter(({ codes }) => hasOpen(codes)).length,
  }
  const overdue = seconds(ports) - (campaign.sent_at ?? seconds(ports)) >= SETTLING_MAX_S
  const how = { stopped: trouble?.kind === 'stop', overdue }
  const first = afterSlice(campaign.state, left, how)
  // Nothing may be open any more when the last row has ended.
  return first === 'settling' ? afterSlice(first, left, how) : first
}

function stopOf({ trouble }: Work, state: Campaign['state']): WorkerChanges['stop'] {
  return state === 'stopped' && trouble ? { code: trouble.code, detail: trouble.detail } : null
}

function dueAt(
  work: Work,
  state: Campaign['state'],
  now_s: number,
  finished_at: number | undefined,
): number | undefined {
  const { heads, campaign, trouble } = work
  if (state === 'running' || state === 'queued') {
    const isAtOnce = !trouble && (state === 'running' || campaign.state !== 'queued')
    return isAtOnce ? now_s : now_s + HOLD_MS / SECOND_MS
  }
  const open = heads.flatMap(({ codes, due_ms }) => (hasOpen(codes) ? [Math.ceil((due_ms ?? 0) / 1000)] : []))
  // What is due already was left for want of time.
  if (open.length > 0) return Math.max(now_s, Math.min(...open))
  if (finished_at === undefined || campaign.rows_removed) return undefined
  const isCounted = state !== 'cancelled' || campaign.last_counted || isLastCount(campaign, now_s)
  return finished_at + (isCounted ? ROWS_KEPT_S : LAST_COUNT_AFTER_S)
}

function isExpired({ state, finished_at, rows_removed }: Campaign, now_ms: number): boolean {
  return IS_OVER[state] && !rows_removed && finished_at !== undefined && now_ms / 1000 >= finished_at + ROWS_KEPT_S
}

/** They hold openids. The campaign and the records stay. @throws Lost */
async function removeRows({ ports, campaign, worker }: Work): Promise<Next> {
  await ports.store.removeRows(campaign.id, range(0, chunksOf(campaign)))
  const gone = { rows_removed: true, lease_until_ms: 0, due_at: null }
  if (!(await ports.store.save(campaign.id, worker, gone))) throw new Lost('the lease')
  return 'done'
}

async function removeOldDraft({ store, clock }: CampaignPorts, draft: Campaign): Promise<Next> {
  if (draft.due_at === undefined || draft.due_at * 1000 > clock.now()) return 'wait'
  await store.removeRows(draft.id, range(0, chunksOf(draft)))
  await store.removeDraft(draft)
  return 'done'
}

function seconds({ clock }: CampaignPorts): number {
  return Math.floor(clock.now() / 1000)
}

/** Slices of one campaign while they are worth it and there is time. Never throws. */
export async function run(ports: CampaignPorts, id: string, remaining_ms: () => number): Promise<void> {
  for (let slices = 0; slices < SLICES_MAX; slices += 1) {
    if ((await runSlice(ports, id, remaining_ms)) !== 'more' || remaining_ms() < SLICE_MIN_MS) return
  }
}

/** One invocation. */
const SLICES_MAX = 100
/** Less is not worth a lease. */
const SLICE_MIN_MS = MINUTE_S * SECOND_MS

/** Campaigns that one minute wakes. */
const DUE_MAX = 1_000

/** The minute: wakes every campaign that is due; one that cannot be woken is run here. @throws AppError store_unavailable */
export async function runDue(
  ports: CampaignPorts,
  wake: (id: string) => Promise<boolean>,
  remaining_ms: () => number,
): Promise<number> {
  const ids = await ports.store.due(seconds(ports), DUE_MAX)
  const left = await Promise.all(ids.map(async (id) => ((await wake(id)) ? [] : [id])))
  await Promise.all(left.flat().map((id) => run(ports, id, remaining_ms)))
  return ids.length
}
