// Seeded randomness: every choice of a run comes from here, so that a seed is a run.

/** mulberry32. Each process has its own stream, so that leaving one fault out changes little of what the others draw. */
export class Random {
  #state: number
  readonly #origin: number

  constructor(seed: number) {
    this.#origin = mixed(seed)
    this.#state = this.#origin
  }

  /** A stream of its own for `name`: the same whatever has been drawn from this one. */
  fork(name: string): Random {
    let hash = this.#origin
    for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
    return new Random(hash)
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** Both ends included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1))
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[Math.floor(this.next() * list.length)] as T
  }
}

function mixed(seed: number): number {
  let z = (seed + 0x9e3779b9) | 0
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return z ^ (z >>> 15)
}
