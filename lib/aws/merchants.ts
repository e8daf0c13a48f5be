// The secrets <prefix>/merchants/<miniapp_id>: certificate and API key of the merchant behind each gateway type.
import { isIPv4 } from 'node:net'
import * as v from 'valibot'
import { MINUTE_S, QUERY_WINDOW_S, STATUS_LOOKS_MAX } from '../durations.ts'
import { AppError } from '../errors.ts'
import { isYuan, toFen } from '../redpack/money.ts'
import type { GatewayType } from '../redpack/params.ts'
import type { Merchant, Merchants } from '../redpack/ports.ts'
import { type PemFault, readPair } from './pem.ts'
import type { Secrets } from './secrets.ts'

const limit = '须为最多两位小数的金额'
const looks = `须为 1 至 ${STATUS_LOOKS_MAX} 个递增的整数秒，每个在 ${MINUTE_S} 至 ${QUERY_WINDOW_S} 之间`

// Valibot's own messages quote what stands there, which may be the key itself: every check has a message of ours.
const MerchantEntry = v.object(
  {
    mch_id: v.pipe(v.string('缺失'), v.regex(/^\d{1,32}$/, '须为数字')),
    api_key: v.pipe(v.string('缺失'), v.nonEmpty('为空')),
    cert: v.string('缺失'),
    key: v.string('缺失'),
    client_ip: v.optional(v.pipe(v.string('须为 IPv4 地址'), v.check(isIPv4, '须为 IPv4 地址')), '127.0.0.1'),
    daily_limit_yuan: v.optional(v.pipe(v.number(limit), v.check(isYuan, limit), v.transform(toFen))),
    status_looks_s: v.optional(v.custom<readonly number[]>(isPlan, looks)),
  },
  ({ expected }) => (expected === 'Object' ? '须为 JSON 对象' : '缺失'),
)

/** Seconds after the claim at which a packet is followed, each later than the one before. */
function isPlan(input: unknown): boolean {
  if (!Array.isArray(input) || input.length === 0 || input.length > STATUS_LOOKS_MAX) return false
  const isIn = (s: unknown) => Number.isInteger(s) && Number(s) >= MINUTE_S && Number(s) <= QUERY_WINDOW_S
  return input.every((s, i) => isIn(s) && (i === 0 || s > input[i - 1]))
}

/** By gateway type; entries of other names are passed over. */
const MerchantsSecret = v.record(v.string(), v.unknown())

/** What of a pair cannot be used, behind 该证书. */
const PEM_FAULTS: Readonly<Record<PemFault, string>> = {
  cert_not_pem: '的 cert 须为 PEM（p12 请先用 redpack merchant put 转换）',
  cert_unreadable: '的 cert 无法读取',
  key_not_pem: '的 key 须为 PEM（p12 请先用 redpack merchant put 转换）',
  key_encrypted: '的 key 有密码保护，须换成没有密码的私钥',
  key_unreadable: '的 key 无法读取',
  mismatch: '的证书与私钥不匹配',
  refused_by_tls: '或私钥不被 TLS 接受（例如密钥过短）',
}

export type Parsed = { readonly merchant: Merchant; readonly valid_from_ms: number; readonly valid_to_ms: number }

/** `now` in Unix ms. */
export function merchants(secrets: Secrets, prefix: string, now: () => number = Date.now): Merchants {
  const parsed = new Map<string, { text: string; entry: Parsed }>()

  function understand(text: string | undefined, miniapp_id: string, gateway_type: GatewayType): Merchant {
    const name = `${miniapp_id}/${gateway_type}`
    const known = parsed.get(name)
    const entry = known?.text === text && known ? known.entry : readMerchant(text, miniapp_id, gateway_type, now())
    if (text !== undefined) parsed.set(name, { text, entry })
    assertInForce(entry, now())
    return entry.merchant
  }

  async function load(miniapp_id: string, gateway_type: GatewayType): Promise<Merchant> {
    return understand(await secrets.read(secretName(prefix, miniapp_id)), miniapp_id, gateway_type)
  }

  async function renew(merchant: Merchant): Promise<Merchant | undefined> {
    const { miniapp_id, gateway_type } = merchant
    try {
      const other = understand(await secrets.readAnew(secretName(prefix, miniapp_id)), miniapp_id, gateway_type)
      const same = other.api_key === merchant.api_key && other.cert === merchant.cert && other.key === merchant.key
      return same ? undefined : other
    } catch (error) {
      if (error instanceof AppError) return undefined
      throw error
    }
  }

  return { load, renew }
}

/** The name of the secret with a mini app's merchants. */
export function secretName(prefix: string, miniapp_id: string): string {
  return `${prefix}/merchants/${miniapp_id}`
}

/**
 * Understands one entry of the secret's text, with certificate and key as clean PEM blocks.
 * @throws AppError certificate_missing, certificate_unusable
 */
export function readMerchant(
  text: string | undefined,
  miniapp_id: string,
  gateway_type: GatewayType,
  now_ms: number,
): Parsed {
  const entry = entryOf(text, gateway_type)
  const checked = v.safeParse(MerchantEntry, entry)
  if (!checked.success) {
    const [issue] = checked.issues
    throw unusable(gateway_type, `的 ${v.getDotPath(issue) ?? '配置'} ${issue.message}`)
  }
  const { daily_limit_yuan: daily_limit, ...rest } = checked.output
  const pair = readPair(rest.cert, rest.key, now_ms)
  if (typeof pair === 'string') throw unusable(gateway_type, PEM_FAULTS[pair])
  const { cert, key, certificate } = pair
  return {
    merchant: { miniapp_id, gateway_type, daily_limit, ...rest, cert, key },
    valid_from_ms: certificate.validFromDate.getTime(),
    valid_to_ms: certificate.validToDate.getTime(),
  }
}

/** @throws AppError certificate_unusable before the certificate is valid and from the moment it no longer is */
export function assertInForce({ merchant, valid_from_ms, valid_to_ms }: Parsed, now_ms: number): void {
  if (now_ms >= valid_from_ms && now_ms < valid_to_ms) return
  const [from, to] = [valid_from_ms, valid_to_ms].map((ms) => new Date(ms).toISOString().slice(0, 10))
  throw unusable(merchant.gateway_type, `不在有效期内（${from} 至 ${to}）`)
}

function entryOf(text: string | undefined, gateway_type: GatewayType): unknown {
  if (text === undefined) throw missing(gateway_type)
  let entries: Record<string, unknown>
  try {
    entries = v.parse(MerchantsSecret, JSON.parse(text))
  } catch {
    // The cause could quote key material.
    throw unusable(gateway_type, '的配置不是合法的 JSON 对象')
  }
  if (!Object.hasOwn(entries, gateway_type)) throw missing(gateway_type)
  return entries[gateway_type]
}

function missing(gateway_type: GatewayType): AppError {
  const detail = `未配置支付证书：请先为商户类型 ${gateway_type} 配置支付证书`
  return new AppError('certificate_missing', detail, {
    errors: [{ pointer: '/gateway_type', detail: '未配置支付证书' }],
  })
}

function unusable(gateway_type: GatewayType, what: string): AppError {
  const errors = [{ pointer: '/gateway_type', detail: '支付证书不可用' }]
  return new AppError('certificate_unusable', `${gateway_type} 的支付证书不可用：该证书${what}`, { errors })
}
