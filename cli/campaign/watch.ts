// Looking on while the service sends. It needs nobody: whoever leaves ends nothing.
import { setTimeout as sleep } from 'node:timers/promises'
import { SingleBar } from 'cli-progress'
import { type Campaign, HError, type RedPack, RedPackError } from '../../client/src/index.ts'
import { fitted } from '../cells.ts'
import type { Context } from '../context.ts'
import { EXIT } from '../exit.ts'
import { isTransient } from '../explain.ts'
import { causeOf } from '../reach.ts'
import { aboutCampaign } from '../shell.ts'
import { onSignals } from '../signals.ts'
import { count } from '../yuan.ts'
import { exitOf, holdText, isAtRest, summaryOf } from './summary.ts'

export type WatchOptions = { interval: number }

/** Without a terminal a line is told this often, if anything has changed; another state, or another reason to wait, at once. */
const LINE_EVERY_MS = 10_000
/** Looks that fail, one after the other, before it is given up. */
const FAILURES_MAX = 60

/** Looks on until the campaign is at rest, prints what has become of it, and sets the exit code. */
export async function watchCampaign(
  service: RedPack,
  first: Campaign,
  { interval }: WatchOptions,
  context: Context,
): Promise<void> {
  const leaving = new AbortController()
  const calm = onSignals(() => leaving.abort())
  const progress = progressOf(context)
  let campaign = first
  try {
    let failures = 0
    for (;;) {
      progress.tell(campaign)
      // Whoever read along has gone: there is nobody to look on for.
      if (isAtRest(campaign) || leaving.signal.aborted || context.terminal.closed?.()) break
      await sleep(interval * 1000, undefined, { signal: leaving.signal }).catch(() => {})
      if (leaving.signal.aborted) break
      try {
        campaign = (await service.campaigns.get(campaign.id)).data
        failures = 0
      } catch (error) {
        failures += 1
        if (!isPassing(error) || failures > FAILURES_MAX) throw error
        if (failures === 1) context.note(context.m.campaign.noLook(whyOf(error)))
      }
    }
  } finally {
    progress.stop()
    calm()
  }
  if (!isAtRest(campaign)) leave(campaign, leaving.signal.aborted, context)
  else context.exit_code = exitOf(campaign)
  context.print(campaign, summaryOf(campaign, context))
}

function isPassing(error: unknown): error is RedPackError {
  return error instanceof RedPackError && isTransient(error)
}

function whyOf(error: RedPackError): string {
  return error instanceof HError ? `HTTP ${error.code}` : causeOf(error)
}

/** Says that nothing has ended, and how to come back. */
function leave({ name }: Campaign, asked: boolean, context: Context): void {
  const { m, argv, env } = context
  if (asked) context.exit_code = EXIT.interrupted
  const pause = aboutCampaign('pause', name, argv, env)
  context.note(`\n${m.campaign.left(name, aboutCampaign('watch', name, argv, env), pause)}`)
}

type Progress = { tell(campaign: Campaign): void; stop(): void }

/** A bar for a person, a line every few seconds for a log, nothing with --json. */
function progressOf(context: Context): Progress {
  if (context.json) return { tell: () => {}, stop: () => {} }
  return context.terminal.interactive ? bar(context) : lines(context)
}

function bar(context: Context): Progress {
  let line = ''
  const format = () => fitted(line, (process.stderr.columns || 80) - 1)
  const single = new SingleBar({ format, stream: process.stderr, hideCursor: true, fps: 5, gracefulExit: false })
  let started = false
  return {
    tell: (campaign) => {
      line = lineOf(campaign, context)
      if (!started) single.start(campaign.rows_count, 0)
      started = true
      single.update(campaign.rows_count - campaign.counts.waiting)
    },
    stop: () => {
      if (started) single.stop()
    },
  }
}

function lines(context: Context): Progress {
  let [told, told_ms] = ['', Number.NEGATIVE_INFINITY]
  let state = ''
  return {
    tell: (campaign) => {
      const line = lineOf(campaign, context)
      const now = `${campaign.state} ${campaign.hold?.code ?? ''}`
      const isDue = performance.now() - told_ms >= LINE_EVERY_MS || now !== state
      if (line === told || !isDue) return
      ;[told, told_ms, state] = [line, performance.now(), now]
      context.note(line)
    },
    stop: () => {},
  }
}

function lineOf({ state, counts, rows_count, hold }: Campaign, context: Context): string {
  const { m } = context
  const begun = rows_count - counts.waiting
  const line = m.campaign.progress({
    begun: count(begun),
    total: count(rows_count),
    percent: String(Math.floor((100 * begun) / rows_count)),
    state: m.campaign.states[state] ?? state,
    sent: count(counts.sent),
    refused: count(counts.refused),
    unknown: count(counts.unknown),
  })
  return hold ? `${line}  ${holdText(hold, context)}` : line
}
