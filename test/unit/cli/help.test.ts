// What a newcomer reads first: --help, languages, and what is said where a command is written wrongly.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cellsOf, fitted, wrapCells } from '../../../cli/cells.ts'
import { languageOf } from '../../../cli/words/language.ts'
import { redpack } from '../../support/cli.ts'

const COMMANDS = [
  'send',
  'campaign',
  'list',
  'get',
  'status',
  'find',
  'report',
  'reconcile',
  'console',
  'mirror',
  'merchant',
  'caller',
  'forget',
  'profile',
  'doctor',
  'sign',
  'simulator',
]
const SUBCOMMANDS = [
  ...['send', 'watch', 'list', 'show', 'pause', 'resume', 'cancel', 'retry', 'result'].map(
    (name) => `campaign ${name}`,
  ),
  'merchant put',
  'merchant check',
  'caller add',
  'caller rotate',
  'caller remove',
  'caller list',
  ...['add', 'list', 'show', 'remove', 'use'].map((name) => `profile ${name}`),
]

describe('redpack --help', () => {
  it.each(['en', 'zh'])('lists every command and the exit codes (%s)', async (lang) => {
    const { code, out, err } = await redpack(['--help', '--lang', lang])

    expect({ code, err }).toEqual({ code: 0, err: '' })
    const listed = COMMANDS.filter((name) => new RegExp(`^  ${name}\\b`, 'm').test(out))
    expect(listed).toEqual(COMMANDS)
    for (const code of [0, 1, 2, 3, 4, 130]) expect(out).toMatch(new RegExp(`^  ${code}\\s+\\S`, 'm'))
    expect(out).toMatchSnapshot()
  })

  it.each([...COMMANDS, ...SUBCOMMANDS])('%s: describes itself and its flags in both languages', async (name) => {
    const english = await redpack([...name.split(' '), '--help'], { LANG: 'C' })
    const chinese = await redpack([...name.split(' '), '--help'], { LANG: 'zh_CN.UTF-8' })

    expect([english.code, chinese.code]).toEqual([0, 0])
    expect(english.out).toMatch(/^Usage: redpack /)
    expect(chinese.out).toMatch(/^用法： redpack /)
    const flags = (text: string) => [...text.matchAll(/^ {2}(-\S+(?:, -\S+)?)/gm)].map(([, flag]) => flag?.trim())
    expect(flags(chinese.out)).toEqual(flags(english.out))
    for (const { out } of [english, chinese]) {
      const wide = out.split('\n').filter((line) => cellsOf(line) > 80 && !/^\s*(redpack|npm|--|export)|\\$/.test(line))
      expect(wide).toEqual([])
    }
  })

  it('gives send a flag for each of the service’s parameters, and says which are needed', async () => {
    const help = (await redpack(['send', '--help', '--lang', 'zh'])).out
    // Put together again what was wrapped.
    const out = help.replace(/\n {10,}/g, '')

    expect(out).toMatch(/--re-openid <text> +红包接受人（裂变红包时是种子用户）在公众号下的 ?openid ?（必填）/)
    expect(out).toMatch(/--total-amount <yuan> +付款金额，单位元，最多两位小数 ?（必填）/)
    expect(out).toMatch(/--scene-id <text> +场景 id(?!.*必填)/)
  })
})

describe('help in Chinese', () => {
  it.each([
    ['已知微信会拒绝的文字也发送', 10, ['已知微信会', '拒绝的文字', '也发送']],
    ['一行，二行。三行', 6, ['一行，', '二行。', '三行']],
    ['（甲乙）丙丁', 6, ['（甲', '乙）丙', '丁']],
    ['用 REDPACK_SECRET 传入', 10, ['用', 'REDPACK_SECRET', '传入']],
    ['one two three', 7, ['one two', 'three']],
    ['', 5, ['']],
  ])('%j is wrapped to %i cells, not characters', (text, width, lines) => {
    expect(wrapCells(text, width).split('\n')).toEqual(lines)
  })

  it('cuts a text to cells', () => {
    expect([fitted('恭喜发财', 8), fitted('恭喜发财', 7), fitted('👨‍👩‍👧👨‍👩‍👧', 3), fitted('abc', 3)]).toEqual([
      '恭喜发财',
      '恭喜发…',
      '👨‍👩‍👧…',
      'abc',
    ])
  })
})

describe('redpack --version', () => {
  it.each(['--version', '-V'])('%s prints the version of the package', async (flag) => {
    const { version } = JSON.parse(readFileSync(new URL('../../../cli/package.json', import.meta.url), 'utf8'))
    expect(await redpack([flag])).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })
})

describe('the language', () => {
  it.each([
    [{ LANG: 'zh_CN.UTF-8' }, [], 'zh'],
    [{ LANG: 'zh_TW' }, [], 'zh'],
    [{ LANG: 'en_US.UTF-8' }, [], 'en'],
    [{}, [], 'en'],
    [{ LANG: 'zh_CN', LC_ALL: 'C' }, [], 'en'],
    [{ LANG: 'en_US', LC_MESSAGES: 'zh_CN' }, [], 'zh'],
    [{ LANG: 'en_US' }, ['--lang', 'zh'], 'zh'],
    [{ LANG: 'zh_CN' }, ['list', '--lang=en'], 'en'],
  ])('of %j %j is %s', (env, argv, lang) => {
    expect(languageOf(argv, env)).toBe(lang)
  })
})

describe('a command that is written wrongly', () => {
  it.each([
    [['sned'], '✘ Unknown command: sned. Did you mean send?\n', '✘ 没有命令 sned。是不是 send？\n'],
    [
      ['list', '--limt', '1'],
      '✘ Unknown option: --limt. Did you mean --limit?\n',
      '✘ 没有选项 --limt。是不是 --limit？\n',
    ],
    [['list', '--limit', '1001'], '✘ --limit <n>: must be 1…1000\n', '✘ --limit <n>：须为 1…1000\n'],
    [['list', '--limit'], '✘ --limit <n>: missing value\n', '✘ --limit <n>：缺少值\n'],
    [['get'], '✘ Missing argument: <id>\n', '✘ 缺少参数 <id>\n'],
    [
      ['get', 'a', 'b'],
      '✘ Too many arguments. Texts with spaces need quotes\n',
      '✘ 参数过多；含空格的文字需要加引号\n',
    ],
    [['merchant', 'check', 'a', 'b'], '✘ Missing option: --appid <appid>\n', '✘ 缺少选项 --appid <appid>\n'],
    [['list', '--lang', 'fr'], '✘ --lang <lang>: must be zh, en\n', '✘ --lang <lang>：须为 zh, en\n'],
  ])('%j is told in one line', async (argv, english, chinese) => {
    expect(await redpack(argv, { LANG: 'C' })).toEqual({ code: 1, out: '', err: english })
    expect(await redpack(argv, { LANG: 'zh_CN.UTF-8' })).toEqual({ code: 1, out: '', err: chinese })
  })

  it('is told as JSON with --json', async () => {
    const { code, out, err } = await redpack(['sned', '--json'])

    expect({ code, out, ...JSON.parse(err) }).toEqual({
      code: 1,
      out: '',
      error: { code: 'usage', message: 'Unknown command: sned. Did you mean send?', exit_code: 1 },
    })
  })

  it('names every setting that is missing', async () => {
    expect(await redpack(['list', '--keyid', 'shop-1'])).toEqual({
      code: 1,
      out: '',
      err: '✘ Not set: --endpoint (REDPACK_ENDPOINT), --secret (REDPACK_SECRET)\n',
    })
    const { err } = await redpack(['list', '--endpoint', 'ftp://x', '--keyid', 'a"b', '--secret', 'c2VjcmV0'])
    expect(err).toMatch(/http\(s\) URL.*keyid/)
    expect(err).not.toContain('c2VjcmV0')
  })
})
