// One execution environment of a function, as Lambda runs it: started by AWS's runtime, frozen between two invocations, killed at its time-out.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { LambdaFunction } from './package.ts'
import { type Outcome, PAYLOAD_MAX_BYTES, startRuntimeApi } from './runtime-api.ts'

export type ContainerOptions = {
  /** Runs AWS's runtime within the sandbox of a task root. */
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Unix ms, on the clock that the container sees. */
  readonly now: () => number
  readonly onLine: (line: string) => void
}
export type InvokeOptions = {
  /** The time-out that the function is told, if it is not its own. */
  readonly timeout_ms?: number
}
export type Container = {
  readonly fn: LambdaFunction
  readonly pid: number
  /** Until it was ready for its first invocation. */
  readonly init_ms: number
  invoke(event: unknown, options?: InvokeOptions): Promise<Outcome>
  /** SIGSTOP and SIGCONT, also in the midst of an invocation. */
  freeze(): void
  thaw(): void
  busy(): boolean
  /** It has ended, and nobody has killed it. */
  endedByItself(): boolean
  /** False once it has ended, however. */
  alive(): boolean
  /** Now, and at its peak. */
  memory_mb(): { now: number; peak: number }
  /** SIGKILL. */
  kill(): Promise<void>
}

const INIT_MAX_MS = 60_000
/** Errors after which there is no runtime any more. */
const BY_PLATFORM: ReadonlySet<string> = new Set(['Sandbox.Timedout', 'Runtime.ExitError'])
const ACCOUNT = '123456789012'

/** One that is frozen would outlive this process, and stay so. */
const living = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

/** How the bootstrap of AWS's image starts Node 24 on a function of this size. */
export function nodeFlags({ memory_mb }: LambdaFunction): string[] {
  const tenth = Math.floor(memory_mb / 10)
  return [
    '--expose-gc',
    '--max-http-header-size=81920',
    `--max-semi-space-size=${Math.floor(tenth / 2)}`,
    `--max-old-space-size=${memory_mb - tenth}`,
  ]
}

/** What Lambda itself sets, beside the variables of the function. */
export function lambdaEnv({ name, handler, memory_mb, task_root }: LambdaFunction, region: string) {
  return {
    _HANDLER: handler,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory_mb),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/11/25/[$LATEST]0123456789abcdef0123456789abcdef',
    AWS_REGION: region,
    AWS_SESSION_TOKEN: 'a-session-token',
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: '169.254.79.129:2000',
    _AWS_XRAY_DAEMON_ADDRESS: '169.254.79.129',
    _AWS_XRAY_DAEMON_PORT: '2000',
    LAMBDA_TASK_ROOT: task_root,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LANG: 'en_US.UTF-8',
    PATH: process.env.PATH ?? '',
    TZ: ':UTC',
  }
}

/** @returns once it is ready. @throws Error with what it printed, if it ends instead */
export async function startContainer(fn: LambdaFunction, options: ContainerOptions): Promise<Container> {
  const { command, env, now, onLine } = options
  const printed: string[] = []
  let init_error: string | undefined
  const api = await startRuntimeApi((error) => {
    init_error = error
  })
  const begun = performance.now()
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: fn.task_root,
    env: { ...env, AWS_LAMBDA_RUNTIME_API: api.address },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const pid = child.pid ?? 0
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      if (printed.push(line) > 50) printed.shift()
      onLine(line)
    })
  }
  living.add(child)
  let [alive, busy, killed] = [true, false, false]
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => {
      alive = false
      living.delete(child)
      resolve(signal ?? `exit code ${code}`)
      void api.stop()
    })
  })
  const kill = async () => {
    killed ||= alive
    child.kill('SIGKILL')
    await ended
  }
  let peak = 0
  const died = (how: string) => new Error(`${fn.name} ended (${how}) ${init_error ?? ''}:\n${printed.join('\n')}`)
  const slow = AbortSignal.timeout(INIT_MAX_MS)
  await Promise.race([
    api.ready(),
    ended.then((how) => Promise.reject(died(how))),
    new Promise((_, reject) => slow.addEventListener('abort', () => reject(died('no initialisation in 60 s')))),
  ]).catch(async (error: unknown) => {
    await kill()
    throw error
  })
  const init_ms = performance.now() - begun

  async function invoke(event: unknown, { timeout_ms = fn.timeout_s * 1000 }: InvokeOptions = {}): Promise<Outcome> {
    const payload = JSON.stringify(event)
    if (Buffer.byteLength(payload) > PAYLOAD_MAX_BYTES) throw new Error('413 RequestEntityTooLargeException')
    busy = true
    child.kill('SIGCONT')
    const request_id = randomUUID()
    const arn = `arn:aws:lambda:${env.AWS_REGION}:${ACCOUNT}:function:${fn.name}`
    const outcome = api.hand({ request_id, payload, deadline_ms: now() + timeout_ms, arn })
    let timer: NodeJS.Timeout | undefined
    const timedOut = new Promise<Outcome>((resolve) => {
      timer = setTimeout(() => {
        const message = `${request_id} Task timed out after ${(timeout_ms / 1000).toFixed(2)} seconds`
        void kill().then(() => resolve({ kind: 'error', type: 'Sandbox.Timedout', message }))
      }, timeout_ms)
    })
    const exited = ended.then(async (how): Promise<Outcome> => {
      // What the time-out has killed, is told as that.
      await new Promise((resolve) => setImmediate(resolve))
      return { kind: 'error', type: 'Runtime.ExitError', message: `RequestId: ${request_id} ${how}` }
    })
    const result = await Promise.race([outcome, timedOut, exited])
    clearTimeout(timer)
    // Frozen as soon as the runtime has asked for more: what the handler left undone stays undone.
    if (result.kind === 'response' || !BY_PLATFORM.has(result.type)) await Promise.race([api.ready(), ended])
    child.kill('SIGSTOP')
    busy = false
    return result
  }

  return {
    fn,
    pid,
    init_ms,
    invoke,
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    busy: () => busy,
    endedByItself: () => !alive && !killed,
    alive: () => alive,
    memory_mb() {
      const now_mb = memoryOf(pid)
      peak = Math.max(peak, now_mb?.peak ?? 0)
      return { now: now_mb?.now ?? 0, peak }
    },
    kill,
  }
}

function memoryOf(pid: number): { now: number; peak: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const mb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024
    return { now: mb('VmRSS'), peak: mb('VmHWM') }
  } catch {
    return undefined
  }
}
