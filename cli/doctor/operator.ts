// The operator's side, looked at where a secret prefix is set: Secrets Manager, the merchants' certificates, the way to WeChat Pay.
import { X509Certificate } from 'node:crypto'
import { request } from 'node:https'
import { rootCertificates } from 'node:tls'
import { readCallers } from '../../lib/aws/callers.ts'
import { PREFIX_VARIABLE, type SecretStore, secretStore } from '../aws/store.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { wechatConfig } from '../merchant/check.ts'
import { day, validityOf } from '../merchant/entry.ts'
import { causeOf } from '../reach.ts'
import type { Finding } from './finding.ts'

const TIMEOUT_MS = 10_000

export async function* examineOperator(prefix: string | undefined, context: Context): AsyncGenerator<Finding> {
  const { m, env } = context
  if (prefix === undefined && !env[PREFIX_VARIABLE]) {
    yield { check: 'secrets', state: 'none', text: m.doctor.noPrefix(PREFIX_VARIABLE) }
    return
  }
  const store = secretStore(prefix, context)
  try {
    const known = readCallers((await store.read('callers')) ?? {})
    const count = known?.keys.size ?? 0
    yield { check: 'secrets', state: 'good', text: m.doctor.secrets(store.prefix, count) }
    if (count === 0) yield { check: 'secrets', state: 'bad', text: m.caller.none, hint: m.doctor.addCaller }
    for (const { keyid, why } of known?.faults ?? []) {
      yield { check: 'secrets', state: 'bad', text: m.doctor.callerFault(keyid), hint: m.caller.faults[why] }
    }
    for (const miniapp_id of known?.miniapps ?? []) {
      yield* certificates(store, miniapp_id, context)
    }
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    yield { check: 'secrets', state: 'bad', text: error.message, hint: m.doctor.secretsHint }
  }
  yield await wechatpay(context)
}

async function* certificates(store: SecretStore, miniapp_id: string, { m }: Context): AsyncGenerator<Finding> {
  const stored = await store.read(`merchants/${miniapp_id}`)
  const entries = stored && typeof stored === 'object' ? Object.entries(stored) : []
  if (entries.length === 0) {
    yield { check: 'certificate', state: 'bad', text: m.doctor.noMerchant(miniapp_id), hint: m.doctor.putMerchant }
  }
  for (const [gateway_type, entry] of entries) {
    const name = `${miniapp_id}/${gateway_type}`
    const certificate = read(entry)
    if (certificate === undefined) {
      yield { check: 'certificate', state: 'bad', text: m.doctor.badCertificate(name), hint: m.doctor.putMerchant }
      continue
    }
    const { state, not_before, not_after } = validityOf(certificate)
    const text = m.doctor.certificate(name, day(not_before), day(not_after))
    const good = state === 'valid'
    const hint = good ? {} : { hint: m.doctor.renew }
    yield { check: 'certificate', state: good ? 'good' : state === 'soon' ? 'doubt' : 'bad', text, ...hint }
  }
}

function read(entry: unknown): X509Certificate | undefined {
  try {
    return new X509Certificate((entry as { cert: string }).cert)
  } catch {
    return undefined
  }
}

/** Any answer over TLS will do: without a client certificate WeChat has none that means more. */
async function wechatpay(context: Context): Promise<Finding> {
  const { m } = context
  try {
    const { wechatpay_origin, wechatpay_ca } = wechatConfig(context)
    const why = await reach(wechatpay_origin, wechatpay_ca)
    if (why === undefined) return { check: 'wechatpay', state: 'good', text: m.doctor.reached(wechatpay_origin) }
    return {
      check: 'wechatpay',
      state: 'bad',
      text: m.doctor.notReached(wechatpay_origin, why),
      hint: m.doctor.wechatHint,
    }
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    return { check: 'wechatpay', state: 'bad', text: error.message, hint: m.doctor.wechatHint }
  }
}

/** Out: why not, or undefined. */
function reach(origin: string, ca: string | undefined): Promise<string | undefined> {
  const trust = ca === undefined ? {} : { ca: [...rootCertificates, ca] }
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const asking = request(new URL('/', origin), { agent: false, signal, ...trust }, (response) => {
      response.resume()
      resolve(undefined)
    })
    asking.on('error', (error) => resolve(causeOf(error)))
    asking.end()
  })
}
