// redpack merchant check: one query to WeChat for a number that cannot exist; what it answers says which part of the set-up is wrong.
import { merchants } from '../../lib/aws/merchants.ts'
import { secretsManager } from '../../lib/aws/secrets.ts'
import { type Config, config } from '../../lib/config.ts'
import type { GatewayType } from '../../lib/redpack/params.ts'
import type { Merchant, Queried } from '../../lib/redpack/ports.ts'
import type { Order } from '../../lib/redpack/record.ts'
import { wechatPay, wordsOf } from '../../lib/wechatpay/client.ts'
import { httpsTransport } from '../../lib/wechatpay/transport.ts'
import { secretStore } from '../aws/store.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { mark } from '../terminal.ts'
import { setupOf } from './setup.ts'

/** No service makes this number: its ids are hashes, and this would be one of 96 zero bits. */
const NO_NUMBER = `RP${'0'.repeat(24)}`
const TIMEOUT_MS = 10_000

/** What one answer can say about: true is right, false wrong, null not known yet. */
const PARTS = ['certificate', 'api_key', 'ip_list', 'binding'] as const
type Part = (typeof PARTS)[number]
type Finding = Record<Part, boolean | null>

export type Diagnosis = { finding: Finding; answer: string; text: string; exit_code: ExitCode }

const UNKNOWN: Finding = { certificate: null, api_key: null, ip_list: null, binding: null }

export async function checkMerchant(
  miniapp_id: string,
  gateway_type: GatewayType,
  { appid, prefix }: { appid: string; prefix?: string },
  context: Context,
): Promise<void> {
  const store = secretStore(prefix, context)
  const { wechatpay_origin, wechatpay_ca } = wechatConfig(context)
  // What cannot be read from Secrets Manager is told by its own reason, not by the service's.
  await store.read(`merchants/${miniapp_id}`)
  const merchant = await merchants(secretsManager(store.client), store.prefix).load(miniapp_id, gateway_type)
  const wechat = wechatPay(httpsTransport({ origin: wechatpay_origin, ca: wechatpay_ca }))
  const reply = await wechat.query(merchant, noRecord(merchant, appid), TIMEOUT_MS)
  const { finding, answer, text, exit_code } = diagnose(reply, context)
  context.exit_code = exit_code
  const marks = PARTS.map((part) => {
    const sign = finding[part] === null ? 'none' : finding[part] ? 'good' : 'bad'
    return `${mark(context.terminal, sign)} ${context.m.check.parts[part]}`
  })
  const told = { miniapp_id, gateway_type, mch_id: merchant.mch_id, appid, origin: wechatpay_origin }
  const head = context.m.check.asked(wechatpay_origin, merchant.mch_id, answer)
  context.print({ ...told, answer, ...finding, text }, [head, ...marks, '', text].join('\n'))
}

/** The two variables of the service's that say where WeChat is. @throws CliError that names the one that is wrong */
export function wechatConfig({ env, m }: Context): Pick<Config, 'wechatpay_origin' | 'wechatpay_ca'> {
  try {
    return config({ ...env, REDPACK_TABLE: '-', REDPACK_SECRET_PREFIX: '-' })
  } catch (error) {
    throw new CliError('not_configured', m.unfit((error as Error).message))
  }
}

/** Only what a query is made from. */
function noRecord({ mch_id, miniapp_id }: Merchant, appid: string): Order {
  return { mch_billno: NO_NUMBER, mch_id, miniapp_id, official_account_id: appid } as Order
}

/** In the order in which WeChat looks: what an answer does not reach stays not known. */
export function diagnose({ means, fields, why = '' }: Queried, { m }: Context): Diagnosis {
  if (fields === undefined) return unanswered(why, m)
  const err_code = typeof fields.err_code === 'string' ? fields.err_code : ''
  const said = wordsOf(fields) ?? ''
  const answer = `${err_code} ${said}`.trim()
  const to = (finding: Partial<Finding>, text: string, exit_code: ExitCode = EXIT.error): Diagnosis => ({
    finding: { ...UNKNOWN, ...finding },
    answer,
    text,
    exit_code,
  })
  const { texts } = m.check
  switch (means === 'found' ? 'right' : setupOf(err_code, said)) {
    case 'right':
      return to({ certificate: true, api_key: true, ip_list: true, binding: true }, texts.right, EXIT.ok)
    case 'certificate':
      return to({ certificate: false }, texts.certificate)
    case 'api_key':
      return to({ certificate: true, api_key: false }, texts.sign)
    case 'ip_list':
      return to({ certificate: true, ip_list: false }, texts.ip)
    case 'rights':
      return to({}, texts.auth)
    case 'binding':
      return to({ certificate: true, binding: false }, texts.binding)
    case 'parameters':
      return to({}, texts.parameters)
    case 'busy':
      return to({ certificate: true }, texts.busy, EXIT.unknown)
    case 'other':
      return to({}, texts.other)
  }
}

function unanswered(why: string, { check: { texts } }: Context['m']): Diagnosis {
  const http = /^HTTP (\d+)/.exec(why)?.[1]
  // nginx in front of WeChat: "400 The SSL certificate error".
  if (http === '400') {
    return { finding: { ...UNKNOWN, certificate: false }, answer: why, text: texts.html, exit_code: EXIT.error }
  }
  const tls = /CERT|SSL|TLS|SIGNED|UNABLE_TO|EPROTO/.test(why)
  const text = http ? texts.proxy : tls ? texts.tls : texts.unreachable
  return { finding: UNKNOWN, answer: why, text, exit_code: EXIT.unreachable }
}
