// Faults of the real code, one at a time, named by the function that has it. The simulation must find every one of them.
import type { Edit } from './mutate.ts'

/** `name` is `<function>: <what it does wrong>`; `file` is relative to the project's root. */
export type Mutant = Edit & { readonly name: string; readonly file: string }

const CLAIM = [
  mutant('claim: calls before the record is written', [
    'await ports.store.insert(fresh)',
    '(await ports.wechat.send(request.merchant, fresh, 10_000), await ports.store.insert(fresh))',
  ]),
  mutant('claim: does not recognise its own write', ['if (applied) return { record, not_before_ms: 0 }', '']),
  mutant('claim: does not compare the parameters', ['onRepeat(record, fresh.hash,', 'onRepeat(record, record.hash,']),
  mutant('claim: takes a settled record over', [
    "return { answer: record } case 'take_over': {",
    "case 'take_over': {",
  ]),
  mutant('claim: forgets the lease that ran out', ['lapsed(record)', '{ ...record, lease_until_ms: 0 }']),
  mutant('claim: goes on after a lost take-over', ['if (taken.applied) return taken', 'return taken']),
  mutant('takeOver: overwrites a newer version', [
    'const written = await ports.store.prepare(seen, leased(state, now_ms, remaining_ms))(CLAIM_MAX_MS)',
    `const next = leased(state, now_ms, remaining_ms)
     let written = await ports.store.prepare(seen, next)(CLAIM_MAX_MS)
     if (!written.applied) written = await ports.store.prepare(written.record, next)(CLAIM_MAX_MS)`,
  ]),
  mutant('takeOver: does not wait for the spacing', ['not_before_ms: mayCallAt(seen)', 'not_before_ms: 0']),
  mutant('assertSameMerchant: lets another merchant pass', ['if (order.mch_id === merchant.mch_id) return', 'return']),
].map(inFile('lib/redpack/claim.ts'))

const SEND = [
  mutant('callAndRecord: writes the result before the call', [
    'state = await callUntilAnswered(ports, { record, not_before_ms }, merchant, remaining_ms)',
    `await write({ ...record, outcome: 'sent', send_listid: '' })
     state = await callUntilAnswered(ports, { record, not_before_ms }, merchant, remaining_ms)`,
  ]),
  mutant('callUntilAnswered: reserves without time for a call', [
    'if (timeLeft() === undefined) return afterNoCall(record)',
    '',
  ]),
  mutant('callUntilAnswered: does not reserve', [
    'await reserve(ports, record, first)',
    'undefined as SendReply | undefined',
  ]),
  mutant('callUntilAnswered: calls again at once', [
    'wait_ms = CALL_AGAIN_AFTER_MS + Math.floor(ports.random() * CALL_JITTER_MS)',
    'wait_ms = 0',
  ]),
  mutant('callUntilAnswered: forgets the call before', [
    'state = afterSend(state, reply, ports.clock.now())',
    'state = afterSend(record, reply, ports.clock.now())',
  ]),
  mutant('callUntilAnswered: calls again under another number', [
    'await ports.wechat.send(merchant, record, timeout_ms)',
    "await ports.wechat.send(merchant, state.maybe_debited_ms ? { ...record, mch_billno: record.mch_billno + 'x' } : record, timeout_ms)",
  ]),
  mutant('recordResult: forgets the last call', [
    'givenBack(state, ports.clock.now())',
    '{ ...givenBack(state, ports.clock.now()), no_call_after_ms: record.created_at * 1000 }',
  ]),
  mutant('recordResult: tells what it could not write', [
    'return withoutResult(record) } }',
    'return { ...record, ...state } } }',
  ]),
  mutant("recordResult: tells its result over another's record", [
    'withoutResult(current)',
    '{ ...current, ...state }',
  ]),
].map(inFile('lib/redpack/send.ts'))

const SAVE = [
  mutant('save: does not plan the next look', ['planned(seen, next, ports.clock.now(), status_looks_s)', 'next']),
  mutant('save: says nothing of the reservation that is closed', ['{ ...after, limit_day: undefined }', 'after']),
  mutant('save: closes the reservation unseen', ['closed ? {', 'seen.limit_day ? {']),
  mutant('isClosed: closes nothing', ["await isDone(ports.limits[how](seen, seen.limit_day ?? ''))", 'true']),
  mutant('isClosed: releases what was sent', ['ports.limits[how](', 'ports.limits.release(']),
  mutant('follow: releases what was sent', ['ports.limits[reservation](', 'ports.limits.release(']),
].map(inFile('lib/redpack/save.ts'))

const LOOK = [
  mutant('look: trusts the index', [
    'record?.open !== kind || (record.due_at ?? 0) * 1000 > now_ms || isLeased(record, now_ms)',
    'record?.open !== kind',
  ]),
  mutant('LOOKS: repairs no number', ['{ ...record, seq: await takeSeq(ports, record) }', 'record']),
  mutant('lookAtOutcome: forgets the lease that ran out', [
    'const record = lapsed(found)',
    'const record = { ...found, lease_until_ms: 0 }',
  ]),
  mutant('lookAtOutcome: never sends again', ['!send_again || !asked.merchant', '!send_again || asked.merchant']),
  mutant('lookAtOutcome: asks for ever', ['isBeyondQuery(record, asked_ms)', 'false']),
].map(inFile('lib/redpack/look.ts'))

const STATUS = [
  mutant('learn: writes while another holds the lease', ['if (isLeased(record, ports.clock.now())) return', '']),
  mutant('learn: forgets the lease that ran out', [
    'afterQuery(lapsed(record), reply)',
    'afterQuery({ ...record, lease_until_ms: 0 }, reply)',
  ]),
].map(inFile('lib/redpack/status.ts'))

const RULES = [
  mutant('afterSend: a refusal ends the doubt', ["alone === 'refused' && mayHaveDebited(state)", 'false']),
  mutant('afterSend: forgets that a call may debit', [
    'may_debit ? replied_ms : state.maybe_debited_ms',
    'state.maybe_debited_ms',
  ]),
  mutant('afterLook: does not wait 20 minutes', [
    'if (!isOver(record, asked_ms)) return { state, send_again: false }',
    '',
  ]),
  mutant('afterLook: sends again after 29 days', ['|| isBeyondCall(record, asked_ms)', '']),
  mutant('isOver: counts from the last write', ['(maybe_debited_ms ?? no_call_after_ms)', '0']),
  mutant('neverArrived: believes NOT_FOUND after a status', ['&& status === undefined', '']),
  mutant('neverArrived: no answer is NOT_FOUND', ["means === 'absent'", "means !== 'found'"]),
  mutant('isStuck: SENDING is stuck without a reason', ['&& reply.reason !== undefined', '']),
  mutant('onRepeat: takes a number over that WeChat forgets', ['|| isBeyondCall(record, now_ms)', '']),
  mutant('lapsed: the lease that ran out called nobody', ['maybe_debited_ms: lease_until_ms', '']),
].map(inFile('lib/redpack/rules.ts'))

const SEQUENCE = [
  mutant('takeSeq: takes a second number', ['if (seq !== undefined) return seq', '']),
  mutant('findGapsOf: keeps no gap', ['{ ...seen, watermark: to }, gaps)', '{ ...seen, watermark: to }, [])']),
  mutant('findGapsOf: does not ask whether somebody may still write a number', [
    '|| due_at <= seen.observed_at + GAP_DUE_WITHIN_S',
    '',
  ]),
  mutant('findGapsOf: does not wait for the index', ['if (!seen.writers_done) {', 'if (seen.observed_at === 0) {']),
].map(inFile('lib/redpack/sequence.ts'))

const CLIENT = [
  mutant('wechatPay: no reply is a refusal', ["means: 'no_result', why, raw", "means: 'declined', why, raw"]),
  mutant('envelopeOf: does not read result_code', ["&& result_code === 'SUCCESS'", '']),
  mutant('foreignEcho: compares nothing', ['xml[name] !== String(order[key])', 'xml[name] === undefined']),
].map(inFile('lib/wechatpay/client.ts'))

const DURATIONS = [
  mutant('ABSENT_AFTER_MS: 20 seconds', ['20 * MINUTE_MS', '20 * SECOND_MS']),
  mutant('CLOCK_SKEW_MS: 0', ['5_000', '0']),
  mutant('CALL_WINDOW_S: 30 days', ['29 * DAY_S', '30 * DAY_S']),
  mutant('GAP_AFTER_S: 0', ['15 * MINUTE_S', '0']),
].map(inFile('lib/durations.ts'))

export const MUTANTS: readonly Mutant[] = [
  ...CLAIM,
  ...SEND,
  ...SAVE,
  ...LOOK,
  ...STATUS,
  ...RULES,
  ...SEQUENCE,
  ...CLIENT,
  ...DURATIONS,
]

function mutant(name: string, [replace, by]: readonly [string, string]): Edit & { name: string } {
  return { name, inside: name.slice(0, name.indexOf(':')), replace, by }
}

function inFile(file: string): (mutant: Edit & { name: string }) => Mutant {
  return (one) => ({ ...one, file })
}
