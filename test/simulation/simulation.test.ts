// The simulation finds nothing in the real code, finds every mutant of it, and does what it says it does.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { FAULTS } from './faults.ts'
import { MUTANTS } from './mutants.ts'
import { run } from './run.ts'

const SEEDS = 2_000
/** What must have happened in some of the seeds, besides every kind of fault, or the simulation would prove nothing. */
const HAPPENS = [
  'take_over',
  'resend_by_settle',
  'late_debit_after_refusal',
  'paid_after_refusal',
  'paid_after_refusal_seen',
  'order_conflict',
  'handshake_refused',
  'later_version',
  'restore',
  'operators brake',
  'stopped',
  'too_many_open',
  'too_fast',
  'alarm failed_after_sent',
  'alarm foreign_reply',
  'alarm malformed_reply',
  'alarm merchant_unusable',
  'quiet',
  'zombie_write_rejected',
  'merchant_renewed',
  'gap_found',
  'limit_refusal',
  'reserved_too_late',
  'outcome sent',
  'outcome refused',
  'outcome unknown',
  'outcome manual',
  'answer sent',
  'answer refused',
  'answer unknown',
  'in_progress',
  'key_reused',
  'merchant_changed',
  'certificate_missing',
  'certificate_unusable',
  'record_unreadable',
  'store_unavailable',
  'secrets_unavailable',
]

const MUTANT = 'callUntilAnswered: forgets the call before'

type Ended = { code: number; stdout: string; stderr: string }

function simulate(...args: string[]): Promise<Ended> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  return new Promise((resolve) => {
    const node = ['--disable-warning=ExperimentalWarning', main, ...args]
    execFile(process.execPath, node, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr })
    })
  })
}

describe.concurrent('the simulation', () => {
  test(`finds nothing in ${SEEDS} seeds, in which everything happens that it is there for`, async () => {
    const { code, stdout } = await simulate('--seeds', String(SEEDS), '--stats')
    expect(stdout).toContain(`${SEEDS} seeds from 1: nothing found`)
    expect(code).toBe(0)
    const counts = new Map(stdout.split('\n').map((line) => line.split(': ') as [string, string]))
    const missing = [...FAULTS, ...HAPPENS].filter((what) => !counts.has(what))
    expect(missing).toEqual([])
  })

  test('finds every mutant', async () => {
    const { code, stdout, stderr } = await simulate('--mutant', 'all')
    expect(stderr).toBe('')
    const found = stdout.split('\n').filter((line) => / found by seed \d+: \w+$/.test(line))
    expect(found.map((line) => line.replace(/: found by seed .*$/, ''))).toEqual(MUTANTS.map(({ name }) => name))
    expect(code).toBe(0)
  })

  test('prints the invariant, the shortest trace, the faults it takes and how to see it again', async () => {
    const { stdout } = await simulate('--mutant', MUTANT)
    const seed = /^\nseed (\d+) fails: Violation: I4: /.exec(stdout)?.[1]
    expect(stdout).toMatch(/\n\+\d+\.\d{3} s {2}\S+ wechat\.send/)
    expect(stdout).toMatch(/The faults it takes \(\d\):\n/)
    const replay = ['--from', `${seed}`, '--seeds', '1', '--mutant']
    expect(stdout).toContain(`Replay: npm run simulate -- ${replay.join(' ')} '${MUTANT}'\n`)
    expect((await simulate(...replay, MUTANT)).stdout).toBe(stdout)
  })

  test('is the same run for the same seed', async () => {
    for (const seed of [1, 2, 3, 42, 4_000]) {
      const [first, second] = [await run(seed, new Set(), true), await run(seed, new Set(), true)]
      expect(first.trace.length).toBeGreaterThan(10)
      expect(second).toEqual(first)
    }
  })

  test.for([
    [['--seeds', 'many'], '--seeds many: a whole number from 1 to 10000000'],
    [['--from', '0'], '--from 0: a whole number from 1 to 4000000000'],
    [['--mutant', 'nobody'], '--mutant nobody: there is none of that name; --mutant list names them'],
    [['--sides', '6'], "Unknown option '--sides'"],
  ] as const)('says what is wrong with %j', async ([args, message]) => {
    const { code, stdout, stderr } = await simulate(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.startsWith(message)).toBe(true)
    expect(stderr).toContain('npm run simulate -- [--seeds N]')
  })
})
