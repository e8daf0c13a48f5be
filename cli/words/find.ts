// Words: redpack find.
import { both } from './both.ts'

export const find = {
  none: both(
    (text: string, count: number, at: string) =>
      `Nothing is known by ${text}: ${count} records of this caller's mini app were searched, as of ${at}. Packets of other mini apps are not among them. An openid is found whole or by its last four characters or more`,
    (text, count, at) =>
      `没有找到 ${text}：已在本调用方小程序的 ${count} 条记录中查找（截至 ${at}）。其他小程序的红包不在其中。openid 可用全文或末尾（至少 4 个字符）`,
  ),
  noPacketYet: both(
    (rows: string, at: string) => `No packet yet for this name, as of ${at}. It stands in:\n    ${rows}`,
    (rows, at) => `截至 ${at}，这个姓名还没有红包。名单中有：\n    ${rows}`,
  ),
  rowOf: both(
    (name: string, campaign: string, row: number) => `${name}: campaign ${campaign}, row ${row}`,
    (name, campaign, row) => `${name}：活动 ${campaign}，第 ${row} 行`,
  ),
  more: both(
    (shown: number, total: number) => `The newest ${shown} of ${total}; redpack list --openid shows all`,
    (shown, total) => `共 ${total} 条，显示最新的 ${shown} 条；全部可用 redpack list --openid 查看`,
  ),
  notAsked: both(
    (id: string, why: string) => `${id}: could not be asked about (${why}); told as it was read last`,
    (id, why) => `${id}：查询失败（${why}），显示上次读到的内容`,
  ),
  sentence: both(
    (story: string, yuan: string, each: string) => `${story}, ${yuan} yuan${each} (Beijing time, +08:00)`,
    (story, yuan, each) => `${story}，${yuan} 元${each}（北京时间）`,
  ),
  shares: both(
    (total: number) => ` in ${total} shares`,
    (total) => `，共 ${total} 份`,
  ),
  sent: both(
    (at: string, then: string) => `sent ${at}, ${then}`,
    (at, then) => `${at} 发出，${then}`,
  ),
  received: both(
    (at: string) => `received ${at}`,
    (at) => `${at} 领取`,
  ),
  receivedBy: both(
    (at: string) => `received by ${at}`,
    (at) => `${at} 前已领取`,
  ),
  refunded: both(
    (at: string) => `not opened within 24 hours, returned ${at}`,
    (at) => `24 小时未领，${at} 退回`,
  ),
  refundedBy: both(
    (at: string) => `not opened within 24 hours, returned by ${at}`,
    (at) => `24 小时未领，${at} 前已退回`,
  ),
  restRefunded: both(
    (opened: number, total: number) => `${opened} of ${total} shares known as opened, the rest returned`,
    (opened, total) => `已知领取 ${opened} / ${total} 份，其余已退回`,
  ),
  partly: both(
    (opened: number, total: number) => `${opened} of ${total} shares opened`,
    (opened, total) => `已领取 ${opened} / ${total} 份`,
  ),
  refunding: both('not opened within 24 hours, on its way back', '24 小时未领，退款中'),
  failed: both('WeChat could not deliver it, not paid', '微信发放失败，没有付款'),
  sending: both('accepted by WeChat, not delivered yet', '微信已受理，正在发放'),
  notOpened: both('not opened yet', '尚未领取'),
  notAskedYet: both('WeChat has not been asked what became of it yet', '尚未向微信查询领取情况'),
  refused: both(
    (at: string, why: string) => `refused ${at}, not paid: ${why}`,
    (at, why) => `${at} 被拒绝，没有付款：${why}`,
  ),
  unknown: both(
    (at: string) =>
      `asked for ${at}, result not known yet: never send it again under another key, it may have been paid or may still be`,
    (at) => `${at} 发起，结果未知：不要换 key 重发，可能已付款，也可能稍后付款`,
  ),
  manual: both(
    (at: string) => `asked for ${at}, never decided by WeChat's answers: look at the fund bill (redpack reconcile)`,
    (at) => `${at} 发起，微信始终没有给出结果：请核对资金账单（redpack reconcile）`,
  ),
}

export const findHelp = {
  find: both('what became of a packet, by anything that is known of it', '查某个红包的下落，已知什么就用什么查'),
  findText: both(
    'openid or its end, id, mch_billno, send_listid, idempotency key, campaign/row, or a name of a campaign’s file',
    'openid 或其末尾、记录 ID、mch_billno、send_listid、idempotency key、活动/行号，或名单中的姓名',
  ),
  findAfter: both(
    `
Asks WeChat about what is not at rest, unless --offline is given.
Exit codes: 0 found, paid; 1 nothing found; 2 found, not paid; 3 one of them may still be paid.

Examples:
  redpack find onqOjjmM1tad-3ROpncN-yUfa6uI
  redpack find Ufa6uI
  redpack find RP5c474dd8e2aa136e58867af3
  redpack find 张三

Names are those of the name column (name, 姓名 or another by --name-column) of a file that was sent from this machine with
redpack campaign send. The service does not have them.`,
    `
尚未了结的会向微信查询，除非带 --offline。
退出码：0 找到，已付款；1 没有找到；2 找到，没有付款；3 其中有的仍可能付款。

示例：
  redpack find onqOjjmM1tad-3ROpncN-yUfa6uI
  redpack find Ufa6uI
  redpack find RP5c474dd8e2aa136e58867af3
  redpack find 张三

姓名来自在本机用 redpack campaign send 发送的名单，即其中的姓名列（name、姓名、昵称，或 --name-column 指定的列）。服务没有这些姓名。`,
  ),
}
