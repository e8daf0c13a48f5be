// Words: the page of redpack console, which are a part of it.
import { both } from './both.ts'

const packets = (count: string) => `${count} ${count === '1' ? 'packet' : 'packets'}`

export const consolePage = {
  title: both('redpack console', 'redpack 控制台'),
  skip: both('Skip to the content', '跳到正文'),
  views: {
    overview: both('Overview', '概览'),
    packets: both('Packets', '红包'),
    campaigns: both('Campaigns', '活动'),
  },
  nav: both('Views', '页面'),
  otherLanguage: both('中文', 'English'),
  switchLanguage: both('切换到中文', 'Switch to English'),
  reading: both('Read only', '只读'),
  acting: both('Actions on', '可操作'),
  readingWhy: both('Started without --allow-actions', '启动时没有加 --allow-actions'),
  offline: both('Offline copy', '离线副本'),
  asOf: both(
    (at: string) => `As of ${at}`,
    (at) => `截至 ${at}`,
  ),
  neverRead: both('Not read to the end yet', '尚未读完'),
  filling: both(
    (done: string, total: string) => `Reading records: ${done} of ${total}`,
    (done, total) => `正在读取记录：${done} / ${total}`,
  ),
  updating: both('Bringing up to date …', '正在更新……'),
  update: both('Update now', '立即更新'),
  loading: both('Loading …', '正在载入……'),
  notUpdated: both(
    (why: string) => `Could not be brought up to date: ${why}`,
    (why) => `更新失败：${why}`,
  ),
  gone: both(
    'The command redpack console has ended. What is shown stays as it is. Run it again and open its new link',
    'redpack console 命令已结束，页面停留在最后的内容。请重新运行，并打开新的链接',
  ),
  signedOut: both(
    'This browser is no longer let in. Open the link that redpack console printed last',
    '此浏览器已无法访问。请打开 redpack console 最后打印的链接',
  ),
  tryAgain: both('Try again', '重试'),
  braked: both(
    (since: string) => `All sending is stopped, since ${since}`,
    (since) => `已停止所有发送（自 ${since} 起）`,
  ),
  brakedWhat: both(
    'New packets get 503 stopped. Records and queries go on. Operators resume with redpack resume.',
    '新的红包得到 503 stopped；记录与查询照常。运维用 redpack resume 恢复。',
  ),
  stopAll: both('Stop all sending', '停止所有发送'),
  resumeAll: both('Resume sending', '恢复发送'),
  askStopAll: both(
    (place: string) => `Stop all sending of the service at ${place}, of every mini app?`,
    (place) => `停止 ${place} 的所有发送（所有小程序）？`,
  ),
  askResumeAll: both(
    (place: string) => `Let the service at ${place} send again? Callers and campaigns go on at once.`,
    (place) => `恢复 ${place} 的发送？调用方与活动会立即继续。`,
  ),
  reason: both('Reason, for other operators', '原因，供其他运维查看'),
  attention: both(
    (count: string) => `${count} without a result`,
    (count) => `${count} 个没有结果`,
  ),
  attentionWhat: {
    unknown: both(
      (count: string) => `${count} unknown: paid perhaps. Never send them again under another key.`,
      (count) => `${count} 个未知：可能已付款，绝不要换 key 重发。`,
    ),
    manual: both(
      (count: string) => `${count} for a person: WeChat gave no result in 30 days. Look in the bill.`,
      (count) => `${count} 个待人工：微信 30 天内没有结果，请核对账单。`,
    ),
    pending: both(
      (count: string) => `${count} being sent right now.`,
      (count) => `${count} 个正在发送。`,
    ),
  },
  show: both('Show them', '查看'),
  showRefused: both('Show the refused', '查看被拒绝的'),
  allKnown: both('Every packet has a result', '每个红包都有结果'),
  today: both('Today', '今天'),
  last: both('Last 30 days', '近 30 天'),
  beijing: both('Beijing time, by when a packet was asked for', '北京时间，以发起时间为准'),
  count: both('Packets', '个数'),
  amount: both('Yuan', '金额（元）'),
  measure: both('What the plot shows', '图表内容'),
  plot: both(
    (days: number, sent: string, yuan: string) =>
      `Packets by day and by what became of them, ${days} days: ${sent} sent, ${yuan} yuan. The table below has every number.`,
    (days, sent, yuan) => `近 ${days} 天每日红包及其结果：发出 ${sent} 个，共 ${yuan} 元。下方表格有全部数字。`,
  ),
  plotKeys: both('Left and right: another day', '左右方向键：切换日期'),
  asTable: both('The same as a table', '以表格显示'),
  day: both('Day', '日期'),
  total: both('Total', '合计'),
  packetsUnit: both(
    (count: string) => packets(count),
    (count) => `${count} 个`,
  ),
  refusedBecause: both('Refused because of', '拒绝原因'),
  partly: both(
    (count: string) =>
      `${count} group packets came back in whole or in part. Refunded counts all of it; redpack reconcile knows how much`,
    (count) => `有 ${count} 个裂变红包全部或部分退回，此处按全额计入已退款；以 redpack reconcile 为准`,
  ),
  search: both('Search', '查找'),
  searchHint: both(
    'openid or its end, name, order number, listid, key, campaign/row, activity',
    'openid 或末尾、姓名、单号、listid、key、活动/行号、活动名称',
  ),
  state: both('State', '状态'),
  allStates: both('All', '全部'),
  activity: both('Activity', '活动名称'),
  from: both('From', '起'),
  to: both('To', '止'),
  clear: both('Clear', '清除'),
  export: both('Export CSV', '导出 CSV'),
  exportTooMany: both(
    (most: string) => `Too many to export from here (over ${most}): narrow the filter, or use redpack list --csv`,
    (most) => `超过 ${most} 个，无法从这里导出：请缩小范围，或使用 redpack list --csv`,
  ),
  found: both(
    (count: string, yuan: string) => `${packets(count)}, ${yuan} yuan`,
    (count, yuan) => `${count} 个红包，${yuan} 元`,
  ),
  noneFound: both('No packet fits', '没有符合条件的红包'),
  noneYet: both('Nothing has been sent yet', '还没有发送记录'),
  notReadYet: both(
    'The records have not been read to the end yet: what is missing here may have been sent all the same',
    '记录还没有读完：这里没有的，也可能已经发出',
  ),
  howSearched: both(
    'An openid is found whole or by its last characters, four at least; numbers and keys whole; a name if a list with it was sent from this machine',
    'openid 可用全文或末尾（至少 4 个字符）查找，单号与 key 须为全文；姓名须在本机发送过的名单中',
  ),
  ofCampaign: both(
    (name: string) => `Campaign ${name}`,
    (name) => `活动 ${name}`,
  ),
  columns: {
    at: both('Created (Beijing)', '创建（北京时间）'),
    state: both('State', '状态'),
    yuan: both('Yuan', '金额（元）'),
    receiver: both('Receiver', '接收人'),
    activity: both('Activity', '活动名称'),
    id: both('Record', '记录'),
  },
  repeated: both(
    (count: string) =>
      `${count} of them refused, and tried again by the campaign: the overview and redpack report count the last attempt only`,
    (count) => `其中 ${count} 个被拒绝后活动已重试：概览与 redpack report 只计最后一次`,
  ),
  undecidedFirst: both('Those without a result come first', '没有结果的排在最前'),
  earlier: both('Previous page', '上一页'),
  later: both('Next page', '下一页'),
  pages: both(
    (from: string, to: string, total: string) => `${from}–${to} of ${total}`,
    (from, to, total) => `第 ${from}–${to} 个，共 ${total} 个`,
  ),
  shares: both(
    (count: number) => `${count} shares`,
    (count) => `${count} 份`,
  ),
  story: both('The story of a packet', '红包经过'),
  close: both('Close', '关闭'),
  happened: both('What happened', '经过'),
  doNow: both('What you can do now', '现在可以做什么'),
  times: both('Times are Beijing’s', '时间为北京时间'),
  noTime: both('time not known', '时间未知'),
  by: {
    caller: both('Caller', '调用方'),
    service: both('Service', '服务'),
    wechat: both('WeChat', '微信'),
    receiver: both('Receiver', '接收人'),
  },
  ask: both('Ask WeChat now', '立即向微信查询'),
  working: both('One moment …', '请稍候……'),
  notAsked: both(
    (why: string) => `Shown as it was read last: ${why}`,
    (why) => `显示上次读到的内容：${why}`,
  ),
  record: both('The record', '记录内容'),
  wechatSaid: both('WeChat’s own words', '微信原文'),
  toSend: both('To the send', '对发送的应答'),
  toQuestion: both('To the last question', '对最近一次查询的应答'),
  copy: both('Copy', '复制'),
  copied: both('Copied', '已复制'),
  noCampaigns: both('There are no campaigns yet', '还没有活动'),
  campaignsOffline: both(
    'Campaigns are read from the service; the console was started with --offline',
    '活动要从服务读取；console 以 --offline 启动',
  ),
  newestCampaigns: both(
    (shown: string, total: string) => `The newest ${shown} of ${total}`,
    (shown, total) => `共 ${total} 个，显示最新的 ${shown} 个`,
  ),
  begun: both(
    (begun: string, rows: string) => `${begun} of ${rows} rows begun`,
    (begun, rows) => `${rows} 行中已开始 ${begun} 行`,
  ),
  countsAsOf: both(
    (at: string) => `Counts as of ${at}, when the service last looked. Its packets may show what came later`,
    (at) => `统计截至 ${at}（服务最近一次查看）；“查看红包”中可能有之后的变化`,
  ),
  rate: both(
    (rate: number) => `up to ${rate} a second`,
    (rate) => `每秒最多 ${rate} 个`,
  ),
  created: both(
    (at: string) => `created ${at}`,
    (at) => `创建于 ${at}`,
  ),
  itsPackets: both('Its packets', '查看红包'),
  commands: {
    pause: both('Pause', '暂停'),
    resume: both('Resume', '继续'),
    retry: both('Retry refused', '重试被拒绝的'),
  },
  askCommand: {
    pause: both(
      (name: string, _left: string, _yuan: string, _place: string) =>
        `Pause "${name}"? No more rows begin; rows under way end within 30 seconds.`,
      (name) => `暂停“${name}”？不再开始新的行；已经在途的 30 秒内结束。`,
    ),
    resume: both(
      (name: string, left: string, yuan: string, place: string) =>
        `Resume "${name}" at ${place}? It sends the ${left} rows that are left, ${yuan} yuan.`,
      (name, left, yuan, place) => `在 ${place} 继续“${name}”？将发送剩余的 ${left} 行，共 ${yuan} 元。`,
    ),
    retry: both(
      (name: string, refused: string, yuan: string, place: string) =>
        `Send the ${refused} refused rows of "${name}" at ${place} again, ${yuan} yuan?`,
      (name, refused, yuan, place) => `在 ${place} 重新发送“${name}”中被拒绝的 ${refused} 行，共 ${yuan} 元？`,
    ),
  },
  whichCode: both('Refused because of', '拒绝原因'),
  anyCode: both('any reason', '全部原因'),
  cancel: both('Do nothing', '不操作'),
  done: both('Done', '完成'),
}
