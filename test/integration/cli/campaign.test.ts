// redpack campaign against the whole service on local parts: stopped in the middle, topped up, resumed, retried; and every way to pay twice that is known.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LocalStack } from '../../../local/stack.ts'
import { COMMON, people, redpack, startRedpack } from '../../support/cli.ts'
import { gb18030 } from '../../support/lists.ts'

// Loaded by Node itself: vitest's module runner has no import.meta.resolve.
const { startStack }: typeof import('../../../local/stack.ts') = createRequire(import.meta.url)(
  '../../../local/stack.ts',
)

let folder: string
let stack: LocalStack
let env: Record<string, string>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redpack-campaign-'))
  stack = await startStack({ folder: join(folder, 'local'), port: 0 })
  const { keyid, secret } = stack.parts.identity.caller
  env = { REDPACK_ENDPOINT: stack.offline.url, REDPACK_KEYID: keyid, REDPACK_SECRET: secret, LANG: 'C' }
})
afterAll(async () => {
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const campaign = (...argv: string[]) => redpack(['campaign', ...argv], env)
const sendFlags = ['--yes', '--interval', '0.2', ...COMMON]

function write(name: string, content: string | Buffer): string {
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

it('stops in the middle of 40 rows as the balance ends, goes on when it is topped up, and retries what was refused', async () => {
  const { csv, fen } = people(40, 'oStop')
  const file = write('middle.csv', csv)
  await control('/balance', { fen: 2_000 })

  const stopped = await campaign('send', file, '--name', '春节', ...sendFlags)
  expect({ code: stopped.code, out: stopped.out }).toEqual({
    code: 2,
    out: expect.stringContaining('Stopped by NOTENOUGH: the balance of the merchant is too small: top up, then resume'),
  })
  const paid = (await debits('oStop')).length
  expect(paid).toBeGreaterThan(0)
  expect(paid).toBeLessThan(40)

  await control('/balance', { fen: 10_000_000 })
  await control('/faults', { kind: 'SEND_FAILED', count: 3, op: 'sendredpack' })
  expect((await campaign('resume', '春节')).code).toBe(0)
  const resumed = await campaign('watch', '春节', '--interval', '0.2')
  expect(resumed.code).toBe(2)
  expect(resumed.out).toMatch(/SEND_FAILED: 3 rows, .* yuan\. WeChat closed the order without paying/)

  const retried = await campaign('retry', '春节', '--err-code', 'SEND_FAILED')
  expect(retried.out).toContain('3 refused rows get a new attempt')
  const all = await campaign('watch', '春节', '--interval', '0.2')
  expect({ code: all.code, out: all.out }).toEqual({
    code: 0,
    out: expect.stringMatching(/sent {2}40 rows, [\d.]+ yuan/),
  })

  const paid_twice = await debits('oStop')
  expect(paid_twice).toHaveLength(40)
  expect(new Set(paid_twice.map(({ re_openid }) => re_openid)).size).toBe(40)
  expect(paid_twice.reduce((sum, { total_amount }) => sum + total_amount, 0)).toBe(fen)

  const out = join(folder, 'result.csv')
  expect((await campaign('result', '春节', '--out', out)).code).toBe(0)
  const rows: Record<string, string>[] = parse(readFileSync(out), { columns: true, bom: true })
  const told = rows.map(({ re_openid, total_amount, outcome, mch_billno }) => [
    re_openid,
    total_amount,
    outcome,
    mch_billno,
  ])
  const numbers = new Map(paid_twice.map(({ re_openid, mch_billno }) => [re_openid, mch_billno]))
  const listed: Record<string, string>[] = parse(csv, { columns: true })
  expect(told).toEqual(
    listed.map(({ re_openid = '', total_amount }) => [re_openid, total_amount, 'sent', numbers.get(re_openid)]),
  )
  const shown = await campaign('list')
  expect(shown.out).toMatch(/春节 +all rows begun +40\/40/)
})

describe('a list that was paid', () => {
  const { csv } = people(40, 'oTwice')
  const [header = '', ...rows] = csv.trim().split('\n')

  beforeAll(async () => {
    const { code, err } = await campaign('send', write('paid.csv', csv), ...sendFlags)
    expect({ code, err }).toMatchObject({ code: 0 })
    expect(await debits('oTwice')).toHaveLength(40)
  })

  it('is not started again under its own name', async () => {
    const { code, err } = await campaign('send', join(folder, 'paid.csv'), ...sendFlags)
    expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/was started at .* Nothing is sent again/) })
    expect(await debits('oTwice')).toHaveLength(40)
  })

  it.each([
    ['under another name', 'copy.csv', csv],
    ['cut', 'cut.csv', [header, ...rows.slice(5, 25)].join('\n')],
    [
      'with rows put before it',
      'more.csv',
      [header, ...people(10, 'oNew').csv.trim().split('\n').slice(1), ...rows].join('\n'),
    ],
    ['sorted', 'sorted.csv', [header, ...[...rows].sort().reverse()].join('\n')],
    ['saved as GB18030', 'gb18030.csv', gb18030(csv)],
    ['with other texts', 'texts.csv', csv.replaceAll('恭喜', '新年快乐')],
    [
      'saved with semicolons',
      'semicolons.csv',
      csv
        .replace(/^wishing,total_amount,re_openid/, 'wishing;total_amount;re_openid')
        .replaceAll('",', '";')
        .replaceAll(/(\d\.\d\d),/g, '$1;'),
    ],
  ])('%s is asked about: what was paid is told, and nothing is sent', async (_, name, content) => {
    const { code, err, out } = await campaign('send', write(name, content), ...sendFlags)

    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(
      /"paid" \(all rows begun, created .*\): \d+ % of the smaller list are the same; it has paid 40 packets, \d+\.\d\d yuan/,
    )
    expect(err).toContain('Nothing was sent. If they are to be paid again, add --even-if-similar')
    expect(await debits('oTwice')).toHaveLength(40)
  })

  it('is paid again if that is meant', async () => {
    const cut = write('again.csv', [header, ...rows.slice(0, 10)].join('\n'))
    expect((await campaign('send', cut, '--even-if-similar', ...sendFlags)).code).toBe(0)
    expect(await debits('oTwice')).toHaveLength(50)
  })
})

it('Ctrl-C while it is watched only leaves: it says how to come back, and the service sends on', async () => {
  const file = write('leave.csv', people(60, 'oLeave').csv)
  const argv = ['campaign', 'send', file, '--yes', '--rate', '10', '--interval', '0.2', ...COMMON]
  const { child, ended } = startRedpack(argv, env)
  await expect.poll(async () => (await debits('oLeave')).length, { timeout: 30_000 }).toBeGreaterThan(2)
  child.kill('SIGINT')

  const { code, err } = await ended
  expect(code).toBe(130)
  expect(err).toContain(
    'You have left; the campaign "leave" goes on in the service. To come back:\n    redpack campaign watch leave',
  )
  expect((await campaign('watch', 'leave', '--interval', '0.2')).code).toBe(0)
  expect(await debits('oLeave')).toHaveLength(60)
})

it('pauses, goes on and is cancelled from anywhere', async () => {
  const file = write('halt.csv', people(100, 'oHalt').csv)
  const argv = ['campaign', 'send', file, '--yes', '--rate', '5', '--interval', '0.2', ...COMMON]
  const { ended } = startRedpack(argv, env)
  await expect.poll(async () => (await debits('oHalt')).length, { timeout: 30_000 }).toBeGreaterThan(1)

  const paused = await campaign('pause', 'halt')
  expect(paused.out).toContain('Paused: no more rows begin')
  expect(await ended).toMatchObject({ code: 1, out: expect.stringContaining('"halt": paused') })
  expect((await campaign('resume', 'halt')).code).toBe(0)
  expect((await campaign('cancel', 'halt', '--yes')).out).toContain('Cancelled: no more rows begin')
  const again = await campaign('resume', 'halt')
  expect({ code: again.code, err: again.err }).toEqual({
    code: 1,
    err: expect.stringMatching(/^✘ The campaign does not allow this: it is cancelled \(request id [\w-]{36}\)\n$/),
  })
})

type Debit = { mch_billno: string; re_openid: string; total_amount: number }

async function debits(prefix: string): Promise<Debit[]> {
  const response = await fetch(`${stack.parts.simulator.control_origin}/ledger`)
  const ledger = (await response.json()) as { debits: Debit[] }
  return ledger.debits.filter(({ re_openid }) => re_openid.startsWith(prefix))
}

async function control(path: string, body: object): Promise<void> {
  const response = await fetch(`${stack.parts.simulator.control_origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(200)
}
