// Every change of a rule about the money fails a test of its table.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('every mutant of the rules dies', async () => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    main,
  ])
  const [, died, all] = /^(\d+) of (\d+) died/m.exec(stdout) ?? []
  expect(stderr).toBe('')
  expect(died).toBe(all)
  expect(Number(all)).toBeGreaterThan(1_500)
})
