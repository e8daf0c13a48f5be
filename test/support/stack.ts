// The whole service on one machine for the end-to-end tests: local parts and `serverless offline`, on ports of their own.
import { spawn } from 'node:child_process'
import { appendFileSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestProject } from 'vitest/node'
import { freePort } from '../../local/listen.ts'
import { type LocalIdentity, localIdentity } from '../../local/merchants.ts'
import { startParts } from '../../local/parts.ts'
import { startOffline } from '../../local/serverless-offline.ts'
import { type Cast, makeCasts, seedCasts } from './callers.ts'

export type Stack = {
  url: string
  /** Lambda's Invoke API. */
  lambda_url: string
  control_origin: string
  /** The configuration that the service runs with. */
  env: Record<string, string>
  identity: LocalIdentity
  /** Each file's own callers and merchant, by the file's name without .test.ts. */
  casts: Record<string, Cast>
  /** Answers with the names of the secrets that were read, in order. */
  reads_url: string
  /**
   * `npm run offline` with nothing but an environment: a table and secrets of its own, of which none is there yet,
   * behind endpoints where nothing listens until a test does. Not for campaigns, whose tests have no use for it.
   */
  elsewhere: { url: string; env: Record<string, string> } | undefined
  /** Everything that was logged, by the service and by serverless offline. */
  log_file: string
  /** Keys, caller secrets and the lines of certificates: what must not be in the log. */
  confidential: string[]
}

declare module 'vitest' {
  export interface ProvidedContext {
    stack: Stack
  }
}

/** What a run sends would pass 30 in a second on a fast machine: WeChat's limit is what the simulator's own tests are about. */
const SENDS_PER_S = 100_000

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'redpack-e2e-'))
  const stops: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })]
  const teardown = async () => {
    for (const stop of stops.splice(0).reverse()) await stop()
  }
  try {
    const log_file = join(folder, 'service.log')
    const onLine = (line: string) => appendFileSync(log_file, `${line}\n`)
    const identity = localIdentity(folder)
    const casts = makeCasts(identity, testFiles())
    const more_merchants = Object.values(casts).map(({ merchant }) => merchant)
    const parts = await startParts({ folder, more_merchants, sends_per_s: SENDS_PER_S })
    stops.push(parts.stop)
    const { env, clock_file } = parts
    const reads = await serveReads(() => parts.secrets.reads())
    stops.push(reads.stop)
    const environment = { PATH: process.env.PATH, HOME: process.env.HOME, ...env }
    const elsewhere_env = {
      ...env,
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${await freePort(0, 'DynamoDB')}`,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${await freePort(0, 'Secrets Manager')}`,
      REDPACK_TABLE: 'redpack-elsewhere',
      REDPACK_SECRET_PREFIX: 'redpack/elsewhere',
    }
    const starting = [
      // Without the schedule: settle would ask and write in the midst of whatever test the full minute falls into.
      startOffline({ port: 0, env: { ...environment, REDPACK_SCHEDULE: 'off' }, onLine, clock_file }),
      project.name === 'e2e' ? runOffline({ ...environment, ...elsewhere_env }, onLine) : undefined,
    ] as const
    stops.push(async () => {
      for (const started of await Promise.allSettled(starting))
        if (started.status === 'fulfilled') await started.value?.stop()
    })
    const confidential = await seedCasts(env, identity, casts)
    const [main, elsewhere] = await Promise.all(starting)
    project.provide('stack', {
      url: main.url,
      lambda_url: main.lambda_url,
      control_origin: parts.simulator.control_origin,
      env,
      identity,
      casts,
      reads_url: reads.url,
      elsewhere: elsewhere && { url: elsewhere.url, env: elsewhere_env },
      log_file,
      confidential,
    })
    return teardown
  } catch (error) {
    await teardown()
    throw error
  }
}

/** Names of the files of end-to-end tests. */
function testFiles(): string[] {
  const files = globSync('../e2e/**/*.test.ts', { cwd: import.meta.dirname })
  return files.map((file) => basename(file, '.test.ts')).sort()
}

type Running = { url: string; stop(): Promise<void> }

/** What `npm run offline` runs, on any free port. Out: once it says where it listens. */
function runOffline(env: NodeJS.ProcessEnv, onLine: (line: string) => void): Promise<Running> {
  const child = spawn(process.execPath, ['local/offline.ts'], { env: { ...env, PORT: '0' } })
  /** Its last lines, to tell why it ended. */
  const tail: string[] = []
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = () => {
    child.kill('SIGINT')
    return ended
  }
  return new Promise((resolve, reject) => {
    void ended.then(() => reject(new Error(`npm run offline ended before it listened:\n${tail.join('\n')}`)))
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        onLine(line)
        if (tail.push(line) > 20) tail.shift()
        const url = /listens on (http:\S+)/.exec(line)?.[1]
        if (url) resolve({ url, stop })
      })
    }
  })
}

/** The parts run in this process and the tests in another: they ask over HTTP. */
async function serveReads(reads: () => readonly string[]): Promise<Running> {
  const server = createServer((_request, response) => response.end(JSON.stringify(reads())))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
