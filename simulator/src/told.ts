// Errors that people are told of, in both languages.

/** The message in English, and in Chinese. */
export class ToldError extends Error {
  override readonly name: string = 'ToldError'
  readonly zh: string

  constructor(en: string, zh: string) {
    super(en)
    this.zh = zh
  }
}
