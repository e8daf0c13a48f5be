// The only reader of process.env: what the environment says, checked once.
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { DAY_S } from './durations.ts'

/** The environment is not fit to run in; the message names the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** The stage of this deployment, a dimension of its metrics. */
export function stage({ REDPACK_STAGE }: NodeJS.ProcessEnv = process.env): string {
  return REDPACK_STAGE || 'dev'
}

/** X-Ray's id of the invocation that is running: Lambda sets it before each. */
export function traceId({ _X_AMZN_TRACE_ID }: NodeJS.ProcessEnv = process.env): string | undefined {
  return /Root=([^;]+)/.exec(_X_AMZN_TRACE_ID ?? '')?.[1]
}

/** REDPACK_LOG=off: nothing is logged, for tests that run the functions in their own process. */
export function isSilent({ REDPACK_LOG }: NodeJS.ProcessEnv = process.env): boolean {
  return REDPACK_LOG === 'off'
}

/** Where the records are looked for, for a log line: as far as it is set. */
export function place({ REDPACK_TABLE, AWS_REGION }: NodeJS.ProcessEnv = process.env): Place {
  return { ...(REDPACK_TABLE && { table: REDPACK_TABLE }), ...(AWS_REGION && { region: AWS_REGION }) }
}
export type Place = { readonly table?: string; readonly region?: string }

/** The worker of campaigns, as Invoke names it. @throws ConfigError */
export function worker({ REDPACK_WORKER }: NodeJS.ProcessEnv = process.env): string {
  if (!REDPACK_WORKER) throw new ConfigError('REDPACK_WORKER is not set')
  return REDPACK_WORKER
}

export type Config = {
  readonly table: string
  readonly secret_prefix: string
  readonly wechatpay_origin: string
  /** Raised by whoever restores the table to an earlier time. */
  readonly epoch: number
  /** What is personal in a record is erased after it has been at rest for this long, in seconds. */
  readonly retention_s: number
  /** PEM of an extra server CA, for simulators. */
  readonly wechatpay_ca: string | undefined
}

const set = v.pipe(v.string('is not set'), v.nonEmpty('is empty'))

const Environment = v.object({
  REDPACK_TABLE: set,
  REDPACK_SECRET_PREFIX: set,
  WECHATPAY_ORIGIN: v.pipe(
    v.optional(v.string(), ''),
    v.transform((origin) => origin || 'https://api.mch.weixin.qq.com'),
    v.check((origin) => isHttpsOrigin(origin), 'is not an https:// origin'),
  ),
  WECHATPAY_CA: v.optional(v.string(), ''),
  REDPACK_EPOCH: v.pipe(
    v.optional(v.string(), ''),
    v.transform((epoch) => epoch || '1'),
    v.regex(/^[1-9]\d{0,8}$/, 'is not a whole number from 1'),
    v.transform(Number),
  ),
  REDPACK_RETENTION_DAYS: v.pipe(
    v.optional(v.string(), ''),
    v.transform((days) => days || '400'),
    v.regex(/^[1-9]\d{0,4}$/, 'is not a whole number of days from 1 to 99999'),
    v.transform((days) => Number(days) * DAY_S),
  ),
})

/** https://host[:port], with nothing after it that would be dropped silently. */
function isHttpsOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url?.protocol === 'https:' && url.origin === text.replace(/\/$/, '')
}

/** Reads and checks the environment. @throws ConfigError */
export function config(environment: NodeJS.ProcessEnv = process.env): Config {
  const parsed = v.safeParse(Environment, environment)
  if (!parsed.success) {
    const [issue] = parsed.issues
    throw new ConfigError(`${v.getDotPath(issue)} ${issue.message}`)
  }
  const { REDPACK_TABLE, REDPACK_SECRET_PREFIX, WECHATPAY_ORIGIN, WECHATPAY_CA, REDPACK_EPOCH } = parsed.output
  const { REDPACK_RETENTION_DAYS: retention_s } = parsed.output
  return {
    table: REDPACK_TABLE,
    secret_prefix: REDPACK_SECRET_PREFIX,
    wechatpay_origin: WECHATPAY_ORIGIN,
    epoch: REDPACK_EPOCH,
    retention_s,
    wechatpay_ca: WECHATPAY_CA === '' ? undefined : readPem(WECHATPAY_CA),
  }
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new ConfigError(`WECHATPAY_CA names a file that cannot be read (an absolute path is safest): ${file}`, {
      cause,
    })
  }
}
