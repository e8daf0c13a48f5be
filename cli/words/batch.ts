// Words: redpack batch.
import { both } from './both.ts'

export const batch = {
  noName: both(
    (file: string) =>
      `Give the batch a name, for example: redpack batch ${file} --name new-year-2025\n  Under one name no row is paid twice. Under another name every row is a new packet.`,
    (file) =>
      `请给这一批起个名字，例如：redpack batch ${file} --name new-year-2025\n  同一批次名下每一行绝不会付两次；换批次名则每一行都是新的红包。`,
  ),
  badName: both('The name of a batch is 1 to 64 characters', '批次名须为 1 至 64 个字符'),
  outIsFile: both('The result would overwrite the file: choose another --out', '结果会覆盖输入文件：请用 --out 换一个'),
  unknownColumns: both(
    (names: string) => `Unknown columns: ${names}. Check the spelling, or skip them with --ignore`,
    (names) => `不认识的列：${names}。请检查拼写，或用 --ignore 忽略`,
  ),
  columnsTwice: both(
    (names: string) => `Duplicate columns: ${names}`,
    (names) => `重复的列：${names}`,
  ),
  missingColumns: both(
    (names: string) => `Missing columns: ${names}. A flag sets the same value for all rows, for example --act-name`,
    (names) => `缺少的列：${names}。各行相同的可用选项统一填写，例如 --act-name`,
  ),
  isResult: both(
    'This is a result file. To send what is missing, run the command of the batch again, with its own file and name. To try again what was refused: --only refused and a new --name (also for --only rejected and not_sent; rows with another outcome may have been paid and never get a new name)',
    '这是结果文件。要补发还没发的，请用原来的文件和批次名再次运行那一批的命令。要重试被拒绝的行：--only refused 并使用新的 --name（rejected、not_sent 同样；其他结果的行可能已付款，不能换批次名）',
  ),
  onlyOwnName: both(
    (only: string) =>
      `Rows with the outcome ${only} may have been paid: they are sent under the name of their own batch only. Run the command of that batch again. Only refused, rejected and not_sent rows may go under a new name`,
    (only) =>
      `结果为 ${only} 的行可能已经付款，只能在原来的批次名下发送。请再次运行那一批的命令。只有 refused、rejected、not_sent 的行可以换新的批次名`,
  ),
  otherKeys: both(
    (lines: string) =>
      `The key of these rows is not the one in the column idempotency_key, so they would be paid again: line ${lines}. A spreadsheet has changed the file (00123 becomes 123, 3-4 becomes 4-Mar), or it is the file of another batch. Use the file as redpack wrote it. Nothing was sent`,
    (lines) =>
      `这些行的 key 与 idempotency_key 列不一致，发送会重复付款：第 ${lines} 行。文件被表格软件改动过（00123 变成 123，3-4 变成 4-Mar），或属于另一个批次。请使用 redpack 写出的原文件。没有发送`,
  ),
  otherBatch: both(
    (path: string, name: string | undefined, rows: number | undefined, own: string) =>
      `${path} belongs to another batch${name === undefined ? '' : `, "${name}"`}${rows === undefined ? '' : `, and ${rows} of these rows were paid by it, or may have been`}. Under the name "${own}" they would be paid again. To send what is missing, use the name of that batch. If everybody in the file is to be paid again: --pay-again. Nothing was sent`,
    (path, name, rows, own) =>
      `${path} 属于另一个批次${name === undefined ? '' : `“${name}”`}${rows === undefined ? '' : `，其中 ${rows} 行已经付款或可能已经付款`}。用批次名“${own}”会重复付款。要补发还没发的，请用那一批的名字。确实要给所有人再付一次，请加 --pay-again。没有发送`,
  ),
  taken: both(
    (path: string) => `${path} is not this batch's, and would be overwritten: choose another --out. Nothing was sent`,
    (path) => `${path} 不属于这个批次，写入会覆盖它：请用 --out 换一个。没有发送`,
  ),
  isNoResult: both(
    '--only needs a result file; this one has no column outcome',
    '--only 只用于结果文件，而这个文件没有 outcome 列',
  ),
  empty: both('The file has no rows', '文件中没有数据行'),
  badCsv: both(
    (line: number, what: string) => `Not a CSV file, line ${line}: ${what}`,
    (line, what) => `不是合法的 CSV，第 ${line} 行：${what}`,
  ),
  notUtf8: both(
    'The file is not UTF-8 text. In a spreadsheet save it as "CSV UTF-8"',
    '文件不是 UTF-8 文本。请在表格软件中另存为“CSV UTF-8”',
  ),
  cellCount: both(
    (there: number, wanted: number) => `${there} cells instead of ${wanted}; a text with a comma needs quotes`,
    (there, wanted) => `有 ${there} 个单元格，应为 ${wanted} 个；含逗号的文字需要加引号`,
  ),
  twice: both(
    (line: number) =>
      `same receiver (or row_key) as line ${line}. If both are to be paid, give each a different text in the column row_key`,
    (line) => `与第 ${line} 行的接收人（或 row_key）相同；如果两个都要发，请在 row_key 列填写不同的内容`,
  ),
  tooMany: both(
    (most: number) => `more than ${most} rows: split the file into several batches`,
    (most) => `超过 ${most} 行：请拆成几个批次`,
  ),
  badRow: both(
    (line: number, what: string) => `line ${line}: ${what}`,
    (line, what) => `第 ${line} 行：${what}`,
  ),
  bad: both(
    (bad: number, rows: number) => `${bad} of ${rows} rows are wrong. Nothing was sent.`,
    (bad, rows) => `${rows} 行中有 ${bad} 行有误。一个红包也没有发。`,
  ),
  checked: both(
    (file: string, rows: string, amount: string) => `${file}: ${rows} rows, ${amount} yuan, all valid`,
    (file, rows, amount) => `${file}：${rows} 行，共 ${amount} 元，全部正确`,
  ),
  named: both(
    (name: string, endpoint: string) => `Batch "${name}", service ${endpoint}`,
    (name, endpoint) => `批次“${name}”，服务 ${endpoint}`,
  ),
  done: both(
    (rows: string, amount: string) => `Finished by earlier runs: ${rows} rows, ${amount} yuan`,
    (rows, amount) => `之前的运行已完成：${rows} 行，${amount} 元`,
  ),
  scene: both(
    (rows: string, line: number) =>
      `${rows} rows (first: line ${line}) are above 200 or below 1 yuan and have no scene_id: WeChat refuses those`,
    (rows, line) => `有 ${rows} 行（第一处：第 ${line} 行）高于 200 元或低于 1 元而没有 scene_id：微信会拒绝`,
  ),
  bytes: both(
    (rows: string, line: number) =>
      `${rows} rows (first: line ${line}) have a text that reaches WeChat's limit in bytes (send_name and act_name 32, wishing 128, remark 256): WeChat may refuse those`,
    (rows, line) =>
      `有 ${rows} 行（第一处：第 ${line} 行）有文字达到微信的字节上限（send_name、act_name 32，wishing 128，remark 256）：微信可能拒绝`,
  ),
  ask: both(
    (rows: string, amount: string) => `Send ${rows} red packets, ${amount} yuan in all?`,
    (rows, amount) => `发送 ${rows} 个红包，共 ${amount} 元？`,
  ),
  declined: both('Nothing was sent.', '没有发送。'),
  dryRun: both('Only checked; nothing was sent.', '仅检查，没有发送。'),
  fileChanged: both(
    'The file was changed after it was checked; run the command again',
    '检查之后文件又被修改；请重新运行',
  ),
  progress: both(
    (p: Record<'done' | 'total' | 'rate' | 'left', string> & Record<'sent' | 'refused' | 'unknown', number>) =>
      `${p.done}/${p.total}  ${p.rate}/s  sent ${p.sent}  refused ${p.refused}  unknown ${p.unknown}${p.left && `  ${p.left} left`}`,
    (p) =>
      `${p.done}/${p.total}  ${p.rate}/秒  已发 ${p.sent}  被拒 ${p.refused}  未知 ${p.unknown}${p.left && `  剩余 ${p.left}`}`,
  ),
  stopping: both(
    'Stopping: waiting for the packets that are being sent (Ctrl-C again: stop at once)',
    '正在停止：等待已经在途的红包（再按一次 Ctrl-C 立即结束）',
  ),
  ended: both(
    'Stopped at once. Run the same command again: it sends only what is missing.',
    '已立即结束。再次运行同一条命令即可：只发还没发的，不会重复。',
  ),
  interrupted: both('Interrupted.', '已中断。'),
  merchantsOwn: both(
    (err_code: string, err_code_des: string) =>
      `Stopped: WeChat refuses with ${err_code} ${err_code_des}, and would refuse every row for the same reason. Fix this and run the same command again (--keep-going continues anyway)`,
    (err_code, err_code_des) =>
      `已停止：微信以 ${err_code} ${err_code_des} 拒绝，这会使每一行都被拒绝。处理好之后再次运行同一条命令（--keep-going 可强行继续）`,
  ),
  tooFast: both(
    (err_code: string, err_code_des: string) =>
      `Stopped: ${err_code} ${err_code_des}. Another program also sends with this merchant. Run the same command again with a lower --rate`,
    (err_code, err_code_des) =>
      `已停止：${err_code} ${err_code_des}。该商户号还有别的程序在发送。请用更低的 --rate 再次运行同一条命令`,
  ),
  impatient: both(
    (why: string, seconds: number) => `Stopped: no answer for ${seconds} s (${why})`,
    (why, seconds) => `已停止：${seconds} 秒没有任何应答（${why}）`,
  ),
  braked: both(
    'Stopped: the operators of the service have stopped all sending (redpack stop). Rows that were not sent are not paid. After they have resumed sending, run the same command again',
    '已停止：服务的运维已停止发送（redpack stop）。未发出的行没有付款。恢复之后再次运行同一条命令即可',
  ),
  throttled: both(
    (seconds: number) =>
      `Stopped: throttled (HTTP 429) for ${seconds} s. The endpoint is right, but it gets more requests than it accepts. Run the same command again later, or with a lower --rate`,
    (seconds) =>
      `已停止：连续 ${seconds} 秒被限流（HTTP 429）。endpoint 没有问题，只是请求过多。请稍后再次运行同一条命令，或用更低的 --rate`,
  ),
  sent: both(
    (sent: string, rows: string, amount: string) => `Sent: ${sent} of ${rows} rows, ${amount} yuan`,
    (sent, rows, amount) => `已发出：${rows} 行中的 ${sent} 行，共 ${amount} 元`,
  ),
  refused: both(
    (rows: string, command: string) =>
      `  refused: ${rows}. No money moved. To try again, use a new name:\n    ${command}`,
    (rows, command) => `  被微信拒绝：${rows} 行，没有扣款。要重试，请用新的批次名：\n    ${command}`,
  ),
  rejected: both(
    (rows: string) => `  rejected by the service: ${rows}. Not sent; the result says why`,
    (rows) => `  被服务拒绝：${rows} 行，没有发出；原因见结果文件`,
  ),
  changed: both(
    (rows: string) =>
      `  changed: ${rows}. Sent before under this name with other parameters; not sent again. Another packet needs another row_key`,
    (rows) => `  changed：${rows} 行，之前已用其他参数在本批次名下发过，没有再发。要另发一个，请填不同的 row_key`,
  ),
  unknown: both(
    (rows: string) =>
      `  unknown: ${rows}. They may have been sent. The service asks WeChat about them. Run the same command again in half an hour`,
    (rows) => `  结果未知：${rows} 行，可能已发出。服务会自行查明：请半小时后再次运行同一条命令`,
  ),
  notSent: both(
    (rows: string) => `  not sent: ${rows}. Run the same command again: it sends only what is missing`,
    (rows) => `  未发送：${rows} 行。再次运行同一条命令即可：只发还没发的，不会重复`,
  ),
  result: both(
    (out: string) => `  result: ${out}`,
    (out) => `  结果文件：${out}`,
  ),
}

export const batchHelp = {
  batch: both('send many red packets from a CSV file', '用 CSV 文件批量发送红包'),
  batchFile: both(
    'CSV in UTF-8 with a header row: one column for each parameter, in any order',
    'UTF-8 编码的 CSV，首行为列名：每个参数一列，顺序不限',
  ),
  batchName: both(
    'name of the batch (required): under one name no row is paid twice',
    '批次名（必填）：同一批次名下每一行绝不会付两次',
  ),
  yes: both('do not ask for confirmation', '不再询问'),
  dryRun: both('check the file and stop', '只检查文件，不发送'),
  out: both('result file (default: FILE.result.csv)', '结果文件（默认 FILE.result.csv）'),
  rate: both(
    'maximum packets per second; WeChat allows a merchant 30',
    '每秒最多发送个数；微信默认每个商户号每秒 30 个',
  ),
  concurrency: both('maximum number of packets in flight', '最多同时发送的个数'),
  patience: both('stop after this many seconds without any answer', '连续这么多秒得不到任何应答就放弃'),
  keepGoing: both(
    'continue when WeChat refuses for a reason that applies to every row (balance, daily limit, certificate …)',
    '遇到会使每一行都被拒绝的原因（余额不足、当日限额、证书等）也继续发送',
  ),
  only: both(
    'FILE is a result file: only its rows with this outcome; refused, rejected and not_sent may go under a new name',
    'FILE 是结果文件：只取该结果的行；refused、rejected、not_sent 可以换新的批次名',
  ),
  payAgain: both('pay again the rows that were sent under another name', '在另一个批次名下发过的行，再付一次'),
  ignore: both('columns to skip, separated by commas', '忽略的列，以逗号分隔'),
  batchAfter: both(
    `
Example of a file, people.csv:
  re_openid,total_amount,wishing
  onqOjjmM1tad-3ROpncN-yUfa6uI,1.88,恭喜发财
  onqOjjsXW5fdM1Xg8uuLRT4LQVKQ,6.66,新年快乐
To send it:
  redpack batch people.csv --name new-year-2025 --official-account-id wxcbda96de0b165486 \\
    --send-name 天虹百货 --act-name 新年红包 --remark 新年红包

How it works:
  The whole file is checked first; if one row is wrong, all that are wrong are listed and nothing is sent.
  After Ctrl-C, a crash or a lost network run the same command again: it sends only what is missing.
  Within one batch each receiver gets one packet. Rows may be added, moved and sorted.
  To send two packets to one receiver, add a column row_key with a different text in each of these rows (it may be empty elsewhere).
  A row that is edited after it was sent is not sent again; its outcome is "changed".
  With another name everybody would be paid again: this is refused while the files of the first batch exist, unless --pay-again is given.
  Rows that WeChat refused stay refused under this name. To try them again, give them a new one:
    redpack batch people.result.csv --only refused --name new-year-2025-2 …
  FILE.result.csv.journal makes the next run quick; it can be deleted.

Outcomes in the result: sent, refused, unknown (may be sent; run again later), changed, rejected (by the service), not_sent.`,
    `
文件示例 people.csv：
  re_openid,total_amount,wishing
  onqOjjmM1tad-3ROpncN-yUfa6uI,1.88,恭喜发财
  onqOjjsXW5fdM1Xg8uuLRT4LQVKQ,6.66,新年快乐
发送：
  redpack batch people.csv --name new-year-2025 --official-account-id wxcbda96de0b165486 \\
    --send-name 天虹百货 --act-name 新年红包 --remark 新年红包

说明：
  先检查整个文件；只要有一行有误，就列出所有有误的行，一个红包也不发。
  按 Ctrl-C、崩溃或断网之后，再次运行同一条命令即可：只发还没发的，不会重复。
  一行对应一个接收人：同一批次内每人一个红包。可以增加行、移动行、重新排序。
  要给同一个人发两个，请增加 row_key 列，在这些行里填写不同的内容（其他行可以留空）。
  发出之后又修改过的行不会再发，结果为 changed。
  加上 --pay-again 才能换批次名给所有人重新付款；否则只要前一批的文件还在就会拒绝。
  被微信拒绝的行在本批次名下保持拒绝。要重试，请用新的批次名：
    redpack batch people.result.csv --only refused --name new-year-2025-2 …
  FILE.result.csv.journal 让下次运行更快，可以删除。

结果列 outcome：sent 已发出、refused 被微信拒绝、unknown 未知（可能已发出，稍后重跑）、changed 发出后被修改、
rejected 被服务拒绝、not_sent 未发送。`,
  ),
}
