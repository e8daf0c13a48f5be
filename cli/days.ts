// Days and times as a person writes them, which are Beijing's: 2026-11-24, 2026-11, 2026-11-24 08:30.
import { InvalidArgumentError } from 'commander'
import type { Context } from './context.ts'
import { CliError } from './exit.ts'

const OFFSET = '+08:00'
const ALLOWED = '2026-11-24, 2026-11, "2026-11-24 08:30"'
export const DAY_S = 86_400

/** From `from_s` to before `to_s`, Unix seconds. */
export type Span = { readonly from_s: number; readonly to_s: number }

/** The day, month or minute that is meant. @throws InvalidArgumentError with what may stand there */
export function spanOf(text: string): Span {
  const [, year, month, day, time] = /^(\d{4})-(\d\d)(?:-(\d\d)(?:[ T](\d\d:\d\d))?)?$/.exec(text) ?? []
  if (year === undefined || month === undefined) throw new InvalidArgumentError(ALLOWED)
  const from_s = secondsOf(`${year}-${month}-${day ?? '01'}`, time)
  if (time !== undefined) return { from_s, to_s: from_s + 60 }
  if (day !== undefined) return { from_s, to_s: from_s + DAY_S }
  const isLast = month === '12'
  const next = isLast ? `${Number(year) + 1}-01-01` : `${year}-${String(Number(month) + 1).padStart(2, '0')}-01`
  return { from_s, to_s: secondsOf(next) }
}

/** The first second of what is named, for --from. */
export function fromOf(text: string): number {
  return spanOf(text).from_s
}

/** The second after what is named, for --to: the day, month or minute belongs to it. */
export function toOf(text: string): number {
  return spanOf(text).to_s
}

/** @throws CliError `usage` if nothing can lie between them: sums of nothing look like an answer */
export function requireSpan(
  { from, to }: { from?: number | undefined; to?: number | undefined },
  { m }: Context,
): void {
  if (from !== undefined && to !== undefined && from >= to) throw new CliError('usage', m.mirror.emptySpan)
}

/** A whole day. @throws InvalidArgumentError */
export function dayOf(text: string): string {
  const { from_s, to_s } = spanOf(text)
  if (to_s - from_s !== DAY_S) throw new InvalidArgumentError('2026-11-24')
  return text
}

/** Every day from that of `from_s` to that before `to_s`. */
export function daysOf({ from_s, to_s }: Span): string[] {
  const days: string[] = []
  for (let at_s = secondsOf(beijingDay(from_s)); at_s < to_s; at_s += DAY_S) days.push(beijingDay(at_s))
  return days
}

/** The day in Beijing, 2026-11-24, of Unix seconds. */
export function beijingDay(unix_s: number): string {
  return new Date((unix_s + 8 * 3600) * 1000).toISOString().slice(0, 10)
}

/** @throws InvalidArgumentError for a date that is in no calendar, such as 2026-02-30 */
function secondsOf(day: string, time = '00:00'): number {
  const ms = Date.parse(`${day}T${time}:00${OFFSET}`)
  if (!Number.isFinite(ms) || beijingDay(ms / 1000) !== day) throw new InvalidArgumentError(ALLOWED)
  return ms / 1000
}
