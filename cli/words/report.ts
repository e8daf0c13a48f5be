// Words: redpack report.
import { both } from './both.ts'

export const report = {
  told: {
    sent: both('sent', '已发出'),
    waiting: both('waiting', '待领取'),
    received: both('received', '已领取'),
    refunding: both('refunding', '退款中'),
    refunded: both('refunded', '已退款'),
    failed: both('failed', '发放失败'),
    net: both('net', '净额'),
    refused: both('refused', '被拒绝'),
    unknown: both('unknown', '未知'),
  },
  groupings: {
    total: both('total', '合计'),
    day: both('day', '日期'),
    month: both('month', '月份'),
    activity: both('activity', '活动名称'),
    account: both('account', '公众号'),
    campaign: both('campaign', '活动'),
  },
  in: both(
    (what: string, unit: string) => `${what} (${unit})`,
    (what, unit) => `${what}（${unit}）`,
  ),
  total: both('total', '合计'),
  count: both('count', '个数'),
  reasons: both('refused because of', '拒绝原因'),
  noCampaign: both('(no campaign)', '（不属于任何活动）'),
  partly: both(
    (count: string, yuan: string) =>
      `${count} group packets (${yuan} yuan) came back in whole or in part: a record does not say how much. refunded counts all of it, so net may be too low by what was opened; redpack reconcile knows`,
    (count, yuan) =>
      `有 ${count} 个裂变红包（${yuan} 元）全部或部分退回，记录中没有退回的数额。此处按全额计入已退款，净额可能少算已领取的部分；以 redpack reconcile 为准`,
  ),
  asOf: both(
    (at: string) =>
      `As of ${at}. Days are Beijing's, by when a packet was asked for; what came back counts for that day`,
    (at) => `截至 ${at}。日期为北京时间，以发起时间为准；退回的款项计入发起当日`,
  ),
}

export const reportHelp = {
  report: both('add up what was sent, received, returned and refused', '汇总发出、领取、退回与被拒绝的红包'),
  by: both('one line for each of these', '按什么分行'),
  reportAfter: both(
    `
sent       WeChat took the money: waiting + received + refunding + refunded + failed
net        what was sent and has not come back: waiting + received + refunding
unknown    may have been paid or may still be
A row of a campaign that was tried again counts once, with its last attempt among the packets that are added up.

Examples:
  redpack report --from 2026-11 --to 2026-11 --by day
  redpack report --by activity --csv > report.csv`,
    `
已发出     微信已扣款：待领取 + 已领取 + 退款中 + 已退款 + 发放失败
净额       已发出且没有退回：待领取 + 已领取 + 退款中
未知       可能已付款，也可能稍后付款
活动中重新发送过的一行只计一次，以所汇总的红包中的最后一次为准。

示例：
  redpack report --from 2026-11 --to 2026-11 --by day
  redpack report --by activity --csv > report.csv`,
  ),
}
