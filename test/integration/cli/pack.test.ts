// The command as others get it: packed, installed into an empty folder, and run there by every Node at hand.
import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCampaigns } from '../../support/campaigns.ts'
import { type Asked, COMMON, PACKET, people, startService } from '../../support/cli.ts'
import { nodesAtHand } from '../../support/nodes.ts'
import { megabytesIn, megabytesToldOf } from '../../support/size.ts'

const run = promisify(execFile)
const CLI = fileURLToPath(new URL('../../../cli', import.meta.url))

const nodes = nodesAtHand(20).map(([, path]) => path)
const NOUNS = ['send', 'campaign send', 'list', 'merchant put', 'caller add', 'doctor', 'sign', 'simulator']

const sent = ({ headers }: Asked) => {
  const id = `${headers['idempotency-key']}`.slice(6, 30).padEnd(24, '0')
  return { status: 200, body: { return_code: 'SUCCESS', mch_billno: `RP${id}`, send_listid: '1', id, outcome: 'sent' } }
}

let project: string
let installed: string

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'redpack-cli-'))
  installed = join(project, 'node_modules/redpack-cli')
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: CLI })
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('[')))
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true }))
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${filename}`], { cwd: project })
}, 300_000)
afterAll(() => rm(project, { recursive: true, force: true }))

/** Runs the installed command; its failures are answers, too. */
async function redpack(node: string, argv: string[], env: Record<string, string> = {}) {
  const bin = join(installed, 'bin/redpack.js')
  const ran = run(node, [bin, ...argv], { cwd: project, env: { HOME: project, LANG: 'C', ...env } })
  return ran.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  )
}

it('holds what runs, and nothing else', async () => {
  expect((await readdir(installed)).sort()).toEqual(['README.md', 'README.zh-CN.md', 'bin', 'dist', 'package.json'])
  expect((await readdir(join(installed, 'bin'))).sort()).toEqual(['redpack.js'])
  expect((await readdir(join(installed, 'dist'))).filter((name) => !name.endsWith('.js'))).toEqual(['console'])
  expect((await readdir(join(installed, 'dist/console'))).sort()).toEqual(['icon.svg', 'page.css', 'page.js'])
  expect(existsSync(join(project, 'node_modules/.bin/redpack'))).toBe(true)
  expect(megabytesIn(join(project, 'node_modules'))).toBeLessThanOrEqual(megabytesToldOf('redpack-cli'))
})

describe.each(nodes)('by %s', (node) => {
  it('says its help and its version', async () => {
    const { version } = JSON.parse(await readFile(join(CLI, 'package.json'), 'utf8'))
    expect(await redpack(node, ['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
    const english = await redpack(node, ['--help'])
    expect({ ...english, stdout: english.stdout.split('\n')[0] }).toEqual({
      code: 0,
      stdout: 'Usage: redpack [options] [command]',
      stderr: '',
    })
    // The words are the same on every Node; what they are made of is not, and is loaded by each.
    for (const name of node === nodes[0] ? NOUNS : NOUNS.slice(0, 1)) {
      const { code, stdout } = await redpack(node, [...name.split(' '), '--help', '--lang', 'zh'])
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^用法/) })
    }
  })

  it('sends a packet and a list', async () => {
    const single = await startService(sent)
    const campaigns = await startCampaigns()
    try {
      const one = await redpack(node, ['send', ...PACKET, '--json'], single.env)
      expect({ code: one.code, ...JSON.parse(one.stdout) }).toMatchObject({ code: 0, outcome: 'sent' })

      const file = join(project, `people-${nodes.indexOf(node)}.csv`)
      await writeFile(file, people(20, `o${nodes.indexOf(node)}`).csv)
      const argv = ['campaign', 'send', file, '--yes', '--json', '--interval', '0.1', ...COMMON]
      const many = await redpack(node, argv, campaigns.env)
      expect({ code: many.code, ...JSON.parse(many.stdout) }).toMatchObject({ code: 0, counts: { sent: 20 } })
      expect([single.asked.length, campaigns.uploaded.length]).toEqual([1, 20])
    } finally {
      await single.stop()
      await campaigns.stop()
    }
  })

  it('runs the simulator, with the page at its control port', async () => {
    const argv = ['simulator', '--port', '0', '--control-port', '0', '--ephemeral', '--json', '--quiet']
    const child = spawn(node, [join(installed, 'bin/redpack.js'), ...argv], {
      cwd: project,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    try {
      const { control_origin } = JSON.parse(String(await new Promise((resolve) => child.stdout.once('data', resolve))))
      for (const file of ['', 'page.js', 'page.css', 'openapi.yaml']) {
        const { status } = await fetch(`${control_origin}/${file}`)
        expect({ file, status }).toEqual({ file, status: 200 })
      }
      expect(await (await fetch(control_origin)).text()).toContain('<title>wechatpay-simulator')
    } finally {
      child.kill('SIGTERM')
    }
    expect(await ended).toBe(0)
  })

  it('looks at its set-up without AWS, and says so', async () => {
    const { code, stdout } = await redpack(node, ['doctor', '--json', '--prefix', 'redpack/dev'], {
      AWS_REGION: 'cn-north-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:9',
      WECHATPAY_ORIGIN: 'https://127.0.0.1:9',
    })
    const states = JSON.parse(stdout).findings.map(({ check, state }: Record<string, string>) => `${check} ${state}`)
    expect({ code, states }).toEqual({
      code: 1,
      states: ['version good', 'configuration bad', 'secrets bad', 'wechatpay bad', 'brake none', 'rest none'],
    })
  })
})
