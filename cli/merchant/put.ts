// redpack merchant put: certificate, key and API key of a merchant, checked and stored for one gateway type.

import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { secretStore } from '../aws/store.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { day, entryOf, type Validity, validityOf } from './entry.ts'
import { type Pem, readP12 } from './p12.ts'

export type PutOptions = {
  prefix?: string
  p12?: string
  password?: string
  cert?: string
  key?: string
  mchId?: string
  apiKeyFile?: string
  clientIp?: string
  dailyLimitYuan?: number
}

/** Neither the API key nor anything else secret is a flag: other users of the machine see those in its list of processes. */
export const API_KEY_VARIABLE = 'WECHATPAY_API_KEY'

export async function put(
  miniapp_id: string,
  gateway_type: string,
  options: PutOptions,
  context: Context,
): Promise<void> {
  const { m } = context
  const { mchId: mch_id, clientIp: client_ip, dailyLimitYuan: daily_limit_yuan } = options
  const pem = readPair(options, context)
  const api_key = await readApiKey(options, context)
  const entry = entryOf({ ...pem, mch_id, api_key, client_ip, daily_limit_yuan }, context)
  const store = secretStore(options.prefix, context)
  const name = `merchants/${miniapp_id}`
  const done = await store.update(name, (entries) => ({ ...entries, [gateway_type]: entry }))
  const { not_after, state }: Validity = validityOf(new X509Certificate(entry.cert))
  const told = { miniapp_id, gateway_type, mch_id: entry.mch_id, valid_to: not_after.toISOString() }
  const line = m.merchant.stored(gateway_type, entry.mch_id, `${store.prefix}/${name}`, day(not_after))
  context.print({ ...told, secret: `${store.prefix}/${name}`, [done]: true }, line)
  if (state === 'soon') context.note(m.merchant.soon(day(not_after)))
  context.note(m.merchant.next(miniapp_id, gateway_type))
}

function readPair({ p12, password, cert, key, mchId }: PutOptions, context: Context): Pem {
  const { m } = context
  if (p12 !== undefined && cert === undefined && key === undefined) {
    // WeChat encrypts it with the merchant number.
    const phrase = password ?? mchId
    if (phrase === undefined) throw new CliError('usage', m.merchant.needsNumber)
    return readP12(read(p12, context), phrase, context)
  }
  if (p12 !== undefined || cert === undefined || key === undefined) throw new CliError('usage', m.merchant.p12OrPem)
  return { cert: read(cert, context).toString('utf8'), key: read(key, context).toString('utf8') }
}

async function readApiKey({ apiKeyFile }: PutOptions, context: Context): Promise<string> {
  const { m, env, json, terminal } = context
  if (apiKeyFile !== undefined) return read(apiKeyFile, context).toString('utf8').trim()
  const fromEnvironment = env[API_KEY_VARIABLE]?.trim()
  if (fromEnvironment) return fromEnvironment
  if (json || !terminal.interactive) throw new CliError('usage', m.merchant.needsApiKey(API_KEY_VARIABLE))
  const { password } = await import('@inquirer/prompts')
  return (await password({ message: m.merchant.askApiKey, mask: '*' }, { output: process.stderr })).trim()
}

function read(file: string, { m }: Context): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new CliError('unreadable', m.unreadable(file, (error as NodeJS.ErrnoException).code ?? ''))
  }
}
