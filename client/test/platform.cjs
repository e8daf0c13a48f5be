// Calls a handler as a platform does: `node platform.cjs <folder> <platform> <event as JSON>`. Prints what the caller gets.
const { join } = require('node:path')

const [folder, platform, event] = process.argv.slice(2)

/** What each platform gives as event and context, and the name that it looks for in index.js. */
const PLATFORMS = {
  'tencent-scf': {
    handler: 'main_handler',
    event: () => JSON.parse(event),
    context: {
      callbackWaitsForEmptyEventLoop: true,
      memory_limit_in_mb: 128,
      time_limit_in_ms: 60_000,
      request_id: 'b7a3c1f0-0000-4000-8000-000000000000',
      environ: 'SCF_NAMESPACE=default',
      environment: '{"SCF_NAMESPACE":"default"}',
      function_version: '$LATEST',
      function_name: 'send-red-pack',
      namespace: 'default',
      tencentcloud_region: 'ap-guangzhou',
      tencentcloud_appid: '1250000000',
      tencentcloud_uin: '100000000001',
      getRemainingTimeInMillis: () => 60_000,
    },
  },
  'wechat-cloudbase': {
    handler: 'main',
    // The user's identity is put in by WeChat; the program reads it by getWXContext.
    event: () => ({ ...JSON.parse(event), userInfo: { appId: 'wxminiapp', openId: process.env.OPENID } }),
    context: { request_id: 'r-1', function_name: 'sendRedPack', memory_limit_in_mb: 256, time_limit_in_ms: 60_000 },
  },
  'aliyun-fc': {
    handler: 'handler',
    event: () => Buffer.from(event),
    context: {
      requestId: '1-65a0c1f0-00000000',
      credentials: { accessKeyId: '', accessKeySecret: '', securityToken: '' },
      function: { name: 'send-red-pack', handler: 'index.handler', memory: 256, timeout: 60 },
      service: { logProject: '', logStore: '', qualifier: 'LATEST', versionId: '' },
      region: 'cn-hangzhou',
      accountId: '123456',
      logger: console,
    },
  },
}

const { handler, event: given, context } = PLATFORMS[platform]
const print = (answer) => process.stdout.write(JSON.stringify(answer))
Promise.resolve()
  .then(() => require(join(folder, 'index.js'))[handler](given(), context))
  .then(
    (answer) => print({ answer }),
    (error) => print({ error: `${error.name}: ${error.message}` }),
  )
