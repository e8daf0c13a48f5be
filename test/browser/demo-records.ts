// Made-up records of 30 days: a shop that pays cashback every day, and a campaign now and then.
import type { RedPackRecord } from '../../client/src/index.ts'
import { aRow } from '../unit/cli/mirror/records.ts'
import { CAMPAIGN_IDS } from './demo-campaigns.ts'

/** 2026-11-25 15:30:00 in Beijing. */
export const NOW_S = Date.parse('2026-11-25T15:30:00+08:00') / 1000
const DAY_S = 86_400
const TODAY_S = Date.parse('2026-11-25T00:00:00+08:00') / 1000

/** The same numbers each time. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const REFUSALS = [
  ['NO_AUTH', '发放失败，此请求可能存在风险，已被微信拦截'],
  ['SENDNUM_LIMIT', '该用户今日领取红包个数超过限制'],
  ['NOTENOUGH', '帐号余额不足，请到商户平台充值后再重试'],
] as const
const ACTIVITIES = ['会员返现', '晒单有礼', '双十一红包雨'] as const
const CHARACTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_'

/** Oldest first. */
export function records(): RedPackRecord[] {
  const next = numbers(20_261_125)
  const some: RedPackRecord[] = []
  for (let day = 34; day >= 0; day -= 1) {
    const is_feast = day === 14 || day === 13
    const count = is_feast ? 146 + Math.floor(next() * 40) : 29 + Math.floor(next() * 35)
    const times = Array.from({ length: count }, () => TODAY_S - day * DAY_S + 8 * 3600 + Math.floor(next() * 50_000))
    const known = times.filter((at) => at < NOW_S - 60).sort((a, b) => a - b)
    for (const at of known) some.push(recordAt(some.length + 1, at, day, is_feast, next))
  }
  return some
}

function recordAt(n: number, created_at: number, day: number, is_feast: boolean, next: () => number): RedPackRecord {
  const re_openid = `o${Array.from({ length: 27 }, () => CHARACTERS[Math.floor(next() * CHARACTERS.length)]).join('')}`
  const id = hexOf(next)
  const act_name = is_feast ? ACTIVITIES[2] : (ACTIVITIES[next() < 0.7 ? 0 : 1] ?? ACTIVITIES[0])
  const total_amount = Math.round((is_feast ? 1 + next() * 20 : 0.5 + next() * 8) * 100) / 100
  const base = aRow(n, { id, re_openid, act_name, total_amount, created_at, updated_at: created_at + 2 })
  const campaign = is_feast && { idempotency_key: `campaign/${CAMPAIGN_IDS[1]}/${n}/1` }
  return { ...base, ...campaign, ...outcomeOf(day, base, next) }
}

function hexOf(next: () => number): string {
  return Array.from({ length: 24 }, () => Math.floor(next() * 16).toString(16)).join('')
}

function outcomeOf(day: number, base: RedPackRecord, next: () => number): Partial<RedPackRecord> {
  const dice = next()
  const [code, words] = REFUSALS[Math.floor(next() * REFUSALS.length)] ?? REFUSALS[0]
  const refusal = { err_code: code, err_code_des: words, mch_billno: base.mch_billno }
  if (dice < 0.06) return { outcome: 'refused', status: null, result: refusal }
  if (day === 32 && dice < 0.1) return { outcome: 'manual', status: null, result: null }
  const silent = {
    err_code: 'SYSTEMERROR',
    err_code_des: '请求已受理，请稍后使用原单号查询',
    mch_billno: base.mch_billno,
  }
  if (day === 0 && dice > 0.92) return { outcome: 'unknown', status: null, result: silent }
  const updated_at = base.created_at + 60 + Math.floor(next() * 40_000)
  if (day === 0) return dice < 0.5 ? { status: 'SENT' } : { status: 'RECEIVED', updated_at: NOW_S - 30 }
  if (dice < 0.16) return { status: day === 1 ? 'RFUND_ING' : 'REFUND', updated_at }
  return { status: 'RECEIVED', updated_at }
}
