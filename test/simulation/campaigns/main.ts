// npm run simulate:campaigns -- [--from N] [--seeds N] [--mutant NAME|all]: seeds one after the other; the trace of the first that fails.
import { parseArgs } from 'node:util'
import { everyMutant } from '../every-mutant.ts'
import { load } from '../loader.ts'
import { FOUND_BY, MUTANTS } from './mutants.ts'
import type { Run } from './run.ts'

const STEPS_MAX = 60

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '200' },
    mutant: { type: 'string' },
  },
})
const { mutant } = values
const [from, count] = [Number(values.from), Number(values.seeds)]
const simulation = () => import('./run.ts')
if (mutant === 'all') process.exitCode = await everyMutant(simulation, MUTANTS, FOUND_BY, { from, seeds: count })
else if (mutant !== undefined && !MUTANTS.some(({ name }) => name === mutant)) {
  console.error(`--mutant: all, or one of\n${MUTANTS.map(({ name }) => name).join('\n')}`)
  process.exitCode = 2
} else {
  const { run } = await load(
    simulation,
    MUTANTS.find(({ name }) => name === mutant),
  )
  process.exitCode = await tell(run)
}

/** @returns the exit code */
async function tell(run: (seed: number) => Promise<Run>): Promise<number> {
  const stats = new Map<string, number>()
  for (let seed = from; seed < from + count; seed += 1) {
    const { failure, trace, stats: counted } = await run(seed)
    for (const [what, times] of counted) stats.set(what, (stats.get(what) ?? 0) + times)
    if (failure === undefined) continue
    console.log(`${trace.slice(-STEPS_MAX).join('\n')}\nseed ${seed} fails: ${failure}`)
    return 1
  }
  console.log([...stats].map(([what, times]) => `${what}: ${times}`).join('\n'))
  console.log(`${count} seeds from ${from}: nothing found`)
  return 0
}
