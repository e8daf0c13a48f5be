// Words: The command as a whole: its help, its settings, and what is said of wrong arguments.
import { both, type Pair } from './both.ts'

export const program = {
  yuan: both('yuan', '元'),
  refusedByService: both(
    (status: number, why: string) => `The service refused the request (${status}): ${why}`,
    (status, why) => `服务拒绝（${status}）：${why}`,
  ),
  notTheService: both(
    (status: number) =>
      `The answer is not a redpack service's (HTTP ${status}). Check the endpoint, including its stage if it has one`,
    (status) => `应答（HTTP ${status}）不是 redpack 服务的：请检查 endpoint（有 stage 的话要带上）`,
  ),
  redirected: both(
    (address: string) =>
      `The service is asked over https only: the address is ${address}. Nothing was sent there; set the endpoint to it (--endpoint, REDPACK_ENDPOINT, or redpack profile add … --replace)`,
    (address) =>
      `服务只接受 https：地址是 ${address}。没有向它发送任何内容；请把 endpoint 改成它（--endpoint、REDPACK_ENDPOINT，或 redpack profile add … --replace）`,
  ),
  requestId: both(
    (id: string) => ` (request id ${id})`,
    (id) => `（request id：${id}）`,
  ),
  viaProxy: both(
    (variable: string, proxy: string) => ` (through the proxy ${proxy} of ${variable})`,
    (variable, proxy) => `（经由 ${variable} 指定的代理 ${proxy}）`,
  ),
  proxyUnused: both(
    (variable: string) =>
      ` (the proxy of ${variable} is not used: it takes Node 24.14 or later, or NODE_USE_ENV_PROXY=1)`,
    (variable) => `（没有使用 ${variable} 指定的代理：需要 Node 24.14 及以上，或设置 NODE_USE_ENV_PROXY=1）`,
  ),
  badProxy: both(
    (variables: string) => `${variables} must be the http(s) URL of a proxy (SOCKS is not supported)`,
    (variables) => `${variables} 须为代理的 http 或 https 地址（不支持 SOCKS）`,
  ),
  throttled: both(
    'Throttled (HTTP 429): too many requests at this moment. The endpoint is right; wait a little, or send more slowly',
    '请求被限流（HTTP 429）：此刻请求过多。endpoint 没有问题；请稍候，或放慢发送',
  ),
  unreachable: both(
    (why: string) => `The service cannot be reached: ${why}`,
    (why) => `无法连接服务：${why}`,
  ),
  noAnswer: both(
    (why: string) => `No answer (${why})`,
    (why) => `没有应答（${why}）`,
  ),
  inDoubt: both(
    (why: string) => `The result is not known: the packet may have been sent, or may still be sent. ${why}`,
    (why) => `结果未知：红包可能已经发出，也可能稍后发出。${why}`,
  ),
  stopped: both(
    (since: string) =>
      `The operators of the service have stopped all sending, since ${since}: new packets get 503 stopped, queries go on`,
    (since) => `服务的运维已停止发送（自 ${since} 起）：新的红包得到 503 stopped，查询照常`,
  ),
  interrupted: both('Interrupted.', '已中断。'),
  unexpected: both(
    (what: string) => `Unexpected error: ${what}`,
    (what) => `意外错误：${what}`,
  ),
  unfit: both(
    (what: string) => `Invalid value: ${what}`,
    (what) => `值无效：${what}`,
  ),
  notConfigured: both(
    (what: string) => `Not set: ${what}`,
    (what) => `未设置：${what}`,
  ),
  settings: {
    endpoint: both(
      'The endpoint must be the http(s) URL of the service without /redpacks at its end, and without query, fragment or password: https://example.com/prod',
      'endpoint 须为服务的 http 或 https 地址，末尾不带 /redpacks，不含查询参数、片段与密码，例如 https://example.com/prod',
    ),
    keyid: both(
      'The keyid must be 1 to 128 ASCII characters without quotes and backslashes',
      'keyid 须为 1 至 128 个 ASCII 字符，不含引号与反斜杠',
    ),
    secret: both('The secret must be base64', 'secret 须为 base64'),
  },
  oneSecret: both('Give either --secret or --secret-file', '--secret 与 --secret-file 只能选一个'),
  oneStdin: both(
    'Standard input can be read only once: for the secret or for the data',
    '标准输入只能读一次：用于密钥或数据',
  ),
  unreadable: both(
    (file: string, why: string) => `${file} cannot be read: ${why}`,
    (file, why) => `无法读取 ${file}：${why}`,
  ),
  unwritable: both(
    (file: string, why: string) => `${file} cannot be written: ${why}`,
    (file, why) => `无法写入 ${file}：${why}`,
  ),
  needsYes: both('Cannot ask for confirmation (no terminal). Add --yes', '无法询问确认（没有终端）。请加上 --yes'),
  badKey: both(
    'An idempotency key is 1 to 255 visible ASCII characters without a comma',
    'idempotency key 须为 1 至 255 个可见 ASCII 字符，不含逗号',
  ),
  isOpenid: both(
    (openid: string, find: string) =>
      `${openid} is an openid, which identifies a person and not a packet. This says nothing about whether the person was paid. The records of this person:\n    ${find}`,
    (openid, find) =>
      `${openid} 是 openid，代表一个人而不是一个红包。这不说明此人是否收到过红包。查此人的记录：\n    ${find}`,
  ),
  badId: both('An id is 24 hex digits. A number (RP…) works too', '记录 ID 为 24 位十六进制，也可以用单号（RP…）'),
  badMiniappId: both(
    'A mini app id is 1 to 64 letters, digits, dots, dashes and underscores',
    '小程序 ID 须为 1 至 64 个字母、数字、点、横线或下划线',
  ),
  badGatewayType: both(
    (given: string, choices: string) => `${given} is not a gateway type. Choose one of ${choices}`,
    (given, choices) => `没有商户类型 ${given}；可用的有 ${choices}`,
  ),
  usage: {
    unknownOption: both(
      (name: string, _allowed: string) => `Unknown option: ${name}`,
      (name) => `没有选项 ${name}`,
    ),
    unknownCommand: both(
      (name: string, _allowed: string) => `Unknown command: ${name}`,
      (name) => `没有命令 ${name}`,
    ),
    missingArgument: both(
      (name: string, _allowed: string) => `Missing argument: <${name}>`,
      (name) => `缺少参数 <${name}>`,
    ),
    optionMissingArgument: both(
      (name: string, _allowed: string) => `${name}: missing value`,
      (name) => `${name}：缺少值`,
    ),
    missingMandatoryOptionValue: both(
      (name: string, _allowed: string) => `Missing option: ${name}`,
      (name) => `缺少选项 ${name}`,
    ),
    excessArguments: both(
      (_name: string, _allowed: string) => 'Too many arguments. Texts with spaces need quotes',
      () => '参数过多；含空格的文字需要加引号',
    ),
    invalidArgument: both(
      (name: string, allowed: string) => `${name}: must be ${allowed}`,
      (name, allowed) => `${name}：须为 ${allowed}`,
    ),
  },
  didYouMean: both(
    (name: string) => `. Did you mean ${name}?`,
    (name) => `。是不是 ${name}？`,
  ),
}

export const programHelp = {
  program: both(
    'Send WeChat cash red packets through a redpack service. Each packet is paid at most once.',
    '通过 redpack 服务发送微信现金红包，每个红包最多付一次款。',
  ),
  titles: {
    'Usage:': both('Usage:', '用法：'),
    'Arguments:': both('Arguments:', '参数：'),
    'Options:': both('Options:', '选项：'),
    'Global Options:': both('Global options:', '通用选项：'),
    'Commands:': both('Commands:', '命令：'),
  } as Record<string, Pair<string>>,
  sections: {
    send: both('Send and look up:', '发送与查询：'),
    books: both('Who got what:', '对账与查账：'),
    operate: both('Run the service (with AWS credentials):', '运维（需要 AWS 凭证）：'),
    setUp: both('Set up and check:', '设置与检查：'),
    try: both('Try out and debug:', '试用与调试：'),
    defaults: both('Values for missing columns and empty cells:', '文件中没有的列、空着的单元格，用以下选项统一填写：'),
  },
  help: both('show help', '显示帮助'),
  version: both('show the version', '显示版本'),
  helpCommand: both('show help for a command', '显示某个命令的帮助'),
  helpArgument: both('[command]', '[命令]'),
  placeholders: {
    options: both('[options]', '[选项]'),
    command: both('[command]', '[命令]'),
  },
  required: both('(required)', '（必填）'),
  default: both(
    (value: string) => `default: ${value}`,
    (value) => `默认 ${value}`,
  ),
  endpoint: both("the service's URL (REDPACK_ENDPOINT)", '服务地址（REDPACK_ENDPOINT）'),
  keyid: both('id of the caller (REDPACK_KEYID)', '调用方（REDPACK_KEYID）'),
  secret: both(
    "the caller's secret; safer in REDPACK_SECRET or a file: other users of the machine can see flags",
    '调用方密钥；建议用环境变量 REDPACK_SECRET 或文件，因为同一台机器的其他用户能看到命令行',
  ),
  secretFile: both(
    'file with the secret, - for standard input (REDPACK_SECRET_FILE)',
    '存有密钥的文件，- 表示标准输入（REDPACK_SECRET_FILE）',
  ),
  json: both(
    'print one JSON document; errors are JSON on standard error',
    '输出一个 JSON 文档；错误以 JSON 写到标准错误',
  ),
  lang: both(
    'language of messages, zh or en (default: from LC_ALL, LC_MESSAGES, LANG)',
    '提示语言，zh 或 en；默认由 LC_ALL、LC_MESSAGES、LANG 决定',
  ),
  after: both(
    `
Exit codes:
  0    success; for send and campaign: everything was sent
  1    an error in the command, the file or the set-up; this request sent nothing
  2    refused by WeChat; final, no money moved
  3    unknown: it may have been sent. Try again with the same key, never with another
  4    the service (or AWS, or WeChat) cannot be reached
  130  interrupted (Ctrl-C)

First steps, on this machine only:
  npm start                                 starts the service and a simulator; prints the variables
  export REDPACK_ENDPOINT=… REDPACK_KEYID=… REDPACK_SECRET=…
  redpack doctor                            checks the set-up
  redpack send --help                       how to send one packet
  redpack campaign --help                   how to send many, from a list`,
    `
退出码：
  0    成功；send 与 campaign 表示全部已发出
  1    命令、文件或配置有误；本次请求没有发出红包
  2    被拒绝：微信明确拒绝，没有扣款
  3    结果未知：可能已发出。请用同一个 key 再查或重试，不要换 key
  4    无法连接服务（或 AWS、微信）
  130  被中断（Ctrl-C）

第一步（只在本机）：
  npm start                                 启动服务与微信支付模拟器，并打印需要的变量
  export REDPACK_ENDPOINT=… REDPACK_KEYID=… REDPACK_SECRET=…
  redpack doctor                            检查是否一切正常
  redpack send --help                       发一个红包
  redpack campaign --help                   按名单批量发送`,
  ),
}
