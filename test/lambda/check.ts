// What is checked, one after the other, and how it is told.
import type { World } from './world.ts'

/** What it is called, and what it does. @returns what was seen, for the table. It throws if something is wrong. */
export type Check = readonly [name: string, run: (world: World) => Promise<string>]

/** This machine cannot show it: told, and no failure. */
export class NotHere extends Error {
  override readonly name = 'NotHere'
}

export type Result = { name: string; mark: '✔' | '✘' | '–'; seen: string; seconds: number }

export async function runCheck([name, run]: Check, world: World): Promise<Result> {
  const begun = performance.now()
  const result = (mark: Result['mark'], seen: string) => ({
    name,
    mark,
    seen,
    seconds: (performance.now() - begun) / 1000,
  })
  try {
    return result('✔', await run(world))
  } catch (error) {
    if (error instanceof NotHere) return result('–', error.message)
    return result('✘', error instanceof Error ? `${error.stack}` : String(error))
  }
}
