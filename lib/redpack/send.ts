// sendRedPack: claim the number, call WeChat, record what became of it.
import { CALL_AGAIN_AFTER_MS, CALL_MAX_MS, CALL_MIN_MS, RESERVE_MS } from '../durations.ts'
import { AppError, hasCode } from '../errors.ts'
import { type Claim, claim, type SendRequest } from './claim.ts'
import { toYuan } from './money.ts'
import type { Merchant, Ports, Sent } from './ports.ts'
import type { RedpackRecord, State } from './record.ts'
import { AFTER_SEND, afterNoCall, afterSend, givenBack, IS_FINAL, type SendReply } from './rules.ts'
import { save } from './save.ts'
import { takeSeq } from './sequence.ts'
import { answer, isProcessing, type SendAnswer } from './view.ts'

/**
 * Sends one red packet, at most once for each (miniapp_id, idempotency_key).
 * @returns the answer to the caller; `processing` if WeChat has not answered yet
 * @throws AppError in_progress, key_reused, merchant_changed, record_unreadable, store_unavailable: this request has then moved no money
 */
export async function send(ports: Ports, request: SendRequest): Promise<{ body: SendAnswer; processing: boolean }> {
  const claimed = await claim(ports, request)
  const { merchant, remaining_ms } = request
  const record = 'answer' in claimed ? claimed.answer : await callAndRecord(ports, claimed, merchant, remaining_ms)
  return { body: answer(record), processing: isProcessing(record) }
}

/**
 * Calls WeChat under a lease and records the result; takes the list's number meanwhile. settle sends again through here too.
 * @throws AppError store_unavailable, if the limit could not be reserved and nothing was called
 */
export async function callAndRecord(
  ports: Ports,
  claimed: Claim,
  merchant: Merchant,
  remaining_ms: () => number,
): Promise<RedpackRecord> {
  const { record } = claimed
  const taking = takeSeq(ports, record)
  // An error of it is met where it is awaited, after the call.
  taking.catch(() => undefined)
  const state = await callUntilAnswered(ports, claimed, merchant, remaining_ms).catch(async (error: unknown) => {
    // Nothing was called: give the lease back, so that the same key can be sent again at once.
    if (error instanceof AppError) await recordResult(ports, record, { ...afterNoCall(record), seq: await taking })
    throw error
  })
  return recordResult(ports, record, { ...state, seq: await taking })
}

async function callUntilAnswered(
  ports: Ports,
  { record, not_before_ms }: Claim,
  first: Merchant,
  remaining_ms: () => number,
): Promise<State> {
  const timeLeft = () => callTimeout(record, ports.clock.now(), remaining_ms())
  // Too late to call: a new owner may already have released the reservation.
  if (timeLeft() === undefined) return afterNoCall(record)
  if (!(await isReserved(ports, record, first))) return afterSend(record, overLimit(first))
  let [state, merchant, renewed]: [State, Merchant, boolean] = [record, first, false]
  let wait_ms = not_before_ms - ports.clock.now()
  for (const again_after_ms of [...CALL_AGAIN_AFTER_MS, 0]) {
    if (wait_ms > 0) await ports.clock.sleep(wait_ms)
    const timeout_ms = timeLeft()
    if (timeout_ms === undefined) break
    const reply = await ports.wechat.send(merchant, record, timeout_ms)
    reportUnclear(ports, record, reply)
    state = afterSend(state, reply)
    const { next } = AFTER_SEND[reply.means]
    if (next === 'stop' || (next === 'renew_credentials' && renewed)) break
    if (next === 'renew_credentials') {
      const other = await ports.merchants.renew(merchant)
      if (other?.mch_id !== record.mch_id) break
      ;[merchant, renewed] = [other, true]
    }
    wait_ms = again_after_ms
  }
  return state.outcome === 'pending' ? afterNoCall(state) : state
}

/** @returns undefined if too little is left of the invocation or of the lease: a call that outlasts the lease may overlap the next owner's */
function callTimeout({ lease_until_ms }: State, now_ms: number, remaining_ms: number): number | undefined {
  const timeout_ms = timeForCall(remaining_ms)
  return timeout_ms >= CALL_MIN_MS && now_ms + timeout_ms <= lease_until_ms ? timeout_ms : undefined
}

/** What a call to WeChat may take of the invocation, in ms. */
export function timeForCall(remaining_ms: number): number {
  return Math.min(CALL_MAX_MS, remaining_ms - RESERVE_MS)
}

async function isReserved({ limits }: Ports, record: RedpackRecord, { daily_limit }: Merchant): Promise<boolean> {
  if (record.limit_day === undefined || daily_limit === undefined) return true
  return limits.reserve(record, record.limit_day, daily_limit)
}

/** Our own refusal has the code that WeChat has for it. */
function overLimit({ daily_limit }: Merchant): SendReply {
  const limit = daily_limit === undefined ? '' : `(${toYuan(daily_limit)} 元)`
  const err_code_des = `当日发放金额已达上限${limit},请明日再试或调高 daily_limit_yuan`
  return { means: 'over_limit', err_code: 'SENDAMOUNT_LIMIT', err_code_des }
}

function reportUnclear(ports: Ports, record: RedpackRecord, { means, err_code, why, foreign }: Sent): void {
  if (foreign !== undefined) {
    ports.report({ event: 'alarm', alarm: 'foreign_reply', record, why: `the reply to a send has another ${foreign}` })
  } else if (AFTER_SEND[means].may_debit) {
    ports.report({ event: 'reply_unclear', record, why: why ?? err_code ?? means })
  }
}

/** If the result cannot be written, it is unknown, whatever WeChat said: settle will find out. */
async function recordResult(ports: Ports, record: RedpackRecord, state: State): Promise<RedpackRecord> {
  try {
    const { applied, record: current } = await save(ports, record, givenBack(state, ports.clock.now()))
    return applied || IS_FINAL[current.outcome] ? current : withoutResult(current)
  } catch (error) {
    if (!hasCode(error, 'store_unavailable')) throw error
    return withoutResult(record)
  }
}

function withoutResult(record: RedpackRecord): RedpackRecord {
  return { ...record, outcome: 'unknown', err_code: undefined, err_code_des: undefined }
}
