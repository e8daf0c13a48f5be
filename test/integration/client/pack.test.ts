// What the registry would get: packed, installed into an empty project without a network, type-checked and run in both module systems.
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as page from '../../../client/test/page.ts'
import { KEYID, SECRET, startService } from '../../../client/test/service.ts'
import { nodesAtHand } from '../../support/nodes.ts'
import { megabytesIn, megabytesToldOf } from '../../support/size.ts'

const run = promisify(execFile)
const CLIENT = fileURLToPath(new URL('../../../client', import.meta.url))
const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

const TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2022', 'dom'],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
  },
  include: ['*.mts', '*.cts'],
}

/** Uses every method and every class, and tells the outcomes apart; `@ts-expect-error` shows what must not compile. */
const USE = `
export async function use(redPack: RedPack): Promise<string> {
  const { status, data, idempotency_key, replayed } = await redPack.sendRedPack({
    type: 'normal', re_openid: 'o', send_name: 's', official_account_id: 'wx', total_amount: 1.1, total_num: 1,
    act_name: 'a', remark: 'r', wishing: 'w',
  }, { idempotency_key: 'k' })
  // @ts-expect-error a packet is normal or fission
  await redPack.sendRedPack({ type: 'other' })
  // @ts-expect-error the service has no such outcome
  if (data.outcome === 'failed') return ''
  if (replayed && data.return_code === 'SUCCESS') return idempotency_key
  // @ts-expect-error the option has another name
  await redPack.sendRedPack({} as never, { idempotencyKey: 'k' })
  if (data.outcome === 'unknown') return data.err_code.trim()
  if (data.outcome === 'refused') return data.err_code_des.trim()
  const sent: 'sent' = data.outcome
  for await (const record of redPack.records({ limit: 100 })) record.total_amount.toFixed(2)
  const { objects, meta } = (await redPack.getSentRedPackList({ limit: 20, offset: 0 })).data
  const one = (await redPack.getSentRedPack('id')).data
  const word = (await redPack.getRedPackStatus({ id: one.id })).data['status']
  const known = (await redPack.getSentRedPack({ idempotency_key })).data.idempotency_key
  const headers: Record<string, string> = signRequest({ method: 'GET', url: 'https://x', keyid: 'k', secret: 'AAAA', created: status })
  return [sent, objects[0]?.pk, meta.total_count, one.status === 'RFUND_ING', word, headers['signature'], known].join()
}
export function explain(error: unknown): string {
  if (error instanceof HError) return error.code.toFixed() + (error.problem?.errors?.[0]?.pointer ?? '')
  if (error instanceof NetworkError || error instanceof TimeoutError) return error.maybe_sent ? String(error.idempotency_key) : ''
  return ''
}
export const custom = new RedPack({ endpoint: 'https://x', keyid: 'k', secret: 'AAAA', require_key: true, miniapp_id: 'wx', fetch: async (url, init) => fetch(url, init) })
`
const NAMES = '{ HError, NetworkError, RedPack, signRequest, TimeoutError }'

let project: string

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'redpack-client-'))
  await run('npm', ['pack', '--pack-destination', project], { cwd: CLIENT })
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true }))
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', './redpack-client-0.1.0.tgz'], { cwd: project })
})
afterAll(() => rm(project, { recursive: true, force: true }))

it('holds the two builds, their declarations and the read-mes, and needs no other package', async () => {
  const installed = join(project, 'node_modules/redpack-client')
  const dist = await readdir(join(installed, 'dist'))

  expect((await readdir(installed)).sort()).toEqual(['README.md', 'README.zh-CN.md', 'dist', 'package.json'])
  expect(dist).toEqual(expect.arrayContaining(['index.js', 'index.cjs', 'index.d.ts', 'index.d.cts']))
  expect(megabytesIn(join(project, 'node_modules'))).toBeLessThanOrEqual(megabytesToldOf('redpack-client'))
  expect(dist.filter((name) => !/^(index\.c?js|[\w-]+\.d\.c?ts)$/.test(name))).toEqual([])
  expect((await readdir(join(project, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual([
    'redpack-client',
  ])
})

it('type-checks under strict as an ES module and as CommonJS', async () => {
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(TSCONFIG))
  await writeFile(join(project, 'esm.mts'), `import ${NAMES} from 'redpack-client'\n${USE}`)
  await writeFile(
    join(project, 'cjs.cts'),
    `import client = require('redpack-client')\nimport ${NAMES} from 'redpack-client'\n${USE}export { client }\n`,
  )

  const { stdout } = await run(process.execPath, [TSC, '-p', project]).catch((error) => error)

  expect(stdout).toBe('')
})

type Service = { options: { endpoint: string } }

/** Runs a program of the empty project with another Node than the project's own as well. @returns what it printed */
async function runAs(node: string, name: string, text: string, service: Service, more: NodeJS.ProcessEnv = {}) {
  const { endpoint } = service.options
  const env = { ...process.env, REDPACK_ENDPOINT: endpoint, REDPACK_KEYID: KEYID, REDPACK_SECRET: SECRET, ...more }
  await writeFile(join(project, name), text)
  return run(node, [join(project, name)], { env })
}

/** A program that has loaded both copies: what one throws, the other has to know. */
const BOTH = `
import { createRequire } from 'node:module'
import * as esm from 'redpack-client'
const cjs = createRequire(import.meta.url)('redpack-client')
const errorOf = (client, options) => new client.RedPack({ retries: 0, ...options }).getSentRedPack('1').catch((error) => error)
const lost = async () => { throw new Error('lost') }
const told = []
for (const [one, other] of [[esm, cjs], [cjs, esm]]) {
  if (one.HError === other.HError) throw new Error('there is only one copy')
  class Mine extends other.HError {}
  for (const error of [await errorOf(one, {}), await errorOf(one, { fetch: lost })]) {
    const { HError, NetworkError, RedPackError, TimeoutError } = other
    const known = [HError, NetworkError, TimeoutError, RedPackError, Mine, Error].map((type) => error instanceof type)
    told.push([error.name, ...known])
  }
}
console.log(JSON.stringify(told))
`

describe.each(nodesAtHand(18))('on Node %i', (major, node) => {
  it.each([
    ['a CommonJS file', 'send.cjs', "const BaaS = require('redpack-client')\n"],
    ['an ES module', 'send.mjs', "import * as BaaS from 'redpack-client'\n"],
  ])(
    'the example of the page prints what the page says, run from %s, and warns that it has no key',
    async (_, name, head) => {
      await using service = await startService({ body: page.SENT })

      const { stdout, stderr } = await runAs(node, name, head + page.SEND, service)

      expect(stdout).toBe('true\n')
      expect(stderr).toMatch(/\[REDPACK_NO_KEY\] RedPackWarning: .*未传 idempotency_key/)
      expect(service.seen).toHaveLength(1)
    },
  )

  it('instanceof and name hold between the ES module and the CommonJS copy', async () => {
    await using service = await startService({ status: 404, body: { code: 'not_found', detail: 'no' } })

    const { stdout } = await runAs(node, 'both.mjs', BOTH, service)

    const once = [
      ['HError', true, false, false, true, false, true],
      ['NetworkError', false, true, false, true, false, true],
    ]
    expect(JSON.parse(stdout)).toEqual([...once, ...once])
  })

  it.runIf(major >= 22)('a proxy that the environment names is used if Node is told to', async () => {
    await using service = await startService({ body: page.SENT })
    await using proxy = await startProxy()
    const told = { HTTP_PROXY: proxy.url, NODE_USE_ENV_PROXY: '1', NO_PROXY: '' }

    const { stdout } = await runAs(
      node,
      'proxy.cjs',
      `const BaaS = require('redpack-client')\n${page.SEND}`,
      service,
      told,
    )

    expect([stdout, service.seen.length]).toEqual(['true\n', 1])
    expect(proxy.targets).toEqual([new URL(service.options.endpoint).host])
  })
})

/** A proxy for any host, by CONNECT; `targets` are those that it was asked for. */
async function startProxy() {
  const targets: string[] = []
  const server = createServer().on('connect', ({ url = '' }, socket) => {
    targets.push(url)
    const { hostname, port } = new URL(`http://${url}`)
    const target = connect(Number(port), hostname, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    target.pipe(socket).pipe(target)
    for (const one of [target, socket]) one.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    targets,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
