// English: what --help says.

export const help = {
  program: 'Send WeChat cash red packets through a redpack service, each of them at most once.',
  titles: {
    'Usage:': 'Usage:',
    'Arguments:': 'Arguments:',
    'Options:': 'Options:',
    'Global Options:': 'Global options:',
    'Commands:': 'Commands:',
  } as Record<string, string>,
  sections: {
    send: 'Send and look:',
    operate: 'Run the service (with AWS credentials):',
    try: 'Try things out:',
    defaults: 'For columns that the file lacks and cells that are empty:',
  },
  help: 'show help',
  helpCommand: 'show help for a command',
  helpArgument: '[command]',
  placeholders: { options: '[options]', command: '[command]' },
  required: '(required)',
  default: (value: string) => `default: ${value}`,
  endpoint: "the service's URL (REDPACK_ENDPOINT)",
  keyid: 'who calls (REDPACK_KEYID)',
  secret: "the caller's secret; better in REDPACK_SECRET or a file, where it is not seen in lists of processes",
  secretFile: 'file with the secret, - for standard input (REDPACK_SECRET_FILE)',
  json: 'print one JSON document; errors are JSON on standard error',
  lang: 'language of messages, zh or en; else that of the locale (LC_ALL, LC_MESSAGES, LANG)',
  after: `
Exit codes:
  0    done; of a send: sent
  1    something is wrong with the command, the file or the set-up; nothing was sent
  2    refused: WeChat said no, for good; no money moved
  3    unknown: it may have been sent. Ask again under the same key, never under another
  4    the service (or AWS, or WeChat) cannot be reached
  130  interrupted (Ctrl-C)

First steps, on this machine only:
  npm start                                 the service and a WeChat Pay simulator; prints what to export
  export REDPACK_ENDPOINT=… REDPACK_KEYID=… REDPACK_SECRET=…
  redpack doctor                            is everything right?
  redpack send --help                       one packet
  redpack batch --help                      many, from a CSV file`,

  send: 'send one red packet',
  idempotencyKey: 'what this send is known by: the same key never pays twice (default: a random one, which is printed)',
  sendAfter: `
Example:
  redpack send --re-openid onqOjjmM1tad-3ROpncN-yUfa6uI --official-account-id wxcbda96de0b165486 \\
    --total-amount 1.88 --send-name 天虹百货 --act-name 新年红包 --remark 新年红包 --wishing 恭喜发财 \\
    --idempotency-key order-20250128-0001`,

  letWechatDecide: 'send also what WeChat is known to refuse: a text too long in bytes, a scene_id that is missing',

  list: 'list what was sent, newest first',
  limit: 'how many, 1 to 1000 (default: 20)',
  offset: 'how many to pass over (default: 0)',
  all: 'all records',
  csv: 'as CSV',
  listAfter: `
Examples:
  redpack list --limit 50
  redpack list --all --csv > records.csv`,

  get: 'show one record',
  id: 'id of the record (24 hex digits)',
  getAfter: `
Example:
  redpack get 5c474dd8e2aa136e58867af3`,

  status: 'ask WeChat what became of a packet',
  idOrNumber: 'id of the record, or its mch_billno (RP…)',
  mchBillno: 'mch_billno of the packet',
  watch: 'ask again until nothing more will happen: RECEIVED, REFUND or FAILED',
  interval: 'with --watch: seconds between two questions',
  timeout: 'with --watch: give up after so many seconds',
  statusAfter: `
Exit code 0 where WeChat has the packet, 2 where it FAILED, 3 where WeChat cannot say yet.

Example:
  redpack status RP5c474dd8e2aa136e58867af3 --watch`,

  batch: 'send many red packets from a CSV file',
  batchFile: 'CSV in UTF-8 with a header row: one column a parameter, in any order',
  batchName: 'name of the batch (required): the same name never pays a row twice, another name pays anew',
  yes: 'do not ask',
  dryRun: 'check the file and stop',
  out: 'where the result goes (default: FILE.result.csv)',
  rate: 'most packets started in a second; WeChat allows a merchant 30',
  concurrency: 'packets on their way at once, at most',
  patience: 'give up after so many seconds without any answer',
  keepGoing: 'go on where WeChat refuses for a reason that will refuse every row (balance, daily limit, certificate …)',
  only: 'FILE is a result file: only its rows with this outcome; refused, rejected and not_sent may go under a new name',
  payAgain: 'pay rows again that were sent under another name',
  ignore: 'columns to pass over, with commas between them',
  batchAfter: `
Example of a file, people.csv:
  re_openid,total_amount,wishing
  onqOjjmM1tad-3ROpncN-yUfa6uI,1.88,恭喜发财
  onqOjjsXW5fdM1Xg8uuLRT4LQVKQ,6.66,新年快乐
and what sends it:
  redpack batch people.csv --name new-year-2025 --official-account-id wxcbda96de0b165486 \\
    --send-name 天虹百货 --act-name 新年红包 --remark 新年红包

How it works:
  The whole file is checked first; if one row is wrong, all that are wrong are listed and nothing is sent.
  After Ctrl-C, a crash or a lost network run the same command again: it sends what is missing and nothing twice.
  A row is its receiver: within one batch each receiver gets one packet. Rows may be added, moved and sorted.
  For two packets to one receiver add a column row_key with a different text in each of these rows (it may be empty elsewhere).
  A row that is edited after it was sent is not sent again; it is told as "changed".
  Rows that WeChat refused stay refused under this name. To try them again, give them a new one:
    redpack batch people.result.csv --only refused --name new-year-2025-again …
  FILE.result.csv.journal makes the next run quick; it can be deleted.

Outcomes in the result: sent, refused, unknown (may be sent; run again later), changed, rejected (by the service), not_sent.`,

  merchant: 'payment certificates: put, check',
  merchantAfter: '',
  miniappId: 'the mini app that pays',
  gatewayType: 'which of its merchants',
  prefix: 'secrets are PREFIX/callers and PREFIX/merchants/… (REDPACK_SECRET_PREFIX)',
  merchantPut: 'check a certificate and an API key, and store them in Secrets Manager',
  p12: 'apiclient_cert.p12 as downloaded from WeChat Pay',
  password: 'of the p12 (default: the merchant number)',
  cert: 'apiclient_cert.pem',
  key: 'apiclient_key.pem',
  mchId: 'merchant number (商户号)',
  apiKeyFile: 'file with the API v2 key (API密钥); else WECHATPAY_API_KEY; else it is asked for',
  clientIp: 'IPv4 address told to WeChat as client_ip (default: 127.0.0.1)',
  dailyLimit: 'most that this merchant sends on a day (Beijing time)',
  merchantPutAfter: `
Examples:
  redpack merchant put my-miniapp weixin_tenpay --p12 apiclient_cert.p12 --mch-id 1900000109
  redpack merchant put my-miniapp weixin_tenpay --cert apiclient_cert.pem --key apiclient_key.pem --api-key-file api_key.txt

Nothing is stored unless certificate and key belong together, the dates are right and the number is the certificate's.
Other gateway types of the mini app stay as they are. AWS is found as every AWS tool finds it (AWS_REGION, AWS_PROFILE …);
to store with local parts set AWS_ENDPOINT_URL_SECRETS_MANAGER.`,
  merchantCheck: 'ask WeChat whether certificate, API key, IP list and binding are right',
  appid: 'appid of the official account that sends',
  merchantCheckAfter: `
Asks for a number that does not exist; no money moves. WeChat sees the address of the machine that this runs on:
the IP list must hold the service's address, which is another one unless this runs beside the service.

Example:
  redpack merchant check my-miniapp weixin_tenpay --appid wxcbda96de0b165486`,

  caller: 'who may call: add, rotate, remove, list',
  callerAfter: `
Changing a secret without an interruption:
  redpack caller rotate shop-1             a second secret; both are good
  (give the new secret to the cloud function)
  redpack caller rotate shop-1 --finish    the old one is gone`,
  callerKeyid: 'name of the caller',
  callerAdd: 'add a caller and print its secret, once',
  callerRotate: 'give a caller a second secret, or with --finish take the older one away',
  finish: 'end the rotation: only the newest secret stays',
  callerRemove: 'remove a caller',
  callerList: 'list callers, without their secrets',

  doctor: 'check configuration, reachability, clock and certificates',
  doctorAfter: `
Certificates and Secrets Manager are looked at where --prefix or REDPACK_SECRET_PREFIX is set.
Exit code 1 where something is wrong.`,

  sign: 'print a signed request as a curl line',
  method: 'GET or POST',
  path: 'path with query, behind the endpoint',
  data: 'file with the JSON body of a POST, - for standard input',
  signAfter: `
Examples:
  redpack sign GET '/redpacks?limit=1'
  redpack sign POST /redpacks --data packet.json --key order-1 | sh
A signature is good for five minutes.`,

  simulator: 'run a WeChat Pay simulator, for this service or any other library',
  port: 'of WeChat Pay (HTTPS), 0 for any',
  controlPort: 'of its control (HTTP), 0 for any',
  folder: 'where its certificates are kept',
  simulatorAfter: `
Example:
  redpack simulator --port 8443`,
}
