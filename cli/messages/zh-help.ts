// 中文: what --help says.
import type { help as english } from './en-help.ts'

export const help: typeof english = {
  program: '通过 redpack 服务发送微信现金红包,每个红包最多付一次款。',
  titles: {
    'Usage:': '用法:',
    'Arguments:': '参数:',
    'Options:': '选项:',
    'Global Options:': '通用选项:',
    'Commands:': '命令:',
  },
  sections: {
    send: '发送与查询:',
    operate: '运维(需要 AWS 凭证):',
    try: '试用与调试:',
    defaults: '文件中没有的列、空着的单元格,用以下选项统一填写:',
  },
  help: '显示帮助',
  helpCommand: '显示某个命令的帮助',
  helpArgument: '[命令]',
  placeholders: { options: '[选项]', command: '[命令]' },
  required: '(必填)',
  default: (value) => `默认 ${value}`,
  endpoint: '服务地址(REDPACK_ENDPOINT)',
  keyid: '调用方(REDPACK_KEYID)',
  secret: '调用方密钥;建议用环境变量 REDPACK_SECRET 或文件,以免出现在进程列表中',
  secretFile: '存有密钥的文件,- 表示标准输入(REDPACK_SECRET_FILE)',
  json: '输出一个 JSON 文档;错误以 JSON 写到标准错误',
  lang: '提示语言,zh 或 en;默认由 LC_ALL、LC_MESSAGES、LANG 决定',
  after: `
退出码:
  0    成功;发送命令表示已发出
  1    命令、文件或配置有误;没有发出任何红包
  2    被拒绝:微信明确拒绝,没有扣款
  3    结果未知:可能已发出。请用同一个 key 再查或重试,不要换 key
  4    无法连接服务(或 AWS、微信)
  130  被中断(Ctrl-C)

第一步(只在本机):
  npm start                                 启动服务与微信支付模拟器,并打印需要 export 的变量
  export REDPACK_ENDPOINT=… REDPACK_KEYID=… REDPACK_SECRET=…
  redpack doctor                            检查是否一切正常
  redpack send --help                       发一个红包
  redpack batch --help                      用 CSV 文件批量发送`,

  send: '发送一个红包',
  idempotencyKey: '这次发送的标识:同一个 key 绝不会付两次(默认随机生成并打印)',
  sendAfter: `
示例:
  redpack send --re-openid onqOjjmM1tad-3ROpncN-yUfa6uI --official-account-id wxcbda96de0b165486 \\
    --total-amount 1.88 --send-name 天虹百货 --act-name 新年红包 --remark 新年红包 --wishing 恭喜发财 \\
    --idempotency-key order-20250128-0001`,

  letWechatDecide: '已知微信会拒绝的(文字字节过长、缺少 scene_id)也发送',

  list: '列出发送记录,最新的在前',
  limit: '条数,1 至 1000(默认 20)',
  offset: '跳过多少条(默认 0)',
  all: '全部记录',
  csv: '输出 CSV',
  listAfter: `
示例:
  redpack list --limit 50
  redpack list --all --csv > records.csv`,

  get: '查看一条记录',
  id: '记录 ID(24 位十六进制)',
  getAfter: `
示例:
  redpack get 5c474dd8e2aa136e58867af3`,

  status: '向微信查询红包状态',
  idOrNumber: '记录 ID,或商户订单号 mch_billno(RP…)',
  mchBillno: '商户订单号 mch_billno',
  watch: '反复查询,直到不再变化:RECEIVED、REFUND 或 FAILED',
  interval: '配合 --watch:两次查询之间的秒数',
  timeout: '配合 --watch:最多等待的秒数',
  statusAfter: `
退出码:0 微信有这个红包;2 发放失败(FAILED);3 微信暂时没有结果。

示例:
  redpack status RP5c474dd8e2aa136e58867af3 --watch`,

  batch: '用 CSV 文件批量发送红包',
  batchFile: 'UTF-8 编码的 CSV,首行为列名:每个参数一列,顺序不限',
  batchName: '批次名(必填):同一批次名下每一行绝不会付两次,换批次名则会重新付款',
  yes: '不再询问',
  dryRun: '只检查文件,不发送',
  out: '结果文件(默认 FILE.result.csv)',
  rate: '每秒最多发送个数;微信默认每个商户号每秒 30 个',
  concurrency: '最多同时发送的个数',
  patience: '连续这么多秒得不到任何应答就放弃',
  keepGoing: '遇到会使每一行都被拒绝的原因(余额不足、当日限额、证书等)也继续发送',
  only: 'FILE 是结果文件:只取该结果的行;refused、rejected、not_sent 可以换新的批次名',
  payAgain: '在另一个批次名下发过的行,再付一次',
  ignore: '忽略的列,以逗号分隔',
  batchAfter: `
文件示例 people.csv:
  re_openid,total_amount,wishing
  onqOjjmM1tad-3ROpncN-yUfa6uI,1.88,恭喜发财
  onqOjjsXW5fdM1Xg8uuLRT4LQVKQ,6.66,新年快乐
发送:
  redpack batch people.csv --name new-year-2025 --official-account-id wxcbda96de0b165486 \\
    --send-name 天虹百货 --act-name 新年红包 --remark 新年红包

说明:
  先检查整个文件;只要有一行有误,就列出所有有误的行,一个红包也不发。
  按 Ctrl-C、崩溃或断网之后,再次运行同一条命令即可:只发还没发的,不会重复。
  一行对应一个接收人:同一批次内每人一个红包。可以增加行、移动行、重新排序。
  要给同一个人发两个,请增加 row_key 列,在这些行里填写不同的内容(其他行可以留空)。
  发出之后又修改过的行不会再发,结果为 changed。
  被微信拒绝的行在本批次名下保持拒绝。要重试,请用新的批次名:
    redpack batch people.result.csv --only refused --name new-year-2025-again …
  FILE.result.csv.journal 让下次运行更快,可以删除。

结果列 outcome:sent 已发出、refused 被微信拒绝、unknown 未知(可能已发出,稍后重跑)、changed 发出后被修改、
rejected 被服务拒绝、not_sent 未发送。`,

  merchant: '支付证书:put 存入、check 检查',
  merchantAfter: '',
  miniappId: '付款的小程序 ID',
  gatewayType: '商户类型',
  prefix: '密钥名为 PREFIX/callers 与 PREFIX/merchants/…(REDPACK_SECRET_PREFIX)',
  merchantPut: '检查证书与 API 密钥,并存入 Secrets Manager',
  p12: '从微信支付下载的 apiclient_cert.p12',
  password: 'p12 的密码(默认为商户号)',
  cert: 'apiclient_cert.pem',
  key: 'apiclient_key.pem',
  mchId: '商户号',
  apiKeyFile: '存有 APIv2 密钥的文件;否则取 WECHATPAY_API_KEY;再否则会询问',
  clientIp: '作为 client_ip 告诉微信的 IPv4 地址(默认 127.0.0.1)',
  dailyLimit: '该商户每天(北京时间)最多发送的金额',
  merchantPutAfter: `
示例:
  redpack merchant put my-miniapp weixin_tenpay --p12 apiclient_cert.p12 --mch-id 1900000109
  redpack merchant put my-miniapp weixin_tenpay --cert apiclient_cert.pem --key apiclient_key.pem --api-key-file api_key.txt

证书与私钥必须配对、在有效期内、商户号与证书一致,否则不会存入。该小程序的其他商户类型保持不变。
AWS 的设置与其他 AWS 工具相同(AWS_REGION、AWS_PROFILE 等);要存到本机的替代服务,请设置 AWS_ENDPOINT_URL_SECRETS_MANAGER。`,
  merchantCheck: '向微信查询,检查证书、API 密钥、IP 名单与绑定关系',
  appid: '发红包的公众号 appid',
  merchantCheckAfter: `
查询一个不存在的单号,不会动用资金。微信看到的是运行本命令的机器的地址:
IP 名单里应当有服务所在机器的地址,两者可能不同。

示例:
  redpack merchant check my-miniapp weixin_tenpay --appid wxcbda96de0b165486`,

  caller: '调用方:add 增加、rotate 轮换、remove 删除、list 列出',
  callerAfter: `
不中断地更换密钥:
  redpack caller rotate shop-1             增加第二个密钥,两个都有效
  (把新密钥配置到云函数)
  redpack caller rotate shop-1 --finish    旧密钥作废`,
  callerKeyid: '调用方名称',
  callerAdd: '增加调用方并打印密钥(只此一次)',
  callerRotate: '增加第二个密钥;加 --finish 则去掉旧的',
  finish: '结束轮换:只保留最新的密钥',
  callerRemove: '删除调用方',
  callerList: '列出调用方(不显示密钥)',

  doctor: '检查配置、连通性、时钟与证书',
  doctorAfter: `
设置了 --prefix 或 REDPACK_SECRET_PREFIX 时,还会检查 Secrets Manager 与证书。
有问题时退出码为 1。`,

  sign: '把签名后的请求打印成 curl 命令',
  method: 'GET 或 POST',
  path: 'endpoint 之后的路径与查询参数',
  data: 'POST 的 JSON 请求体文件,- 表示标准输入',
  signAfter: `
示例:
  redpack sign GET '/redpacks?limit=1'
  redpack sign POST /redpacks --data packet.json --key order-1 | sh
签名五分钟内有效。`,

  simulator: '运行微信支付模拟器,可供本服务或任何其他库使用',
  port: '微信支付端口(HTTPS),0 为任意',
  controlPort: '控制端口(HTTP),0 为任意',
  folder: '存放证书的文件夹',
  simulatorAfter: `
示例:
  redpack simulator --port 8443`,
}
