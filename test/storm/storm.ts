// A storm on the real stack: many sends at once, every kind of fault at WeChat, answers of DynamoDB lost, a clock that steps,
// the service killed in the middle of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Parts, startParts } from '../../local/parts.ts'
import { type Offline, startOffline } from '../../local/serverless-offline.ts'
import { type Audit, audit, everything } from './audit.ts'
import { sendStubbornly, type Told } from './callers.ts'
import { stepClock } from './clock-steps.ts'
import { losingWrites } from './lost-writes.ts'

/** Every kind of trouble before and after the debit, debits that come late, and codes of every class. */
export const FAULTS: readonly { kind: string; seconds?: number }[] = [
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
  /** Share of the writes to DynamoDB that land and whose answer is lost. */
  loss_rate: number
  clock_steps: number
  onProgress?: (line: string) => void
}
export type Figures = Audit & {
  told: Record<string, number>
  faults: number
  kills: number
  lost_writes: number
  clock_steps: number
  settle_runs: number
  advanced_s: number
  gaps: number
  seconds: number
}

/** What a storm blows through. */
type Scene = {
  readonly parts: Parts
  /** The service's, with the proxy in the place of DynamoDB. */
  readonly env: NodeJS.ProcessEnv
  readonly onLine: (line: string) => void
  offline: Offline
}

export async function storm(options: StormOptions): Promise<Figures> {
  const begun = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'redpack-storm-'))
  const log: string[] = []
  const onLine = (line: string) => log.push(line)
  const stops: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })]
  try {
    const parts = await startParts({ folder, sends_per_s: SENDS_PER_S })
    stops.push(parts.stop)
    const dynamodb = await losingWrites(parts.env.AWS_ENDPOINT_URL_DYNAMODB ?? '', options.loss_rate)
    stops.push(dynamodb.stop)
    const env = { ...process.env, ...parts.env, AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url }
    const offline = await startOffline({ port: 0, env, clock_file: parts.clock_file, onLine })
    const scene: Scene = { parts, env, onLine, offline }
    stops.push(() => scene.offline.stop())
    const { told, ...troubles } = await blow(scene, options)
    dynamodb.calm()
    options.onProgress?.('the storm is over; settling')
    const rest = await settle(scene, options)
    const where = {
      url: scene.offline.url,
      control_origin: parts.simulator.control_origin,
      env: parts.env,
      caller: parts.identity.caller,
      told,
    }
    const audited = await audit(where)
    const seconds = (performance.now() - begun) / 1000
    return { ...audited, ...rest, ...troubles, told: countTold(told), lost_writes: dynamodb.lost(), seconds }
  } finally {
    writeFileSync(STORM_LOG, log.join('\n'))
    for (const stop of stops.reverse()) await stop()
  }
}

async function blow(scene: Scene, options: StormOptions) {
  const { sends, at_once, fault_rate, kills, clock_steps, onProgress } = options
  const { parts } = scene
  const told: Told[] = []
  let [next, faults, killed, stepped] = [0, 0, 0, 0]
  const worker = async () => {
    while (next < sends) {
      const n = next
      next += 1
      if (n * fault_rate >= faults) {
        await control(parts.simulator.control_origin, '/faults', FAULTS[faults % FAULTS.length])
        faults += 1
      }
      told.push(await sendStubbornly(() => scene.offline.url, parts.identity.caller, n))
      if (told.length % 50 === 0) {
        const steps = `${killed} kills · ${stepped} steps of the clock`
        onProgress?.(`${told.length} of ${sends} sends are over · ${faults} faults · ${steps}`)
      }
    }
  }
  /** Does something `times` times, evenly over the sends. */
  const evenly = async (times: number, act: (n: number) => Promise<void> | void) => {
    for (let n = 1; n <= times; n += 1) {
      while (next < (sends * n) / (times + 1)) await new Promise((resolve) => setTimeout(resolve, 20))
      await act(n)
    }
  }
  const killer = evenly(kills, async () => {
    await restart(scene)
    killed += 1
  })
  const clock = evenly(clock_steps, (n) => {
    stepClock(parts.clock_file, n)
    stepped = n
  })
  await Promise.all([killer, clock, ...Array.from({ length: at_once }, worker)])
  stepClock(parts.clock_file, 0)
  return { told, faults, kills: killed, clock_steps: stepped }
}

/** SIGKILL, and up again on the same port: requests in between find nobody, and those under way get no answer. */
async function restart(scene: Scene): Promise<void> {
  const { parts, env, onLine } = scene
  const port = Number(new URL(scene.offline.url).port)
  scene.offline.kill()
  await scene.offline.ended
  scene.offline = await startOffline({ port, env, clock_file: parts.clock_file, onLine })
}

/** What is needed to bring a scene to rest. */
type Resting = {
  readonly parts: { readonly env: Record<string, string>; readonly simulator: { readonly control_origin: string } }
  readonly offline: Pick<Offline, 'lambda_url'>
}

/** Runs settle and moves the clock on, until nothing is open. */
export async function settle({ parts, offline }: Resting, { onProgress }: Pick<StormOptions, 'onProgress'>) {
  let advanced_s = 0
  for (let run = 1; run <= ROUNDS_MAX; run += 1) {
    const tally = await (
      await fetch(`${offline.lambda_url}/2015-03-31/functions/redpack-dev-settle/invocations`, {
        method: 'POST',
        body: '{}',
      })
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

export function countTold(told: readonly Told[]): Record<string, number> {
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
