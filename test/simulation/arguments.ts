// The command line of the simulation.
import { parseArgs } from 'node:util'
import { MUTANTS } from './mutants.ts'

export const HELP = `npm run simulate -- [--seeds N] [--from K] [--mutant NAME] [--trace] [--stats] [--quick]

Runs the use cases of lib/redpack in a simulated world, one seed after the other, and checks the invariants of the design.

  --seeds N      how many seeds (5000)
  --from K       the first seed (1)
  --mutant NAME  with one fault put into the real code: it must be found; --mutant list names them, --mutant all tries each
  --trace        print the whole trace of each seed; for one seed
  --stats        print in how many runs each thing happened
  --quick        print a failure as it was found, without making it shorter
  --help         this

Ends with 0 if nothing was found, 1 if something was, 2 for arguments that are wrong.
`

export type Options = {
  seeds: number
  from: number
  mutant: string | undefined
  trace: boolean
  stats: boolean
  quick: boolean
  help: boolean
}

/** @throws Error with a message for whoever typed it */
export function optionsOf(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      seeds: { type: 'string', default: '5000' },
      from: { type: 'string', default: '1' },
      mutant: { type: 'string' },
      trace: { type: 'boolean', default: false },
      stats: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const { mutant, trace, stats, quick, help } = values
  if (mutant !== undefined && mutant !== 'list' && mutant !== 'all' && !MUTANTS.some(({ name }) => name === mutant)) {
    throw new Error(`--mutant ${mutant}: there is none of that name; --mutant list names them`)
  }
  return {
    seeds: whole('--seeds', values.seeds, 10_000_000),
    from: whole('--from', values.from, 4_000_000_000),
    mutant,
    trace,
    stats,
    quick,
    help,
  }
}

function whole(name: string, text: string, max: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : 0
  if (number < 1 || number > max) throw new Error(`${name} ${text}: a whole number from 1 to ${max}`)
  return number
}
