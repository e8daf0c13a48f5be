// What the command says, in both languages side by side.
import { resolve } from 'node:path'
import type { Identity, MerchantFiles } from './identity.ts'
import type { Simulator } from './server.ts'
import type { ToldError } from './told.ts'

type Files = Readonly<{ ca: string; merchants: readonly MerchantFiles[] }>
type Both<T> = Readonly<{ en: T; zh: T }>

const HELP: Both<(command: string) => string> = {
  en: (command) => `Usage: ${command} [options]

WeChat Pay's cash red packets on this machine. Without options: one made-up merchant, kept in .wechatpay-simulator.

  --host <address>            where to listen (127.0.0.1)
  --port <n>                  WeChat Pay's side, HTTPS (8443; 0: any)
  --control-port <n>          faults, clock, ledger and page, HTTP (8444; 0: any)
  --name <host>               a further name for the server's certificate; may be repeated
  --control-name <host>       a name besides localhost under which the control may be reached; may be repeated

  --merchant mch_id=<number>  a merchant; may be repeated. After it, about it:
  --key <key>                   its API v2 key (made up)
  --appid <appid>               an appid bound to it; may be repeated (any)
  --sub-mch-id <number>         it is a service provider, and this is one of its merchants; may be repeated
  --ip <address>                an address that may call; may be repeated (any)

  --data <folder>             where ledger, clock, keys and certificates are kept (.wechatpay-simulator)
  --ephemeral                 keep nothing
  --out <folder>              write CA and merchants' certificates there, too
  --ca-out <file>             write the CA's certificate there, too

  --balance <fen>             the balance at the beginning (100000000)
  --sends-per-s <n>           a merchant's sends a second (30; 0: no limit)
  --user-packets-per-day <n>  packets that a receiver may get a day (10; 0: no limit)
  --user-fen-per-day <fen>    money that a receiver may get a day (100000; 0: no limit)
  --merchant-fen-per-day <fen>  money that a merchant may send a day (100000000; 0: no limit)
  --no-limits                 none of these four limits

  --shapes <which>            captured: replies as the real WeChat's (default); documented: as in its pages of 2017
  --any-code                  faults may name err_codes that WeChat does not document
  --strict-openids            an openid has 28 characters and begins with o
  --quiet                     do not print a line for each call
  --json                      print what it has started as one line of JSON
  --version, -h, --help
`,
  zh: (command) => `用法： ${command} [选项]

在本机运行的微信支付现金红包模拟器。不带选项时：一个虚构的商户，保存在 .wechatpay-simulator。

  --host <地址>               监听地址（127.0.0.1）
  --port <n>                  微信支付一侧，HTTPS（8443；0：任意）
  --control-port <n>          故障、时钟、账本和页面，HTTP（8444；0：任意）
  --name <主机名>             服务器证书的其他名称；可重复
  --control-name <主机名>     除 localhost 外可用来访问控制端口的名称；可重复

  --merchant mch_id=<商户号>  一个商户；可重复。其后的选项属于该商户：
  --key <密钥>                  API v2 密钥（虚构）
  --appid <appid>               与其绑定的 appid；可重复（任意）
  --sub-mch-id <商户号>         该商户是服务商，这是它的一个子商户；可重复
  --ip <地址>                   允许调用的地址；可重复（任意）

  --data <目录>               保存账本、时钟、密钥和证书的目录（.wechatpay-simulator）
  --ephemeral                 什么都不保存
  --out <目录>                另把 CA 和商户证书写到该目录
  --ca-out <文件>             另把 CA 证书写到该文件

  --balance <分>              初始余额（100000000）
  --sends-per-s <n>           每个商户每秒发送次数（30；0：不限）
  --user-packets-per-day <n>  每个用户每天领取个数（10；0：不限）
  --user-fen-per-day <分>     每个用户每天领取金额（100000；0：不限）
  --merchant-fen-per-day <分> 每个商户每天发放金额（100000000；0：不限）
  --no-limits                 以上四项都不限制

  --shapes <哪种>             captured：与真实微信的应答一致（默认）；documented：与 2017 年的文档一致
  --any-code                  故障可以使用微信文档中没有的 err_code
  --strict-openids            openid 必须是以 o 开头的 28 个字符
  --quiet                     不逐个打印请求
  --json                      用一行 JSON 打印启动结果
  --version, -h, --help
`,
}

/** What is said in one language; `help` takes the name under which the command was called. */
export type Words = Readonly<{
  help: (command: string) => string
  told: (error: ToldError) => string
  portTaken: (port: number) => string
  unusable: (why: string) => string
  ready: (simulator: Simulator, identity: Identity, files: Files | undefined) => string
  stopped: string
}>

export const WORDS: Both<Words> = {
  en: {
    help: HELP.en,
    told: ({ message }) => message,
    portTaken: (port) => `Port ${port} is taken: stop what listens there, or choose another (--port, --control-port)`,
    unusable: (why) => `Cannot start: ${why}`,
    ready: ({ origin, control_origin }, { merchants }, files) => `
WeChat Pay simulator; Ctrl-C stops it.

  WeChat Pay  ${origin}
  control     ${control_origin}   faults, clock and ledger; in a browser the ledger, live
${merchants.map(({ mch_id, api_key }, index) => merchantLines('mch_id', 'key', mch_id, api_key, files?.merchants[index])).join('')}
${files ? `  CA          ${resolve(files.ca)}\n` : '  Certificates are in memory only: --out writes them to a folder.\n'}
Make the next send fail after its debit, then see what was paid:

  curl --json '{"kind":"reset_after"}' ${control_origin}/faults
  curl ${control_origin}/ledger
`,
    stopped: 'The simulator has stopped.',
  },
  zh: {
    help: HELP.zh,
    told: ({ zh }) => zh,
    portTaken: (port) => `端口 ${port} 已被占用：请停掉占用它的程序，或换一个（--port、--control-port）`,
    unusable: (why) => `无法启动：${why}`,
    ready: ({ origin, control_origin }, { merchants }, files) => `
微信支付模拟器；按 Ctrl-C 停止。

  微信支付    ${origin}
  控制        ${control_origin}   故障、时钟和账本；用浏览器打开可实时查看账本
${merchants.map(({ mch_id, api_key }, index) => merchantLines('商户号', '密钥', mch_id, api_key, files?.merchants[index])).join('')}
${files ? `  CA          ${resolve(files.ca)}\n` : '  证书只在内存中：用 --out 写到目录。\n'}
让下一次发送在扣款后失败，再看实际支付了什么：

  curl --json '{"kind":"reset_after"}' ${control_origin}/faults
  curl ${control_origin}/ledger
`,
    stopped: '模拟器已停止。',
  },
}

function merchantLines(number: string, key: string, mch_id: string, api_key: string, files?: MerchantFiles): string {
  const where = files ? `\n  PEM         ${resolve(files.cert)}\n  p12         ${resolve(files.p12)}   (${mch_id})` : ''
  return `\n  ${number.padEnd(12)}${mch_id}\n  ${key.padEnd(12)}${api_key}${where}\n`
}

/** The language that the environment asks for. */
export function languageOf(env: NodeJS.ProcessEnv): 'en' | 'zh' {
  const asked = env.LC_ALL || env.LC_MESSAGES || env.LANG || Intl.DateTimeFormat().resolvedOptions().locale
  return /^zh/i.test(asked) ? 'zh' : 'en'
}
