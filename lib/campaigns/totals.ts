// What rows add up to, by what they are counted as. Pure: sums over all chunks, never increments.
import { COUNTED, type Counted } from './counted.ts'

/** Rows, or fen, by what they are counted as. */
export type Sums = Record<Counted, number>
export type Totals = { readonly rows: Sums; readonly fen: Sums }
/** Refused rows by err_code: how many, and their fen. */
export type Reasons = Record<string, [number, number]>

export function noSums(): Sums {
  return Object.fromEntries(COUNTED.map((counted) => [counted, 0])) as Sums
}

/** Everything waits. */
export function waiting(count: number, sum: number): Totals {
  return { rows: { ...noSums(), waiting: count }, fen: { ...noSums(), waiting: sum } }
}

export function sumOf(all: Iterable<Totals>): Totals {
  const sum = { rows: noSums(), fen: noSums() }
  for (const { rows, fen } of all) {
    for (const counted of COUNTED) {
      sum.rows[counted] += rows[counted]
      sum.fen[counted] += fen[counted]
    }
  }
  return sum
}

export function reasonsOf(all: Iterable<Reasons>): Reasons {
  const sum: Record<string, [number, number]> = {}
  for (const reasons of all) {
    for (const [err_code, [count, amount]] of Object.entries(reasons)) {
      const [counted, fen] = sum[err_code] ?? [0, 0]
      sum[err_code] = [counted + count, fen + amount]
    }
  }
  return sum
}
