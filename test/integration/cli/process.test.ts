// redpack as a process: started by an older node, ended by signals, and the simulator that runs until then.
import { type ChildProcess, execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { quote } from '../../../cli/shell.ts'
import { startCampaigns, ZERO } from '../../support/campaigns.ts'
import { COMMON, LAUNCHER, PACKET, people, startRedpack, startService } from '../../support/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'redpack-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The machine's own node, which an npm script hides behind the project's. */
const machine = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((path) => !path.includes('node_modules') && !path.includes('node-gyp-bin'))
  .map((path) => join(path, 'node'))
  .find((path) => existsSync(path))
const version = machine && spawnSync(machine, ['--version'], { encoding: 'utf8' }).stdout
const older = Number(version?.slice(1).split('.')[0]) < 24
const nodes = [['this node', process.execPath], ...(older && machine ? [['an older node', machine]] : [])] as [
  string,
  string,
][]
const simulator = (name: string) => [
  'simulator',
  '--port',
  '0',
  '--control-port',
  '0',
  '--data',
  join(folder, name),
  '--json',
]

describe.each(nodes)('redpack by %s', (name, node) => {
  it('passes on what the command says and its exit code', async () => {
    expect(await startRedpack(['list'], { LANG: 'C' }, node).ended).toEqual({
      code: 1,
      out: '',
      err: '✘ Not set: --endpoint (REDPACK_ENDPOINT), --keyid (REDPACK_KEYID), --secret (REDPACK_SECRET)\n',
    })
    expect((await startRedpack(['--help'], { LANG: 'C' }, node).ended).code).toBe(0)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('runs the simulator until %s', async (signal) => {
    const { child, ended } = startRedpack(simulator(name), { LANG: 'C' }, node)
    await ready(child)
    child.kill(signal)
    const { code, out } = await ended

    const { origin, control_origin, merchants, files } = JSON.parse(out)
    expect({ code, origin, merchants }).toEqual({
      code: 0,
      origin: expect.stringMatching(/^https:/),
      merchants: [{ mch_id: '1900000109', api_key: expect.stringMatching(/^[0-9a-f]{32}$/) }],
    })
    const written = [files.ca, ...Object.values<string>(files.merchants[0])]
    expect(written.map((file) => existsSync(file))).toEqual([true, true, true, true, true])
    await expect(fetch(`${control_origin}/ledger`)).rejects.toThrow()
  })

  it('ends with the process that was started, however that is killed', async () => {
    const { child, ended } = startRedpack(simulator(name), { LANG: 'C' }, node)
    const { control_origin } = await ready(child)
    child.kill('SIGKILL')
    await ended

    await expect.poll(() => fetch(`${control_origin}/ledger`).catch(() => 'gone')).toBe('gone')
  })
})

describe('redpack send, ended before the answer', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 130],
    ['SIGHUP', 130],
    ['SIGKILL', 'SIGKILL'],
  ] as const)('by %s, has told the key that the packet may be paid under', async (signal, code) => {
    await using service = await silentService()
    const { child, ended } = startRedpack(['send', ...PACKET], { ...service.env, LANG: 'C' })
    await service.reached
    child.kill(signal)

    const run = await ended
    const key = service.asked[0]?.headers['idempotency-key']
    expect(run).toMatchObject({ code, out: '' })
    expect(run.err.split('\n')[0]).toBe(`Sending with idempotency_key ${key}`)
    if (signal !== 'SIGKILL') expect(run.err).toMatch(new RegExp(`may have been sent.*--idempotency-key ${key}`, 's'))
  })

  it('tells it as JSON with --json', async () => {
    await using service = await silentService()
    const { child, ended } = startRedpack(['send', ...PACKET, '--json'], { ...service.env, LANG: 'C' })
    await service.reached
    child.kill('SIGTERM')

    const { code, err } = await ended
    expect({ code, ...JSON.parse(err).error }).toMatchObject({
      ...{ code: 'interrupted', exit_code: 130, maybe_sent: true },
      idempotency_key: service.asked[0]?.headers['idempotency-key'],
    })
  })
})

describe('redpack campaign, when nobody reads what it says', () => {
  it.each([
    ['2>&1 | head -n 1', 'both streams'],
    ['2>&1 >/dev/null | head -n 1', 'standard error'],
    ['2>/dev/null | true', 'standard output'],
  ])('uploads every row and starts all the same (%s)', async (pipe) => {
    const counts = { ...ZERO, waiting: 600 }
    const service = await startCampaigns({ looks: [{ state: 'running', counts }, { state: 'running', counts }, {}] })
    const file = join(folder, `closed-${pipe.length}.csv`)
    writeFileSync(file, people(600).csv)
    const argv = ['campaign', 'send', file, '--yes', '--interval', '0.1', ...COMMON]
    const env = { PATH: process.env.PATH, ...service.env, LANG: 'C' }

    const line = [process.execPath, LAUNCHER, ...argv].map(quote).join(' ')
    const script = `{ ${line}; echo $? > ${quote(`${file}.code`)}; } ${pipe}`
    await promisify(execFile)('sh', ['-c', script], { env })

    await expect.poll(() => existsSync(`${file}.code`) && readFileSync(`${file}.code`, 'utf8')).toBe('0\n')
    expect(service.uploaded).toHaveLength(600)
    expect(service.commands().at(-1)).toMatch(/\/start$/)
    await service.stop()
  })
})

describe('redpack campaign send, interrupted', () => {
  it.each([
    ['/rows/', 'Ended. Nothing was sent. Run the same command again to go on.'],
    ['/start', 'it may be running. Look with:\n    redpack campaign show'],
  ])('while it waits for %s says what that means for the money', async (part, said) => {
    let reach = () => {}
    const reached = new Promise<void>((resolve) => {
      reach = resolve
    })
    const service = await startCampaigns({
      answer: ({ path }) => {
        if (!path.includes(part)) return 'own'
        reach()
        return new Promise(() => {})
      },
    })
    const file = join(folder, `interrupted-${part.length}.csv`)
    writeFileSync(file, people(3).csv)
    const { child, ended } = startRedpack(['campaign', 'send', file, '--yes', ...COMMON], { ...service.env, LANG: 'C' })
    await reached
    child.kill('SIGTERM')

    const { code, err } = await ended
    expect({ code, err }).toEqual({ code: 130, err: expect.stringContaining(said) })
    await service.stop()
  })
})

/** Takes a request and never answers it. */
async function silentService() {
  let reach = () => {}
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  const service = await startService(() => {
    reach()
    return new Promise(() => {})
  })
  return { ...service, reached, [Symbol.asyncDispose]: () => service.stop() }
}

describe('redpack simulator', () => {
  it('has the same merchant, key and files at every start', async () => {
    const first = startRedpack(simulator('again'), { LANG: 'C' })
    const before = await ready(first.child)
    first.child.kill('SIGTERM')
    await first.ended

    const second = startRedpack(simulator('again'), { LANG: 'C' })
    const after = await ready(second.child)
    const places = { origin: '', control_origin: '', port: 0, control_port: 0 }
    expect({ ...after, ...places }).toEqual({ ...before, ...places })
    second.child.kill('SIGTERM')
    await second.ended
  })

  it('takes the options of wechatpay-simulator, before and behind those of redpack', async () => {
    const merchant = ['--merchant', 'mch_id=1900000110', '--key', 'k', '--appid', 'wx1']
    const argv = [
      '--lang',
      'zh',
      '--json',
      'simulator',
      ...merchant,
      '--ephemeral',
      '--port',
      '0',
      '--control-port',
      '0',
    ]
    const { child, ended } = startRedpack([...argv, '--lang', 'zh'], { LANG: 'C' })
    expect(await ready(child)).toMatchObject({ merchants: [{ mch_id: '1900000110', api_key: 'k', appids: ['wx1'] }] })
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: 0, err: '' })
  })

  it('says in one line what is wrong with an option', async () => {
    expect(await startRedpack(['simulator', '--key', 'k'], { LANG: 'C' }).ended).toEqual({
      code: 1,
      out: '',
      err: '✘ --key belongs after the --merchant that it is about\n',
    })
    expect(await startRedpack(['simulator', '--key', 'k', '--lang', 'zh'], { LANG: 'C' }).ended).toEqual({
      code: 1,
      out: '',
      err: '✘ --key 须写在所属的 --merchant 之后\n',
    })
  })

  it('says in one line that a port is taken', async () => {
    const first = startRedpack(simulator('taken'), { LANG: 'C' })
    const { origin } = await ready(first.child)
    const { port } = new URL(origin ?? '')
    const argv = ['simulator', '--port', port, '--control-port', '0', '--data', join(folder, 'taken')]

    expect(await startRedpack(argv, { LANG: 'zh_CN.UTF-8' }).ended).toEqual({
      code: 1,
      out: '',
      err: `✘ 端口 ${port} 已被占用：请停掉占用它的程序，或换一个（--port、--control-port）\n`,
    })
    first.child.kill('SIGTERM')
    await first.ended
  })
})

/** What the simulator says once it listens. */
async function ready({ stdout }: ChildProcess): Promise<Record<string, string>> {
  return JSON.parse(String(await new Promise((resolve) => stdout?.once('data', resolve))))
}
