// What a process uses of memory and file descriptors, sampled while it lives, and whether that is flat.
import { readdirSync, readFileSync } from 'node:fs'

export type Sample = { at_ms: number; rss_mb: number; fds: number }

/** Of the samples after the warm-up: the medians of the first and of the last third. */
export type Trend = { first: number; last: number; growth: number }

/** Growth up to here is flat. */
const GROWTH_MAX = 0.1
/** Connections come and go one by one: so few more are no growth, whatever share of the whole they are. */
const FDS_SLACK = 8

/** undefined if the process is gone, or on a system without /proc. */
export function sample(pid: number, at_ms = performance.now()): Sample | undefined {
  try {
    const [, rss_kb] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    if (rss_kb === undefined) return undefined
    return { at_ms, rss_mb: Number(rss_kb) / 1024, fds: readdirSync(`/proc/${pid}/fd`).length }
  } catch {
    return undefined
  }
}

/** @returns undefined if there are too few samples after the first `warm_up_ms` to tell */
export function trendOf(samples: readonly Sample[], value: 'rss_mb' | 'fds', warm_up_ms: number): Trend | undefined {
  const begun_ms = samples[0]?.at_ms ?? 0
  const warm = samples.filter(({ at_ms }) => at_ms - begun_ms >= warm_up_ms).map((one) => one[value])
  const third = Math.floor(warm.length / 3)
  if (third < 3) return undefined
  const [first, last] = [median(warm.slice(0, third)), median(warm.slice(-third))]
  return { first, last, growth: last / first - 1 }
}

/** What is not flat, in a sentence each. */
export function findingsOf(who: string, memory: Trend | undefined, fds: Trend | undefined): string[] {
  const findings: string[] = []
  if (memory === undefined || fds === undefined) return [`${who}: too few samples to say whether it is flat`]
  if (memory.growth > GROWTH_MAX)
    findings.push(`${who}: memory grew from ${round(memory.first)} to ${round(memory.last)} MB`)
  if (fds.growth > GROWTH_MAX && fds.last - fds.first > FDS_SLACK)
    findings.push(`${who}: open files grew from ${fds.first} to ${fds.last}`)
  return findings
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function round(value: number): string {
  return value.toFixed(0)
}
