// What a merchant's campaigns take of its calls now, as settle reads it.
import { describe, expect, test } from 'vitest'
import { campaignRate, isAnnounced } from '../../../lib/campaigns/rate.ts'
import type { CampaignState } from '../../../lib/campaigns/view.ts'
import { CLOCK_SKEW_MS } from '../../../lib/durations.ts'

const NOW_MS = 1_795_392_000_000
const clock = { now: () => NOW_MS, sleep: async () => {} }
const HOLD = { code: 'wechat_silent', since: 1 }
type First = { state: CampaignState; hold?: typeof HOLD; lease_until_ms: number; rate_per_s: number }

const rateOf = (queue: readonly string[], first?: First) =>
  campaignRate({ line: async () => ({ queue, version: 1 }), get: async () => first }, clock, '10000098')

describe('the campaigns of a merchant take', () => {
  test('nothing if there never was one, or the first of the line is gone', async () => {
    expect(await rateOf([])).toBe(0)
    expect(await rateOf(['a'])).toBe(0)
  })

  test.for<[CampaignState, boolean]>([
    ['draft', false],
    ['queued', true],
    ['running', true],
    ['paused', false],
    ['stopped', false],
    ['settling', false],
    ['done', false],
    ['cancelled', false],
  ])('of one that is %s and has no worker: their rate, %s', async ([state, isTaken]) => {
    expect(await rateOf(['a', 'b'], { state, lease_until_ms: 0, rate_per_s: 25 })).toBe(isTaken ? 25 : 0)
  })

  test.for<CampaignState>(['paused', 'stopped', 'settling', 'cancelled'])(
    'their rate while a worker of one that is %s is there, by the clock that is behind',
    async (state) => {
      const leased = { state, rate_per_s: 25 }
      expect(await rateOf(['a'], { ...leased, lease_until_ms: NOW_MS + 1 })).toBe(25)
      expect(await rateOf(['a'], { ...leased, lease_until_ms: NOW_MS - CLOCK_SKEW_MS + 1 })).toBe(25)
      expect(await rateOf(['a'], { ...leased, lease_until_ms: NOW_MS - CLOCK_SKEW_MS })).toBe(0)
    },
  )

  test('nothing while one is held and has no worker', async () => {
    const held = { state: 'running', hold: HOLD, rate_per_s: 25 } as const
    expect(await rateOf(['a'], { ...held, lease_until_ms: 0 })).toBe(0)
    expect(await rateOf(['a'], { ...held, lease_until_ms: NOW_MS + 1 })).toBe(25)
  })
})

test('only a campaign that runs and is not held has been seen before its worker comes', () => {
  expect(isAnnounced({ state: 'running' })).toBe(true)
  expect(isAnnounced({ state: 'running', hold: HOLD })).toBe(false)
  expect(isAnnounced({ state: 'queued' })).toBe(false)
})
