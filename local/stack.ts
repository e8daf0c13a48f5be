// The service and everything it talks to, started together: bundling takes longest, so nothing waits for it.
import { join } from 'node:path'
import { freePort } from './listen.ts'
import { CLOCK_FILE, type Parts, type PartsOptions, serviceEnv, startParts } from './parts.ts'
import { type Offline, startOffline } from './serverless-offline.ts'

/** How many ports a stack takes, one after the other. */
export const PORTS = 5

export type LocalStack = { parts: Parts; offline: Offline; stop(): Promise<void> }

export type StackOptions = Omit<PartsOptions, 'simulator_port' | 'control_port' | 'dynamodb_port' | 'secrets_port'> & {
  /** The HTTP API's; the parts take the four after it. 0: any five. */
  port: number
  onLine?: (line: string) => void
}

/** Starts all, or none. @throws PortTakenError */
export async function startStack({ port, onLine = () => {}, ...options }: StackOptions): Promise<LocalStack> {
  const { folder } = options
  const after = (n: number, what: string) => freePort(port === 0 ? 0 : port + n, what)
  const api_port = await after(0, 'the HTTP API')
  const ports = {
    simulator_port: await after(1, 'WeChat Pay'),
    control_port: await after(2, "the simulator's control"),
    dynamodb_port: await after(3, 'DynamoDB'),
    secrets_port: await after(4, 'Secrets Manager'),
  }
  const env = {
    ...process.env,
    ...serviceEnv(folder, {
      wechatpay: `https://127.0.0.1:${ports.simulator_port}`,
      dynamodb: `http://127.0.0.1:${ports.dynamodb_port}`,
      secrets: `http://127.0.0.1:${ports.secrets_port}`,
    }),
  }
  const starting = startOffline({ port: api_port, env, onLine, clock_file: join(folder, CLOCK_FILE) })
  const [parts, offline] = await Promise.allSettled([startParts({ ...options, ...ports }), starting])
  const stop = async () => {
    if (offline.status === 'fulfilled') await offline.value.stop()
    if (parts.status === 'fulfilled') await parts.value.stop()
  }
  if (parts.status === 'fulfilled' && offline.status === 'fulfilled')
    return { parts: parts.value, offline: offline.value, stop }
  await stop()
  throw parts.status === 'rejected' ? parts.reason : (offline as PromiseRejectedResult).reason
}
