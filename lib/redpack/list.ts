// getSentRedPackList: a page is one range of sequence numbers, so a far page costs what the first page costs.
import type { Book, Store } from './ports.ts'
import { type RedpackView, view } from './record.ts'
import type { ListParams } from './schemas.ts'

export type ListAnswer = {
  meta: { limit: number; next: string | null; offset: number; previous: string | null; total_count: number }
  objects: (RedpackView & { pk: string })[]
}

/** A page of the mini app's records, newest first. @throws AppError store_unavailable */
export async function list(
  { store }: { store: Store },
  miniapp_id: string,
  { limit, offset }: ListParams,
): Promise<ListAnswer> {
  const book = await store.book(miniapp_id)
  const total_count = book.last_seq - book.holes.length
  const to = seqAt(book, offset)
  const from = Math.max(1, seqAt(book, offset + limit - 1))
  const records = to < 1 ? [] : await store.range(miniapp_id, from, to)
  return {
    meta: {
      limit,
      next: offset + limit < total_count ? url(limit, offset + limit) : null,
      offset,
      previous: offset > 0 ? url(limit, Math.max(0, offset - limit)) : null,
      total_count,
    },
    objects: records.map((record) => ({ ...view(record), pk: record.id })),
  }
}

/** The number of the record at `position`, 0 for the newest, passing over the holes; below 1 where there is none. */
export function seqAt({ last_seq, holes }: Book, position: number): number {
  let seq = last_seq - position
  for (const hole of [...holes].sort((a, b) => b - a)) if (hole >= seq) seq -= 1
  return seq
}

function url(limit: number, offset: number): string {
  return `/redpacks?limit=${limit}&offset=${offset}`
}
