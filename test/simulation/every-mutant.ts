// Each mutant by itself: the simulation must find every one.
import { load } from './loader.ts'
import type { Mutant } from './mutate.ts'

export type Seeds = { from: number; seeds: number }
type Simulation = { run(seed: number): Promise<{ failure: unknown }> }
type Found = { seed: number; failure: unknown }

/**
 * Tries the seed that is known to find a mutant first, then the others, and prints which found it and by what.
 * @returns the exit code: 1 if a mutant survives
 */
export async function everyMutant(
  simulation: () => Promise<Simulation>,
  mutants: readonly Mutant[],
  found_by: Readonly<Record<string, number>>,
  { from, seeds }: Seeds,
): Promise<number> {
  Error.stackTraceLimit = 0
  let survivors = 0
  for (const mutant of mutants) {
    const { run } = await load(simulation, mutant)
    const found = await firstFailure(run, [found_by[mutant.name] ?? from, ...range(from, seeds)])
    if (!found) survivors += 1
    console.log(`${mutant.name}: ${found ? `found by seed ${found.seed}: ${invariantOf(found)}` : 'survived'}`)
  }
  console.log(`${mutants.length - survivors} of ${mutants.length} found`)
  return survivors > 0 ? 1 : 0
}

async function firstFailure(run: Simulation['run'], seeds: Iterable<number>): Promise<Found | undefined> {
  for (const seed of seeds) {
    const { failure } = await run(seed)
    if (failure !== undefined) return { seed, failure }
  }
  return undefined
}

/** The name of the invariant that is violated, or what else went wrong. */
function invariantOf({ failure }: Found): string {
  return /^Violation: (\w+)/.exec(String(failure))?.[1] ?? String(failure)
}

function* range(from: number, count: number): Generator<number> {
  for (let seed = from; seed < from + count; seed += 1) yield seed
}
