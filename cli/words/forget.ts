// Words: redpack forget.
import { both } from './both.ts'

export const forget = {
  sure: both(
    (table: string) =>
      `Erase the personal data in every record of this openid in the table ${table}? It cannot be undone.`,
    (table) => `抹除表 ${table} 里这个 openid 所有记录的个人信息？此操作无法撤销。`,
  ),
  declined: both('Nothing was erased.', '没有抹除。'),
  progress: both(
    (looked_at: number, found: number) => `${looked_at} items read, ${found} records found`,
    (looked_at, found) => `已读 ${looked_at} 项，找到 ${found} 条记录`,
  ),
  found: both(
    (count: number, table: string) => `Records of this openid in the table ${table}: ${count}. Nothing was changed`,
    (count, table) => `表 ${table} 里这个 openid 的记录：${count} 条。没有改动`,
  ),
  erased: both(
    (count: number) => `Erased: ${count}. Ids, amounts and outcomes stay, and no key pays again`,
    (count) => `已抹除：${count} 条。记录 ID、金额与结果保留，任何 key 都不会再次付款`,
  ),
  marked: both(
    (count: number) =>
      `Still open: ${count}. The service erases them as soon as outcome and status are final, in 31 days at the latest`,
    (count) => `尚未了结：${count} 条。结果与红包状态确定后，服务会立即抹除，最迟 31 天后`,
  ),
  busy: both(
    (count: number) =>
      `Being sent at this moment: ${count}. Nothing was changed there; run the same command again in two minutes`,
    (count) => `此刻正在发送：${count} 条。没有改动；请两分钟后再次运行同一条命令`,
  ),
  elsewhere: both(
    'Not touched: backups of the table, logs, lists, results and exports, copies of the records (redpack mirror clear), and what WeChat keeps. See docs/privacy.md.',
    '没有涉及：表的备份、日志、名单、结果与导出的文件、本机的记录副本（redpack mirror clear），以及微信保存的内容。见 docs/privacy.zh-CN.md。',
  ),
  unreachable: both(
    (why: string) => `DynamoDB cannot be reached: ${why}. What was erased stays erased; run the same command again`,
    (why) => `无法连接 DynamoDB：${why}。已抹除的不受影响；请再次运行同一条命令`,
  ),
  refused: both(
    (table: string, why: string) =>
      `AWS refuses the table ${table}: ${why}. Check --table (REDPACK_TABLE), AWS_REGION and the rights dynamodb:Scan, GetItem and UpdateItem`,
    (table, why) =>
      `AWS 拒绝访问表 ${table}：${why}。请检查 --table（REDPACK_TABLE）、AWS_REGION，以及对表的 Scan、GetItem、UpdateItem 权限`,
  ),
}

export const forgetHelp = {
  forget: both(
    'erase the personal data in every record of one openid, when that person asks for it',
    '应本人要求，抹除一个 openid 所有记录里的个人信息',
  ),
  forgetOpenid: both('openid of the person; - reads it from standard input', '本人的 openid；- 表示从标准输入读取'),
  forgetTable: both('table of the records (REDPACK_TABLE)', '记录所在的表（REDPACK_TABLE）'),
  forgetDryRun: both('only count the records', '只统计记录数'),
  forgetAfter: both(
    `
Reads the whole table, because no index contains openids. Records that are still open are marked, and erased when they are final.
Exit codes: 0 done; 3 a record was being sent at this moment, run it again.

Example:
  redpack forget --openid onqOjjmM1tad-3ROpncN-yUfa6uI --table redpack-prod`,
    `
会读完整张表：openid 不在任何索引里。尚未了结的记录先作标记，了结后抹除。
退出码：0 完成；3 有记录此刻正在发送，请再次运行。

示例：
  redpack forget --openid onqOjjmM1tad-3ROpncN-yUfa6uI --table redpack-prod`,
  ),
}
