// A merchant's entry, checked before it is stored: every fault that would show at the first red packet shows here instead.
import type { X509Certificate } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { type PemFault, readPair } from '../../lib/aws/pem.ts'
import { isYuan } from '../../lib/redpack/money.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import type { Pem } from './p12.ts'

export type Entry = {
  mch_id: string
  api_key: string
  cert: string
  key: string
  client_ip?: string
  daily_limit_yuan?: number
}

export type Given = Pem & {
  mch_id: string | undefined
  api_key: string
  client_ip: string | undefined
  daily_limit_yuan: number | undefined
}

/** The error's code and text for each way in which a pair cannot be used. */
const FAULTS = {
  cert_not_pem: ['bad_certificate', 'badCertificate'],
  cert_unreadable: ['bad_certificate', 'badCertificate'],
  key_not_pem: ['bad_key', 'badKey'],
  key_encrypted: ['key_encrypted', 'keyEncrypted'],
  key_unreadable: ['bad_key', 'badKey'],
  mismatch: ['key_mismatch', 'keyMismatch'],
  refused_by_tls: ['weak_pair', 'refusedByTls'],
} as const satisfies Record<PemFault, readonly [string, keyof Context['m']['merchant']]>

/** A certificate that ends within this time is worth a word. */
const SOON_DAYS = 30
const DAY_MS = 86_400_000

/** @throws CliError with the first thing that is wrong, in one line and without key material */
export function entryOf(given: Given, { m }: Context): { entry: Entry; validity: Validity } {
  const { api_key, client_ip, daily_limit_yuan } = given
  const pair = readPair(given.cert, given.key, Date.now())
  if (typeof pair === 'string') {
    const [code, text] = FAULTS[pair]
    throw new CliError(code, m.merchant[text])
  }
  const { cert, key, certificate } = pair
  const validity = assertValid(certificate, m)
  const mch_id = merchantNumber(certificate, given.mch_id, m)
  // API安全 in the merchant platform: 32 characters, digits and letters.
  if (!/^[0-9A-Za-z]{32}$/.test(api_key)) throw new CliError('bad_api_key', m.merchant.badApiKey(api_key.length))
  if (client_ip !== undefined && !isIPv4(client_ip)) throw new CliError('usage', m.merchant.badIp)
  if (daily_limit_yuan !== undefined && !isYuan(daily_limit_yuan)) throw new CliError('usage', m.merchant.badLimit)
  const entry = {
    mch_id,
    api_key,
    cert,
    key,
    ...(client_ip === undefined ? {} : { client_ip }),
    ...(daily_limit_yuan === undefined ? {} : { daily_limit_yuan }),
  }
  return { entry, validity }
}

/** Whole days until `not_after`; below 0 once it is over. */
export type Validity = {
  not_before: Date
  not_after: Date
  days_left: number
  state: 'valid' | 'soon' | 'expired' | 'not_yet'
}

export function validityOf(from_ms: number, to_ms: number, now_ms = Date.now()): Validity {
  const days_left = Math.floor((to_ms - now_ms) / DAY_MS)
  const dates = { not_before: new Date(from_ms), not_after: new Date(to_ms), days_left }
  if (now_ms >= to_ms) return { ...dates, state: 'expired' }
  if (now_ms < from_ms) return { ...dates, state: 'not_yet' }
  return { ...dates, state: days_left < SOON_DAYS ? 'soon' : 'valid' }
}

/** 2025-01-31. */
export function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}

function assertValid({ validFromDate, validToDate }: X509Certificate, m: Context['m']): Validity {
  const validity = validityOf(validFromDate.getTime(), validToDate.getTime())
  const { state, not_before, not_after } = validity
  if (state === 'expired') throw new CliError('expired', m.merchant.expired(day(not_after)))
  if (state === 'not_yet') throw new CliError('not_yet_valid', m.merchant.notYet(day(not_before)))
  return validity
}

/** WeChat's certificates carry the merchant number as their common name. */
function merchantNumber(certificate: X509Certificate, wanted: string | undefined, m: Context['m']): string {
  const common_name = /^CN=(.+)$/m.exec(certificate.subject)?.[1] ?? ''
  if (!/^\d{1,32}$/.test(common_name)) throw new CliError('no_merchant_number', m.merchant.noNumber)
  if (wanted !== undefined && wanted !== common_name) {
    throw new CliError('other_merchant', m.merchant.otherMerchant(common_name, wanted))
  }
  return common_name
}
