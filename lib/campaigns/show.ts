// What callers read: a campaign, the list of them, and its rows with what became of each.
import { AppError } from '../errors.ts'
import { toYuan } from '../redpack/money.ts'
import { idOf, mchBillnoOf } from '../redpack/record.ts'
import { type Campaign, chunksOf, type Head, keyOf, rowsIn } from './campaign.ts'
import type { Counted } from './counted.ts'
import { find } from './create.ts'
import { isCounted, unpackAttempts, unpackLetters } from './letters.ts'
import { paramsOf, unpack } from './pack.ts'
import { CHUNK_ROWS, type ListCampaignsParams, type ListRowsParams } from './params.ts'
import type { CampaignPorts, RowRecord } from './ports.ts'
import { type CampaignList, type CampaignView, type RowList, type RowView, viewOf } from './view.ts'

type Ports = Pick<CampaignPorts, 'store'>

/** @throws AppError not_found, store_unavailable */
export async function get(ports: Ports, miniapp_id: string, id: string): Promise<CampaignView> {
  return viewOf(await find(ports, miniapp_id, id))
}

/** Newest first. A far page reads the index up to it. @throws AppError store_unavailable */
export async function list({ store }: Ports, miniapp_id: string, page: ListCampaignsParams): Promise<CampaignList> {
  const { campaigns, total_count } = await store.list(miniapp_id, page.offset, page.limit)
  return {
    meta: metaOf('/campaigns', page, total_count),
    objects: campaigns.map((campaign) => ({ ...viewOf(campaign), pk: campaign.id })),
  }
}

/**
 * Rows in the order of the list. The filter is as of the counts; a row's own fields are read now.
 * @throws AppError not_found, store_unavailable
 */
export async function listRows(
  ports: Ports,
  miniapp_id: string,
  id: string,
  { outcome, ...page }: ListRowsParams,
): Promise<RowList> {
  const campaign = await find(ports, miniapp_id, id)
  if (campaign.rows_removed) throw new AppError('not_found', '这个活动的名单已按保存期限删除')
  const { places, total_count } =
    outcome === undefined
      ? {
          places: range(page.offset, Math.min(campaign.rows_count, page.offset + page.limit)),
          total_count: campaign.rows_count,
        }
      : await placesOf(ports, campaign, outcome, page)
  const target = `/campaigns/${id}/rows`
  return {
    meta: metaOf(target, page, total_count, outcome && `&outcome=${outcome}`),
    objects: await rowsAt(ports, campaign, places),
  }
}

/** Rows counted as `outcome`, by their places in the list from 0. */
async function placesOf(
  { store }: Ports,
  campaign: Campaign,
  outcome: Counted,
  { offset, limit }: { offset: number; limit: number },
): Promise<{ places: number[]; total_count: number }> {
  const heads = await store.heads(campaign.id, range(0, chunksOf(campaign)))
  const places: number[] = []
  let passed = 0
  for (const { n, codes, totals } of heads) {
    const count = totals.rows[outcome]
    if (passed + count > offset && places.length < limit) {
      unpackLetters(codes).forEach((letter, i) => {
        if (!isCounted(letter, outcome)) return
        if (passed >= offset && places.length < limit) places.push(n * CHUNK_ROWS + i)
        passed += 1
      })
    } else passed += count
  }
  return { places, total_count: passed }
}

async function rowsAt({ store }: Ports, campaign: Campaign, places: readonly number[]): Promise<RowView[]> {
  const chunks = [...new Set(places.map((place) => Math.floor(place / CHUNK_ROWS)))]
  const heads = new Map((await store.heads(campaign.id, chunks)).map((head) => [head.n, head]))
  const found = await Promise.all(chunks.map((n) => rowsOfChunk({ store }, campaign, heads.get(n), n, places)))
  const rows = found.flat()
  const keys = rows.map(({ key }) => key)
  const records = await store.records(campaign.miniapp_id, keys, true)
  return rows.map(({ view, key }) => ({ ...view, ...resultOf(records.get(key)) }))
}

type Begun = ReturnType<typeof resultOf>
type Shown = { view: Omit<RowView, keyof Begun>; key: string }

/** Of a draft's chunk that is not uploaded yet there are none. */
async function rowsOfChunk(
  { store }: Ports,
  campaign: Campaign,
  head: Head | undefined,
  n: number,
  places: readonly number[],
): Promise<Shown[]> {
  const packed = await store.rows(campaign.id, n)
  if (!packed) return []
  const rows = unpack(packed)
  const attempts = unpackAttempts(head?.attempts, rowsIn(campaign, n))
  return places
    .filter((place) => Math.floor(place / CHUNK_ROWS) === n)
    .flatMap((place): Shown[] => {
      const i = place - n * CHUNK_ROWS
      const row = rows[i]
      const attempt = attempts[i] ?? 1
      if (!row) return []
      const key = keyOf(campaign.id, place + 1, attempt)
      const id = idOf(campaign.miniapp_id, key)
      const { gateway_type: _, total_amount, scene_id, risk_info, ...params } = paramsOf(campaign.defaults, row)
      const shown = {
        ...params,
        total_amount: toYuan(total_amount),
        scene_id: scene_id ?? null,
        risk_info: risk_info ?? null,
      }
      return [{ key, view: { row: place + 1, ...shown, attempt, id, mch_billno: mchBillnoOf(id) } }]
    })
}

function resultOf(record: RowRecord | undefined) {
  return {
    outcome: record?.outcome ?? null,
    status: record?.status ?? null,
    err_code: record?.err_code ?? null,
    err_code_des: record?.err_code_des ?? null,
    send_listid: record?.send_listid ?? null,
    created_at: record?.created_at ?? null,
    updated_at: record?.updated_at ?? null,
  }
}

function metaOf(path: string, { limit, offset }: { limit: number; offset: number }, total_count: number, filter = '') {
  const url = (at: number) => `${path}?limit=${limit}&offset=${at}${filter}`
  return {
    limit,
    next: offset + limit < total_count ? url(offset + limit) : null,
    offset,
    previous: offset > 0 ? url(Math.max(0, offset - limit)) : null,
    total_count,
  }
}

/** from, from + 1 … up to, and without, `to`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
}
