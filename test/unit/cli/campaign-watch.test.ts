// redpack campaign watch, show, list, pause, resume, cancel, retry: what is told of a campaign, and what is commanded.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { reasons } from '../../../cli/words/reasons.ts'
import { takeTime } from '../../../client/test/time.ts'
import { SEND_CODES } from '../../../lib/wechatpay/codes.ts'
import { campaignOf, ID, startCampaigns, ZERO } from '../../support/campaigns.ts'
import { problem, redpack } from '../../support/cli.ts'

let service: Awaited<ReturnType<typeof startCampaigns>> | undefined
afterEach(async () => {
  vi.restoreAllMocks()
  await service?.stop()
  service = undefined
})

type Told = Parameters<typeof startCampaigns>[0]
type Put = Parameters<typeof campaignOf>[0]

async function run(argv: string[], { put = {}, ...told }: Told & { put?: Put } = {}, lang = 'C') {
  service = await startCampaigns(told)
  service.put(put)
  return redpack(['campaign', ...argv], { ...service.env, LANG: lang })
}
const watch = (told: Told & { put?: Put }, lang?: string) => run(['watch', ID, '--interval', '0.1'], told, lang)

describe('watch', () => {
  it('looks on until the campaign is at rest', async () => {
    const running = { state: 'running', counts: { ...ZERO, waiting: 1, sent: 1 } } as const
    const open = { state: 'settling', counts: { ...ZERO, sent: 1, unknown: 1 } } as const
    const { code, err } = await watch({ looks: [running, running, open, open, {}] })

    expect(code).toBe(0)
    expect(err.trim().split('\n')).toEqual([
      '1/2 (50 %)  running  sent 1  refused 0  unknown 0',
      '2/2 (100 %)  all rows begun  sent 1  refused 0  unknown 1',
    ])
  })

  it.each([
    [{ state: 'done', counts: { ...ZERO, sent: 2, received: 1, refunded: 1 } }, 0],
    [{ state: 'done', counts: { ...ZERO, sent: 1, refused: 1 } }, 2],
    [{ state: 'stopped', counts: { ...ZERO, sent: 1, waiting: 1 }, stop: { code: 'NOTENOUGH', detail: '' } }, 2],
    [{ state: 'done', counts: { ...ZERO, sent: 1, manual: 1 } }, 3],
    [{ state: 'paused', counts: { ...ZERO, unknown: 1, waiting: 1 } }, 3],
    [{ state: 'paused', counts: { ...ZERO, waiting: 2 } }, 1],
    [{ state: 'cancelled', counts: { ...ZERO, sent: 1, waiting: 1 } }, 1],
  ] as const)('of %j ends with exit code %i', async (put, code) => {
    expect((await watch({ put: put as Put, looks: [put as Put] as never })).code).toBe(code)
  })

  it('goes on looking while the service is away, and says so once', async () => {
    takeTime()
    const running = { state: 'running', counts: { ...ZERO, waiting: 2 } } as const
    const away = problem(503, 'store_unavailable', '暂时无法读写记录')
    const { code, err } = await watch({
      looks: [running, {}],
      answer: (_, n) => (n >= 2 && n <= 12 ? away : 'own'),
    })
    expect(code).toBe(0)
    expect(err.match(/Cannot look at the campaign \(HTTP 503\); it goes on in the service/g)).toHaveLength(1)
  })

  it('ends if the service says no for good', async () => {
    const running = { state: 'running', counts: { ...ZERO, waiting: 2 } } as const
    const { code, err } = await watch({
      looks: [running],
      answer: (_, n) => (n >= 2 ? problem(415, 'not_a_cloud_function', '不允许') : 'own'),
    })
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('does not accept the signature') })
  })

  it('says what it waits for', async () => {
    const hold = { code: 'stopped', since: 1_771_200_000 }
    const { err } = await watch({ looks: [{ state: 'running', hold, counts: { ...ZERO, waiting: 2 } }, {}] })
    expect(err).toContain('Waiting since 2026-02-16 08:00:00+08:00: the operators have stopped all sending')
  })
})

describe('the summary', () => {
  const mixed: Put = {
    name: '春节',
    state: 'stopped',
    rows_count: 1040,
    total_amount: 2080.5,
    counts: { ...ZERO, waiting: 30, sent: 1000, refused: 9, unknown: 1, received: 600, refunded: 3 },
    amounts: { ...ZERO, waiting: 60, sent: 2000.5, refused: 18, unknown: 2, received: 1200, refunded: 6 },
    reasons: [
      { err_code: 'OPENID_ERROR', count: 6, amount: 12 },
      { err_code: 'NEW_CODE', count: 3, amount: 6 },
    ],
    stop: { code: 'NOTENOUGH', detail: '微信：余额不足' },
  }

  it('has rows and yuan by outcome, a line a reason with what to do, and what comes next', async () => {
    const { code, out } = await watch({ put: mixed, looks: [mixed] })
    expect(code).toBe(3)
    expect(out.split('\n')).toEqual([
      '✘ "春节": stopped; 1,040 rows, 2,080.50 yuan',
      '  sent                   1,000 rows, 2,000.50 yuan',
      '    received             600 rows, 1,200.00 yuan',
      '    refunded             3 rows, 6.00 yuan',
      '  refused, not paid      9 rows, 18.00 yuan',
      '  unknown, perhaps paid  1 row, 2.00 yuan',
      '  not sent               30 rows, 60.00 yuan',
      '  OPENID_ERROR: 6 rows, 12.00 yuan. The openid does not belong to this account: send these rows in another campaign, with the right openids',
      '  NEW_CODE: 3 rows, 6.00 yuan. See err_code_des in the result',
      '✘ Stopped by NOTENOUGH: the balance of the merchant is too small: top up, then resume. No row is lost; the one that met it is taken up again:',
      "    redpack campaign resume '春节'",
      '  as of 2026-02-16 08:01:10+08:00',
      '  Try the refused rows again:',
      "    redpack campaign retry '春节'",
      '  Every row with its result:',
      "    redpack campaign result '春节' --out result.csv",
      '',
    ])
  })

  it('is in the reader’s language', async () => {
    const { out } = await watch({ put: mixed, looks: [mixed] }, 'zh_CN.UTF-8')
    expect(out).toContain('✘ “春节”：已停止；共 1,040 行，2,080.50 元')
    expect(out).toContain('OPENID_ERROR：6 行，12.00 元。openid 与公众号不匹配：请更正 openid，另建活动发给这些人')
    expect(out).toContain('因 NOTENOUGH 停止：商户账户余额不足：请充值，然后继续（resume）')
  })

  it('takes the service’s own words for a stop that is not WeChat’s', async () => {
    const stop = { code: 'merchant_changed', detail: '请恢复原商户的证书' }
    const put: Put = { state: 'stopped', stop }
    expect((await watch({ put, looks: [put] }, 'zh_CN')).out).toContain('因 merchant_changed 停止：请恢复原商户的证书')
    await service?.stop()
    expect((await watch({ put, looks: [put] })).out).toContain(
      'The packet belongs to another merchant than the one configured now [请恢复原商户的证书]',
    )
  })

  it('knows what to do about every code of WeChat', () => {
    expect(Object.keys(reasons).sort()).toEqual(Object.keys(SEND_CODES).sort())
  })

  it('repeats where the service is and who calls, but no secret', async () => {
    service = await startCampaigns({ looks: [{}] })
    service.put({})
    const { REDPACK_ENDPOINT: endpoint = '', REDPACK_KEYID: keyid = '', REDPACK_SECRET: secret = '' } = service.env
    const flags = ['--endpoint', endpoint, `--keyid=${keyid}`, '--secret', secret]
    const { out } = await redpack(['campaign', 'show', ID, ...flags])
    expect(out).toContain(`redpack campaign show new-year --endpoint ${endpoint} --keyid=${keyid}\n`)
    expect(out).not.toContain(secret)
  })
})

describe('which campaign is meant', () => {
  it('is told by its name: the mini app is that of the caller’s campaigns', async () => {
    const { code, out } = await run(['show', '春节', '--json'])
    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, name: 'new-year' })
    const [list, get] = service?.asked ?? []
    expect(list?.path).toBe('/campaigns?limit=1')
    expect(get?.path).toMatch(/^\/campaigns\/[0-9a-f]{24}$/)
  })

  it('is none if there is no such campaign', async () => {
    service = await startCampaigns()
    const { code, err } = await redpack(['campaign', 'show', '春节'], { ...service.env, LANG: 'C' })
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('no campaign with the name or id "春节"') })
  })
})

describe('a command', () => {
  it.each([
    ['pause', [], 'Paused: no more rows begin'],
    ['resume', [], 'The campaign goes on.'],
    ['cancel', ['--yes'], 'Cancelled: no more rows begin'],
  ])('%s carries the version that was read', async (command, flags, said) => {
    const { code, out } = await run([command, ID, ...flags])
    expect({ code, said: out.includes(said) }).toEqual({ code: 0, said: true })
    const asked = service?.asked.at(-1)
    expect([asked?.path, asked?.body]).toEqual([`/campaigns/${ID}/${command}`, '{"version":2}'])
  })

  it('retry says how many rows get a new attempt', async () => {
    const retried = { ...campaignOf(), retried: 1200 }
    const { out } = await run(['retry', ID, '--err-code', 'SEND_FAILED'], {
      answer: ({ method }) => (method === 'POST' ? { status: 202, body: retried } : 'own'),
    })
    expect(out).toContain('1,200 refused rows get a new attempt')
    expect(service?.asked.at(-1)?.body).toBe('{"version":2,"err_code":"SEND_FAILED"}')
  })

  it.each(['pause', 'cancel'])('%s is given again under the newer version', async (command) => {
    let times = 0
    const { code } = await run([command, ID, ...(command === 'cancel' ? ['--yes'] : [])], {
      answer: ({ method }) =>
        method === 'POST' && ++times < 3 ? problem(409, 'campaign_changed', '已有新的操作') : 'own',
    })
    expect({ code, times }).toEqual({ code: 0, times: 3 })
  })

  it('resume is not: somebody has decided otherwise meanwhile', async () => {
    const { code, err } = await run(['resume', ID], {
      answer: ({ method }) => (method === 'POST' ? problem(409, 'campaign_changed', '已有新的操作') : 'own'),
    })
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('commanded since it was last read') })
    expect(service?.commands()).toHaveLength(1)
  })

  it('that the state forbids is told with the state', async () => {
    const body = {
      type: 't',
      title: 't',
      status: 409,
      code: 'campaign_state',
      detail: 'd',
      request_id: 'r',
      state: 'done',
    }
    const { code, err } = await run(['pause', ID], {
      answer: ({ method }) => (method === 'POST' ? { status: 409, body } : 'own'),
    })
    expect({ code, err }).toEqual({ code: 1, err: '✘ The campaign does not allow this: it is done (request id r)\n' })
  })

  it('cancel is asked about first', async () => {
    const { code, err } = await run(['cancel', ID])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('Add --yes') })
    expect(service?.commands()).toEqual([])
  })
})

describe('list', () => {
  it('is a table of campaigns, newest first', async () => {
    const { code, out, err } = await run(['list', '--limit', '5'], {
      put: { name: '春节'.repeat(20), rows_count: 1200 },
    })
    expect(code).toBe(0)
    expect(out.split('\n')[0]).toMatch(/^created \(\+08:00\) +campaign +state +sent +yuan +id$/)
    expect(out.split('\n')[1]).toMatch(/^2026-02-16 08:00 +春节.*… +all rows begun +1,200\/1,200 +3\.50 +3f1c9a0b/)
    expect(err).toBe('1 to 1 of 1\n')
    expect(service?.asked[0]?.path).toBe('/campaigns?limit=5')
  })

  it('says that there are none', async () => {
    service = await startCampaigns()
    const { out } = await redpack(['campaign', 'list'], { ...service.env, LANG: 'C' })
    expect(out).toBe('There are no campaigns yet.\n')
  })
})
