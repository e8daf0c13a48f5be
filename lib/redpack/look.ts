// One look at a record that is due: asks WeChat about what is unknown, sends again what never arrived, follows a packet to its end.
import { AppError, hasCode } from '../errors.ts'
import { takeOver } from './claim.ts'
import type { Looked } from './lanes.ts'
import type { Merchant, Ports, Queried } from './ports.ts'
import type { Kind, RedpackRecord } from './record.ts'
import { afterLastLook, afterLook, afterStatusLook, isBeyondQuery, isHeld, isLeased, lapsed } from './rules.ts'
import { type SaveOptions, save } from './save.ts'
import type { Budget, Look } from './scheduler.ts'
import { callAndRecord } from './send.ts'
import { takeSeq } from './sequence.ts'
import { query } from './status.ts'

/** A look that fails tells why, if people have to know. One record stops no other. */
export function lookWith(ports: Ports): Look {
  return async (kind, id, budget) => {
    try {
      return await look(ports, kind, id, budget)
    } catch (error) {
      if (hasCode(error, 'record_unreadable')) ports.report({ event: 'alarm', alarm: 'record_unreadable', id, error })
      else if (!(error instanceof AppError)) ports.report({ event: 'alarm', alarm: 'look_failed', id, error })
      throw error
    }
  }
}

async function look(ports: Ports, kind: Kind, id: string, budget: Budget): Promise<Looked> {
  const record = await ports.store.get(id)
  const now_ms = ports.clock.now()
  // The index may lag: the record itself says whether it is due.
  if (record?.open !== kind || (record.due_at ?? 0) * 1000 > now_ms || isLeased(record, now_ms)) return 'not_due'
  return LOOKS[kind](ports, record, budget)
}

/** By what is open in the record. */
const LOOKS: Record<Kind, (ports: Ports, record: RedpackRecord, budget: Budget) => Promise<Looked>> = {
  outcome: lookAtOutcome,
  async repair(ports, record, { remaining_ms }) {
    await save(ports, record, { ...record, seq: await takeSeq(ports, record) }, { remaining_ms })
    return 'not_asked'
  },
  async status(ports, record, budget) {
    const asked = await ask(ports, record, budget)
    if (!asked) return 'not_asked'
    await save(ports, record, afterStatusLook(record, asked.reply), optionsOf(asked, budget))
    return cameTo(asked)
  },
}

async function lookAtOutcome(ports: Ports, found: RedpackRecord, budget: Budget): Promise<Looked> {
  const { remaining_ms } = budget
  const record = lapsed(found)
  const asked_ms = ports.clock.now()
  if (isBeyondQuery(record, asked_ms)) {
    await save(ports, found, { ...afterLastLook(record), seq: await takeSeq(ports, record) }, { remaining_ms })
    return 'not_asked'
  }
  const asked = await ask(ports, record, budget)
  if (!asked) return 'not_asked'
  const { held_before, isStopped } = await ports.controls.read()
  const { state, send_again } = afterLook(record, asked.reply, asked_ms, isHeld(record, held_before))
  if (!send_again || !asked.merchant || isStopped(record.miniapp_id)) {
    await save(ports, found, { ...state, seq: await takeSeq(ports, record) }, optionsOf(asked, budget))
    return cameTo(asked)
  }
  // Without a turn in the time that is left, nothing is written: the record is due as before, and the next run asks again.
  if (!(await budget.maySend()) || !(await isAllowed(ports, record))) return cameTo(asked)
  // The same number and the same parameters.
  const taken = await takeOver(ports, found, state, asked.merchant, remaining_ms())
  if (taken.applied) await callAndRecord(ports, taken, asked.merchant, remaining_ms)
  return cameTo(asked)
}

/** The turn to send may come long after the answer: what operators have commanded since then counts. */
async function isAllowed(ports: Ports, record: RedpackRecord): Promise<boolean> {
  const { held_before, isStopped } = await ports.controls.read()
  return !isHeld(record, held_before) && !isStopped(record.miniapp_id)
}

type Asked = { readonly reply: Queried; readonly merchant?: Merchant }

/**
 * A merchant whose certificate is missing or broken cannot ask; its records wait, and are looked at again.
 * @returns undefined if its turn has not come in the time that is left: the record is due as before
 */
async function ask(ports: Ports, record: RedpackRecord, budget: Budget): Promise<Asked | undefined> {
  if (!(await ports.pace.turn(record.mch_id, budget.mayAsk))) return undefined
  try {
    return await query(ports, record, budget.query_ms())
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    ports.report({ event: 'alarm', alarm: 'merchant_unusable', record, why: error.code })
    return { reply: { means: 'unclear' } }
  }
}

function optionsOf({ merchant }: Asked, { remaining_ms }: Budget): SaveOptions {
  return { remaining_ms, status_looks_s: merchant?.status_looks_s }
}

function cameTo({ reply, merchant }: Asked): Looked {
  if (!merchant) return 'not_asked'
  return reply.fields === undefined || reply.busy ? 'silent' : 'answered'
}
