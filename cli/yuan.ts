// Amounts for people. Inside, money is integer fen; here it is written out in yuan, without a float in between.

/** Integer fen as yuan with two decimals and thousands set apart: 123456789 is 1,234,567.89. */
export function yuan(fen: number): string {
  const whole = Math.trunc(fen / 100)
  return `${count(whole)}.${String(fen % 100).padStart(2, '0')}`
}

/** 12345 is 12,345. */
export function count(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',')
}
