// redpack batch against the whole service on local parts: killed, faulted, and run again until all is paid once.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LocalStack } from '../../../local/stack.ts'
import { COMMON, people, redpack, startRedpack } from '../../support/cli.ts'

// Loaded by Node itself: vitest's module runner has no import.meta.resolve.
const { startStack }: typeof import('../../../local/stack.ts') = createRequire(import.meta.url)(
  '../../../local/stack.ts',
)

const ROWS = 1000
const FAULTED_ROWS = 1000
/** More than a merchant may send, which this simulator allows: the tests are about keys, not about time. */
const FAST = ['--rate', '500', '--concurrency', '8']

let folder: string
let stack: LocalStack
let env: Record<string, string>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redpack-cli-'))
  stack = await startStack({ folder: join(folder, 'local'), port: 0, sends_per_s: 100_000 })
  const { keyid, secret } = stack.parts.identity.caller
  env = { REDPACK_ENDPOINT: stack.offline.url, REDPACK_KEYID: keyid, REDPACK_SECRET: secret }
})
beforeEach(() => control('/reset', {}))
afterAll(async () => {
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('redpack batch', () => {
  it('of 1,000 rows, killed twice and run again, pays each row once', async () => {
    const { file, fen, argv } = batch('killed', ROWS)
    await killedAt(300, file, argv)
    await killedAt(650, file, argv)

    const { code, out } = await redpack([...argv, '--json'], env)

    expect({ code, ...JSON.parse(out) }).toMatchObject({
      code: 0,
      rows: ROWS,
      fen,
      sent: ROWS,
      sent_fen: fen,
      not_sent: 0,
    })
    await expectPaidOnce(file, fen)
  })

  it('with faults on a tenth of the calls, pays each row once after settle', async () => {
    const { file, fen, argv } = batch('faulted', FAULTED_ROWS)
    const kinds = ['numeric_before', 'numeric_after', 'reset_after', 'late_debit', 'garbage_after']
    for (const kind of kinds)
      await control('/faults', { kind, count: FAULTED_ROWS / 10 / kinds.length, op: 'sendredpack' })

    const first = await redpack([...argv, '--json', '--concurrency', '24'], env)
    expect(first.code).toBe(3)
    expect(JSON.parse(first.out).unknown).toBeGreaterThanOrEqual(16)

    await control('/clock', { advance_s: 25 * 60 })
    // It goes on to follow the packets that are sent, for longer than this test wants to wait.
    fetch(`${stack.offline.lambda_url}/2015-03-31/functions/redpack-dev-settle/invocations`, {
      method: 'POST',
      body: '{}',
    }).catch(() => {})
    await expect.poll(async () => (await ledger()).length, { timeout: 30_000, interval: 200 }).toBe(FAULTED_ROWS)

    const again = await redpack([...argv, '--json'], env)
    expect({ code: again.code, ...JSON.parse(again.out) }).toMatchObject({ code: 0, sent: FAULTED_ROWS, unknown: 0 })
    await expectPaidOnce(file, fen)
  })
})

describe('redpack batch, interrupted', () => {
  it('waits for the packets on their way, writes the result, and goes on when it is run again', async () => {
    const { file, fen, argv } = batch('interrupted', 120)
    const { child, ended } = startRedpack([...argv, '--rate', '40'], { ...env, LANG: 'en_US.UTF-8' })
    await answered(file, 20)
    child.kill('SIGINT')
    const { code, out, err } = await ended

    expect(code).toBe(130)
    expect(err).toContain('Stopping: waiting for the packets that are being sent')
    expect(out).toMatch(/not sent: \d+\. Run the same command again/)
    const outcomes = result(file).map(({ outcome }) => outcome)
    expect(outcomes).toHaveLength(120)
    expect(new Set(outcomes)).toEqual(new Set(['sent', 'not_sent']))
    expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength((await ledger()).length)

    const again = await redpack([...argv, '--json'], env)
    expect({ code: again.code, ...JSON.parse(again.out) }).toMatchObject({ code: 0, sent: 120, sent_fen: fen })
    await expectPaidOnce(file, fen)
  })
})

describe('redpack batch, edited between two runs', () => {
  it('pays only the row that was added on top, and tells the one that was changed', async () => {
    const { file, argv } = batch('edited', 5)
    expect((await redpack(argv, env)).code).toBe(0)
    const [header, first, ...others] = readFileSync(file, 'utf8').trim().split('\n')
    const changed = first?.replace('1.00', '2.00')
    const added = '"恭喜",3.00,oCliAdded0000000000000000000'
    writeFileSync(file, [header, added, ...others, changed].join('\n'))

    const { code, out } = await redpack([...argv, '--json'], env)

    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 2, sent: 5, changed: 1 })
    expect(result(file).map(({ outcome, err_code }) => [outcome, err_code])).toEqual([
      ...Array.from({ length: 5 }, () => ['sent', '']),
      ['changed', 'key_reused'],
    ])
    expect(await ledger()).toHaveLength(6)
  })
})

describe('redpack batch, where WeChat refuses for the merchant’s reason', () => {
  it('stops instead of having every row refused; what was refused is sent under another name', async () => {
    const { argv } = batch('poor', 40)
    await control('/balance', { fen: 500 })

    const stopped = await redpack([...argv, '--concurrency', '2', '--json'], env)
    expect({ code: stopped.code, ...JSON.parse(stopped.out) }).toMatchObject({
      code: 2,
      stopped: { code: 'NOTENOUGH' },
    })
    const { sent, refused, not_sent } = JSON.parse(stopped.out)
    expect({ all: sent + refused + not_sent, few: refused <= 4 }).toEqual({ all: 40, few: true })

    await control('/balance', { fen: 1_000_000 })
    const again = JSON.parse((await redpack([...argv, '--json'], env)).out)
    expect(again).toMatchObject({ sent: 40 - refused, refused, not_sent: 0 })

    const rest = ['batch', again.result, '--only', 'refused', '--name', 'poor-2', '--yes', '--json', ...COMMON]
    const { code, out } = await redpack(rest, env)
    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, rows: refused, sent: refused })
    expect(new Set((await ledger()).map(({ re_openid }) => re_openid)).size).toBe(40)
  })
})

function batch(name: string, count: number) {
  const { csv, fen } = people(count, `o${name.slice(0, 3)}`)
  const file = join(folder, `${name}.csv`)
  writeFileSync(file, csv)
  return { file, fen, argv: ['batch', file, '--name', name, '--yes', ...FAST, ...COMMON] }
}

/** Runs the command as a process and kills it once so many rows have been answered. */
async function killedAt(count: number, file: string, argv: string[]): Promise<void> {
  const { child, ended } = startRedpack(argv, env)
  await answered(file, count)
  child.kill('SIGKILL')
  expect((await ended).code).toBe('SIGKILL')
  expect(existsSync(resultOf(file))).toBe(false)
}

async function answered(file: string, count: number): Promise<void> {
  const journal = `${resultOf(file)}.journal`
  const lines = () => (existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 2 : 0)
  await expect.poll(lines, { timeout: 60_000, interval: 10 }).toBeGreaterThanOrEqual(count)
}

async function expectPaidOnce(file: string, fen: number): Promise<void> {
  const rows = result(file)
  const debits = await ledger()
  const paid = debits.map(({ re_openid, mch_billno, total_amount }) => `${re_openid} ${mch_billno} ${total_amount}`)
  const told = rows.map((row) => `${row.re_openid} ${row.mch_billno} ${Math.round(Number(row.total_amount) * 100)}`)
  expect(paid.sort()).toEqual(told.sort())
  expect(debits.reduce((sum, { total_amount }) => sum + total_amount, 0)).toBe(fen)
  expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(['sent']))
}

function resultOf(file: string): string {
  return file.replace('.csv', '.result.csv')
}

function result(file: string): Record<string, string>[] {
  return parse(readFileSync(resultOf(file)), { columns: true, bom: true })
}

type Debit = { mch_billno: string; re_openid: string; total_amount: number }

async function ledger(): Promise<Debit[]> {
  const response = await fetch(`${stack.parts.simulator.control_origin}/ledger`)
  return ((await response.json()) as { debits: Debit[] }).debits
}

async function control(path: string, body: object): Promise<void> {
  const { control_origin } = stack.parts.simulator
  const response = await fetch(`${control_origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(200)
}
