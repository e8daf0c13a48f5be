// The run: one row after the other, several at once, until all are answered or something stops it.
import type { RedPack } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { onInterrupt } from './interrupt.ts'
import type { Answered, Journal } from './journal.ts'
import { Pace, Places } from './pace.ts'
import { Progress, type Tally } from './progress.ts'
import { type Batch, type Row, rows } from './rows.ts'
import { type Sending, sendRow } from './sender.ts'

export type WorkOptions = {
  total: number
  rate_per_s: number
  concurrency: number
  patience_s: number
  keep_going: boolean
}

/** `stopped` where it did not come to the end of the file, and why. */
export type Worked = { tally: Tally; sent_fen: number; stopped: CliError | undefined }

export async function work(
  batch: Batch,
  journal: Journal,
  service: RedPack,
  options: WorkOptions,
  context: Context,
): Promise<Worked> {
  const stopping = new AbortController()
  let stopped: CliError | undefined
  const stop = (reason: CliError) => {
    stopped ??= reason
    stopping.abort()
  }
  const progress = new Progress(options.total, context)
  const calm = onInterrupt(context, () =>
    stop(new CliError('interrupted', context.m.batch.interrupted, EXIT.interrupted)),
  )
  const sending: Sending = {
    service,
    pace: new Pace(options.rate_per_s),
    signal: stopping.signal,
    keep_going: options.keep_going,
    patience_ms: options.patience_s * 1000,
    context,
    answered_ms: performance.now(),
    stop,
  }
  try {
    await sendAll(batch, journal, sending, lanesOf(options), progress)
  } finally {
    progress.stop()
    calm()
  }
  return { tally: progress.tally, sent_fen: progress.sent_fen, stopped }
}

type Lanes = Pick<Places, 'take' | 'give' | 'end'>

/** WeChat counts 30 where a batch starts 25: the rest is what a stall may bunch up. */
const BUNCH = 1.2
const SECOND_MS = 1000

/**
 * Rows under way, of which there are two bounds: the connections at once, and the calls to WeChat in any one second. A row's call
 * comes at any time until it is answered, so for the second bound its place is free only a second after: then also a service
 * that stood still and answers all at once keeps to WeChat's limit.
 */
function lanesOf({ rate_per_s, concurrency }: WorkOptions): Lanes {
  const both = [new Places(concurrency), new Places(Math.max(1, Math.floor(rate_per_s * BUNCH)), SECOND_MS)]
  return {
    take: async () => {
      for (const places of both) await places.take()
    },
    give: () => {
      for (const places of both) places.give()
    },
    end: () => {
      for (const places of both) places.end()
    },
  }
}

async function sendAll(batch: Batch, journal: Journal, sending: Sending, lanes: Lanes, progress: Progress) {
  const running = new Set<Promise<void>>()
  sending.signal.addEventListener('abort', () => lanes.end())
  const answer = (row: Row, answered: Answered) => {
    if (answered.outcome !== 'not_sent') journal.add(answered)
    progress.count(answered.outcome, row.fen, false)
  }
  const start = (row: Row) => {
    const one = sendRow(row, sending)
      .then((answered) => answer(row, answered))
      .catch((error: unknown) => sending.stop(asError(error)))
      .finally(() => {
        running.delete(one)
        lanes.give()
      })
    running.add(one)
  }
  try {
    for await (const row of rows(batch, sending.context)) {
      if ('faults' in row) throw new CliError('file_changed', sending.context.m.batch.fileChanged)
      const known = journal.final(row)
      if (known) progress.count(known.outcome, row.fen, true)
      else if (sending.signal.aborted) progress.count(journal.get(row)?.outcome ?? 'not_sent', row.fen, true)
      else {
        await lanes.take()
        start(row)
      }
    }
  } catch (error) {
    sending.stop(asError(error))
  }
  await Promise.all(running)
  lanes.end()
}

function asError(error: unknown): CliError {
  return error instanceof CliError
    ? error
    : new CliError('internal', error instanceof Error ? error.message : String(error))
}
