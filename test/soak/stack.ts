// The stack that a soak runs on: the parts in a process of their own, a proxy that loses writes, and the service between them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../local/listen.ts'
import type { LocalIdentity } from '../../local/merchants.ts'
import { type Offline, startOffline } from '../../local/serverless-offline.ts'
import { type Control, connect } from '../../simulator/src/client.ts'
import { type LossyDynamodb, losingWrites } from '../storm/lost-writes.ts'
import { forkParts, type PartsProcess, portsOfParts } from '../support/parts-process.ts'

/** Live sends and the campaign share merchants: WeChat's own limit is what other tests are about. */
const SENDS_PER_S = 100_000

export type SoakStack = {
  readonly url: string
  readonly folder: string
  readonly identity: LocalIdentity
  /** Of the parts, past the proxy. */
  readonly env: Record<string, string>
  readonly clock_file: string
  readonly control: Control
  readonly control_origin: string
  readonly dynamodb: LossyDynamodb
  /** Of the processes that run now. */
  pids(): { service: number; parts: number }
  /** The service's Invoke API. */
  lambda_url(): string
  /** SIGKILL, and up again on the same folder and ports. */
  killService(): Promise<void>
  killParts(): Promise<void>
  stop(): Promise<void>
}

export async function startSoakStack(onLine: (line: string) => void): Promise<SoakStack> {
  const folder = mkdtempSync(join(tmpdir(), 'redpack-soak-'))
  const ports = await portsOfParts()
  const api_port = await freePort(0, 'the HTTP API')
  const startTheParts = (): Promise<PartsProcess> => forkParts({ folder, sends_per_s: SENDS_PER_S, ...ports })
  let parts = await startTheParts()
  const { env, identity, clock_file, control_origin } = parts
  const dynamodb = await losingWrites(env.AWS_ENDPOINT_URL_DYNAMODB ?? '', 0.01)
  const serviceEnv = { ...process.env, ...env, AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url }
  const startService = (): Promise<Offline> => startOffline({ port: api_port, env: serviceEnv, clock_file, onLine })
  let service = await startService().catch(async (error: unknown) => {
    await Promise.all([parts.kill(), dynamodb.stop()])
    throw error
  })

  return {
    url: service.url,
    folder,
    identity,
    env,
    clock_file,
    control: connect(control_origin),
    control_origin,
    dynamodb,
    pids: () => ({ service: service.pid, parts: parts.pid }),
    lambda_url: () => service.lambda_url,
    async killService() {
      service.kill()
      await service.ended
      service = await startService()
    },
    async killParts() {
      await parts.kill()
      parts = await startTheParts()
    },
    async stop() {
      service.kill()
      await Promise.all([parts.kill(), service.ended, dynamodb.stop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
