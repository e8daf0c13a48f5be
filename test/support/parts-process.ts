// Local parts in a process of their own, so that a crowd of callers in a test does not starve what it calls.
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../local/listen.ts'
import type { LocalIdentity } from '../../local/merchants.ts'
import { type PartsOptions, startParts } from '../../local/parts.ts'

export type PartsProcess = {
  env: Record<string, string>
  identity: LocalIdentity
  control_origin: string
  clock_file: string
  pid: number
  stop(): Promise<void>
  /** SIGKILL, as a crash would. */
  kill(): Promise<void>
}

/** Ports for parts that come up again where they were. */
export async function portsOfParts() {
  return {
    simulator_port: await freePort(0, 'WeChat Pay'),
    control_port: await freePort(0, 'its control'),
    dynamodb_port: await freePort(0, 'DynamoDB'),
    secrets_port: await freePort(0, 'Secrets Manager'),
  }
}

/** Starts the parts; they end with this process, however that ends. */
export async function forkParts(options: PartsOptions): Promise<PartsProcess> {
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), [JSON.stringify(options)], { execArgv: [] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const told = await new Promise<Omit<PartsProcess, 'pid' | 'stop' | 'kill'>>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Omit<PartsProcess, 'pid' | 'stop' | 'kill'>))
    void ended.then(() => reject(new Error('the parts did not start')))
  })
  return {
    ...told,
    pid: child.pid ?? 0,
    stop: () => {
      child.disconnect()
      return ended
    },
    kill: () => {
      child.kill('SIGKILL')
      return ended
    },
  }
}

if (import.meta.main) {
  const { env, identity, simulator, clock_file, stop } = await startParts(JSON.parse(process.argv[2] ?? ''))
  process.once('disconnect', () => void stop().then(() => process.exit()))
  process.send?.({ env, identity, control_origin: simulator.control_origin, clock_file })
}
