// Words: redpack sign.
import { both } from './both.ts'

export const sign = {
  method: both('The method must be GET or POST', '方法须为 GET 或 POST'),
  path: both('The path must begin with a slash', '路径须以 / 开头'),
  data: both('A POST needs --data, a GET has none', 'POST 需要 --data，GET 不能有'),
  notText: both('Standard input is not UTF-8 text. Put it into a file', '标准输入的内容不是 UTF-8 文本；请放到文件里'),
  valid: both('# valid for five minutes', '# 五分钟内有效'),
}

export const signHelp = {
  sign: both('print a signed request as a curl line', '把签名后的请求打印成 curl 命令'),
  method: both('GET or POST', 'GET 或 POST'),
  path: both('path with query, relative to the endpoint', 'endpoint 之后的路径与查询参数'),
  data: both('file with the JSON body of a POST, - for standard input', 'POST 的 JSON 请求体文件，- 表示标准输入'),
  signAfter: both(
    `
Examples:
  redpack sign GET '/redpacks?limit=1'
  redpack sign POST /redpacks --data packet.json --key order-1 | sh
A signature is valid for five minutes.`,
    `
示例：
  redpack sign GET '/redpacks?limit=1'
  redpack sign POST /redpacks --data packet.json --key order-1 | sh
签名五分钟内有效。`,
  ),
}
