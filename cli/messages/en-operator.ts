// English: what the commands for whoever runs the service say, and the simulator.

export const operator = {
  aws: {
    malformed: (name: string) => `The secret ${name} does not hold what it should; it was left as it is`,
    credentials: (why: string) => `AWS credentials are missing or not accepted: ${why}`,
    region: 'No AWS region: set AWS_REGION',
    denied: (why: string) => `AWS does not allow it: ${why}`,
    unreachable: (why: string) => `Secrets Manager cannot be reached: ${why}`,
    other: (what: string) => `Secrets Manager says no: ${what}`,
  },
  merchant: {
    p12OrPem: 'Either --p12, or --cert and --key',
    needsNumber: 'The password of a p12 is the merchant number: give --mch-id, or --password',
    notP12: 'This is not a p12 file (or not a whole one)',
    p12Incomplete: 'The p12 holds no certificate with an RSA key',
    wrongPassword: 'The password of the p12 is wrong; WeChat sets it to the merchant number',
    badCertificate: 'The certificate is not a PEM file with a certificate',
    badKey: 'The key is not a PEM file with a private key (without a password)',
    keyMismatch: 'Certificate and key do not belong together: the key is of another certificate',
    expired: (day: string) => `The certificate expired on ${day}; download a new one from WeChat Pay`,
    notYet: (day: string) => `The certificate is not valid before ${day}; is the clock of this machine right?`,
    soon: (day: string) => `The certificate ends on ${day}: renew it soon. Old and new are both good for 14 days.`,
    noNumber: "The certificate carries no merchant number: this is not a merchant's certificate of WeChat Pay",
    otherMerchant: (there: string, wanted: string) => `The certificate is of merchant ${there}, not of ${wanted}`,
    badApiKey: (length: number) =>
      `The API key must be 32 letters and digits (it is ${length} characters, or has others)`,
    needsApiKey: (variable: string) => `The API key is missing: --api-key-file, or ${variable}`,
    askApiKey: 'API v2 key (API密钥)',
    badIp: '--client-ip must be an IPv4 address',
    badLimit: '--daily-limit-yuan must be an amount in yuan with at most two decimals',
    stored: (gateway_type: string, mch_id: string, name: string, day: string) =>
      `Stored: ${gateway_type}, merchant ${mch_id}, certificate until ${day}, in ${name}`,
    next: (miniapp_id: string, gateway_type: string) =>
      `The service uses it within five minutes. Try it: redpack merchant check ${miniapp_id} ${gateway_type} --appid wx…`,
  },
  check: {
    parts: {
      certificate: 'certificate',
      api_key: 'API key',
      ip_list: 'IP list',
      binding: 'appid and merchant belong together',
    },
    asked: (origin: string, mch_id: string, answer: string) => `${origin} answered merchant ${mch_id}: ${answer}`,
    texts: {
      right: 'All right: WeChat read the request and says that there is no such order, as it should.',
      certificate:
        'WeChat does not take the certificate for this merchant: download it again (商户平台, 账户中心, API安全) and store it with merchant put.',
      html: 'WeChat’s front refuses the certificate (HTTP 400): it has expired, been replaced, or is none of WeChat’s. Download the right one and store it.',
      sign: 'The API key is wrong: WeChat computes another signature. Store the API v2 key (API密钥, not APIv3) again.',
      ip: 'This address is not on the merchant’s IP list: add it (商户平台, 产品中心, 现金红包, 产品设置).',
      auth: 'The merchant may not do this: check that 现金红包 is opened for it.',
      binding: 'This appid is not bound to the merchant: bind it (商户平台, 产品中心, AppID账号管理).',
      parameters: 'WeChat does not take the request; its own words are above.',
      busy: 'WeChat is busy. Try again in a minute.',
      other: 'An answer that says nothing about the set-up; WeChat’s own words are above.',
      proxy: 'This is not WeChat’s answer: something stands between (a proxy, or WECHATPAY_ORIGIN is another server).',
      tls: 'No secure connection: the server’s certificate is not trusted. For a simulator set WECHATPAY_CA to its CA.',
      unreachable: 'WeChat cannot be reached from here: check network and WECHATPAY_ORIGIN.',
    },
  },
  caller: {
    badKeyid: 'A keyid is 1 to 64 letters, digits and _ . : @ -',
    exists: (keyid: string) =>
      `There is a caller ${keyid} already; a new secret for it: redpack caller rotate ${keyid}`,
    unknown: (keyid: string) => `There is no caller ${keyid}`,
    added: (keyid: string, miniapp_id: string) => `${keyid} may now call for ${miniapp_id}:`,
    rotated: (keyid: string) =>
      `${keyid} has a second secret; the first one is good until redpack caller rotate ${keyid} --finish:`,
    unfinished: (keyid: string) => `${keyid} has two secrets already: end that rotation first (--finish)`,
    nothingToFinish: (keyid: string) => `${keyid} has one secret: there is no rotation to end`,
    finished: (keyid: string) =>
      `${keyid} has only its newest secret now; the service forgets the old one within five minutes.`,
    sure: (keyid: string) => `Remove ${keyid}? Whoever calls with it is turned away.`,
    declined: 'Nothing was removed.',
    removed: (keyid: string) => `${keyid} is removed; the service forgets it within five minutes.`,
    none: 'There are no callers yet.',
    rotating: 'two secrets: rotation not finished',
    once: 'The secret is shown this once. The service knows it within five minutes.',
  },
  simulator: {
    portTaken: (port: number) =>
      `Port ${port} is taken: stop what listens there, or choose another (--port, --control-port)`,
    ready: (
      s: Record<'origin' | 'control_origin' | 'mch_id' | 'api_key' | 'folder', string> & {
        files: { [name: string]: string }
      },
    ) => `
WeChat Pay simulator, on this machine only; Ctrl-C stops it.

  WeChat Pay   ${s.origin}    /mmpaymkttransfers/sendredpack, sendgroupredpack, gethbinfo
  control      ${s.control_origin}     GET /ledger /calls · POST /faults /clock /receive /balance /reset

The merchant, made up, in ${s.folder}:

  mch_id       ${s.mch_id}
  api_key      ${s.api_key}    (API v2)
  certificate  apiclient_cert.pem and apiclient_key.pem, or apiclient_cert.p12 (password ${s.mch_id})
  server's CA  ca.pem

With any library: its base URL is ${s.origin}; any appid is bound to the merchant; and it must trust the CA:

  Node     NODE_EXTRA_CA_CERTS=${s.files.ca}
  Python   REQUESTS_CA_BUNDLE=${s.files.ca}
  PHP, Go  SSL_CERT_FILE=${s.files.ca}

Make the next send fail after its debit, and see what was paid:

  curl --json '{"kind":"reset_after"}' ${s.control_origin}/faults
  curl ${s.control_origin}/ledger
`,
    stopped: 'Stopped.',
  },
  doctor: {
    configure: 'export REDPACK_ENDPOINT, REDPACK_KEYID and REDPACK_SECRET; npm start prints them for this machine',
    configured: (endpoint: string, keyid: string) => `Configured: ${keyid} at ${endpoint}`,
    reached: (origin: string) => `${origin} answers`,
    notReached: (origin: string, why: string) => `${origin} cannot be reached: ${why}`,
    reach: (endpoint: string) => `does the service run, and is ${endpoint} its URL? For this machine: npm start`,
    accepted: (keyid: string, total: number) => `The service knows ${keyid} (${total} records)`,
    refused: (keyid: string) => `The service does not take the signature of ${keyid} (415)`,
    refusedHint:
      'keyid, secret and clock must be right; the operator sees the reason in the log (caller_refused) and the callers with redpack caller list',
    serviceSide: "the service's operator has to look: its log has the request id",
    otherServer: 'this does not look like a redpack service: check the endpoint, with its stage if it has one',
    clock: (skew_s: number) =>
      skew_s === 0
        ? 'The clock agrees with the service'
        : `The clock is ${Math.abs(skew_s)} s ${skew_s > 0 ? 'ahead of' : 'behind'} the service`,
    setClock: 'set the clock (NTP): a signature may be 300 s off, at most',
    noPrefix: (variable: string) => `Secrets and certificates: not looked at (${variable} is not set)`,
    secrets: (prefix: string, callers: number) => `Secrets Manager answers; ${prefix}/callers has ${callers} caller(s)`,
    addCaller: 'redpack caller add KEYID MINIAPP_ID',
    secretsHint: 'check AWS_REGION, the credentials and their rights on the secrets',
    noMerchant: (miniapp_id: string) => `${miniapp_id} has no payment certificate`,
    putMerchant: 'redpack merchant put',
    badCertificate: (name: string) => `${name}: the certificate cannot be read`,
    certificate: (name: string, from: string, to: string) => `${name}: certificate valid from ${from} to ${to}`,
    renew: 'download a new certificate from WeChat Pay and store it: redpack merchant put',
    wechatHint: 'check network, proxy and WECHATPAY_ORIGIN; for a simulator WECHATPAY_CA must name its CA',
    wrong: (n: number) => `${n} thing(s) to put right.`,
    right: 'Everything is right.',
  },
}
