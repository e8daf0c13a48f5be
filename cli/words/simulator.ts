// Words: redpack simulator.
import { both } from './both.ts'

export const simulator = {
  portTaken: both(
    (port: number) =>
      `Port ${port} is in use: stop the program that uses it, or choose another port (--port, --control-port)`,
    (port) => `端口 ${port} 已被占用：请停掉占用它的程序，或换一个（--port、--control-port）`,
  ),
  ready: both(
    (
      s: Record<'origin' | 'control_origin' | 'mch_id' | 'api_key' | 'folder', string> & {
        files: { [name: string]: string }
      },
    ) => `
WeChat Pay simulator, on this machine only; Ctrl-C stops it.

  WeChat Pay   ${s.origin}    /mmpaymkttransfers/sendredpack, sendgroupredpack, gethbinfo
  control      ${s.control_origin}     GET /ledger /calls · POST /faults /clock /receive /balance /reset

A test merchant, in ${s.folder}:

  mch_id       ${s.mch_id}
  api_key      ${s.api_key}    (API v2)
  certificate  apiclient_cert.pem and apiclient_key.pem, or apiclient_cert.p12 (password ${s.mch_id})
  server's CA  ca.pem

To use it with any library, set the library's base URL to ${s.origin} and let it trust the CA. Any appid is bound to the merchant.

  Node     NODE_EXTRA_CA_CERTS=${s.files.ca}
  Python   REQUESTS_CA_BUNDLE=${s.files.ca}
  PHP, Go  SSL_CERT_FILE=${s.files.ca}

Make the next send fail after its debit, and see what was paid:

  curl --json '{"kind":"reset_after"}' ${s.control_origin}/faults
  curl ${s.control_origin}/ledger
`,
    (s) => `
微信支付模拟器，只在本机；按 Ctrl-C 停止。

  微信支付  ${s.origin}    /mmpaymkttransfers/sendredpack、sendgroupredpack、gethbinfo
  控制      ${s.control_origin}     GET /ledger /calls · POST /faults /clock /receive /balance /reset

虚构的商户，文件在 ${s.folder}：

  商户号    ${s.mch_id}
  API 密钥  ${s.api_key}    （APIv2）
  证书      apiclient_cert.pem 与 apiclient_key.pem，或 apiclient_cert.p12（密码 ${s.mch_id}）
  服务器 CA ca.pem

供任何库使用：把库的基础地址设为 ${s.origin}，并让它信任 CA。任何 appid 都视为已绑定该商户。

  Node     NODE_EXTRA_CA_CERTS=${s.files.ca}
  Python   REQUESTS_CA_BUNDLE=${s.files.ca}
  PHP、Go  SSL_CERT_FILE=${s.files.ca}

让下一次发送在扣款之后断开，再看看付了什么：

  curl --json '{"kind":"reset_after"}' ${s.control_origin}/faults
  curl ${s.control_origin}/ledger
`,
  ),
  stopped: both('Stopped.', '已停止。'),
}

export const simulatorHelp = {
  simulator: both(
    'run a WeChat Pay simulator, for this service or any other library',
    '运行微信支付模拟器，可供本服务或任何其他库使用',
  ),
  port: both('port of WeChat Pay (HTTPS), 0 for any free port', '微信支付端口（HTTPS），0 为任意'),
  controlPort: both('port of the control (HTTP), 0 for any free port', '控制端口（HTTP），0 为任意'),
  folder: both('folder for its certificates', '存放证书的文件夹'),
  simulatorAfter: both(
    `
Example:
  redpack simulator --port 8443`,
    `
示例：
  redpack simulator --port 8443`,
  ),
}
