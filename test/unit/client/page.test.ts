// The examples of the platform's page, word for word but for the constructor's import: a cloud function need not change more.
import { readFileSync } from 'node:fs'
import { Script } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as redpackClient from '../../../client/src/index.ts'
import * as page from '../../../client/test/page.ts'
import { KEYID, type Play, SECRET, startService } from '../../../client/test/service.ts'

beforeEach(() => {
  vi.stubEnv('REDPACK_KEYID', KEYID)
  vi.stubEnv('REDPACK_SECRET', SECRET)
})
afterEach(() => {
  vi.unstubAllEnvs()
})

/** Runs an example with the package for BaaS, against a service that answers `play`. Out: what it printed, requested and came to. */
async function run(example: string, play: Play) {
  await using service = await startService(play)
  vi.stubEnv('REDPACK_ENDPOINT', service.options.endpoint)
  const printed: unknown[] = []
  const log = (value: unknown) => printed.push(value)
  const result = await new Script(example).runInNewContext({ BaaS: redpackClient, console: { log } })
  return { printed, result, seen: service.seen.map(({ method, url }) => `${method} ${url}`) }
}

describe('发送红包', () => {
  it('prints true when WeChat says SUCCESS', async () => {
    expect(await run(page.SEND, { body: page.SENT })).toEqual({
      printed: [true],
      result: undefined,
      seen: ['POST /redpacks'],
    })
  })

  it('prints false when WeChat says no, which is no error', async () => {
    expect(await run(page.SEND, { body: page.REFUSED })).toMatchObject({ printed: [false] })
  })

  it('comes to its catch when the service says no', async () => {
    const example = page.SEND.replace('// 见下方常见错误说明', 'console.log([err.name, err.code, err.message])')
    const play = {
      status: 400,
      body: { code: 'certificate_missing', title: '未配置支付证书', detail: '未配置支付证书' },
    }

    expect(await run(example, play)).toMatchObject({ printed: [['HError', 400, '未配置支付证书']] })
  })

  it.each([
    ['成功', page.SENT],
    ['失败', page.REFUSED],
  ])('gives the res of the page: %s', async (_, body) => {
    const example = page.SEND.replace("console.log(res.data.return_code === 'SUCCESS')", 'console.log(res)')

    expect((await run(example, { body })).printed).toEqual([
      { status: 200, data: body, idempotency_key: expect.any(String) },
    ])
  })
})

it('查询发送记录 prints the records', async () => {
  const { printed, seen } = await run(page.LIST, { body: page.PAGE })

  expect(printed).toEqual([page.PAGE.objects])
  expect(seen).toEqual(['GET /redpacks?limit=20&offset=0'])
})

describe('获取单个发送记录详情', () => {
  it('fails at the slip of the pen that is printed there', async () => {
    await expect(run(page.GET, { body: page.RECORD })).rejects.toThrow('res is not defined')
  })

  it('prints the record with the slip mended', async () => {
    const { printed, seen } = await run(page.GET.replace('then(() =>', 'then(res =>'), { body: page.RECORD })

    expect(printed).toEqual([page.RECORD])
    expect(seen).toEqual(['GET /redpacks/i5c46d771b1b9de0ab5e3c4eed'])
  })
})

it('查询发送状态 gives WeChat’s answer', async () => {
  const { result, seen } = await run(`const redPack = new BaaS.RedPack()\n${page.STATUS}`, { body: page.WECHAT_STATUS })

  expect(result).toEqual({ status: 200, data: page.WECHAT_STATUS })
  expect(seen).toEqual(['GET /redpacks/status?id=i5c46d771b1b9de0ab5e3c4eed'])
})

/** The function that README.md and README.zh-CN.md show to whoever moves from the platform. */
function payOrderOf(file: string): string {
  const text = readFileSync(new URL(`../../../client/${file}`, import.meta.url), 'utf8')
  const code = /```js\n(const \{ RedPack, RedPackError \}.*?)```/s.exec(text)?.[1]
  return code ?? expect.unreachable(`${file} has no such example`)
}

describe.each(['README.md', 'README.zh-CN.md'])('the migration of %s', (file) => {
  it.each<[string, Play]>([
    ['paid', { body: { ...page.SENT, outcome: 'sent' } }],
    ['failed', { body: { ...page.REFUSED, outcome: 'refused' } }],
    ['unknown', { status: 202, body: { err_code: 'PROCESSING', outcome: 'unknown' } }],
    ['unknown', { body: { err_code: 'SYSTEMERROR', outcome: 'unknown' } }],
    [
      'unknown',
      { status: 503, body: { code: 'store_unavailable', maybe_sent: true }, headers: { 'retry-after': '99' } },
    ],
    ['HError', { status: 400, body: { code: 'certificate_missing', maybe_sent: false } }],
    ['HError', { status: 415, body: { code: 'not_a_cloud_function', maybe_sent: false } }],
  ])('comes to %s', async (end, play) => {
    await using service = await startService(play)
    vi.stubEnv('REDPACK_ENDPOINT', service.options.endpoint)
    const program = `${payOrderOf(file)}\npayOrder({ no: '7' }, { type: 'normal' })`

    const result = new Script(program).runInNewContext({ require: () => redpackClient })

    expect(await result.catch((error: Error) => error.name)).toBe(end)
    expect(service.seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['order-7'])
  })
})
