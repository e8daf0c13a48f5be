// npm run simulate:campaigns -- [--from N] [--seeds N] [--mutant NAME]: seeds one after the other; the trace of the first that fails.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { MUTANTS } from './mutants.ts'
import { run } from './run.ts'

const STEPS_MAX = 60

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '200' },
    mutant: { type: 'string' },
  },
})
const { mutant } = values
if (mutant !== undefined && !MUTANTS.some(({ name }) => name === mutant)) {
  console.error(`--mutant: one of\n${MUTANTS.map(({ name }) => name).join('\n')}`)
  process.exitCode = 2
} else if (mutant !== undefined && process.env.REDPACK_MUTANT !== mutant) process.exitCode = asMutant(mutant)
else process.exitCode = await seeds(Number(values.from), Number(values.seeds))

/** The same again in a process whose code has the fault. */
function asMutant(name: string): number {
  const loader = fileURLToPath(new URL('./loader.ts', import.meta.url))
  const args = ['--import', loader, fileURLToPath(import.meta.url), ...process.argv.slice(2)]
  return (
    spawnSync(process.execPath, args, { stdio: 'inherit', env: { ...process.env, REDPACK_MUTANT: name } }).status ?? 1
  )
}

/** @returns the exit code */
async function seeds(from: number, count: number): Promise<number> {
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
