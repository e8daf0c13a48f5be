// What npm pack makes, installed into an empty folder and used there, by each node that is at hand.
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodesAtHand } from '../../../test/support/nodes.ts'

const run = promisify(execFile)
const SIMULATOR = fileURLToPath(new URL('../..', import.meta.url))
const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

const NODES = nodesAtHand(20)

const USE = `
async function use() {
  const weChat = await simulator({ merchants: [{ mch_id: '1' }], balance: 5 })
  const { balance } = await weChat.ledger()
  await weChat.fault('reset_after', { re_openid: 'o1' })
  const waiting = (await weChat.faults()).length
  const page = await (await fetch(weChat.control_origin)).text()
  await weChat.stop()
  console.log(JSON.stringify([balance, waiting, page.includes('page.js'), weChat.ca.slice(0, 10)]))
}
use()
`

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'))
  await run('npm', ['pack', '--pack-destination', folder], { cwd: SIMULATOR })
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`], { cwd: folder })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const installed = () => join(folder, 'node_modules/wechatpay-simulator')

test('holds what runs, and neither tests nor sources', () => {
  const files = readdirSync(installed(), { recursive: true, encoding: 'utf8' }).sort()
  expect(files).toEqual([
    'Dockerfile',
    'README.md',
    'README.zh-CN.md',
    'dist',
    'dist/client.d.cts',
    'dist/client.d.ts',
    'dist/main.js',
    'dist/testing.cjs',
    'dist/testing.d.cts',
    'dist/testing.d.ts',
    'dist/testing.js',
    'openapi.yaml',
    'package.json',
    'page',
    'page/index.html',
    'page/page.css',
    'page/page.js',
  ])
  const others = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))
  expect(others.sort()).toEqual(['node-forge', 'valibot', 'wechatpay-simulator'])
})

describe.each(NODES)('node %s', (_, node) => {
  test.each([
    ['use.mjs', `import { simulator } from 'wechatpay-simulator/testing'\n${USE}`],
    ['use.cjs', `const { simulator } = require('wechatpay-simulator/testing')\n${USE}`],
  ])('%s starts one, uses it and stops it', async (file, code) => {
    writeFileSync(join(folder, file), code)
    const { stdout } = await run(node, [file], { cwd: folder })
    expect(JSON.parse(stdout)).toEqual([5, 1, true, '-----BEGIN'])
  })

  test('the command starts, says where, keeps its ledger and stops at SIGTERM', async () => {
    const data = join(folder, `data-${NODES.findIndex(([, one]) => one === node)}`)
    const args = [join(installed(), 'dist/main.js'), '--port', '0', '--control-port', '0', '--data', data, '--json']
    const merchant = ['--merchant', 'mch_id=1900000110', '--key', 'k', '--appid', 'wx1', '--appid', 'wx2']
    const child = spawn(node, [...args, ...merchant], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    try {
      const told = JSON.parse(String(await new Promise((resolve) => child.stdout.once('data', resolve))))
      expect(told).toMatchObject({
        origin: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
        merchants: [{ mch_id: '1900000110', api_key: 'k', appids: ['wx1', 'wx2'] }],
        files: { ca: join(data, 'ca.pem'), merchants: [{ cert: join(data, '1900000110/apiclient_cert.pem') }] },
      })
      expect(Object.keys(told.merchants[0])).toEqual(['mch_id', 'api_key', 'appids'])
      const described = await (await fetch(`${told.control_origin}/openapi.yaml`)).text()
      expect(described).toBe(readFileSync(join(SIMULATOR, 'openapi.yaml'), 'utf8'))
    } finally {
      child.kill('SIGTERM')
    }
    expect(await ended).toBe(0)
    expect(readdirSync(data).sort()).toEqual(['1900000110', 'ca.pem', 'identity.json', 'ledger.jsonl'])
  })

  test('--help and --version', async () => {
    const main = join(installed(), 'dist/main.js')
    expect((await run(node, [main, '--help'], { env: { LANG: 'C' } })).stdout).toMatch(/^Usage: wechatpay-simulator/)
    expect((await run(node, [main, '--help'], { env: { LANG: 'zh_CN.UTF-8' } })).stdout).toMatch(/^用法：/)
    expect((await run(node, [main, '--version'])).stdout).toBe('0.1.0\n')
  })
})

test('type-checks under strict in both module systems', async () => {
  const code = `
export async function use(): Promise<string> {
  await using weChat = await simulator({ merchants: [{ mch_id: '1', api_key: 'k', appids: ['wx'] }], limits: false })
  const { debits } = await weChat.ledger()
  // @ts-expect-error there is no such status
  if (debits[0]?.status === 'LOST') return ''
  await weChat.fault('NOTENOUGH', { total_amount: 100 })
  const now: Date = await weChat.clock.advance(5)
  const p12: Uint8Array | undefined = weChat.merchants[0]?.p12
  const control: Control = connect(weChat.control_origin)
  return [now.toISOString(), p12?.length, (await control.calls()).length, weChat.ca].join()
}
`
  const head = `import { type Control, connect, simulator } from 'wechatpay-simulator/testing'\n`
  writeFileSync(join(folder, 'esm.mts'), head + code)
  writeFileSync(join(folder, 'cjs.cts'), head + code)
  const lib = ['es2022', 'dom', 'esnext.disposable']
  const common = {
    module: 'nodenext',
    target: 'es2022',
    lib,
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: common, include: ['*.mts', '*.cts'] }))
  const { stdout } = await run(process.execPath, [TSC, '-p', folder]).catch((error) => error)
  expect(stdout).toBe('')
})
