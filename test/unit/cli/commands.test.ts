// send, list, get, status, sign and doctor, against a service that answers what the test wants.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { cellsOf } from '../../../cli/cells.ts'
import { skewOf } from '../../../cli/doctor/service.ts'
import { isMadeBy, parseSignature } from '../../../lib/http/signature.ts'
import { type Answer, type Asked, PACKET, problem, redpack, startService } from '../../support/cli.ts'

const ID = '5c474dd8e2aa136e58867af3'
const SENT = { return_code: 'SUCCESS', mch_billno: `RP${ID}`, send_listid: '1000', id: ID, outcome: 'sent' }
const REFUSED = {
  err_code: 'NOTENOUGH',
  err_code_des: '帐号余额不足',
  mch_billno: `RP${ID}`,
  id: ID,
  outcome: 'refused',
}
const UNKNOWN = { err_code: 'PROCESSING', err_code_des: '请查询', mch_billno: `RP${ID}`, id: ID, outcome: 'unknown' }
const RECORD = {
  ...{ act_name: '新年红包🧧', amt_type: null, created_at: 1548176856, gateway_type: 'weixin_tenpay', id: ID },
  ...{ idempotency_key: '=1+1', keyid: 'shop-1' },
  ...{
    mch_billno: `RP${ID}`,
    miniapp_id: '1',
    official_account_id: 'wx',
    outcome: 'sent',
    pk: ID,
    raw_result: '<xml/>',
  },
  ...{
    re_openid: 'o1',
    remark: 'a,"b"',
    result: { mch_billno: `RP${ID}`, send_listid: '1000', return_code: 'SUCCESS' },
  },
  ...{ risk_info: null, scene_id: null, send_name: '天虹百货', status: null, total_amount: 1.1, total_num: 1 },
  ...{ type: 'normal', updated_at: 1548176856, wishing: '恭喜\u001b[2J发财' },
}

let service: Awaited<ReturnType<typeof startService>>
afterEach(() => service?.stop())

async function against(argv: string[], answer: (asked: Asked, n: number) => Answer, more: Record<string, string> = {}) {
  service = await startService(answer)
  return redpack(argv, { ...service.env, ...more })
}

/** What a shell makes of the line: curl's arguments. */
function words(curl: string): string[] {
  const { stdout } = spawnSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }\n${curl}`], { encoding: 'utf8' })
  return stdout.split('\0').slice(0, -1)
}

describe('redpack send', () => {
  it.each([
    ['sent', SENT, 0, '✔ Sent: 1.10 yuan'],
    ['refused', REFUSED, 2, '✘ Refused by WeChat: NOTENOUGH 帐号余额不足. No money moved.'],
    ['unknown', UNKNOWN, 3, '⚠ Result not known: PROCESSING 请查询'],
  ])('tells %s apart by text, JSON and exit code', async (_, body, code, line) => {
    const flags = ['send', ...PACKET, '--idempotency-key', 'order-1']
    const told = await against(flags, () => ({ status: 200, body }))
    expect({ code: told.code, line: told.out.split('\n')[0] }).toEqual({ code, line })
    await service.stop()

    const { out, err, code: again } = await against([...flags, '--json'], () => ({ status: 200, body }))
    expect({ code: again, err, ...JSON.parse(out) }).toEqual({ code, err: '', ...body, idempotency_key: 'order-1' })
  })

  it('sends what the flags say, under the key, and fills in what goes without saying', async () => {
    await against(['send', ...PACKET, '--idempotency-key', 'order-1', '--scene-id', 'PRODUCT_2'], () => ({
      status: 200,
      body: SENT,
    }))

    const [{ method, path, headers, body }] = service.asked as [Asked]
    expect({ method, path, key: headers['idempotency-key'], ...JSON.parse(body) }).toEqual({
      ...{ method: 'POST', path: '/redpacks', key: 'order-1', type: 'normal', total_num: 1, total_amount: 1.1 },
      ...{ official_account_id: 'wxcbda96de0b165486', send_name: '天虹百货', act_name: '新年红包', remark: '新年红包' },
      ...{ re_openid: 'oe2e7fK2mQ9xWb4LrT8sVn1Yc3Zd', wishing: '恭喜发财', scene_id: 'PRODUCT_2' },
    })
  })

  it.each([
    [
      ['--total-amount', '1.005'],
      'total_amount: must be an amount in yuan above 0 and up to 1000000, with at most two decimals',
    ],
    [['--total-amount', '1e2'], 'total_amount: must be an amount'],
    [['--total-num', '2'], 'total_num: must be 1 for normal, 3 to 20 for fission'],
    [['--type', 'fission'], 'total_num: missing'],
    [['--type', 'gift'], 'type: must be one of normal, fission'],
    [['--gateway-type', 'x'], 'gateway_type: must be one of weixin_tenpay, weixin_tenpay_js'],
    [['--send-name', '名'.repeat(33)], 'send_name: must be 1 to 32 characters'],
    [['--idempotency-key', 'a,b'], 'An idempotency key is 1 to 255 visible ASCII characters'],
  ])('refuses %j before it asks the service', async (flags, line) => {
    const { code, err } = await against(['send', ...PACKET, ...flags], () => ({ status: 200, body: SENT }))

    expect({ code, asked: service.asked.length, err }).toEqual({
      code: 1,
      asked: 0,
      err: expect.stringContaining(line),
    })
  })

  it.each([
    [problem(415, 'not_a_cloud_function', '不允许'), 1, 'does not accept the signature'],
    [problem(422, 'key_reused', '已用于'), 1, 'this packet was not sent [已用于]'],
    [problem(400, 'certificate_missing', '未配置支付证书'), 1, 'No payment certificate is configured'],
    [{ status: 404, body: {} }, 1, "not a redpack service's (HTTP 404)"],
  ])('says why the service says no (%#)', async (answer, code, line) => {
    expect(await against(['send', ...PACKET], () => answer)).toMatchObject({ code, err: expect.stringContaining(line) })
  })

  it.each([
    ['en', 'check keyid, secret and clock (redpack doctor) [不允许在非云函数环境下调用]'],
    ['zh', '请检查 keyid、secret 与时钟（redpack doctor） [不允许在非云函数环境下调用]'],
  ])('says how to find what is wrong with a signature, in %s', async (lang, line) => {
    const answer = problem(415, 'not_a_cloud_function', '不允许在非云函数环境下调用')
    const { err } = await against(['list', '--lang', lang], () => answer)
    expect(err).toContain(line)
  })

  it('keeps the key through 409 and 503', async () => {
    const answers = [
      problem(409, 'in_progress', '正在发送中'),
      problem(503, 'store_unavailable', '暂时'),
      { status: 200, body: SENT },
    ]
    const { code } = await against(['send', ...PACKET], (_, n) => answers[n - 1])

    const keys = service.asked.map(({ headers }) => headers['idempotency-key'])
    expect({ code, tries: keys.length, keys: new Set(keys).size }).toEqual({ code: 0, tries: 3, keys: 1 })
  })

  it('calls it unknown where the connection broke, and unreachable where none ever stood', async () => {
    const broken = await against(['send', ...PACKET, '--idempotency-key', 'order-1', '--json'], () => undefined)
    expect({ code: broken.code, ...JSON.parse(broken.err).error }).toMatchObject({
      ...{ code: 'unknown', exit_code: 3, idempotency_key: 'order-1', maybe_sent: true },
      message: expect.stringContaining('Send again with --idempotency-key order-1, never with another key.'),
    })
    await service.stop()

    const nobody = await redpack(['send', ...PACKET, '--json'], service.env)
    expect({ code: nobody.code, ...JSON.parse(nobody.err).error }).toMatchObject({
      ...{ code: 'unreachable', exit_code: 4, maybe_sent: false },
      message: expect.stringMatching(/^The service cannot be reached: ECONNREFUSED\n {2}This request sent nothing/),
    })
  })

  /** What a problem answer says of the packet, and what the command then tells: its exit code, and whether it repeats itself. */
  it.each([
    ['store_unavailable', 503, true, 3, 'again'],
    ['store_unavailable', 503, undefined, 3, 'again'],
    ['store_unavailable', 503, false, 4, 'retry'],
    ['in_progress', 409, true, 3, 'again'],
    ['too_many_open', 503, false, 4, 'retry'],
    ['secrets_unavailable', 503, true, 3, 'again'],
    ['internal', 500, true, 3, 'again'],
    ['a_code_of_tomorrow', 503, true, 3, 'again'],
    ['certificate_missing', 400, true, 3, 'again'],
    ['certificate_missing', 400, false, 1, 'key'],
    ['key_reused', 422, false, 1, 'key'],
  ])('%s (%i) with maybe_sent %s: exit code %i, and the key', async (code, status, maybe_sent, exit, advice) => {
    const body = { type: 'about:blank', title: code, status, code, detail: '…', maybe_sent }
    const answer = { status, body, headers: { 'retry-after': '99' } }
    const run = await against(['send', ...PACKET, '--secret', 'c2VjcmV0'], () => answer)

    const key = service.asked[0]?.headers['idempotency-key'] as string
    expect(run.code).toBe(exit)
    expect(run.err.split('\n')[0]).toBe(`Sending with idempotency_key ${key}`)
    expect(run.err.split(key)).toHaveLength(advice === 'key' ? 3 : 4)
    expect(run.err).toContain(
      { again: 'never with another key', retry: 'sent nothing', key: 'idempotency_key' }[advice],
    )
    expect(/may have been sent/.test(run.err)).toBe(advice === 'again')
    expect(run.err).not.toContain('c2VjcmV0')
    if (advice === 'key') return
    // The line that is printed runs as it stands, and sends the same packet under the same key.
    const line = run.err.split('\n').find((text) => text.includes('redpack send ')) ?? ''
    const again = words(line.replace('redpack', 'curl'))
    await redpack(again, service.env)
    expect(service.asked[1]).toMatchObject({ body: service.asked[0]?.body })
    expect(service.asked[1]?.headers['idempotency-key']).toBe(key)
  })

  it.each([
    ['without a body of the service', { message: 'Too Many Requests' }],
    ['with one', { code: 'throttled', status: 429, title: '…' }],
  ])('tells a throttled send as throttled (%s)', async (_, body) => {
    const answer = { status: 429, body, headers: { 'retry-after': '99' } }
    const { code, err } = await against(['send', ...PACKET], () => answer)
    expect({ code, err }).toEqual({ code: 4, err: expect.stringContaining('Throttled (HTTP 429)') })
    expect(err).toMatch(/sent nothing.*keep the key/s)
    expect(err).not.toMatch(/check the endpoint/i)
    await service.stop()
    const json = JSON.parse((await against(['list', '--json'], () => answer)).err)
    expect(json.error).toMatchObject({ code: 'throttled', status: 429, exit_code: 4 })
  })

  it('leaves a send in doubt that is throttled after an answer was lost', async () => {
    const throttled = { status: 429, body: {}, headers: { 'retry-after': '99' } }
    const { code, err } = await against(['send', ...PACKET], (_, n) => (n === 1 ? undefined : throttled))
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('may have been sent') })
  })

  it('says the key before it asks and again with an unknown outcome, and repeats the command with it', async () => {
    const { out, err } = await against(['send', ...PACKET], () => ({ status: 202, body: UNKNOWN }))
    const key = service.asked[0]?.headers['idempotency-key']
    expect(err).toBe(`Sending with idempotency_key ${key}\n`)
    expect(out).toContain(`  idempotency_key  ${key}\n`)
    expect(out).toContain(`redpack status ${ID}`)
    expect(out).toMatch(new RegExp(`redpack send .*--idempotency-key ${key}`))
  })

  it.each([
    ['sent', SENT, 0, '✔ Paid before, at TIME: 1.10 yuan; not paid again'],
    ['refused', REFUSED, 2, '✘ Refused before, at TIME: NOTENOUGH 帐号余额不足. No money moved.'],
  ])('tells an answer that repeats a stored one (%s)', async (_, body, code, line) => {
    const stored = { status: 200, body, headers: { 'idempotent-replayed': 'true' } }
    const answer = ({ method }: Asked) => (method === 'POST' ? stored : { status: 200, body: RECORD })
    const flags = ['send', ...PACKET, '--idempotency-key', 'order-1']
    const run = await against(flags, answer)
    const [told = ''] = run.out.split('\n')
    expect({ code: run.code, told: told.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S*(?=:)/, 'TIME') }).toEqual({
      code,
      told: expect.stringContaining(line),
    })
    await service.stop()

    const json = JSON.parse((await against([...flags, '--json'], answer)).out)
    expect(json).toEqual({ ...body, idempotency_key: 'order-1', replayed: true, created_at: RECORD.created_at })
    await service.stop()

    const unread = await against(flags, ({ method }) => (method === 'POST' ? stored : problem(404, 'not_found', '')))
    expect(unread).toMatchObject({ code, out: expect.stringMatching(/before: /) })
  })

  it('does not take its own first try for a payment of before', async () => {
    const replayed = { status: 200, body: SENT, headers: { 'idempotent-replayed': 'true' } }
    const { code, out } = await against(['send', ...PACKET], (_, n) => (n === 1 ? undefined : replayed))
    expect({ code, first: out.split('\n')[0] }).toEqual({ code: 0, first: '✔ Sent: 1.10 yuan' })
  })

  it('tells a payment of now from one of before', async () => {
    const { out } = await against(['send', ...PACKET], () => ({ status: 200, body: SENT }))
    expect(out).toContain('✔ Sent: 1.10 yuan')
    expect(service.asked).toHaveLength(1)
  })

  it('names npx where it was started by it, so that the line can be copied', async () => {
    const { out } = await against(['send', ...PACKET], () => ({ status: 202, body: UNKNOWN }), { npm_command: 'exec' })
    expect(out).toContain(`npx --no -- redpack status ${ID}`)
  })

  it('speaks Chinese where the locale does', async () => {
    const { out } = await against(['send', ...PACKET], () => ({ status: 200, body: REFUSED }), { LANG: 'zh_CN.UTF-8' })
    expect(out).toContain('✘ 微信拒绝：NOTENOUGH 帐号余额不足。没有扣款。')
  })
})

describe('an endpoint with the path of the API', () => {
  it.each(['/redpacks', '/prod/REDPACKS/', '/redpacks/status', '/redpacks?limit=1'])('%s', async (path) => {
    const argv = ['list', '--endpoint', `https://example.com${path}`]
    const run = (lang: string) => against([...argv, '--lang', lang], () => ({ status: 200, body: {} }))
    const english =
      '✘ The endpoint must be the http(s) URL of the service without /redpacks at its end, and without query, fragment or password: https://example.com/prod\n'
    expect(await run('en')).toEqual({ code: 1, out: '', err: english })
    await service.stop()
    const chinese =
      '✘ endpoint 须为服务的 http 或 https 地址，末尾不带 /redpacks，不含查询参数、片段与密码，例如 https://example.com/prod\n'
    expect(await run('zh')).toEqual({ code: 1, out: '', err: chinese })
  })
})

describe('redpack list', () => {
  const page = (asked: Asked) => {
    const query = new URL(asked.path, 'http://x').searchParams
    const meta = { limit: Number(query.get('limit') ?? 20), offset: 0, next: null, previous: null, total_count: 2 }
    return {
      status: 200,
      body: { meta, objects: [RECORD, { ...RECORD, id: `${ID}2`, total_amount: 100, outcome: 'unknown' }] },
    }
  }

  it('is a table whose columns stand under each other though characters are wide', async () => {
    const { code, out, err } = await against(['list', '--limit', '2', '--lang', 'zh'], page)

    const [head, first, second] = out.split('\n') as [string, string, string]
    const width = (text: string) =>
      [...text].reduce((sum, char) => sum + (/[⺀-￯]|\p{Extended_Pictographic}/u.test(char) ? 2 : 1), 0)
    const at = [head.split('记录 ID')[0], first.split(ID)[0], second.split(ID)[0]].map((text) => width(text ?? ''))
    expect(new Set(at).size).toBe(1)
    expect({ code, err }).toEqual({ code: 0, err: '第 1 至 2 条，共 2 条\n' })
    expect(service.asked[0]?.path).toBe('/redpacks?limit=2')
  })

  it('fits 80 columns, in Beijing time with its zone, and has the id whole', async () => {
    const most = { ...RECORD, status: 'RFUND_ING', total_amount: 1_000_000, re_openid: 'onqOjjmM1tad-3ROpncN-yUfa6uI' }
    const meta = { limit: 20, offset: 0, next: null, previous: null, total_count: 3 }
    const objects = [
      most,
      { ...most, outcome: 'refused', type: 'fission', total_num: 20 },
      { ...most, outcome: 'sent', status: null },
    ]
    for (const lang of ['en', 'zh']) {
      const { out } = await against(['list', '--lang', lang], () => ({ status: 200, body: { meta, objects } }))
      const lines = out.trimEnd().split('\n')
      expect(lines.filter((line) => cellsOf(line) > 80)).toEqual([])
      expect(lines[0]).toMatch(lang === 'en' ? /^created \(\+08:00\)/ : /^创建（北京时间）/)
      expect(lines[1]).toMatch(new RegExp(`^2019-01-23 01:07 +RFUND_ING +1000000\\.00 +…yUfa6uI +${ID}$`))
      expect(lines[2]).toMatch(lang === 'en' ? / refused +1000000\.00\/20 / : / 被拒绝 +1000000\.00\/20 /)
      expect(lines[3]).toMatch(lang === 'en' ? / sent / : / 已发出 /)
      await service.stop()
    }
  })

  it('says the time with its zone wherever there is one', async () => {
    const csv = await against(['list', '--csv'], page)
    expect(csv.out).toContain(',2019-01-23 01:07:36+08:00,')
    await service.stop()
    const got = await against(['get', ID], () => ({ status: 200, body: RECORD }))
    expect(got.out).toMatch(/^created_at +2019-01-23 01:07:36\+08:00$/m)
    await service.stop()
    const body = {
      status: 'SENT',
      send_time: '2019-01-23 01:07:36',
      hblist: [{ openid: 'o1', amount: '1', rcv_time: '2019-01-23 01:08:00' }],
    }
    const told = await against(['status', '--mch-billno', '1', '--watch', '--timeout', '1', '--interval', '1'], () => ({
      status: 200,
      body,
    }))
    expect(told.out).toContain('2019-01-23 01:07:36+08:00')
    expect(told.out).toContain('2019-01-23 01:08:00+08:00')
    expect(told.err).toMatch(/^\d\d:\d\d:\d\d\+08:00 {2}SENT\n$/)
  })

  it('says which offset is past the end', async () => {
    const meta = { limit: 20, offset: 5000, next: null, previous: null, total_count: 439 }
    const { out } = await against(['list', '--offset', '5000'], () => ({ status: 200, body: { meta, objects: [] } }))
    expect(out).toBe('Offset 5000 is past the end: there are 439 records\n')
  })

  it('does not say so of the newest, which may be counted before they can be read', async () => {
    const meta = { limit: 1, offset: 0, next: null, previous: null, total_count: 439 }
    const { out } = await against(['list', '--limit', '1'], () => ({ status: 200, body: { meta, objects: [] } }))
    expect(out).toMatch(/^None of 439 records can be shown from 0 on at this moment/)
  })

  it('is CSV with --csv, JSON as it came with --json, and everything with --all', async () => {
    const csv = await against(['list', '--csv'], page)
    expect(csv.out.split('\n')[1]).toMatch(
      new RegExp(`^${ID},.*,"a,""b""",,weixin_tenpay,wx,RP${ID},1000,,,'=1\\+1,shop-1$`),
    )
    await service.stop()
    const json = await against(['list', '--json'], page)
    expect(JSON.parse(json.out).objects[0]).toEqual(RECORD)
    await service.stop()
    const all = await against(['list', '--all', '--json'], page)
    expect(JSON.parse(all.out)).toEqual({ objects: [RECORD, expect.objectContaining({ id: `${ID}2` })] })
    await service.stop()
    expect(await against(['list', '--all', '--limit', '3'], page)).toMatchObject({ code: 1 })
  })

  it('says so where there is nothing', async () => {
    const meta = { limit: 20, offset: 0, next: null, previous: null, total_count: 0 }
    const { out } = await against(['list'], () => ({ status: 200, body: { meta, objects: [] } }))
    expect(out).toBe('Nothing has been sent yet.\n')
  })
})

describe('redpack get', () => {
  it('shows a record, and lets nothing in it steer the terminal', async () => {
    const { code, out } = await against(['get', ID], () => ({ status: 200, body: RECORD }))
    expect(code).toBe(0)
    expect(out).toContain('total_amount         1.10')
    expect(out).toContain('wishing              恭喜�[2J发财')
  })

  it('finds a record by its number too', async () => {
    await against(['get', `RP${ID}`], () => ({ status: 200, body: RECORD }))
    expect(service.asked.map(({ path }) => path)).toEqual([`/redpacks/${ID}`])
  })

  it('says where there is none, and asks nothing for what is no id', async () => {
    expect(await against(['get', ID], () => problem(404, 'not_found', '没有'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('no such record'),
    })
    expect(await redpack(['get', '../x'], service.env)).toMatchObject({ code: 1, err: expect.stringContaining('id') })
    expect(service.asked).toHaveLength(1)
  })
})

describe('redpack status', () => {
  /** The record for whoever reads it, and this answer to whoever asks for the status. */
  const record =
    (answer: Answer) =>
    ({ path }: Asked) =>
      path.startsWith('/redpacks/status') ? answer : { status: 200, body: RECORD }
  const status = (word: string) => ({ status: 200, body: { status: word, total_amount: '110', mch_billno: `RP${ID}` } })

  it.each([
    [[ID], `/redpacks/status?id=${ID}`],
    [[`RP${ID}`], `/redpacks/status?mch_billno=RP${ID}`],
    [['--id', ID], `/redpacks/status?id=${ID}`],
    [['--mch-billno', `RP${ID}`], `/redpacks/status?mch_billno=RP${ID}`],
  ])('%j asks %s', async (flags, path) => {
    const { code, out } = await against(['status', ...flags], record(status('RECEIVED')))
    expect({ code, paths: service.asked.map((asked) => asked.path) }).toEqual({
      code: 0,
      paths: [`/redpacks/${ID}`, path],
    })
    expect(out).toContain('total_amount  110 (1.10 yuan)')
  })

  it.each([
    ['SENT', 0],
    ['FAILED', 2],
  ])('%s is exit code %i', async (word, code) => {
    expect((await against(['status', ID], record(status(word)))).code).toBe(code)
  })

  it('is unknown where WeChat has not answered, and one packet at a time', async () => {
    expect((await against(['status', ID], record({ status: 202, body: UNKNOWN }))).code).toBe(3)
    expect(await redpack(['status', ID, '--id', ID], service.env)).toMatchObject({ code: 1 })
    expect(await redpack(['status'], service.env)).toMatchObject({ code: 1 })
  })

  it('watches until nothing more will happen', async () => {
    const words = ['SENDING', 'SENT', 'RECEIVED']
    const { code, err } = await against(['status', ID, '--watch', '--interval', '1'], (asked, n) =>
      record(status(words[n / 2 - 1] ?? ''))(asked),
    )
    expect({ code, words: err.match(/[A-Z]+$/gm) }).toEqual({ code: 0, words })
  })

  it('watches no longer than it is told to', async () => {
    await against(['status', ID, '--watch', '--interval', '1', '--timeout', '1'], record(status('SENT')))
    expect(service.asked.length).toBeLessThanOrEqual(4)
  })

  const refused = { ...RECORD, outcome: 'refused', result: { err_code: 'NOTENOUGH', err_code_des: '帐号余额不足' } }
  const ask = (flags: string[]) => against(['status', ...flags], () => ({ status: 200, body: refused }))

  it.each([[[ID]], [[`RP${ID}`]], [['--mch-billno', `RP${ID}`]], [[ID, '--watch']]])(
    'of a refused packet is read from the record (%j): not paid, exit code 2, and WeChat is not asked',
    async (flags) => {
      const run = await ask(flags)
      expect({ code: run.code, paths: service.asked.map(({ path }) => path) }).toEqual({
        code: 2,
        paths: [`/redpacks/${ID}`],
      })
      expect(run.out).toBe(`✘ refused, not paid: NOTENOUGH 帐号余额不足\n  id          ${ID}\n  mch_billno  RP${ID}\n`)
      await service.stop()
      const json = JSON.parse((await ask([...flags, '--json'])).out)
      expect(json).toEqual({
        id: ID,
        mch_billno: `RP${ID}`,
        outcome: 'refused',
        err_code: 'NOTENOUGH',
        err_code_des: '帐号余额不足',
      })
    },
  )

  it('ends its watch once the record says refused', async () => {
    const not_found = { status: 200, body: { err_code: 'NOT_FOUND', err_code_des: '' } }
    const run = await against(['status', ID, '--watch', '--interval', '1'], (asked, n) =>
      n < 3 ? record(not_found)(asked) : { status: 200, body: refused },
    )
    expect({ code: run.code, words: run.err.match(/\S+$/gm) }).toEqual({ code: 2, words: ['NOT_FOUND', 'refused'] })
  })

  it('asks WeChat about a number of another program, whose record it cannot name', async () => {
    await against(['status', '--mch-billno', '10000098201411111234567890'], () => problem(404, 'not_found', ''))
    expect(service.asked.map(({ path }) => path)).toEqual(['/redpacks/status?mch_billno=10000098201411111234567890'])
  })

  it.each([
    ['status', ['oe2e7fK2mQ9xWb4LrT8sVn1Yc3Zd']],
    ['status', ['--id', 'onqOjjmM1tad-3ROpncN-yUfa6uI']],
    ['status', ['--mch-billno', 'o_1234567890123456789012345']],
    ['get', ['oe2e7fK2mQ9xWb4LrT8sVn1Yc3Zd']],
    ['get', ['onqOjjmM1tad-3ROpncN-yUfa6uI']],
    ['status', [' oe2e7fK2mQ9xWb4LrT8sVn1Yc3Zd']],
    ['get', ['oe2e7fK2mQ9xWb4LrT8sVn1Yc3Zd\n']],
  ])('%s %j says that this is an openid and no number, and asks nothing', async (command, flags) => {
    const openid = flags.at(-1)?.trim()
    const run = await against([command, ...flags], () => problem(404, 'not_found', '没有'))
    expect({ code: run.code, asked: service.asked.length }).toEqual({ code: 1, asked: 0 })
    expect(run.err).toContain(`${openid} is an openid`)
    expect(run.err).toContain(`redpack find ${openid}`)
    expect(run.err).not.toContain('no such record')
  })
})

describe('redpack sign', () => {
  const env = { REDPACK_ENDPOINT: 'http://127.0.0.1:3000/dev/', REDPACK_KEYID: 'shop-1', REDPACK_SECRET: 'c2VjcmV0' }
  const body = '{"wishing":"it\'s $HOME `x` \\"恭喜\\""}'

  it.each([
    ['GET', '/redpacks?limit=1&offset=0', []],
    ['POST', '/redpacks', ['--data', '-', '--key', "order'1"]],
  ])('prints a %s that the service accepts, quoted for a shell', async (method, path, flags) => {
    const { code, out } = await redpack(['sign', method, path, ...flags], env, body)
    const said = words(out)
    const headers = Object.fromEntries(said.flatMap((word, i) => (said[i - 1] === '-H' ? [word.split(': ', 2)] : [])))
    const data = said[said.indexOf('--data-raw') + 1] ?? ''
    const url = new URL(said.find((word) => word.startsWith('http')) ?? '')
    const request = { method, path: url.pathname, query: url.search.slice(1), headers, received_ms: Date.now() }
    const claim = parseSignature({ ...request, body: Buffer.from(method === 'POST' ? data : '') })

    expect({ code, path: url.pathname }).toEqual({ code: 0, path: '/dev/redpacks' })
    expect('signature' in claim && isMadeBy(claim, [Buffer.from('secret')])).toBe(true)
    if (method === 'POST') expect({ data, key: headers['idempotency-key'] }).toEqual({ data: body, key: "order'1" })
  })

  it('leaves a body in its file, and reads names with spaces', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'redpack-'))
    const file = join(folder, "a packet's.json")
    writeFileSync(file, body)
    const { out } = await redpack(['sign', 'POST', '/redpacks', '--data', file], env)
    rmSync(folder, { recursive: true })
    expect(words(out)).toContain(`@${file}`)
  })

  it.each([
    [['PUT', '/x']],
    [['GET', 'x']],
    [['GET', '/x', '--data', '-']],
    [['POST', '/x']],
    [['POST', '/x', '--data', '/none']],
    [['POST', '/x', '--data', '-', '--key', 'a b']],
  ])('refuses %j', async (argv) => {
    expect(await redpack(['sign', ...argv], env)).toMatchObject({ code: 1, out: '' })
  })
})

describe('redpack doctor, for a caller', () => {
  const list = { meta: { limit: 1, offset: 0, next: null, previous: null, total_count: 7 }, objects: [] }
  const states = ({ out }: { out: string }) =>
    JSON.parse(out).findings.map(({ check, state }: Record<string, string>) => `${check} ${state}`)

  it('finds everything right', async () => {
    const run = await against(['doctor', '--json'], () => ({ status: 200, body: list }))
    expect({ code: run.code, states: states(run) }).toEqual({
      code: 0,
      states: [
        ...['version good', 'configuration good', 'endpoint good', 'caller good', 'version doubt', 'clock good'],
        ...['secrets none', 'brake none', 'rest none'],
      ],
    })
  })

  it.each([
    [-400, 'bad', 1],
    [400, 'bad', 1],
    [100, 'doubt', 0],
  ])('finds a clock that is %i s off', async (skew_s, state, code) => {
    const date = new Date(Date.now() - skew_s * 1000).toUTCString()
    const run = await against(['doctor', '--json'], () => ({ status: 200, body: list, headers: { date } }))
    expect({ code: run.code, states: states(run) }).toMatchObject({
      code,
      states: expect.arrayContaining([`clock ${state}`]),
    })
  })

  it.each([
    [problem(415, 'not_a_cloud_function', '不允许'), 'caller bad'],
    [problem(503, 'store_unavailable', '暂时'), 'endpoint bad'],
    [{ status: 404, body: {} }, 'endpoint bad'],
    [undefined, 'endpoint bad'],
  ])('finds what is wrong and says what to do (%#)', async (answer, finding) => {
    const run = await against(['doctor', '--json'], () => answer)
    expect({ code: run.code, states: states(run) }).toMatchObject({
      code: 1,
      states: expect.arrayContaining([finding]),
    })
    const bad = JSON.parse(run.out).findings.filter(({ state }: { state: string }) => state === 'bad')
    expect(bad.every(({ hint }: { hint?: string }) => hint)).toBe(true)
  })

  it('takes a Date header for what it is: a whole second', () => {
    const at_ms = Date.parse('2025-01-01T00:00:10Z')
    const date = 'Wed, 01 Jan 2025 00:00:10 GMT'
    expect(skewOf(date, at_ms - 50, at_ms + 900)).toBe(0)
    expect(skewOf(date, at_ms + 301_000, at_ms + 302_000)).toBe(301)
    expect(skewOf(date, at_ms - 302_000, at_ms - 301_000)).toBe(-301)
    expect(skewOf(null, at_ms, at_ms)).toBe(undefined)
  })
})
