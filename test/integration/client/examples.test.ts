// The examples to deploy, called as each platform calls a function, with the package that they would install.
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { buildClient } from '../../../client/build.ts'
import { KEYID, type Play, PROBLEM_415, reset, SECRET, startService } from '../../../client/test/service.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const FOLDERS = {
  'tencent-scf': 'examples/tencent-scf',
  'wechat-cloudbase': 'examples/wechat-cloudbase/cloudfunctions/sendRedPack',
  'aliyun-fc': 'examples/aliyun-fc',
} as const
type Platform = keyof typeof FOLDERS
const PLATFORMS = Object.keys(FOLDERS) as Platform[]

const folder = mkdtempSync(join(tmpdir(), 'redpack-examples-'))
const ORDER = { order_no: '20240101-0001', re_openid: 'official-openid-of-the-user', total_amount: 1.88 }
const STORED = { _id: ORDER.order_no, _openid: 'miniapp-openid', official_openid: ORDER.re_openid, total_amount: 1.88 }

beforeAll(async () => {
  const installed = join(folder, 'node_modules/redpack-client')
  mkdirSync(join(folder, 'node_modules/wx-server-sdk'), { recursive: true })
  mkdirSync(installed)
  copyFileSync(join(ROOT, 'client/package.json'), join(installed, 'package.json'))
  copyFileSync(join(ROOT, 'client/test/wx-server-sdk.cjs'), join(folder, 'node_modules/wx-server-sdk/index.js'))
  await buildClient(join(installed, 'dist'))
  for (const platform of PLATFORMS) {
    mkdirSync(join(folder, platform))
    for (const name of ['index.js', 'package.json']) {
      copyFileSync(join(ROOT, FOLDERS[platform], name), join(folder, platform, name))
    }
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Call = { event?: unknown; orders?: object[]; openid?: string }

/** Calls the function of an example once against a service that answers `plays`. */
async function call(
  platform: Platform,
  { event = ORDER, orders = [STORED], openid = 'miniapp-openid' }: Call,
  ...plays: [Play, ...Play[]]
) {
  await using service = await startService(...plays)
  const file = join(folder, `orders-${randomUUID()}.json`)
  writeFileSync(file, JSON.stringify(orders))
  const env = {
    PATH: process.env.PATH,
    REDPACK_ENDPOINT: service.options.endpoint,
    REDPACK_KEYID: KEYID,
    REDPACK_SECRET: SECRET,
    OFFICIAL_ACCOUNT_ID: 'wxcbda96de0b165486',
    OPENID: openid,
    ORDERS: file,
  }
  const args = [join(ROOT, 'client/test/platform.cjs'), join(folder, platform), platform, JSON.stringify(event)]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env })
  return { ...JSON.parse(stdout), stderr, seen: service.seen, stored: JSON.parse(readFileSync(file, 'utf8')) }
}

const ID = { id: '5c474dd8e2aa136e58867af3', mch_billno: 'RP5c474dd8e2aa136e58867af3' }
const SENT = { body: { return_code: 'SUCCESS', send_listid: '1000', ...ID, outcome: 'sent' } }
const REFUSED = { body: { err_code: 'NOTENOUGH', err_code_des: '余额不足', ...ID, outcome: 'refused' } }
const UNKNOWN = { status: 202, body: { err_code: 'PROCESSING', err_code_des: '查询', ...ID, outcome: 'unknown' } }
const GATEWAY = { status: 504, body: { message: 'Endpoint request timed out' } }
const REFUSED_CALLER = { status: 415, body: { ...PROBLEM_415, maybe_sent: false } }

describe.concurrent.each(PLATFORMS)('%s', (platform) => {
  it('sends one packet under the order’s number', async () => {
    const { answer, seen, stderr } = await call(platform, {}, SENT)

    expect(answer).toMatchObject({ order_no: ORDER.order_no, state: 'sent' })
    expect(seen.map(({ method, url, headers }: (typeof seen)[0]) => [method, url, headers['idempotency-key']])).toEqual(
      [['POST', '/redpacks', 'order-20240101-0001']],
    )
    expect(JSON.parse(seen[0].body)).toMatchObject({
      type: 'normal',
      re_openid: ORDER.re_openid,
      total_amount: 1.88,
      total_num: 1,
      official_account_id: 'wxcbda96de0b165486',
    })
    expect(stderr).toBe('')
  })

  it.each<[string, string, [Play, ...Play[]]]>([
    ['refused, if WeChat says no', 'refused', [REFUSED]],
    ['unknown, if WeChat has not answered', 'unknown', [UNKNOWN]],
    ['unknown, if no answer comes', 'unknown', [reset, GATEWAY]],
    ['unknown, if a try in doubt is followed by a clean no', 'unknown', [reset, REFUSED_CALLER]],
    ['not_sent, if the service says that nothing was sent', 'not_sent', [REFUSED_CALLER]],
    ['sent, if the second try is answered', 'sent', [reset, SENT]],
  ])('says %s', async (_, state, plays) => {
    const { answer, seen } = await call(platform, {}, ...plays)

    expect(answer.state).toBe(state)
    expect(new Set(seen.map(({ headers }: (typeof seen)[0]) => headers['idempotency-key']))).toEqual(
      new Set(['order-20240101-0001']),
    )
  })

  it.each([{}, { order_no: 7 }, { order_no: 'a b' }])('sends nothing for the order %j', async (wrong) => {
    const { error, seen } = await call(platform, { event: { ...ORDER, order_no: undefined, ...wrong } }, SENT)

    expect(error).toBe('Error: order_no 须为订单号')
    expect(seen).toEqual([])
  })

  it('names the package of this version, which no registry has', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, FOLDERS[platform], 'package.json'), 'utf8'))
    const { version } = JSON.parse(readFileSync(join(ROOT, 'client/package.json'), 'utf8'))

    expect(dependencies['redpack-client']).toBe(`file:./redpack-client-${version}.tgz`)
  })
})

describe.concurrent.each(['tencent-scf', 'aliyun-fc'] as const)('%s', (platform) => {
  it.each([
    [{ ...ORDER, total_amount: '1.88' }, 'Error: re_openid 须为字符串，total_amount 须为数字（元）'],
    [{ ...ORDER, re_openid: undefined }, 'Error: re_openid 须为字符串，total_amount 须为数字（元）'],
    [null, 'Error: order_no 须为订单号'],
  ])('sends nothing for %j', async (event, message) => {
    const { error, seen } = await call(platform, { event }, SENT)

    expect([error, seen]).toEqual([message, []])
  })
})

describe.concurrent('wechat-cloudbase', () => {
  it('takes receiver and amount from the order, whatever the user sends', async () => {
    const event = { ...ORDER, re_openid: 'somebody-else', total_amount: 200 }

    const { seen } = await call('wechat-cloudbase', { event }, SENT)

    expect(JSON.parse(seen[0].body)).toMatchObject({ re_openid: ORDER.re_openid, total_amount: 1.88 })
  })

  it.each([
    ['another user', { openid: 'somebody-else' }],
    ['a call without a user', { openid: '' }],
    ['an order without an owner', { orders: [{ ...STORED, _openid: undefined }], openid: '' }],
  ])('sends nothing for %s', async (_, given) => {
    const { error, seen } = await call('wechat-cloudbase', given, SENT)

    expect([error, seen]).toEqual(['Error: 这不是你的订单', []])
  })

  it('writes the result to the order', async () => {
    const { stored } = await call('wechat-cloudbase', {}, SENT)

    expect(stored).toEqual([{ ...STORED, redpack: { state: 'sent', id: ID.id, send_listid: '1000' } }])
  })

  it.each(['sent', 'refused'])('does not write unknown over %s', async (state) => {
    const orders = [{ ...STORED, redpack: { state } }]

    expect((await call('wechat-cloudbase', { orders }, UNKNOWN)).stored).toEqual(orders)
  })

  it('writes sent over unknown', async () => {
    const { stored } = await call('wechat-cloudbase', { orders: [{ ...STORED, redpack: { state: 'unknown' } }] }, SENT)

    expect(stored[0].redpack.state).toBe('sent')
  })
})

describe('what is deployed', () => {
  const read = (path: string) => readFileSync(join(ROOT, 'examples', path), 'utf8')
  const VARIABLES = ['OFFICIAL_ACCOUNT_ID', 'REDPACK_ENDPOINT', 'REDPACK_KEYID', 'REDPACK_SECRET']

  it.each([
    ['tencent-scf', () => parse(read('tencent-scf/serverless.yml')).inputs, 'index.main_handler'],
    ['aliyun-fc', () => parse(read('aliyun-fc/s.yaml')).resources.send_red_pack.props, 'index.handler'],
    ['wechat-cloudbase', () => JSON.parse(read('wechat-cloudbase/cloudbaserc.json')).functions[0], 'index.main'],
  ] as const)('%s names its handler, its time and its variables', (_, settings, handler) => {
    const given = settings()
    const variables = given.environment?.variables ?? given.environmentVariables ?? given.envVariables

    expect(given).toMatchObject({ handler, timeout: 60 })
    expect(Object.keys(variables).sort()).toEqual(VARIABLES)
  })

  it('holds no secret', () => {
    const names = readdirSync(join(ROOT, 'examples'), { recursive: true, withFileTypes: true })
    const files = names.filter((one) => one.isFile() && !one.parentPath.includes('node_modules'))

    expect(files.length).toBeGreaterThan(8)
    for (const { parentPath, name } of files) {
      if (name.endsWith('.tgz') || name === 'package-lock.json') continue
      expect(readFileSync(join(parentPath, name), 'utf8')).not.toMatch(/[A-Za-z0-9+/]{43}=|BEGIN (RSA )?PRIVATE KEY/)
    }
  })
})
