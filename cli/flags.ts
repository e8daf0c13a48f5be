// Values behind flags, checked as they are read; what is wrong is told by explain.ts, in the user's language.
import { InvalidArgumentError } from 'commander'

/** An integer; the message is what may stand there, in no language. */
export function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const n = Number(text)
    if (!/^\d{1,16}$/.test(text) || n < min || n > max) throw new InvalidArgumentError(`${min}…${max}`)
    return n
  }
}

/** A number with at most three decimals. */
export function decimal(min: number, max: number): (text: string) => number {
  return (text) => {
    const n = Number(text)
    if (!/^\d{1,9}(\.\d{1,3})?$/.test(text) || n < min || n > max) throw new InvalidArgumentError(`${min}…${max}`)
    return n
  }
}
