// Words: redpack list.
import { both } from './both.ts'

export const list = {
  head: both(
    ['created (+08:00)', 'state', 'yuan', 'receiver', 'id'],
    ['创建（北京时间）', '状态', '金额（元）', '接收人', '记录 ID'],
  ),
  wideHead: both(
    ['created (+08:00)', 'state', 'yuan', 're_openid', 'act_name', 'id'],
    ['创建（北京时间）', '状态', '金额（元）', '接收人 openid', '活动', '记录 ID'],
  ),
  none: both(
    (total: number, offset: number) =>
      total === 0
        ? 'Nothing has been sent yet.'
        : offset >= total
          ? `Offset ${offset} is past the end: there are ${total} records`
          : `None of ${total} records can be shown from ${offset} on at this moment: the newest are being written. Ask again`,
    (total, offset) =>
      total === 0
        ? '还没有发送记录。'
        : offset >= total
          ? `位置 ${offset} 超出末尾：共有 ${total} 条记录`
          : `共有 ${total} 条记录，此刻无法从位置 ${offset} 起显示：最新的正在写入，请重试`,
  ),
  shown: both(
    (from: number, to: number, total: number) => `${from} to ${to} of ${total}`,
    (from, to, total) => `第 ${from} 至 ${to} 条，共 ${total} 条`,
  ),
  noneChosen: both('No record fits.', '没有符合条件的记录。'),
  chosen: both(
    (shown: number, total: number) => `${shown} of ${total} that fit`,
    (shown, total) => `符合条件的共 ${total} 条，显示 ${shown} 条`,
  ),
  allAlone: both(
    '--all lists everything and cannot be combined with --limit or --offset',
    '--all 显示全部，不能与 --limit、--offset 同用',
  ),
  csvOrJson: both('Give either --csv or --json', '--csv 与 --json 只能选一个'),
}

export const listHelp = {
  list: both('list what was sent, newest first', '列出发送记录，最新的在前'),
  limit: both('how many, 1 to 1000 (default: 20)', '条数，1 至 1000（默认 20）'),
  offset: both('how many to skip (default: 0)', '跳过多少条（默认 0）'),
  all: both('all records', '全部记录'),
  csv: both('print CSV', '输出 CSV'),
  from: both(
    'created from this time on, Beijing: 2026-11-24, 2026-11, "2026-11-24 08:30"',
    '起始时间（北京）：2026-11-24、2026-11、"2026-11-24 08:30"',
  ),
  to: both('created up to and in this day, month or minute', '截止的日、月或分钟（包含在内）'),
  outcome: both('what became of the money', '资金结果'),
  byStatus: both("WeChat's word for the packet", '微信的红包状态'),
  byOpenid: both('openid of the receiver, or its end', '接收人 openid，或其末尾'),
  byActivity: both('act_name of the packets', '活动名称 act_name'),
  byCampaign: both('name or id of a campaign', '活动名称或 ID'),
  offline: both('ask neither the service nor WeChat', '不询问服务与微信'),
  listAfter: both(
    `
Examples:
  redpack list --limit 50
  redpack list --all --csv > records.csv
  redpack list --from 2026-11 --to 2026-11 --outcome refused

With --from, --to, --outcome, --status, --openid, --activity, --campaign or --offline, the copy on this machine is
read (redpack mirror), without raw_result.`,
    `
示例：
  redpack list --limit 50
  redpack list --all --csv > records.csv
  redpack list --from 2026-11 --to 2026-11 --outcome refused

带 --from、--to、--outcome、--status、--openid、--activity、--campaign 或 --offline 时，读取本机的副本（redpack mirror），其中没有 raw_result。`,
  ),
}
