// Turns on a virtual clock: no second has more of them than the share, however late they come; and the shares of a merchant's 30.
import { describe, expect, test } from 'vitest'
import { CALLS_PER_S, PACED_PER_S, SETTLE_CALLS_PER_S } from '../../../lib/durations.ts'
import { AppError } from '../../../lib/errors.ts'
import { paceOfSettle, shareOfCampaign, shareOfSettle, Turns } from '../../../lib/redpack/pace.ts'
import { virtualClock } from '../../support/virtual-clock.ts'
import { NOW_S } from '../records.ts'

const worth = () => true

/** Turns that are asked for at once, with the times at which they came, in ms. */
async function timesOf(count: number, per_s: number, late_ms: (nth: number) => number = () => 0): Promise<number[]> {
  const clock = virtualClock(NOW_S * 1000)
  let slept = 0
  // A timer never fires too early.
  const lateClock = { now: clock.now, sleep: (ms: number) => clock.sleep(ms + late_ms(slept++)) }
  const turns = new Turns(lateClock, async () => per_s)
  const times: number[] = []
  const ask = async () => {
    if (await turns.turn(worth)) times.push(clock.now() - NOW_S * 1000)
  }
  await clock.run(Promise.all(Array.from({ length: count }, ask)))
  return times
}

function mostInASecond(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length))
}

describe('turns', () => {
  test.for([1, 2, 3, 5, 25, 28])('%i a second: never more in any second, and nearly as many', async (per_s) => {
    const times = await timesOf(per_s * 20, per_s)
    expect(mostInASecond(times)).toBe(per_s)
    expect(times.at(-1)).toBeLessThan(per_s === 1 ? 25_000 : 22_500)
  })

  test('a timer that is a little late costs nothing; a stall is not caught up with', async () => {
    const late = await timesOf(250, 25, () => 7)
    expect(mostInASecond(late)).toBeLessThanOrEqual(25)
    expect(late.at(-1)).toBeLessThan(10_200)
    const stalled = await timesOf(250, 25, (n) => (n % 50 === 49 ? 700 : n % 3))
    expect(mostInASecond(stalled)).toBeLessThanOrEqual(25)
  })

  test('come in the order in which they were asked for; one that is worth nothing any more costs none', async () => {
    const clock = virtualClock(NOW_S * 1000)
    const turns = new Turns(clock, async () => 5)
    const came: number[] = []
    const ask = async (n: number) => {
      if (await turns.turn(() => n !== 2)) came.push(n)
    }
    const all = Promise.all([1, 2, 3, 4].map(ask))
    expect(turns.waiting).toBe(4)
    await clock.run(all)
    expect(came).toEqual([1, 3, 4])
    expect(turns.waiting).toBe(0)
    expect(clock.now() - NOW_S * 1000).toBeLessThan(450)
  })

  test('WeChat says that calls come too fast: a fifth less, once a second, down to an eighth; it comes back with time', async () => {
    const clock = virtualClock(NOW_S * 1000)
    const turns = new Turns(clock, async () => 25)
    const untilNext = async () => {
      await turns.turn(worth)
      const from_ms = clock.now()
      await turns.turn(worth)
      return clock.now() - from_ms
    }
    await clock.run(
      (async () => {
        await untilNext()
        expect(await untilNext()).toBeCloseTo(40.3, 1)
        for (let n = 0; n < 3; n += 1) turns.tooFast()
        expect(await untilNext()).toBeGreaterThan(48)
        for (let n = 0; n < 20; n += 1) {
          await clock.sleep(1_000)
          turns.tooFast()
        }
        expect(await untilNext()).toBeGreaterThan(140)
        await clock.sleep(18_000)
        await untilNext()
        expect(await untilNext()).toBeCloseTo(40.3, 1)
      })(),
    )
  })
})

/** A clock of which somebody takes minutes away. */
function settableClock() {
  const clock = virtualClock(NOW_S * 1000)
  let offset_ms = 0
  return {
    run: clock.run,
    sleep: clock.sleep,
    now: () => clock.now() + offset_ms,
    true_ms: clock.now,
    setBack: (ms: number) => {
      offset_ms -= ms
    },
  }
}

describe('a clock that is set back', () => {
  test('holds no turn up, and brings none forward', async () => {
    const clock = settableClock()
    const turns = new Turns(clock, async () => 10)
    const times: number[] = []
    const ask = async () => {
      for (let n = 0; n < 40; n += 1) {
        if (n === 20) clock.setBack(180_000)
        await turns.turn(worth)
        times.push(clock.true_ms() - NOW_S * 1000)
      }
    }
    await clock.run(ask())
    expect(mostInASecond(times)).toBe(10)
    expect(times.at(-1)).toBeLessThan(4_500)
  })

  test('makes a slower pace neither slower nor last', async () => {
    const clock = settableClock()
    const turns = new Turns(clock, async () => 10)
    const ask = async () => {
      turns.tooFast()
      clock.setBack(180_000)
      turns.tooFast()
      await clock.sleep(20_000)
      await turns.turn(worth)
      const from_ms = clock.true_ms()
      await turns.turn(worth)
      expect(clock.true_ms() - from_ms).toBeLessThan(110)
    }
    await clock.run(ask())
  })

  test('lets settle read again who else calls', async () => {
    const clock = settableClock()
    let rate = 0
    const pace = paceOfSettle({ clock, campaignRate: async () => rate }, 1)
    const times: number[] = []
    const ask = async () => {
      await pace.turn('1', worth)
      rate = 25
      clock.setBack(180_000)
      const end_ms = clock.true_ms() + 10_000
      while (await pace.turn('1', () => clock.true_ms() < end_ms)) times.push(clock.true_ms())
    }
    await clock.run(ask())
    expect(mostInASecond(times)).toBe(3)
  })
})

describe('shares', () => {
  test.for([1, 10, 25, 26, 28, 30])('a campaign of %i a second and settle stay within 30 together', (rate_per_s) => {
    const together = shareOfCampaign(rate_per_s, true) + shareOfSettle(rate_per_s)
    expect(together).toBeLessThanOrEqual(rate_per_s <= 26 ? PACED_PER_S : CALLS_PER_S)
    expect(shareOfSettle(rate_per_s)).toBeGreaterThanOrEqual(2)
    // Settle may not have seen it yet.
    expect(shareOfCampaign(rate_per_s, false) + shareOfSettle(0)).toBeLessThanOrEqual(CALLS_PER_S)
  })

  test('without a campaign, settle leaves something to single sends', () => {
    expect(shareOfSettle(0)).toBe(SETTLE_CALLS_PER_S)
    expect(SETTLE_CALLS_PER_S).toBeLessThan(CALLS_PER_S)
  })

  test.for<[string, () => Promise<number>, number]>([
    ['no campaign', async () => 0, 25],
    ['a campaign of 25 a second', async () => 25, 3],
    ['a campaign of 30 a second', async () => 30, 2],
    ['campaigns that cannot be read', () => Promise.reject(new AppError('store_unavailable', '')), 2],
    ['a line that cannot be read', () => Promise.reject(new AppError('record_unreadable', '')), 2],
    ['campaigns that AWS does not let it read', () => Promise.reject(new AppError('misconfigured', '')), 2],
  ])('settle beside %s', async ([, campaignRate, wanted]) => {
    const clock = virtualClock(NOW_S * 1000)
    let reads = 0
    const read = () => {
      reads += 1
      return campaignRate()
    }
    const pace = paceOfSettle({ clock, campaignRate: read }, 1)
    const times: number[] = []
    const end_ms = clock.now() + 10_000
    const ask = async () => {
      while (await pace.turn('1', () => clock.now() < end_ms)) times.push(clock.now())
    }
    await clock.run(ask())
    expect(mostInASecond(times)).toBe(wanted)
    expect(times.length).toBeGreaterThan(wanted * 8)
    // Not at every call.
    expect(reads).toBeLessThanOrEqual(11)
  })

  test('a read that took too long permits only what settle has beside any campaign', async () => {
    const clock = virtualClock(NOW_S * 1000)
    const slow = async () => {
      await clock.sleep(3_000)
      return 0
    }
    const pace = paceOfSettle({ clock, campaignRate: slow }, 1)
    const times: number[] = []
    const ask = async () => {
      for (let n = 0; n < 6; n += 1) if (await pace.turn('1', worth)) times.push(clock.now())
    }
    await clock.run(ask())
    expect(mostInASecond(times)).toBeLessThanOrEqual(2)
  })
})
