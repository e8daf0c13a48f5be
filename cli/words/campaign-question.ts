// Words: the question before a campaign starts.
import { both, type Pair, rowsOf } from './both.ts'

type Similar = Record<'name' | 'percent' | 'state' | 'at' | 'count' | 'amount', string>

export const campaignQuestion = {
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
