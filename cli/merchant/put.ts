// redpack merchant put: certificate, key and API key of a merchant, checked and stored for one gateway type.
import { assertInForce, readMerchant } from '../../lib/aws/merchants.ts'
import type { GatewayType } from '../../lib/redpack/params.ts'
import { secretStore } from '../aws/store.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { assertOneStdin, readInput, readLine, readText } from '../input.ts'
import { day, entryOf } from './entry.ts'
import { type Pem, readP12 } from './p12.ts'

export type PutOptions = {
  prefix?: string
  p12?: string
  password?: string
  passwordFile?: string
  cert?: string
  key?: string
  mchId?: string
  apiKeyFile?: string
  clientIp?: string
  dailyLimitYuan?: number
}

/** The API key is no flag: other users of the machine see those in its list of processes. */
const API_KEY_VARIABLE = 'WECHATPAY_API_KEY'

export async function put(
  miniapp_id: string,
  gateway_type: GatewayType,
  options: PutOptions,
  context: Context,
): Promise<void> {
  const { m } = context
  const { mchId: mch_id, clientIp: client_ip, dailyLimitYuan: daily_limit_yuan } = options
  assertOneStdin(
    {
      '--p12': options.p12,
      '--cert': options.cert,
      '--key': options.key,
      '--password-file': options.passwordFile,
      '--api-key-file': options.apiKeyFile,
    },
    context,
  )
  const pem = await readFiles(options, context)
  const api_key = await readApiKey(options, context)
  const { entry, validity } = entryOf({ ...pem, mch_id, api_key, client_ip, daily_limit_yuan }, context)
  const store = secretStore(options.prefix, context)
  const name = `merchants/${miniapp_id}`
  let kept: string[] = []
  const done = await store.update(name, (entries) => {
    const standing = settingsOf(entries[gateway_type])
    kept = Object.keys(standing).filter((setting) => !(setting in entry))
    const changed = { ...entries, [gateway_type]: { ...standing, ...entry } }
    // What stands there may work: it is replaced by nothing that the service itself cannot use.
    const now_ms = Date.now()
    assertInForce(readMerchant(JSON.stringify(changed), miniapp_id, gateway_type, now_ms), now_ms)
    return changed
  })
  const { not_after, days_left, state } = validity
  const told = { miniapp_id, gateway_type, mch_id: entry.mch_id, valid_to: not_after.toISOString(), days_left }
  const line = m.merchant.stored(gateway_type, entry.mch_id, `${store.prefix}/${name}`, day(not_after))
  context.print({ ...told, secret: `${store.prefix}/${name}`, [done]: true }, line)
  if (kept.length > 0) context.note(m.merchant.kept(kept.join(', ')))
  if (state === 'soon') context.note(m.merchant.soon(day(not_after)))
  context.note(m.merchant.next(miniapp_id, gateway_type))
}

/** What no flag gives stays: a renewed certificate must not take a merchant's daily limit away. */
function settingsOf(standing: unknown): object {
  return typeof standing === 'object' && standing !== null && !Array.isArray(standing) ? standing : {}
}

async function readFiles(options: PutOptions, context: Context): Promise<Pem> {
  const { p12, cert, key } = options
  const { m } = context
  if (p12 !== undefined && cert === undefined && key === undefined) {
    const phrase = await readPassword(options, context)
    return readP12(await readInput(p12, context), phrase, context)
  }
  if (p12 !== undefined || cert === undefined || key === undefined) throw new CliError('usage', m.merchant.p12OrPem)
  return { cert: await readText(cert, context), key: await readText(key, context) }
}

async function readPassword({ password, passwordFile, mchId }: PutOptions, context: Context): Promise<string> {
  const { m } = context
  if (password !== undefined && passwordFile !== undefined) throw new CliError('usage', m.merchant.onePassword)
  if (passwordFile !== undefined) return readLine(passwordFile, context)
  // WeChat encrypts it with the merchant number.
  const phrase = password ?? mchId
  if (phrase === undefined) throw new CliError('usage', m.merchant.needsNumber)
  return phrase
}

async function readApiKey({ apiKeyFile }: PutOptions, context: Context): Promise<string> {
  const { m, env, json, terminal } = context
  if (apiKeyFile !== undefined) return readLine(apiKeyFile, context)
  const fromEnvironment = env[API_KEY_VARIABLE]?.trim()
  if (fromEnvironment) return fromEnvironment
  if (json || !terminal.interactive) throw new CliError('usage', m.merchant.needsApiKey(API_KEY_VARIABLE))
  const { password } = await import('@inquirer/prompts')
  return (await password({ message: m.merchant.askApiKey, mask: '*' }, { output: process.stderr })).trim()
}
