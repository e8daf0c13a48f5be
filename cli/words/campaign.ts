// Words: redpack campaign.
import { both, type Pair } from './both.ts'

type Similar = Record<'name' | 'percent' | 'state' | 'at' | 'count' | 'amount', string>
type Progress = Record<'begun' | 'total' | 'percent' | 'state' | 'sent' | 'refused' | 'unknown', string>

const files = {
  notAFile: both(
    (file: string) =>
      `${file} is no file that can be read twice (a pipe, a device or a folder). Save the list as a file first. Nothing was sent`,
    (file) => `${file} 不是可以读两遍的文件（是管道、设备或文件夹）。请先存成文件。没有发送`,
  ),
  fileChanged: both(
    'The file was changed after it was checked: run the command again. Nothing was sent',
    '检查之后文件又被修改：请重新运行。没有发送',
  ),
  oldWorkbook: both(
    (file: string) => `${file} is a workbook of the old kind (.xls) or has a password: save it as .xlsx or as CSV`,
    (file) => `${file} 是旧格式（.xls）或带密码的工作簿：请另存为 .xlsx 或 CSV`,
  ),
  badWorkbook: both(
    (file: string, why: string) => `${file} is no workbook that can be read (${why}): save it as .xlsx or as CSV`,
    (file, why) => `无法读取工作簿 ${file}（${why}）：请另存为 .xlsx 或 CSV`,
  ),
  largeWorkbook: both(
    (file: string) => `${file} has more than 32 MB: save it as CSV`,
    (file) => `${file} 超过 32 MB：请另存为 CSV`,
  ),
  badEncoding: both(
    (file: string) => `${file} is text neither in UTF-8 nor in GB18030, or is damaged. Save it as "CSV UTF-8"`,
    (file) => `${file} 既不是 UTF-8 也不是 GB18030 文本，或已损坏。请另存为“CSV UTF-8”`,
  ),
  badCsv: both(
    (line: number, what: string) => `Not a CSV file, line ${line}: ${what}`,
    (line, what) => `不是合法的 CSV，第 ${line} 行：${what}`,
  ),
  empty: both(
    (file: string) => `${file} has no rows`,
    (file) => `${file} 中没有数据行`,
  ),
  cellCount: both(
    (there: number, wanted: number) => `${there} cells instead of ${wanted}; a text with a comma needs quotes`,
    (there, wanted) => `有 ${there} 个单元格，应为 ${wanted} 个；含逗号的文字需要加引号`,
  ),
  badMap: both(
    (text: string, names: string) =>
      `--map ${text}: must be column=parameter, for example 金额（元）=total_amount. Parameters: ${names}`,
    (text, names) => `--map ${text}：须为“列名=参数”，例如 金额（元）=total_amount。参数有：${names}`,
  ),
  absentColumns: both(
    (names: string) => `--map names columns that are not in the file: ${names}`,
    (names) => `--map 指定的列不在文件中：${names}`,
  ),
  columnsTwice: both(
    (names: string) => `Several columns mean the same: ${names}. Say which by --map column=parameter, or remove one`,
    (names) => `几列的含义相同：${names}。请用 --map 列名=参数 指明，或删去其一`,
  ),
  gatewayColumn: both(
    'A campaign has one merchant: remove the column gateway_type, and give --gateway-type',
    '一个活动只有一个商户：请删去 gateway_type 列，改用选项 --gateway-type',
  ),
  missingColumns: both(
    (names: string, there: string) =>
      `Missing columns: ${names}. Columns of the file: ${there}. Use --map column=parameter, or a flag that sets the same for all rows, for example --act-name`,
    (names, there) =>
      `缺少的列：${names}。文件中的列：${there}。请用 --map 列名=参数 指明，或用选项统一填写，例如 --act-name`,
  ),
  badRow: both(
    (line: number, what: string) => `line ${line}: ${what}`,
    (line, what) => `第 ${line} 行：${what}`,
  ),
  bad: both(
    (bad: number, rows: number) => `${bad} of ${rows} rows are wrong. Nothing was sent.`,
    (bad, rows) => `${rows} 行中有 ${bad} 行有误。一个红包也没有发。`,
  ),
  repeated: both(
    (openid: string, line: number) =>
      `re_openid "${openid}": same receiver as line ${line}. If everybody who stands there twice is to be paid twice: --allow-repeats`,
    (openid, line) =>
      `re_openid “${openid}”：与第 ${line} 行的接收人相同。确实要给重复出现的人各发一次，请加 --allow-repeats`,
  ),
  tooMany: both(
    (most: number) => `more than ${most} rows: split the list into several campaigns`,
    (most) => `超过 ${most} 行：请拆成几个活动`,
  ),
}

const question = {
  badName: both(
    'The name of a campaign is 1 to 64 characters: give --name',
    '活动名须为 1 至 64 个字符：请用 --name 指定',
  ),
  labels: {
    file: both('file', '文件'),
    campaign: both('campaign', '活动'),
    service: both('service', '服务地址'),
    miniapp: both('mini app', '小程序'),
    merchant: both('merchant', '商户号'),
    account: both('account', '公众号'),
    sender: both('sender', '发送者'),
    wishing: both('wishing', '祝福语'),
    count: both('packets', '个数'),
    sum: both('sum', '总金额'),
    smallest: both('smallest', '最小金额'),
    middle: both('middle', '中间金额'),
    largest: both('largest', '最大金额'),
    duration: both('duration', '预计用时'),
    unused: both('columns not used', '未使用的列'),
    created: both('created', '创建'),
    started: both('started', '开始'),
    allBegun: both('last row begun', '最后一行开始发送'),
    finished: both('finished', '结束'),
    similar: both('similar to', '名单相似的活动'),
  },
  csv: both(
    (encoding: string, delimiter: string) =>
      encoding === 'utf-8'
        ? `CSV, ${delimiter}`
        : `read as ${encoding.toUpperCase()}, ${delimiter}: look whether the texts are right`,
    (encoding, delimiter) =>
      encoding === 'utf-8' ? `CSV，${delimiter}` : `按 ${encoding.toUpperCase()} 读取，${delimiter}：请确认文字正确`,
  ),
  delimiters: {
    ',': both('commas', '逗号分隔'),
    ';': both('semicolons', '分号分隔'),
    '\t': both('tabs', '制表符分隔'),
  } as Record<string, Pair<string>>,
  workbook: both(
    (sheet: string, others: string) => `sheet "${sheet}"${others && `; not read: ${others}`}`,
    (sheet, others) => `工作表“${sheet}”${others && `；未读取：${others}`}`,
  ),
  notKnown: both('known once the draft is made', '创建草稿之后才知道'),
  amountAt: both(
    (amount: string, line: number) => `${amount} yuan (line ${line})`,
    (amount, line) => `${amount} 元（第 ${line} 行）`,
  ),
  takes: both(
    (rate: number, duration: string) => `${duration} at ${rate} a second`,
    (rate, duration) => `${duration}，每秒 ${rate} 个`,
  ),
  textOf: both(
    (text: string, rows: string) => `${text} (${rowsOf(rows)})`,
    (text, rows) => `${text}（${rows} 行）`,
  ),
  comma: both(', ', '、'),
  with: both(
    (text: string, more: string) => `${text} (${more})`,
    (text, more) => `${text}（${more}）`,
  ),
  moreTexts: both(
    (more: string) => ` and ${more} more`,
    (more) => ` 等，另有 ${more} 种`,
  ),
  scene: both(
    (rows: string, line: number) =>
      `${rowsOf(rows)} above 200 or below 1 yuan without a scene_id (first: line ${line}): WeChat refuses those`,
    (rows, line) => `有 ${rows} 行（第一处：第 ${line} 行）高于 200 元或低于 1 元而没有 scene_id：微信会拒绝`,
  ),
  bytes: both(
    (rows: string, line: number) =>
      `${rowsOf(rows)} with a text (first: line ${line}) that reaches WeChat's limit in bytes (send_name and act_name 32, wishing 128, remark 256): WeChat may refuse those`,
    (rows, line) =>
      `有 ${rows} 行（第一处：第 ${line} 行）有文字达到微信的字节上限（send_name、act_name 32，wishing 128，remark 256）：微信可能拒绝`,
  ),
  ask: both(
    (rows: string, amount: string) => `Send ${rows} red packets, ${amount} yuan in all?`,
    (rows, amount) => `发送 ${rows} 个红包，共 ${amount} 元？`,
  ),
  askTyped: both(
    (rows: string, amount: string) =>
      `${amount} yuan in ${rows} red packets. To send them, type the number of packets:`,
    (rows, amount) => `共 ${amount} 元，${rows} 个红包。确认发送请输入个数：`,
  ),
  declined: both(
    'Nothing was sent. The draft stays; the same command goes on with it, a corrected list needs another --name.',
    '没有发送。草稿仍保留：再次运行同一条命令可以继续；改过的名单请换一个 --name。',
  ),
  dryRun: both('Only checked; nothing was sent.', '仅检查，没有发送。'),
  uploading: both(
    (rows: string) => `All rows are right. Uploading ${rowsOf(rows)}; nothing is sent before you confirm.`,
    (rows) => `全部行检查通过。正在上传 ${rows} 行；确认之前不会发送。`,
  ),
  nameTaken: both(
    (name: string) =>
      `There is another campaign "${name}", with another list. A name is never free again: choose another --name. Nothing was sent`,
    (name) => `已有活动“${name}”，名单不同。用过的名字不能再用：请换一个 --name。没有发送`,
  ),
  otherRows: both(
    (name: string) =>
      `Under the draft "${name}" other rows were uploaded before: choose another --name. Nothing was sent`,
    (name) => `草稿“${name}”已上传过不同的内容：请换一个 --name。没有发送`,
  ),
  startedBefore: both(
    (name: string, at: string, command: string) =>
      `The campaign "${name}" was started${at && ` at ${at}`}. Nothing is sent again. To pay this list anew, choose another --name. All about it:\n    ${command}`,
    (name, at, command) =>
      `活动“${name}”已经开始过${at && `（${at}）`}，没有再次发送。要重新发放这份名单，请换一个 --name。查看该活动：\n    ${command}`,
  ),
  cancelledBefore: both(
    (name: string) => `The campaign "${name}" was cancelled, for good: choose another --name. Nothing was sent`,
    (name) => `活动“${name}”已取消，不能再用：请换一个 --name。没有发送`,
  ),
  similarList: both(
    'This list is similar to one that was sent in the last 30 days:',
    '这份名单与近 30 天发过的名单相似：',
  ),
  similar: both(
    (p: Similar) =>
      `"${p.name}" (${p.state}, created ${p.at}): ${p.percent} % of the smaller list are the same; it has paid ${p.count} packets, ${p.amount} yuan`,
    (p) =>
      `“${p.name}”（${p.state}，创建于 ${p.at}）：较短名单的 ${p.percent} % 相同；该活动已付 ${p.count} 个，${p.amount} 元`,
  ),
  askSimilar: both('Pay these people again?', '仍要再付给这些人？'),
  needsEvenIfSimilar: both(
    'Nothing was sent. If they are to be paid again, add --even-if-similar',
    '没有发送。确实要再付一次，请加上 --even-if-similar',
  ),
  endedBefore: both(
    'Ended. Nothing was sent. Run the same command again to go on.',
    '已结束，没有发送。再次运行同一条命令可以继续。',
  ),
  endedStarting: both(
    (command: string) => `Ended while the campaign was being started: it may be running. Look with:\n    ${command}`,
    (command) => `在开始活动的瞬间结束：活动可能已在发送。请查看：\n    ${command}`,
  ),
}

const watching = {
  progress: both(
    (p: Progress) =>
      `${p.begun}/${p.total} (${p.percent} %)  ${p.state}  sent ${p.sent}  refused ${p.refused}  unknown ${p.unknown}`,
    (p) => `${p.begun}/${p.total}（${p.percent} %）  ${p.state}  已发 ${p.sent}  被拒 ${p.refused}  未知 ${p.unknown}`,
  ),
  noLook: both(
    (why: string) => `Cannot look at the campaign (${why}); it goes on in the service. Trying again …`,
    (why) => `暂时无法查看活动（${why}）；活动仍在服务中继续。正在重试……`,
  ),
  left: both(
    (name: string, watch: string, pause: string) =>
      `You have left; the campaign "${name}" goes on in the service. To come back:\n    ${watch}\n  To pause it:\n    ${pause}`,
    (name, watch, pause) => `已离开；活动“${name}”在服务中继续。回来查看：\n    ${watch}\n  要暂停：\n    ${pause}`,
  ),
}

const summary = {
  states: {
    draft: both('draft', '草稿'),
    queued: both('queued', '排队中'),
    running: both('running', '发送中'),
    paused: both('paused', '已暂停'),
    stopped: both('stopped', '已停止'),
    settling: both('all rows begun', '已全部开始发送'),
    done: both('done', '已完成'),
    cancelled: both('cancelled', '已取消'),
  } as Record<string, Pair<string>>,
  headline: both(
    (name: string, state: string, rows: string, amount: string) =>
      `"${name}": ${state}; ${rowsOf(rows)}, ${amount} yuan`,
    (name, state, rows, amount) => `“${name}”：${state}；共 ${rows} 行，${amount} 元`,
  ),
  counted: {
    sent: both('sent', '已发出'),
    received: both('received', '已领取'),
    refunded: both('refunded', '已退款'),
    refused: both('refused, not paid', '被拒绝，没有付款'),
    unknown: both('unknown, perhaps paid', '结果未知，可能已付'),
    manual: both('unknown for 30 days: people have to look', '30 天仍未知，需人工核实'),
    waiting: both('not sent', '未发送'),
  },
  rowsAndYuan: both(
    (rows: string, amount: string) => `${rowsOf(rows)}, ${amount} yuan`,
    (rows, amount) => `${rows} 行，${amount} 元`,
  ),
  reason: both(
    (code: string, rows: string, amount: string, advice: string) =>
      `${code}: ${rowsOf(rows)}, ${amount} yuan. ${capital(advice)}`,
    (code, rows, amount, advice) => `${code}：${rows} 行，${amount} 元。${advice}`,
  ),
  otherReason: both('see err_code_des in the result', '原因见结果中的 err_code_des'),
  stopped: both(
    (code: string, advice: string, resume: string) =>
      `Stopped by ${code}: ${advice}. No row is lost; the one that met it is taken up again:\n    ${resume}`,
    (code, advice, resume) => `因 ${code} 停止：${advice}。没有丢失任何一行，遇到它的那一行会重新发送：\n    ${resume}`,
  ),
  held: both(
    (why: string, since: string) => `Waiting since ${since}: ${why}`,
    (why, since) => `自 ${since} 起等待：${why}`,
  ),
  holds: {
    stopped: both('the operators have stopped all sending (redpack stop)', '运维已停止发送（redpack stop）'),
    restored: both(
      'the table was restored: the operators have to release it (redpack release)',
      '数据表做过恢复：需运维放行（redpack release）',
    ),
    wechat_silent: both('WeChat does not answer', '微信没有应答'),
    store_unavailable: both('the service cannot reach its database', '服务暂时无法读写数据库'),
    secrets_unavailable: both('the service cannot read its secrets', '服务暂时无法读取密钥'),
    too_many_open: both('too many sends have no answer from WeChat yet', '等待微信应答的红包过多'),
    internal: both('the service failed; it tries again', '服务内部错误，会再试'),
  } as Record<string, Pair<string>>,
  asOf: both(
    (at: string) => `as of ${at}`,
    (at) => `截至 ${at}`,
  ),
  next: {
    retry: both(
      (command: string) => `Try the refused rows again:\n    ${command}`,
      (command) => `重试被拒绝的行：\n    ${command}`,
    ),
    resume: both(
      (command: string) => `Go on:\n    ${command}`,
      (command) => `继续：\n    ${command}`,
    ),
    watch: both(
      (command: string) => `Watch:\n    ${command}`,
      (command) => `查看进度：\n    ${command}`,
    ),
    settling: both(
      (command: string) =>
        `The service follows each packet until it is received or refunded (a day); look again later:\n    ${command}`,
      (command) => `服务会跟踪每个红包，直到领取或退款（约一天）；稍后查看：\n    ${command}`,
    ),
    result: both(
      (command: string) => `Every row with its result:\n    ${command}`,
      (command) => `每一行的结果：\n    ${command}`,
    ),
  },
}

const commands = {
  head: both(
    ['created (+08:00)', 'campaign', 'state', 'sent', 'yuan', 'id'],
    ['创建（北京时间）', '活动', '状态', '已发', '金额（元）', 'ID'],
  ),
  none: both(
    (total: number, offset: number) =>
      total === 0 ? 'There are no campaigns yet.' : `Offset ${offset} is past the end: there are ${total} campaigns`,
    (total, offset) => (total === 0 ? '还没有活动。' : `位置 ${offset} 超出末尾：共有 ${total} 个活动`),
  ),
  notFound: both(
    (which: string, all: string) => `There is no campaign with the name or id "${which}". All campaigns: ${all}`,
    (which, all) => `没有名字或 ID 为“${which}”的活动。全部活动：${all}`,
  ),
  namesKept: both(
    (rows: string, column: string) =>
      `${rows} names of the column ${column} are kept on this machine, readable by you alone, for redpack find (redpack mirror clear removes them)`,
    (rows, column) =>
      `“${column}”列的 ${rows} 个姓名存于本机，只有您能读取，供 redpack find 使用（redpack mirror clear 可删除）`,
  ),
  namesLost: both(
    (why: string) => `The names of the list could not be kept for redpack find: ${why}`,
    (why) => `未能保存名单中的姓名供 redpack find 使用：${why}`,
  ),
  askResume: both(
    (name: string) => `Go on sending the campaign ${name}?`,
    (name) => `继续发送活动 ${name}？`,
  ),
  notResumed: both('Nothing was resumed.', '没有继续。'),
  askRetry: both(
    (name: string, code: string | undefined) =>
      `Send the refused rows of the campaign ${name} again${code === undefined ? '' : ` (${code})`}?`,
    (name, code) => `重新发送活动 ${name} 中被拒绝的行${code === undefined ? '' : `（${code}）`}？`,
  ),
  askCancel: both(
    (name: string, rows: string) => `Cancel "${name}" for good? It then never sends the other ${rowsOf(rows)}.`,
    (name, rows) => `取消活动“${name}”？取消后不能恢复，其余 ${rows} 行不会再发。`,
  ),
  notCancelled: both('Not cancelled.', '没有取消。'),
  cancelled: both(
    'Cancelled: no more rows begin. Rows under way end within 30 seconds.',
    '已取消：不再开始新的行；已经在途的 30 秒内结束。',
  ),
  paused: both(
    'Paused: no more rows begin. Rows under way end within 30 seconds.',
    '已暂停：不再开始新的行；已经在途的 30 秒内结束。',
  ),
  resumed: both('The campaign goes on.', '活动继续。'),
  retried: both(
    (rows: string) =>
      `${rowsOf(rows, 'refused')} ${rows === '1' ? 'gets' : 'get'} a new attempt. The campaign goes on.`,
    (rows) => `${rows} 个被拒绝的行将重新发送。活动继续。`,
  ),
  notInState: both(
    (state: string) => `The campaign does not allow this: it is ${state}`,
    (state) => `活动当前的状态不允许此操作：${state}`,
  ),
  written: both(
    (rows: string, out: string) => `${rowsOf(rows)} written to ${out}`,
    (rows, out) => `${rows} 行已写入 ${out}`,
  ),
  receipt: { yes: both('received', '已领取'), no: both('not received', '未领取') },
  refunds: {
    RFUND_ING: both('on its way', '退款中'),
    REFUND: both('refunded', '已退款'),
  } as Record<string, Pair<string>>,
}

export const campaign = { ...files, ...question, ...watching, ...summary, ...commands }

function rowsOf(rows: string, which = ''): string {
  return `${rows}${which && ` ${which}`} ${rows === '1' ? 'row' : 'rows'}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
