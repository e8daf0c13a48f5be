// Who a simulator is: its CA, its server certificate, and its merchants with their keys and certificates.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createCa,
  createMerchantCertificate,
  createServerCertificate,
  type KeyPair,
  SERVER_NAMES,
} from './certificates.ts'
import type { Merchant } from './merchants.ts'
import { writeP12 } from './p12.ts'

/** A merchant as it is asked for: without a key one is made up. */
export type MerchantRequest = Omit<Merchant, 'api_key'> & { readonly api_key?: string | undefined }

/** A merchant with what WeChat hands out to it. */
export type IssuedMerchant = Merchant & KeyPair

export type Identity = Readonly<{ ca: KeyPair; server: KeyPair; merchants: readonly IssuedMerchant[] }>

/** What is kept: keys and certificates by mch_id, also of merchants that this start does not name. */
type Kept = {
  ca: KeyPair
  server: KeyPair
  names: readonly string[]
  merchants: Record<string, KeyPair & { api_key: string }>
}

/** The merchant of those who name none. */
export const MADE_UP: MerchantRequest = { mch_id: '1900000109' }
const FILE = 'identity.json'

/** Makes or completes an identity. `names` are further names of the server. */
function complete(kept: Kept | undefined, requests: readonly MerchantRequest[], names: readonly string[]): Kept {
  const ca = kept?.ca ?? createCa()
  const all = [...new Set([...SERVER_NAMES, ...names])]
  const known = kept && all.every((name) => kept.names.includes(name))
  const server = known ? kept.server : createServerCertificate(ca, {}, all)
  const merchants = { ...kept?.merchants }
  for (const { mch_id, api_key } of requests) {
    const before = merchants[mch_id]
    const pair = before ?? createMerchantCertificate(ca, mch_id)
    merchants[mch_id] = { cert: pair.cert, key: pair.key, api_key: api_key ?? before?.api_key ?? madeUpKey() }
  }
  return { ca, server, names: known ? kept.names : all, merchants }
}

function identityOf({ ca, server, merchants }: Kept, requests: readonly MerchantRequest[]): Identity {
  const issued = requests.map((request) => {
    const pair = merchants[request.mch_id]
    if (!pair) throw new Error(`no certificate was issued to ${request.mch_id}`)
    return { ...request, ...pair }
  })
  return { ca, server, merchants: issued }
}

/** Makes an identity that is kept nowhere. */
export function makeIdentity(requests: readonly MerchantRequest[], names: readonly string[] = []): Identity {
  return identityOf(complete(undefined, requests, names), requests)
}

/** Reads the identity that an earlier start left in a folder, completes it and writes it back. */
export function keepIdentity(
  folder: string,
  requests: readonly MerchantRequest[],
  names: readonly string[] = [],
): Identity {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, FILE)
  const kept = complete(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined, requests, names)
  writeFileSync(`${file}.new`, JSON.stringify(kept, null, 2), { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return identityOf(kept, requests)
}

/** Where a merchant's files are, by what they are. */
export type MerchantFiles = Readonly<Record<'p12' | 'p12_3des' | 'cert' | 'key', string>>

/**
 * Writes the CA, and for each merchant a folder with the files that WeChat hands out, under WeChat's names. A p12 is encrypted
 * anew each time, so one that is there stays.
 */
export function writeFiles(folder: string, { ca, merchants }: Identity): { ca: string; merchants: MerchantFiles[] } {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const ca_file = join(folder, 'ca.pem')
  writeFileSync(ca_file, ca.cert)
  return { ca: ca_file, merchants: merchants.map((merchant) => writeMerchant(join(folder, merchant.mch_id), merchant)) }
}

function writeMerchant(folder: string, { mch_id, cert, key }: IssuedMerchant): MerchantFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const files = {
    p12: join(folder, 'apiclient_cert.p12'),
    p12_3des: join(folder, 'apiclient_cert.3des.p12'),
    cert: join(folder, 'apiclient_cert.pem'),
    key: join(folder, 'apiclient_key.pem'),
  }
  const same = existsSync(files.cert) && readFileSync(files.cert, 'utf8') === cert
  const write = (file: string, data: string | Buffer) => writeFileSync(file, data, { mode: 0o600 })
  if (!same || !existsSync(files.p12)) write(files.p12, writeP12({ cert, key }, mch_id, 'rc2-40'))
  if (!same || !existsSync(files.p12_3des)) write(files.p12_3des, writeP12({ cert, key }, mch_id, '3des'))
  write(files.key, key)
  write(files.cert, cert)
  return files
}

function madeUpKey(): string {
  return randomBytes(16).toString('hex')
}
