// Chinese texts have full-width punctuation, in every source and on every page.
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const ROOT = new URL('../../../', import.meta.url).pathname

/** Not ours to punctuate: what others wrote, and what is made from files that are looked at here. */
const OTHERS = /(^|\/)(node_modules|dist|test|__snapshots__)\/|^docs\/api\/|package-lock\.json$|^\./
/** Texts and column names that WeChat answers with, in its own punctuation. */
const OF_WECHAT = /^(simulator\/src\/(errors|fields|fund-flow|replies)|cli\/reconcile\/(bill|text))\.ts$/
/** A row of a CSV file: an openid, an amount and more. */
const CSV = /^\s*onqO[\w-]+,\d+\.\d\d,/

const HAN = String.raw`[\p{Script=Han}“”‘’《》「」（），。、：；！？…]`
const HALF_WIDTH = new RegExp(
  [
    String.raw`\p{Script=Han}\s*[,:;?!]`,
    String.raw`[”》」）]\s*[,:;?!]`,
    String.raw`[,:;?!]\p{Script=Han}`,
    String.raw`\p{Script=Han}\s*\(`,
    String.raw`\)\s?\p{Script=Han}`,
    // An English text has a blank before it.
    String.raw`\w\([^()'"\x60]*\p{Script=Han}`,
    // An English text has a blank behind it.
    String.raw`\p{Script=Han} [\w-]+[,:;][a-z]`,
    // Of a pair, one that is half-width.
    String.raw`（[^（）()]*\)|\([^（）()]*）`,
  ].join('|'),
  'u',
)
/** On a page that is Chinese, blanks between a mark and a character do not excuse it, nor does a code span. */
const ON_CHINESE_PAGE = new RegExp(String.raw`${HAN}[\s*]*[,:;?!(]|[,:;?!)][\s*]*${HAN}`, 'u')

/** Prose as it reads: the text of a link, and a character for each code span. */
function prose(line: string, isChinese: boolean): string {
  const code = isChinese ? '码' : '`'
  return line.replaceAll(/`[^`]*`/g, code).replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
}

/** The lines of a text that break a rule, by their numbers. */
function halfWidth(file: string, text: string): string[] {
  const isPage = file.endsWith('.md')
  const isChinese = file.endsWith('.zh-CN.md')
  let isCode = false
  return text.split('\n').flatMap((line, i) => {
    const isFence = isPage && line.trimStart().startsWith('```')
    if (isFence) isCode = !isCode
    if (isFence || CSV.test(line)) return []
    const read = isPage && !isCode ? prose(line, isChinese) : line
    const isWrong = HALF_WIDTH.test(read) || (isChinese && !isCode && ON_CHINESE_PAGE.test(read))
    return isWrong ? [`${file}:${i + 1} ${line.trim()}`] : []
  })
}

describe('punctuation between Chinese characters', () => {
  test('is full-width in all sources and on all pages', () => {
    const files = globSync('**/*.{ts,js,cjs,mjs,md,yaml,yml,json,html}', {
      cwd: ROOT,
      exclude: (path) => OTHERS.test(`${path}/`),
    }).filter((file) => !OTHERS.test(file) && !OF_WECHAT.test(file))
    expect(files).toEqual(expect.arrayContaining(['README.zh-CN.md', 'lib/errors.ts', 'cli/words/send.ts']))
    expect(files.flatMap((file) => halfWidth(file, readFileSync(`${ROOT}${file}`, 'utf8')))).toEqual([])
  })

  test.for([
    ['a comma', 'a.ts', "'请稍后,再试'"],
    ['a colon before a value', 'a.ts', '`参数错误:{detail}`'],
    ['a semicolon after a value', 'a.ts', '`商户号 {mch_id};请恢复`'],
    ['a colon and a blank', 'a.md', '未配置支付证书: store the merchant'],
    ['a colon between two names', 'a.ts', "'密钥须为 base64:openssl rand'"],
    ['a question mark', 'a.ts', "'对吗?'"],
    ['an exclamation mark', 'a.ts', "'完成!'"],
    ['parentheses', 'a.ts', "'接受人(裂变红包)在'"],
    ['parentheses around Chinese, after a name', 'a.ts', "'须为 PEM(p12 请先转换)'"],
    ['one parenthesis of two', 'a.ts', "'有效期（2026-01-01 至 2027-01-01)'"],
    ['a colon after a code span', 'a.zh-CN.md', '新建 `try.mjs`:'],
    ['a comma after a link', 'a.zh-CN.md', '见[部署](deploy.md), 以及'],
    ['a parenthesis after a word', 'a.zh-CN.md', '签名 RFC 9421(HMAC)之后'],
  ] as const)('%s is found', ([, file, line]) => {
    expect(halfWidth(file, line)).toHaveLength(1)
  })

  test.for([
    ['a gloss in an English text', 'a.md', 'Order number (商户订单号): `RP` and the id'],
    ['a code span', 'a.zh-CN.md', '列名为 `openid,姓名` 的文件'],
    ['a value of a field', 'a.yaml', 'wishing: 恭喜发财'],
    ['a row of a file', 'a.md', 'onqOjjmM1tad-3ROpncN-yUfa6uI,1.88,恭喜发财'],
    ['a link', 'a.zh-CN.md', '见[部署](deploy.zh-CN.md)与[运维](operations.zh-CN.md)'],
    ['a URL', 'a.zh-CN.md', '地址为 https://api.mch.weixin.qq.com'],
  ] as const)('%s is no fault', ([, file, line]) => {
    expect(halfWidth(file, line)).toEqual([])
  })
})
