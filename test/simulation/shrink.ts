// Makes a failure short: leaves out every fault that it does not need.
import { type Run, run } from './run.ts'
import { Violation } from './violation.ts'

/** Runs that shortening may take. */
const RUNS_MAX = 600

/** The name under which two failures are the same. */
function kindOf(failure: unknown): string {
  if (failure instanceof Violation) return failure.invariant
  return failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure)
}

/** The same failure of the same seed with as few faults as can be found, traced. */
export async function shrink(seed: number, failed: Run): Promise<Run> {
  const kind = kindOf(failed.failure)
  let left_out: ReadonlySet<string> = new Set()
  let shortest = failed
  let runs = 0
  /** Whole halves first, then quarters, at last one by one. */
  for (let size = failed.faults.length; size >= 1 && runs < RUNS_MAX; size = Math.floor(size / 2)) {
    for (let from = 0; from < shortest.faults.length && runs < RUNS_MAX; ) {
      const without = new Set([...left_out, ...shortest.faults.slice(from, from + size)])
      const shorter = await run(seed, without)
      runs += 1
      const isSame = shorter.failure !== undefined && kindOf(shorter.failure) === kind
      if (isSame) {
        left_out = without
        shortest = shorter
      } else from += size
    }
  }
  return run(seed, left_out, true)
}
