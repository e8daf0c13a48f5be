// Rules of the real code, each with the edit that takes it out. The simulation must find every one of them.

/** `replace` stands in `file` (from the project's root) exactly once, and `by` takes its place. */
export type Edit = { file: string; replace: string; by: string }
export type Mutant = { name: string; rule: string; edits: readonly Edit[] }

const DOMAIN = 'lib/redpack'

export const MUTANTS: readonly Mutant[] = [
  // What WeChat's answers mean.
  mutant('not-found-means-failed', 'NOT_FOUND is no proof of anything', 'status.ts', [
    'if (reply.found !== true || isLeased(record, ports.clock.now())) return undefined',
    `if (reply.found === false && reply.err_code === 'NOT_FOUND' && !isLeased(record, ports.clock.now()) && record.outcome !== 'sent') return { outcome: 'refused', err_code: 'NOT_FOUND' }
  if (reply.found !== true || isLeased(record, ports.clock.now())) return undefined`,
  ]),
  mutant('timeout-means-failed', 'no answer leaves the outcome open', '../wechatpay/client.ts', [
    "(why, raw) => ({ outcome: 'unknown', why, ...(raw === undefined ? {} : { raw }) }),",
    "(why, raw) => ({ outcome: 'refused', err_code: why, err_code_des: why, raw: raw ?? '' }),",
  ]),
  mutant('any-code-means-failed', 'only the codes on the list refuse', '../wechatpay/outcome.ts', [
    "return REFUSALS.has(err_code) ? 'refused' : 'unknown'",
    "return REFUSALS.has(err_code) ? 'refused' : 'refused'",
  ]),
  mutant('no-echo', 'only an answer about this order is an answer', '../wechatpay/client.ts', [
    'return names.find((name) => xml[name] !== String(record[name]))',
    'return names.find((name) => xml[name] === record)',
  ]),
  mutant('failed-is-sent', 'a packet that failed was not paid for', `status.ts`, [
    "if (status === 'FAILED') {\n    return {",
    "if (status === 'FAILED' && record.doubted === undefined) {\n    return {",
  ]),
  mutant('sending-is-sent', 'a packet that is being sent may still fail', 'status.ts', [
    "if (status === 'SENDING' || record.disputed) {",
    'if (record.disputed) {',
  ]),
  // A refusal counts only on a clean attempt.
  mutant('no-clean-attempt', 'a refusal after doubt proves nothing', 'attempt.ts', [
    "outcome: doubted ? 'unknown' : reply.outcome",
    'outcome: reply.outcome',
  ]),
  mutant('no-doubt-within-an-attempt', 'a call that ended unknown casts doubt on the next', 'attempt.ts', [
    '      doubted = true\n',
    '',
  ]),
  mutant('doubt-not-written', 'doubt is kept with the record', 'conclude.ts', [
    "record.doubted || (outcome === 'unknown' && called)",
    'record.doubted',
  ]),
  mutant('expired-lease-is-clean', 'a lease that ran out casts doubt', 'claim.ts', [
    'return record.doubted || record.lease_until_ms > 0',
    'return record.doubted',
  ]),
  mutant('only-pending-leases-expire', 'the lease of a take-over that ran out casts doubt too', 'claim.ts', [
    'return record.doubted || record.lease_until_ms > 0',
    "return record.doubted || record.outcome === 'pending'",
  ]),
  // Who may write and call.
  mutant('no-version-fence', 'an old version never writes', 'change.ts', [
    'const record = await ports.store.update(seen, changes)',
    `let record = await ports.store.update(seen, changes)
  if (record.writer !== changes.writer) record = await ports.store.update(record, { ...changes, version: record.version + 1 })`,
  ]),
  mutant('no-lease', 'one live lease', 'claim.ts', [
    'return record.lease_until_ms > now_ms',
    'return record.lease_until_ms > now_ms + Infinity',
  ]),
  mutant('lease-too-short', 'a lease outlasts the calls made under it', 'claim.ts', [
    'now_ms + Math.max(0, remaining_ms) + LEASE_MARGIN_MS',
    'now_ms + Math.min(2_000, remaining_ms)',
  ]),
  mutant('lease-goes-back', 'a lease never ends before it began', 'claim.ts', [
    'Math.max(0, remaining_ms)',
    'remaining_ms',
  ]),
  mutant('own-write-not-known', 'a lost acknowledgement is recognised', 'claim.ts', [
    'if (standing.writer === fresh.writer) return',
    'if (standing === fresh) return',
  ]),
  mutant('due-index-trusted', 'an index never decides', 'settle.ts', [
    '(record.due_at ?? 0) * 1000 > now_ms || isLeased(record, now_ms)',
    'false',
  ]),
  // The number and the record.
  mutant('new-number-on-retry', 'the same number again', 'attempt.ts', [
    'await ports.wechat.send(merchant, record, timeout_ms)',
    "await ports.wechat.send(merchant, doubted ? { ...record, mch_billno: record.mch_billno + 'x' } : record, timeout_ms)",
  ]),
  mutant('finish-before-the-call', 'the end is written after the call', 'conclude.ts', [
    'verdict = await attempt(ports, claim, merchant, remaining_ms)',
    `await finish(ports, record, { outcome: 'sent', send_listid: '', raw: '' }, await seq)
    verdict = await attempt(ports, claim, merchant, remaining_ms)`,
  ]),
  mutant('record-after-the-call', 'the record is written before the call', 'claim.ts', [
    'const standing = await ports.store.insert(fresh)',
    'await ports.wechat.send(request.merchant, fresh, 10_000)\n  const standing = await ports.store.insert(fresh)',
  ]),
  mutant('claim-without-hash', 'the same key with other parameters is 422', 'claim.ts', [
    'if (standing.hash !== fresh.hash) {',
    'if (standing.hash === undefined) {',
  ]),
  mutant('other-merchant', 'a number belongs to its merchant', 'claim.ts', [
    'if (record.mch_id === merchant.mch_id) return',
    'if (record.mch_id !== undefined) return',
  ]),
  mutant('final-is-not-final', 'a settled record is answered and not called again', 'claim.ts', [
    "return outcome === 'sent' || outcome === 'refused' || outcome === 'manual'",
    "return outcome === 'sent' || outcome === 'manual'",
  ]),
  // Time.
  mutant('resend-at-once', 'NOT_FOUND within 20 minutes says nothing', 'settle.ts', ['20 * 60_000', '20_000']),
  mutant('resend-at-20-minutes', 'and clocks differ', 'settle.ts', ['CLOCKS_APART_MS = 5_000', 'CLOCKS_APART_MS = 0']),
  mutant('age-after-the-answer', 'the 20 minutes count up to the question', 'settle.ts', [
    'neverArrived(record, reply, asked_ms)',
    'neverArrived(record, reply, ports.clock.now())',
  ]),
  mutant('never-resent', 'what never arrived is sent again', 'settle.ts', [
    'await sendAgain(ports, standing, remaining_ms, false)',
    'await Promise.resolve()',
  ]),
  mutant('call-after-30-days', 'a number that WeChat has forgotten is not called', 'schedule.ts', [
    'export const QUERY_WINDOW_S = 30 * DAY_S',
    'export const QUERY_WINDOW_S = 300 * DAY_S',
  ]),
  mutant('call-up-to-30-days', 'no call so late that it could arrive after 30 days', 'schedule.ts', [
    'CALL_WINDOW_S = 29 * DAY_S',
    'CALL_WINDOW_S = 30 * DAY_S',
  ]),
  mutant('no-spacing', 'calls under one number are a second apart', 'attempt.ts', ['[1_100, 2_200]', '[0, 0]']),
  mutant('no-spacing-after-take-over', 'also after a take-over', 'claim.ts', [
    'not_before_ms: seen.quiet_since_ms + 1_000',
    'not_before_ms: 0',
  ]),
  // The list.
  mutant('holes-ignored', 'numbers without a record are found', 'holes.ts', [
    'store.saveHoleSearch(miniapp_id, seen, { ...seen, watermark: to }, holes)',
    'store.saveHoleSearch(miniapp_id, seen, { ...seen, watermark: to }, [])',
  ]),
  mutant('holes-unripe', 'a number is looked for when it is old', 'holes.ts', [
    'const RIPE_S = 15 * 60',
    'const RIPE_S = 0',
  ]),
  mutant('holes-not-fenced', 'an index may not show yet what was written', 'holes.ts', [
    'if (!seen.fenced) {',
    'if (seen.mark_at === 0) {',
  ]),
  mutant('holes-by-the-clock-of-the-end', 'nor is a number ripe because the run was frozen', 'holes.ts', [
    'if (looked_at - seen.mark_at < RIPE_S) return 0',
    'if (clock.now() / 1000 - seen.mark_at < RIPE_S) return 0',
  ]),
  mutant('holes-while-open', 'and when no open record is left', 'settle.ts', [
    'if (drained) tally.holes',
    'tally.holes',
  ]),
  mutant('seq-taken-again', 'a record has one number', 'conclude.ts', [
    'if (record.seq !== undefined) return record.seq\n',
    '',
  ]),
  mutant('seq-never-repaired', 'a record without a number gets one from settle', 'schedule.ts', [
    'seq === undefined || ',
    '',
  ]),
  // The daily limit.
  mutant('limit-not-reserved', 'the limit is reserved before the call', 'limit.ts', [
    'if (await limits.reserve(record, record.limit_day, merchant.daily_limit)) return undefined',
    'if ((await limits.reserve(record, record.limit_day, merchant.daily_limit)) || true) return undefined',
  ]),
  mutant('limit-not-released', 'a refused send gives its part back', 'conclude.ts', [
    '    await ports.limits.release(record, limit_day)\n',
    '',
  ]),
  mutant('limit-released-in-doubt', 'only a refused send does', 'conclude.ts', [
    "if (outcome !== 'refused') return record",
    "if (outcome === 'sent') return record",
  ]),
  mutant('limit-not-repaired', 'what could not be given back is given back later', 'schedule.ts', [
    " || (outcome === 'refused' && limit_day !== undefined)",
    '',
  ]),
  mutant('reserved-without-a-lease', 'nothing is reserved for a call that cannot be made', 'attempt.ts', [
    "if (callTimeout(ports, claim.record, remaining_ms()) === undefined) return { outcome: 'unknown', called: false }",
    '',
  ]),
]

function mutant(name: string, rule: string, file: string, ...edits: [replace: string, by: string][]): Mutant {
  const path = file.startsWith('../') ? `lib/${file.slice(3)}` : `${DOMAIN}/${file}`
  return { name, rule, edits: edits.map(([replace, by]) => ({ file: path, replace, by })) }
}
