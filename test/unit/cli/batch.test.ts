// redpack batch: what it reads, what it refuses, what it sends under which key, and how it takes trouble.
import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parse } from 'csv-parse/sync'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { check } from '../../../cli/batch/check.ts'
import { keyOf } from '../../../cli/batch/identity.ts'
import { Journal } from '../../../cli/batch/journal.ts'
import { Pace, Places } from '../../../cli/batch/pace.ts'
import { contextOf } from '../../../cli/context.ts'
import { textsOf } from '../../../cli/parameters.ts'
import { yuan } from '../../../cli/yuan.ts'
import { type Answer, type Asked, COMMON, people, problem, redpack, startService } from '../../support/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'redpack-cli-'))
const OWNER = { endpoint: 'http://x', keyid: 'k', secret: 's', name: 'n' }
const DEFAULTS = textsOf({ officialAccountId: 'wx', sendName: '天虹百货', actName: '新年红包', remark: '新年红包' })

let service: Awaited<ReturnType<typeof startService>> | undefined
let files = 0
afterEach(async () => {
  await service?.stop()
  service = undefined
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Checks a file's text. */
async function dryRun(csv: string | Buffer, flags: string[] = []) {
  files += 1
  const file = join(folder, `${files}.csv`)
  writeFileSync(file, csv)
  const env = { REDPACK_ENDPOINT: 'http://127.0.0.1:9', REDPACK_KEYID: 'k', REDPACK_SECRET: 'c2VjcmV0' }
  const run = await redpack(['batch', file, '--name', 'n', '--dry-run', '--json', ...COMMON, ...flags], env)
  const { error, checked } = JSON.parse(run.err || run.out)
  return { code: run.code, error, checked }
}

/** Sends a file's text to a service that answers so. */
async function send(
  csv: string,
  answer: (asked: Asked, n: number) => Answer,
  flags: string[] = [],
  name = `s${files}`,
) {
  const file = join(folder, `${name}.csv`)
  writeFileSync(file, csv)
  service = await startService(answer)
  const argv = ['batch', file, '--name', 'n', '--yes', '--json', '--rate', '500', ...COMMON, ...flags]
  const run = await redpack(argv, service.env)
  const out = file.replace('.csv', '.result.csv')
  const rows: Record<string, string>[] = existsSync(out) ? parse(readFileSync(out), { columns: true, bom: true }) : []
  return { ...run, rows, keys: service.asked.map(({ headers }) => headers['idempotency-key']) }
}

const sent = ({ headers }: Asked): Answer => {
  const id = `${headers['idempotency-key']}`.slice(6, 30)
  return { status: 200, body: { return_code: 'SUCCESS', mch_billno: `RP${id}`, send_listid: '1', id, outcome: 'sent' } }
}

describe('the check', () => {
  it('counts rows and sums integer fen', async () => {
    const { csv, fen } = people(1234)
    expect(await dryRun(csv)).toMatchObject({ code: 0, checked: { rows: 1234, fen, bad: 0 } })
    expect([yuan(fen), yuan(5), yuan(123456789)]).toEqual(['5,835.61', '0.05', '1,234,567.89'])
  })

  it.each([
    ['with a byte order mark', (csv: string) => `\uFEFF${csv}`],
    ['with CRLF', (csv: string) => csv.replaceAll('\n', '\r\n')],
    [
      'with empty lines and spaces around',
      (csv: string) => csv.replaceAll('\n', ' \n\n').replaceAll(',oCli', ', oCli'),
    ],
    ['in another order of columns', () => 're_openid,wishing,total_amount\noCliA,恭喜,1.00\noCliB,恭喜,1.01\n'],
  ])('reads a file %s', async (_, change) => {
    expect(await dryRun(change(people(2).csv))).toMatchObject({ code: 0, checked: { rows: 2, fen: 201 } })
  })

  it('names every bad row by line and reason', async () => {
    const { code, error } = await dryRun(
      [
        're_openid,total_amount,wishing,row_key',
        'a,1.00,x,',
        'b,1.001,x,',
        ',1,x,',
        'a,2.00,x,',
        'a,2.00,x,second',
        'c,1,x,second',
        'd,1',
        'e,-1,,',
        'f,1,"two',
        `lines",${'k'.repeat(129)}`,
      ].join('\n'),
    )
    expect({ code, message: error.message }).toEqual({ code: 1, message: '7 of 9 rows are wrong. Nothing was sent.' })
    expect(
      error.rows.map(
        ({ line, faults }: { line: number; faults: string[] }) => `${line} ${faults.join(' ').slice(0, 40)}`,
      ),
    ).toEqual(
      [
        '3 total_amount: must be an amount in yuan a',
        '4 re_openid: missing',
        '5 same receiver (or row_key) as line 2. If',
        '7 same receiver (or row_key) as line 6. If',
        '8 2 cells instead of 4; a text with a comm',
        '9 total_amount: must be an amount in yuan a',
        '11 row_key: must be 1 to 128 characters, wi',
      ].map((text) => expect.stringContaining(text.slice(0, 36))),
    )
  })

  it.each([
    ['re_openid,total_amount,wishing,scene-id\na,1,x,\n', [], 'bad_header', 'scene-id'],
    ['re_openid,total_amount\na,1\n', [], 'bad_header', 'wishing'],
    ['re_openid,re_openid,total_amount,wishing\na,b,1,x\n', [], 'bad_header', 're_openid'],
    ['re_openid,total_amount,wishing,outcome\na,1,x,sent\n', [], 'usage', '--only'],
    [people(1).csv, ['--only', 'refused'], 'usage', '--only'],
    ['', [], 'empty_file', 'no rows'],
    ['re_openid,total_amount,wishing\n', [], 'empty_file', 'no rows'],
    ['re_openid,total_amount,wishing\na,1,"x\n', [], 'bad_csv', 'line'],
    [Buffer.from('re_openid,total_amount,wishing\na,1,\xb9\xa7\xcf\xb2\n', 'latin1'), [], 'not_utf8', 'CSV UTF-8'],
    [people(1).csv, ['--name', ''], 'usage', 'Give the batch a name'],
  ])('refuses what it cannot be sure of (%#)', async (csv, flags, code, words) => {
    expect(await dryRun(csv, flags)).toMatchObject({
      code: 1,
      error: { code, message: expect.stringContaining(words) },
    })
  })

  it('never writes its result over the file', async () => {
    const { code, err } = await send(people(1).csv, sent, ['--out', join(folder, 'same.csv')], 'same')
    expect({ code, ...JSON.parse(err) }).toMatchObject({ code: 1, error: { code: 'usage' } })
    expect(readFileSync(join(folder, 'same.csv'), 'utf8')).toBe(people(1).csv)
  })

  it('passes over columns that it is told to', async () => {
    const csv = 'name,re_openid,total_amount,wishing\n张三,a,1,x\n'
    expect(await dryRun(csv, ['--ignore', 'name,phone'])).toMatchObject({ code: 0, checked: { rows: 1 } })
  })

  it('refuses rows that WeChat is known to refuse, or warns of them with --let-wechat-decide', async () => {
    const csv =
      're_openid,total_amount,wishing,send_name,scene_id\na,0.5,x,,\nb,201,x,,\nc,201,x,,PRODUCT_2\nd,1,x,十一个汉字超过了三十二,\n'
    const { code, error } = await dryRun(csv)
    expect({
      code,
      rows: error.rows.map(({ line, faults }: { line: number; faults: string[] }) => [line, ...faults]),
    }).toEqual({
      code: 1,
      rows: [
        [
          2,
          expect.stringMatching(
            /^scene_id: missing: WeChat requires it above 200 yuan and below 1 yuan.*--let-wechat-decide/,
          ),
        ],
        [3, expect.stringMatching(/^scene_id: missing/)],
        [
          5,
          'send_name: 33 bytes in UTF-8; WeChat accepts at most 32 (about 10 Chinese characters), or --let-wechat-decide',
        ],
      ],
    })

    const { checked } = await dryRun(csv, ['--let-wechat-decide'])
    expect(checked.doubtful).toEqual({ scene: { rows: 2, line: 2 }, bytes: { rows: 1, line: 5 } })
  })

  it('holds the keys of 10,000 rows, not the rows', async () => {
    setFlagsFromString('--expose-gc')
    const gc: () => void = runInNewContext('gc')
    const file = join(folder, 'large.csv')
    writeFileSync(file, people(10_000).csv)
    const batch = { file, name: 'n', defaults: DEFAULTS, ignored: [], only: undefined, lenient: false }
    const terminal = { env: {}, interactive: false, colour: false, out() {}, err() {}, stdin: async () => Buffer.of() }
    const journal = Journal.open(join(folder, 'none'), OWNER)
    const heap_mb: number[] = []
    let seen = 0
    // Not a spy: it would hold the rows itself.
    journal.final = () => {
      seen += 1
      if (seen % 1000 === 0) {
        gc()
        heap_mb.push(process.memoryUsage().heapUsed / 2 ** 20)
      }
      return undefined
    }

    await check(batch, journal, contextOf(['--json'], terminal), () => {})

    // A key and its line number take about 150 bytes; a row with its parameters ten times as much.
    expect({ seen, grown_mb: (heap_mb.at(-1) ?? 0) - (heap_mb[0] ?? 0) }).toEqual({
      seen: 10_000,
      grown_mb: expect.toSatisfy((mb) => mb < 3),
    })
  })
})

describe('the key of a row', () => {
  const row = { row_key: undefined, official_account_id: 'wx', re_openid: 'o1' }

  it('follows from the batch and the receiver, or from row_key', () => {
    expect(keyOf('n', row)).toBe(keyOf('n', row))
    const others = [
      keyOf('m', row),
      keyOf('n', { ...row, re_openid: 'o2' }),
      keyOf('n', { ...row, official_account_id: 'w' }),
    ]
    const keyed = [keyOf('n', { ...row, row_key: '1' }), keyOf('n', { ...row, row_key: '2' })]
    expect(new Set([keyOf('n', row), ...others, ...keyed]).size).toBe(6)
    expect(keyOf('n', { ...row, row_key: '1' })).toBe(keyOf('n', { ...row, re_openid: 'o9', row_key: '1' }))
    expect(keyOf('n', row)).toMatch(/^batch-[0-9a-f]{48}$/)
  })

  it('never changes from one version to the next', () => {
    expect(keyOf('new-year-2025', row)).toMatchInlineSnapshot(
      `"batch-050d4ef93ce81611756ce83991a96ea6189482b50a5c9984"`,
    )
    expect(keyOf('new-year-2025', { ...row, row_key: '1' })).toMatchInlineSnapshot(
      `"batch-76ef22ed890d0d40452f41808a343a40056290c71023a19a"`,
    )
  })
})

describe('sending', () => {
  it('sends each row as it is, in the order of the file, and tells what became of it', async () => {
    const { csv, fen } = people(20)
    const { code, out, rows } = await send(csv, sent, ['--concurrency', '1'], 'order')

    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, rows: 20, fen, sent: 20, sent_fen: fen })
    const bodies = service?.asked.map(({ body }) => JSON.parse(body)) ?? []
    expect(bodies[3]).toEqual({
      ...{
        type: 'normal',
        total_num: 1,
        total_amount: 1.03,
        wishing: '恭喜, 3',
        re_openid: `oCli${'3'.padStart(23, '0')}`,
      },
      ...{ official_account_id: 'wxcbda96de0b165486', send_name: '天虹百货', act_name: '新年红包', remark: '新年红包' },
    })
    expect(rows.map(({ re_openid }) => re_openid)).toEqual(bodies.map(({ re_openid }) => re_openid))
    expect(rows[3]).toMatchObject({
      line: '5',
      wishing: '恭喜, 3',
      total_amount: '1.03',
      outcome: 'sent',
      send_listid: '1',
    })
    expect(readFileSync(join(folder, 'order.result.csv')).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
  })

  it('asks again under the same key after 409, 503 and a broken connection', async () => {
    const trouble = [problem(409, 'in_progress', ''), problem(503, 'store_unavailable', ''), undefined]
    const { code, keys } = await send(people(1).csv, (asked, n) => (n <= 3 ? trouble[n - 1] : sent(asked)), [], 'again')
    expect({ code, tries: keys.length, keys: new Set(keys).size }).toEqual({ code: 0, tries: 4, keys: 1 })
  })

  it.each([
    ['without a body', {}],
    ['as API Gateway says it', { message: 'Too Many Requests' }],
  ])('goes on after it was throttled (%s), with pauses for all rows, and pays each once', async (name, body) => {
    const answer = (asked: Asked, n: number) => (n <= 6 ? { status: 429, body } : sent(asked))
    const { code, out, keys } = await send(people(12).csv, answer, ['--concurrency', '4'], `throttled ${name}`)
    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, sent: 12 })
    expect(new Set(keys).size).toBe(12)
  })

  it('says throttled if that lasts: nothing was sent, and nothing is wrong with the endpoint', async () => {
    const answer = () => ({ status: 429, body: { message: 'Too Many Requests' } })
    const { code, out, rows } = await send(people(3).csv, answer, ['--patience', '1'], 'throttled')
    const { stopped, ...told } = JSON.parse(out)
    expect({ code, ...told }).toMatchObject({ code: 4, sent: 0, unknown: 0, not_sent: 3 })
    expect(stopped).toEqual({ code: 'throttled', message: expect.stringContaining('throttled (HTTP 429) for 1 s') })
    expect(stopped.message).not.toMatch(/check the endpoint/i)
    expect(rows.map(({ outcome }) => outcome)).toEqual(['not_sent', 'not_sent', 'not_sent'])
  })

  it('does not ask a second run for what is final, and asks again for what is unknown', async () => {
    const unknown = { err_code: 'PROCESSING', err_code_des: '', mch_billno: 'RP', id: '1', outcome: 'unknown' }
    const answer = (asked: Asked, n: number) => (n === 3 || n === 6 ? { status: 202, body: unknown } : sent(asked))
    const first = await send(people(6).csv, answer, ['--concurrency', '1'], 'twice')
    expect({ code: first.code, ...JSON.parse(first.out) }).toMatchObject({ code: 3, sent: 4, unknown: 2 })
    const argv = ['batch', join(folder, 'twice.csv'), '--name', 'n', '--yes', '--json', '--concurrency', '1', ...COMMON]

    const second = await redpack(argv, service?.env)

    expect({ code: second.code, ...JSON.parse(second.out) }).toMatchObject({ code: 0, sent: 6, unknown: 0 })
    const keys = service?.asked.map(({ headers }) => headers['idempotency-key']) ?? []
    expect(keys.slice(6)).toEqual([keys[2], keys[5]])

    rmSync(join(folder, 'twice.result.csv.journal'))
    const third = await redpack(argv, service?.env)
    expect({ code: third.code, asked: service?.asked.length }).toEqual({ code: 0, asked: 14 })
  })

  it('tells a row that was changed and one that the service rejects, and goes on', async () => {
    const answers = [problem(422, 'key_reused', '已用于'), problem(400, 'invalid_parameters', '参数错误')]
    const { code, out, rows } = await send(
      people(3).csv,
      (asked, n) => answers[n - 1] ?? sent(asked),
      ['--concurrency', '1'],
      'told',
    )
    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 2, sent: 1, changed: 1, rejected: 1 })
    expect(rows.map(({ outcome, err_code }) => `${outcome} ${err_code}`)).toEqual([
      'changed key_reused',
      'rejected invalid_parameters',
      'sent ',
    ])
  })

  it.each([
    ['the caller is not known', problem(415, 'not_a_cloud_function', ''), 'not_a_cloud_function', 1],
    ['there is no certificate', problem(400, 'certificate_missing', ''), 'certificate_missing', 1],
    ['this is no redpack service', { status: 404, body: {} }, 'http_404', 1],
  ])('stops at once where %s', async (name, answer, stopped, code) => {
    const run = await send(people(200).csv, () => answer, ['--concurrency', '4'], name)
    expect({ code: run.code, ...JSON.parse(run.out) }).toMatchObject({
      code,
      sent: 0,
      not_sent: 200,
      stopped: { code: stopped },
    })
    expect(run.keys.length).toBeLessThanOrEqual(8)
    expect(run.rows.every(({ outcome }) => outcome === 'not_sent')).toBe(true)
  })

  it.each([
    ['NOTENOUGH', 'NOTENOUGH'],
    ['FREQ_LIMIT', 'FREQ_LIMIT'],
    ['SENDNUM_LIMIT', undefined],
  ])('at %s stops only where it would hit every row', async (err_code, stopped) => {
    const refused = { err_code, err_code_des: '', mch_billno: 'RP', id: '1', outcome: 'refused' }
    const { code, out } = await send(
      people(60).csv,
      () => ({ status: 200, body: refused }),
      ['--concurrency', '2'],
      err_code,
    )
    expect({ code, stopped: JSON.parse(out).stopped?.code, all: JSON.parse(out).refused === 60 }).toEqual({
      code: 2,
      stopped,
      all: !stopped,
    })
  })

  it('gives up where nobody answers, and calls only that unknown which may have been sent', async () => {
    const broken = await send(people(3).csv, () => undefined, ['--patience', '1'], 'broken')
    expect({ code: broken.code, ...JSON.parse(broken.out) }).toMatchObject({
      code: 4,
      unknown: 3,
      stopped: { code: 'unreachable' },
    })
    await service?.stop()
    const file = join(folder, 'nobody.csv')
    writeFileSync(file, people(3).csv)
    const { code, out } = await redpack(
      ['batch', file, '--name', 'n', '--yes', '--json', '--patience', '1', ...COMMON],
      {
        ...service?.env,
      },
    )
    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 4, unknown: 0, not_sent: 3 })
  })

  it('prints the command that tries refused rows again, and it runs as it stands', async () => {
    const refused = { err_code: 'SENDNUM_LIMIT', err_code_des: '', mch_billno: 'RP', id: '1', outcome: 'refused' }
    const file = join(folder, "it's refused.csv")
    writeFileSync(file, people(3, 'oAgn').csv)
    service = await startService((asked, n) => (n <= 2 ? { status: 200, body: refused } : sent(asked)))
    const argv = [
      'batch',
      file,
      '--name',
      'n',
      '--yes',
      '--rate',
      '500',
      '--concurrency',
      '1',
      ...COMMON,
      '--lang',
      'en',
    ]
    const { code, out } = await redpack(argv, service.env)
    expect(code).toBe(2)
    const line = /^ {4}redpack (batch .*)$/m.exec(out)?.[1]
    const words = spawnSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
      .stdout.split('\0')
      .slice(0, -1)
    const again = await redpack([...words, '--yes', '--json'], service.env)
    expect({ code: again.code, ...JSON.parse(again.out) }).toMatchObject({ code: 0, rows: 2, sent: 2 })
    expect(words).toContain('n-2')
  })

  it('asks before it sends: where nobody can be asked it needs --yes', async () => {
    const file = join(folder, 'ask.csv')
    writeFileSync(file, people(2).csv)
    const env = { REDPACK_ENDPOINT: 'http://127.0.0.1:9', REDPACK_KEYID: 'k', REDPACK_SECRET: 'c2VjcmV0' }
    const { code, out, err } = await redpack(['batch', file, '--name', 'n', ...COMMON], env)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('2 rows, 2.01 yuan')
    expect(err).toContain('Add --yes')
  })
})

describe('a file that was sent under another name', () => {
  let n = 0
  /** A folder of its own with people.csv, and a service that pays everything. */
  async function paid(answer: (asked: Asked, n: number) => Answer = sent) {
    n += 1
    const home = mkdtempSync(join(folder, `names-${n}-`))
    const at = (name: string) => join(home, name)
    writeFileSync(at('people.csv'), people(3).csv)
    let current = answer
    service = await startService((asked, count) => current(asked, count))
    const batch = async (file: string, name: string, ...flags: string[]) => {
      const before = service?.asked.length ?? 0
      const run = await redpack(
        ['batch', at(file), '--name', name, '--yes', '--json', ...COMMON, ...flags],
        service?.env,
      )
      const told = JSON.parse(run.out || run.err)
      return {
        code: run.code,
        error: told.error?.code,
        message: told.error?.message,
        asked: (service?.asked.length ?? 0) - before,
        told,
      }
    }
    const first = await batch('people.csv', 'first', '--concurrency', '1')
    return {
      at,
      batch,
      first,
      answerWith: (next: typeof answer) => (current = next),
      files: () => readdirSync(home).sort(),
    }
  }
  const unpaid = { error: 'other_batch', code: 1, asked: 0 }

  it.each([
    ['as it is', () => {}, []],
    ['without the journal', (at: (name: string) => string) => rmSync(at('people.result.csv.journal')), []],
    ['without the result', (at: (name: string) => string) => rmSync(at('people.result.csv')), []],
    ['with its result elsewhere', () => {}, ['--out', 'other.csv']],
    [
      'with its result elsewhere and no journal',
      (at: (name: string) => string) => rmSync(at('people.result.csv.journal')),
      ['--out', 'other.csv'],
    ],
    [
      'from a journal of version 0.1',
      (at: (name: string) => string) => {
        const file = at('people.result.csv.journal')
        const [, ...lines] = readFileSync(file, 'utf8').split('\n')
        writeFileSync(
          file,
          [JSON.stringify({ journal: 'redpack batch', v: 1, of: 'f'.repeat(64) }), ...lines].join('\n'),
        )
        rmSync(at('people.result.csv'))
      },
      [],
    ],
    [
      'with more columns',
      (at: (name: string) => string) =>
        writeFileSync(at('people.csv'), people(3).csv.replaceAll('\n', ',\n').replace(',\n', ',row_key\n')),
      [],
    ],
    [
      'with rows moved and added',
      (at: (name: string) => string) => {
        const [head, ...rows] = people(4).csv.trim().split('\n')
        writeFileSync(at('people.csv'), [head, ...rows.reverse()].join('\n'))
      },
      ['--out', 'other.csv'],
    ],
    ['in a copy', (at: (name: string) => string) => copyFileSync(at('people.csv'), at('copy.csv')), [], 'copy.csv'],
  ])('is refused %s', async (_, change, flags, file = 'people.csv') => {
    const { at, batch, files } = await paid()
    change(at)
    const before = files().map((name) => [name, readFileSync(at(name), 'utf8')])

    const given = flags.map((word) => (word.endsWith('.csv') ? at(word) : word))
    const again = await batch(file, 'second', ...given)

    expect(again).toMatchObject(unpaid)
    expect(again.message).toContain('--pay-again')
    expect(files().map((name) => [name, readFileSync(at(name), 'utf8')])).toEqual(before)
  })

  it('is paid again with --pay-again, beside the first result; both go on under their own name', async () => {
    const { at, batch, files } = await paid()
    const before = readFileSync(at('people.result.csv'), 'utf8')

    const again = await batch('people.csv', 'second/2', '--pay-again')

    expect(again).toMatchObject({ code: 0, asked: 3, told: { sent: 3, result: at('people.second-2.result.csv') } })
    expect(readFileSync(at('people.result.csv'), 'utf8')).toBe(before)
    expect(files().filter((name) => name.endsWith('.csv'))).toEqual([
      'people.csv',
      'people.result.csv',
      'people.second-2.result.csv',
    ])
    expect(await batch('people.csv', 'second/2', '--pay-again')).toMatchObject({ code: 0, asked: 0 })
    expect(await batch('people.csv', 'first')).toMatchObject({ code: 0, asked: 0 })
    expect(await batch('people.csv', 'second 2', '--pay-again')).toMatchObject({
      ...unpaid,
      message: expect.stringContaining('--out'),
    })
  })

  it('never overwrites what is not its own, even with --pay-again', async () => {
    const { at, batch } = await paid()
    writeFileSync(at('mine.csv'), 'name,phone\n张三,1\n')
    for (const out of ['people.result.csv', 'mine.csv']) {
      const before = readFileSync(at(out), 'utf8')
      const run = await batch('people.csv', 'second', '--pay-again', '--out', at(out))
      expect(run).toMatchObject({ ...unpaid, message: expect.stringContaining('--out') })
      expect(readFileSync(at(out), 'utf8')).toBe(before)
    }
  })

  it('knows its own result though WeChat would refuse its rows today', async () => {
    const { at, batch } = await paid()
    writeFileSync(at('small.csv'), people(2, 'oSml').csv.replaceAll(/,1\.0\d,/g, ',0.50,'))
    expect(await batch('small.csv', 'small', '--let-wechat-decide')).toMatchObject({ code: 0, asked: 2 })
    expect(await batch('small.csv', 'small')).toMatchObject({ error: 'bad_rows', asked: 0 })
    expect(await batch('small.csv', 'small', '--let-wechat-decide')).toMatchObject({ code: 0, asked: 0 })
    expect(await batch('small.csv', 'other', '--let-wechat-decide')).toMatchObject(unpaid)
  })

  it('does not stop another list in the same folder, nor the same batch with new people', async () => {
    const { at, batch } = await paid()
    writeFileSync(at('others.csv'), people(3, 'oOth').csv)
    expect(await batch('others.csv', 'others')).toMatchObject({ code: 0, asked: 3 })
    writeFileSync(at('people.csv'), people(2, 'oNew').csv)
    expect(await batch('people.csv', 'first')).toMatchObject({ code: 0, asked: 2 })
  })
})

describe('a result file as input', () => {
  const refused = { err_code: 'SENDNUM_LIMIT', err_code_des: '', mch_billno: 'RP', id: '1', outcome: 'refused' }
  const unknown = { ...refused, err_code: 'PROCESSING', outcome: 'unknown' }
  /** One row of each outcome. */
  const mixed = (asked: Asked, n: number): Answer =>
    [
      { status: 200, body: refused },
      { status: 202, body: unknown },
      problem(422, 'key_reused', ''),
      problem(400, 'invalid_parameters', ''),
    ][n - 1] ?? sent(asked)

  let n = 0
  async function ended() {
    n += 1
    const home = mkdtempSync(join(folder, `result-${n}-`))
    const file = join(home, 'people.csv')
    const keyed = people(5)
      .csv.trim()
      .split('\n')
      .map((line, i) => `${line},${i === 0 ? 'row_key' : `0012${i}`}`)
    writeFileSync(file, keyed.join('\n'))
    service = await startService(mixed)
    const run = (argv: string[]) => redpack([...argv, '--yes', '--json', ...COMMON], service?.env)
    await run(['batch', file, '--name', 'first', '--concurrency', '1'])
    const result = join(home, 'people.result.csv')
    const only = async (outcome: string, name: string, flags: string[] = []) => {
      const before = service?.asked.length ?? 0
      const { code, out, err } = await run(['batch', result, '--only', outcome, '--name', name, ...flags])
      return { code, asked: (service?.asked.length ?? 0) - before, ...JSON.parse(out || err) }
    }
    return { home, result, only }
  }
  const edit = (file: string, change: (text: string) => string) =>
    writeFileSync(file, change(readFileSync(file, 'utf8')))

  it.each(['unknown', 'sent', 'changed'])(
    '--only %s goes under the name of its own batch and no other',
    async (outcome) => {
      const { only } = await ended()
      expect(await only(outcome, 'second')).toMatchObject({ code: 1, asked: 0, error: { code: 'other_name' } })
      expect(await only(outcome, 'second', ['--pay-again'])).toMatchObject({
        code: 1,
        asked: 0,
        error: { code: 'other_name' },
      })
      const keys = service?.asked.map(({ headers }) => headers['idempotency-key']) ?? []
      expect(await only(outcome, 'first')).toMatchObject({ code: 0, asked: 1 })
      expect(keys).toContain(service?.asked.at(-1)?.headers['idempotency-key'])
    },
  )

  it.each(['refused', 'rejected'])('--only %s goes under a new name, once', async (outcome) => {
    const { only } = await ended()
    expect(await only(outcome, 'second')).toMatchObject({ code: 0, asked: 1, sent: 1 })
    expect(await only(outcome, 'second')).toMatchObject({ code: 0, asked: 0, sent: 1 })
    expect(await only(outcome, 'third')).toMatchObject({ code: 1, asked: 0, error: { code: 'other_batch' } })
  })

  it.each([
    ['00123 becomes 123', (text: string) => text.replaceAll(',0012', ',12')],
    ['18 digits become 2.0201E+17', (text: string) => text.replaceAll(/,0012\d/g, ',2.0201E+17')],
    ['3-4 becomes 4-Mar', (text: string) => text.replaceAll(/,0012(\d)/g, ',$1-Mar')],
    ['one id only', (text: string) => text.replace(',00122', ',122')],
    ['no keys any more', (text: string) => text.replaceAll(/,batch-[0-9a-f]{48}/g, ',')],
  ])('that a spreadsheet has saved (%s) pays nobody under another key', async (_, change) => {
    const { result, only } = await ended()
    edit(result, change)
    for (const flags of [[], ['--pay-again']]) {
      const run = await only('unknown', 'first', flags)
      expect(run).toMatchObject({ code: 1, asked: 0, error: { code: expect.stringMatching(/^other_(keys|name)$/) } })
    }
  })

  it('whose refused rows a spreadsheet has changed is refused under a new name too', async () => {
    const { result, only } = await ended()
    edit(result, (text) => text.replace(',00121', ',121'))
    expect(await only('refused', 'second')).toMatchObject({
      code: 1,
      asked: 0,
      error: { code: 'other_keys', lines: [2] },
    })
  })

  it('that lost its column outcome is checked by its keys all the same', async () => {
    const { result, home } = await ended()
    const rows: Record<string, string>[] = parse(readFileSync(result), { columns: true, bom: true })
    const plain = rows.map(({ wishing, total_amount, re_openid, idempotency_key }) =>
      [`"${wishing}"`, total_amount, re_openid, idempotency_key].join(),
    )
    const file = join(home, 'plain.csv')
    writeFileSync(file, ['wishing,total_amount,re_openid,idempotency_key', ...plain].join('\n'))
    const { code, err } = await redpack(
      ['batch', file, '--name', 'second', '--yes', '--json', '--ignore', 'idempotency_key', ...COMMON],
      service?.env,
    )
    expect({ code, ...JSON.parse(err) }).toMatchObject({ code: 1, error: { code: 'other_keys' } })
  })

  it('without --only says what may go under a new name, and what never', async () => {
    const { result } = await ended()
    const { err } = await redpack(['batch', result, '--name', 'second', ...COMMON], service?.env)
    expect(err).toContain('--only refused')
    expect(err).not.toContain('give the batch a new name')
    expect(
      await redpack(['batch', result, '--name', 'second', '--only', 'Unknown', ...COMMON], service?.env),
    ).toMatchObject({ code: 1 })
  })
})

describe('the journal', () => {
  const answered = (n: number) => ({ key: `k${n}`, hash: 'h', outcome: 'sent' as const, id: `${n}` })

  it('remembers across a kill, to the last whole line', () => {
    const file = join(folder, 'torn.journal')
    const first = Journal.open(file, OWNER)
    for (let n = 0; n < 2000; n++) first.add(answered(n))
    first.close()
    appendFileSync(file, '{"key":"k2000","hash":"h","outc')

    const second = Journal.open(file, OWNER)
    expect([second.get({ key: 'k0', hash: 'h' }), second.get({ key: 'k1999', hash: 'h' })]).toEqual([
      answered(0),
      answered(1999),
    ])
    expect(second.get({ key: 'k2000', hash: 'h' })).toBe(undefined)
    second.add(answered(2000))
    second.close()
    expect(Journal.open(file, OWNER).get({ key: 'k2000', hash: 'h' })).toEqual(answered(2000))
  })

  it('knows nothing of a row that was changed, or of another caller, service, secret or batch', () => {
    const file = join(folder, 'other.journal')
    const journal = Journal.open(file, OWNER)
    journal.add(answered(1))
    journal.close()

    expect(Journal.open(file, OWNER).get({ key: 'k1', hash: 'another' })).toBe(undefined)
    for (const name of ['endpoint', 'keyid', 'secret', 'name']) {
      expect(Journal.open(file, { ...OWNER, [name]: 'other' }).get({ key: 'k1', hash: 'h' })).toBe(undefined)
    }
    expect(readFileSync(file, 'utf8')).not.toContain(OWNER.endpoint)
  })

  it('takes only sent and refused for final, and makes no file before there is something to write', () => {
    const file = join(folder, 'final.journal')
    const journal = Journal.open(file, OWNER)
    expect(existsSync(file)).toBe(false)
    for (const outcome of ['sent', 'refused', 'unknown', 'changed', 'rejected'] as const) {
      journal.add({ key: outcome, hash: 'h', outcome })
      expect(journal.final({ key: outcome, hash: 'h' })?.outcome).toBe(
        outcome === 'sent' || outcome === 'refused' ? outcome : undefined,
      )
    }
  })
})

describe('the pace', () => {
  it('starts so many a second, evenly, and does not catch up after a pause', async () => {
    const pace = new Pace(100)
    const { signal } = new AbortController()
    const begun_ms = performance.now()
    for (let n = 0; n < 21; n++) await pace.turn(signal)
    expect(performance.now() - begun_ms).toBeGreaterThanOrEqual(175)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const again_ms = performance.now()
    for (let n = 0; n < 11; n++) await pace.turn(signal)
    expect(performance.now() - again_ms).toBeGreaterThanOrEqual(70)
  })

  it('keeps a place for a while after it was given back, and lets all go on at the end', async () => {
    const places = new Places(1, 200)
    await places.take()
    places.give()
    const begun_ms = performance.now()
    await places.take()
    expect(performance.now() - begun_ms).toBeGreaterThanOrEqual(190)
    const waiting = places.take()
    places.end()
    await waiting
    await places.take()
  })
})
