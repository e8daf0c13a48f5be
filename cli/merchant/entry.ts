// A merchant's entry, checked before it is stored: every fault that would show at the first red packet shows here instead.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { isIPv4 } from 'node:net'
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

/** A certificate that ends within this time is worth a word. */
const SOON_DAYS = 30
const DAY_MS = 86_400_000

/** @throws CliError with the first thing that is wrong, in one line and without key material */
export function entryOf(given: Given, { m }: Context): Entry {
  const { cert, key, api_key, client_ip, daily_limit_yuan } = given
  const certificate = readCertificate(cert, m)
  if (!certificate.checkPrivateKey(readKey(key, m))) throw new CliError('key_mismatch', m.merchant.keyMismatch)
  assertValid(certificate, m)
  const mch_id = merchantNumber(certificate, given.mch_id, m)
  // 商户平台, API 安全: 32 characters, digits and letters.
  if (!/^[0-9A-Za-z]{32}$/.test(api_key)) throw new CliError('bad_api_key', m.merchant.badApiKey(api_key.length))
  if (client_ip !== undefined && !isIPv4(client_ip)) throw new CliError('usage', m.merchant.badIp)
  if (daily_limit_yuan !== undefined && !isYuan(daily_limit_yuan)) throw new CliError('usage', m.merchant.badLimit)
  return {
    mch_id,
    api_key,
    cert,
    key,
    ...(client_ip === undefined ? {} : { client_ip }),
    ...(daily_limit_yuan === undefined ? {} : { daily_limit_yuan }),
  }
}

export type Validity = { not_before: Date; not_after: Date; state: 'valid' | 'soon' | 'expired' | 'not_yet' }

export function validityOf({ validFromDate, validToDate }: X509Certificate, now_ms = Date.now()): Validity {
  const dates = { not_before: validFromDate, not_after: validToDate }
  if (now_ms >= validToDate.getTime()) return { ...dates, state: 'expired' }
  if (now_ms < validFromDate.getTime()) return { ...dates, state: 'not_yet' }
  return { ...dates, state: validToDate.getTime() - now_ms < SOON_DAYS * DAY_MS ? 'soon' : 'valid' }
}

/** 2025-01-31. */
export function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}

function assertValid(certificate: X509Certificate, m: Context['m']): void {
  const { state, not_before, not_after } = validityOf(certificate)
  if (state === 'expired') throw new CliError('expired', m.merchant.expired(day(not_after)))
  if (state === 'not_yet') throw new CliError('not_yet_valid', m.merchant.notYet(day(not_before)))
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

function readCertificate(pem: string, m: Context['m']): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch {
    throw new CliError('bad_certificate', m.merchant.badCertificate)
  }
}

function readKey(pem: string, m: Context['m']): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch {
    throw new CliError('bad_key', m.merchant.badKey)
  }
}
