// What each endpoint accepts: its fields, WeChat's text for each one that is wrong, and the amounts it sends.
import { isIPv4 } from 'node:net'
import type { Merchant } from './merchants.ts'

/** The endpoints that pay. */
const SENDS = ['sendredpack', 'sendgroupredpack', 'sendminiprogramhb'] as const
/** The endpoints that exist here. */
export const OPS = [...SENDS, 'gethbinfo', 'downloadfundflow'] as const
export type Op = (typeof OPS)[number]

/** A request's elements, as text. */
export type RequestFields = Readonly<Record<string, string>>

/** Gives WeChat's text for what is wrong with a value ('' = absent), or undefined. */
type Rule = (value: string) => string | undefined
type Rules = Readonly<Record<string, Rule>>

const bytes = (text: string) => Buffer.byteLength(text, 'utf8')
const rule =
  (right: (value: string) => boolean, text: string): Rule =>
  (value) =>
    right(value) ? undefined : text
const optional =
  (of: Rule): Rule =>
  (value) =>
    value === '' ? undefined : of(value)
// WeChat's texts say 少于 (strictly fewer), and act_name and send_name are known to be counted in UTF-8 bytes; wishing and
// remark are taken to be, too.
const textUnder = (length_bytes: number, text: string) =>
  rule((value) => value !== '' && bytes(value) < length_bytes, text)

const nonce_str = rule((value) => value !== '' && bytes(value) <= 32, 'nonce_str字段必填,并且少于32字符')
// The sign is compared later; without one it cannot agree.
const sign: Rule = () => undefined
const mch_id: Rule = () => undefined
const appid = rule((value) => value !== '' && bytes(value) <= 32, '商户号和wxappid不匹配')

const mch_billno: Rule = (value) => {
  if (value === '' || value.length > 28) return '订单号字段必填,最长为28个字符'
  return /^[0-9A-Za-z]+$/.test(value) ? undefined : '输入的商户订单号有误'
}

/** What programs write if they have no openid: an empty variable of some language as text. */
const NO_OPENID = /^(undefined|null|nil|none|nan|true|false|(null|undefined)+|object)$/i

/** An openid is letters, digits, _ and -: no blank, no bracket, no invisible character. */
const re_openid: Rule = (value) => {
  if (value === '' || bytes(value) >= 32) return 're_openid字段为必填并且少于32个字符'
  return /^[\w-]+$/.test(value) && !NO_OPENID.test(value) ? undefined : OPENID_TEXT
}
const OPENID_TEXT = 're_openid字段不正确,请检查是否合法'

const SENDING: Rules = {
  nonce_str,
  sign,
  mch_billno,
  mch_id,
  wxappid: appid,
  send_name: textUnder(32, 'send_name字段为必填并且少于32字符'),
  re_openid,
  total_amount: rule((value) => /^[1-9][0-9]{0,8}$/.test(value), '红包金额参数错误'),
  wishing: textUnder(128, 'wishing字段为必填,并且少于128个字符'),
  act_name: textUnder(32, 'act_name字段必填,并且少于32个字符'),
  remark: textUnder(256, 'remark字段为必填,并且少于256字符'),
  scene_id: optional(
    rule(
      (value) => /^PRODUCT_[1-8]$/.test(value),
      '该场景未开通，请登陆商户平台：产品中心-现金红包-产品设置-使用场景 进行开通',
    ),
  ),
  risk_info: optional(rule((value) => bytes(value) <= 128, 'risk_info字段最长为128个字符')),
}

const total_num = rule((value) => value === '1', 'total_num必须为1')

const RULES: Readonly<Record<Op, Rules>> = {
  sendredpack: { ...SENDING, total_num, client_ip: rule(isIPv4, 'client_ip必须是合法的IP字符串') },
  // No client_ip here: a caller that sends and signs it gets SIGN_ERROR.
  sendgroupredpack: {
    ...SENDING,
    total_num: rule((value) => /^([3-9]|1[0-9]|20)$/.test(value), 'total_num必须介于(包括)3到20之间'),
    amt_type: rule((value) => value === 'ALL_RAND', 'amt_type必须为ALL_RAND'),
  },
  sendminiprogramhb: {
    ...SENDING,
    total_num,
    notify_way: rule((value) => value === 'MINI_PROGRAM_JSAPI', 'notify_way必须为MINI_PROGRAM_JSAPI'),
  },
  gethbinfo: {
    nonce_str,
    sign,
    mch_billno,
    mch_id,
    appid,
    bill_type: rule((value) => value === 'MCHT', 'bill_type必须为MCHT'),
  },
  downloadfundflow: {
    nonce_str,
    sign,
    mch_id,
    appid,
    sign_type: rule((value) => value === 'HMAC-SHA256', 'sign_type必须为HMAC-SHA256'),
    bill_date: rule(isDate, 'bill_date格式错误'),
    account_type: rule((value) => /^(Basic|Operation|Fees)$/.test(value), 'account_type参数错误'),
    tar_type: optional(rule((value) => value === 'GZIP', 'tar_type参数错误')),
  },
}

/** What a service provider sends besides. */
const PROVIDER: Rules = {
  sub_mch_id: rule((value) => /^[0-9]{1,32}$/.test(value), 'sub_mch_id字段必填'),
  msgappid: optional(rule((value) => bytes(value) <= 32, 'msgappid参数错误')),
  consume_mch_id: optional(rule((value) => /^[0-9]{1,32}$/.test(value), 'consume_mch_id参数错误')),
}

function rulesOf(op: Op, merchant: Merchant): Rules {
  return merchant.sub_mch_ids && isSend(op) ? { ...RULES[op], ...PROVIDER } : RULES[op]
}

/** Whether an endpoint pays. */
export function isSend(op: Op): boolean {
  return (SENDS as readonly string[]).includes(op)
}

/** WeChat's PARAM_ERROR text for the first field that is wrong, without its prefix, or undefined. */
export function wrongField(op: Op, fields: RequestFields, merchant: Merchant, strict_openids: boolean) {
  for (const [name, wrong] of Object.entries(rulesOf(op, merchant))) {
    const text = wrong(fields[name] ?? '')
    if (text !== undefined) return text
  }
  // Every openid that anybody has published has this form, but no document says so.
  const unlike = isSend(op) && strict_openids && !/^o[\w-]{27}$/.test(fields.re_openid ?? '')
  return unlike ? OPENID_TEXT : undefined
}

/** Whether only fields of this endpoint are present: WeChat leaves any other out of its sign, so that the two then differ. */
export function onlyDefined(op: Op, fields: RequestFields, merchant: Merchant): boolean {
  const rules = rulesOf(op, merchant)
  return Object.entries(fields).every(([name, value]) => value === '' || Object.hasOwn(rules, name))
}

/** Whether the amount (fen) may be sent; above 200 yuan or below 1 yuan a scene_id is needed, and 4999 yuan is the top. */
export function withinLimits(op: Op, fields: RequestFields): boolean {
  const each_fen = Number(fields.total_amount) / Number(fields.total_num)
  if (op !== 'sendgroupredpack' && fields.scene_id) return each_fen <= 499_900
  return each_fen >= 100 && each_fen <= 20_000
}

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(text) ?? []
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${year}-${month}-${day}`)
}
