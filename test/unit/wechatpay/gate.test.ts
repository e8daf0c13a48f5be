// Calls of one merchant at once: four, and more while these are not enough. No time passes but what a test lets pass.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { gate } from '../../../lib/wechatpay/gate.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const NEVER_MS = 600_000

/** `count` calls that want in, in order; those that are in, by number. */
function calls(count: number, timeout_ms = NEVER_MS) {
  const { enter } = gate()
  const [inside, late]: [Map<number, () => void>, number[]] = [new Map(), []]
  let came = 0
  const more = (of: number) => {
    for (let i = 0; i < of; i += 1) {
      const n = came
      came += 1
      enter(timeout_ms).then(
        (leave) => inside.set(n, leave),
        () => late.push(n),
      )
    }
  }
  more(count)
  const end = (n: number) => {
    inside.get(n)?.()
    inside.delete(n)
  }
  return { inside, late, end, more }
}

const numbersIn = async ({ inside }: ReturnType<typeof calls>) => {
  await vi.advanceTimersByTimeAsync(0)
  return [...inside.keys()]
}

test('four are let in at once; each that ends lets the next in, first come first served', async () => {
  const all = calls(7)
  expect(await numbersIn(all)).toEqual([0, 1, 2, 3])
  all.end(2)
  expect(await numbersIn(all)).toEqual([0, 1, 3, 4])
  for (const n of [0, 1, 3, 4]) all.end(n)
  expect(await numbersIn(all)).toEqual([5, 6])
})

test('if some wait for 300 ms one more is let in, and then one every 50 ms', async () => {
  const all = calls(7)
  for (const [passed_ms, count] of [
    [299, 4],
    [1, 5],
    [49, 5],
    [1, 6],
    [50, 7],
  ] as const) {
    await vi.advanceTimersByTimeAsync(passed_ms)
    expect(await numbersIn(all)).toHaveLength(count)
  }
})

test('all that have become wide keep it while calls are under way, and begin with four after that', async () => {
  const all = calls(6)
  await vi.advanceTimersByTimeAsync(350)
  expect(await numbersIn(all)).toHaveLength(6)
  all.end(0)
  all.more(2)
  expect(await numbersIn(all)).toHaveLength(6)
  for (const n of [1, 2, 3, 4, 5, 6, 7]) {
    all.end(n)
    await numbersIn(all)
  }
  all.more(6)
  expect(await numbersIn(all)).toHaveLength(4)
})

test('whoever has no turn in its time is told so, and takes none', async () => {
  const all = calls(6, 30)
  await vi.advanceTimersByTimeAsync(30)
  expect(all.late).toEqual([4, 5])
  all.end(0)
  expect(await numbersIn(all)).toEqual([1, 2, 3])
  all.more(1)
  expect(await numbersIn(all)).toEqual([1, 2, 3, 6])
})

test('a call that is in has no clock here', async () => {
  const all = calls(1, 30)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await numbersIn(all)).toEqual([0])
  expect(all.late).toEqual([])
})
