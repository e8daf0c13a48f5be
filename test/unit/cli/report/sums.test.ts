// The sums of a report equal those of a model that adds up one record after the other.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beijingDay } from '../../../../cli/days.ts'
import { GROUPINGS, type Grouping, groupsOf, type Told, totalOf } from '../../../../cli/report/sums.ts'
import type { RedPackRecord } from '../../../../client/src/index.ts'
import { aRow, emptyStore, NOON_S } from '../mirror/records.ts'

const made = fc.record({
  outcome: fc.constantFrom('pending', 'sent', 'sent', 'sent', 'refused', 'unknown', 'manual') as never,
  status: fc.constantFrom(null, 'SENDING', 'SENT', 'FAILED', 'RECEIVED', 'RFUND_ING', 'REFUND') as never,
  fen: fc.integer({ min: 1, max: 100_000_000 }),
  type: fc.constantFrom('normal', 'fission') as never,
  err_code: fc.constantFrom('NOTENOUGH', 'SENDNUM_LIMIT', ''),
  act_name: fc.constantFrom('新年红包', '周年庆', ''),
  account: fc.constantFrom('wx1', 'wx2'),
  campaign: fc.constantFrom(
    '',
    'campaign/5c474dd8e2aa136e58867af3/1/1',
    'campaign/0123456789abcdef01234567/2/1',
    'campaign/0123456789abcdef01234567/2/2',
    'campaign/0123456789abcdef01234567/2/3',
    'campaign/0123456789abcdef01234567/22/9',
    'campaign/0123456789abcdef01234567/22/10',
  ),
  // Around midnight and the end of a month in Beijing.
  created_at: fc.integer({ min: NOON_S - 20 * 86_400, max: NOON_S + 20 * 86_400 }),
})
type Made = { outcome: string; status: string | null; fen: number; type: string; err_code: string } & Record<
  string,
  unknown
>

function rowOf(one: Made, n: number): RedPackRecord {
  const { fen, err_code, campaign, account, ...rest } = one
  return aRow(n, {
    ...rest,
    total_amount: fen / 100,
    official_account_id: account,
    idempotency_key: campaign || `order-${n}`,
    result: one.outcome === 'refused' ? { err_code, err_code_des: '', mch_billno: 'RP' } : null,
  } as Partial<RedPackRecord>)
}

function nameOf(by: Grouping, row: RedPackRecord): string {
  const day = beijingDay(row.created_at)
  const key = row.idempotency_key ?? ''
  return {
    total: '',
    day,
    month: day.slice(0, 7),
    activity: row.act_name,
    account: row.official_account_id,
    campaign: key.startsWith('campaign/') ? (key.split('/')[1] ?? '') : '',
  }[by]
}

/** What a record counts as, written out anew. */
function kindsOf({ outcome, status }: RedPackRecord): Told[] {
  if (outcome === 'refused') return ['refused']
  if (outcome !== 'sent') return ['unknown']
  if (status === 'RECEIVED') return ['sent', 'net', 'received']
  if (status === 'RFUND_ING') return ['sent', 'net', 'refunding']
  if (status === 'REFUND') return ['sent', 'refunded']
  if (status === 'FAILED') return ['sent', 'failed']
  return ['sent', 'net', 'waiting']
}

/** Without refusals after which the row of a campaign was tried again. */
function lastAttempts(rows: readonly RedPackRecord[]): RedPackRecord[] {
  const keys = new Set<string | null | undefined>(rows.map(({ idempotency_key }) => idempotency_key))
  return rows.filter((row) => row.outcome !== 'refused' || !keys.has(nextAttempt(row.idempotency_key ?? '')))
}

function nextAttempt(key: string): string | undefined {
  const [campaign, id, row, attempt] = key.split('/')
  return campaign === 'campaign' ? `campaign/${id}/${row}/${Number(attempt) + 1}` : undefined
}

function model(rows: readonly RedPackRecord[], by: Grouping) {
  const told = new Map<string, { count: number; fen: number }>()
  const add = (name: string, fen: number) => {
    const before = told.get(name) ?? { count: 0, fen: 0 }
    told.set(name, { count: before.count + 1, fen: before.fen + fen })
  }
  for (const row of lastAttempts(rows)) {
    const fen = Math.round(row.total_amount * 100)
    const name = nameOf(by, row)
    for (const kind of kindsOf(row)) add(`${name} ${kind}`, fen)
    if (row.outcome === 'refused') add(`${name} because ${row.result?.err_code}`, fen)
    if (row.type === 'fission' && row.outcome === 'sent' && row.status === 'REFUND') add(`${name} partly`, fen)
  }
  return told
}

describe('the sums of a report', () => {
  it.each(GROUPINGS)('by %s equal a model of one record after the other', (by) => {
    fc.assert(
      fc.property(fc.array(made, { maxLength: 60 }), (all) => {
        const rows = all.map((one, n) => rowOf(one as unknown as Made, n))
        const store = emptyStore()
        store.put(rows.map((row, position) => ({ record: row, position })))
        const flat = groupsOf(store, by, {}).flatMap(({ name, sums, reasons, partly }) => [
          ...Object.entries(sums).map(([kind, sum]) => [`${name} ${kind}`, sum] as const),
          ...reasons.map(({ err_code, ...sum }) => [`${name} because ${err_code}`, sum] as const),
          [`${name} partly`, partly] as const,
        ])
        const told = flat.filter(([, sum]) => sum.count > 0)
        expect(new Map(told)).toEqual(model(rows, by))
        const total = totalOf(store, {})
        expect(total.sums.sent.count + total.sums.refused.count + total.sums.unknown.count).toBe(
          lastAttempts(rows).length,
        )
      }),
      { numRuns: 60 },
    )
  })

  it('count the first and the last second of a day in Beijing for that day', () => {
    const store = emptyStore()
    const start = Date.parse('2026-11-01T00:00:00+08:00') / 1000
    const times = [start - 1, start, start + 86_399, start + 86_400]
    store.put(times.map((created_at, n) => ({ record: aRow(n, { created_at }), position: n })))

    expect(groupsOf(store, 'day', {}).map(({ name, sums }) => [name, sums.sent.count])).toEqual([
      ['2026-10-31', 1],
      ['2026-11-01', 2],
      ['2026-11-02', 1],
    ])
    const filter = { from_s: start, to_s: start + 86_400 }
    expect(totalOf(store, filter).sums.sent).toEqual({ count: 2, fen: 200 })
  })

  it('are all zero for no record', () => {
    const { sums, reasons } = totalOf(emptyStore(), {})
    expect({ sums: Object.values(sums).map(({ count, fen }) => count + fen), reasons }).toEqual({
      sums: Array.from({ length: 9 }, () => 0),
      reasons: [],
    })
  })
})
