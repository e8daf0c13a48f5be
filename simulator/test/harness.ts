// A simulator with its certificates, and a client of WeChat Pay that shares nothing with the product but sign and XML.
import { request as httpRequest } from 'node:http'
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https'
import { nonceStr, sign } from '../../lib/wechatpay/sign.ts'
import { buildXml, parseXml } from '../../lib/wechatpay/xml.ts'
import { createCa, createMerchantCertificate, createServerCertificate, type KeyPair } from '../src/certificates.ts'
import { type SimulatorOptions, startSimulator } from '../src/server.ts'

export const MCH_ID = '10000098'
export const OTHER_MCH_ID = '10000099'
export const API_KEY = '192006250b4c09247ec02edce69f6a2d'
export const APPID = 'wx8888888888888888'
export const OPENID = 'oxTWIuGaIt6gTKsQRLau2M0yL16E'
/** 2025-06-15 23:06:40 in Beijing. */
export const START_MS = 1_750_000_000_000

export type Fields = Record<string, string | number | undefined>
export type Answer = { status: number; type: string | undefined; text: string }
type Json = { status: number; headers: Record<string, unknown>; body: Record<string, unknown> }

export const NORMAL: Fields = {
  mch_billno: 'B20250101000001',
  mch_id: MCH_ID,
  wxappid: APPID,
  send_name: '天虹百货',
  re_openid: OPENID,
  total_amount: 100,
  total_num: 1,
  wishing: '恭喜发财 "A&B" <新年> ]]> 🧧',
  client_ip: '127.0.0.1',
  act_name: '新年红包',
  remark: '新年红包',
}
export const GROUP: Fields = { ...NORMAL, client_ip: undefined, total_amount: 600, total_num: 3, amt_type: 'ALL_RAND' }
/** A packet of a mini program. */
export const MINI: Fields = { ...NORMAL, client_ip: undefined, notify_way: 'MINI_PROGRAM_JSAPI' }
export const QUERY: Fields = { mch_billno: NORMAL.mch_billno, mch_id: MCH_ID, appid: APPID, bill_type: 'MCHT' }

const ca = createCa()
const server = createServerCertificate(ca)
export const pki = {
  ca,
  server,
  merchant: createMerchantCertificate(ca, MCH_ID),
  other: createMerchantCertificate(ca, OTHER_MCH_ID),
}

/** Signs `fields` with a fresh nonce and writes them as XML. */
export function signedXml(fields: Fields, api_key = API_KEY): string {
  const whole = { nonce_str: nonceStr(), ...fields }
  return buildXml({ sign: sign(whole, api_key), ...whole })
}

/** The number WeChat gives to the `serial`th debit of the day on which the clock stands. */
export function listid(serial: number): string {
  return `1000041701202506153000${String(serial).padStart(9, '0')}`
}

/** The elements of a send's success answer to `fields`. */
export function successOf(fields: Fields, serial: number): Record<string, string> {
  const { mch_billno, mch_id, wxappid, re_openid, total_amount } = fields
  return {
    return_code: 'SUCCESS',
    return_msg: '发放成功',
    result_code: 'SUCCESS',
    err_code: 'SUCCESS',
    err_code_des: '发放成功',
    mch_billno: String(mch_billno),
    mch_id: String(mch_id),
    wxappid: String(wxappid),
    re_openid: String(re_openid),
    total_amount: String(total_amount),
    send_listid: listid(serial),
  }
}

/** The elements of a refusal by business: with the echo of a send. */
export function refusedOf(fields: Fields, err_code: string, text: string): Record<string, string> {
  const { send_listid: _, ...echo } = successOf(fields, 0)
  return { ...echo, return_msg: text, result_code: 'FAIL', err_code, err_code_des: text }
}

/** The elements of PARAM_ERROR: what is absent is echoed as nothing. */
export function wrongOf(fields: Fields, text: string): Record<string, string> {
  const named = ['mch_billno', 'mch_id', 'wxappid', 're_openid', 'total_amount']
  const echo = Object.fromEntries(named.map((name) => [name, String(fields[name] ?? '')]))
  return { ...refusedOf({}, 'PARAM_ERROR', `参数错误:${text}`), ...echo }
}

/** The elements of a refusal without an echo. */
export function failedOf(err_code: string, text: string): Record<string, string> {
  return { return_code: 'FAIL', return_msg: text, result_code: 'FAIL', err_code, err_code_des: text }
}

/** Starts a simulator whose clock stands still until it is moved. */
export async function simulate(options: Partial<SimulatorOptions> = {}) {
  const simulator = await startSimulator({
    port: 0,
    control_port: 0,
    tls: { ca: pki.ca.cert, ...pki.server },
    merchants: [
      { mch_id: MCH_ID, api_key: API_KEY, appids: [APPID] },
      { mch_id: OTHER_MCH_ID, api_key: API_KEY },
    ],
    balance: 1_000_000,
    now: () => START_MS,
    ...options,
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 8, ca: pki.ca.cert, ...pki.merchant })

  const post = (path: string, body: string | Buffer, more: RequestOptions = {}) =>
    call(`${simulator.origin}${path}`, body, { method: 'POST', agent, ...more })
  const ask = async (op: string, fields: Fields) => {
    const { text } = await post(`/mmpaymkttransfers/${op}`, signedXml(fields))
    return { ...parseXml(text) }
  }
  return {
    simulator,
    post,
    send: (fields: Fields = {}) => ask('sendredpack', { ...NORMAL, ...fields }),
    sendMini: (fields: Fields = {}) => ask('sendminiprogramhb', { ...MINI, ...fields }),
    sendGroup: (fields: Fields = {}) => ask('sendgroupredpack', { ...GROUP, ...fields }),
    query: (fields: Fields = {}) => ask('gethbinfo', { ...QUERY, ...fields }),
    control: (method: string, path: string, body?: unknown) => control(simulator.control_origin, method, path, body),
    stop: async () => {
      agent.destroy()
      await simulator.stop()
    },
  }
}

/** A client that opens a connection of its own, with the certificate given or none. */
export function ownConnection(certificate?: KeyPair): RequestOptions {
  return { agent: new Agent({ ca: pki.ca.cert, maxCachedSessions: 0, ...certificate }) }
}

function call(url: string, body: string | Buffer, options: RequestOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(url, options, async (response) => {
      try {
        const chunks: Buffer[] = []
        for await (const chunk of response) chunks.push(chunk as Buffer)
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'], text })
      } catch (error) {
        reject(error as Error)
      }
    })
    request.on('error', reject)
    request.end(body)
  })
}

function control(origin: string, method: string, path: string, body?: unknown): Promise<Json> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const request = httpRequest(`${origin}${path}`, { method, headers }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      const { date: _, ...headers } = response.headers
      resolve({ status: response.statusCode ?? 0, headers, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) })
    })
    request.on('error', reject)
    if (body !== undefined) request.write(typeof body === 'string' ? body : JSON.stringify(body))
    request.end()
  })
}
