// Yuan exists at the HTTP edge and nowhere else; inside, money is integer fen.

/** Most that one send may ask for, in yuan: what a merchant may send in a whole day by WeChat's default. */
export const YUAN_MAX = 1_000_000

/** True for a positive amount in yuan with at most two decimals, exactly: 19.99 is, 1.005 is not. */
export function isYuan(yuan: number): boolean {
  return Number.isFinite(yuan) && yuan > 0 && yuan <= YUAN_MAX && Math.round(yuan * 100) / 100 === yuan
}

/** Yuan to integer fen; exact for every amount that isYuan accepts. */
export function toFen(yuan: number): number {
  return Math.round(yuan * 100)
}

/** Integer fen to yuan: the number nearest to the decimal, so that JSON prints at most two decimals. */
export function toYuan(fen: number): number {
  return fen / 100
}
