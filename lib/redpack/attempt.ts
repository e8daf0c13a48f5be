// Calling WeChat under a claimed number, and what the answers come to.
import type { Claim } from './claim.ts'
import { reserve } from './limit.ts'
import type { Merchant, Ports, SendReply } from './ports.ts'
import type { RedpackRecord } from './record.ts'

/** WeChat gets this long to answer; it gets less where less time is left. */
const CALL_MAX_MS = 10_000
/** Kept back from the invocation's time for writing down what happened, and for the answer. */
const RESERVE_MS = 4_000
/** A call with less time than this is not begun. */
export const CALL_MIN_MS = 1_000
/** WeChat wants one second between two calls under one number (发放红包接口, 同笔订单最短重试时间 1s); the timers get a margin. */
const SPACING_MS = [1_100, 2_200]

/** What an attempt came to. `called` false: nothing went to WeChat. */
export type Verdict =
  | { outcome: 'sent'; send_listid: string; raw: string }
  | {
      outcome: 'refused' | 'unknown'
      err_code?: string | undefined
      err_code_des?: string | undefined
      raw?: string | undefined
      called: boolean
    }

/**
 * Reserves the daily limit, then calls WeChat under the claimed number until it answers or the time is over.
 * @throws AppError store_unavailable, while nothing has gone to WeChat
 */
export async function attempt(
  ports: Ports,
  claim: Claim,
  merchant: Merchant,
  remaining_ms: () => number,
): Promise<Verdict> {
  // Where nothing can be called any more, another may hold the record by now, and have squared its limit.
  if (callTimeout(ports, claim.record, remaining_ms()) === undefined) return { outcome: 'unknown', called: false }
  const over = await reserve(ports, claim.record, merchant)
  return over ?? callAgain(ports, claim, merchant, remaining_ms)
}

async function callAgain(ports: Ports, claim: Claim, first: Merchant, remaining_ms: () => number): Promise<Verdict> {
  const { record } = claim
  let merchant = first
  let renewed = false
  let doubted = record.doubted
  let verdict: Verdict = { outcome: 'unknown', called: false }
  let wait_ms = claim.not_before_ms - ports.clock.now()
  for (const spacing_ms of [...SPACING_MS, 0]) {
    if (wait_ms > 0) await ports.clock.sleep(wait_ms)
    const timeout_ms = callTimeout(ports, record, remaining_ms())
    if (timeout_ms === undefined) break
    const reply = await ports.wechat.send(merchant, record, timeout_ms)
    verdict = judge(reply, doubted)
    if (reply.outcome === 'unknown') {
      doubted = true
      ports.report({ event: reply.strange ? 'alarm' : 'attempt_unknown', record, why: reply.why })
      if (!isWorthAnotherCall(reply)) break
    } else {
      const other = renewed ? undefined : await renew(ports, record, merchant, reply)
      if (!other) break
      merchant = other
      renewed = true
    }
    wait_ms = spacing_ms
  }
  return verdict
}

/** A refusal is final only where no attempt under the number has ended unknown: a debit of that one may still land (I4). */
export function judge(reply: SendReply, doubted: boolean): Verdict {
  if (reply.outcome === 'sent') return reply
  return { ...reply, outcome: doubted ? 'unknown' : reply.outcome, called: true }
}

/** What a call to WeChat may take of the invocation's time, in ms. */
export function timeForCall(remaining_ms: number): number {
  return Math.min(CALL_MAX_MS, remaining_ms - RESERVE_MS)
}

/** Undefined where too little is left of the invocation's time, or of the lease: a call that outlives it could meet its successor's. */
function callTimeout(ports: Ports, record: RedpackRecord, remaining_ms: number): number | undefined {
  const timeout_ms = timeForCall(remaining_ms)
  const inLease = ports.clock.now() + timeout_ms <= record.lease_until_ms
  return timeout_ms >= CALL_MIN_MS && inLease ? timeout_ms : undefined
}

/** WeChat asks for the same number again after SYSTEMERROR and PROCESSING, and after no answer at all. */
function isWorthAnotherCall({ err_code }: { err_code?: string }): boolean {
  return err_code === undefined || err_code === 'SYSTEMERROR' || err_code === 'PROCESSING'
}

/** A certificate or key that WeChat does not take may have been replaced since it was cached. */
async function renew(
  ports: Ports,
  record: RedpackRecord,
  merchant: Merchant,
  reply: SendReply,
): Promise<Merchant | undefined> {
  if (reply.outcome !== 'refused' || (reply.err_code !== 'CA_ERROR' && reply.err_code !== 'SIGN_ERROR'))
    return undefined
  const other = await ports.merchants.renew(merchant)
  return other?.mch_id === record.mch_id ? other : undefined
}
