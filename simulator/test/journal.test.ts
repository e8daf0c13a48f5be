// The ledger on disk: what was answered survives, however the simulator ends.
import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, uptime } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GROUP, NORMAL, simulate, successOf } from './harness.ts'

type WeChat = Awaited<ReturnType<typeof simulate>>
let data: string
let running: WeChat[] = []
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'simulator-'))
})
afterEach(async () => {
  for (const weChat of running) await weChat.stop()
  running = []
  rmSync(data, { recursive: true, force: true })
})

async function start(more: Parameters<typeof simulate>[0] = {}): Promise<WeChat> {
  const weChat = await simulate({ data, ...more })
  running.push(weChat)
  return weChat
}

const ledger = async (weChat: WeChat) => (await weChat.control('GET', '/ledger')).body
const file = () => join(data, 'ledger.jsonl')

test('everything is there after a restart: debits, receivers, refunds, balance, clock, late debits', async () => {
  const before = await start()
  await before.send()
  await before.sendGroup({ mch_billno: 'GROUP' })
  await before.control('POST', '/receive', { mch_billno: 'GROUP', openid: 'oOne' })
  await before.send({ mch_billno: 'LATER' })
  await before.control('POST', '/receive', { mch_billno: 'LATER' })
  await before.control('POST', '/faults', { kind: 'late_debit', seconds: 7200 })
  await before.send({ mch_billno: 'LATE' })
  await before.control('POST', '/faults', { kind: 'sending' })
  await before.send({ mch_billno: 'SENDING' })
  await before.control('POST', '/faults', { kind: 'failed', seconds: 7200 })
  await before.send({ mch_billno: 'FAILS' })
  await before.control('POST', '/clock', { advance_s: 3600 })
  const seen = await ledger(before)
  const found = await before.query({ mch_billno: 'GROUP' })
  await before.stop()

  const after = await start()

  expect(await ledger(after)).toEqual(seen)
  expect((await after.control('GET', '/clock')).body).toEqual({ now: '2025-06-15T16:06:40.000Z' })
  expect(await after.query({ mch_billno: 'GROUP' })).toEqual(found)
  expect(await after.query({ mch_billno: 'SENDING' })).toMatchObject({ status: 'SENDING', reason: '余额不足' })
  expect(await after.send()).toEqual(successOf(NORMAL, 1))
  expect(await after.send({ total_amount: 200 })).toMatchObject({ err_code: 'FATAL_ERROR' })
  await after.control('POST', '/clock', { advance_s: 3600 })
  expect(await after.query({ mch_billno: 'LATE' })).toMatchObject({ status: 'SENT' })
  expect(await after.query({ mch_billno: 'FAILS' })).toMatchObject({ status: 'FAILED' })
  await after.control('POST', '/clock', { advance_s: 2 * 86_400 })
  const { balance, debits } = (await ledger(after)) as {
    balance: number
    debits: { mch_billno: string; status: string }[]
  }
  expect(Object.fromEntries(debits.map(({ mch_billno, status }) => [mch_billno, status]))).toEqual({
    [String(NORMAL.mch_billno)]: 'REFUND',
    GROUP: 'REFUND',
    LATER: 'RECEIVED',
    LATE: 'REFUND',
    FAILS: 'FAILED',
  })
  const share = Number((found.hblist as unknown as { amount: string }[])[0]?.amount)
  expect(balance).toBe(1_000_000 - 100 - share)
})

test('the page shows after a restart what the ledger has: nobody has called yet', async () => {
  const before = await start()
  await before.send()
  await before.sendGroup({ mch_billno: 'GROUP' })
  await before.send({ mch_billno: 'SHORT', total_amount: 1 })
  await before.stop()

  const after = await start()

  const kept = { sends: 0, queries: 0, answer: '', at: '2025-06-15T15:06:40.000Z', status: 'SENT', received: 0 }
  const { mch_id, re_openid } = NORMAL
  const packets = [
    { mch_billno: 'GROUP', mch_id, re_openid, total_amount: 600, hb_type: 'GROUP', ...kept },
    { mch_billno: NORMAL.mch_billno, mch_id, re_openid, total_amount: 100, hb_type: 'NORMAL', ...kept },
  ]
  expect((await after.control('GET', '/packets')).body).toMatchObject({ debited: 2, called: 2, packets })
  await after.query()
  expect((await after.control('GET', '/packets')).body.packets).toMatchObject([
    { mch_billno: NORMAL.mch_billno, sends: 0, queries: 1, answer: 'SUCCESS' },
    { mch_billno: 'GROUP' },
  ])
})

describe('a folder that another process', () => {
  const booted_at_ms = () => Date.now() - uptime() * 1000
  const lock = () => join(data, 'lock.json')
  const held = (pid: number, more = {}) =>
    writeFileSync(lock(), JSON.stringify({ pid, booted_at_ms: booted_at_ms(), ...more }))

  test('has, is left as it is', async () => {
    const before = await start()
    await before.send()
    await before.stop()
    const kept = readFileSync(file(), 'utf8')
    held(process.ppid)

    await expect(simulate({ data })).rejects.toThrow(
      `${data} is in use by a simulator (process ${process.ppid}): stop that one, or choose another folder (--data)`,
    )

    expect(readFileSync(file(), 'utf8')).toBe(kept)
    expect(JSON.parse(readFileSync(lock(), 'utf8')).pid).toBe(process.ppid)
  })

  test.each<[string, () => void]>([
    ['had until it was killed, is free', () => held(spawnSync('true').pid)],
    [
      'had before the machine was started anew, is free',
      () => held(process.ppid, { booted_at_ms: booted_at_ms() - 1e7 }),
    ],
    ['left in disorder, is free', () => writeFileSync(lock(), '{"pid":')],
  ])('%s', async (_, leave) => {
    leave()
    const weChat = await start()
    expect(await weChat.send()).toEqual(successOf(NORMAL, 1))
    expect(JSON.parse(readFileSync(lock(), 'utf8')).pid).toBe(process.pid)
    await weChat.stop()
    expect(existsSync(lock())).toBe(false)
  })

  test('cannot have, as the port is taken, is given back', async () => {
    const first = await simulate()
    await expect(simulate({ data, port: first.simulator.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await first.stop()
    expect(existsSync(lock())).toBe(false)
  })
})

test('new numbers go on from the old ones, and the day’s limits count what was paid before', async () => {
  const before = await start({ user_packets_per_day: 2 })
  await before.send()
  await before.stop()
  const after = await start({ user_packets_per_day: 2 })
  expect(await after.send({ mch_billno: 'B2' })).toEqual(successOf({ ...NORMAL, mch_billno: 'B2' }, 2))
  expect(await after.send({ mch_billno: 'B3' })).toMatchObject({ err_code: 'SENDNUM_LIMIT' })
})

test('the balance that was left counts, not the one that the next start is told', async () => {
  const before = await start()
  await before.control('POST', '/balance', { fen: 42, mch_id: '10000098' })
  await before.control('POST', '/balance', { fen: 7 })
  await before.stop()
  const after = await start({ balance: 5 })
  expect(await ledger(after)).toEqual({ balance: 7, balances: { '10000098': 42 }, total_debited: 0, debits: [] })
})

test('the clock can begin anew over an old ledger', async () => {
  const before = await start()
  await before.send()
  await before.control('POST', '/clock', { advance_s: 3600 })
  await before.stop()
  const moved: number[] = []
  const after = await start({ keep_clock: false, onClock: (offset_ms) => moved.push(offset_ms) })
  expect((await after.control('GET', '/clock')).body).toEqual({ now: '2025-06-15T15:06:40.000Z' })
  expect(moved).toEqual([0])
  expect(await ledger(after)).toMatchObject({ debits: [{ status: 'SENT' }] })
  await after.stop()
  const third = await start()
  expect((await third.control('GET', '/clock')).body).toEqual({ now: '2025-06-15T15:06:40.000Z' })
})

test('a process that is killed loses nothing that was answered, and half a line is no line', async () => {
  const before = await start()
  await before.send()
  // Not stopped: what stands in the file is all that there is.
  const copy = mkdtempSync(join(tmpdir(), 'simulator-'))
  try {
    writeFileSync(join(copy, 'ledger.jsonl'), readFileSync(file()))
    appendFileSync(join(copy, 'ledger.jsonl'), '{"order":{"mch_billno":"HALF","mch')
    const after = await start({ data: copy })
    expect(await ledger(after)).toEqual(await ledger(before))
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
})

test('a reset empties the file, too', async () => {
  const before = await start()
  await before.sendGroup()
  await before.control('POST', '/clock', { advance_s: 60 })
  await before.control('POST', '/reset')
  expect(await ledger(before)).toEqual({ balance: 1_000_000, total_debited: 0, debits: [] })
  await before.send()
  await before.stop()
  const after = await start()
  expect(await ledger(after)).toMatchObject({ total_debited: 100, debits: [{ mch_billno: NORMAL.mch_billno }] })
  expect((await after.control('GET', '/clock')).body).toEqual({ now: '2025-06-15T15:06:40.000Z' })
  expect(GROUP.mch_billno).toBe(NORMAL.mch_billno)
})

test('what is no ledger is named and left alone', async () => {
  writeFileSync(file(), '{}\nnot a ledger\n')
  await expect(start()).rejects.toThrow(/ledger\.jsonl is not a ledger of this simulator \(line 2\)/)
  expect(readFileSync(file(), 'utf8')).toBe('{}\nnot a ledger\n')
})

test('the file is for its owner only, and nothing else is left behind', async () => {
  const weChat = await start()
  await weChat.send()
  expect(statSync(file()).mode & 0o777).toBe(0o600)
  expect(readdirSync(data)).toEqual(['ledger.jsonl', 'lock.json'])
})

test('who names no folder keeps nothing', async () => {
  const weChat = await simulate()
  running.push(weChat)
  await weChat.send()
  expect(readdirSync(data)).toEqual([])
})
