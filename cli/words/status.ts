// Words: redpack status.
import { both } from './both.ts'

export const status = {
  exactlyOne: both('Give one packet: its id or its mch_billno', '请给出一个红包：记录 ID，或 mch_billno'),
  refused: both(
    (why: string) => `refused, not paid: ${why}`,
    (why) => `被拒绝，没有付款：${why}`,
  ),
}

export const statusHelp = {
  status: both('show the state of a packet: its record, then WeChat', '查看红包状态：先查记录，再查微信'),
  idOrNumber: both('id of the record, or its mch_billno (RP…)', '记录 ID，或商户订单号 mch_billno（RP…）'),
  mchBillno: both('mch_billno of the packet', '商户订单号 mch_billno'),
  watch: both(
    'repeat until the state is final: refused, RECEIVED, REFUND or FAILED',
    '反复查询，直到不再变化：被拒绝、RECEIVED、REFUND 或 FAILED',
  ),
  interval: both('with --watch: seconds between two queries', '配合 --watch：两次查询之间的秒数'),
  timeout: both('with --watch: stop after this many seconds', '配合 --watch：最多等待的秒数'),
  statusAfter: both(
    `
Exit codes: 0 WeChat has the packet; 2 refused or FAILED, not paid; 3 WeChat has no result yet.

Example:
  redpack status RP5c474dd8e2aa136e58867af3 --watch`,
    `
退出码：0 微信有这个红包；2 被拒绝或发放失败（FAILED），没有付款；3 微信暂时没有结果。

示例：
  redpack status RP5c474dd8e2aa136e58867af3 --watch`,
  ),
}
