// Words: redpack send.
import { both } from './both.ts'

export const send = {
  sent: both(
    (amount: string) => `Sent: ${amount} yuan`,
    (amount) => `已发出：${amount} 元`,
  ),
  refused: both(
    (err_code: string, err_code_des: string) => `Refused by WeChat: ${err_code} ${err_code_des}. No money moved.`,
    (err_code, err_code_des) => `微信拒绝：${err_code} ${err_code_des}。没有扣款。`,
  ),
  sentBefore: both(
    (amount: string, at: string | undefined) =>
      `Paid before${at === undefined ? '' : `, at ${at}`}: ${amount} yuan; not paid again`,
    (amount, at) => `之前${at === undefined ? '' : `（${at}）`}已经付款：${amount} 元；没有再次付款`,
  ),
  refusedBefore: both(
    (err_code: string, err_code_des: string, at: string | undefined) =>
      `Refused before${at === undefined ? '' : `, at ${at}`}: ${err_code} ${err_code_des}. No money moved. WeChat was not asked again: a refusal is final for its key.`,
    (err_code, err_code_des, at) =>
      `之前${at === undefined ? '' : `（${at}）`}已被拒绝：${err_code} ${err_code_des}。没有扣款。没有再问微信：同一个 key 被拒绝后不再改变。`,
  ),
  unknown: both(
    (err_code: string, err_code_des: string) =>
      `Result not known: ${err_code} ${err_code_des}\n  The packet may have been sent. Do not send it again with another key.`,
    (err_code, err_code_des) => `结果未知：${err_code} ${err_code_des}\n  红包可能已经发出，请不要换 key 重发。`,
  ),
  sure: both(
    (amount: string, openid: string) => `Send ${amount} yuan to ${openid}?`,
    (amount, openid) => `向 ${openid} 发送 ${amount} 元？`,
  ),
  declined: both('Nothing was sent.', '没有发送。'),
  under: both(
    (key: string) => `Sending with idempotency_key ${key}`,
    (key) => `正在发送，idempotency_key 为 ${key}`,
  ),
  key: both(
    (key: string) => `idempotency_key ${key}`,
    (key) => `idempotency_key 为 ${key}`,
  ),
  again: both(
    (key: string, command: string) =>
      `Send again with --idempotency-key ${key}, never with another key. It is not paid twice:\n    ${command}`,
    (key, command) => `请用 --idempotency-key ${key} 重试，不要换用其他 key。不会重复付款：\n    ${command}`,
  ),
  retry: both(
    (key: string, command: string) => `This request sent nothing. To try again, keep the key ${key}:\n    ${command}`,
    (key, command) => `本次请求没有发出红包。重试时请沿用这个 key ${key}：\n    ${command}`,
  ),
  interrupted: both(
    'Interrupted. The result is not known: the packet may have been sent, or may still be sent.',
    '已中断。结果未知：红包可能已经发出，也可能稍后发出。',
  ),
  next: both(
    (status: string, again: string) =>
      `  Query its status:\n    ${status}\n  Continue with this packet; it is not paid twice:\n    ${again}`,
    (status, again) => `  查询状态：\n    ${status}\n  继续这个红包，不会重复付款：\n    ${again}`,
  ),
}

export const sendHelp = {
  send: both('send one red packet', '发送一个红包'),
  idempotencyKey: both(
    'key of this send: the same key is never paid twice (default: a random one, which is printed first)',
    '这次发送的标识：同一个 key 绝不会付两次（默认随机生成，发送前打印）',
  ),
  letWechatDecide: both(
    'send even if a text has too many bytes or scene_id is missing (WeChat refuses that)',
    '即使文字字节过长或缺少 scene_id（微信会拒绝）也发送',
  ),
  sendAfter: both(
    `
Example:
  redpack send --re-openid onqOjjmM1tad-3ROpncN-yUfa6uI --official-account-id wxcbda96de0b165486 \\
    --total-amount 1.88 --send-name 天虹百货 --act-name 新年红包 --remark 新年红包 --wishing 恭喜发财 \\
    --idempotency-key order-20250128-0001`,
    `
示例：
  redpack send --re-openid onqOjjmM1tad-3ROpncN-yUfa6uI --official-account-id wxcbda96de0b165486 \\
    --total-amount 1.88 --send-name 天虹百货 --act-name 新年红包 --remark 新年红包 --wishing 恭喜发财 \\
    --idempotency-key order-20250128-0001`,
  ),
}
