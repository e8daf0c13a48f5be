// Made-up data for one machine: a mini app, its caller key, a merchant for each gateway type, and their certificates.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GATEWAY_TYPES } from '../lib/redpack/params.ts'
import {
  createCa,
  createMerchantCertificate,
  createServerCertificate,
  type KeyPair,
} from '../simulator/src/certificates.ts'

export const LOCAL_MINIAPP_ID = 'local-miniapp'
export const LOCAL_KEYID = 'local-cloud-function'

export type LocalCaller = { keyid: string; secret: string; miniapp_id: string }
export type LocalMerchant = { gateway_type: string; mch_id: string; api_key: string; cert: string; key: string }
export type LocalIdentity = { ca: KeyPair; server: KeyPair; merchants: LocalMerchant[]; caller: LocalCaller }

/** Reads what an earlier start made in `folder`, or makes it: keys and certificates take a second or two. */
export function localIdentity(folder: string): LocalIdentity {
  const file = join(folder, 'identity.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  mkdirSync(folder, { recursive: true })
  const made = makeIdentity()
  writeFileSync(file, JSON.stringify(made, null, 2), { mode: 0o600 })
  return made
}

function makeIdentity(): LocalIdentity {
  const ca = createCa()
  return {
    ca,
    server: createServerCertificate(ca),
    merchants: GATEWAY_TYPES.map((gateway_type, i) => {
      const mch_id = String(1_900_000_101 + i)
      return {
        gateway_type,
        mch_id,
        api_key: randomBytes(16).toString('hex'),
        ...createMerchantCertificate(ca, mch_id),
      }
    }),
    caller: { keyid: LOCAL_KEYID, secret: randomBytes(32).toString('base64'), miniapp_id: LOCAL_MINIAPP_ID },
  }
}

/** The two secrets, in the shapes that the service reads. */
export function localSecrets({ merchants, caller }: LocalIdentity): { callers: unknown; merchants: unknown } {
  return {
    callers: { [caller.keyid]: { miniapp_id: caller.miniapp_id, secrets: [caller.secret] } },
    merchants: Object.fromEntries(merchants.map(({ gateway_type, ...entry }) => [gateway_type, entry])),
  }
}
