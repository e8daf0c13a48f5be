// A campaign's draft: made once for a name, and filled chunk by chunk. No row is begun before start.
import * as v from 'valibot'
import { DRAFT_KEPT_S } from '../durations.ts'
import { AppError, type Fault, invalidParameters } from '../errors.ts'
import { FAULTS_MAX, faultsOf } from '../faults.ts'
import { fen, toYuan } from '../redpack/money.ts'
import { SendParams } from '../redpack/params.ts'
import { isId } from '../redpack/record.ts'
import { type Campaign, campaignIdOf, hashOfRequest, rowsIn, type StoredRow } from './campaign.ts'
import { pack } from './pack.ts'
import { type CreateCampaignParams, PARAMETER_KEYS, type UploadRowsParams } from './params.ts'
import type { CampaignPorts } from './ports.ts'
import { chunkSketch, receiverOf } from './similar.ts'
import { waiting } from './totals.ts'
import { type CampaignView, viewOf } from './view.ts'

type Caller = { readonly miniapp_id: string; readonly keyid: string }

/** @throws AppError campaign_exists, certificate_missing, certificate_unusable, secrets_unavailable, store_unavailable */
export async function create(
  { store, merchants, clock }: CampaignPorts,
  { miniapp_id, keyid }: Caller,
  params: CreateCampaignParams,
): Promise<{ created: boolean; campaign: CampaignView }> {
  const id = campaignIdOf(miniapp_id, params.name)
  const hash = hashOfRequest(params)
  const standing = await store.get(id)
  if (standing) return { created: false, campaign: viewOf(assertSame(standing, hash)) }
  // A merchant that is missing is told before a million rows are uploaded; start reads it again.
  const { mch_id } = await merchants.load(miniapp_id, params.defaults.gateway_type)
  const now_ms = clock.now()
  const now_s = Math.floor(now_ms / 1000)
  const fresh: Campaign = {
    ...params,
    id,
    miniapp_id,
    keyid,
    hash,
    mch_id,
    created_ms: now_ms,
    state: 'draft',
    version: 1,
    pass: 0,
    retries: [],
    lease_until_ms: 0,
    totals: waiting(params.rows_count, params.total_amount),
    reasons: {},
    updated_at: now_s,
    due_at: now_s + DRAFT_KEPT_S,
  }
  const { created, campaign } = await store.create(fresh)
  return { created, campaign: viewOf(assertSame(campaign, hash)) }
}

function assertSame(campaign: Campaign, hash: string): Campaign {
  if (campaign.hash === hash) return campaign
  throw new AppError('campaign_exists', `活动名“${campaign.name}”已用于另一个活动；活动名不能再用，请换一个`, {
    errors: [{ pointer: '/name', detail: '已被使用' }],
  })
}

/** The campaign, if it is this mini app's; another's is as good as none. @throws AppError not_found, store_unavailable */
export async function find({ store }: Pick<CampaignPorts, 'store'>, miniapp_id: string, id: string): Promise<Campaign> {
  const campaign = isId(id) ? await store.get(id) : undefined
  if (campaign?.miniapp_id !== miniapp_id) throw new AppError('not_found', '当前小程序没有这个活动')
  return campaign
}

/**
 * Writes one chunk of a draft; the same rows again change nothing.
 * @throws AppError not_found, campaign_state, invalid_parameters, chunk_too_large, chunk_written, store_unavailable
 */
export async function upload(
  ports: CampaignPorts,
  miniapp_id: string,
  { id, chunk }: { id: string; chunk: number },
  { rows }: UploadRowsParams,
): Promise<void> {
  const { store, clock } = ports
  const campaign = await find(ports, miniapp_id, id)
  if (campaign.state !== 'draft') throw wrongState(campaign, '活动已开始或已取消，不能再上传名单')
  assertLength(campaign, chunk, rows.length)
  const read = readRows(campaign, rows)
  const sketch = chunkSketch(
    read.map(({ params }) => receiverOf(miniapp_id, params)),
    campaign.rows_count,
  )
  if (!(await store.putRows(id, chunk, pack(read.map(({ row }) => row))))) {
    throw new AppError('chunk_written', `第 ${chunk} 块已上传过不同的内容；已上传的名单不能更改，请取消活动并换名重建`)
  }
  const sum = read.reduce((total, { params }) => total + params.total_amount, 0)
  await store.putDraft(id, chunk, { count: rows.length, sum: fen(sum), ...sketch })
  const due_at = Math.floor(clock.now() / 1000) + DRAFT_KEPT_S
  // Once a day is often enough for an end that is 30 days away.
  if (due_at - (campaign.due_at ?? 0) > DRAFT_KEPT_S / 30) await store.touch(id, due_at)
}

export function wrongState(campaign: Campaign, detail: string): AppError {
  return new AppError('campaign_state', detail, { more: { state: campaign.state } })
}

function assertLength(campaign: Campaign, chunk: number, length: number): void {
  const count = rowsIn(campaign, chunk)
  if (count === 0) {
    throw invalidParameters([{ pointer: '/chunk', detail: `活动共 ${campaign.rows_count} 行，没有第 ${chunk} 块` }])
  }
  if (length !== count)
    throw invalidParameters([{ pointer: '/rows', detail: `第 ${chunk} 块须为 ${count} 行，收到 ${length} 行` }])
}

type ReadRow = { readonly row: StoredRow; readonly params: SendParams }

/** Each row with the defaults has to be what a send takes. @throws AppError invalid_parameters, with a pointer to each fault */
function readRows({ defaults }: Campaign, rows: UploadRowsParams['rows']): ReadRow[] {
  const { total_amount, ...rest } = defaults
  const shared = { ...rest, ...(total_amount !== undefined && { total_amount: toYuan(total_amount) }) }
  const faults: Fault[] = []
  const read = rows.flatMap((row, i): ReadRow[] => {
    const at = `/rows/${i}`
    if (Object.hasOwn(row, 'gateway_type'))
      faults.push({ pointer: `${at}/gateway_type`, detail: '只能放在活动的 defaults 里' })
    const parsed = v.safeParse(SendParams, { ...shared, ...row })
    if (parsed.success) return [{ row: ownOf(row, parsed.output), params: parsed.output }]
    if (faults.length < FAULTS_MAX) faults.push(...faultsOf(parsed.issues, at))
    return []
  })
  if (faults.length > 0) throw invalidParameters(faults.slice(0, FAULTS_MAX))
  return read
}

/** What the row itself names. null takes one of the defaults away, so it stays. */
function ownOf(row: Record<string, unknown>, params: SendParams): StoredRow {
  const own = PARAMETER_KEYS.filter((key) => row[key] !== undefined)
  return Object.fromEntries(own.map((key) => [key, params[key] ?? null]))
}
