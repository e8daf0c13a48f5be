// Words: What becomes of a packet: the outcome (the money) and the status (WeChat's word).
import { both, type Pair } from './both.ts'

export const packet = {
  outcomes: {
    pending: both('pending', '处理中'),
    sent: both('sent', '已发出'),
    refused: both('refused', '被拒绝'),
    unknown: both('unknown', '未知'),
    manual: both('manual', '待人工'),
  },
  statuses: {
    SENDING: both('WeChat is sending it', '发放中'),
    SENT: both('sent, not opened yet', '已发放，待领取'),
    FAILED: both('WeChat could not send it; the receiver was not paid', '发放失败，接收人没有收到'),
    RECEIVED: both('opened', '已领取'),
    RFUND_ING: both('not opened within 24 hours; the refund is on its way', '24 小时未领，退款中'),
    REFUND: both('not opened within 24 hours; refunded', '24 小时未领，已退款'),
    NOT_FOUND: both(
      'WeChat has no such order. This is normal in the first 20 minutes after a send; ask again later',
      '微信没有这个单号。发送后 20 分钟内属正常，请稍后再查',
    ),
  } as Record<string, Pair<string>>,
}
