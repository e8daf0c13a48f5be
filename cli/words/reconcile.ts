// Words: redpack reconcile.
import { both } from './both.ts'

export const reconcile = {
  dayOrFile: both(
    'Name the days of the bill (--day 2026-11-24), or its files (--file)',
    '请给出账单日期（--day 2026-11-24），或账单文件（--file）',
  ),
  fromToo: both('--to needs --from', '--to 须与 --from 同用'),
  oneKind: both(
    'Fund bills and exports of red packet records cannot be compared in one run',
    '资金账单与红包记录导出文件不能在一次运行中核对',
  ),
  noDays: both(
    'The file does not say which days it covers: what stands in the records alone is not looked for. Give --from and --to',
    '文件没有说明覆盖哪些日期，因此不检查只在记录中的红包。请加上 --from 与 --to',
  ),
  nameThem: both(
    (flags: readonly string[]) => `The records do not say it: give ${flags.join(' and ')}`,
    (flags) => `记录中看不出来：请给出 ${flags.join('、')}`,
  ),
  tooManyDays: both(
    (most: number) => `At most ${most} days at once`,
    (most) => `一次最多 ${most} 天`,
  ),
  tooLarge: both(
    (file: string) => `${file} has more than 128 MB`,
    (file) => `${file} 超过 128 MB`,
  ),
  fetching: both(
    (day: string, account: string) => `Fetching the fund bill of ${day}, account ${account}`,
    (day, account) => `正在下载 ${day} 的资金账单，账户 ${account}`,
  ),
  notFetched: both(
    (day: string, account: string, why: string) => `The fund bill of ${day} (${account}) could not be fetched: ${why}`,
    (day, account, why) => `无法下载 ${day} 的资金账单（${account}）：${why}`,
  ),
  refused: both(
    (day: string, account: string, why: string) => `WeChat refuses the fund bill of ${day} (${account}): ${why}`,
    (day, account, why) => `微信拒绝提供 ${day} 的资金账单（${account}）：${why}`,
  ),
  notReady: both(
    (day: string) =>
      `There is no fund bill of ${day} yet. WeChat makes it by 9:00 of the next day, Beijing time; try after 10:00`,
    (day) => `${day} 的资金账单尚未生成。微信在次日 9:00（北京时间）前生成，请在 10:00 之后再试`,
  ),
  badBill: both(
    (name: string, line: number, why: string) => `${name}${line > 0 ? `, line ${line}` : ''}: ${why}`,
    (name, line, why) => `${name}${line > 0 ? ` 第 ${line} 行` : ''}：${why}`,
  ),
  faults: {
    unknown_form: both(
      'neither a fund bill (资金账单) nor an export of red packet records: its columns are not there',
      '既不是资金账单，也不是红包记录导出文件：找不到应有的列',
    ),
    cells: both('a cell is missing', '缺少单元格'),
    amount: both('not an amount in yuan', '金额无效'),
    time: both('not a time', '时间无效'),
    direction: both('neither 收入 nor 支出', '既不是收入也不是支出'),
    summary: both(
      'the sums at the end are not those of the rows: the file was cut or edited',
      '末尾的合计与各行不符：文件被截断或改动过',
    ),
  },
  equal: both('Equal to the fen', '分毫不差'),
  notEqual: both(
    (yuan: string) => `Not equal, or not decided: the bill's debits differ from the records by ${yuan} yuan`,
    (yuan) => `不一致或无法判定：账单支出与记录相差 ${yuan} 元`,
  ),
  bill: both('bill:   ', '账单：'),
  records: both('records:', '记录：'),
  debits: both(
    (count: string, yuan: string) => `${count} debits, ${yuan} yuan`,
    (count, yuan) => `支出 ${count} 笔，${yuan} 元`,
  ),
  cameBack: both(
    (count: string, yuan: string) => `came back, by the bill: ${count}, ${yuan} yuan`,
    (count, yuan) => `账单中退回：${count} 笔，${yuan} 元`,
  ),
  other: both(
    (count: string, out: string, income: string) =>
      `other rows of the bill: ${count}, out ${out} yuan, in ${income} yuan`,
    (count, out, income) => `账单中的其他业务：${count} 笔，支出 ${out} 元，收入 ${income} 元`,
  ),
  more: both(
    (count: string) => `  and ${count} more: see --csv or --json`,
    (count) => `  另有 ${count} 条：见 --csv 或 --json`,
  ),
  head: both(['number', 'record', 'bill', 'time (+08:00) or outcome'], ['单号', '记录', '账单', '时间（北京）或结果']),
  title: both(
    (what: string, count: string) => `${what} (${count})`,
    (what, count) => `${what}（${count}）`,
  ),
  kinds: {
    only_in_bill: both(
      'Paid by the bill, without a record: another mini app of this merchant, or behind the service’s back',
      '账单中有付款而没有记录：同一商户的其他小程序，或绕过本服务的付款',
    ),
    only_in_records: both('Sent by the records, not in the bill', '记录为已发出，账单中没有'),
    amount_differs: both('Amounts differ', '金额不一致'),
    debited_twice: both('Debited more than once under one number', '同一单号支出多次'),
    refused_but_debited: both('Refused by the records, debited by the bill', '记录为被拒绝，账单中有支出'),
    return_unknown: both('Came back by the bill, without a record', '账单中有退回而没有记录'),
    return_missing: both('Returned by the records, not in the bill', '记录为已退款，账单中没有退回'),
    received_but_returned: both('Received by the records, came back by the bill', '记录为已领取，账单中有退回'),
    unknown_but_debited: both('Unknown by the records, paid by the bill', '记录为未知，账单中已付款'),
    unknown: both(
      'Unknown by the records, not in the bill: it may still be paid',
      '记录为未知，账单中没有：仍可能付款',
    ),
    next_day: both(
      'Sent shortly before midnight: it may stand in the bill of the next day',
      '临近午夜发出：可能在次日的账单中',
    ),
    other_business: both(
      'Cannot be told from other business: no packet of the records is on this bill to compare with',
      '无法与其他业务区分：账单中没有任何记录内的红包可作参照',
    ),
    no_summary: both('A bill ends without its sums: it may have been cut', '账单末尾没有合计：可能被截断'),
    in_progress: both('Still being sent by the export', '导出文件中仍在发放'),
    returned: both('Came back', '已退回'),
  },
}

export const reconcileHelp = {
  reconcile: both("compare the merchant's bill with the records, to the fen", '核对商户账单与记录，精确到分'),
  day: both('a day of the bill, Beijing; may be repeated', '账单日期（北京），可多次给出'),
  billFile: both(
    'fund bill or export of red packet records, from the portal; may be repeated',
    '商户平台下载的资金账单或红包记录导出文件，可多次给出',
  ),
  fromDay: both(
    'first day, in place of --day; with --file: what it covers',
    '起始日，代替 --day；与 --file 同用时表示文件覆盖的日期',
  ),
  toDay: both('last day', '截止日'),
  reconcileGateway: both(
    'merchant, by its gateway type (default: the only one in the records)',
    '商户类型（默认为记录中唯一的一种）',
  ),
  reconcileMiniapp: both('mini app (default: that of the records)', '小程序（默认为记录中的小程序）'),
  reconcileAppid: both(
    'official account (default: that of the newest record)',
    '公众号 appid（默认为最新记录中的公众号）',
  ),
  reconcileOffline: both('do not ask the service; the bill is still fetched', '不询问服务；账单仍会下载'),
  reconcileAfter: both(
    `
Without --file the bill is fetched from WeChat with the certificate and key in Secrets Manager: needs AWS credentials,
AWS_REGION and --prefix (REDPACK_SECRET_PREFIX). Yesterday's bill is there from 10:00, Beijing time. Both accounts are read.
Exit codes: 0 equal to the fen; 2 something differs or could not be decided. See docs/reconcile.md.

Examples:
  redpack reconcile --day 2026-11-24
  redpack reconcile --file bill.csv --from 2026-11-01 --to 2026-11-30 --csv > differences.csv`,
    `
不带 --file 时，用 Secrets Manager 中的证书与密钥向微信下载账单：需要 AWS 凭证、AWS_REGION 与 --prefix
（REDPACK_SECRET_PREFIX）。前一天的账单在北京时间 10:00 之后可用。两个账户都会读取。
退出码：0 分毫不差；2 有不一致或无法判定。见 docs/reconcile.zh-CN.md。

示例：
  redpack reconcile --day 2026-11-24
  redpack reconcile --file bill.csv --from 2026-11-01 --to 2026-11-30 --csv > differences.csv`,
  ),
}
