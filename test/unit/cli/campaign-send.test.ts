// redpack campaign send: what it reads, refuses, shows, asks, uploads and starts.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { isCount } from '../../../cli/campaign/question.ts'
import { startCampaigns, ZERO } from '../../support/campaigns.ts'
import { COMMON, people, problem, redpack } from '../../support/cli.ts'
import { gb18030, workbook } from '../../support/lists.ts'

const folder = mkdtempSync(join(tmpdir(), 'redpack-campaign-'))
let service: Awaited<ReturnType<typeof startCampaigns>> | undefined
let files = 0
afterEach(async () => {
  await service?.stop()
  service = undefined
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const NOWHERE = { REDPACK_ENDPOINT: 'http://127.0.0.1:9', REDPACK_KEYID: 'k', REDPACK_SECRET: 'c2VjcmV0', LANG: 'C' }
const WISH = ['--wishing', '恭喜发财']

function write(content: string | Buffer, ending = 'csv'): string {
  files += 1
  const file = join(folder, `list-${files}.${ending}`)
  writeFileSync(file, content)
  return file
}

async function dryRun(content: string | Buffer, flags: string[] = [], ending = 'csv') {
  const argv = ['campaign', 'send', write(content, ending), '--dry-run', '--json', ...COMMON, ...flags]
  const { code, out, err } = await redpack(argv, NOWHERE)
  const { error, ...facts } = JSON.parse(out || err)
  return { code, error, facts }
}

type Told = Parameters<typeof startCampaigns>[0]
async function send(content: string | Buffer, flags: string[] = [], told: Told = {}) {
  service = await startCampaigns(told)
  const file = write(content)
  const argv = ['campaign', 'send', file, '--interval', '0.1', ...COMMON, ...flags]
  return { file, ...(await redpack(argv, { ...service.env, LANG: 'C' })) }
}

const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])

const CHINESE = 'openid,金额,祝福语,姓名\noA,1.88,恭喜发财,张三\noB,6.66,新年快乐,李四\n'

describe('a list', () => {
  it.each([
    ['UTF-8', CHINESE, { kind: 'csv', encoding: 'utf-8', delimiter: ',' }],
    ['UTF-8 with a byte order mark', `\ufeff${CHINESE}`, { kind: 'csv', encoding: 'utf-8', delimiter: ',' }],
    ['GB18030', gb18030(CHINESE), { kind: 'csv', encoding: 'gb18030', delimiter: ',' }],
    ['UTF-16', utf16(CHINESE.replaceAll(',', '\t')), { kind: 'csv', encoding: 'utf-16le', delimiter: '\t' }],
    ['semicolons', CHINESE.replaceAll(',', ';'), { kind: 'csv', encoding: 'utf-8', delimiter: ';' }],
    ['tabs', CHINESE.replaceAll(',', '\t'), { kind: 'csv', encoding: 'utf-8', delimiter: '\t' }],
    [
      'Excel’s own first line',
      `sep=;\r\n${CHINESE.replaceAll(',', ';')}`,
      { kind: 'csv', encoding: 'utf-8', delimiter: ';' },
    ],
    [
      'line ends of several kinds',
      `${CHINESE.replace('\n', '\r\n')}`,
      { kind: 'csv', encoding: 'utf-8', delimiter: ',' },
    ],
    [
      'Windows line ends and empty lines',
      `\r\n${CHINESE.replaceAll('\n', '\r\n\r\n')},,,\r\n`,
      { kind: 'csv', encoding: 'utf-8', delimiter: ',' },
    ],
  ])('in %s is read, with Chinese headers', async (_, content, format) => {
    const { code, facts } = await dryRun(content)

    expect({ code, facts }).toMatchObject({
      code: 0,
      facts: { format, rows: 2, fen: 854, wishing: { 恭喜发财: 1, 新年快乐: 1 }, unused_columns: ['姓名'] },
    })
  })

  it.each([
    ['红包接受人,付款金额,红包祝福语,商户名称,公众号 appid,活动名称,备注,红包类型,红包发放总人数'],
    ['接收人openid,金额（元）,祝福语,发送者名称,公众号,活动名称,备注,类型,总人数'],
    ['Openid,Total Amount,WISHING,send-name,Official_Account_Id,act name,Remark,TYPE,total-num'],
  ])('has columns of the names %s', async (header) => {
    const file = write(`${header}\noA,6.00,恭喜,天虹,wxA,活动,备注,fission,3\n`)
    const { code, out } = await redpack(['campaign', 'send', file, '--dry-run', '--json'], NOWHERE)

    expect({ code, ...JSON.parse(out) }).toMatchObject({
      ...{ code: 0, rows: 1, fen: 600, unused_columns: [], wishing: { 恭喜: 1 } },
      defaults: { type: 'fission', total_num: 3, official_account_id: 'wxA', act_name: '活动' },
    })
  })

  it('takes --map, which goes before what a name says', async () => {
    const csv = '收红包的人,金额,实发,祝福语\noA,9.99,1.00,恭喜\n'
    const { code, facts } = await dryRun(csv, ['--map', '收红包的人=re_openid', '--map', '实发=total_amount'])
    expect({ code, facts }).toMatchObject({ code: 0, facts: { fen: 100, unused_columns: ['金额'] } })
  })

  it.each([
    [
      're_openid,total_amount\noA,1\n',
      [],
      'bad_header',
      'Missing columns: wishing. Columns of the file: re_openid, total_amount',
    ],
    ['re_openid,金额（分）,wishing\noA,100,x\n', [], 'bad_header', 'Missing columns: total_amount'],
    [
      'openid,re_openid,金额,wishing\noA,oB,1,x\n',
      [],
      'bad_header',
      'Several columns mean the same: openid, re_openid',
    ],
    ['openid,金额,wishing,gateway_type\noA,1,x,weixin_tenpay\n', [], 'bad_header', 'A campaign has one merchant'],
    ['openid,金额,wishing\n', ['--map', '数额=total_amount'], 'bad_header', 'not in the file: 数额'],
    ['openid,金额,wishing\n', ['--map', '金额=amount'], 'usage', 'must be column=parameter'],
    ['openid,金额,wishing\n', ['--map', 'total_amount'], 'usage', 'must be column=parameter'],
    ['openid,金额,wishing\n', [], 'empty_file', 'has no rows'],
    ['', [], 'empty_file', 'has no rows'],
    ['a"b,c\n"x', [], 'bad_csv', 'Not a CSV file'],
    [Buffer.from('d0cf11e0a1b11ae1', 'hex'), [], 'bad_xlsx', 'workbook of the old kind'],
    [Buffer.from('504b030400000000', 'hex'), [], 'bad_xlsx', 'is no workbook that can be read'],
    [Buffer.from([0x80, 0x81, 0xff, 0xff, 0]), [], 'bad_encoding', 'neither in UTF-8 nor in GB18030'],
    [Buffer.concat([Buffer.from(CHINESE.repeat(9)), Buffer.from([0xe6])]), [], 'bad_encoding', 'or is damaged'],
  ] as const)('%j with %j is %s', async (content, flags, code, message) => {
    const { error } = await dryRun(content as string | Buffer, [...flags])
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it('tells every bad row with its line and the value that is wrong', async () => {
    const long = 'x'.repeat(90)
    const csv = [
      'openid,金额,祝福语',
      'oA,1.888,恭喜',
      'oB,1.00,恭喜',
      '"oC\u200b",1.00,恭喜',
      'oD,"1,00",恭喜',
      'oE,,恭喜',
      `oF${long},1.00,恭喜`,
      'oB,2.00,恭喜',
      'oG,￥1.00,恭喜,还有',
    ].join('\n')
    service = await startCampaigns()
    const argv = ['campaign', 'send', write(csv), '--yes', ...COMMON]
    const { code, out, err } = await redpack(argv, { ...service.env, LANG: 'C' })

    expect({ code, out, asked: service.asked }).toEqual({ code: 1, out: '', asked: [] })
    const rule = 'must be an amount in yuan above 0 and up to 1000000, with at most two decimals'
    expect(err.split('\n')).toEqual([
      `  line 2: total_amount “1.888”: ${rule}`,
      expect.stringMatching(/^ {2}line 4: re_openid “oC�?”: has invisible characters \(U\+200B\)/),
      `  line 5: total_amount “1,00”: ${rule}`,
      '  line 6: total_amount: missing',
      expect.stringMatching(/^ {2}line 7: re_openid “oFx{58}…”: 92 characters; an openid has at most 32$/),
      expect.stringMatching(/^ {2}line 8: re_openid "oB": same receiver as line 3\..*--allow-repeats/),
      expect.stringMatching(/^ {2}line 9: 4 cells instead of 3/),
      '✘ 7 of 8 rows are wrong. Nothing was sent.',
      '',
    ])
  })

  it('has no amount for an empty cell, whatever a flag says: it may be a formula without its result', async () => {
    const { error } = await dryRun('openid,金额,祝福语\noA,,x\n', ['--total-amount', '5.00'])
    expect(error).toMatchObject({ code: 'bad_rows', rows: [{ line: 2, faults: ['total_amount: missing'] }] })
  })

  it('takes receivers twice with --allow-repeats', async () => {
    const { code, facts } = await dryRun('openid,金额,祝福语\noA,1,x\noA,1,x\n', ['--allow-repeats'])
    expect({ code, facts }).toMatchObject({ code: 0, facts: { rows: 2, fen: 200 } })
  })

  it.each([
    ['a folder', () => folder],
    ['a device', () => '/dev/null'],
    ['standard input', () => '-'],
    [
      'a pipe',
      () => {
        const pipe = join(folder, 'pipe')
        spawnSync('sh', ['-c', `mkfifo ${pipe}`])
        return pipe
      },
    ],
  ])('is no %s: that cannot be read twice', async (_, file) => {
    service = await startCampaigns()
    const { code, err } = await redpack(['campaign', 'send', file(), '--yes', ...COMMON], { ...service.env, LANG: 'C' })
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('is no file that can be read twice') })
    expect(service.asked).toEqual([])
  })

  it('that is not there is told', async () => {
    const { code, err } = await redpack(['campaign', 'send', '/none.csv', ...COMMON], NOWHERE)
    expect({ code, err }).toEqual({ code: 1, err: '✘ /none.csv cannot be read: ENOENT\n' })
  })
})

describe('a workbook', () => {
  it('is read from its first sheet: numbers as they are seen, lines as they are counted there', async () => {
    const content = workbook('名单', [
      ['openid', '金额', '祝福语'],
      ['oA', { n: '1.1000000000000001' }, '恭喜'],
      ['', '', ''],
      ['oB', { n: '200' }, '恭喜'],
      ['oC', '3.50', '恭喜'],
    ])
    const { code, facts } = await dryRun(content, [], 'xlsx')
    expect({ code, facts }).toMatchObject({
      code: 0,
      facts: {
        format: { kind: 'xlsx', sheet: '名单', other_sheets: [] },
        rows: 3,
        fen: 20_460,
        amounts: { smallest: { fen: 110, line: 2 }, middle: { fen: 350, line: 5 }, largest: { fen: 20_000, line: 4 } },
      },
    })
  })

  it('has bad rows by value and line, too', async () => {
    const content = workbook('名单', [
      ['openid', '金额', '祝福语'],
      ['oA', { n: '1.005' }, '恭喜'],
      [{ n: '2.0201E+17' }, { n: '1' }, '恭喜'],
    ])
    const { error } = await dryRun(content, [], 'xlsx')
    expect(error.rows).toMatchObject([
      { line: 2, faults: [expect.stringContaining('total_amount “1.005”')] },
      { line: 3, faults: [expect.stringContaining('re_openid “2.0201E+17”')] },
    ])
  })
})

describe('the question', () => {
  it('of a dry run is on standard output, and nothing is written to the service', async () => {
    const { csv } = people(3)
    service = await startCampaigns()
    service.put({ name: 'earlier' })
    const file = write(csv.replace('wishing,', 'wishing,').replace(/$/, ''))
    const argv = ['campaign', 'send', file, '--dry-run', '--name', 'new-year', ...COMMON]
    const { code, out, err } = await redpack(argv, { ...service.env, LANG: 'C' })

    expect({ code, err, commands: service.commands() }).toEqual({ code: 0, err: '', commands: [] })
    expect(out).toBe(
      [
        `  file      ${file} (CSV, commas)`,
        '  campaign  new-year',
        `  service   ${service.url}`,
        '  mini app  wx0123456789abcdef',
        '  merchant  1900000109 (weixin_tenpay)',
        '  account   wxcbda96de0b165486',
        '  sender    天虹百货',
        '  wishing   恭喜, 0 (1 row), 恭喜, 1 (1 row), 恭喜, 2 (1 row)',
        '  packets   3',
        '  sum       3.03 yuan',
        '  smallest  1.00 yuan (line 2)',
        '  middle    1.01 yuan (line 3)',
        '  largest   1.02 yuan (line 4)',
        '  duration  0:01 at 25 a second',
        'Only checked; nothing was sent.',
        '',
      ].join('\n'),
    )
  })

  it('names GB18030, columns that are not read, and rows that WeChat may refuse', async () => {
    const file = write(gb18030(`openid,金额,祝福语,姓名,部门\noA,1.88,${'恭'.repeat(42)}xx,张三,一\n`))
    const { out } = await redpack(['campaign', 'send', file, '--dry-run', ...COMMON], { ...NOWHERE, LANG: 'zh_CN' })
    expect(out).toContain('按 GB18030 读取，逗号分隔：请确认文字正确')
    expect(out).toMatch(/未使用的列 +姓名、部门/)
    expect(out).toMatch(/商户号 +创建草稿之后才知道/)
    expect(out).toContain('有 1 行（第一处：第 2 行）有文字达到微信的字节上限')
  })

  it.each([
    ['1234', 1234, true],
    ['1,234', 1234, true],
    [' １２３４ ', 1234, true],
    ['123', 1234, false],
    ['', 1234, false],
    ['y', 1234, false],
    ['1234.0', 1234, false],
  ])('is answered by %j for %i rows: %s', (typed, rows, is) => {
    expect(isCount(typed, rows)).toBe(is)
  })

  it.each([[[]], [['--json']]])(
    'cannot be asked without a terminal (%j): the draft stays, and nothing starts',
    async (flags) => {
      const { code, err } = await send(people(2).csv, flags)
      expect({ code, asked: err.includes('Add --yes') }).toEqual({ code: 1, asked: true })
      expect(service?.commands().filter((one) => one.endsWith('/start'))).toEqual([])
    },
  )
})

describe('sending', () => {
  it('creates, uploads what differs, starts, looks on, and tells the end', async () => {
    const { csv, fen } = people(1200)
    const { code, out, err, file } = await send(csv, ['--yes', '--rate', '30'], {
      looks: [{ state: 'running', counts: { ...ZERO, waiting: 600, sent: 600 } }, {}],
    })

    expect(code).toBe(0)
    const [created] = service?.asked ?? []
    expect(JSON.parse(created?.body ?? '')).toEqual({
      name: file.split('/').at(-1)?.replace('.csv', ''),
      defaults: {
        ...{ type: 'normal', total_num: 1, official_account_id: 'wxcbda96de0b165486', send_name: '天虹百货' },
        ...{ act_name: '新年红包', remark: '新年红包' },
      },
      rows_count: 1200,
      total_amount: fen / 100,
      rate_per_s: 30,
    })
    expect(service?.uploaded).toHaveLength(1200)
    expect(service?.uploaded).toContainEqual({
      re_openid: `oCli${'0'.repeat(23)}`,
      total_amount: 1,
      wishing: '恭喜, 0',
    })
    expect(JSON.parse(service?.asked.find(({ path }) => path.endsWith('/start'))?.body ?? '')).toEqual({
      version: 1,
      even_if_similar: false,
    })
    expect(err).toContain('All rows are right. Uploading 1,200 rows; nothing is sent before you confirm.')
    expect(err).toMatch(/600\/1,200 \(50 %\) {2}running {2}sent 600 {2}refused 0 {2}unknown 0/)
    expect(out).toMatch(/^✔ "list-\d+": all rows begun; 1,200 rows, [\d,.]+ yuan\n {2}sent {2}1,200 rows/)
  })

  it('the same list under the same name is started once', async () => {
    service = await startCampaigns()
    const argv = ['campaign', 'send', write(people(3).csv), '--yes', '--interval', '0.1', ...COMMON]
    const env = { ...service.env, LANG: 'C' }
    await redpack(argv, env)
    const before = service.commands().length

    const again = await redpack(argv, env)

    expect(service.commands().slice(before)).toEqual(['POST /campaigns'])
    expect(again.err).toMatch(/was started at .*\+08:00\. Nothing is sent again/)
  })

  it.each([
    [422, 'campaign_exists', (path: string) => path === '/campaigns', 'with another list. A name is never free again'],
    [
      422,
      'chunk_written',
      (path: string) => path.includes('/rows/'),
      'other rows were uploaded before: choose another --name',
    ],
    [409, 'campaign_incomplete', (path: string) => path.endsWith('/start'), 'The list of the campaign is not complete'],
    [503, 'stopped', (path: string) => path.endsWith('/start'), 'The operator has stopped all sending'],
  ] as const)('ends at %i %s with what to do', async (status, code, is, message) => {
    const run = await send(people(2).csv, ['--yes'], {
      answer: ({ path }) => (is(path) ? problem(status, code, '说明') : 'own'),
    })
    expect({ out: run.out, failed: run.code !== 0 }).toEqual({ out: '', failed: true })
    expect(run.err).toContain(message)
  })

  const similar = [
    {
      id: 'x',
      name: '年会',
      share: 0.93,
      state: 'done',
      created_at: 1_771_200_000,
      paid: { count: 1200, amount: 4567.8 },
    },
  ]
  const isSimilar = ({ path, body }: { path: string; body: string }) =>
    path.endsWith('/start') && !JSON.parse(body).even_if_similar
      ? {
          status: 409,
          body: { type: 't', title: 't', status: 409, code: 'campaign_similar', detail: 'd', request_id: 'r', similar },
        }
      : ('own' as const)

  it('a similar list is not started by --yes: what the other campaign has paid is told', async () => {
    const { code, err } = await send(people(2).csv, ['--yes'], { answer: isSimilar })
    expect(code).toBe(1)
    expect(err).toContain(
      '"年会" (done, created 2026-02-16 08:00:00+08:00): 93 % of the smaller list are the same; it has paid 1,200 packets, 4,567.80 yuan',
    )
    expect(err).toContain('add --even-if-similar')
  })

  it('with --json, as a document', async () => {
    const { err } = await send(people(2).csv, ['--yes', '--json'], { answer: isSimilar })
    expect(JSON.parse(err).error).toMatchObject({ code: 'campaign_similar', similar })
  })

  it('a similar list is started by --even-if-similar', async () => {
    const { code } = await send(people(2).csv, ['--yes', '--even-if-similar'], { answer: isSimilar })
    expect(code).toBe(0)
  })

  it('a file that changes between check and upload starts nothing', async () => {
    let file = ''
    service = await startCampaigns({
      answer: ({ path }) => {
        if (path === '/campaigns') writeFileSync(file, people(2, 'oNew').csv)
        return 'own'
      },
    })
    file = write(people(2).csv)
    const { code, err } = await redpack(['campaign', 'send', file, '--yes', ...COMMON], { ...service.env, LANG: 'C' })
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining('The file was changed after it was checked'),
    })
    expect(service.commands().filter((one) => one.endsWith('/start'))).toEqual([])
  })

  it.each(['', 'x'.repeat(65), 'a\nb'])('has no name %j', async (name) => {
    const { code, err } = await send(people(1).csv, ['--yes', '--name', name, ...WISH])
    expect({ code, asked: service?.asked }).toEqual({ code: 1, asked: [] })
    expect(err).toContain('1 to 64 characters')
  })
})
