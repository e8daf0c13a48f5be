// A storm on the real stack: many sends at once, every kind of fault at WeChat, the service killed in the middle of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Offline, startOffline } from '../../local/serverless-offline.ts'
import { type LocalStack, startStack } from '../../local/stack.ts'
import { type Audit, audit, everything } from './audit.ts'
import { sendStubbornly, type Told } from './callers.ts'

/** Every kind of trouble before and after the debit, debits that come late, and codes of every class. */
const FAULTS: readonly object[] = [
  ...['hang', 'reset', 'systemerror', 'processing', 'numeric', 'garbage', 'html'].flatMap((trouble) => [
    { kind: `${trouble}_before` },
    { kind: `${trouble}_after` },
  ]),
  { kind: 'late_debit', seconds: 5 },
  { kind: 'late_debit', seconds: 600 },
  ...['NOTENOUGH', 'FREQ_LIMIT', 'SEND_FAILED', 'FATAL_ERROR', 'CA_ERROR', 'SIGN_ERROR', 'NEW_CODE'].map((kind) => ({
    kind,
  })),
]
/** Settle's runs until rest, at most; the clock moves on between them. */
const ROUNDS_MAX = 100
const ADVANCE_S = [61, 61, 120, 300, 600, 1_260]
/** What the service printed, kept for looking into a finding. */
export const STORM_LOG = join(tmpdir(), 'redpack-storm.log')
/** The simulator's own limit of 30 a second would refuse most of a storm. */
const SENDS_PER_S = 100_000

export type StormOptions = {
  sends: number
  at_once: number
  /** Share of the sends before which a fault is put in WeChat's way. */
  fault_rate: number
  kills: number
  onProgress?: (line: string) => void
}
export type Figures = Audit & {
  told: Record<string, number>
  faults: number
  kills: number
  settle_runs: number
  advanced_s: number
  gaps: number
  seconds: number
}

export async function storm(options: StormOptions): Promise<Figures> {
  const begun = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'redpack-storm-'))
  const log: string[] = []
  const onLine = (line: string) => log.push(line)
  const stack = await startStack({ folder, port: 0, sends_per_s: SENDS_PER_S, onLine })
  const service = { offline: stack.offline }
  try {
    const { told, faults, kills } = await blow(stack, service, options, onLine)
    options.onProgress?.('the storm is over; settling')
    const rest = await settle(stack, service.offline, options)
    const { parts } = stack
    const where = {
      url: service.offline.url,
      control_origin: parts.simulator.control_origin,
      env: parts.env,
      caller: parts.identity.caller,
      told,
    }
    const audited = await audit(where)
    return { ...audited, ...rest, told: countTold(told), faults, kills, seconds: (performance.now() - begun) / 1000 }
  } finally {
    writeFileSync(STORM_LOG, log.join('\n'))
    await service.offline.stop()
    await stack.parts.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Service = { offline: Offline }

async function blow(
  { parts }: LocalStack,
  service: Service,
  { sends, at_once, fault_rate, kills, onProgress }: StormOptions,
  onLine: (line: string) => void,
) {
  const told: Told[] = []
  let next = 0
  let faults = 0
  let killed = 0
  const worker = async () => {
    while (next < sends) {
      const n = next
      next += 1
      if (n * fault_rate >= faults) {
        await control(parts.simulator.control_origin, '/faults', FAULTS[faults % FAULTS.length])
        faults += 1
      }
      told.push(await sendStubbornly(() => service.offline.url, parts.identity.caller, n))
      if (told.length % 50 === 0)
        onProgress?.(`${told.length} of ${sends} sends are over · ${faults} faults · ${killed} kills`)
    }
  }
  const killer = async () => {
    for (let k = 1; k <= kills; k += 1) {
      while (next < (sends * k) / (kills + 1)) await new Promise((resolve) => setTimeout(resolve, 20))
      await restart(parts, service, onLine)
      killed += 1
    }
  }
  await Promise.all([killer(), ...Array.from({ length: at_once }, worker)])
  return { told, faults, kills: killed }
}

/** SIGKILL, and up again on the same port: requests in between find nobody, and those under way get no answer. */
async function restart(parts: LocalStack['parts'], service: Service, onLine: (line: string) => void): Promise<void> {
  const port = Number(new URL(service.offline.url).port)
  service.offline.kill()
  await service.offline.ended
  service.offline = await startOffline({
    port,
    env: { ...process.env, ...parts.env },
    clock_file: parts.clock_file,
    onLine,
  })
}

/** Runs settle and moves the clock on, until nothing is open. */
async function settle({ parts }: LocalStack, { lambda_url }: Offline, { onProgress }: StormOptions) {
  let advanced_s = 0
  for (let run = 1; run <= ROUNDS_MAX; run += 1) {
    const tally = await (
      await fetch(`${lambda_url}/2015-03-31/functions/redpack-dev-settle/invocations`, { method: 'POST', body: '{}' })
    ).json()
    const { records, sequence } = await everything(parts.env)
    const open = records.filter(({ open }) => open === 'outcome' || open === 'repair').length
    onProgress?.(
      `settle run ${run}: ${open} open, ${sequence.last_seq - sequence.watermark} numbers to account for · ${JSON.stringify(tally)}`,
    )
    if (open === 0 && sequence.watermark === sequence.last_seq)
      return { settle_runs: run, advanced_s, gaps: sequence.gaps.size }
    const step = ADVANCE_S[Math.min(run, ADVANCE_S.length) - 1] ?? 0
    await control(parts.simulator.control_origin, '/clock', { advance_s: step })
    advanced_s += step
  }
  throw new Error(`not at rest after ${ROUNDS_MAX} runs of settle`)
}

function countTold(told: readonly Told[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { text, status } of told) {
    const what = text === undefined ? 'no answer' : `${status} ${JSON.parse(text).outcome}`
    counts[what] = (counts[what] ?? 0) + 1
  }
  return counts
}

async function control(origin: string, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
}
