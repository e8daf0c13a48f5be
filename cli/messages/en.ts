// English. The other tables have exactly these messages: their type is this one's.
import type { ProblemCode } from '../../client/src/index.ts'
import { help } from './en-help.ts'
import { operator } from './en-operator.ts'

export const en = {
  help,
  yuan: 'yuan',
  parameters: {
    type: 'kind of packet: normal for one receiver, fission for a group',
    re_openid: "receiver's openid under the official account (fission: the first receiver)",
    send_name: "sender's name as it is shown",
    official_account_id: 'appid of the official account',
    total_amount: 'amount in yuan, at most two decimals',
    act_name: 'name of the activity',
    remark: 'remark',
    wishing: 'wish shown on the packet',
    scene_id: 'scene, PRODUCT_1 to PRODUCT_8; WeChat wants it above 200 yuan and below 1 yuan a packet',
    risk_info: 'about the activity: k=v&k=v, URL-encoded once as a whole',
    gateway_type: 'which merchant pays',
    total_num: 'receivers: 1 for normal (the default), 3 to 20 for fission',
  },
  rules: {
    text: (length_max: number) => `must be 1 to ${length_max} characters, without control characters`,
    choice: (choices: string) => `must be one of ${choices}`,
    total_amount: 'must be an amount in yuan above 0 and up to 1000000, with at most two decimals',
    total_num: 'must be 1 for normal, 3 to 20 for fission',
  },
  limits: {
    bytes: (bytes: number, most: number) =>
      `${bytes} bytes in UTF-8; WeChat takes ${most} at most (about ${Math.floor(most / 3)} Chinese characters), or --let-wechat-decide`,
    scene:
      'missing: WeChat wants it above 200 yuan and below 1 yuan a packet, for example PRODUCT_2 (or --let-wechat-decide)',
    unseen: (characters: string) => `has invisible characters (${characters}); copy the openid again`,
    characters: (characters: string) => `has characters that no openid has: ${characters}`,
    openidLength: (length: number) => `${length} characters; an openid has 32 at most`,
    noOpenid: (text: string) => `"${text}" is what a program writes that has no openid`,
    doubtful: (fault: string) => `WeChat may refuse this: ${fault}`,
  },
  missing: 'missing',
  fault: (name: string, what: string) => `${name}: ${what}`,
  faults: (faults: readonly string[]) => `Wrong parameters, nothing was sent:\n  ${faults.join('\n  ')}`,

  problems: {
    body_too_large: 'The request is too large',
    certificate_missing: 'No payment certificate is configured for this gateway type',
    certificate_unusable: 'The payment certificate cannot be used',
    idempotency_key_malformed: 'The idempotency key is not 1 to 255 visible ASCII characters without comma',
    idempotency_key_missing: 'The idempotency key is missing',
    in_progress: 'The same key is being sent right now',
    internal: 'The service failed',
    invalid_parameters: 'Wrong parameters',
    key_reused: 'The idempotency key was used for other parameters: this packet was not sent',
    malformed_json: 'The body is not JSON',
    merchant_changed: 'The packet belongs to another merchant than the one configured now',
    not_a_cloud_function: 'The service does not know this caller: check keyid, secret and clock (redpack doctor)',
    not_found: 'There is no such record',
    secrets_unavailable: 'The service cannot read its secrets',
    store_unavailable: 'The service cannot reach its database',
    wrong_content_type: 'The body is not JSON by its content type',
  } satisfies Record<ProblemCode, string>,
  refusedByService: (status: number, why: string) => `The service says no (${status}): ${why}`,
  notTheService: (status: number) =>
    `An answer that is not a redpack service's (HTTP ${status}): check the endpoint, with its stage if it has one`,
  throttled:
    'Throttled (HTTP 429): too many requests at this moment. The endpoint is right; wait a little, or send more slowly',
  unreachable: (why: string) => `The service cannot be reached: ${why}`,
  noAnswer: (why: string) => `No answer (${why})`,
  inDoubt: (why: string) => `The result is not known: the packet may have been sent, or may still be sent. ${why}`,
  interrupted: 'Interrupted.',
  unexpected: (what: string) => `Unexpected: ${what}`,
  unfit: (what: string) => `This cannot be: ${what}`,
  notConfigured: (what: string) => `Not set: ${what}`,
  settings: {
    endpoint: 'The endpoint must be an http(s) URL without query, fragment or password',
    keyid: 'The keyid must be 1 to 128 ASCII characters without quotes and backslashes',
    secret: 'The secret must be base64',
  },
  oneSecret: 'One of --secret and --secret-file',
  oneStdin: 'Standard input can be read once: for the secret or for the data',
  unreadable: (file: string, why: string) => `${file} cannot be read: ${why}`,
  unwritable: (file: string, why: string) => `${file} cannot be written: ${why}`,
  needsYes: 'Nobody can be asked here: add --yes',
  badKey: 'A key is 1 to 255 visible ASCII characters without comma',
  isOpenid: (openid: string, list: string) =>
    `${openid} is an openid, which names a person and not a packet. This says nothing about whether the person was paid. The records of this person:\n    ${list}`,
  badId: 'An id is 24 hex digits; a packet can be asked for by its mch_billno with redpack status',
  badMiniappId: 'A mini app id is 1 to 64 letters, digits, dots, dashes and underscores',
  badGatewayType: (given: string, choices: string) => `${given} is no gateway type; there are ${choices}`,
  usage: {
    unknownOption: (name: string, _allowed: string) => `There is no option ${name}`,
    unknownCommand: (name: string, _allowed: string) => `There is no command ${name}`,
    missingArgument: (name: string, _allowed: string) => `<${name}> is missing`,
    optionMissingArgument: (name: string, _allowed: string) => `${name}: its value is missing`,
    missingMandatoryOptionValue: (name: string, _allowed: string) => `${name} is needed`,
    excessArguments: (_name: string, _allowed: string) =>
      'There is an argument too many; texts with spaces need quotes',
    invalidArgument: (name: string, allowed: string) => `${name}: must be ${allowed}`,
  },
  didYouMean: (name: string) => `. Did you mean ${name}?`,

  outcomes: { pending: 'pending', sent: 'sent', refused: 'refused', unknown: 'unknown', manual: 'manual' },
  statuses: {
    SENDING: 'WeChat is sending it',
    SENT: 'sent, not opened yet',
    FAILED: 'WeChat could not send it; no money moved',
    RECEIVED: 'opened',
    RFUND_ING: 'not opened in time, on its way back',
    REFUND: 'not opened in time, the money is back',
    NOT_FOUND: 'WeChat does not know the number; for twenty minutes after a send that says nothing',
  } as Record<string, string>,

  send: {
    sent: (amount: string) => `Sent: ${amount} yuan`,
    refused: (err_code: string, err_code_des: string) =>
      `WeChat refused it: ${err_code} ${err_code_des}. No money moved.`,
    sentBefore: (amount: string, at: string | undefined) =>
      `Paid before${at === undefined ? '' : `, at ${at}`}: ${amount} yuan; not paid again`,
    refusedBefore: (err_code: string, err_code_des: string, at: string | undefined) =>
      `Refused before${at === undefined ? '' : `, at ${at}`}: ${err_code} ${err_code_des}. No money moved. WeChat was not asked again: a refusal is final for its key.`,
    unknown: (err_code: string, err_code_des: string) =>
      `Unknown: ${err_code} ${err_code_des}\n  It may have been sent. Do not send it again under another key.`,
    under: (key: string) => `Sending with idempotency_key ${key}`,
    key: (key: string) => `idempotency_key ${key}`,
    again: (key: string, command: string) =>
      `Send again with --idempotency-key ${key}, never with another key. It is not paid twice:\n    ${command}`,
    retry: (key: string, command: string) =>
      `This request sent nothing. To try again, keep the key ${key}:\n    ${command}`,
    interrupted: 'Interrupted. The result is not known: the packet may have been sent, or may still be sent.',
    next: (status: string, again: string) =>
      `  Ask for its status:\n    ${status}\n  Go on with this packet; it is not paid twice:\n    ${again}`,
  },
  list: {
    head: ['created_at', 'outcome', 'status', 'yuan', 're_openid', 'act_name', 'id'],
    none: (total: number) =>
      total === 0 ? 'Nothing has been sent yet.' : `There are ${total} records, and none so far down.`,
    shown: (from: number, to: number, total: number) => `${from} to ${to} of ${total}`,
    allAlone: '--all shows everything: it goes with neither --limit nor --offset',
    csvOrJson: 'One of --csv and --json',
  },
  status: {
    exactlyOne: 'One packet: its id, or its mch_billno',
    refused: (why: string) => `refused, not paid: ${why}`,
  },
  sign: {
    method: 'The method is GET or POST',
    path: 'The path begins with a slash',
    data: 'A POST needs --data, a GET has none',
    notText: 'What came by standard input is not UTF-8 text; put it into a file',
    valid: '# good for five minutes',
  },
  batch: {
    noName: (file: string) =>
      `Give the batch a name, for example: redpack batch ${file} --name new-year-2025\n  The same name never pays a row twice. Another name pays anew.`,
    badName: 'The name of a batch is 1 to 64 characters',
    outIsFile: 'The result would overwrite the file: choose another --out',
    unknownColumns: (names: string) => `Unknown columns: ${names}. Check the spelling, or pass over them with --ignore`,
    columnsTwice: (names: string) => `Columns that stand there twice: ${names}`,
    missingColumns: (names: string) =>
      `Missing columns: ${names}. A flag can give all rows the same, for example --act-name`,
    isResult:
      'This is a result file. To send what is missing, run the command of the batch again, with its own file and name. To try again what was refused: --only refused and a new --name (also for --only rejected and not_sent; rows with another outcome may have been paid and never get a new name)',
    onlyOwnName: (only: string) =>
      `Rows with the outcome ${only} may have been paid: they are sent under the name of their own batch only. Run the command of that batch again. Only refused, rejected and not_sent rows may go under a new name`,
    otherKeys: (lines: string) =>
      `The key of these rows is not the one in the column idempotency_key, so they would be paid again: line ${lines}. A spreadsheet has changed the file (00123 becomes 123, 3-4 becomes 4-Mar), or it is the file of another batch. Use the file as redpack wrote it. Nothing was sent`,
    otherBatch: (path: string, name: string | undefined, rows: number | undefined, own: string) =>
      `${path} belongs to another batch${name === undefined ? '' : `, "${name}"`}${rows === undefined ? '' : `, and ${rows} of these rows were paid by it, or may have been`}. Under the name "${own}" they would be paid again. To send what is missing, use the name of that batch. If everybody in the file is to be paid again: --pay-again. Nothing was sent`,
    taken: (path: string) =>
      `${path} is not this batch's, and would be overwritten: choose another --out. Nothing was sent`,
    isNoResult: '--only takes a result file, and this one has no column outcome',
    empty: 'The file has no rows',
    badCsv: (line: number, what: string) => `Not a CSV file, line ${line}: ${what}`,
    notUtf8: 'The file is not UTF-8 text. In a spreadsheet save it as "CSV UTF-8"',
    cellCount: (there: number, wanted: number) =>
      `${there} cells instead of ${wanted}; a text with a comma needs quotes`,
    twice: (line: number) =>
      `the receiver (or row_key) of line ${line} again; if both are meant, fill in the column row_key, different in each`,
    tooMany: (most: number) => `more than ${most} rows: split the file into several batches`,
    badRow: (line: number, what: string) => `line ${line}: ${what}`,
    bad: (bad: number, rows: number) => `${bad} of ${rows} rows are wrong. Nothing was sent.`,
    checked: (file: string, rows: string, amount: string) => `${file}: ${rows} rows, ${amount} yuan, all of them right`,
    named: (name: string, endpoint: string) => `Batch "${name}" by ${endpoint}`,
    done: (rows: string, amount: string) => `Done by an earlier run: ${rows} rows, ${amount} yuan`,
    scene: (rows: string, line: number) =>
      `${rows} rows (first: line ${line}) are above 200 or below 1 yuan and have no scene_id: WeChat refuses those`,
    bytes: (rows: string, line: number) =>
      `${rows} rows (first: line ${line}) have a text that reaches WeChat's limit in bytes (send_name and act_name 32, wishing 128, remark 256): WeChat may refuse those`,
    ask: (rows: string, amount: string) => `Send ${rows} red packets, ${amount} yuan in all?`,
    declined: 'Nothing was sent.',
    dryRun: 'Only checked; nothing was sent.',
    fileChanged: 'The file was changed after it was checked; run the command again',
    progress: (
      p: Record<'done' | 'total' | 'rate' | 'left', string> & Record<'sent' | 'refused' | 'unknown', number>,
    ) =>
      `${p.done}/${p.total}  ${p.rate}/s  sent ${p.sent}  refused ${p.refused}  unknown ${p.unknown}${p.left && `  ${p.left} left`}`,
    stopping: 'Stopping: waiting for the packets on their way (Ctrl-C again: end at once)',
    ended: 'Ended at once. Run the same command again: it sends what is missing and nothing twice.',
    interrupted: 'Interrupted.',
    merchantsOwn: (err_code: string, err_code_des: string) =>
      `Stopped: WeChat refuses with ${err_code} ${err_code_des}, which would refuse every row. Put that right and run the same command again (--keep-going goes on all the same)`,
    tooFast: (err_code: string, err_code_des: string) =>
      `Stopped: ${err_code} ${err_code_des}. Something else sends with this merchant, too. Run the same command again with a lower --rate`,
    impatient: (why: string, seconds: number) => `Given up: no answer for ${seconds} s (${why})`,
    throttled: (seconds: number) =>
      `Stopped: throttled (HTTP 429) for ${seconds} s. The endpoint is right, but more requests reach it than it lets through. Run the same command again later, or with a lower --rate`,
    sent: (sent: string, rows: string, amount: string) => `Sent: ${sent} of ${rows} rows, ${amount} yuan`,
    refused: (rows: string, out: string) =>
      `  refused: ${rows}. WeChat said no and no money moved. To try them again under a new name:\n    redpack batch ${out} --only refused --name …`,
    rejected: (rows: string) => `  rejected by the service: ${rows}. Not sent; the result says why`,
    changed: (rows: string) =>
      `  changed: ${rows}. Sent before under this name with other parameters; not sent again. Another packet needs another row_key`,
    unknown: (rows: string) =>
      `  unknown: ${rows}. They may have been sent. The service finds out by itself: run the same command again in half an hour`,
    notSent: (rows: string) =>
      `  not sent: ${rows}. Run the same command again: it sends what is missing and nothing twice`,
    result: (out: string) => `  result: ${out}`,
  },
  ...operator,
}
