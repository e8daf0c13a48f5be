// npm run lambda: the packaged functions under AWS's own runtime, on this machine, with all that serverless offline hides.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CAMPAIGNS } from './campaigns.ts'
import { type Check, type Result, runCheck } from './check.ts'
import { REQUESTS } from './requests.ts'
import { REST } from './rest.ts'
import { installRic, missing } from './ric.ts'
import { STALLS } from './stalls.ts'
import { startWorld } from './world.ts'

const HELP = `npm run lambda [-- --only TEXT]

Packages the functions as "npx serverless package" does, and runs the zips under aws-lambda-ric, the runtime of AWS's own
images, against a Runtime API, an API Gateway and an Invoke API of a hundred lines each. Containers are started cold, frozen by
SIGSTOP between two invocations and in the midst of one, killed at their time-out, and see everything but /tmp read-only; their
environment is that of the template, with other endpoints. DynamoDB is Amazon's DynamoDB Local if Java is there, else dynalite.

aws-lambda-ric is C++ and is built once, in .redpack/lambda: a minute, and the programs that it names if they are missing.

  --only   checks whose name has this text

Exit code 1 if a check fails, 2 if something has to be installed first.`

const FOLDER = fileURLToPath(new URL('../../.redpack/lambda', import.meta.url))
const ALL: readonly Check[] = [...REQUESTS, ...STALLS, ...CAMPAIGNS, ...REST]

const { values } = parseArgs({ options: { only: { type: 'string' }, help: { type: 'boolean', default: false } } })

function row({ mark, name, seconds, seen }: Result): string {
  const [first = '', ...more] = seen.split('\n')
  const head = `${mark} ${name.padEnd(48)} ${seconds.toFixed(1).padStart(6)} s  ${first}`
  return [head, ...more.map((line) => `    ${line}`)].join('\n')
}

async function main(): Promise<number> {
  const install = missing()
  if (process.platform !== 'linux' || install !== undefined) {
    console.error(install === undefined ? 'npm run lambda needs Linux.' : `Programs are missing. ${install}`)
    return 2
  }
  const checks = ALL.filter(([name]) => name.includes(values.only ?? ''))
  const world = await startWorld(installRic(FOLDER, console.error), FOLDER, console.error)
  try {
    console.log(`\naws-lambda-ric on Node ${process.versions.node}, ${world.database}, ${process.arch}\n`)
    const results: Result[] = []
    for (const check of checks) {
      const result = await runCheck(check, world)
      results.push(result)
      console.log(row(result))
    }
    const failed = results.filter(({ mark }) => mark === '✘').length
    console.log(
      failed === 0
        ? '\n✔ All of it holds under AWS’s own runtime.'
        : `\n✘ ${failed} of ${results.length} checks failed`,
    )
    return failed === 0 ? 0 : 1
  } finally {
    await world.stop()
  }
}

// So that containers are killed at the exit: those that are frozen hear of no signal.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))
if (values.help) console.log(HELP)
else process.exitCode = await main()
