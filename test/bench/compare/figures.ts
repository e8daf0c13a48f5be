// What is measured: each figure beside the peer's, from one run.
import { makeBundles } from './bundles.ts'
import { installPeers } from './peers.ts'
import {
  counted,
  cpuToFirstAnswer,
  type Figures,
  instructionsToFirstAnswer,
  planFile,
  type Subject,
  startSubject,
} from './runs.ts'
import { type Stage, setStage } from './stage.ts'

export type Send = { kind: string; cpu_us: number; rss_mb: number; in_a_row: number; at_once: number }
export type Cold = { cpu_ms: number; instructions: number | undefined }
export type Results = {
  sends: Send[]
  /** Calls to AWS of one send. */
  aws: Record<string, number>
  cold: { empty: Cold; send: Cold }
  bytes: Record<string, number>
}

const KINDS = ['tenpay', 'wechatpay-axios-plugin', 'wechatpay', 'bundle', 'floor'] as const
/** Until V8 has compiled what it will compile, and the memory has its size. */
const WARM = 1_000
const BLOCK = 100
const BLOCKS = 21
const COLD_RUNS = 11
/** What WeChat takes if sends come at once: longer than their handshakes. */
const HUNDRED = 100

export async function measure(root: string, folder: string, tell: (text: string) => void): Promise<Results> {
  tell('peers and bundles …')
  const peers = installPeers(root)
  const { bytes, folder: bundles, wechatpay } = await makeBundles(root, `${folder}/bundles`)
  const stage = await setStage(folder, WARM + BLOCKS * BLOCK + 3 * HUNDRED)
  try {
    const used = { peers, bundle: `${bundles}/send.cjs`, wechatpay }
    const plan = planFile(folder, stage, used)
    const one = planFile(folder, stage, used, 1)
    tell('from the start of a process to its first answer …')
    const cold = { empty: coldOf('empty', stage, one, folder), send: coldOf('bundle', stage, one, folder) }
    tell('sends …')
    const subjects: Subject[] = []
    for (const kind of KINDS) subjects.push(await startSubject(kind, stage, plan))
    const { sends, aws } = await sendsOf(subjects, stage)
    for (const subject of subjects) await subject.stop()
    return { sends, aws, cold, bytes }
  } finally {
    await stage.stop()
  }
}

/** Blocks of all subjects take turns, so that a busy moment of the machine meets them all. */
async function sendsOf(subjects: readonly Subject[], stage: Stage): Promise<Pick<Results, 'sends' | 'aws'>> {
  const blocks = new Map<string, Figures[]>(subjects.map(({ kind }) => [kind, []]))
  const first = new Map<string, number>()
  for (const subject of subjects) {
    const { connections } = await counted(stage.wechat, () => subject.run({ from: 0, count: HUNDRED }))
    first.set(subject.kind, connections)
    await subject.run({ from: HUNDRED, count: WARM - HUNDRED })
  }
  for (let block = 0; block < BLOCKS; block += 1) {
    for (const subject of subjects) {
      blocks.get(subject.kind)?.push(await subject.run({ from: WARM + block * BLOCK, count: BLOCK }))
    }
  }
  const from = WARM + BLOCKS * BLOCK
  const sends: Send[] = []
  let aws: Record<string, number> = {}
  for (const subject of subjects) {
    const figures = blocks.get(subject.kind) ?? []
    const cpu_us = median(figures.map((figure) => figure.cpu_us))
    const rss_mb = median(figures.map((figure) => figure.rss_mb))
    const { calls } = await counted(stage.aws, () => subject.run({ from, count: HUNDRED }))
    if (subject.kind === 'bundle') aws = perSend(calls)
    const crowd = await counted(stage.wechat, () =>
      subject.run({ from: from + HUNDRED, count: HUNDRED, at_once: true }),
    )
    sends.push({
      kind: subject.kind,
      cpu_us,
      rss_mb,
      in_a_row: first.get(subject.kind) ?? 0,
      at_once: crowd.connections,
    })
  }
  return { sends, aws }
}

/** Without what is read every few seconds. */
function perSend(calls: Record<string, number>): Record<string, number> {
  const each = Object.entries(calls).map(([name, count]) => [name, Math.round(count / HUNDRED)] as const)
  return Object.fromEntries(each.filter(([, count]) => count > 0))
}

function coldOf(kind: string, stage: Stage, plan: string, folder: string): Cold {
  const runs = Array.from({ length: COLD_RUNS }, () => cpuToFirstAnswer(kind, stage, plan))
  return { cpu_ms: median(runs), instructions: instructionsToFirstAnswer(kind, stage, plan, folder) }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
