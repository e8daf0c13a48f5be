// A message in both languages, side by side: one half alone does not compile.

export const LANGS = ['zh', 'en'] as const
export type Lang = (typeof LANGS)[number]

/** Made by `both` only, so that a plain object in a table of words is never taken for a message. */
export class Pair<T> {
  readonly en: T
  readonly zh: T

  constructor(en: T, zh: T) {
    this.en = en
    this.zh = zh
  }
}

/** The Chinese half has the English one's type: the same parameters, the same kind of value. */
export function both<F extends (...args: never[]) => string>(
  en: F,
  zh: (...args: Parameters<NoInfer<F>>) => string,
): Pair<(...args: Parameters<F>) => string>
export function both(en: string, zh: string): Pair<string>
export function both(en: readonly string[], zh: readonly string[]): Pair<readonly string[]>
export function both<T>(en: T, zh: T): Pair<T> {
  return new Pair(en, zh)
}

/** Rows in English, counted. */
export function rowsOf(rows: string, which = ''): string {
  return `${rows}${which && ` ${which}`} ${rows === '1' ? 'row' : 'rows'}`
}
