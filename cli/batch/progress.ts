// How far a batch is: a bar for a person, a line every few seconds for a log, nothing with --json.
import { SingleBar } from 'cli-progress'
import type { Context } from '../context.ts'
import { count } from '../yuan.ts'
import { OUTCOMES, type RowOutcome } from './journal.ts'

const LINE_EVERY_MS = 10_000
/** The rate is that of the last so many seconds: an average over hours would hide what happens now. */
const RATE_OVER_MS = 10_000
const BAR_MAX = 30
const BAR_MIN = 5
/** What stands beside the bar, at most. */
const TEXT_COLUMNS = 74

export type Tally = Record<RowOutcome, number>

export class Progress {
  readonly tally = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Tally
  /** Of the rows that are sent. */
  sent_fen = 0
  readonly #total: number
  readonly #context: Context
  readonly #bar: SingleBar | undefined
  readonly #timer: NodeJS.Timeout | undefined
  /** Answers of this run, as (time, how many by then). */
  readonly #history: { at_ms: number; answered: number }[] = [{ at_ms: performance.now(), answered: 0 }]
  #answered = 0
  #done = 0

  constructor(total: number, context: Context) {
    this.#total = total
    this.#context = context
    if (context.json) return
    if (context.terminal.interactive) {
      this.#bar = barOf((size) => this.#line(size))
      this.#bar.start(total, 0)
    } else this.#timer = setInterval(() => context.note(this.#line(0)), LINE_EVERY_MS)
  }

  /** `known`: from an earlier run, so it says nothing about how fast this one is. */
  count(outcome: RowOutcome, fen: number, known: boolean): void {
    this.tally[outcome] += 1
    if (outcome === 'sent') this.sent_fen += fen
    // What is left for another run is not done.
    if (outcome !== 'not_sent') this.#done += 1
    if (!known) this.#answered += 1
    this.#bar?.update(this.#done)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#bar?.stop()
    if (!this.#bar) this.#context.note(this.#line(0))
  }

  #line(bar_size: number): string {
    const { m } = this.#context
    const { sent, refused, unknown } = this.tally
    const filled = Math.round((bar_size * this.#done) / Math.max(1, this.#total))
    const bar = bar_size === 0 ? '' : `${'█'.repeat(filled)}${'░'.repeat(bar_size - filled)} `
    const rate = this.#rate()
    const left_s = rate > 0 ? Math.ceil((this.#total - this.#done) / rate) : undefined
    return `${bar}${m.batch.progress({ done: count(this.#done), total: count(this.#total), rate: rate.toFixed(1), sent, refused, unknown, left: left_s === undefined ? '' : duration(left_s) })}`
  }

  #rate(): number {
    const now_ms = performance.now()
    const latest = this.#history.at(-1)
    if (!latest || now_ms - latest.at_ms > 500) this.#history.push({ at_ms: now_ms, answered: this.#answered })
    while (this.#history.length > 2 && now_ms - (this.#history[0]?.at_ms ?? 0) > RATE_OVER_MS) this.#history.shift()
    const from = this.#history[0] ?? { at_ms: now_ms, answered: 0 }
    const elapsed_s = (now_ms - from.at_ms) / 1000
    return elapsed_s > 0.2 ? (this.#answered - from.answered) / elapsed_s : 0
  }
}

function barOf(line: (bar_size: number) => string): SingleBar {
  const format = () => {
    const size = Math.min(BAR_MAX, (process.stderr.columns || 80) - TEXT_COLUMNS)
    return line(size < BAR_MIN ? 0 : size)
  }
  return new SingleBar({ format, stream: process.stderr, hideCursor: true, fps: 5, gracefulExit: false })
}

/** 5025 s is 1:23:45, 65 s is 1:05. */
function duration(total_s: number): string {
  const [hours, minutes, seconds] = [Math.floor(total_s / 3600), Math.floor((total_s % 3600) / 60), total_s % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`
}
