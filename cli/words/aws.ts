// Words: Secrets Manager, as the operator's commands meet it.
import { both } from './both.ts'

export const aws = {
  malformed: both(
    (name: string, kind?: string) =>
      kind === undefined
        ? `The secret ${name} has the wrong content; it was not changed`
        : `The secret ${name} ${kind}, not a JSON object; it was not changed. Correct it, or use another --prefix`,
    (name, kind) =>
      kind === undefined
        ? `密钥 ${name} 的内容不对；没有改动它`
        : `密钥 ${name} ${kind}，不是 JSON 对象；没有改动它。请先把它改正，或换一个 --prefix`,
  ),
  credentials: both(
    (why: string) => `AWS credentials are missing or not accepted: ${why}`,
    (why) => `没有 AWS 凭证，或凭证不被接受：${why}`,
  ),
  region: both('No AWS region: set AWS_REGION', '没有 AWS 区域：请设置 AWS_REGION'),
  denied: both(
    (why: string) => `AWS does not allow it: ${why}`,
    (why) => `AWS 不允许：${why}`,
  ),
  unreachable: both(
    (why: string) => `Secrets Manager cannot be reached: ${why}`,
    (why) => `无法连接 Secrets Manager：${why}`,
  ),
  other: both(
    (what: string) => `Secrets Manager refused: ${what}`,
    (what) => `Secrets Manager 拒绝：${what}`,
  ),
  kinds: {
    binary: both('holds bytes (SecretBinary)', '存的是二进制（SecretBinary）'),
    empty: both('is empty', '是空的'),
    not_json: both('holds text that is not JSON', '存的文字不是 JSON'),
    null: both('holds null', '存的是 null'),
    list: both('holds a list', '存的是列表'),
    string: both('holds a string', '存的是字符串'),
    number: both('holds a number', '存的是数字'),
    boolean: both('holds true or false', '存的是 true 或 false'),
  },
  full: both(
    (name: string, bytes: number, max: number) =>
      `The secret ${name} would have ${bytes} bytes; AWS allows ${max} (about 565 callers). Nothing was changed. Remove unused callers, or move some mini apps to a deployment with another prefix`,
    (name, bytes, max) =>
      `密钥 ${name} 将有 ${bytes} 字节，AWS 最多接受 ${max}（约 565 个调用方）。没有改动。请删除不再使用的，或让一部分小程序使用另一套部署（另一个 prefix）`,
  ),
  busy: both(
    (name: string) =>
      `Other programs are changing ${name} at the same time, and changed it first in every attempt. Your change was not stored: run the command again`,
    (name) => `其他程序同时在修改 ${name}，每次都先于本命令写入。你的改动没有存入：请再运行一次`,
  ),
  inDoubt: both(
    (name: string, why: string) =>
      `Secrets Manager stopped answering (${why}): it is not known whether ${name} was changed. Check before you run the command again (redpack caller list, redpack doctor)`,
    (name, why) =>
      `Secrets Manager 不再应答（${why}）：不知道 ${name} 是否已改。再次运行之前请先查看（redpack caller list、redpack doctor）`,
  ),
  deleted: both(
    (name: string) =>
      `The secret ${name} is marked for deletion. To restore it: aws secretsmanager restore-secret --secret-id ${name}`,
    (name) => `密钥 ${name} 已标记为删除；要恢复它：aws secretsmanager restore-secret --secret-id ${name}`,
  ),
}
