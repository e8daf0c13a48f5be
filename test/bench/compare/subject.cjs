// One thing that is measured, in a process of its own: `node subject.cjs <kind> <plan>`. It sends, and tells what that took.
// Plain JavaScript, so that nothing but the subject is in the process.
const { existsSync, readdirSync, readFileSync } = require('node:fs')
const { createRequire } = require('node:module')

const [, , kind, file, sends = '1'] = process.argv
const plan = JSON.parse(readFileSync(file, 'utf8'))
const { order, merchant } = plan

/** How each is used, as its README says. `n` numbers the sends. */
const SUBJECTS = {
  empty: () => async () => ({ statusCode: 200 }),

  bundle() {
    const { handler } = require(plan.bundle)
    return async (n) => {
      const context = { awsRequestId: `request-${n}`, getRemainingTimeInMillis: () => 29_000 }
      const { statusCode, body } = await handler(plan.events[n % plan.events.length], context)
      if (statusCode !== 200 || !body.includes('"outcome":"sent"')) throw new Error(`${statusCode} ${body}`)
    }
  },

  // The same four requests and nothing else: what is left if everything of ours cost nothing.
  floor() {
    const https = require('node:https')
    const merchants = new https.Agent({ keepAlive: true, cert: merchant.cert, key: merchant.key })
    const aws = new https.Agent({ keepAlive: true })
    const item = JSON.stringify({ Item: { text: { S: 'x'.repeat(1_200) } } })
    const post = (host, agent, headers, body) =>
      new Promise((resolve, reject) => {
        const options = { method: 'POST', host, agent, headers: { ...headers, 'content-length': body.length } }
        const request = https.request(options, (response) => response.resume().on('end', resolve))
        request.on('error', reject).end(body)
      })
    const token = { 'x-amz-security-token': process.env.AWS_SESSION_TOKEN }
    const dynamodb = (operation) => {
      const host = `dynamodb.${process.env.AWS_REGION}.amazonaws.com.cn`
      return post(host, aws, { ...token, 'x-amz-target': `DynamoDB_20120810.${operation}` }, item)
    }
    const wechat = () => post('api.mch.weixin.qq.com', merchants, {}, '<xml><mch_billno>1</mch_billno></xml>')
    return async () => {
      await dynamodb('PutItem')
      await Promise.all([dynamodb('UpdateItem'), wechat()])
      await dynamodb('UpdateItem')
    }
  },

  wechatpay() {
    const { wechatPay, httpsTransport } = require(plan.wechatpay)
    const { send } = wechatPay(httpsTransport({ origin: 'https://api.mch.weixin.qq.com' }))
    return async (n) => {
      const { means } = await send(merchant, { ...order, mch_billno: billno(n) }, 10_000)
      if (means !== 'paid') throw new Error(means)
    }
  },

  tenpay() {
    const Tenpay = createRequire(`${plan.peers}/`)('tenpay')
    const { mch_id: mchid, api_key: partnerKey } = merchant
    const appid = order.official_account_id
    const api = new Tenpay({ appid, mchid, partnerKey, pfx: Buffer.from(plan.p12, 'base64') })
    return async (n) => {
      const { mch_billno } = await api.sendRedpack({ ...fields(), mch_billno: billno(n) })
      if (mch_billno !== billno(n)) throw new Error('another order')
    }
  },

  'wechatpay-axios-plugin'() {
    const { Wechatpay } = createRequire(`${plan.peers}/`)('wechatpay-axios-plugin')
    const { mch_id: mchid, api_key: secret, cert, key } = merchant
    const certs = { PUB_KEY_ID_01: plan.public_key }
    const wxpay = new Wechatpay({ mchid, serial: plan.serial, privateKey: key, certs, secret, merchant: { cert, key } })
    return async (n) => {
      const more = { mch_billno: billno(n), mch_id: mchid, wxappid: order.official_account_id, total_num: '1' }
      const sent = { ...fields(), ...more, client_ip: '127.0.0.1' }
      const { data } = await wxpay.v2.mmpaymkttransfers.sendredpack.post(sent, { security: true })
      if (data.mch_billno !== billno(n)) throw new Error('another order')
    }
  },
}

function billno(n) {
  return `10000098201411${String(n).padStart(14, '0')}`
}

function fields() {
  const { send_name, re_openid, total_amount, wishing, act_name, remark } = order
  return { send_name, re_openid, total_amount: String(total_amount), wishing, act_name, remark }
}

/** `count` sends from number `from`, one after the other or all at once. */
async function block(send, { from, count, at_once }) {
  const before = process.cpuUsage()
  if (at_once) await Promise.all(Array.from({ length: count }, (_, i) => send(from + i)))
  else for (let n = from; n < from + count; n += 1) await send(n)
  const { user, system } = process.cpuUsage(before)
  return { cpu_us: (user + system) / count, rss_mb: process.memoryUsage.rss() / 2 ** 20, descriptors: descriptors() }
}

/** Where there is no /proc, none. */
function descriptors() {
  const folder = '/proc/self/fd'
  return existsSync(folder) ? readdirSync(folder).length : 0
}

const send = SUBJECTS[kind]()
if (process.send) {
  process.on('message', (message) => {
    block(send, message).then(
      (figures) => process.send(figures),
      (error) => {
        console.error(error)
        process.exit(1)
      },
    )
  })
  process.on('disconnect', () => process.exit())
  process.send('ready')
} else {
  // Up to the first answer.
  block(send, { from: 0, count: Number(sends) }).then(
    () => {
      const { user, system } = process.cpuUsage()
      console.log((user + system) / 1_000)
      process.exit()
    },
    (error) => {
      console.error(error)
      process.exit(1)
    },
  )
}
