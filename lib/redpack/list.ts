// getSentRedPackList: a page is one range of sequence numbers, so a far page costs what the first page costs.
import type { ListParams } from './params.ts'
import type { Ports, Sequence } from './ports.ts'
import { type RedpackView, view } from './view.ts'

export type ListAnswer = {
  meta: { limit: number; next: string | null; offset: number; previous: string | null; total_count: number }
  objects: (RedpackView & { pk: string })[]
}

/**
 * A page of the mini app's records, newest first. A record that this version cannot read is counted and left out (docs/adr/0010).
 * @throws AppError store_unavailable
 */
export async function list(
  { store, sequences }: Pick<Ports, 'store' | 'sequences'>,
  miniapp_id: string,
  { limit, offset }: ListParams,
): Promise<ListAnswer> {
  const sequence = await sequences.read(miniapp_id)
  const total_count = sequence.last_seq - sequence.gaps.length
  const to = seqAt(sequence, offset)
  const from = Math.max(1, seqAt(sequence, offset + limit - 1))
  const records = to < 1 ? [] : await store.range(miniapp_id, from, to)
  return {
    meta: {
      limit,
      next: offset + limit < total_count ? url(limit, offset + limit) : null,
      offset,
      previous: previousUrl(limit, offset, total_count),
      total_count,
    },
    objects: records.map((record) => ({ ...view(record), pk: record.id })),
  }
}

/** @returns the number of the record at `position`, 0 for the newest, passing over the gaps; below 1 if there is none */
export function seqAt({ last_seq, gaps }: Sequence, position: number): number {
  let seq = last_seq - position
  for (const gap of [...gaps].sort((a, b) => b - a)) if (gap >= seq) seq -= 1
  return seq
}

/** From beyond the end, the last page that has records, counted in whole pages from here. */
function previousUrl(limit: number, offset: number, total_count: number): string | null {
  if (offset === 0 || total_count === 0) return null
  const first = offset % limit
  const last = first + Math.floor((total_count - 1 - first) / limit) * limit
  return url(limit, Math.max(0, Math.min(offset - limit, last)))
}

function url(limit: number, offset: number): string {
  return `/redpacks?limit=${limit}&offset=${offset}`
}
