// What the command takes.
import { isIP } from 'node:net'
import { parseArgs } from 'node:util'
import { SHAPES, type Shapes } from './errors.ts'
import { MADE_UP, type MerchantRequest } from './identity.ts'
import { type DayLimits, SENDS_PER_S, WECHAT_DAY_LIMITS } from './rate.ts'
import { ToldError } from './told.ts'

/** An argument is missing, not known or no good. */
export class ArgumentError extends ToldError {
  override readonly name = 'ArgumentError'
}

export type Arguments = DayLimits &
  Readonly<{
    help: boolean
    version: boolean
    json: boolean
    quiet: boolean
    host: string
    port: number
    control_port: number
    control_names: readonly string[]
    names: readonly string[]
    merchants: readonly MerchantRequest[]
    /** The folder in which everything survives; undefined with --ephemeral. */
    data: string | undefined
    out: string | undefined
    ca_out: string | undefined
    balance: number | undefined
    sends_per_s: number
    shapes: Shapes
    any_code: boolean
    strict_openids: boolean
  }>

const DATA = '.wechatpay-simulator'
const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '8443' },
  'control-port': { type: 'string', default: '8444' },
  'control-name': { type: 'string', multiple: true },
  name: { type: 'string', multiple: true },
  merchant: { type: 'string', multiple: true },
  key: { type: 'string', multiple: true },
  appid: { type: 'string', multiple: true },
  'sub-mch-id': { type: 'string', multiple: true },
  ip: { type: 'string', multiple: true },
  data: { type: 'string' },
  ephemeral: { type: 'boolean' },
  out: { type: 'string' },
  'ca-out': { type: 'string' },
  balance: { type: 'string' },
  'sends-per-s': { type: 'string' },
  'user-packets-per-day': { type: 'string' },
  'user-fen-per-day': { type: 'string' },
  'merchant-fen-per-day': { type: 'string' },
  'no-limits': { type: 'boolean' },
  shapes: { type: 'string', default: 'captured' },
  'any-code': { type: 'boolean' },
  'strict-openids': { type: 'boolean' },
} as const

/** Reads the command line. @throws ArgumentError */
export function readArguments(argv: readonly string[]): Arguments {
  const { values, tokens } = parse(argv)
  if (values.ephemeral && values.data !== undefined)
    throw new ArgumentError('--data and --ephemeral exclude each other', '--data 与 --ephemeral 不能同时使用')
  const none = values['no-limits'] ?? false
  const limit = (
    name: 'user-packets-per-day' | 'user-fen-per-day' | 'merchant-fen-per-day',
    usual: number | undefined,
  ) => (values[name] === undefined ? (none ? 0 : (usual ?? 0)) : whole(`--${name}`, values[name]))
  const { user_packets_per_day, user_fen_per_day, merchant_fen_per_day } = WECHAT_DAY_LIMITS
  return {
    help: values.help ?? false,
    version: values.version ?? false,
    json: values.json ?? false,
    quiet: values.quiet ?? false,
    host: values.host,
    port: whole('--port', values.port, 65_535),
    control_port: whole('--control-port', values['control-port'], 65_535),
    control_names: (values['control-name'] ?? []).map((name) => name.toLowerCase()),
    names: [...(isIP(values.host) === 0 ? [values.host] : []), ...(values.name ?? [])],
    merchants: merchantsOf(tokens),
    data: values.ephemeral ? undefined : (values.data ?? DATA),
    out: values.out,
    ca_out: values['ca-out'],
    balance: values.balance === undefined ? undefined : whole('--balance', values.balance),
    sends_per_s: sendsPerS(values['sends-per-s'], none),
    user_packets_per_day: limit('user-packets-per-day', user_packets_per_day),
    user_fen_per_day: limit('user-fen-per-day', user_fen_per_day),
    merchant_fen_per_day: limit('merchant-fen-per-day', merchant_fen_per_day),
    shapes: shapesOf(values.shapes),
    any_code: values['any-code'] ?? false,
    strict_openids: values['strict-openids'] ?? false,
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, tokens: true })
  } catch (error) {
    // Its second line is advice that does not fit every option.
    const [what = ''] = String((error as Error).message).split('\n')
    throw new ArgumentError(what, `选项有误：${what}`)
  }
}

type Tokens = ReturnType<typeof parse>['tokens']
type Growing = { mch_id: string; api_key?: string; appids?: string[]; sub_mch_ids?: string[]; ips?: string[] }

/** --key, --appid, --sub-mch-id and --ip belong to the --merchant before them. */
function merchantsOf(tokens: Tokens): MerchantRequest[] {
  const merchants: Growing[] = []
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const value = token.value ?? ''
    if (token.name === 'merchant') {
      const mch_id = value.replace(/^mch_id=/, '')
      if (!/^[0-9]{1,32}$/.test(mch_id))
        throw new ArgumentError(
          `--merchant takes mch_id=<digits>, not ${value}`,
          `--merchant 须为 mch_id=<数字>，而不是 ${value}`,
        )
      if (merchants.some((one) => one.mch_id === mch_id))
        throw new ArgumentError(`--merchant ${mch_id} stands twice`, `--merchant ${mch_id} 写了两次`)
      merchants.push({ mch_id })
    } else if (['key', 'appid', 'sub-mch-id', 'ip'].includes(token.name)) {
      add(merchants.at(-1), token.name, value)
    }
  }
  return merchants.length === 0 ? [MADE_UP] : merchants
}

function add(merchant: Growing | undefined, name: string, value: string): void {
  if (!merchant)
    throw new ArgumentError(
      `--${name} belongs after the --merchant that it is about`,
      `--${name} 须写在所属的 --merchant 之后`,
    )
  if (value === '') throw new ArgumentError(`--${name} is empty`, `--${name} 为空`)
  switch (name) {
    case 'key':
      if (merchant.api_key !== undefined)
        throw new ArgumentError(
          `--key stands twice for ${merchant.mch_id}`,
          `商户 ${merchant.mch_id} 的 --key 写了两次`,
        )
      merchant.api_key = value
      break
    case 'appid':
      merchant.appids = [...(merchant.appids ?? []), value]
      break
    case 'sub-mch-id':
      merchant.sub_mch_ids = [...(merchant.sub_mch_ids ?? []), value]
      break
    default:
      if (isIP(value) === 0)
        throw new ArgumentError(`--ip takes an address, not ${value}`, `--ip 须为 IP 地址，而不是 ${value}`)
      merchant.ips = [...(merchant.ips ?? []), value]
  }
}

function sendsPerS(given: string | undefined, none: boolean): number {
  if (given === undefined) return none ? Number.POSITIVE_INFINITY : SENDS_PER_S
  return whole('--sends-per-s', given) || Number.POSITIVE_INFINITY
}

function shapesOf(given: string): Shapes {
  const shapes = SHAPES.find((one) => one === given)
  if (!shapes)
    throw new ArgumentError(
      `--shapes takes ${SHAPES.join(' or ')}, not ${given}`,
      `--shapes 须为 ${SHAPES.join(' 或 ')}，而不是 ${given}`,
    )
  return shapes
}

function whole(name: string, text: string, max = Number.MAX_SAFE_INTEGER): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (!(value <= max))
    throw new ArgumentError(
      `${name} takes a whole number${max < 1e6 ? ` up to ${max}` : ''}, not ${text}`,
      `${name} 须为${max < 1e6 ? `不超过 ${max} 的` : ''}非负整数，而不是 ${text}`,
    )
  return value
}
