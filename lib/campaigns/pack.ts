// Rows as they are stored: a chunk is one compressed text, and a row together with the defaults is what a send takes.
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import * as v from 'valibot'
import { AppError } from '../errors.ts'
import { GatewayType, type SendParams } from '../redpack/params.ts'
import { type Defaults, type StoredRow, StoredRows } from './campaign.ts'

/** DynamoDB's items have 400 KB, with the names of their attributes. */
const PACKED_MAX_KB = 380
/** 2 ms a chunk; higher qualities take ten times as long for a tenth less. */
const QUALITY = 5

type DefaultParams = v.InferOutput<typeof Defaults>

/** @throws AppError chunk_too_large */
export function pack(rows: readonly StoredRow[]): Uint8Array {
  const packed = brotliCompressSync(JSON.stringify(rows), { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } })
  if (packed.length <= PACKED_MAX_KB * 1024) return packed
  throw new AppError(
    'chunk_too_large',
    `该分块压缩后超过 ${PACKED_MAX_KB} KB：各行相同的文字请放入活动的 defaults，或缩短各行的文字`,
    { errors: [{ pointer: '/rows', detail: `压缩后不能超过 ${PACKED_MAX_KB} KB` }] },
  )
}

export function unpack(packed: Uint8Array): StoredRow[] {
  return v.parse(StoredRows, JSON.parse(brotliDecompressSync(packed).toString('utf8')))
}

/** The parameters with which a row is sent. They were checked when the row was uploaded. */
export function paramsOf(defaults: DefaultParams, row: StoredRow): SendParams {
  const { scene_id, risk_info, gateway_type, ...rest } = { ...defaults, ...row }
  return {
    ...rest,
    scene_id: scene_id ?? undefined,
    risk_info: risk_info ?? undefined,
    gateway_type: v.parse(GatewayType, gateway_type),
  } as SendParams
}

/** In fen. */
export function amountOf(defaults: DefaultParams, row: StoredRow): number {
  return row.total_amount ?? defaults.total_amount ?? 0
}
