// npm run simulate: seeds one after the other, and for one that fails the shortest trace that can be found.
import { HELP, type Options, optionsOf } from './arguments.ts'
import { everyMutant } from './every-mutant.ts'
import { load } from './loader.ts'
import { FOUND_BY, MUTANTS } from './mutants.ts'
import type { Run } from './run.ts'

const PROGRESS_MS = 500
/** Steps printed of a trace: a failure's cause is near its end. */
const STEPS_MAX = 200

process.exitCode = await main(process.argv.slice(2))

/** @returns the exit code */
async function main(args: string[]): Promise<number> {
  let options: Options
  try {
    options = optionsOf(args)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`)
    return 2
  }
  if (options.help) return say(HELP)
  if (options.mutant === 'list') return say(MUTANTS.map(({ name }) => name).join('\n'))
  if (options.mutant === 'all') return await everyMutant(simulation, MUTANTS, FOUND_BY, options)
  return await simulate(options)
}

function say(text: string): number {
  console.log(text)
  return 0
}

/** The modules of one run, which a mutant loads anew. */
async function simulation() {
  const [{ run }, { shrink }] = [await import('./run.ts'), await import('./shrink.ts')]
  return { run, shrink }
}

async function simulate({ seeds, from, mutant, trace, stats, quick }: Options): Promise<number> {
  const { run, shrink } = await load(
    simulation,
    MUTANTS.find(({ name }) => name === mutant),
  )
  // Every refusal makes an AppError: its stack would be a good part of the time.
  Error.stackTraceLimit = trace ? 10 : 0
  const counts = new Map<string, number>()
  const started_ms = performance.now()
  let told_ms = started_ms
  for (let seed = from; seed < from + seeds; seed += 1) {
    const result = await run(seed, new Set(), trace)
    if (trace) console.log(`seed ${seed}\n${result.trace.join('\n')}`)
    if (result.failure !== undefined) return failed(seed, quick ? result : await shrink(seed, result), mutant)
    for (const what of happenedIn(result)) counts.set(what, (counts.get(what) ?? 0) + 1)
    if (process.stderr.isTTY && performance.now() - told_ms > PROGRESS_MS) {
      told_ms = performance.now()
      process.stderr.write(`\r${seed - from + 1} seeds, ${rate(seed - from + 1, told_ms - started_ms)} a second `)
    }
  }
  if (process.stderr.isTTY) process.stderr.write('\r')
  console.log(
    `${seeds} seeds from ${from}: nothing found, ${rate(seeds, performance.now() - started_ms)} seeds a second`,
  )
  if (stats)
    for (const [what, runs] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(`${what}: ${runs}`)
  return 0
}

/** What a run counted, and the kinds of its faults: the last word of their names. */
function happenedIn({ stats, faults }: Run): Set<string> {
  return new Set([...stats.keys(), ...faults.map((name) => name.slice(name.lastIndexOf(' ') + 1))])
}

function failed(seed: number, { failure, faults, trace }: Run, mutant: string | undefined): number {
  const steps = trace.slice(-STEPS_MAX)
  console.log(`\nseed ${seed} fails: ${inWords(failure)}\n`)
  console.log(
    `${steps.join('\n')}\n\nThe faults it takes (${faults.length}):\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
  )
  console.log(
    `\nReplay: npm run simulate -- --from ${seed} --seeds 1${mutant === undefined ? '' : ` --mutant '${mutant}'`}`,
  )
  return 1
}

function inWords(failure: unknown): string {
  return failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)
}

function rate(seeds: number, elapsed_ms: number): number {
  return Math.round((seeds / elapsed_ms) * 1000)
}
