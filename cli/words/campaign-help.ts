// Words: the help of redpack campaign.
import { both } from './both.ts'

export const campaignHelp = {
  campaign: both('send to each row of a list; the service does it', '按名单批量发送，由服务自行完成'),
  campaignSend: both('check a list, upload it, ask, and start', '检查名单、上传、确认并开始发送'),
  campaignFile: both(
    'CSV or .xlsx with a header row: one column a parameter, in any order',
    'CSV 或 .xlsx，首行为列名：每个参数一列，顺序不限',
  ),
  campaignName: both(
    'name of the campaign (default: that of the file); a name is used once',
    '活动名（默认为文件名）；一个名字只能用一次',
  ),
  map: both(
    'what a column means, for example --map 金额（元）=total_amount; may be repeated',
    '某一列的含义，例如 --map 金额（元）=total_amount；可重复',
  ),
  yes: both('do not ask for confirmation', '不再询问'),
  dryRun: both('check the file, print what would be asked, and stop', '只检查文件并打印确认内容，不发送'),
  nameColumn: both(
    'column with names, kept on this machine for redpack find; never sent (default: name or 姓名)',
    '姓名所在的列，存于本机供 redpack find 使用，不会发送（默认 name 或姓名）',
  ),
  evenIfSimilar: both(
    'send although a campaign of the last 30 days has paid a similar list',
    '即使近 30 天发过相似的名单也发送',
  ),
  allowRepeats: both('receivers may stand in the list more than once', '允许同一个接收人在名单中出现多次'),
  rate: both(
    'calls to WeChat in any second, at most; repeated ones count',
    '每秒最多的微信调用次数，重复的调用也计算在内',
  ),
  watchInterval: both('seconds between two looks', '两次查看之间的秒数'),
  whichCampaign: both('name or id of the campaign', '活动名或 ID'),
  campaignWatch: both(
    'look on until all rows are sent; leaving ends nothing',
    '查看进度，直到全部发出；离开不影响发送',
  ),
  campaignList: both('list campaigns, newest first', '列出活动，最新的在前'),
  campaignShow: both('show a campaign and what has become of it', '查看一个活动及其结果'),
  campaignPause: both('begin no more rows', '暂停：不再开始新的行'),
  campaignResume: both('go on with a paused or stopped campaign', '继续已暂停或已停止的活动'),
  campaignCancel: both('end a campaign for good', '取消活动，不能恢复'),
  campaignRetry: both('try refused rows again; sent and unknown ones never', '重试被拒绝的行；已发出和未知的绝不重试'),
  errCode: both('only rows that were refused with this code', '只重试被此错误码拒绝的行'),
  campaignResult: both('every row with its result, as CSV', '每一行的结果，CSV 格式'),
  resultOut: both('file to write (default: standard output)', '写入文件（默认标准输出）'),
  resultOutcome: both('only rows with this outcome', '只取该结果的行'),
  campaignAfter: both(
    `
Example:
  redpack campaign send people.csv --name new-year-2026 \\
    --official-account-id wxcbda96de0b165486 --send-name 天虹百货 \\
    --act-name 新年红包 --remark 新年红包 --wishing 恭喜发财
  redpack campaign watch new-year-2026
  redpack campaign result new-year-2026 --out result.csv

The campaign belongs to the service: it goes on when this command, the terminal or the machine ends.
Exit codes of send and watch: 0 everything was sent; 2 stopped, or rows were refused; 3 rows are unknown; 1 otherwise.`,
    `
示例：
  redpack campaign send people.csv --name new-year-2026 \\
    --official-account-id wxcbda96de0b165486 --send-name 天虹百货 \\
    --act-name 新年红包 --remark 新年红包 --wishing 恭喜发财
  redpack campaign watch new-year-2026
  redpack campaign result new-year-2026 --out result.csv

活动由服务执行：本命令、终端或电脑关闭后仍会继续。
send 与 watch 的退出码：0 全部发出；2 已停止或有行被拒绝；3 有结果未知的行；1 其他。`,
  ),
  campaignSendAfter: both(
    `
Example of a file, people.csv:
  re_openid,total_amount,wishing
  onqOjjmM1tad-3ROpncN-yUfa6uI,1.88,恭喜发财
  onqOjjsXW5fdM1Xg8uuLRT4LQVKQ,6.66,新年快乐

Columns may have the names of the parameters or Chinese ones (openid、金额、祝福语、活动名称、备注 …). Others are not read, and the question names them.
CSV may be in UTF-8 or GB18030, with commas, semicolons or tabs.

The whole file is checked first; if one row is wrong, all that are wrong are listed and nothing is sent.
The same file under the same name is the same campaign: nothing is sent twice, an upload that was cut off goes on.
A list similar to one of the last 30 days is asked about, under whatever name.`,
    `
文件示例 people.csv：
  re_openid,total_amount,wishing
  onqOjjmM1tad-3ROpncN-yUfa6uI,1.88,恭喜发财
  onqOjjsXW5fdM1Xg8uuLRT4LQVKQ,6.66,新年快乐

列名可以是参数名，也可以是中文（openid、金额、祝福语、活动名称、备注等）。其他列不读取，确认时会列出。
CSV 可以是 UTF-8 或 GB18030 编码，以逗号、分号或制表符分隔。

先检查整个文件；只要有一行有误，就列出所有有误的行，一个红包也不发。
同一个文件用同一个活动名就是同一个活动：不会重复发送，中断的上传会继续。
与近 30 天发过的名单相似时，不论什么名字都会先询问。`,
  ),
}
