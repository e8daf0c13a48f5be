// npm run fuzz: requests made from docs/openapi.yaml at the service, as API Gateway's events and over HTTP.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startParts } from '../../local/parts.ts'
import { startOffline } from '../../local/serverless-offline.ts'
import { type Figures, fuzz } from './fuzz.ts'
import { anyRequest, described } from './requests.ts'
import { handlers, over, type Way } from './ways.ts'

const HELP = `npm run fuzz -- [--requests 5000] [--seed 1] [--http 0.2] [--slow-ms 2000]

Requests made from docs/openapi.yaml (right ones, nearly right ones and wild ones) at the service: most of them at its handlers
with the events that API Gateway makes, a share (--http) over HTTP through serverless offline. Each answer must be one that the
description allows; 5xx, an answer later than --slow-ms (three times in a row) and what is accepted without being allowed are
failures. A failure is told with the smallest request that leads to it, and the exit code is 1.`

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    http: { type: 'string', default: '0.2' },
    'slow-ms': { type: 'string', default: '2000' },
    help: { type: 'boolean', default: false },
  },
})

/** Most of what is sent would be refused for its pace otherwise. */
const SENDS_PER_S = 100_000

/** The handlers' own log and metrics. */
const QUIET = { REDPACK_LOG: 'off' }

if (values.help) console.log(HELP)
else process.exitCode = await run(numberOf('requests'), numberOf('seed'), numberOf('http'), numberOf('slow-ms'))

async function run(requests: number, seed: number, http: number, slow_ms: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'redpack-fuzz-'))
  const stops: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })]
  try {
    const parts = await startParts({ folder, sends_per_s: SENDS_PER_S })
    stops.push(parts.stop)
    const { caller } = parts.identity
    const attack = async (name: string, way: Way, drafts: typeof described, share: number) => {
      const started_ms = performance.now()
      const figures = await fuzz({ way, drafts, caller, requests: share, seed, slow_ms })
      console.log(told(name, share, figures, performance.now() - started_ms))
    }
    const over_http = Math.round(requests * http)
    const at_handlers = requests - over_http
    if (at_handlers > 0) await attack('events', await handlers({ ...parts.env, ...QUIET }), described, at_handlers)
    if (over_http > 0) {
      const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...parts.env, REDPACK_SCHEDULE: 'off' }
      const offline = await startOffline({ port: 0, env, clock_file: parts.clock_file })
      stops.push(offline.stop)
      await attack('HTTP', over(offline.url), anyRequest, over_http)
    }
    console.log(`✔ ${requests} requests, seed ${seed}: each was answered in time, and as the description says.`)
    return 0
  } catch (error) {
    console.error(`✘ seed ${seed}: ${(error as Error).message}`)
    return 1
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

function told(name: string, requests: number, { statuses, slowest_ms, sound }: Figures, took_ms: number): string {
  const took = `${(took_ms / 1000).toFixed(0)} s, the slowest ${slowest_ms} ms`
  return `  ${name.padEnd(8)}${requests} requests (${sound} of them right) in ${took}; answers ${JSON.stringify(statuses)}`
}

function numberOf(name: 'requests' | 'seed' | 'http' | 'slow-ms'): number {
  const value = Number(values[name])
  if (values[name] === '' || !(value >= 0) || (name === 'http' && value > 1)) {
    console.error(`✘ --${name} takes a number, not ${values[name]}\n\n${HELP}`)
    process.exit(2)
  }
  return value
}
