// The simulation of campaigns finds nothing in the real code, and finds every mutant of it.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { MUTANTS } from './mutants.ts'
import { run } from './run.ts'

const SEEDS = 60
/** With room, should the seed that is known to find one no longer do. */
const MUTANT_SEEDS = 400
/** What must have happened, or the simulation would prove nothing. */
const HAPPENS = [
  'begun again',
  'died',
  'stalled',
  'away',
  'pause',
  'resume',
  'retry',
  'cancel',
  'settled sent',
  'settled NOTENOUGH',
  'settled OPENID_ERROR',
]

function simulate(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', main, ...args],
      { maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr })
      },
    )
  })
}

describe.concurrent('the simulation of campaigns', () => {
  test(`finds nothing in ${SEEDS} seeds, in which everything happens that it is there for`, async () => {
    const { code, stdout } = await simulate('--seeds', String(SEEDS))
    expect(stdout).toContain(`${SEEDS} seeds from 1: nothing found`)
    expect(code).toBe(0)
    const counts = new Set(stdout.split('\n').map((line) => line.split(':')[0]))
    expect(HAPPENS.filter((what) => !counts.has(what))).toEqual([])
  })

  test('finds every mutant', async () => {
    const { code, stdout, stderr } = await simulate('--mutant', 'all', '--seeds', String(MUTANT_SEEDS))
    expect(stderr).toBe('')
    const found = stdout.split('\n').filter((line) => / found by seed \d+: C\d+$/.test(line))
    expect(found.map((line) => line.replace(/: found by seed .*$/, ''))).toEqual(MUTANTS.map(({ name }) => name))
    expect(code).toBe(0)
  })

  test('prints what a mutant breaks', async () => {
    const { code, stdout } = await simulate('--mutant', 'halt: answers at once', '--seeds', '50')
    expect(stdout).toMatch(/\nseed \d+ fails: Violation: C2/)
    expect(code).toBe(1)
  })

  test('is the same run for the same seed', async () => {
    for (const seed of [1, 7]) expect(await run(seed)).toEqual(await run(seed))
  })
})
