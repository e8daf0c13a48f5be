// What the caller's question about a packet teaches its record, and what it must not take away from settle's looks.
import { describe, expect, test } from 'vitest'
import type { Ports, Queried } from '../../../lib/redpack/ports.ts'
import type { RedpackRecord, State } from '../../../lib/redpack/record.ts'
import { status } from '../../../lib/redpack/status.ts'
import { memoryTable } from '../../support/memory-store.ts'
import { aMerchant, aRecord, MINIAPP_ID, NOW_S } from '../records.ts'

const REST = { lease_until_ms: 0, seq: 1, due_at: NOW_S + 600, looks: 0 } as const
const RECORDS = {
  sent: { ...REST, outcome: 'sent', send_listid: '1', open: 'status' },
  'refused unsafely': { ...REST, outcome: 'refused', err_code: 'NOTENOUGH', unsafe_refusal: true, open: 'status' },
  unknown: { ...REST, outcome: 'unknown', maybe_debited_ms: NOW_S * 1000, open: 'outcome' },
  leased: { ...REST, outcome: 'pending', open: 'outcome', lease_until_ms: (NOW_S + 1) * 1000 },
} as const satisfies Record<string, Partial<RedpackRecord>>

const ABSENT: Queried = { means: 'absent', fields: { err_code: 'NOT_FOUND' } }
const found = (word: 'SENDING' | 'SENT' | 'RECEIVED'): Queried => {
  return { means: 'found', status: word, detail_id: '1', reason: undefined, raw: '<xml/>', fields: { status: word } }
}

/** Asks once about the record. @returns the record after that, and what the caller is told */
async function asked(of: keyof typeof RECORDS, reply: Queried) {
  const memory = memoryTable()
  const record = aRecord('order-1', RECORDS[of])
  memory.put(record)
  const now = () => NOW_S * 1000
  const ports = {
    store: memory.store({ now, token: () => 'the write of the question' }),
    limits: memory.limits,
    merchants: { load: async () => aMerchant(), renew: async () => undefined },
    wechat: { query: async () => reply },
    clock: { now, sleep: async () => undefined },
    report: () => undefined,
  } as unknown as Ports
  const told = await status(ports, MINIAPP_ID, { id: record.id, mch_billno: undefined }, () => 15_000)
  const [after = record] = memory.records()
  return { before: record, after, told }
}

describe('a question by the caller', () => {
  test.for<[string, keyof typeof RECORDS, Queried, Partial<State>]>([
    ['counts as a look at a packet that is followed', 'sent', found('RECEIVED'), { status: 'RECEIVED', looks: 1 }],
    ['brings an open outcome to rest', 'unknown', found('SENT'), { outcome: 'sent', status: 'SENT', open: 'status' }],
    [
      'is no late look at a refusal, which may still be paid',
      'refused unsafely',
      found('SENDING'),
      { status: 'SENDING', unsafe_refusal: true, open: 'status', looks: 0 },
    ],
    [
      'tells of a refusal that was paid, and the late look is still made',
      'refused unsafely',
      found('SENT'),
      { outcome: 'refused', status: 'SENT', unsafe_refusal: true, open: 'status' },
    ],
  ])('%s', async ([, of, reply, changes]) => {
    const { after, told } = await asked(of, reply)
    expect(after).toMatchObject({ version: 2, ...changes })
    expect(told).toEqual({ body: reply.fields, processing: false })
  })

  test.for<[string, keyof typeof RECORDS, Queried]>([
    ['about a refusal that WeChat does not know', 'refused unsafely', ABSENT],
    ['about an unknown outcome that WeChat does not know', 'unknown', ABSENT],
    ['about a record that somebody holds', 'leased', found('SENT')],
  ])('%s writes nothing', async ([, of, reply]) => {
    const { before, after } = await asked(of, reply)
    expect(after).toEqual(before)
  })
})
