// A list of any length, chunk by chunk: no more of it in memory than is on its way.
import type { CampaignRow } from './campaign-answers.ts'
import { kindOf, wrong } from './options.ts'

/** Rows of a chunk; all but the last hold as many. The service says so. */
const CHUNK_ROWS = 500
const CONCURRENCY_MAX = 16

export type UploadOptions = {
  /** Chunks before this one stand already: their rows are read and passed over. 0 unless told. */
  from_chunk?: number
  /** Chunks on their way at once: 1 to 16, 4 unless told. */
  concurrency?: number
  /** Hears of each chunk that stands, in no certain order. */
  on_chunk?: (chunk: number) => void
}

/** Rows read and chunks made of them, those that were passed over included. */
export type Uploaded = { rows: number; chunks: number }

type Put = (chunk: number, rows: readonly CampaignRow[]) => Promise<void>

/** After the first error nothing more is begun; it is thrown once all that was on its way has ended. */
export async function uploadRows(
  rows: Iterable<CampaignRow> | AsyncIterable<CampaignRow>,
  { from_chunk = 0, concurrency = 4, on_chunk }: UploadOptions,
  put: Put,
): Promise<Uploaded> {
  checkArguments(rows, from_chunk, concurrency, on_chunk)
  const uploaded: Uploaded = { rows: 0, chunks: 0 }
  const flying = new Set<Promise<void>>()
  let failed: { error: unknown } | undefined
  const begin = async (part: readonly CampaignRow[]) => {
    const chunk = uploaded.chunks++
    if (chunk < from_chunk) return
    const flight: Promise<void> = put(chunk, part)
      .then(() => on_chunk?.(chunk))
      .catch((error: unknown) => {
        failed ??= { error }
      })
      .finally(() => flying.delete(flight))
    flying.add(flight)
    if (flying.size >= concurrency) await Promise.race(flying)
  }
  try {
    let part: CampaignRow[] = []
    for await (const row of rows) {
      uploaded.rows += 1
      if (part.push(row) < CHUNK_ROWS) continue
      await begin(part)
      if (failed) break
      part = []
    }
    if (part.length > 0 && !failed) await begin(part)
  } finally {
    await Promise.all(flying)
  }
  if (failed) throw failed.error
  return uploaded
}

function checkArguments(rows: unknown, from_chunk: number, concurrency: number, on_chunk: unknown): void {
  const isList = typeof rows === 'object' && rows !== null && (Symbol.iterator in rows || Symbol.asyncIterator in rows)
  if (!isList) throw wrong(`campaigns.upload takes an iterable of rows as its second argument, not ${kindOf(rows)}`)
  if (!Number.isInteger(from_chunk) || from_chunk < 0) throw wrong('from_chunk must be an integer from 0')
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > CONCURRENCY_MAX) {
    throw wrong(`concurrency must be an integer from 1 to ${CONCURRENCY_MAX}`)
  }
  if (on_chunk !== undefined && typeof on_chunk !== 'function') throw wrong('on_chunk must be a function')
}
