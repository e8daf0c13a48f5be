// Words: redpack mirror, and what is said while it is filled.
import { both } from './both.ts'

export const mirror = {
  needsNode: both(
    (version: string) =>
      `find, report, reconcile, console, mirror and the filters of list need SQLite, which is part of Node from 22.13 on. This is Node ${version}: install a newer one (24 or later is best)`,
    (version) =>
      `find、report、reconcile、console、mirror 以及 list 的筛选需要 Node 自带的 SQLite（22.13 起）。当前是 Node ${version}：请安装更新的版本（建议 24 及以上）`,
  ),
  emptySpan: both(
    'The time from is after the time to: nothing lies between them',
    '起始时间（from）晚于截止时间（to），其间没有内容',
  ),
  none: both(
    'There is no local copy of the records yet. Run the command once without --offline, or redpack mirror update',
    '本机还没有记录的副本。请先不带 --offline 运行一次，或运行 redpack mirror update',
  ),
  unusable: both(
    (file: string, why: string) =>
      `The copy of the records cannot be used (${file}: ${why}). Try again; if that does not help, remove it with redpack mirror clear: it is made anew`,
    (file, why) =>
      `本机的记录副本无法使用（${file}：${why}）。请重试；仍然不行时用 redpack mirror clear 删除，之后会重新建立`,
  ),
  tryOffline: both(
    (at: string) => `--offline answers from the copy on this machine, as of ${at}`,
    (at) => `加上 --offline 可用本机的副本回答，截至 ${at}`,
  ),
  asOf: both(
    (at: string) => `As of ${at}; the service was not asked`,
    (at) => `截至 ${at}；没有询问服务`,
  ),
  progress: both(
    (done: number, total: number) => `Reading the records for the first time: ${done} of ${total}`,
    (done, total) => `首次读取记录：${done} / ${total}`,
  ),
  updated: both(
    (count: number, file: string) => `${count} records in ${file}`,
    (count, file) => `${file} 中有 ${count} 条记录`,
  ),
  cleared: both(
    (file: string) => `Removed: ${file}`,
    (file) => `已删除：${file}`,
  ),
}

export const mirrorHelp = {
  mirror: both(
    'the copy of the records on this machine: bring it up to date, or remove it',
    '本机的记录副本：更新，或删除',
  ),
  mirrorAction: both('update (default) or clear', 'update（默认）或 clear'),
  mirrorAfter: both(
    `
find, report, reconcile and list with a filter read a copy of this caller's records in a file that only you can read
(~/.cache/redpack, or REDPACK_MIRROR_DIR). They bring it up to date themselves, and make it anew after 30 days.
It holds openids, texts, and the names of lists that were sent from this machine: remove it when you no longer need it,
and after redpack forget. Names come back if the same list is given to redpack campaign send again (nothing is sent twice).

Example:
  redpack mirror clear`,
    `
find、report、reconcile 与带筛选的 list 使用本机上的一份记录副本，文件只有您能读取（~/.cache/redpack，或 REDPACK_MIRROR_DIR），会自行更新，
30 天后重新建立。其中有 openid、文字，以及从本机发送的名单中的姓名：不再需要时，以及运行 redpack forget 之后，请删除它。
对同一份名单再运行一次 redpack campaign send 可恢复姓名（不会重复发送）。

示例：
  redpack mirror clear`,
  ),
}
