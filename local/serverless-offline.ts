// `serverless offline` as a child process: the bundles that ship, behind HTTP, with the environment it is given.
import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundles } from './bundles.ts'
import { freePort } from './listen.ts'

export type Offline = {
  url: string
  /** Lambda's Invoke API, for functions without a route. */
  lambda_url: string
  /** Of the process; its functions run in threads of it. */
  pid: number
  /** Ends with the process, however that comes about. */
  ended: Promise<number | null>
  stop(): Promise<void>
  /** SIGKILL, as a crash would. */
  kill(): void
}

export type OfflineOptions = {
  port: number
  env: NodeJS.ProcessEnv
  /** What it prints, line by line. */
  onLine?: (line: string) => void
  /** See local/clock.ts. */
  clock_file?: string
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** A child that does not end by itself in this time is killed. */
const STOP_MAX_MS = 5_000
/** Lines of output that a failed start is told with. */
const TAIL_LINES = 15

/** Out: once it answers. @throws PortTakenError, or an Error with the last lines where it ends instead. */
export async function startOffline({ port, env, onLine, clock_file }: OfflineOptions): Promise<Offline> {
  const httpPort = await freePort(port, 'the HTTP API')
  const lambdaPort = await freePort(0, 'Lambda')
  const child = spawn(
    process.execPath,
    [...preload(clock_file), serverlessProgram(), 'offline', ...flags(httpPort, lambdaPort)],
    {
      cwd: ROOT,
      env: {
        // A third of a start is the compilation of what never changes.
        NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/compiled'),
        ...env,
        REDPACK_BUNDLES: relative(ROOT, await bundles()),
        // Functions that wake another find it here.
        AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${lambdaPort}`,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  )
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await ready(child, ended, onLine)
  return {
    url: `http://127.0.0.1:${httpPort}`,
    lambda_url: `http://127.0.0.1:${lambdaPort}`,
    pid: child.pid ?? 0,
    ended,
    kill: () => child.kill('SIGKILL'),
    async stop() {
      child.kill('SIGINT')
      const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MAX_MS)
      await ended
      clearTimeout(killer)
    },
  }
}

function ready(
  child: ChildProcess,
  ended: Promise<number | null>,
  onLine: (line: string) => void = () => {},
): Promise<void> {
  const tail: string[] = []
  return new Promise((resolve, reject) => {
    void ended.then((code) => reject(new Error(`serverless offline ended with code ${code}:\n${tail.join('\n')}`)))
    for (const stream of [child.stdout, child.stderr]) {
      let rest = ''
      stream?.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          if (tail.push(line) > TAIL_LINES) tail.shift()
          if (line.includes('Server ready:')) resolve()
          onLine(line)
        }
      })
    }
  })
}

function flags(httpPort: number, lambdaPort: number): string[] {
  return ['--host', '127.0.0.1', '--httpPort', String(httpPort), '--lambdaPort', String(lambdaPort)]
}

function preload(clock_file: string | undefined): string[] {
  if (clock_file === undefined) return []
  const module = new URL('./clock.ts', import.meta.url)
  module.searchParams.set('file', clock_file)
  return ['--import', module.href]
}

function serverlessProgram(): string {
  return join(dirname(createRequire(import.meta.url).resolve('serverless/package.json')), 'bin/serverless.js')
}
