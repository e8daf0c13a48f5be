// One row until it is answered, always under its one key.
import { HError, type RedPack, RedPackError, type SendRedPackData } from '../../client/src/index.ts'
import { meaningOf } from '../../lib/wechatpay/codes.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { explain, isTransient, maybeSent, ofService, THROTTLED } from '../explain.ts'
import { causeOf } from '../reach.ts'
import type { Answered } from './journal.ts'
import { type Pace, pause } from './pace.ts'
import type { Row } from './rows.ts'

const PAUSE_MS = 500
const PAUSE_MAX_MS = 15_000

/** What the senders of one run share. */
export type Sending = {
  readonly service: RedPack
  readonly pace: Pace
  /** Aborted: nothing new is started. */
  readonly signal: AbortSignal
  readonly keep_going: boolean
  readonly patience_ms: number
  readonly context: Context
  /** When any row was last answered. */
  answered_ms: number
  /** Ends the run: the reason is not in one row. */
  stop(reason: CliError): void
}

/** Never throws for anything that the service or the network does. */
export async function sendRow({ key, hash, params }: Row, sending: Sending): Promise<Answered> {
  const row = { key, hash }
  let doubt = false
  for (let tries = 0; ; tries++) {
    const backoff_ms = tries === 0 ? 0 : backoffAfter(tries)
    const goesOn = (await pause(backoff_ms, sending.signal)) && (await sending.pace.turn(sending.signal))
    if (!goesOn) return { ...row, outcome: doubt ? 'unknown' : 'not_sent' }
    try {
      const { data } = await sending.service.sendRedPack(params, { idempotency_key: key })
      sending.answered_ms = performance.now()
      return accept(data, row, sending)
    } catch (error) {
      if (!(error instanceof RedPackError)) throw error
      doubt ||= maybeSent(error)
      const end = refusal(error, row, doubt, sending)
      if (end) return end
      if (isThrottled(error)) sending.pace.rest(backoffAfter(tries + 1))
      impatient(error, sending)
    }
  }
}

/** Between half of it and all of it, so that rows that failed together do not come back together. */
function backoffAfter(tries: number): number {
  return (Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** (tries - 1)) * (1 + Math.random())) / 2
}

function isThrottled(error: RedPackError): boolean {
  return error instanceof HError && error.code === THROTTLED
}

function accept(data: SendRedPackData, row: { key: string; hash: string }, sending: Sending): Answered {
  const { id, mch_billno, outcome, send_listid, err_code, err_code_des } = data
  const { m } = sending.context
  if (outcome === 'refused' && !sending.keep_going) {
    const { blame } = meaningOf(err_code)
    // Every further row would be refused too, and a refusal is final for its key.
    const why = blame === 'row' ? undefined : blame === 'pace' ? m.batch.tooFast : m.batch.merchantsOwn
    if (why) sending.stop(new CliError(err_code, why(err_code, err_code_des), EXIT.refused))
  }
  return { ...row, outcome, id, mch_billno, send_listid, err_code, err_code_des }
}

/** The operators' brake is on: every row would be turned away until they take it off. */
const BRAKE = 'stopped'

/** What the service says no to for good, or undefined where the row is to be tried again. */
function refusal(
  error: RedPackError,
  row: { key: string; hash: string },
  doubt: boolean,
  { context, stop }: Sending,
): Answered | undefined {
  if (!(error instanceof HError)) return undefined
  const { problem, code } = error
  if (problem?.code === BRAKE) {
    stop(new CliError(BRAKE, context.m.batch.braked, EXIT.unreachable))
    return { ...row, outcome: doubt ? 'unknown' : 'not_sent' }
  }
  if (isTransient(error)) return undefined
  const told = {
    err_code: problem?.code ?? `http_${code}`,
    err_code_des: ofService(problem?.code ?? '', error.message, context),
  }
  if (problem?.code === 'key_reused') return { ...row, outcome: 'changed', ...told }
  if (problem?.code === 'invalid_parameters') return { ...row, outcome: doubt ? 'unknown' : 'rejected', ...told }
  // No row can do better: the caller, the certificate, or something before the service.
  const { message, code: name } = explain(error, context)
  stop(new CliError(name, message))
  return { ...row, outcome: doubt ? 'unknown' : 'not_sent', ...told }
}

/** Nobody has been answered for a long time: the run ends, and another one goes on later. */
function impatient(error: RedPackError, { answered_ms, patience_ms, context, stop }: Sending): void {
  if (performance.now() - answered_ms < patience_ms) return
  const seconds = Math.round(patience_ms / 1000)
  if (isThrottled(error)) {
    stop(new CliError('throttled', context.m.batch.throttled(seconds), EXIT.unreachable))
    return
  }
  const why = error instanceof HError ? `HTTP ${error.code} ${error.problem?.code ?? ''}`.trim() : causeOf(error)
  stop(new CliError('unreachable', context.m.batch.impatient(why, seconds), EXIT.unreachable))
}
