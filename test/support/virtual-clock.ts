// A clock on which only sleeping takes time: hours of a run pass in the seconds that its work takes.
import type { Clock } from '../../lib/redpack/ports.ts'

type Sleeper = { wake_ms: number; wake(): void }

export type VirtualClock = Clock & {
  /** Waits for `work`, and moves the time on whenever all who work are asleep. @throws Error if nobody is left who could wake */
  run<T>(work: Promise<T>): Promise<T>
}

export function virtualClock(start_ms: number): VirtualClock {
  let now_ms = start_ms
  // By the time of waking, those of one time in the order in which they fell asleep.
  const sleepers = new Map<number, Sleeper[]>()
  const times: number[] = []

  function sleep(duration_ms: number): Promise<void> {
    const wake_ms = now_ms + Math.max(0, duration_ms)
    return new Promise((wake) => {
      const others = sleepers.get(wake_ms)
      if (others) others.push({ wake_ms, wake })
      else {
        sleepers.set(wake_ms, [{ wake_ms, wake }])
        push(times, wake_ms)
      }
    })
  }

  async function run<T>(work: Promise<T>): Promise<T> {
    let isDone = false
    const done = () => {
      isDone = true
    }
    work.then(done, done)
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      if (isDone) return work
      const next_ms = pop(times)
      if (next_ms === undefined) throw new Error('everybody waits, and nobody sleeps')
      now_ms = next_ms
      const woken = sleepers.get(next_ms) ?? []
      sleepers.delete(next_ms)
      for (const { wake } of woken) wake()
    }
  }

  return { now: () => now_ms, sleep, run }
}

/** A binary heap, the smallest first. */
function push(heap: number[], value: number): void {
  let i = heap.push(value) - 1
  while (i > 0) {
    const parent = (i - 1) >> 1
    if ((heap[parent] as number) <= value) break
    heap[i] = heap[parent] as number
    i = parent
  }
  heap[i] = value
}

function pop(heap: number[]): number | undefined {
  const [first] = heap
  const last = heap.pop()
  if (heap.length === 0 || last === undefined) return first
  let i = 0
  for (;;) {
    let child = 2 * i + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child += 1
    if ((heap[child] as number) >= last) break
    heap[i] = heap[child] as number
    i = child
  }
  heap[i] = last
  return first
}
