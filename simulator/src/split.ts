// How a group packet is split.
import { randomInt } from 'node:crypto'

/** Splits an amount (fen) into `count` random shares of at least 1 fen, none above twice the average of what is left. */
export function split(total_amount: number, count: number): number[] {
  const shares: number[] = []
  let left = total_amount
  for (let people = count; people > 1; people -= 1) {
    const share = randomInt(1, Math.max(2, Math.floor((2 * left) / people)))
    shares.push(share)
    left -= share
  }
  return [...shares, left]
}
