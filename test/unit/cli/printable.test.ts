// What stands between texts of others and a terminal, a spreadsheet, or another user of the machine.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { guarded } from '../../../cli/csv.ts'
import { schemaDescriptions } from '../../../cli/parameters.ts'
import { jsonOf, printable, screened, unseenIn } from '../../../cli/printable.ts'
import { messagesOf } from '../../../cli/words/messages.ts'
import { type Answer, PACKET, problem, redpack, startService } from '../../support/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'redpack-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let service: Awaited<ReturnType<typeof startService>> | undefined
afterEach(async () => {
  await service?.stop()
  service = undefined
})

const EVIL: [string, string][] = [
  ['an ANSI escape', '\u001b[2J\u001b[31m'],
  ['an OSC title', '\u001b]0;owned\u0007'],
  ['a C1 control', '\u009b2J'],
  ['a bidi override', '\u202e'],
  ['a bidi isolate', '\u2066'],
  ['a zero width space', '\u200b'],
  ['a joiner between letters', '\u200d'],
  ['a byte order mark', '\ufeff'],
  ['a backspace', '\b\b'],
  ['a tag character', '\u{e0041}'],
  ['a Hangul filler', '\u3164'],
  ['a line separator', '\u2028'],
  ['a lone surrogate', '\ud800'],
  ['a delete', '\u007f'],
]
/** Characters of these that must not reach a terminal. */
const HARMFUL = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u3164]/u

describe('printable', () => {
  it.each(EVIL)('replaces %s', (_, evil) => {
    expect(printable(`a${evil}b`)).toMatch(/^a(?!b).+b$/)
    expect(printable(`a${evil}b`)).not.toMatch(HARMFUL)
    expect(screened(`a${evil}b\nc`, false)).not.toMatch(HARMFUL)
    expect(JSON.parse(jsonOf({ a: `x${evil}y` }))).toEqual({ a: `x${evil}y` })
    expect(jsonOf({ a: `x${evil}y` })).not.toMatch(HARMFUL)
    expect(unseenIn(evil)[0]).toMatch(/^U\+[0-9A-F]{4,6}$/)
  })

  it.each(['恭喜发财🧧', '👨‍👩‍👧', '❤️', '👩🏽‍💻', '1️⃣', 'é', 'नमस्ते', 'x = 1'])('leaves %s as it is', (text) => {
    expect([printable(text), screened(text, true)]).toEqual([text, text])
  })

  it('makes one line of several, and keeps colours only on a screen that has them', () => {
    expect(printable('a\r\nb\tc')).toBe('a b c')
    expect(screened('\u001b[32m✔\u001b[39m a\n\u001b[2Jb', true)).toBe('\u001b[32m✔\u001b[39m a\n�[2Jb')
    expect(screened('\u001b[32m✔', false)).toBe('�[32m✔')
  })

  it('guards every text that is put into a message', () => {
    const m = messagesOf('en', schemaDescriptions())
    expect(m.send.refused('E\u001b[2J', '余额\n✔ Sent')).toMatch(/^[^\p{Cc}]+$/u)
    expect(m.faults(['a\u202eb', 'c\nd'])).toMatch(/a�b\n {2}c d$/)
  })
})

describe('what others wrote', () => {
  const id = '5c474dd8e2aa136e58867af3'
  const text = (evil: string) => `恭${evil}喜`
  const recordOf = (evil: string, outcome = 'sent') => ({
    ...{
      act_name: text(evil),
      amt_type: null,
      created_at: 1548176856,
      gateway_type: 'weixin_tenpay',
      id,
      outcome,
      pk: id,
    },
    ...{
      idempotency_key: text(evil),
      keyid: text(evil),
      mch_billno: `RP${id}`,
      miniapp_id: '1',
      official_account_id: 'wx',
      raw_result: '<xml/>',
      re_openid: text(evil),
    },
    ...{ remark: text(evil), result: { err_code: text(evil), err_code_des: text(evil), mch_billno: text(evil) } },
    ...{ risk_info: null, scene_id: null, send_name: text(evil), status: null, total_amount: 1.1, total_num: 1 },
    ...{ type: 'normal', updated_at: 1548176856, wishing: text(evil) },
  })
  const answers = (evil: string): Record<string, Answer> => {
    const meta = { limit: 20, offset: 0, next: null, previous: null, total_count: 1 }
    const said = { err_code: text(evil), err_code_des: text(evil), mch_billno: text(evil), id: text(evil) }
    return {
      list: { status: 200, body: { meta, objects: [recordOf(evil)] } },
      get: { status: 200, body: recordOf(evil) },
      status: { status: 200, body: { status: text(evil), [text(evil)]: text(evil), hblist: [{ openid: text(evil) }] } },
      refusal: { status: 200, body: { ...said, outcome: 'refused' } },
      unknown: { status: 202, body: { ...said, outcome: 'unknown' } },
      problem: problem(400, text(evil), text(evil)),
      refused: { status: 200, body: recordOf(evil, 'refused') },
    }
  }
  const commands: [string, string[]][] = [
    ['list', ['list']],
    ['list', ['list', '--all']],
    ['get', ['get', id]],
    ['status', ['status', '--mch-billno', '1']],
    ['refused', ['status', id]],
    ['refusal', ['send', ...PACKET]],
    ['unknown', ['send', ...PACKET]],
    ['problem', ['send', ...PACKET]],
    ['problem', ['list']],
  ]
  const runs = EVIL.flatMap(([name, evil]) => commands.map(([kind, argv]) => [name, argv, kind, evil] as const))

  it.each(runs)('with %s in it does not reach the terminal by %j (%s)', async (_, argv, kind, evil) => {
    service = await startService(() => answers(evil)[kind])
    for (const flags of [[], ['--json']]) {
      const { out, err } = await redpack([...argv, ...flags], service.env)
      expect(out + err).not.toMatch(HARMFUL)
    }
  })

  it('as an argument or in a file does not either', async () => {
    const file = join(folder, 'evil.csv')
    writeFileSync(file, 're_openid,total_amount,wishing,\u001b[2Jx\u202e\n')
    const env = { REDPACK_ENDPOINT: 'http://127.0.0.1:9', REDPACK_KEYID: 'k', REDPACK_SECRET: 'c2VjcmV0' }
    for (const argv of [
      ['\u001b[2J'],
      ['list', '--\u202ex'],
      ['campaign', 'send', file, '--name', 'n'],
      ['campaign', 'send', `${file}\u009b`, '--name', '\u202e'],
    ]) {
      const { code, out, err } = await redpack(argv, env)
      expect({ code, seen: !HARMFUL.test(out + err) }).toEqual({ code: 1, seen: true })
    }
  })
})

describe('a CSV file that a spreadsheet opens', () => {
  const formulas = [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    ' =1',
    "'=1",
    "''-1",
    '＝1',
    '＠x',
    '﹣1',
    '\u200b=1',
    '\u202e+1',
    '\u0000-1',
    '\u00ad@x',
    "=cmd|' /C calc'!A0",
  ]

  it.each(formulas)('has no formula in %j', (text) => {
    expect(guarded(text)).toBe(`'${text}`)
  })

  it.each(['恭喜', "'quoted'", "it's", '1.88', '', "'", "'\u00a0x"])('leaves %j alone', (text) => {
    expect(guarded(text)).toBe(text)
  })

  it('list --csv guards what callers and WeChat wrote', async () => {
    const meta = { limit: 20, offset: 0, next: null, previous: null, total_count: 1 }
    const record = {
      act_name: '=1+1',
      wishing: '@x',
      remark: '-1',
      send_name: '+1',
      result: { err_code_des: '=HYPERLINK("x")' },
    }
    service = await startService(() => ({
      status: 200,
      body: { meta, objects: [{ ...record, total_amount: 1, created_at: 0, updated_at: 0 }] },
    }))
    for (const flags of [[], ['--all']]) {
      const { out } = await redpack(['list', '--csv', ...flags], service.env)
      expect(out.charCodeAt(0)).toBe(0xfeff)
      const [row] = parse(out, { columns: true, bom: true }) as Record<string, string>[]
      expect(row).toMatchObject({
        act_name: "'=1+1",
        wishing: "'@x",
        remark: "'-1",
        send_name: "'+1",
        err_code_des: `'=HYPERLINK("x")`,
      })
    }
  })
})

describe('the secret', () => {
  const body = { meta: { limit: 20, offset: 0, next: null, previous: null, total_count: 0 }, objects: [] }
  const file = join(folder, 'secret')
  writeFileSync(file, 'c2VjcmV0\n')

  it.each([
    ['a file', ['--secret-file', file], {}],
    ['standard input', ['--secret-file', '-'], {}],
    ['a file that the environment names', [], { REDPACK_SECRET_FILE: file }],
    ['the environment before its file', [], { REDPACK_SECRET: 'c2VjcmV0', REDPACK_SECRET_FILE: '/none' }],
  ])('comes from %s', async (_, flags, more) => {
    service = await startService(() => ({ status: 200, body }))
    const { REDPACK_SECRET: _secret, ...env } = service.env
    for (const argv of [['list'], ['get', 'a1'], ['status', 'a1'], ['send', ...PACKET]]) {
      const run = await redpack([...argv, ...flags], { ...env, ...more }, 'c2VjcmV0\n')
      expect(run.err).not.toMatch(/Not set|cannot be read/)
    }
    expect(service.asked.every(({ headers }) => headers.signature)).toBe(true)
  })

  it('is refused if it comes twice or cannot be read, and never shown', async () => {
    const env = { REDPACK_ENDPOINT: 'http://127.0.0.1:9', REDPACK_KEYID: 'k' }
    expect(await redpack(['list', '--secret', 'eA==', '--secret-file', file], env)).toMatchObject({
      code: 1,
      err: '✘ Give either --secret or --secret-file\n',
    })
    expect((await redpack(['list', '--secret-file', '/none'], env)).err).toBe('✘ /none cannot be read: ENOENT\n')
    const both = await redpack(['sign', 'POST', '/redpacks', '--data', '-', '--secret-file', '-'], env)
    expect(both).toMatchObject({ code: 1, err: expect.stringContaining('can be read only once') })
    const wrong = await redpack(['list', '--secret-file', '-'], env, 'not base64!')
    expect({ code: wrong.code, shown: wrong.err.includes('not base64!') }).toEqual({ code: 1, shown: false })
  })
})
