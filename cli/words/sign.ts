// Words: redpack sign.
import { both } from './both.ts'

export const sign = {
  method: both('The method must be GET, POST or PUT', '方法须为 GET、POST 或 PUT'),
  path: both('The path must begin with a slash', '路径须以 / 开头'),
  data: both('A POST or PUT needs --data, a GET has none', 'POST 与 PUT 需要 --data，GET 不能有'),
  noKey: both(
    'Requests about campaigns have no idempotency key: leave --key out',
    '批量活动的请求没有 idempotency key：请去掉 --key',
  ),
  notText: both('Standard input is not UTF-8 text. Put it into a file', '标准输入的内容不是 UTF-8 文本；请放到文件里'),
  valid: both('# valid for five minutes', '# 五分钟内有效'),
}

export const signHelp = {
  sign: both('print a signed request as a curl line', '把签名后的请求打印成 curl 命令'),
  method: both('GET, POST or PUT', 'GET、POST 或 PUT'),
  path: both('path with query, relative to the endpoint', 'endpoint 之后的路径与查询参数'),
  data: both(
    'file with the JSON body of a POST or PUT, - for standard input',
    'POST 或 PUT 的 JSON 请求体文件，- 表示标准输入',
  ),
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
