// 中文.

import { schemaDescriptions } from '../parameters.ts'
import type { Messages } from './language.ts'
import { help } from './zh-help.ts'
import { operator } from './zh-operator.ts'

export const zh: Messages = {
  help,
  yuan: '元',
  parameters: schemaDescriptions(),
  rules: {
    text: (length_max) => `须为 1 至 ${length_max} 个字符,不含控制字符`,
    choice: (choices) => `须为 ${choices} 之一`,
    total_amount: '须为大于 0、不超过 1000000 且最多两位小数的金额,单位元',
    total_num: '普通红包须为 1,裂变红包须为 3 至 20',
  },
  limits: {
    bytes: (bytes, most) =>
      `UTF-8 编码为 ${bytes} 字节;微信最多接受 ${most} 字节(约 ${Math.floor(most / 3)} 个汉字),或用 --let-wechat-decide`,
    scene: '缺少:单个红包高于 200 元或低于 1 元时微信要求必传,例如 PRODUCT_2(或用 --let-wechat-decide)',
    unseen: (characters) => `含有看不见的字符(${characters});请重新复制 openid`,
    characters: (characters) => `含有 openid 里不会有的字符:${characters}`,
    openidLength: (length) => `有 ${length} 个字符;openid 最多 32 个字符`,
    noOpenid: (text) => `“${text}”是程序没有取到 openid 时写出的内容`,
    doubtful: (fault) => `微信可能拒绝:${fault}`,
  },
  missing: '缺少这个必填参数',
  fault: (name, what) => `${name}:${what}`,
  faults: (faults) => `参数有误,没有发出:\n  ${faults.join('\n  ')}`,

  problems: {
    body_too_large: '请求体过大',
    certificate_missing: '未配置支付证书',
    certificate_unusable: '支付证书不可用',
    idempotency_key_malformed: 'Idempotency-Key 须为 1 至 255 个可见 ASCII 字符,不含逗号',
    idempotency_key_missing: '缺少 Idempotency-Key',
    in_progress: '同一个 key 正在发送中',
    internal: '服务内部错误',
    invalid_parameters: '参数错误',
    key_reused: '这个 key 已用于参数不同的另一次发送:本次没有发出',
    malformed_json: '请求体不是合法的 JSON',
    merchant_changed: '这个红包属于另一个商户号',
    not_a_cloud_function: '服务不认识这个调用方:请检查 keyid、secret 与时钟(redpack doctor)',
    not_found: '记录不存在',
    secrets_unavailable: '服务暂时无法读取密钥',
    store_unavailable: '服务暂时无法读写数据库',
    wrong_content_type: '请求体类型错误',
  },
  refusedByService: (status, why) => `服务拒绝(${status}):${why}`,
  notTheService: (status) => `应答(HTTP ${status})不是 redpack 服务的:请检查 endpoint(有 stage 的话要带上)`,
  throttled: '请求被限流(HTTP 429):此刻请求过多。endpoint 没有问题;请稍候,或放慢发送',
  unreachable: (why) => `无法连接服务:${why}`,
  noAnswer: (why) => `没有应答(${why})`,
  inDoubt: (why) => `结果未知:红包可能已经发出,也可能稍后发出。${why}`,
  interrupted: '已中断。',
  unexpected: (what) => `意外错误:${what}`,
  unfit: (what) => `无效:${what}`,
  notConfigured: (what) => `未设置:${what}`,
  settings: {
    endpoint: 'endpoint 须为 http(s) 地址,不含查询参数、片段与密码',
    keyid: 'keyid 须为 1 至 128 个 ASCII 字符,不含引号与反斜杠',
    secret: 'secret 须为 base64',
  },
  oneSecret: '--secret 与 --secret-file 只能选一个',
  oneStdin: '标准输入只能读一次:用于密钥或数据',
  unreadable: (file, why) => `无法读取 ${file}:${why}`,
  unwritable: (file, why) => `无法写入 ${file}:${why}`,
  needsYes: '此处无法询问:请加上 --yes',
  badKey: 'key 须为 1 至 255 个可见 ASCII 字符,不含逗号',
  isOpenid: (openid, list) =>
    `${openid} 是 openid,代表一个人而不是一个红包。这不说明此人是否收到过红包。查此人的记录:\n    ${list}`,
  badId: '记录 ID 为 24 位十六进制;按 mch_billno 查询请用 redpack status',
  badMiniappId: '小程序 ID 须为 1 至 64 个字母、数字、点、横线或下划线',
  badGatewayType: (given, choices) => `没有商户类型 ${given};可用的有 ${choices}`,
  usage: {
    unknownOption: (name) => `没有选项 ${name}`,
    unknownCommand: (name) => `没有命令 ${name}`,
    missingArgument: (name) => `缺少参数 <${name}>`,
    optionMissingArgument: (name) => `${name}:缺少值`,
    missingMandatoryOptionValue: (name) => `缺少选项 ${name}`,
    excessArguments: () => '参数过多;含空格的文字需要加引号',
    invalidArgument: (name, allowed) => `${name}:须为 ${allowed}`,
  },
  didYouMean: (name) => `。是不是 ${name}?`,

  outcomes: { pending: '处理中', sent: '已发出', refused: '被拒绝', unknown: '未知', manual: '待人工' },
  statuses: {
    SENDING: '发放中',
    SENT: '已发放,待领取',
    FAILED: '发放失败,没有扣款',
    RECEIVED: '已领取',
    RFUND_ING: '超时未领,退款中',
    REFUND: '超时未领,已退款',
    NOT_FOUND: '微信没有这个单号;发送后二十分钟内这不说明任何问题',
  },

  send: {
    sent: (amount) => `已发出:${amount} 元`,
    refused: (err_code, err_code_des) => `微信拒绝:${err_code} ${err_code_des}。没有扣款。`,
    sentBefore: (amount, at) => `之前${at === undefined ? '' : `(${at})`}已经付款:${amount} 元;没有再次付款`,
    refusedBefore: (err_code, err_code_des, at) =>
      `之前${at === undefined ? '' : `(${at})`}已被拒绝:${err_code} ${err_code_des}。没有扣款。没有再问微信:同一个 key 被拒绝后不再改变。`,
    unknown: (err_code, err_code_des) => `结果未知:${err_code} ${err_code_des}\n  红包可能已经发出,请不要换 key 重发。`,
    under: (key) => `正在发送,idempotency_key 为 ${key}`,
    key: (key) => `idempotency_key 为 ${key}`,
    again: (key, command) => `请用 --idempotency-key ${key} 重试,不要换用其他 key。不会重复付款:\n    ${command}`,
    retry: (key, command) => `本次请求没有发出红包。重试时请沿用这个 key ${key}:\n    ${command}`,
    interrupted: '已中断。结果未知:红包可能已经发出,也可能稍后发出。',
    next: (status, again) => `  查询状态:\n    ${status}\n  继续这个红包,不会重复付款:\n    ${again}`,
  },
  list: {
    head: ['创建时间', '结果', '状态', '金额(元)', '接收人 openid', '活动', '记录 ID'],
    none: (total) => (total === 0 ? '还没有发送记录。' : `共有 ${total} 条记录,这个位置之后没有了。`),
    shown: (from, to, total) => `第 ${from} 至 ${to} 条,共 ${total} 条`,
    allAlone: '--all 显示全部,不能与 --limit、--offset 同用',
    csvOrJson: '--csv 与 --json 只能选一个',
  },
  status: {
    exactlyOne: '请给出一个红包:记录 ID,或 mch_billno',
    refused: (why) => `被拒绝,没有付款:${why}`,
  },
  sign: {
    method: '方法须为 GET 或 POST',
    path: '路径须以 / 开头',
    data: 'POST 需要 --data,GET 不能有',
    notText: '标准输入的内容不是 UTF-8 文本;请放到文件里',
    valid: '# 五分钟内有效',
  },
  batch: {
    noName: (file) =>
      `请给这一批起个名字,例如:redpack batch ${file} --name new-year-2025\n  同一批次名下每一行绝不会付两次;换批次名则会重新付款。`,
    badName: '批次名须为 1 至 64 个字符',
    outIsFile: '结果会覆盖输入文件:请用 --out 换一个',
    unknownColumns: (names) => `不认识的列:${names}。请检查拼写,或用 --ignore 忽略`,
    columnsTwice: (names) => `重复的列:${names}`,
    missingColumns: (names) => `缺少的列:${names}。各行相同的可用选项统一填写,例如 --act-name`,
    isResult:
      '这是结果文件。要补发还没发的,请用原来的文件和批次名再次运行那一批的命令。要重试被拒绝的行:--only refused 并使用新的 --name(rejected、not_sent 同样;其他结果的行可能已付款,不能换批次名)',
    onlyOwnName: (only) =>
      `结果为 ${only} 的行可能已经付款,只能在原来的批次名下发送。请再次运行那一批的命令。只有 refused、rejected、not_sent 的行可以换新的批次名`,
    otherKeys: (lines) =>
      `这些行的 key 与 idempotency_key 列不一致,发送会重复付款:第 ${lines} 行。文件被表格软件改动过(00123 变成 123,3-4 变成 4-Mar),或属于另一个批次。请使用 redpack 写出的原文件。没有发送`,
    otherBatch: (path, name, rows, own) =>
      `${path} 属于另一个批次${name === undefined ? '' : `“${name}”`}${rows === undefined ? '' : `,其中 ${rows} 行已经付款或可能已经付款`}。用批次名“${own}”会重复付款。要补发还没发的,请用那一批的名字。确实要给所有人再付一次,请加 --pay-again。没有发送`,
    taken: (path) => `${path} 不属于这个批次,写入会覆盖它:请用 --out 换一个。没有发送`,
    isNoResult: '--only 只用于结果文件,而这个文件没有 outcome 列',
    empty: '文件中没有数据行',
    badCsv: (line, what) => `不是合法的 CSV,第 ${line} 行:${what}`,
    notUtf8: '文件不是 UTF-8 文本。请在表格软件中另存为 "CSV UTF-8"',
    cellCount: (there, wanted) => `有 ${there} 个单元格,应为 ${wanted} 个;含逗号的文字需要加引号`,
    twice: (line) => `与第 ${line} 行的接收人(或 row_key)相同;如果两个都要发,请在 row_key 列填写不同的内容`,
    tooMany: (most) => `超过 ${most} 行:请拆成几个批次`,
    badRow: (line, what) => `第 ${line} 行:${what}`,
    bad: (bad, rows) => `${rows} 行中有 ${bad} 行有误。一个红包也没有发。`,
    checked: (file, rows, amount) => `${file}:${rows} 行,共 ${amount} 元,全部正确`,
    named: (name, endpoint) => `批次 "${name}",服务 ${endpoint}`,
    done: (rows, amount) => `之前的运行已完成:${rows} 行,${amount} 元`,
    scene: (rows, line) => `有 ${rows} 行(第一处:第 ${line} 行)高于 200 元或低于 1 元而没有 scene_id:微信会拒绝`,
    bytes: (rows, line) =>
      `有 ${rows} 行(第一处:第 ${line} 行)有文字达到微信的字节上限(send_name、act_name 32,wishing 128,remark 256):微信可能拒绝`,
    ask: (rows, amount) => `发送 ${rows} 个红包,共 ${amount} 元?`,
    declined: '没有发送。',
    dryRun: '仅检查,没有发送。',
    fileChanged: '检查之后文件又被修改;请重新运行',
    progress: (p) =>
      `${p.done}/${p.total}  ${p.rate}/秒  已发 ${p.sent}  被拒 ${p.refused}  未知 ${p.unknown}${p.left && `  剩余 ${p.left}`}`,
    stopping: '正在停止:等待已经在途的红包(再按一次 Ctrl-C 立即结束)',
    ended: '已立即结束。再次运行同一条命令即可:只发还没发的,不会重复。',
    interrupted: '已中断。',
    merchantsOwn: (err_code, err_code_des) =>
      `已停止:微信以 ${err_code} ${err_code_des} 拒绝,这会使每一行都被拒绝。处理好之后再次运行同一条命令(--keep-going 可强行继续)`,
    tooFast: (err_code, err_code_des) =>
      `已停止:${err_code} ${err_code_des}。该商户号还有别的程序在发送。请用更低的 --rate 再次运行同一条命令`,
    impatient: (why, seconds) => `已放弃:${seconds} 秒没有任何应答(${why})`,
    throttled: (seconds) =>
      `已停止:连续 ${seconds} 秒被限流(HTTP 429)。endpoint 没有问题,只是请求过多。请稍后再次运行同一条命令,或用更低的 --rate`,
    sent: (sent, rows, amount) => `已发出:${rows} 行中的 ${sent} 行,共 ${amount} 元`,
    refused: (rows, out) =>
      `  被微信拒绝:${rows} 行,没有扣款。要重试,请用新的批次名:\n    redpack batch ${out} --only refused --name …`,
    rejected: (rows) => `  被服务拒绝:${rows} 行,没有发出;原因见结果文件`,
    changed: (rows) => `  changed:${rows} 行,之前已用其他参数在本批次名下发过,没有再发。要另发一个,请填不同的 row_key`,
    unknown: (rows) => `  结果未知:${rows} 行,可能已发出。服务会自行查明:请半小时后再次运行同一条命令`,
    notSent: (rows) => `  未发送:${rows} 行。再次运行同一条命令即可:只发还没发的,不会重复`,
    result: (out) => `  结果文件:${out}`,
  },
  ...operator,
}
