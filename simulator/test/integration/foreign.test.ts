// Libraries that others have written, against the simulator: they send, ask, repeat and are refused as with WeChat.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type RunningSimulator, simulator } from '../../src/testing.ts'

const run = promisify(execFile)
const CLIENTS = { tenpay: '2.1.18', 'wechatpay-axios-plugin': '0.9.6', 'wechat-pay': '0.3.2' } as const
/** Kept between runs, beside what npm start keeps. */
const FOLDER = fileURLToPath(new URL('../../../.redpack/foreign-clients', import.meta.url))
/** A registry that does not answer is one that is not there. */
const INSTALL_MAX_MS = 150_000
const SCRIPT = fileURLToPath(new URL('foreign.cjs', import.meta.url))
const APPID = 'wx8888888888888888'
const MCH_ID = '10000098'
/** 2025-06-15 23:06:40 in Beijing. */
const START_MS = 1_750_000_000_000

/** What FOLDER holds if it is whole. */
const WANTED = JSON.stringify({ private: true, dependencies: CLIENTS })

function isThere(): boolean {
  const file = join(FOLDER, 'package.json')
  const installed = Object.keys(CLIENTS).every((name) => existsSync(join(FOLDER, 'node_modules', name, 'package.json')))
  return installed && existsSync(file) && readFileSync(file, 'utf8') === WANTED
}

/**
 * Installs the libraries unless they are there: beside the folder, which is moved into its place when it is whole, so that
 * neither an install that was interrupted nor another run leaves half of them. Without the registry the tests are skipped, but
 * not on CI.
 */
async function install(): Promise<string | undefined> {
  if (isThere()) return undefined
  mkdirSync(dirname(FOLDER), { recursive: true })
  const made = mkdtempSync(`${FOLDER}-`)
  try {
    writeFileSync(join(made, 'package.json'), WANTED)
    const flags = [
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--no-package-lock',
      '--no-save',
      '--prefer-offline',
      '--fetch-retries=1',
    ]
    await run('npm', ['install', ...flags], { cwd: made, timeout: INSTALL_MAX_MS })
    if (isThere()) return undefined
    rmSync(FOLDER, { recursive: true, force: true })
    renameSync(made, FOLDER)
    return undefined
  } catch (error) {
    if (isThere()) return undefined
    if (process.env.CI) throw error
    return String((error as { stderr?: string }).stderr || error).split('\n')[0]
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}

/** Why the libraries are not there, if they are not. */
const unreachable = await install()
if (unreachable !== undefined) console.warn(`skipped: the foreign clients cannot be installed (${unreachable})`)

let weChat: RunningSimulator
let proxy: Server
let folder: string
const tunnels = new Set<Socket>()

beforeEach(() => weChat.reset())
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'))
  weChat = await simulator({ merchants: [{ mch_id: MCH_ID, appids: [APPID] }], now: () => START_MS })
  writeFileSync(join(folder, 'ca.pem'), weChat.ca)
  writeFileSync(join(folder, 'apiclient_cert.p12'), weChat.merchants[0]?.p12_3des ?? '')
  // Leads api.mch.weixin.qq.com:443 to the simulator, and nothing anywhere else.
  proxy = createServer().on('connect', (request, socket) => {
    if (request.url !== 'api.mch.weixin.qq.com:443') return socket.destroy()
    const there = connect(Number(new URL(weChat.origin).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      there.pipe(socket).pipe(there)
    })
    for (const end of [there, socket as Socket]) {
      tunnels.add(end)
      end.on('error', () => end.destroy())
    }
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  for (const socket of tunnels) socket.destroy()
  await weChat?.stop()
  await new Promise((resolve) => proxy?.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

type Results = Record<string, Record<string, unknown>>

async function results(name: keyof typeof CLIENTS, more: NodeJS.ProcessEnv = {}): Promise<Results> {
  const { port } = proxy.address() as AddressInfo
  const env = {
    PATH: process.env.PATH,
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    ...(name === 'wechat-pay' ? { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: `http://127.0.0.1:${port}` } : {}),
    ORIGIN: weChat.origin,
    MCH_ID,
    APPID,
    API_KEY: weChat.merchants[0]?.api_key,
    P12: join(folder, 'apiclient_cert.p12'),
    ...more,
  }
  // wechat-pay leaves promises of its own unhandled as it refuses, which would end the process.
  const { stdout } = await run(process.execPath, ['--unhandled-rejections=warn', SCRIPT, FOLDER, name], { env })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

const B1 = { return_code: 'SUCCESS', result_code: 'SUCCESS', mch_billno: 'B1', mch_id: MCH_ID }
const SENT = { ...B1, wxappid: APPID, re_openid: 'oxTWIuGaIt6gTKsQRLau2M0yL16E', total_amount: '100' }
const FOUND = { ...B1, status: 'SENT', hb_type: 'NORMAL', total_amount: '100' }

test.skipIf(unreachable)(`tenpay ${CLIENTS.tenpay} sends, asks, repeats and is refused`, async () => {
  const seen = await results('tenpay')
  expect(seen.sent).toMatchObject({ ...SENT, send_listid: expect.stringMatching(/^10000417\d{23}$/) })
  expect(seen.found).toMatchObject({ ...FOUND, detail_id: seen.sent?.send_listid })
  expect(seen.repeated).toEqual(seen.sent)
  expect(seen).toMatchObject({
    changed: { error: 'FATAL_ERROR' },
    refused: { error: 'NOTENOUGH' },
    wrong: { error: 'PARAM_ERROR' },
    missing: { error: 'NOT_FOUND' },
    group: { ...B1, mch_billno: 'G1', total_amount: '600' },
  })
  expect(await weChat.ledger()).toMatchObject({
    total_debited: 700,
    debits: [{ mch_billno: 'B1' }, { mch_billno: 'G1' }],
  })
})

test.skipIf(unreachable)(`tenpay ${CLIENTS.tenpay} downloads the fund bill`, async () => {
  await results('tenpay')
  await weChat.clock.advance(12 * 3600)
  const { bill } = await results('tenpay', { BILL_DATE: '20250615' })
  const rows = bill?.list_data as string[][]
  expect(rows.map((cells) => [cells[5], cells[6], cells[10]])).toEqual([
    ['支出', '1.00', 'B1'],
    ['支出', '6.00', 'G1'],
  ])
  expect(bill?.total_data).toEqual(['2.0', '0.0', '0.00', '2.0', '7.00'])
})

test.skipIf(unreachable)(
  `wechatpay-axios-plugin ${CLIENTS['wechatpay-axios-plugin']} sends, asks, repeats and is refused`,
  async () => {
    const seen = await results('wechatpay-axios-plugin')
    expect(seen.sent).toMatchObject({ ...SENT, send_listid: expect.stringMatching(/^10000417\d{23}$/) })
    expect(seen.found).toMatchObject({ ...FOUND, detail_id: seen.sent?.send_listid })
    expect(seen.repeated).toEqual(seen.sent)
    expect(seen.mini).toMatchObject({ ...B1, mch_billno: 'M1', package: expect.stringMatching(/^sendid=/) })
    expect(JSON.stringify(seen.changed)).toContain('FATAL_ERROR')
    expect(JSON.stringify(seen.refused)).toContain('NOTENOUGH')
    expect(JSON.stringify(seen.wrong)).toContain('PARAM_ERROR')
    expect(JSON.stringify(seen.missing)).toContain('NOT_FOUND')
    expect(await weChat.ledger()).toMatchObject({
      total_debited: 200,
      debits: [{ mch_billno: 'B1' }, { mch_billno: 'M1' }],
    })
  },
)

test.skipIf(unreachable)(
  `wechat-pay ${CLIENTS['wechat-pay']} sends, asks, repeats and is refused, by WeChat's own name`,
  async () => {
    const seen = await results('wechat-pay')
    expect(seen.sent).toMatchObject({ ...SENT, send_listid: expect.stringMatching(/^10000417\d{23}$/) })
    expect(seen.found).toMatchObject({ ...FOUND, detail_id: seen.sent?.send_listid })
    expect(seen.repeated).toEqual(seen.sent)
    expect(seen).toMatchObject({
      changed: { error: 'FATAL_ERROR' },
      refused: { error: 'NOTENOUGH' },
      wrong: { error: 'PARAM_ERROR' },
      missing: { error: 'NOT_FOUND' },
    })
    expect(await weChat.ledger()).toMatchObject({ total_debited: 100, debits: [{ mch_billno: 'B1', status: 'SENT' }] })
  },
)
