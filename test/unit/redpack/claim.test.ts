// A take-over: the moment at which it is made decides, and not the one at which somebody decided to make it.
import { describe, expect, test } from 'vitest'
import { takeOver } from '../../../lib/redpack/claim.ts'
import type { Ports } from '../../../lib/redpack/ports.ts'
import { memoryTable } from '../../support/memory-store.ts'
import { aMerchant, aRecord, NOW_S } from '../records.ts'

const DAY_S = 86_400

/** Takes over a record that was claimed at NOW_S. @returns what came of it, and the version that stands then */
async function taken(at_s: number, lease_until_s = 0) {
  const memory = memoryTable()
  const record = aRecord('order-1', { outcome: 'unknown', lease_until_ms: lease_until_s * 1000 })
  memory.put(record)
  const now = () => at_s * 1000
  const ports = { store: memory.store({ now, token: () => 'the taker' }), clock: { now } } as unknown as Ports
  const result = await takeOver(ports, record, record, aMerchant(), 60_000).catch((error: unknown) => error)
  return { result, version: memory.records()[0]?.version }
}

describe('a record is taken over', () => {
  test.for([
    ['a second before 29 days', NOW_S + 29 * DAY_S - 1, 0],
    ['when a lease has just run out', NOW_S + 60, NOW_S + 60],
  ] as const)('%s', async ([, at_s, lease_until_s]) => {
    expect(await taken(at_s, lease_until_s)).toMatchObject({ result: { applied: true }, version: 2 })
  })

  test.for([
    ['after 29 days, whenever that was decided: WeChat may soon forget the number', NOW_S + 29 * DAY_S, 0],
    ['while a lease lives', NOW_S + 60, NOW_S + 61],
  ] as const)('not %s', async ([, at_s, lease_until_s]) => {
    expect(await taken(at_s, lease_until_s)).toMatchObject({ result: { code: 'in_progress' }, version: 1 })
  })
})
