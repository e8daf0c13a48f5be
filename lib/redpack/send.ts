// sendRedPack: claim the number, call WeChat, record what became of it.
import { CALL_AGAIN_AFTER_MS, CALL_JITTER_MS, CALL_MAX_MS, CALL_MIN_MS, RESERVE_MS, SEQ_WAIT_MS } from '../durations.ts'
import { AppError, withMaybeSent } from '../errors.ts'
import { tooManyOpen } from './admission.ts'
import { type Claim, claim, type SendRequest } from './claim.ts'
import { toYuan } from './money.ts'
import type { Merchant, Ports, Sent } from './ports.ts'
import type { RedpackRecord, State } from './record.ts'
import { AFTER_SEND, afterNoCall, afterSend, givenBack, IS_FINAL, type SendMeaning, type SendReply } from './rules.ts'
import { save } from './save.ts'
import { takeSeq } from './sequence.ts'
import { answer, isProcessing, type SendAnswer } from './view.ts'

/** After so many replies of one meaning an attempt calls no more. */
const CALLS_MAX: Partial<Record<SendMeaning, number>> = { no_result: 3, credentials_stale: 2, too_fast: 10 }

/** `processing`: WeChat has not answered yet. `replayed`: this answer was given before, and nothing was called now. */
export type SendResult = { body: SendAnswer; processing: boolean; replayed: boolean }

/**
 * Sends one red packet, at most once for each (miniapp_id, idempotency_key).
 * @throws AppError in_progress, key_reused, merchant_changed, misconfigured, record_unreadable, stopped, store_unavailable,
 * too_many_open: this request has then moved no money by now; `maybe_sent` says whether it still may
 */
export async function send(ports: Ports, request: SendRequest): Promise<SendResult> {
  const claimed = await claim(ports, request)
  const replayed = 'answer' in claimed
  const record = replayed ? claimed.answer : await callAndRecord(ports, claimed, request.merchant, request.remaining_ms)
  return { body: answer(record), processing: isProcessing(record), replayed }
}

/**
 * Calls WeChat under a lease and records the result; takes the list's number meanwhile. settle sends again through here too.
 * @throws AppError store_unavailable, too_many_open, misconfigured, if the limit could not be reserved and nothing was called
 */
export async function callAndRecord(
  ports: Ports,
  { record, not_before_ms }: Claim,
  merchant: Merchant,
  remaining_ms: () => number,
): Promise<RedpackRecord> {
  const none = { seq: record.seq, bug: undefined }
  const taking = takeSeq(ports, record).then(
    (seq) => ({ seq, bug: undefined }),
    (bug: unknown) => ({ ...none, bug }),
  )
  const write = async (state: State) => {
    const { seq, bug } = await Promise.race([taking, ports.clock.sleep(SEQ_WAIT_MS).then(() => none)])
    const written = await recordResult(ports, record, { ...state, seq }, merchant, remaining_ms)
    if (bug !== undefined) throw bug
    return written
  }
  let state: State
  try {
    state = await callUntilAnswered(ports, { record, not_before_ms }, merchant, remaining_ms)
  } catch (error) {
    // Nothing was called: give the lease back, so that the same key can be sent again at once.
    if (error instanceof AppError) await write(afterNoCall(record))
    throw withMaybeSent(error, true)
  }
  return write(state)
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
  const over = await reserve(ports, record, first)
  if (over) return afterSend(record, over, ports.clock.now())
  let [state, merchant]: [State, Merchant] = [record, first]
  let wait_ms = not_before_ms - ports.clock.now()
  const told = new Map<SendMeaning, number>()
  for (;;) {
    if (wait_ms > 0) await ports.clock.sleep(wait_ms)
    const hasTurn = await ports.pace.turn(record.mch_id, () => timeLeft() !== undefined)
    const timeout_ms = timeLeft()
    if (!hasTurn || timeout_ms === undefined) break
    const reply = await ports.wechat.send(merchant, record, timeout_ms)
    if (reply.means === 'too_fast') ports.pace.tooFast(record.mch_id)
    reportUnclear(ports, record, reply)
    state = afterSend(state, reply, ports.clock.now())
    const { next } = AFTER_SEND[reply.means]
    const times = (told.get(reply.means) ?? 0) + 1
    told.set(reply.means, times)
    if (next === 'stop' || times >= (CALLS_MAX[reply.means] ?? 1)) break
    if (next === 'renew_credentials') {
      const other = await ports.merchants.renew(merchant)
      if (other?.mch_id !== record.mch_id) break
      merchant = other
    }
    wait_ms = CALL_AGAIN_AFTER_MS + Math.floor(ports.random() * CALL_JITTER_MS)
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

/** @returns our own refusal if the daily limit has no room. @throws AppError store_unavailable, too_many_open */
async function reserve(ports: Ports, record: RedpackRecord, { daily_limit }: Merchant): Promise<SendReply | undefined> {
  if (record.limit_day === undefined || daily_limit === undefined) return undefined
  switch (await ports.limits.reserve(record, record.limit_day, daily_limit)) {
    case 'reserved':
      return undefined
    case 'too_many_open':
      throw tooManyOpen()
    case 'over_limit': {
      const err_code_des = `当日发放金额已达上限（${toYuan(daily_limit)} 元），请明日再试或调高 daily_limit_yuan`
      return { means: 'over_limit', err_code: 'SENDAMOUNT_LIMIT', err_code_des }
    }
  }
}

function reportUnclear(ports: Ports, record: RedpackRecord, { means, err_code, err_code_des, why, alarm }: Sent): void {
  const text = why ?? (err_code === undefined ? means : `${err_code}: ${err_code_des || 'no text'}`)
  if (alarm) ports.report({ event: 'alarm', alarm, record, why: `the reply to a send: ${text}` })
  else if (AFTER_SEND[means].may_debit) ports.report({ event: 'reply_unclear', record, why: text })
}

/** If the result cannot be written, it is unknown, whatever WeChat said: settle will find out. */
async function recordResult(
  ports: Ports,
  record: RedpackRecord,
  state: State,
  { status_looks_s }: Merchant,
  remaining_ms: () => number,
): Promise<RedpackRecord> {
  try {
    const after = givenBack(state, ports.clock.now())
    const { applied, record: current } = await save(ports, record, after, { remaining_ms, status_looks_s })
    return applied || IS_FINAL[current.outcome] ? current : withoutResult(current)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return withoutResult(record)
  }
}

function withoutResult(record: RedpackRecord): RedpackRecord {
  return { ...record, outcome: 'unknown', err_code: undefined, err_code_des: undefined }
}
