// Words: redpack doctor.
import { both } from './both.ts'

export const doctor = {
  configure: both(
    'export REDPACK_ENDPOINT, REDPACK_KEYID and REDPACK_SECRET; npm start prints them for this machine',
    '请 export REDPACK_ENDPOINT、REDPACK_KEYID、REDPACK_SECRET；本机试用时 npm start 会打印它们',
  ),
  configured: both(
    (endpoint: string, keyid: string) => `Configured: ${keyid} at ${endpoint}`,
    (endpoint, keyid) => `已配置：${keyid}，服务 ${endpoint}`,
  ),
  reached: both(
    (origin: string) => `${origin} answers`,
    (origin) => `${origin} 有应答`,
  ),
  notReached: both(
    (origin: string, why: string) => `${origin} cannot be reached: ${why}`,
    (origin, why) => `无法连接 ${origin}：${why}`,
  ),
  reach: both(
    (endpoint: string) => `is the service running, and is ${endpoint} its URL? For this machine: npm start`,
    (endpoint) => `服务在运行吗？${endpoint} 是它的地址吗？本机试用：npm start`,
  ),
  accepted: both(
    (keyid: string, total: number) => `The service accepts ${keyid} (${total} records)`,
    (keyid, total) => `服务接受 ${keyid}（${total} 条记录）`,
  ),
  refused: both(
    (keyid: string) => `The service does not accept the signature of ${keyid} (415)`,
    (keyid) => `服务不接受 ${keyid} 的签名（415）`,
  ),
  refusedHint: both(
    'check keyid, secret and clock; the operator finds the reason in the log (caller_refused), and the callers with redpack caller list',
    'keyid、secret 与时钟都须正确；运维可在日志（caller_refused）中看到原因，用 redpack caller list 查看调用方',
  ),
  setEndpoint: both(
    (address: string) => `set the endpoint to ${address}`,
    (address) => `请把 endpoint 设为 ${address}`,
  ),
  serviceSide: both(
    "ask the service's operator: the log contains the request id",
    '需要服务的运维查看：日志中有 request id',
  ),
  otherServer: both(
    'this does not look like a redpack service: check the endpoint, including its stage if it has one',
    '这看起来不是 redpack 服务：请检查 endpoint（有 stage 的话要带上）',
  ),
  clock: both(
    (skew_s: number) =>
      skew_s === 0
        ? 'The clock agrees with the service'
        : `The clock is ${Math.abs(skew_s)} s ${skew_s > 0 ? 'ahead of' : 'behind'} the service`,
    (skew_s) => (skew_s === 0 ? '时钟与服务一致' : `本机时钟比服务${skew_s > 0 ? '快' : '慢'} ${Math.abs(skew_s)} 秒`),
  ),
  setClock: both('set the clock (NTP): it may differ by 300 s at most', '请校准时钟（NTP）：签名最多允许相差 300 秒'),
  noTable: both(
    (variable: string) => `Brake, epoch and settle: not checked (${variable} is not set)`,
    (variable) => `停止状态、epoch 与 settle：未检查（没有设置 ${variable}）`,
  ),
  tableHint: both(
    'check --table, AWS_REGION, the credentials and their rights on the table',
    '请检查 --table、AWS_REGION、凭证及其对表的权限',
  ),
  release: both(
    (command: string) => `check the held records, then: ${command}`,
    (command) => `先查看被扣住的记录，然后：${command}`,
  ),
  noPrefix: both(
    (variable: string) => `Secrets and certificates: not checked (${variable} is not set)`,
    (variable) => `密钥与证书：未检查（没有设置 ${variable}）`,
  ),
  secrets: both(
    (prefix: string, callers: number) => `Secrets Manager answers; ${prefix}/callers has ${callers} caller(s)`,
    (prefix, callers) => `Secrets Manager 有应答；${prefix}/callers 有 ${callers} 个调用方`,
  ),
  addCaller: both('redpack caller add KEYID MINIAPP_ID', 'redpack caller add KEYID MINIAPP_ID'),
  secretsHint: both(
    'check AWS_REGION, the credentials and their rights on the secrets',
    '请检查 AWS_REGION、凭证及其对密钥的权限',
  ),
  noMerchant: both(
    (miniapp_id: string) => `${miniapp_id} has no payment certificate`,
    (miniapp_id) => `${miniapp_id} 没有支付证书`,
  ),
  putMerchant: both('redpack merchant put', 'redpack merchant put'),
  badCertificate: both(
    (name: string) => `${name}: the certificate cannot be read`,
    (name) => `${name}：证书无法读取`,
  ),
  certificate: both(
    (name: string, from: string, to: string, days?: number) => {
      if (days !== undefined && days < 0) return `${name}: certificate expired on ${to}`
      return `${name}: certificate valid from ${from} to ${to}${days === undefined ? '' : `, ${days} day(s) left`}`
    },
    (name, from, to, days) => {
      if (days !== undefined && days < 0) return `${name}：证书已于 ${to} 过期`
      return `${name}：证书有效期 ${from} 至 ${to}${days === undefined ? '' : `，还剩 ${days} 天`}`
    },
  ),
  renew: both(
    'download a new certificate from WeChat Pay and store it: redpack merchant put',
    '请在微信支付下载新证书并存入：redpack merchant put',
  ),
  wechatHint: both(
    'check network, proxy and WECHATPAY_ORIGIN; for a simulator, WECHATPAY_CA must be its CA file',
    '请检查网络、代理与 WECHATPAY_ORIGIN；使用模拟器时 WECHATPAY_CA 须为它的 CA',
  ),
  command: both(
    (version: string, node: string) => `Command: version ${version}, Node ${node}`,
    (version, node) => `命令行：版本 ${version}，Node ${node}`,
  ),
  service: both(
    (version: string) => `Service: version ${version}`,
    (version) => `服务：版本 ${version}`,
  ),
  versionUnknown: both(
    (own: string) => `Service: version unknown, older than the one that tells it (this command is ${own})`,
    (own) => `服务：版本未知，早于开始报告版本的那一版（本命令为 ${own}）`,
  ),
  commandOlder: both(
    (own: string) =>
      `the service is newer than this command (${own}), which may not show all that it says: update the command`,
    (own) => `服务比本命令（${own}）新，命令可能显示不全：请更新命令`,
  ),
  serviceOlder: both(
    (own: string) =>
      `this command (${own}) is newer than the service, which may not know all that it asks for: deploy the service`,
    (own) => `本命令（${own}）比服务新，服务可能不支持其中一些请求：请部署新的服务`,
  ),
  profile: both(
    (name: string, kind: string, by: string) => `Profile: ${name} (${kind}; ${by})`,
    (name, kind, by) => `配置：${name}（${kind}；${by}）`,
  ),
  settle: both(
    (at: string) => `settle last ran at ${at}`,
    (at) => `settle 上次运行于 ${at}`,
  ),
  settleNever: both('settle has never run on this table', 'settle 从未在这张表上运行'),
  settleUnknown: both(
    'settle: the time of its last run is not known (a service of an older version does not write it)',
    'settle：上次运行时间未知（较旧版本的服务不记录）',
  ),
  schedule: both(
    'it runs every minute: look at the schedule, the function’s log and its alarms (docs/operations.md). Until it runs, unknown packets stay unknown',
    '它应每分钟运行一次：请检查定时任务、函数日志与告警（docs/operations.md）。在它运行之前，结果未知的红包一直未知',
  ),
  rest: both(
    'Not looked at: whether WeChat accepts a certificate (redpack merchant check), alarms and logs, the deployed functions’ own settings',
    '未检查：微信是否接受证书（redpack merchant check）、告警与日志、已部署函数自身的配置',
  ),
  wrong: both(
    (n: number) => `${n} problem(s) to fix.`,
    (n) => `有 ${n} 处需要处理。`,
  ),
  right: both('No problems found.', '一切正常。'),
  callerFault: both(
    (keyid: string) => `The service refuses the caller ${keyid}, or one of its secrets`,
    (keyid) => `服务拒绝调用方 ${keyid}，或它的一个密钥`,
  ),
  unusable: both(
    (name: string, why: string) => `${name}: ${why}`,
    (name, why) => `${name}：${why}`,
  ),
  notAType: both(
    (name: string) => `${name} is not a gateway type: the service does not read this entry`,
    (name) => `${name} 不是商户类型：服务不会读取这个条目`,
  ),
  gatewayTypes: both(
    (types: string) => `gateway types are ${types}`,
    (types) => `商户类型有 ${types}`,
  ),
}

export const doctorHelp = {
  doctor: both(
    'check configuration, reachability, clock, certificates and brake',
    '检查配置、连通性、时钟、证书与停止状态',
  ),
  doctorAfter: both(
    `
Certificates and Secrets Manager are checked if --prefix or REDPACK_SECRET_PREFIX is set; the brake, the epoch and
settle's last run if --table or REDPACK_TABLE is. A profile may have both. What was not looked at is listed, too.
The exit code is 1 if something is wrong.`,
    `
设置了 --prefix 或 REDPACK_SECRET_PREFIX 时，还会检查 Secrets Manager 与证书；
设置了 --table 或 REDPACK_TABLE 时，还会检查停止状态、epoch 与 settle 上次运行的时间。配置中可以存有两者。
没有检查的内容也会列出。
有问题时退出码为 1。`,
  ),
}
