// As much of vitest as the tables of the rules use, in one process and without names: the first failure throws.
import { deepStrictEqual } from 'node:assert/strict'

type Case<T> = (row: T) => unknown

/** How many cases have passed since the process began: proof that there are any. */
export const passed = { cases: 0 }

function run<T>(body: Case<T>, row: T): void {
  if (body(row) instanceof Promise) throw new TypeError('a table test waits for nothing')
  passed.cases += 1
}

export const describe = (_name: string, body: () => void) => body()

export const test = Object.assign((_name: string, body: () => unknown) => run(body, undefined), {
  for<T>(rows: readonly T[]) {
    return (_name: string, body: Case<T>) => {
      for (const row of rows) run(body, row)
    }
  },
})

export const expect = (actual: unknown) => ({
  toBe: (expected: unknown) => deepStrictEqual(actual, expected),
  toStrictEqual: (expected: unknown) => deepStrictEqual(actual, expected),
})
