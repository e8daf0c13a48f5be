// Three red packet libraries as their users call them. Each prints one line of JSON: what it got for a send, a query, the same
// send again, a changed one, and one to somebody who is refused. Arguments: the folder they are installed in, and which one.
const { createRequire } = require('node:module')
const { readFileSync } = require('node:fs')

const [, , folder, name] = process.argv
const { ORIGIN, MCH_ID, API_KEY, APPID, P12 } = process.env
const load = createRequire(`${folder}/package.json`)
const pfx = readFileSync(P12)

const packet = (mch_billno, more = {}) => ({
  mch_billno,
  send_name: '天虹百货',
  re_openid: 'oxTWIuGaIt6gTKsQRLau2M0yL16E',
  total_amount: 100,
  total_num: 1,
  wishing: '恭喜发财 A&B 🧧',
  client_ip: '127.0.0.1',
  act_name: '新年红包',
  remark: '新年红包',
  ...more,
})

const CLIENTS = {
  tenpay() {
    const Tenpay = load('tenpay')
    const api = new Tenpay({ appid: APPID, mchid: MCH_ID, partnerKey: API_KEY, pfx })
    for (const [type, url] of Object.entries(api.urls))
      api.urls[type] = url.replace('https://api.mch.weixin.qq.com', ORIGIN)
    return {
      send: (fields) => api.sendRedpack(fields),
      query: (mch_billno) => api.redpackQuery({ mch_billno }),
      group: (fields) => api.sendGroupRedpack(fields),
      bill: (bill_date) => api.downloadFundflow({ bill_date }, true),
    }
  },
  'wechatpay-axios-plugin'() {
    const { Wechatpay } = load('wechatpay-axios-plugin')
    // It is one for API v3, too, and wants that one's keys; none of them is used here.
    const serial = 'unused'
    const merchant = { pfx, passphrase: MCH_ID }
    const { privateKey, publicKey } = require('node:crypto').generateKeyPairSync('rsa', { modulusLength: 2048 })
    const common = { mchid: MCH_ID, serial, privateKey, certs: { other: publicKey }, secret: API_KEY, merchant }
    const api = new Wechatpay({ ...common, baseURL: `${ORIGIN}/` })
    const call = async (path, fields) =>
      (await api.chain(`v2/mmpaymkttransfers/${path}`).post({ mch_id: MCH_ID, ...fields }, { security: true })).data
    return {
      send: (fields) => call('sendredpack', { wxappid: APPID, ...fields }),
      query: (mch_billno) => call('gethbinfo', { appid: APPID, bill_type: 'MCHT', mch_billno }),
      mini: ({ client_ip, ...fields }) =>
        call('sendminiprogramhb', { wxappid: APPID, notify_way: 'MINI_PROGRAM_JSAPI', ...fields }),
    }
  },
  // Its addresses are fixed: it comes by api.mch.weixin.qq.com and a proxy, as with curl --resolve.
  'wechat-pay'() {
    const { Payment } = load('wechat-pay')
    const api = new Payment({ partnerKey: API_KEY, appId: APPID, mchId: MCH_ID, pfx })
    return {
      send: (fields) => api.sendRedPacket(fields),
      query: (mch_billno) => api.redPacketQuery({ mch_billno }),
    }
  },
}

/** What came back, or the library's way to say no. */
async function outcome(promise) {
  try {
    return await promise
  } catch (error) {
    const said = error.response?.data ?? error.data
    return { error: String(error.message ?? error), ...(said && typeof said === 'object' ? { said } : {}) }
  }
}

async function main() {
  const client = CLIENTS[name]()
  if (process.env.BILL_DATE)
    return console.log(JSON.stringify({ bill: await outcome(client.bill(process.env.BILL_DATE)) }))
  const results = {
    sent: await outcome(client.send(packet('B1'))),
    found: await outcome(client.query('B1')),
    repeated: await outcome(client.send(packet('B1'))),
    changed: await outcome(client.send(packet('B1', { total_amount: 200 }))),
    refused: await outcome(client.send(packet('B2', { re_openid: 'oSIM_NOTENOUGH' }))),
    wrong: await outcome(client.send(packet('B3', { act_name: '名'.repeat(20) }))),
    missing: await outcome(client.query('NONE')),
  }
  const { client_ip: _, ...shared } = packet('G1', { total_num: 3, total_amount: 600 })
  if (client.group) results.group = await outcome(client.group(shared))
  if (client.mini) results.mini = await outcome(client.mini(packet('M1')))
  console.log(JSON.stringify(results))
}

void main()
