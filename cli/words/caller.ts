// Words: redpack caller.
import { both } from './both.ts'

export const caller = {
  badKeyid: both('A keyid is 1 to 64 letters, digits and _ . : @ -', 'keyid 须为 1 至 64 个字母、数字或 _ . : @ -'),
  exists: both(
    (keyid: string, command: string) => `The caller ${keyid} already exists. To give it a new secret: ${command}`,
    (keyid, command) => `调用方 ${keyid} 已存在；要换密钥请用：${command}`,
  ),
  unknown: both(
    (keyid: string) => `There is no caller ${keyid}`,
    (keyid) => `没有调用方 ${keyid}`,
  ),
  added: both(
    (keyid: string, miniapp_id: string) => `${keyid} may now call for ${miniapp_id}:`,
    (keyid, miniapp_id) => `${keyid} 现在可以代表 ${miniapp_id} 调用：`,
  ),
  rotated: both(
    (keyid: string, command: string) => `${keyid} has a second secret. The first one stays valid until ${command}:`,
    (keyid, command) => `${keyid} 有了第二个密钥；旧的在 ${command} 之前仍然有效：`,
  ),
  unfinished: both(
    (keyid: string) => `${keyid} already has two secrets: finish that rotation first (--finish)`,
    (keyid) => `${keyid} 已有两个密钥：请先结束那次轮换（--finish）`,
  ),
  nothingToFinish: both(
    (keyid: string) => `${keyid} has one secret: there is no rotation to finish`,
    (keyid) => `${keyid} 只有一个密钥：没有需要结束的轮换`,
  ),
  finished: both(
    (keyid: string) =>
      `${keyid} has only its newest secret now. The service stops accepting the old one within five minutes.`,
    (keyid) => `${keyid} 现在只有最新的密钥；服务五分钟内不再接受旧的。`,
  ),
  sure: both(
    (keyid: string) => `Remove ${keyid}? Requests with this keyid will be rejected.`,
    (keyid) => `删除 ${keyid}？用它调用的程序将被拒绝。`,
  ),
  declined: both('Nothing was removed.', '没有删除。'),
  removed: both(
    (keyid: string) => `${keyid} is removed. The service stops accepting it within five minutes.`,
    (keyid) => `已删除 ${keyid}；服务五分钟内不再接受它。`,
  ),
  none: both('There are no callers yet.', '还没有调用方。'),
  rotating: both('two secrets: rotation not finished', '两个密钥：轮换未结束'),
  once: both(
    'The secret is shown only once. The service accepts it within five minutes.',
    '密钥只显示这一次。服务会在五分钟内开始接受它。',
  ),
  malformed: both(
    (keyid: string, command: string) =>
      `The service cannot use the entry of ${keyid}: remove it and add it again (${command})`,
    (keyid, command) => `服务无法使用 ${keyid} 的条目：请删除后重新添加（${command}）`,
  ),
  faults: {
    malformed: both(
      'the service cannot use this entry: remove it and add it again',
      '服务无法使用这个条目：请删除后重新添加',
    ),
    short_secret: both('a secret under 32 bytes is refused: rotate it', '不足 32 字节的密钥不被接受：请轮换'),
  },
  notBase64: both('The secret must be base64: openssl rand -base64 32', '密钥须为 base64：openssl rand -base64 32'),
  shortSecret: both(
    (length: number, min: number) =>
      `The secret has ${length} bytes and needs ${min} at least: openssl rand -base64 32`,
    (length, min) => `密钥只有 ${length} 字节，至少要 ${min} 字节：openssl rand -base64 32`,
  ),
  yours: both(
    'The secret is the one from your file. The service accepts it within five minutes.',
    '密钥就是你文件里的那一个。服务会在五分钟内开始接受它。',
  ),
  written: both(
    (file: string) =>
      `The secret is in ${file}, which only you can read (node --env-file). The service accepts it within five minutes.`,
    (file) => `密钥在 ${file} 里，只有你能读（node --env-file）。服务会在五分钟内开始接受它。`,
  ),
  finishAlone: both(
    '--finish removes the older secret and creates none: it cannot be combined with --secret-file or --out',
    '--finish 只去掉旧密钥，不产生新的：不能与 --secret-file、--out 同用',
  ),
  flags: {
    secretFile: both(
      'a secret of your own (base64, 32 bytes at least) from a file, - for standard input',
      '自备的密钥（base64，至少 32 字节），从文件读取，- 为标准输入',
    ),
    out: both(
      'write the secret into this new file, which only you can read, and do not print it',
      '把密钥写入这个新文件（只有你能读），不打印',
    ),
  },
}

export const callerHelp = {
  caller: both(
    'callers of the service: add, rotate, remove, list',
    '调用方：add 增加、rotate 轮换、remove 删除、list 列出',
  ),
  callerAfter: both(
    `
Changing a secret without an interruption:
  redpack caller rotate shop-1             adds a second secret; both are valid
  (give the new secret to the cloud function)
  redpack caller rotate shop-1 --finish    removes the old secret`,
    `
不中断地更换密钥：
  redpack caller rotate shop-1             增加第二个密钥，两个都有效
  （把新密钥配置到云函数）
  redpack caller rotate shop-1 --finish    旧密钥作废`,
  ),
  callerKeyid: both('name of the caller', '调用方名称'),
  callerAdd: both('add a caller and print its secret, once', '增加调用方并打印密钥（只此一次）'),
  callerRotate: both(
    'give a caller a second secret; with --finish remove the older one',
    '增加第二个密钥；加 --finish 则去掉旧的',
  ),
  finish: both('finish the rotation: only the newest secret stays', '结束轮换：只保留最新的密钥'),
  callerRemove: both('remove a caller', '删除调用方'),
  callerList: both('list callers, without their secrets', '列出调用方（不显示密钥）'),
}
