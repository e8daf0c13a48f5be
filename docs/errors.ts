// `npm run docs` writes docs/errors.md and docs/errors.zh-CN.md from the tables of codes. A test fails while one is stale.
import { writeFileSync } from 'node:fs'
import { ERROR_TABLE, type ErrorCode } from '../lib/errors.ts'
import { type Blame, QUERY_CODES, SEND_CODES } from '../lib/wechatpay/codes.ts'
import { TO_DO, type Words } from './errors/problems.ts'
import { BLAMES, MONEY, QUERIES, SENDS, UNLISTED_SEND } from './errors/wechat.ts'

const LANGUAGES = ['en', 'zh'] as const
type Language = (typeof LANGUAGES)[number]

const PAGES: Readonly<Record<Language, string>> = { en: 'errors.md', zh: 'errors.zh-CN.md' }
const IN_ORDER: readonly Blame[] = ['row', 'merchant', 'credentials', 'pace']

/** The pages by their paths from here, as they should be. */
export function errorPages(): Record<string, string> {
  return Object.fromEntries(LANGUAGES.map((language) => [PAGES[language], page(language)]))
}

function page(language: Language): string {
  const say = (words: Words) => words[language]
  const [head, wechat, blame, query, end] = PROSE[language]
  const codes = sendCodes()
  const parts = [
    head,
    table(HEADS.problems[language], problemRows(say, language)),
    wechat,
    table(HEADS.sends[language], [
      ...codes.map(([code, row]) => [
        `\`${code}\``,
        say(SENDS[code].means),
        say(BLAMES[row.blame]),
        say(MONEY[row.means]),
        say(SENDS[code].to_do),
      ]),
      [
        say(UNLISTED_SEND.code),
        say(UNLISTED_SEND.means),
        say(BLAMES.row),
        say(MONEY.unclear),
        say(UNLISTED_SEND.to_do),
      ],
    ]),
    blame,
    query,
    table(
      HEADS.queries[language],
      keysOf(QUERY_CODES).map((code) => [`\`${code}\``, say(QUERIES[code].means), say(QUERIES[code].to_do)]),
    ),
    end,
  ]
  return `<!-- Written by \`npm run docs\` from the tables of codes: change those, not this file. -->\n${parts.join('\n\n')}\n`
}

/** By whose fault, then by name. */
function sendCodes() {
  const codes = keysOf(SEND_CODES).map((code) => [code, SEND_CODES[code]] as const)
  return codes.sort(
    ([a, one], [b, other]) => IN_ORDER.indexOf(one.blame) - IN_ORDER.indexOf(other.blame) || (a < b ? -1 : 1),
  )
}

function problemRows(say: (words: Words) => string, language: Language): string[][] {
  const yes = language === 'en' ? { true: 'yes', false: 'no' } : { true: '是', false: '否' }
  return keysOf(ERROR_TABLE)
    .sort((a, b) => ERROR_TABLE[a].status - ERROR_TABLE[b].status)
    .map((code: ErrorCode) => {
      const { status, title, maybe_sent } = ERROR_TABLE[code]
      return [String(status), `\`${code}\``, title, yes[`${maybe_sent}`], say(TO_DO[code])]
    })
}

function table(head: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function keysOf<T extends object>(of: T): (keyof T)[] {
  return Object.keys(of) as (keyof T)[]
}

const HEADS = {
  problems: {
    en: ['status', 'code', 'title', '`maybe_sent`', 'what to do'],
    zh: ['状态码', '错误码', '标题', '`maybe_sent`', '怎么办'],
  },
  sends: {
    en: ['err_code', 'meaning', 'whose fault', 'outcome', 'what to do'],
    zh: ['err_code', '含义', '责任方', '结果', '怎么办'],
  },
  queries: { en: ['err_code', 'meaning', 'what to do'], zh: ['err_code', '含义', '怎么办'] },
} as const

const PROSE: Readonly<Record<Language, readonly [string, string, string, string, string]>> = {
  en: [
    `# Errors

[中文](errors.zh-CN.md)

## Of this service

Errors are \`application/problem+json\` (RFC 9457): \`type, title, status, detail, code, request_id\`, and for 400 \`errors: [{pointer, detail}]\` with a JSON Pointer (RFC 6901) into the body, the query or
the headers. \`code\` is stable; \`detail\` is a text for people, in Chinese.

Every error answer to a send also has \`maybe_sent\`. False: nothing will be sent for this key unless you send it again. True: a record may exist, and settle may still send it; never use a new key then.
The table shows the usual value of each code. The value in an answer can be more exact, so use that one.`,
    `API Gateway itself answers requests that match no route (404) or that are too large for it (413).

## Of WeChat: the answer to a send

WeChat's refusals are not errors of this service. They are answers to a send, HTTP 200, with WeChat's own \`err_code\` and \`err_code_des\`. The outcome is \`refused\` only if no earlier call with the same order number may have
paid. Otherwise it is \`unknown\`, whatever the code, until settle has found the result.`,
    `“Whose fault” also tells you which other packets will get the same refusal:

- **this packet**: its receiver or its parameters. Other packets are not affected.
- **the merchant**: balance, limits or rights. Every packet of this merchant is refused until the problem is solved in the merchant platform (商户平台).
- **the certificate or key**: every packet of this merchant is refused until the right ones are stored.
- **rate or load**: nobody's fault. WeChat is busy, or there were too many calls.`,
    `## Of WeChat: the answer to a status query

A failed query does not say whether the packet was paid, and changes no record. \`GET /redpacks/status\` returns WeChat's answer unchanged.`,
    `If WeChat does not answer a query, the status is 202 with \`err_code: "PROCESSING"\`. [Guarantees](guarantees.md) says what you can rely on for each outcome.`,
  ],
  zh: [
    `# 错误

[English](errors.md)

## 本服务的错误

错误以 \`application/problem+json\`（RFC 9457）返回：\`type, title, status, detail, code, request_id\`；400 另有 \`errors: [{pointer, detail}]\`，\`pointer\` 是指向请求体、查询参数或请求头的 JSON Pointer（RFC 6901）。
程序请用 \`code\`，它不会改变；\`detail\` 是给人看的中文说明。

发送请求的错误还带 \`maybe_sent\`：false 表示除非再次发送，这个 key 不会发出任何红包；true 表示记录可能已写入，settle 会继续完成它。为 true 时绝不要换新的 key。
表中是各错误码的一般取值；应答中的值可能更准确，以应答为准。`,
    `没有对应路由的请求，以及超过 API Gateway 上限的请求，由 API Gateway 自行应答（404、413）。

## 微信对发送的应答

微信的拒绝不是本服务的错误，而是发送的结果：HTTP 200，带微信的 \`err_code\` 与 \`err_code_des\`。只有当同一单号此前的调用都不可能已付款时，结果才是 \`refused\`；
否则不论什么错误码都是 \`unknown\`，直到 settle 查明。`,
    `责任方说明还有谁会遇到同样的拒绝：

- **这一个红包**：收款人或参数的问题，名单里的其他行照常发送。
- **商户**：余额、限额或权限的问题，在商户平台解决之前该商户的所有红包都会被拒绝。
- **证书或密钥**：换上正确的证书与密钥之前，该商户的所有红包都会被拒绝。
- **频率或负载**：不是任何一方的错，微信繁忙或请求过于频繁。`,
    `## 微信对状态查询的应答

查询失败不能说明是否已付款，也不改变记录。\`GET /redpacks/status\` 原样返回微信的应答。`,
    `微信没有应答查询时，返回 202 与 \`err_code: "PROCESSING"\`。各种结果意味着什么，见[保证与前提](guarantees.zh-CN.md)。`,
  ],
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(errorPages())) writeFileSync(new URL(path, import.meta.url), text)
}
