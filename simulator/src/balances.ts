// What the orders are paid from: a balance that all merchants share, and those of merchants that have one of their own. Fen.

export class Balances {
  #shared: number
  readonly #own: Map<string, number>

  constructor(shared: number, own: Readonly<Record<string, number>> = {}) {
    this.#shared = shared
    this.#own = new Map(Object.entries(own))
  }

  /** The balance of the merchants that have none of their own. */
  get shared(): number {
    return this.#shared
  }

  get own(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#own)
  }

  of(mch_id: string): number {
    return this.#own.get(mch_id) ?? this.#shared
  }

  /** Sets the shared balance, or gives a merchant one of its own. */
  set(fen: number, mch_id?: string): void {
    if (mch_id === undefined) this.#shared = fen
    else this.#own.set(mch_id, fen)
  }

  /** Pays in, or out if negative. */
  pay(mch_id: string, fen: number): void {
    this.set(this.of(mch_id) + fen, this.#own.has(mch_id) ? mch_id : undefined)
  }
}
