// 中文: 运维命令与模拟器的提示.
import type { operator as english } from './en-operator.ts'

export const operator: typeof english = {
  aws: {
    malformed: (name) => `密钥 ${name} 的内容不对;没有改动它`,
    credentials: (why) => `没有 AWS 凭证,或凭证不被接受:${why}`,
    region: '没有 AWS 区域:请设置 AWS_REGION',
    denied: (why) => `AWS 不允许:${why}`,
    unreachable: (why) => `无法连接 Secrets Manager:${why}`,
    other: (what) => `Secrets Manager 拒绝:${what}`,
  },
  merchant: {
    p12OrPem: '要么给 --p12,要么给 --cert 与 --key',
    needsNumber: 'p12 的密码就是商户号:请给 --mch-id 或 --password',
    notP12: '这不是 p12 文件(或不完整)',
    p12Incomplete: 'p12 里没有带 RSA 私钥的证书',
    wrongPassword: 'p12 的密码不对;微信以商户号作为密码',
    badCertificate: '证书不是含有证书的 PEM 文件',
    badKey: '私钥不是(没有密码的)PEM 私钥文件',
    keyMismatch: '证书与私钥不配对:私钥属于另一张证书',
    expired: (day) => `证书已于 ${day} 过期;请在微信支付下载新证书`,
    notYet: (day) => `证书要到 ${day} 才生效;本机时钟对吗?`,
    soon: (day) => `证书将于 ${day} 到期,请尽快更换。更换后新旧证书 14 天内都有效。`,
    noNumber: '证书里没有商户号:这不是微信支付的商户证书',
    otherMerchant: (there, wanted) => `证书属于商户 ${there},不是 ${wanted}`,
    badApiKey: (length) => `API 密钥须为 32 个字母或数字(现在是 ${length} 个字符,或含有其他字符)`,
    needsApiKey: (variable) => `缺少 API 密钥:--api-key-file,或 ${variable}`,
    askApiKey: 'APIv2 密钥',
    badIp: '--client-ip 须为 IPv4 地址',
    badLimit: '--daily-limit-yuan 须为最多两位小数的金额,单位元',
    stored: (gateway_type, mch_id, name, day) => `已存入 ${name}:${gateway_type},商户号 ${mch_id},证书有效期至 ${day}`,
    next: (miniapp_id, gateway_type) =>
      `服务五分钟内会用上它。检查一下:redpack merchant check ${miniapp_id} ${gateway_type} --appid wx…`,
  },
  check: {
    parts: { certificate: '证书', api_key: 'API 密钥', ip_list: 'IP 名单', binding: 'appid 与商户号的绑定' },
    asked: (origin, mch_id, answer) => `${origin} 对商户 ${mch_id} 的应答:${answer}`,
    texts: {
      right: '一切正常:微信读懂了请求,并如预期地回答没有这个订单。',
      certificate: '微信不接受该商户的这张证书:请重新下载(商户平台 → 账户中心 → API安全),再用 merchant put 存入。',
      html: '微信前端拒绝了证书(HTTP 400):证书已过期、已被更换,或不是微信的证书。请重新下载并存入。',
      sign: 'API 密钥不对:微信算出的签名不同。请重新存入 APIv2 密钥(不是 APIv3 密钥)。',
      ip: '本机地址不在商户的 IP 名单里:请添加(商户平台 → 产品中心 → 现金红包 → 产品设置)。',
      auth: '该商户没有权限:请确认已开通现金红包。',
      binding: '这个 appid 没有绑定该商户:请绑定(商户平台 → 产品中心 → AppID账号管理)。',
      parameters: '微信不接受这个请求;它的原话见上。',
      busy: '微信繁忙,请一分钟后再试。',
      other: '这个应答说明不了配置的对错;微信的原话见上。',
      proxy: '这不是微信的应答:中间隔着别的东西(代理,或 WECHATPAY_ORIGIN 指向了别的服务器)。',
      tls: '无法建立安全连接:服务器证书不受信任。使用模拟器时请把 WECHATPAY_CA 设为它的 CA。',
      unreachable: '从本机无法连接微信:请检查网络与 WECHATPAY_ORIGIN。',
    },
  },
  caller: {
    badKeyid: 'keyid 须为 1 至 64 个字母、数字或 _ . : @ -',
    exists: (keyid) => `调用方 ${keyid} 已存在;要换密钥请用:redpack caller rotate ${keyid}`,
    unknown: (keyid) => `没有调用方 ${keyid}`,
    added: (keyid, miniapp_id) => `${keyid} 现在可以代表 ${miniapp_id} 调用:`,
    rotated: (keyid) => `${keyid} 有了第二个密钥;旧的在 redpack caller rotate ${keyid} --finish 之前仍然有效:`,
    unfinished: (keyid) => `${keyid} 已有两个密钥:请先结束那次轮换(--finish)`,
    nothingToFinish: (keyid) => `${keyid} 只有一个密钥:没有需要结束的轮换`,
    finished: (keyid) => `${keyid} 现在只有最新的密钥;服务五分钟内不再接受旧的。`,
    sure: (keyid) => `删除 ${keyid}?用它调用的程序将被拒绝。`,
    declined: '没有删除。',
    removed: (keyid) => `已删除 ${keyid};服务五分钟内不再接受它。`,
    none: '还没有调用方。',
    rotating: '两个密钥:轮换未结束',
    once: '密钥只显示这一次。服务五分钟内会认识它。',
  },
  simulator: {
    portTaken: (port) => `端口 ${port} 已被占用:请停掉占用它的程序,或换一个(--port、--control-port)`,
    ready: (s) => `
微信支付模拟器,只在本机;按 Ctrl-C 停止。

  微信支付  ${s.origin}    /mmpaymkttransfers/sendredpack、sendgroupredpack、gethbinfo
  控制      ${s.control_origin}     GET /ledger /calls · POST /faults /clock /receive /balance /reset

虚构的商户,文件在 ${s.folder}:

  商户号    ${s.mch_id}
  API 密钥  ${s.api_key}    (APIv2)
  证书      apiclient_cert.pem 与 apiclient_key.pem,或 apiclient_cert.p12(密码 ${s.mch_id})
  服务器 CA ca.pem

供任何库使用:把它的基础地址设为 ${s.origin};任何 appid 都算已绑定;并让它信任 CA:

  Node     NODE_EXTRA_CA_CERTS=${s.files.ca}
  Python   REQUESTS_CA_BUNDLE=${s.files.ca}
  PHP、Go  SSL_CERT_FILE=${s.files.ca}

让下一次发送在扣款之后断开,再看看付了什么:

  curl --json '{"kind":"reset_after"}' ${s.control_origin}/faults
  curl ${s.control_origin}/ledger
`,
    stopped: '已停止。',
  },
  doctor: {
    configure: '请 export REDPACK_ENDPOINT、REDPACK_KEYID、REDPACK_SECRET;本机试用时 npm start 会打印它们',
    configured: (endpoint, keyid) => `已配置:${keyid},服务 ${endpoint}`,
    reached: (origin) => `${origin} 有应答`,
    notReached: (origin, why) => `无法连接 ${origin}:${why}`,
    reach: (endpoint) => `服务在运行吗?${endpoint} 是它的地址吗?本机试用:npm start`,
    accepted: (keyid, total) => `服务认识 ${keyid}(${total} 条记录)`,
    refused: (keyid) => `服务不接受 ${keyid} 的签名(415)`,
    refusedHint:
      'keyid、secret 与时钟都须正确;运维可在日志(caller_refused)中看到原因,用 redpack caller list 查看调用方',
    serviceSide: '需要服务的运维查看:日志中有 request id',
    otherServer: '这看起来不是 redpack 服务:请检查 endpoint(有 stage 的话要带上)',
    clock: (skew_s) =>
      skew_s === 0 ? '时钟与服务一致' : `本机时钟比服务${skew_s > 0 ? '快' : '慢'} ${Math.abs(skew_s)} 秒`,
    setClock: '请校准时钟(NTP):签名最多允许相差 300 秒',
    noPrefix: (variable) => `密钥与证书:未检查(没有设置 ${variable})`,
    secrets: (prefix, callers) => `Secrets Manager 有应答;${prefix}/callers 有 ${callers} 个调用方`,
    addCaller: 'redpack caller add KEYID MINIAPP_ID',
    secretsHint: '请检查 AWS_REGION、凭证及其对密钥的权限',
    noMerchant: (miniapp_id) => `${miniapp_id} 没有支付证书`,
    putMerchant: 'redpack merchant put',
    badCertificate: (name) => `${name}:证书无法读取`,
    certificate: (name, from, to) => `${name}:证书有效期 ${from} 至 ${to}`,
    renew: '请在微信支付下载新证书并存入:redpack merchant put',
    wechatHint: '请检查网络、代理与 WECHATPAY_ORIGIN;使用模拟器时 WECHATPAY_CA 须为它的 CA',
    wrong: (n) => `有 ${n} 处需要处理。`,
    right: '一切正常。',
  },
}
