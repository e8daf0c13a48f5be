// Words: redpack stop, resume and release, and the table that they write to.
import { both } from './both.ts'

export const table = {
  missing: both(
    (name: string, region: string) =>
      `There is no table ${name} in ${region}: check --table (REDPACK_TABLE) and AWS_REGION. Nothing was changed`,
    (name, region) => `${region} 没有表 ${name}：请检查 --table（REDPACK_TABLE）与 AWS_REGION。没有改动`,
  ),
  denied: both(
    (name: string, region: string, why: string) =>
      `AWS does not allow it on the table ${name} in ${region} (dynamodb:GetItem and UpdateItem are needed): ${why}. Nothing was changed`,
    (name, region, why) => `AWS 不允许访问 ${region} 的表 ${name}（需要 GetItem 与 UpdateItem 权限）：${why}。没有改动`,
  ),
  unreachable: both(
    (why: string) => `DynamoDB cannot be reached: ${why}. Nothing was changed`,
    (why) => `无法连接 DynamoDB：${why}。没有改动`,
  ),
  inDoubt: both(
    (why: string) =>
      `DynamoDB stopped answering (${why}): it is not known whether it was changed. Run the same command again; repeating it does no harm`,
    (why) => `DynamoDB 不再应答（${why}）：不知道是否已改。请再次运行同一条命令，重复运行无害`,
  ),
  other: both(
    (what: string, name: string, region: string) => `DynamoDB refuses the request (table ${name}, ${region}): ${what}`,
    (what, name, region) => `DynamoDB 拒绝（表 ${name}，${region}）：${what}`,
  ),
}

export const brake = {
  all: both('all mini apps', '所有小程序'),
  one: both(
    (miniapp_id: string) => `the mini app ${miniapp_id}`,
    (miniapp_id) => `小程序 ${miniapp_id}`,
  ),
  stopped: both(
    (scope: string, since: string) => `Stopped for ${scope}, since ${since}: no new red packet is sent`,
    (scope, since) => `已停止发送：${scope}，自 ${since} 起不再发出新的红包`,
  ),
  within: both(
    (seconds: number) =>
      `Every function obeys within ${seconds} s. Sends that have begun by then end by themselves within half a minute; settle does not send again`,
    (seconds) => `所有函数在 ${seconds} 秒内生效。在那之前已经开始的发送会自行结束（最多半分钟）；settle 不再补发`,
  ),
  goesOn: both(
    'Still working: lists, records, status queries; settle continues to ask WeChat about open sends',
    '照常进行：列表、记录、状态查询，以及 settle 向微信查询结果',
  ),
  sureResume: both(
    (scope: string) => `Let new red packets be sent again for ${scope}?`,
    (scope) => `恢复发送：${scope}？`,
  ),
  notResumed: both('Nothing was changed: the brake is still on.', '没有改动：仍停止发送。'),
  undo: both(
    (command: string) => `To resume sending: ${command}`,
    (command) => `恢复发送：${command}`,
  ),
  where: both(
    (name: string, region: string) => `table ${name}, region ${region}`,
    (name, region) => `表 ${name}，区域 ${region}`,
  ),
  reason: both(
    (at: string, text: string) => `reason (${at}): ${text}`,
    (at, text) => `原因（${at}）：${text}`,
  ),
  off: both('Sending is not stopped', '没有停止：红包正常发送'),
  notOn: both(
    (scope: string) => `Sending was not stopped for ${scope}. Nothing was changed`,
    (scope) => `${scope}本来就没有停止。没有改动`,
  ),
  resumed: both(
    (scope: string, since: string, seconds: number) =>
      `Resumed for ${scope}, stopped since ${since}: every function sends again within ${seconds} s`,
    (scope, since, seconds) => `已恢复：${scope}（自 ${since} 起停止），${seconds} 秒内恢复发送`,
  ),
  still: both(
    (scope: string, since: string) => `Still stopped for ${scope}, since ${since}`,
    (scope, since) => `仍然停止：${scope}，自 ${since} 起`,
  ),
  changed: both(
    'Another operator has stopped or resumed sending at the same moment, so nothing was changed. Check (redpack stop --show), then run the command again',
    '此刻另一位运维也在操作，停止状态保持不变。请先查看（redpack stop --show），再运行一次',
  ),
  malformed: both(
    (name: string, why: string) =>
      `The service cannot read the item "control" of the table ${name} (${why}), so it sends nothing. Correct the item by hand`,
    (name, why) => `表 ${name} 的 control 项无法被服务读取（${why}），因此服务不会发送。请手工改正`,
  ),
  showAlone: both(
    '--show changes nothing and takes neither --miniapp nor --reason',
    '--show 不做改动，不能与 --miniapp、--reason 同用',
  ),
  badReason: both(
    (most: number) => `A reason is 1 to ${most} characters on one line`,
    (most) => `原因须为一行 1 至 ${most} 个字符`,
  ),
  tooManyReasons: both('The reason was not stored: there are too many already', '原因没有记下：已有的太多'),
  reasonLost: both('It is not known whether the reason was stored', '不知道原因是否已记下'),
  unknownMiniapp: both(
    (miniapp_id: string, name: string) =>
      `The table ${name} has no record of ${miniapp_id}. If the name is misspelled, the mini app that you mean is not stopped`,
    (miniapp_id, name) => `表 ${name} 中从来没有 ${miniapp_id} 的记录。如果是写错了，真正的小程序并没有停止`,
  ),
  noneHeld: both(
    (epoch: number) => `Epoch ${epoch}: no record is held`,
    (epoch) => `epoch ${epoch}：没有被扣住的记录`,
  ),
  held: both(
    (epoch: number, before: string) =>
      `Epoch ${epoch}: records created before ${before} are held: they are queried and never sent, until redpack release`,
    (epoch, before) => `epoch ${epoch}：${before} 之前的记录被扣住，只查询、不发送，直到 redpack release`,
  ),
}

export const brakeHelp = {
  stop: both('stop all sending now, or that of one mini app', '立即停止发送（全部，或某个小程序）'),
  resume: both('resume sending', '恢复发送'),
  table: both('table of the records (REDPACK_TABLE)', '记录表（REDPACK_TABLE）'),
  onlyMiniapp: both('only this mini app', '只针对这个小程序'),
  reason: both('the reason, for other operators', '停止原因，供其他运维查看'),
  show: both('change nothing; show what is stopped, and the epoch', '不做改动，只显示停止状态与 epoch'),
  stopAfter: both(
    `
After that, sends get 503 stopped, and no record is written for them. The command needs AWS credentials,
AWS_REGION and the table, but no endpoint and no caller.

Examples:
  redpack stop --reason "wrong amounts in the list of March"
  redpack stop --miniapp my-miniapp
  redpack stop --show`,
    `
之后的发送得到 503 stopped，且不会留下记录。需要 AWS 凭证、AWS_REGION 与表名；不需要 endpoint 和调用方。

示例：
  redpack stop --reason "三月名单金额有误"
  redpack stop --miniapp my-miniapp
  redpack stop --show`,
  ),
  resumeAfter: both(
    `
Without --miniapp it resumes sending for all mini apps; single mini apps that are stopped stay so and are listed.
If another operator stops sending at the same moment, it stays stopped.`,
    `
不带 --miniapp 时只解除“所有小程序”的停止；单个小程序的停止保持不变，并会列出。
另一位运维同时再次停止时，停止状态保持不变。`,
  ),
}
