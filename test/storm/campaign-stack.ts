// The whole stack in processes of their own, which all die at once and come up again on the same folder and ports.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../local/listen.ts'
import type { LocalIdentity } from '../../local/merchants.ts'
import { type Offline, startOffline } from '../../local/serverless-offline.ts'
import { type Call, type Control, connect } from '../../simulator/src/client.ts'
import { forkParts, type PartsProcess, portsOfParts } from '../support/parts-process.ts'

/** WeChat's default for a merchant. */
export const SENDS_PER_S = 30

export type CampaignStack = {
  readonly url: string
  readonly identity: LocalIdentity
  readonly folder: string
  readonly control: Control
  /** Packets that were debited so far: cheaper than the ledger. */
  debited(): Promise<number>
  /** What EventBridge does every minute. */
  minute(name: 'settle' | 'campaignWorker'): Promise<void>
  /** The calls that WeChat got, also those of lives before the last kill: its log is in memory, and is read before each. */
  calls(): Promise<readonly Call[]>
  /** SIGKILL to every process; then all of them up again. @returns how long nothing ran, in ms */
  crash(): Promise<number>
  stop(): Promise<void>
}

/** `environment`: the service's, beside its own. */
export async function startCampaignStack(
  onLine: (line: string) => void,
  environment: Record<string, string> = {},
): Promise<CampaignStack> {
  const folder = mkdtempSync(join(tmpdir(), 'redpack-campaign-storm-'))
  const ports = await portsOfParts()
  const api_port = await freePort(0, 'the HTTP API')
  const earlier: Call[] = []
  const startAll = async (): Promise<{ parts: PartsProcess; offline: Offline }> => {
    const parts = await forkParts({ folder, sends_per_s: SENDS_PER_S, ...ports })
    try {
      const env = { ...process.env, ...parts.env, ...environment }
      return { parts, offline: await startOffline({ port: api_port, env, clock_file: parts.clock_file, onLine }) }
    } catch (error) {
      await parts.kill()
      throw error
    }
  }
  let running = await startAll()
  const { identity, control_origin } = running.parts
  const control = connect(control_origin)

  return {
    url: running.offline.url,
    identity,
    folder,
    control,
    async debited() {
      const packets = (await (await fetch(`${control_origin}/packets?limit=1`)).json()) as { debited: number }
      return packets.debited
    },
    async minute(name) {
      const run = `${running.offline.lambda_url}/2015-03-31/functions/redpack-dev-${name}/invocations`
      const response = await fetch(run, { method: 'POST', body: '{}' })
      if (!response.ok) throw new Error(await response.text())
    },
    calls: async () => [...earlier, ...(await control.calls())],
    async crash() {
      earlier.push(...(await control.calls()))
      const { parts, offline } = running
      offline.kill()
      await Promise.all([parts.kill(), offline.ended])
      const killed_at = performance.now()
      running = await startAll()
      return performance.now() - killed_at
    },
    async stop() {
      running.offline.kill()
      await Promise.all([running.parts.kill(), running.offline.ended])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
