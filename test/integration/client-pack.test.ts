// What the registry would get: packed, installed into an empty project without a network, type-checked and run in both module systems.
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as page from '../../client/test/page.ts'
import { KEYID, SECRET, startService } from '../../client/test/service.ts'

const run = promisify(execFile)
const CLIENT = fileURLToPath(new URL('../../client', import.meta.url))
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
  const { status, data, idempotency_key } = await redPack.sendRedPack({
    type: 'normal', re_openid: 'o', send_name: 's', official_account_id: 'wx', total_amount: 1.1, total_num: 1,
    act_name: 'a', remark: 'r', wishing: 'w',
  }, { idempotency_key: 'k' })
  // @ts-expect-error a packet is normal or fission
  await redPack.sendRedPack({ type: 'other' })
  // @ts-expect-error the service has no such outcome
  if (data.outcome === 'failed') return ''
  if (data.return_code === 'SUCCESS') return idempotency_key
  if (data.outcome === 'unknown') return data.err_code.trim()
  if (data.outcome === 'refused') return data.err_code_des.trim()
  const sent: 'sent' = data.outcome
  for await (const record of redPack.records({ limit: 100 })) record.total_amount.toFixed(2)
  const { objects, meta } = (await redPack.getSentRedPackList({ limit: 20, offset: 0 })).data
  const one = (await redPack.getSentRedPack('id')).data
  const word = (await redPack.getRedPackStatus({ id: one.id })).data['status']
  const headers: Record<string, string> = signRequest({ method: 'GET', url: 'https://x', keyid: 'k', secret: 'AAAA', created: status })
  return [sent, objects[0]?.pk, meta.total_count, one.status === 'RFUND_ING', word, headers['signature']].join()
}
export function explain(error: unknown): string {
  if (error instanceof HError) return error.code.toFixed() + (error.problem?.errors?.[0]?.pointer ?? '')
  if (error instanceof NetworkError || error instanceof TimeoutError) return error.maybe_sent ? String(error.idempotency_key) : ''
  return ''
}
export const custom = new RedPack({ endpoint: 'https://x', keyid: 'k', secret: 'AAAA', fetch: async (url, init) => fetch(url, init) })
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
  expect(dist.filter((name) => !/^(index\.c?js|\w+\.d\.c?ts)$/.test(name))).toEqual([])
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

describe('the example of the page', () => {
  it.each([
    ['a CommonJS file', 'send.cjs', `const BaaS = require('redpack-client')\n`],
    ['an ES module', 'send.mjs', `import * as BaaS from 'redpack-client'\n`],
  ])('prints what the page says, run from %s', async (_, name, head) => {
    await using service = await startService({ body: page.SENT })
    const { endpoint } = service.options
    const env = { ...process.env, REDPACK_ENDPOINT: endpoint, REDPACK_KEYID: KEYID, REDPACK_SECRET: SECRET }
    await writeFile(join(project, name), head + page.SEND)

    const { stdout } = await run(process.execPath, [join(project, name)], { env })

    expect(stdout).toBe('true\n')
    expect(service.seen).toHaveLength(1)
  })
})
