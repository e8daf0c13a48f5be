// Virtual time: events in the order of their times, and all that follows from one before the next begins.

type Entry = { at_ms: number; order: number; step: () => void }

/** Events that are handed to the event loop at once: an immediate for each is cheaper than a turn of the loop for each. */
const BATCH = 64

export class EventQueue {
  now_ms: number
  #heap: Entry[] = []
  #order = 0

  constructor(now_ms: number) {
    this.now_ms = now_ms
  }

  get length(): number {
    return this.#heap.length
  }

  /** Events of one time happen in the order in which they were planned. */
  at(at_ms: number, step: () => void): void {
    const heap = this.#heap
    let i = heap.push({ at_ms, order: this.#order++, step }) - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!before(heap[i], heap[parent])) break
      swap(heap, i, parent)
      i = parent
    }
  }

  after(delay_ms: number, step: () => void): void {
    this.at(this.now_ms + delay_ms, step)
  }

  sleep(delay_ms: number): Promise<void> {
    return new Promise((resolve) => this.after(delay_ms, resolve))
  }

  /** @returns false if nothing is planned any more */
  next(): boolean {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (!first || !last) return false
    if (first !== last) {
      heap[0] = last
      sink(heap)
    }
    this.now_ms = Math.max(this.now_ms, first.at_ms)
    first.step()
    return true
  }

  /**
   * Lets everything happen until `isOver` or nothing is planned. Between two immediates the event loop runs every promise
   * callback there is, so when the next event comes each process waits at one of its ports.
   */
  play(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let over = false
      const step = () => {
        if (over) return
        try {
          over = isOver() || !this.next()
          if (over) resolve()
        } catch (error) {
          over = true
          reject(error)
        }
      }
      const batch = () => {
        if (over) return
        for (let i = 0; i < BATCH; i += 1) setImmediate(step)
        setImmediate(batch)
      }
      batch()
    })
  }
}

function before(a: Entry | undefined, b: Entry | undefined): boolean {
  if (!a || !b) return false
  return a.at_ms < b.at_ms || (a.at_ms === b.at_ms && a.order < b.order)
}

function swap(heap: Entry[], i: number, j: number): void {
  const entry = heap[i] as Entry
  heap[i] = heap[j] as Entry
  heap[j] = entry
}

function sink(heap: Entry[]): void {
  for (let i = 0; ; ) {
    const left = 2 * i + 1
    const child = before(heap[left + 1], heap[left]) ? left + 1 : left
    if (!before(heap[child], heap[i])) return
    swap(heap, i, child)
    i = child
  }
}
