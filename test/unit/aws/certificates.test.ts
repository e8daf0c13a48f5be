// How long certificates last, as a metric and in the log: each mini app, each merchant, once an hour.
import { expect, test } from 'vitest'
import { certificateWatch } from '../../../lib/aws/certificates.ts'
import type { Log, Metrics } from '../../../lib/aws/log.ts'
import { AppError } from '../../../lib/errors.ts'
import { createCa, createMerchantCertificate } from '../../../simulator/src/certificates.ts'

const HOUR_MS = 3_600_000
const NOW_MS = Date.parse('2026-11-23T00:00:00Z')
const ca = createCa()
const FROM = new Date('2026-01-01T00:00:00Z')
const pair = createMerchantCertificate(ca, '10000098', {
  not_before: FROM,
  not_after: new Date('2026-12-13T12:00:00Z'),
})
const long = createMerchantCertificate(ca, '10000098', {
  not_before: FROM,
  not_after: new Date('2027-11-23T00:00:00Z'),
})
const entry = (certificate: object) => ({
  mch_id: '10000098',
  api_key: '192006250b4c09247ec02edce69f6a2d',
  ...certificate,
})

/** A watch over secrets by mini app; a value that is an Error is thrown. */
function watchOver(stored: Record<string, unknown>) {
  const clock = { now_ms: NOW_MS }
  const told: unknown[] = []
  const secrets = {
    async read(name: string) {
      const value = stored[name.replace('redpack/test/merchants/', '')]
      if (value instanceof Error) throw value
      return value === undefined ? undefined : JSON.stringify(value)
    },
    readAnew: () => Promise.reject(new Error('not here')),
  }
  const watch = certificateWatch({
    secrets,
    prefix: 'redpack/test',
    miniapps: async () => Object.keys(stored),
    log: { warn: (...line: unknown[]) => told.push(line) } as unknown as Log,
    metrics: { addMetric: (...metric: unknown[]) => told.push(metric) } as unknown as Metrics,
    now: () => clock.now_ms,
  })
  return { clock, told, look: watch.look }
}
const days = (n: number) => ['certificate_days', 'None', n]
const ends = (miniapp_id: string, gateway_type: string, n: number) => [
  'certificate_ends',
  { miniapp_id, gateway_type, days: n },
]

test('each certificate is told in whole days, and one that ends soon by name', async () => {
  const { told, look } = watchOver({
    one: { weixin_tenpay: entry(pair), weixin_tenpay_js: entry(long) },
    two: { weixin_tenpay: entry(long) },
    none: undefined,
  })
  await look(() => 60_000)
  expect(told).toEqual([days(20), ends('one', 'weixin_tenpay', 20), days(365), days(365)])
})

test('one that has ended, or cannot be used, has 0 days', async () => {
  const { told, look, clock } = watchOver({
    one: { weixin_tenpay: entry(pair) },
    two: { weixin_tenpay: { mch_id: 'x' } },
  })
  clock.now_ms = Date.parse('2027-01-01T00:00:00Z')
  await look(() => 60_000)
  expect(told).toEqual([days(0), ends('one', 'weixin_tenpay', 0), days(0), ends('two', 'weixin_tenpay', 0)])
})

test('a secret that cannot be read hides no other', async () => {
  const { told, look } = watchOver({
    one: new AppError('secrets_unavailable', 'down'),
    two: { weixin_tenpay: entry(long) },
  })
  await look(() => 60_000)
  expect(told).toEqual([days(365)])
})

test('they are looked at once an hour, and what there was no time for with the next run', async () => {
  const { told, look, clock } = watchOver({ one: { weixin_tenpay: entry(long) }, two: { weixin_tenpay: entry(long) } })
  let remaining_ms = 10_002
  await look(() => remaining_ms--)
  expect(told).toEqual([days(365)])
  await look(() => 60_000)
  expect(told).toEqual([days(365), days(365)])
  await look(() => 60_000)
  clock.now_ms += HOUR_MS - 1
  await look(() => 60_000)
  expect(told).toHaveLength(2)
  clock.now_ms += 1
  await look(() => 60_000)
  expect(told).toHaveLength(4)
})

test('a clock that was set back does not put the next look off', async () => {
  const { told, look, clock } = watchOver({ one: { weixin_tenpay: entry(long) } })
  await look(() => 60_000)
  clock.now_ms -= 24 * HOUR_MS
  await look(() => 60_000)
  expect(told).toHaveLength(2)
})

test('without time for one nothing is read', async () => {
  const { told, look } = watchOver({ one: new TypeError('was read') })
  await look(() => 10_000)
  expect(told).toEqual([])
})

test('a bug is no secret that cannot be read, and the next run goes on behind it', async () => {
  const { told, look } = watchOver({ one: new TypeError('a bug'), two: { weixin_tenpay: entry(long) } })
  await expect(look(() => 60_000)).rejects.toThrow('a bug')
  await look(() => 60_000)
  expect(told).toEqual([days(365)])
})
