// Is this list one that was paid before? Compared by who is paid how much: the chunks' digests, and the smallest hashes of all.
import { createHash } from 'node:crypto'
import type { SendParams } from '../redpack/params.ts'
import { CHUNK_ROWS } from './params.ts'

/** Values and digests are the first 48 bits of a SHA-256. */
const VALUE_BYTES = 6
const SPACE = 2 ** (8 * VALUE_BYTES)
/** Receivers of a list that are compared: an estimate of the share is then right within 3 points. */
const KEPT = 256
/** A chunk keeps so many times more than its part, so that the smallest of all chunks are among them. */
const MARGIN = 4
/** The list is compared by its first chunks too: a part that was cut off a very large list shows nowhere else. */
const DIGESTS_KEPT = 64
/** Fewer receivers than this are too few for an estimate. */
const COMPARED_MIN = 8
export const SIMILAR_SHARE = 0.5

/** What is compared of a list. Numbers ascend. */
export type ListSketch = {
  readonly rows_count: number
  readonly digests: readonly number[]
  readonly values: readonly number[]
}

/** What a row pays to whom, as a number. */
export function receiverOf(miniapp_id: string, { official_account_id, re_openid, total_amount }: SendParams): number {
  const text = ['similar', miniapp_id, official_account_id, re_openid, total_amount].join('\0')
  return first48(createHash('sha256').update(text, 'utf8').digest())
}

/** What a chunk of a list of `rows_count` rows keeps. */
export function chunkSketch(values: readonly number[], rows_count: number): { digest: string; values: string } {
  const bound = (SPACE * KEPT * MARGIN) / rows_count
  return {
    digest: createHash('sha256')
      .update(packNumbers(values), 'utf8')
      .digest()
      .subarray(0, VALUE_BYTES)
      .toString('base64url'),
    values: packNumbers(values.filter((value) => value < bound)),
  }
}

/** The sketch of a list, from those of all its chunks in order. */
export function listSketch(
  chunks: Iterable<{ readonly digest: string; readonly values: string }>,
  rows_count: number,
): ListSketch {
  const digests: number[] = []
  let values: number[] = []
  for (const chunk of chunks) {
    if (digests.length < DIGESTS_KEPT) digests.push(...unpackNumbers(chunk.digest))
    values.push(...unpackNumbers(chunk.values))
    if (values.length > 8 * KEPT) values = smallest(values)
  }
  return { rows_count, digests, values: smallest(values) }
}

function smallest(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b).slice(0, KEPT)
}

/** The share of the smaller list's rows that the other has too, 0 to 1, as far as the two sketches tell. */
export function shareOf(a: ListSketch, b: ListSketch): number {
  const [small, large] = a.rows_count <= b.rows_count ? [a, b] : [b, a]
  return Math.max(shareByDigests(small, large), shareByValues(small, large))
}

function shareByDigests(small: ListSketch, large: ListSketch): number {
  const known = new Set(large.digests)
  const rows = small.digests.map((digest, n) => (known.has(digest) ? rowsIn(small, n) : 0))
  return rows.reduce((sum, count) => sum + count, 0) / small.rows_count
}

function rowsIn({ rows_count }: ListSketch, n: number): number {
  return Math.max(0, Math.min(CHUNK_ROWS, rows_count - n * CHUNK_ROWS))
}

function shareByValues(small: ListSketch, large: ListSketch): number {
  const limit = Math.min(reach(small), reach(large))
  const known = new Set(large.values)
  const compared = small.values.filter((value) => value <= limit)
  const isAll = compared.length === small.values.length && small.values.length < KEPT
  if (compared.length === 0 || (compared.length < COMPARED_MIN && !isAll)) return 0
  return compared.filter((value) => known.has(value)).length / compared.length
}

/** Up to here the sketch has every value of its list. */
function reach({ values }: ListSketch): number {
  return values.length < KEPT ? SPACE : (values.at(-1) ?? SPACE)
}

export function packNumbers(numbers: readonly number[]): string {
  const bytes = Buffer.alloc(numbers.length * VALUE_BYTES)
  numbers.forEach((number, i) => {
    bytes.writeUIntBE(number, i * VALUE_BYTES, VALUE_BYTES)
  })
  return bytes.toString('base64url')
}

export function unpackNumbers(packed: string): number[] {
  const bytes = Buffer.from(packed, 'base64url')
  return Array.from({ length: Math.floor(bytes.length / VALUE_BYTES) }, (_, i) =>
    bytes.readUIntBE(i * VALUE_BYTES, VALUE_BYTES),
  )
}

function first48(digest: Buffer): number {
  return digest.readUIntBE(0, VALUE_BYTES)
}
