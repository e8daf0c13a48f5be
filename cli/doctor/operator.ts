// The operator's side, looked at where a secret prefix is set: Secrets Manager, the merchants' certificates, the way to WeChat Pay.
import { request } from 'node:https'
import { rootCertificates } from 'node:tls'
import { readCallers } from '../../lib/aws/callers.ts'
import { readMerchant } from '../../lib/aws/merchants.ts'
import { AppError } from '../../lib/errors.ts'
import { GATEWAY_TYPES, type GatewayType } from '../../lib/redpack/params.ts'
import { type JsonObject, PREFIX_VARIABLE, type SecretStore, secretStore } from '../aws/store.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { ofService } from '../explain.ts'
import { wechatConfig } from '../merchant/check.ts'
import { day, validityOf } from '../merchant/entry.ts'
import { causeOf } from '../reach.ts'
import type { Finding } from './finding.ts'

const TIMEOUT_MS = 10_000

export async function* examineOperator(prefix: string | undefined, context: Context): AsyncGenerator<Finding> {
  const { m, env, profile } = context
  // The doctor only reads, so a profile without a prefix leaves the variable's, which `npm run smoke` sets.
  const isLeft = profile?.by === 'flag' && profile.prefix === undefined
  const given = prefix ?? (isLeft ? env[PREFIX_VARIABLE] || undefined : undefined)
  if (given === undefined && profile?.prefix === undefined && !env[PREFIX_VARIABLE]) {
    yield { check: 'secrets', state: 'none', text: m.doctor.noPrefix(PREFIX_VARIABLE) }
    return
  }
  const store = secretStore(given, context)
  try {
    const known = readCallers((await store.read('callers')) ?? {})
    const count = known?.keys.size ?? 0
    yield { check: 'secrets', state: 'good', text: m.doctor.secrets(store.prefix, count) }
    if (count === 0 && known?.faults.length === 0)
      yield { check: 'secrets', state: 'bad', text: m.caller.none, hint: m.doctor.addCaller }
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

async function* certificates(store: SecretStore, miniapp_id: string, context: Context): AsyncGenerator<Finding> {
  const { m } = context
  let document: JsonObject
  try {
    document = (await store.read(`merchants/${miniapp_id}`)) ?? {}
  } catch (error) {
    // A secret that is broken or denied says nothing about those of other mini apps; an AWS that is away does.
    if (!(error instanceof CliError) || error.exit_code === EXIT.unreachable) throw error
    yield { check: 'certificate', state: 'bad', text: error.message, hint: m.doctor.putMerchant }
    return
  }
  const gateway_types = Object.keys(document)
  if (gateway_types.length === 0) {
    yield { check: 'certificate', state: 'bad', text: m.doctor.noMerchant(miniapp_id), hint: m.doctor.putMerchant }
  }
  for (const gateway_type of gateway_types) yield certificate(document, miniapp_id, gateway_type, context)
}

/** Looks at an entry with the service's own eyes. */
function certificate(document: JsonObject, miniapp_id: string, gateway_type: string, context: Context): Finding {
  const { m } = context
  const check = 'certificate'
  const name = `${miniapp_id}/${gateway_type}`
  if (!isGatewayType(gateway_type)) {
    return {
      check,
      state: 'doubt',
      text: m.doctor.notAType(name),
      hint: m.doctor.gatewayTypes(GATEWAY_TYPES.join(', ')),
    }
  }
  try {
    const entry = readMerchant(JSON.stringify(document), miniapp_id, gateway_type, Date.now())
    const { state, not_before, not_after, days_left } = validityOf(entry.valid_from_ms, entry.valid_to_ms)
    const text = m.doctor.certificate(name, day(not_before), day(not_after), days_left)
    if (state === 'valid') return { check, state: 'good', text, days_left }
    return { check, state: state === 'soon' ? 'doubt' : 'bad', text, hint: m.doctor.renew, days_left }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const text = m.doctor.unusable(name, ofService(error.code, error.message, context))
    return { check, state: 'bad', text, hint: m.doctor.putMerchant }
  }
}

function isGatewayType(name: string): name is GatewayType {
  return GATEWAY_TYPES.some((type) => type === name)
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
    const asking = request(
      new URL('/', origin),
      { agent: false, rejectUnauthorized: true, signal, ...trust },
      (response) => {
        response.resume()
        resolve(undefined)
      },
    )
    asking.on('error', (error) => resolve(causeOf(error)))
    asking.end()
  })
}
