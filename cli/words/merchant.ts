// Words: redpack merchant.
import { both } from './both.ts'

export const merchant = {
  p12OrPem: both('Give either --p12, or --cert and --key', '要么给 --p12，要么给 --cert 与 --key'),
  needsNumber: both(
    'The password of a p12 is the merchant number: give --mch-id, or --password',
    'p12 的密码就是商户号：请给 --mch-id 或 --password',
  ),
  notP12: both('This is not a p12 file, or it is incomplete', '这不是 p12 文件（或不完整）'),
  p12Incomplete: both('The p12 contains no certificate with an RSA key', 'p12 里没有带 RSA 私钥的证书'),
  wrongPassword: both(
    'The password of the p12 is wrong; WeChat sets it to the merchant number',
    'p12 的密码不对；微信以商户号作为密码',
  ),
  badCertificate: both('The certificate is not a PEM file with a certificate', '证书不是含有证书的 PEM 文件'),
  badKey: both(
    'The key is not a PEM file with a private key (without a password)',
    '私钥不是（没有密码的）PEM 私钥文件',
  ),
  keyMismatch: both(
    'Certificate and key do not match: the key belongs to another certificate',
    '证书与私钥不配对：私钥属于另一张证书',
  ),
  expired: both(
    (day: string) => `The certificate expired on ${day}; download a new one from WeChat Pay`,
    (day) => `证书已于 ${day} 过期；请在微信支付下载新证书`,
  ),
  notYet: both(
    (day: string) => `The certificate is not valid before ${day}; is the clock of this machine correct?`,
    (day) => `证书要到 ${day} 才生效；本机时钟对吗？`,
  ),
  soon: both(
    (day: string) =>
      `The certificate expires on ${day}: renew it soon. After that, the old and the new one are both valid for 14 days.`,
    (day) => `证书将于 ${day} 到期，请尽快更换。更换后新旧证书 14 天内都有效。`,
  ),
  noNumber: both(
    'The certificate contains no merchant number: this is not a merchant certificate of WeChat Pay',
    '证书里没有商户号：这不是微信支付的商户证书',
  ),
  otherMerchant: both(
    (there: string, wanted: string) => `The certificate belongs to merchant ${there}, not to ${wanted}`,
    (there, wanted) => `证书属于商户 ${there}，不是 ${wanted}`,
  ),
  badApiKey: both(
    (length: number) =>
      `The API key must be 32 letters and digits (it has ${length} characters, or contains other characters)`,
    (length) => `API 密钥须为 32 个字母或数字（现在是 ${length} 个字符，或含有其他字符）`,
  ),
  needsApiKey: both(
    (variable: string) => `The API key is missing: give --api-key-file, or set ${variable}`,
    (variable) => `缺少 API 密钥：--api-key-file，或 ${variable}`,
  ),
  askApiKey: both('API v2 key (API密钥)', 'APIv2 密钥'),
  badIp: both('--client-ip must be an IPv4 address', '--client-ip 须为 IPv4 地址'),
  badLimit: both(
    '--daily-limit-yuan must be an amount in yuan with at most two decimals',
    '--daily-limit-yuan 须为最多两位小数的金额，单位元',
  ),
  kept: both(
    (names: string) => `Kept from the entry that stood there: ${names}`,
    (names) => `沿用原有条目的设置：${names}`,
  ),
  stored: both(
    (gateway_type: string, mch_id: string, name: string, day: string) =>
      `Stored: ${gateway_type}, merchant ${mch_id}, certificate until ${day}, in ${name}`,
    (gateway_type, mch_id, name, day) => `已存入 ${name}：${gateway_type}，商户号 ${mch_id}，证书有效期至 ${day}`,
  ),
  next: both(
    (miniapp_id: string, gateway_type: string) =>
      `The service uses it within five minutes. Try it: redpack merchant check ${miniapp_id} ${gateway_type} --appid wx…`,
    (miniapp_id, gateway_type) =>
      `服务五分钟内会用上它。检查一下：redpack merchant check ${miniapp_id} ${gateway_type} --appid wx…`,
  ),
  keyEncrypted: both(
    'The key is protected with a password. Remove the password first: openssl pkey -in FILE -out NEW_FILE',
    '私钥有密码保护。请先去掉密码：openssl pkey -in 文件 -out 新文件',
  ),
  refusedByTls: both(
    'Certificate and key match, but TLS refuses them: the key is too short, or its type is not supported',
    '证书与私钥配对，但 TLS 不接受：密钥过短，或类型不被支持',
  ),
  onePassword: both('Give either --password or --password-file', '--password 与 --password-file 只能给一个'),
  passwordFile: both(
    'file with the password of the p12; each file can be -, which is standard input',
    '存有 p12 密码的文件；各个文件都可以写 -，即标准输入',
  ),
}

export const check = {
  parts: {
    certificate: both('certificate', '证书'),
    api_key: both('API key', 'API 密钥'),
    ip_list: both('IP list', 'IP 名单'),
    binding: both('appid and merchant are bound', 'appid 与商户号的绑定'),
  },
  asked: both(
    (origin: string, mch_id: string, answer: string) => `${origin} answered merchant ${mch_id}: ${answer}`,
    (origin, mch_id, answer) => `${origin} 对商户 ${mch_id} 的应答：${answer}`,
  ),
  texts: {
    right: both(
      'Everything works: WeChat accepted the request and answered, as expected, that there is no such order.',
      '一切正常：微信接受了请求，并按预期应答：没有这个订单。',
    ),
    certificate: both(
      'WeChat does not accept the certificate for this merchant: download it again (商户平台 > 账户中心 > API安全) and store it with merchant put.',
      '微信不接受该商户的这张证书：请重新下载（商户平台 → 账户中心 → API安全），再用 merchant put 存入。',
    ),
    html: both(
      'WeChat’s front server rejects the certificate (HTTP 400): it has expired, was replaced, or was not issued by WeChat. Download the correct one and store it.',
      '微信前端拒绝了证书（HTTP 400）：证书已过期、已被更换，或不是微信的证书。请重新下载并存入。',
    ),
    sign: both(
      'The API key is wrong: WeChat computes another signature. Store the API v2 key (API密钥), not the APIv3 key, again.',
      'API 密钥不对：微信算出的签名不同。请重新存入 APIv2 密钥（不是 APIv3 密钥）。',
    ),
    ip: both(
      'This address is not on the merchant’s IP list: add it (商户平台 > 产品中心 > 现金红包 > 产品设置).',
      '本机地址不在商户的 IP 名单里：请添加（商户平台 → 产品中心 → 现金红包 → 产品设置）。',
    ),
    auth: both(
      'The merchant has no permission: check that 现金红包 is activated for it.',
      '该商户没有权限：请确认已开通现金红包。',
    ),
    binding: both(
      'This appid is not bound to the merchant: bind it (商户平台 > 产品中心 > AppID账号管理).',
      '这个 appid 没有绑定该商户：请绑定（商户平台 → 产品中心 → AppID账号管理）。',
    ),
    parameters: both(
      'WeChat does not accept the request; its message is above.',
      '微信不接受这个请求；微信的说明见上。',
    ),
    busy: both('WeChat is busy. Try again in a minute.', '微信繁忙，请一分钟后再试。'),
    other: both(
      'This answer does not show whether the set-up is correct; WeChat’s message is above.',
      '从这个应答看不出配置是否正确；微信的说明见上。',
    ),
    proxy: both(
      'This is not WeChat’s answer: a proxy answered, or WECHATPAY_ORIGIN is another server.',
      '这不是微信的应答：应答来自代理，或 WECHATPAY_ORIGIN 指向了别的服务器。',
    ),
    tls: both(
      'No secure connection: the server’s certificate is not trusted. For a simulator, set WECHATPAY_CA to its CA file.',
      '无法建立安全连接：服务器证书不受信任。使用模拟器时请把 WECHATPAY_CA 设为它的 CA。',
    ),
    unreachable: both(
      'WeChat cannot be reached from here: check network and WECHATPAY_ORIGIN.',
      '从本机无法连接微信：请检查网络与 WECHATPAY_ORIGIN。',
    ),
  },
}

export const merchantHelp = {
  merchant: both('payment certificates: put, check', '支付证书：put 存入、check 检查'),
  merchantAfter: both('', ''),
  miniappId: both('id of the mini app that pays', '付款的小程序 ID'),
  gatewayType: both('gateway type: which of its merchants', '商户类型'),
  prefix: both(
    'secrets are PREFIX/callers and PREFIX/merchants/… (REDPACK_SECRET_PREFIX)',
    '密钥名为 PREFIX/callers 与 PREFIX/merchants/…（REDPACK_SECRET_PREFIX）',
  ),
  merchantPut: both(
    'check a certificate and an API key, and store them in Secrets Manager',
    '检查证书与 API 密钥，并存入 Secrets Manager',
  ),
  p12: both('apiclient_cert.p12 as downloaded from WeChat Pay', '从微信支付下载的 apiclient_cert.p12'),
  password: both('password of the p12 (default: the merchant number)', 'p12 的密码（默认为商户号）'),
  cert: both('apiclient_cert.pem', 'apiclient_cert.pem'),
  key: both('apiclient_key.pem', 'apiclient_key.pem'),
  mchId: both('merchant number (商户号)', '商户号'),
  apiKeyFile: both(
    'file with the API v2 key (API密钥); otherwise WECHATPAY_API_KEY; otherwise you are asked',
    '存有 APIv2 密钥的文件；否则取 WECHATPAY_API_KEY；再否则会询问',
  ),
  clientIp: both(
    'IPv4 address that is sent to WeChat as client_ip (default: 127.0.0.1)',
    '作为 client_ip 传给微信的 IPv4 地址（默认 127.0.0.1）',
  ),
  dailyLimit: both(
    'maximum that this merchant sends per day, in yuan (Beijing time)',
    '该商户每天（北京时间）最多发送的金额',
  ),
  merchantPutAfter: both(
    `
Examples:
  redpack merchant put my-miniapp weixin_tenpay --p12 apiclient_cert.p12 --mch-id 1900000109
  redpack merchant put my-miniapp weixin_tenpay --cert apiclient_cert.pem --key apiclient_key.pem --api-key-file api_key.txt

Nothing is stored unless certificate and key match, the certificate is valid now, and the merchant number is the certificate's.
Other gateway types of the mini app are not changed. The settings for AWS are those of every AWS tool (AWS_REGION, AWS_PROFILE …);
to store on this machine set AWS_ENDPOINT_URL_SECRETS_MANAGER.`,
    `
示例：
  redpack merchant put my-miniapp weixin_tenpay --p12 apiclient_cert.p12 --mch-id 1900000109
  redpack merchant put my-miniapp weixin_tenpay --cert apiclient_cert.pem --key apiclient_key.pem --api-key-file api_key.txt

证书与私钥必须配对、在有效期内、商户号与证书一致，否则不会存入。该小程序的其他商户类型保持不变。
AWS 的设置与其他 AWS 工具相同（AWS_REGION、AWS_PROFILE 等）；要存到本机的替代服务，请设置 AWS_ENDPOINT_URL_SECRETS_MANAGER。`,
  ),
  merchantCheck: both(
    'ask WeChat whether certificate, API key, IP list and binding are correct',
    '向微信查询，检查证书、API 密钥、IP 名单与绑定关系',
  ),
  appid: both('appid of the official account that sends', '发红包的公众号 appid'),
  merchantCheckAfter: both(
    `
Queries an order number that does not exist; no money moves. WeChat sees the address of this machine.
The IP list must contain the address of the service, which is usually a different one.

Example:
  redpack merchant check my-miniapp weixin_tenpay --appid wxcbda96de0b165486`,
    `
查询一个不存在的单号，不会动用资金。微信看到的是运行本命令的机器的地址：
IP 名单里应当有服务所在机器的地址，两者可能不同。

示例：
  redpack merchant check my-miniapp weixin_tenpay --appid wxcbda96de0b165486`,
  ),
}
