// A clock that steps: that of the service's functions jumps by minutes, both ways, while WeChat's goes on evenly.
import { renameSync, writeFileSync } from 'node:fs'

const MINUTE_MS = 60_000
/**
 * How far off the clock stands after each step. Between the furthest two lie 6 minutes, so that with a debit that comes up to 10
 * minutes late a record never looks older than the 20 minutes after which NOT_FOUND proves something (docs/guarantees.md).
 */
const OFFSETS_MS = [3, -3, 1, -2, 2, -1].map((minutes) => minutes * MINUTE_MS)

/** Puts the clock of local/clock.ts to the n-th offset; 0 is the right time. */
export function stepClock(clock_file: string, n: number): void {
  const offset_ms = n === 0 ? 0 : (OFFSETS_MS[(n - 1) % OFFSETS_MS.length] ?? 0)
  // In one step: a reader must not find half a number.
  writeFileSync(`${clock_file}.new`, String(offset_ms))
  renameSync(`${clock_file}.new`, clock_file)
}
