// The client's clock in the hands of a test: pauses are noted and do not last, a time limit ends when the test says so.
import { type MockInstance, vi } from 'vitest'
import { clock } from '../src/clock.ts'

export type Time = {
  /** Every pause between two tries, in ms, as long as it would have been. */
  readonly pauses: number[]
  /** Ends the time limits of all requests under way. */
  runOut(): void
  now_ms: number
}

/** Takes the clock until `vi.restoreAllMocks()`. Its present stands still and begins as it is. */
export function takeTime(): Time {
  const limits = new Set<() => void>()
  const pauses: number[] = []
  const time = {
    pauses,
    now_ms: Date.now(),
    runOut: () => {
      for (const end of limits) end()
    },
  }
  const spies: MockInstance[] = [
    vi.spyOn(clock, 'now_ms').mockImplementation(() => time.now_ms),
    vi.spyOn(clock, 'wait').mockImplementation(async (ms) => {
      pauses.push(ms)
      time.now_ms += ms
    }),
    vi.spyOn(clock, 'after').mockImplementation((_, task) => {
      limits.add(task)
      return () => limits.delete(task)
    }),
  ]
  if (spies.length !== Object.keys(clock).length) throw new Error('a part of the clock is not in the hands of the test')
  return time
}
