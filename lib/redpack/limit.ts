// The daily limit: reserved before the call, given back on a refusal, over the limit answered as WeChat itself would.

import type { Verdict } from './attempt.ts'
import type { Merchant, Ports } from './ports.ts'
import type { RedpackRecord } from './record.ts'

const BEIJING_AHEAD_MS = 8 * 3600 * 1000

/** The Beijing day of a moment, as 2026-11-23. China has had no daylight saving time since 1991. */
export function limitDay(now_ms: number): string {
  return new Date(now_ms + BEIJING_AHEAD_MS).toISOString().slice(0, 10)
}

/** Out: undefined where the send has its part of the limit or there is none, else the refusal. @throws AppError store_unavailable */
export async function reserve(
  { limits }: Ports,
  record: RedpackRecord,
  merchant: Merchant,
): Promise<Verdict | undefined> {
  if (record.limit_day === undefined || merchant.daily_limit === undefined) return undefined
  if (await limits.reserve(record, record.limit_day, merchant.daily_limit)) return undefined
  return {
    outcome: record.doubted ? 'unknown' : 'refused',
    err_code: 'SENDAMOUNT_LIMIT',
    err_code_des: `当日发放金额已达上限(${merchant.daily_limit / 100} 元),请明日再试或调高 daily_limit_yuan`,
    called: false,
  }
}
