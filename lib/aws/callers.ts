// The secret <prefix>/callers: who may call, for which mini app, with which keys.
import * as v from 'valibot'
import { AppError } from '../errors.ts'
import type { Secrets } from './secrets.ts'

/** At most two secrets each, so that one can be rotated out. */
export const CallersSecret = v.record(
  v.string(),
  v.object({
    miniapp_id: v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/)),
    secrets: v.pipe(v.array(v.pipe(v.string(), v.nonEmpty(), v.base64())), v.minLength(1), v.maxLength(2)),
  }),
)

export type CallerKey = { readonly miniapp_id: string; readonly secrets: readonly Buffer[] }

/** @throws AppError secrets_unavailable, also where the secret is missing or malformed */
export type Callers = {
  /** Out: undefined for a keyid that nobody has. */
  find(keyid: string): Promise<CallerKey | undefined>
  /** Every mini app that somebody may call for, once. */
  miniapps(): Promise<string[]>
}

export function callers(secrets: Secrets, prefix: string): Callers {
  const read = async () => parse(await secrets.read(`${prefix}/callers`))
  return {
    async find(keyid) {
      const keys = await read()
      const entry = Object.hasOwn(keys, keyid) ? keys[keyid] : undefined
      return (
        entry && {
          miniapp_id: entry.miniapp_id,
          secrets: entry.secrets.map((secret) => Buffer.from(secret, 'base64')),
        }
      )
    },
    async miniapps() {
      return [...new Set(Object.values(await read()).map(({ miniapp_id }) => miniapp_id))]
    },
  }
}

function parse(text: string | undefined): v.InferOutput<typeof CallersSecret> {
  try {
    return v.parse(CallersSecret, JSON.parse(text ?? ''))
  } catch {
    // The cause could quote key material.
    throw new AppError('secrets_unavailable', '调用方密钥缺失或格式错误,无法验证调用方')
  }
}
