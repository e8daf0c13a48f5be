// Words: redpack console, on the terminal and in its answers. What the page itself says stands in console-page.ts.
import { both } from './both.ts'

const command = {
  ready: both(
    (url: string) =>
      `Open this link in a browser on this machine. It works once, and ends with this command (Ctrl-C):\n  ${url}`,
    (url) => `请在本机的浏览器中打开以下链接。链接只能使用一次，本命令结束（Ctrl-C）后失效：\n  ${url}`,
  ),
  reading: both(
    'The page only reads. --allow-actions lets it act, too',
    '页面只能查看。需要操作时请加 --allow-actions',
  ),
  acting: both(
    'The page may act: whoever uses this browser can ask WeChat, and pause, resume and retry campaigns',
    '页面可以操作：使用该浏览器的人可以向微信查询，暂停、继续、重试活动',
  ),
  braking: both(
    (table: string) => `It may also stop and resume all sending (table ${table})`,
    (table) => `还可以停止、恢复所有发送（表 ${table}）`,
  ),
  portTaken: both(
    (port: number) =>
      `Port ${port} is in use, perhaps by another console: give another --port (0 takes any that is free)`,
    (port) => `端口 ${port} 已被占用，可能是另一个 console：请用 --port 换一个（0 表示任意空闲端口）`,
  ),
  portDenied: both(
    (port: number) => `Port ${port} is not allowed here: give a --port above 1023`,
    (port) => `不允许使用端口 ${port}：请用 --port 指定 1023 以上的端口`,
  ),
  idle: both(
    (minutes: number) =>
      `Nobody has looked at the page for ${minutes} minutes: ended. Run the command again for a new link`,
    (minutes) => `${minutes} 分钟没有人查看页面，已结束。需要时请重新运行，会得到新的链接`,
  ),
  tooLong: both(
    (hours: number) => `Open for ${hours} hours: ended. Run the command again for a new link`,
    (hours) => `已打开 ${hours} 小时，已结束。需要时请重新运行，会得到新的链接`,
  ),
}

const answers = {
  refusals: {
    wrong_host: both(
      'The console answers to 127.0.0.1 and localhost only (Host). Open the link as redpack console printed it',
      'console 只应答 127.0.0.1 与 localhost（Host）。请打开 redpack console 打印的链接',
    ),
    wrong_origin: both(
      'The console does not answer other pages (Origin). Open the link as redpack console printed it',
      'console 不应答其他网页（Origin）。请打开 redpack console 打印的链接',
    ),
    no_session: both(
      'This browser has not opened the console. Open the link that redpack console printed; run the command again for a new one',
      '此浏览器没有打开过 console。请打开 redpack console 打印的链接；重新运行命令可得到新的链接',
    ),
    bad_token: both(
      'This link is not of the console that runs here. Open the link that it printed last',
      '这个链接不属于正在运行的 console。请打开它最后打印的链接',
    ),
    token_used: both(
      'This link has been used: it works once. If it was not you, end the command (Ctrl-C). Run it again for a new link',
      '这个链接已经用过，只能使用一次。如果不是您本人使用，请结束命令（Ctrl-C）。重新运行可得到新的链接',
    ),
  },
  badFilter: both(
    (name: string) => `The filter cannot be understood: ${name}`,
    (name) => `筛选条件无法识别：${name}`,
  ),
  tooMany: both(
    (most: number) => `More than ${most} packets: narrow the filter, or use redpack list --csv`,
    (most) => `超过 ${most} 个红包：请缩小筛选范围，或使用 redpack list --csv`,
  ),
  offline: both(
    'The console was started with --offline: it asks neither the service nor WeChat',
    'console 以 --offline 启动：不询问服务与微信',
  ),
  actionsOff: both(
    'The console only reads. To act from the page, start it with --allow-actions',
    'console 只能查看。要在页面上操作，请用 --allow-actions 启动',
  ),
  noTable: both(
    'No table is named: start the console with --table (or REDPACK_TABLE) and AWS credentials, or run redpack stop',
    '没有指定表：请用 --table（或 REDPACK_TABLE）与 AWS 凭证启动 console，或运行 redpack stop',
  ),
  badBody: both('The page sent something unknown: reload it', '页面发送的内容无法识别：请刷新页面'),
  notHere: both('There is nothing here', '这里没有内容'),
  because: both(
    (code: string, advice: string) => `${code}: ${advice}`,
    (code, advice) => `${code}：${advice}`,
  ),
  asked: both(
    (word: string, meaning: string) => `WeChat was asked: ${word}${meaning && `, ${meaning}`}`,
    (word, meaning) => `已向微信查询：${word}${meaning && `，${meaning}`}`,
  ),
  atRest: both('WeChat was not asked: nothing more happens to this packet', '没有向微信查询：这个红包不会再变化'),
  retried: both('The refused rows get a new attempt. The campaign goes on.', '被拒绝的行将重新发送。活动继续。'),
}

const story = {
  events: {
    asked: both(
      (keyid: string) => `${keyid} asked for it`,
      (keyid) => `${keyid} 发起`,
    ),
    claimed: both('The record was written, with its order number', '写入记录并分配商户订单号'),
    took: both('WeChat took the money and sent it', '微信扣款并发放'),
    refused: both('WeChat said no: no money moved', '微信拒绝：没有扣款'),
    noResult: both('WeChat has given no result yet', '微信尚未给出结果'),
    opened: both(
      (yuan: string) => `Opened: ${yuan} yuan`,
      (yuan) => `领取 ${yuan} 元`,
    ),
    refunded: both(
      (yuan: string) => `Not opened in time: ${yuan} yuan came back`,
      (yuan) => `逾期未领：退回 ${yuan} 元`,
    ),
    recorded: both('Last change of the record', '记录最后一次变更'),
  },
  advice: {
    pending: both(
      'It is being sent at this moment, or its sender has died; the service finds out by itself within minutes. Look again then',
      '此刻正在发送，或发送方中途退出；服务会在几分钟内自行查明。请稍后再看',
    ),
    unknown: both(
      'It may have been paid, or may still be. The service goes on asking WeChat by itself, for 30 days; asking now may be quicker',
      '可能已付款，也可能稍后付款。服务会持续向微信查询（最多 30 天）；现在查询可能更快',
    ),
    sameKey: both(
      'Its sender may repeat the send under the same idempotency key: it is paid at most once. Never under another key',
      '发送方可以用同一个 idempotency key 重试：最多付一次款。绝不要换 key 重发',
    ),
    manual: both(
      'WeChat never gave a result in 30 days: a person has to look whether the merchant’s bill has this order number',
      '微信 30 天内没有给出结果：需要人工核对商户资金账单中有没有这个商户订单号',
    ),
    noNewKey: both(
      'Do not pay again before the bill has shown that nothing was paid',
      '在账单证实没有付款之前，不要再次付款',
    ),
    refused: both(
      'Not paid, and never will be. To pay this person, mend the reason and send under a new idempotency key',
      '没有付款，以后也不会。要付给此人，请先排除原因，再用新的 idempotency key 发送',
    ),
    refusedRow: both(
      'This attempt was not paid, and never will be. The campaign may have sent the row again, or may still, by itself or by a retry. Pay this person in no other way before all attempts are known',
      '这一次没有付款，以后也不会。但活动可能已经或将要再次发送这一行（自行或重试）。在查明各次结果之前，不要用其他方式付给此人',
    ),
    waiting: both(
      'Paid. The receiver has 24 hours to open it, then WeChat returns the money. There is nothing to do',
      '已付款。接收人有 24 小时可以领取，逾期由微信退回。无须操作',
    ),
    received: both('The receiver has the money. There is nothing to do', '接收人已收到。无须操作'),
    refunding: both(
      'It was not opened, and the money is on its way back. Pay again only once it is refunded',
      '逾期未领，退款中。退款完成之前不要再次付款',
    ),
    refunded: both(
      'The money came back. To pay this person, send under a new idempotency key',
      '款项已退回。要付给此人，请用新的 idempotency key 发送',
    ),
    failed: both(
      'WeChat could not deliver it. Look in the merchant’s bill (redpack reconcile) whether the money came back before it is sent again',
      '微信未能发放。再次发送之前，请在资金账单中（redpack reconcile）确认款项已退回',
    ),
  },
}

export const console = { ...command, ...answers, ...story }

export const consoleHelp = {
  console: both('packets and campaigns on a page for this machine’s browser', '在本机浏览器的页面上查看红包与活动'),
  consolePort: both('port on 127.0.0.1; 0 takes any that is free', '127.0.0.1 的端口；0 表示任意空闲端口'),
  allowActions: both(
    'let the page act: ask WeChat, pause, resume and retry campaigns, stop sending',
    '允许在页面上操作：向微信查询，暂停、继续、重试活动，停止发送',
  ),
  consoleTable: both(
    'table of the records, to stop sending from the page (REDPACK_TABLE)',
    '记录表，用于在页面上停止发送（REDPACK_TABLE）',
  ),
  consoleAfter: both(
    `
The page shows the copy of the records on this machine (redpack mirror), which it keeps up to date while it is open. It
answers this machine only, and the one browser that has opened the link; the caller's secret never reaches it. It ends
after an hour in which nobody looks, and after twelve hours.

Examples:
  redpack console
  redpack console --allow-actions
  redpack console --offline --port 0`,
    `
页面显示本机的记录副本（redpack mirror），打开期间自动更新。只应答本机，且只应答打开过链接的那一个浏览器；调用方密钥不会到达浏览器。
一小时无人查看，或满十二小时，自动结束。

示例：
  redpack console
  redpack console --allow-actions
  redpack console --offline --port 0`,
  ),
}
