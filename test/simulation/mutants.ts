// Faults of the real code, one at a time, named by the function that has it. The simulation must find every one of them.
import type { Edit, Mutant } from './mutate.ts'

/** For a mutant that few seeds find: one that does. */
export const FOUND_BY: Readonly<Record<string, number>> = {
  'claim: takes over what is older than a restore': 133,
  'takeOver: takes over what has become too old': 1089,
  'takeOver: does not wait for the spacing': 135,
  'assertSameMerchant: lets another merchant pass': 132,
  'callUntilAnswered: reserves without time for a call': 101,
  'callUntilAnswered: renews to another merchant': 378,
  'reserve: goes on where too many are open': 435,
  'recordResult: answers with an error after the call': 1463,
  'recordResult: tells what it could not write': 74,
  'recordResult: tells its result over another record': 425,
  'isClosed: releases what was sent': 108,
  'isClosed: says so without closing': 283,
  'lookAtOutcome: looks every minute at what is older than a restore': 136,
  'lookAtOutcome: looks every minute while the brake is on': 170,
  'learn: takes a question for the late look at a refusal': 1723,
  'learn: forgets the lease that ran out': 2710,
  'findGapsOf: does not wait for the index': 1314,
  'readSend: takes another order for its own': 47,
  'readSend: takes the refusal of another order': 62,
  'foreignEcho: compares nothing': 47,
  'presentEcho: not the official account': 143,
  'readSend: takes a success that repeats nothing': 69,
  'readQuery: takes the NOT_FOUND of another order': 188,
  'SEND_ECHOES: not the receiver': 47,
  'QUERY_ECHOES: not the amount': 67,
  'ORDER_ECHOES: not the number': 63,
  'ORDER_ECHOES: not the merchant': 69,
  'afterLook: leaves its own look planned': 230,
  'afterStatusLook: does not remember that the refusal was unsafe': 557,
  'neverArrived: NOT_FOUND counts after the packet was found': 1114,
  'alarmOfStatus: tells nobody of a packet that failed': 63,
  'alarmOfStatus: tells nobody of a refusal that was paid': 148,
  'SEND_CODES: NOTENOUGH is safe': 148,
  'hashOf: leaves a parameter out': 196,
  'LEASE_MARGIN_MS: 0': 135,
  'CLOCK_SKEW_MS: 0': 1451,
  'callAndRecord: says "not sent" of a record that stands': 36,
  'follow: closes no reservation': 23,
  'LOOKS: repairs no number': 27,
  'claim: goes on after a lost take-over': 33,
  'envelopeOf: does not read result_code': 9,
  'lookAtOutcome: never sends again': 9,
  'afterLook: sends again after 29 days': 24,
  'learn: writes while another holds the lease': 27,
  'afterLook: a number in conflict is called after 29 days': 24,
  'claim: forgets the lease that ran out': 17,
  'nextLook: repairs no number': 27,
  'AFTER_SEND: FATAL_ERROR casts no doubt': 24,
  'CALL_WINDOW_S: 30 days': 24,
  'afterLook: the resend of a number in conflict clears its doubt': 24,
  'follow: keeps the id of what was sent': 23,
  'admission: does not count what is open': 16,
  'callUntilAnswered: forgets the call before': 13,
  'findGapsOf: does not wait for its writers': 15,
  'follow: takes nothing off the list': 13,
  'claim: goes on while the brake is on': 13,
  'admission: does not look at the brake': 11,
  'look: trusts the index': 9,
  'readSend: takes a refusal without an envelope': 8,
  'neverArrived: no answer is NOT_FOUND': 69,
  'lookAtOutcome: asks for ever': 3,
  'save: says nothing of the reservation that is closed': 3,
  'save: closes no reservation': 3,
  'isClosed: is never done': 3,
  'isStuck: SENDING without a reason is sent again': 7,
  'claim: does not compare the parameters': 7,
  'nextLook: asks nobody about an unsafe refusal': 5,
  'lookAtOutcome: counts the 20 minutes up to the answer': 5753,
}

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
  mutant('claim: takes over what is older than a restore', ['isHeld(record, control.held_before)', 'false']),
  mutant('claim: goes on while the brake is on', [
    "if (!standing || blocked.code === 'stopped') throw",
    'if (!standing) throw',
  ]),
  mutant('takeOver: takes over what has become too old', ['|| isBeyondCall(seen, now_ms)', '']),
  mutant('takeOver: does not wait for the spacing', ['not_before_ms: mayCallAt(seen)', 'not_before_ms: 0']),
  mutant('assertSameMerchant: lets another merchant pass', ['if (order.mch_id === merchant.mch_id) return', 'return']),
].map(inFile('lib/redpack/claim.ts'))

const ADMISSION = [
  mutant('admission: does not look at the brake', ['control.isStopped(fresh.miniapp_id)', 'false']),
  mutant('admission: does not count what is open', ['open.length < OPEN_MAX', 'true']),
].map(inFile('lib/redpack/admission.ts'))

const SEND = [
  mutant('callAndRecord: writes the result before the call', [
    'state = await callUntilAnswered(',
    `await write({ ...record, outcome: 'sent', send_listid: '' })
     state = await callUntilAnswered(`,
  ]),
  mutant('callAndRecord: says "not sent" of a record that stands', [
    'withMaybeSent(error, true)',
    'withMaybeSent(error, false)',
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
    'state = afterSend(state, reply,',
    'state = afterSend(record, reply,',
  ]),
  mutant('callUntilAnswered: calls again under another number', [
    'await ports.wechat.send(merchant, record, timeout_ms)',
    "await ports.wechat.send(merchant, state.maybe_debited_ms !== undefined ? { ...record, mch_billno: record.mch_billno + 'x' } : record, timeout_ms)",
  ]),
  mutant('callUntilAnswered: renews to another merchant', ['other?.mch_id !== record.mch_id', 'other === undefined']),
  mutant('callUntilAnswered: does not look at the time left before a call', [
    'const timeout_ms = timeLeft()',
    'const timeout_ms: number | undefined = CALL_MAX_MS',
  ]),
  mutant('reserve: goes on where too many are open', ['throw tooManyOpen()', 'return undefined']),
  mutant('callTimeout: does not look at the lease', ['&& now_ms + timeout_ms <= lease_until_ms', '']),
  mutant('callTimeout: lets a call outlast the lease', [
    'now_ms + timeout_ms <= lease_until_ms',
    'now_ms <= lease_until_ms',
  ]),
  mutant('recordResult: answers with an error after the call', [
    '!(error instanceof AppError)',
    "!(error instanceof AppError) || error.code !== 'store_unavailable'",
  ]),
  mutant('recordResult: forgets the last call', [
    'givenBack(state, ports.clock.now())',
    '{ ...givenBack(state, ports.clock.now()), no_call_after_ms: record.created_at * 1000 }',
  ]),
  mutant('recordResult: tells what it could not write', [
    'return withoutResult(record) } }',
    'return { ...record, ...state } } }',
  ]),
  mutant('recordResult: tells its result over another record', ['withoutResult(current)', '{ ...current, ...state }']),
].map(inFile('lib/redpack/send.ts'))

const SAVE = [
  mutant('save: does not plan the next look', ['planned(seen, next, ports.clock.now(), status_looks_s)', 'next']),
  mutant('save: closes no reservation', ['const closed = await isClosed(ports, seen)', 'const closed = false']),
  mutant('follow: closes no reservation', ['if (reservation)', 'if (false as boolean)']),
  mutant('follow: releases what was sent', ['ports.limits[reservation](', 'ports.limits.release(']),
  mutant('follow: takes nothing off the list', ['if (open_list)', "if (open_list === 'add')"]),
  mutant('follow: keeps the id of what was sent', ['if (reservation)', "if (reservation === 'release')"]),
  mutant('save: says nothing of the reservation that is closed', ['{ ...after, limit_day: undefined }', 'after']),
  mutant('isClosed: releases what was sent', ['ports.limits[how](', 'ports.limits.release(']),
  mutant('isClosed: is never done', ["await isDone(ports.limits[how](seen, seen.limit_day ?? ''))", 'false']),
  mutant('isClosed: says so without closing', [
    "(await isDone(ports.limits[how](seen, seen.limit_day ?? '')))",
    'true',
  ]),
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
  mutant('lookAtOutcome: counts the 20 minutes up to the answer', [
    'afterLook(record, asked.reply, asked_ms,',
    'afterLook(record, asked.reply, ports.clock.now(),',
  ]),
  mutant('lookAtOutcome: looks every minute at what is older than a restore', ['isHeld(record, held_before)', 'false']),
  mutant('lookAtOutcome: looks every minute while the brake is on', ['|| isStopped(record.miniapp_id)', '']),
  mutant('lookAtOutcome: never sends again', [
    '!send_again || !asked.merchant',
    '!send_again || asked.merchant !== undefined',
  ]),
  mutant('lookAtOutcome: asks for ever', ['isBeyondQuery(record, asked_ms)', 'false']),
].map(inFile('lib/redpack/look.ts'))

const STATUS = [
  mutant('learn: takes a question for the late look at a refusal', ["&& record.outcome === 'sent'", '']),
  mutant('learn: writes while another holds the lease', ['if (isLeased(record, ports.clock.now())) return', '']),
  mutant('learn: forgets the lease that ran out', [
    'afterQuery(lapsed(record), reply)',
    'afterQuery({ ...record, lease_until_ms: 0 }, reply)',
  ]),
].map(inFile('lib/redpack/status.ts'))

const SEQUENCE = [
  mutant('takeSeq: takes a second number', ['if (seq !== undefined) return seq', '']),
  mutant('findGapsOf: keeps no gap', ['{ ...seen, watermark: to }, gaps)', '{ ...seen, watermark: to }, [])']),
  mutant('findGapsOf: does not wait for its writers', ['|| due_at <= seen.observed_at + GAP_DUE_WITHIN_S', '']),
  mutant('findGapsOf: does not wait for the index', ['if (!seen.writers_done) {', 'if (seen.observed_at === 0) {']),
].map(inFile('lib/redpack/sequence.ts'))

const CLIENT = [
  mutant('wechatPay: no reply is a refusal', ["means: 'no_result', why, raw", "means: 'declined', why, raw"]),
  mutant('envelopeOf: does not read result_code', [
    "&& result_code === 'SUCCESS') return 'success'",
    ") return 'success'",
  ]),
  mutant('readSend: takes a refusal without an envelope', ["if (envelope !== 'failure')", 'if (false as boolean)']),
  mutant('readSend: takes another order for its own', [
    'foreignEcho(xml, order, SEND_ECHOES) ?? presentEcho(xml, order, SEND_ECHOES)',
    'undefined',
  ]),
  mutant('readSend: takes the refusal of another order', [
    "presentEcho(xml, order, means === 'order_conflict' ? ORDER_ECHOES : SEND_ECHOES)",
    'presentEcho(xml, order, {})',
  ]),
  mutant('foreignEcho: compares nothing', ['xml[name] !== String(order[key])', 'xml[name] === undefined']),
  mutant('presentEcho: not the official account', [', ...ACCOUNT_ECHOES', '']),
  mutant('readSend: takes a success that repeats nothing', ['foreignEcho(xml, order, SEND_ECHOES) ??', '']),
  mutant('readQuery: takes the NOT_FOUND of another order', [
    'const foreign = presentEcho(xml, order, SEND_ECHOES)',
    'const foreign = undefined',
  ]),
  mutant('SEND_ECHOES: not the receiver', [", re_openid: 're_openid'", '']),
  mutant('QUERY_ECHOES: not the amount', [", total_amount: 'total_amount'", '']),
  mutant('ORDER_ECHOES: not the number', ["mch_billno: 'mch_billno',", '']),
  mutant('ORDER_ECHOES: not the merchant', [", mch_id: 'mch_id'", '']),
].map(inFile('lib/wechatpay/client.ts'))

/** Rules that only a whole world shows to be needed; the others are mutated against their tables. */
const RULES = [
  mutant('AFTER_SEND: FATAL_ERROR casts no doubt', [
    "order_conflict: { outcome: 'unknown', may_debit: true,",
    "order_conflict: { outcome: 'unknown', may_debit: false,",
  ]),
  mutant('afterLook: the resend of a number in conflict clears its doubt', [
    "if (record.order_conflict && reply.means === 'found') return { state, send_again: true }",
    "if (record.order_conflict && reply.means === 'found') return { state: { ...state, maybe_debited_ms: undefined }, send_again: true }",
  ]),
  mutant('afterSend: a refusal ends the doubt', ["alone === 'refused' && mayHaveDebited(state)", 'false']),
  mutant('afterSend: forgets that a call may debit', [
    'may_debit ? replied_ms : state.maybe_debited_ms',
    'state.maybe_debited_ms',
  ]),
  mutant('afterLook: does not wait 20 minutes', [
    'if (!isOver(record, asked_ms)) return { state, send_again: false }',
    '',
  ]),
  mutant('isOver: counts from the last write', ['(maybe_debited_ms ?? no_call_after_ms)', '0']),
  mutant('neverArrived: no answer is NOT_FOUND', ["means === 'absent'", "means !== 'found'"]),
  mutant('lapsed: the lease that ran out called nobody', ['maybe_debited_ms: lease_until_ms', '']),
  mutant('afterLook: a number in conflict is called after 29 days', [
    'isBeyondCall(record, asked_ms)',
    '(isBeyondCall(record, asked_ms) && !record.order_conflict)',
  ]),
  mutant('afterLook: leaves its own look planned', [', due_at: undefined', '']),
  mutant('afterLook: sends again after 29 days', ['|| isBeyondCall(record, asked_ms)', '']),
  mutant('afterStatusLook: does not remember that the refusal was unsafe', [
    "reply.means === 'unclear' ? record.unsafe_refusal : undefined",
    'undefined',
  ]),
  mutant('neverArrived: NOT_FOUND counts after the packet was found', ['&& status === undefined', '']),
  mutant('isStuck: SENDING without a reason is sent again', ['&& reply.reason !== undefined', '']),
].map(inFile('lib/redpack/rules.ts'))

const PLANS = [
  mutant('nextLook: asks nobody about an unsafe refusal', [
    'if (unsafe_refusal) return',
    'if (false as boolean) return',
  ]),
  mutant('nextLook: repairs no number', ['seq === undefined ||', '']),
  mutant('nextLook: follows no packet', ['if (!isFollowed) return NONE', 'return NONE']),
].map(inFile('lib/redpack/looks.ts'))

const EFFECTS = [
  mutant('alarmOfStatus: tells nobody of a packet that failed', ["outcome === 'sent' &&", 'false &&']),
  mutant('alarmOfStatus: tells nobody of a refusal that was paid', ["outcome === 'refused' &&", 'false &&']),
].map(inFile('lib/redpack/effects.ts'))

const CODES = [
  mutant('SEND_CODES: NOTENOUGH is safe', [
    "NOTENOUGH: { means: 'declined_unsafely'",
    "NOTENOUGH: { means: 'declined'",
  ]),
].map(inFile('lib/wechatpay/codes.ts'))

const RECORD = [
  mutant('hashOf: leaves a parameter out', [
    'filter(([, value]) => value !== undefined)',
    "filter(([name, value]) => value !== undefined && name !== 'remark')",
  ]),
].map(inFile('lib/redpack/record.ts'))

const DURATIONS = [
  mutant('LEASE_MARGIN_MS: 0', ['5_000', '0']),
  mutant('ABSENT_AFTER_MS: 20 seconds', ['20 * MINUTE_MS', '20 * SECOND_MS']),
  mutant('CLOCK_SKEW_MS: 0', ['5_000', '0']),
  mutant('CALL_WINDOW_S: 30 days', ['29 * DAY_S', '30 * DAY_S']),
  mutant('GAP_AFTER_S: 0', ['15 * MINUTE_S', '0']),
].map(inFile('lib/durations.ts'))

export const MUTANTS: readonly Mutant[] = [
  ...CLAIM,
  ...ADMISSION,
  ...SEND,
  ...SAVE,
  ...LOOK,
  ...STATUS,
  ...SEQUENCE,
  ...CLIENT,
  ...RULES,
  ...PLANS,
  ...EFFECTS,
  ...CODES,
  ...RECORD,
  ...DURATIONS,
]

function mutant(name: string, [replace, by]: readonly [string, string]): Edit & { name: string } {
  return { name, inside: name.slice(0, name.indexOf(':')), replace, by }
}

function inFile(file: string): (mutant: Edit & { name: string }) => Mutant {
  return (one) => ({ ...one, file })
}
