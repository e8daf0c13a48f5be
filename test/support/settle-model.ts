// The real scheduler, looks and rules on a virtual clock, over a table in memory and a WeChat that answers in 100 ms: how long a
// backlog takes, counted and not measured, so that it is the same on every machine.
import { UNPACED } from '../../lib/redpack/pace.ts'
import type { Ports, Queried } from '../../lib/redpack/ports.ts'
import { mchBillnoOf, type RedpackRecord } from '../../lib/redpack/record.ts'
import { settle } from '../../lib/redpack/settle.ts'
import { aMerchant, aRecord, NOW_S } from '../unit/records.ts'
import { memoryTable } from './memory-store.ts'
import { virtualClock } from './virtual-clock.ts'

const ANSWER_MS = 100
const INVOCATION_MS = 60_000
const MINUTE_MS = 60_000

export type Backlog = {
  merchants: number
  /** Sends of each merchant while WeChat was dark, all of them unknown. */
  sends: number
  /** How long it was dark. */
  dark_s: number
  /** The sends were made in this time from its beginning. */
  sent_s: number
  /** The share of them that had arrived at WeChat. */
  arrived: number
  beat_ms?: number
}
export type Rest = {
  /** From WeChat's return until the last outcome was final. */
  minutes: number
  queries: number
  sends: number
  /** The most looks and sends, of one merchant and second. */
  queries_per_s: number
  sends_per_s: number
  outcomes: Record<string, number>
}

/** Runs settle each minute through the dark and after it, until every outcome is final. */
export async function restAfter({ merchants, sends, dark_s, sent_s, arrived, beat_ms }: Backlog): Promise<Rest> {
  const clock = virtualClock((NOW_S - dark_s) * 1000)
  const table = memoryTable()
  const calls = counted(clock.now)
  const back_ms = NOW_S * 1000
  const known = new Set<string>()
  let writes = 0
  const token = () => {
    writes += 1
    return `write ${writes}`
  }
  const found = (detail_id: string): Queried => ({
    means: 'found',
    status: 'SENT',
    detail_id,
    reason: undefined,
    raw: '',
    fields: {},
  })

  const ports: Ports = {
    store: table.store({ now: clock.now, token }),
    sequences: table.sequences,
    limits: table.limits,
    leases: table.leases,
    controls: table.controls,
    pace: UNPACED,
    campaignRate: async () => 0,
    merchants: {
      load: async (miniapp_id) => aMerchant({ miniapp_id, mch_id: miniapp_id }),
      renew: async () => undefined,
    },
    wechat: {
      async query(merchant, order, timeout_ms) {
        calls.add('query', merchant.mch_id)
        await clock.sleep(clock.now() < back_ms ? timeout_ms : ANSWER_MS)
        if (clock.now() < back_ms) return { means: 'unclear', why: 'TimeoutError' }
        return known.has(order.id) ? found(order.id) : { means: 'absent', fields: {} }
      },
      async send(merchant, order) {
        calls.add('send', merchant.mch_id)
        await clock.sleep(ANSWER_MS)
        known.add(order.id)
        return { means: 'paid', send_listid: order.id, raw: '' }
      },
    },
    miniapps: async () => [],
    clock,
    random: () => 0,
    report: () => {},
  }

  /** As a send leaves it that was not answered: its last call has just ended. */
  function unknown(merchant: number, i: number): RedpackRecord {
    const mch_id = String(10_000_000 + merchant)
    const at_s = NOW_S - dark_s + Math.floor((i * sent_s) / sends)
    const record = aRecord(`${mch_id}/${i}`, { miniapp_id: mch_id })
    if ((i * arrived) % 1 >= 1 - arrived) known.add(record.id)
    const unanswered = { outcome: 'unknown', maybe_debited_ms: at_s * 1000, lease_until_ms: 0 } as const
    const times = { created_at: at_s, updated_at: at_s, no_call_after_ms: at_s * 1000, due_at: at_s + 60 }
    return { ...record, ...unanswered, ...times, mch_id, mch_billno: mchBillnoOf(record.id), seq: i + 1 }
  }

  const all = Array.from({ length: merchants * sends }, (_, i) => unknown(i % merchants, Math.floor(i / merchants)))
  for (const record of all) if (record.created_at * 1000 <= clock.now()) table.put(record)
  let [put, rest_ms] = [0, Number.NaN]

  async function minute(): Promise<void> {
    const begun_ms = clock.now()
    // What was sent since the run before.
    for (; put < all.length && (all[put]?.created_at ?? 0) * 1000 <= begun_ms; put += 1)
      table.put(all[put] as RedpackRecord)
    await settle(ports, () => begun_ms + INVOCATION_MS - clock.now(), undefined, beat_ms)
    await clock.sleep(Math.max(0, begun_ms + MINUTE_MS - clock.now()))
  }

  async function untilRest(): Promise<void> {
    for (let minutes = 0; minutes < 24 * 60; minutes += 1) {
      await minute()
      if (put < all.length || table.records().some(({ outcome }) => outcome !== 'sent')) continue
      rest_ms = Math.max(...table.records().map(({ updated_at }) => updated_at * 1000))
      return
    }
    throw new Error('not at rest after a day')
  }

  await clock.run(untilRest())
  const outcomes: Record<string, number> = {}
  for (const { outcome } of table.records()) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  return { minutes: Math.round((rest_ms - back_ms) / 6_000) / 10, ...calls.summary(), outcomes }
}

/** Calls to WeChat, and the most of one merchant within a second of the clock. */
function counted(now: () => number) {
  const counts = { query: 0, send: 0 }
  const most = { query: 0, send: 0 }
  const ofSecond = new Map<string, { second: number; count: number }>()
  return {
    add(op: 'query' | 'send', mch_id: string) {
      counts[op] += 1
      const second = Math.floor(now() / 1000)
      const known = ofSecond.get(`${op} ${mch_id}`)
      const count = known?.second === second ? known.count + 1 : 1
      ofSecond.set(`${op} ${mch_id}`, { second, count })
      most[op] = Math.max(most[op], count)
    },
    summary: () => ({
      queries: counts.query,
      sends: counts.send,
      queries_per_s: most.query,
      sends_per_s: most.send,
    }),
  }
}
