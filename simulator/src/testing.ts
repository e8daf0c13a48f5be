// wechatpay-simulator/testing: a simulator for a test suite, in its own process, on ports of its own.
import { type Control, connect } from './client.ts'
import { makeIdentity } from './identity.ts'
import { writeP12 } from './p12.ts'
import { WECHAT_DAY_LIMITS } from './rate.ts'
import { startSimulator } from './server.ts'

export type {
  Call,
  Control,
  Debit,
  Exchange,
  Fault,
  FaultOptions,
  Kind,
  Ledger,
  Op,
  Receipt,
  Status,
} from './client.ts'
export { connect } from './client.ts'

/** A merchant that a suite asks for; what it does not name is made up, and any appid and address will do. */
export type MerchantOptions = {
  mch_id: string
  api_key?: string
  appids?: string[]
  sub_mch_ids?: string[]
  ips?: string[]
}

export type SimulatorOptions = {
  /** One made-up merchant unless named. */
  merchants?: MerchantOptions[]
  /** The balance at the beginning, fen. */
  balance?: number
  /** Milliseconds since 1970; the real time unless given. The clock can be moved from there. */
  now?: () => number
  /** WeChat's limits of a second and a day hold unless this is false. */
  limits?: boolean
  /** The replies of the real WeChat, or those of its pages of 2017. */
  shapes?: 'captured' | 'documented'
  /** Whether faults may name err_codes that WeChat does not document. */
  any_code?: boolean
  /** Whether an openid must have 28 characters and begin with o. */
  strict_openids?: boolean
  /** Further names for the server's certificate. */
  names?: string[]
}

/** A merchant with what WeChat hands out to it: PEM, and PKCS#12 with the merchant number as its password. */
export type SimulatedMerchant = {
  mch_id: string
  api_key: string
  cert: string
  key: string
  /** WeChat's own encryption, RC2-40, which OpenSSL 3 refuses. */
  p12: Uint8Array
  /** 3DES, which everything opens. */
  p12_3des: Uint8Array
}

/** A simulator that runs; everything is gone once it stops. */
export type RunningSimulator = Control & {
  /** https://127.0.0.1:port: the base URL to give to the client under test. */
  origin: string
  control_origin: string
  /** PEM: the CA that the client under test must trust. */
  ca: string
  merchants: SimulatedMerchant[]
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const MADE_UP = '1900000109'
const NO_LIMITS = { sends_per_s: Number.POSITIVE_INFINITY }

/** Starts a simulator on two free ports of this machine. */
export async function simulator(options: SimulatorOptions = {}): Promise<RunningSimulator> {
  const { merchants: wanted = [{ mch_id: MADE_UP }], limits = true, names = [], ...more } = options
  const { ca, server, merchants } = makeIdentity(wanted, names)
  const { origin, control_origin, stop } = await startSimulator({
    ...more,
    ...(limits ? WECHAT_DAY_LIMITS : NO_LIMITS),
    port: 0,
    control_port: 0,
    tls: { ca: ca.cert, ...server },
    merchants,
  })
  return {
    ...connect(control_origin),
    origin,
    control_origin,
    ca: ca.cert,
    merchants: merchants.map(({ mch_id, api_key, cert, key }) => {
      const p12 = (cipher: 'rc2-40' | '3des') => new Uint8Array(writeP12({ cert, key }, mch_id, cipher))
      return { mch_id, api_key, cert, key, p12: p12('rc2-40'), p12_3des: p12('3des') }
    }),
    stop,
    // Node 18.18 has the symbol; a runtime without it calls stop.
    [Symbol.asyncDispose]: stop,
  }
}
