// Yuan exists at the HTTP edge and nowhere else; inside, money is integer fen, a type of its own.
import * as v from 'valibot'

/** Most that one send may ask for, in yuan: what a merchant may send in a whole day by WeChat's default. */
export const YUAN_MAX = 1_000_000

/** An integer number of fen (1 yuan = 100 fen). A number in yuan does not type-check as one. */
export const Fen = v.pipe(v.number(), v.safeInteger(), v.brand('Fen'))
export type Fen = v.InferOutput<typeof Fen>

/** Marks an integer as fen. @throws RangeError for anything else */
export function fen(amount: number): Fen {
  if (!Number.isSafeInteger(amount)) throw new RangeError('fen are whole')
  return amount as Fen
}

/** True for a positive amount in yuan with at most two decimals, exactly: 19.99 is, 1.005 is not. */
export function isYuan(yuan: number): boolean {
  return Number.isFinite(yuan) && yuan > 0 && yuan <= YUAN_MAX && Math.round(yuan * 100) / 100 === yuan
}

/** Yuan to fen; exact for every amount that isYuan accepts. */
export function toFen(yuan: number): Fen {
  return fen(Math.round(yuan * 100))
}

/** Fen to yuan: the number nearest to the decimal, so that JSON prints at most two decimals. */
export function toYuan(amount: Fen): number {
  return amount / 100
}
