// The secret <prefix>/callers: who may call, for which mini app, with which keys. Read entry by entry: a bad one harms nobody else.
import * as v from 'valibot'
import { AppError } from '../errors.ts'
import type { Secrets } from './secrets.ts'

/** RFC 2104 §3: an HMAC key shorter than the hash (SHA-256) weakens it; a shorter one was typed rather than drawn. */
export const SECRET_MIN_BYTES = 32

/** What a caller can write between quotes in Signature-Input, and a person in a shell without any. */
export const KEYID = /^[\w.:@-]{1,64}$/

export const MiniappId = v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/))

/** At most two secrets each, so that one can be rotated out. */
export const CallerEntry = v.object({
  miniapp_id: MiniappId,
  secrets: v.pipe(v.array(v.pipe(v.string(), v.nonEmpty(), v.base64())), v.minLength(1), v.maxLength(2)),
})

export type CallerKey = { readonly miniapp_id: string; readonly secrets: readonly Buffer[] }

/** malformed: the entry is refused. short_secret: each secret under 32 bytes is, and the entry if it has no other. */
export type CallerFault = { readonly keyid: string; readonly why: 'malformed' | 'short_secret' }

export type KnownCallers = {
  readonly keys: ReadonlyMap<string, CallerKey>
  /** Every mini app that is named, once; also by an entry whose secrets are refused, since its records stay. */
  readonly miniapps: readonly string[]
  readonly faults: readonly CallerFault[]
}

/** @throws AppError secrets_unavailable, also if the secret is missing or no JSON object; misconfigured */
export type Callers = {
  /** @returns undefined for a keyid that nobody has, or whose entry is refused */
  find(keyid: string): Promise<CallerKey | undefined>
  /** Every mini app that somebody may call for, once. */
  miniapps(): Promise<string[]>
}

/** `tell` is for the log: it hears of each fault, once for each text that is fetched. */
export function callers(secrets: Secrets, prefix: string, tell: (fault: CallerFault) => void): Callers {
  let last: { text: string; known: KnownCallers | undefined } | undefined

  async function known(): Promise<KnownCallers> {
    const text = await secrets.read(`${prefix}/callers`)
    if (text !== undefined && last?.text !== text) {
      last = { text, known: parse(text) }
      for (const fault of last.known?.faults ?? []) tell(masked(fault))
    }
    const found = text === undefined ? undefined : last?.known
    if (!found) throw new AppError('secrets_unavailable', '调用方密钥缺失或格式错误，无法验证调用方')
    return found
  }

  return {
    find: async (keyid) => (await known()).keys.get(keyid),
    miniapps: async () => [...(await known()).miniapps],
  }
}

/** @returns undefined if it is no JSON object: the cause of that could quote key material */
function parse(text: string): KnownCallers | undefined {
  try {
    return readCallers(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Understands the document of the secret. Names go into a map: `constructor` is a keyid like any other. */
export function readCallers(document: unknown): KnownCallers | undefined {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined
  const keys = new Map<string, CallerKey>()
  const miniapps = new Set<string>()
  const faults: CallerFault[] = []
  for (const [keyid, entry] of Object.entries(document)) {
    const miniapp_id = v.safeParse(v.object({ miniapp_id: MiniappId }), entry)
    if (miniapp_id.success) miniapps.add(miniapp_id.output.miniapp_id)
    const parsed = v.safeParse(CallerEntry, entry)
    if (!parsed.success) {
      faults.push({ keyid, why: 'malformed' })
      continue
    }
    const all = parsed.output.secrets.map((secret) => Buffer.from(secret, 'base64'))
    const secrets = all.filter(({ length }) => length >= SECRET_MIN_BYTES)
    if (secrets.length < all.length) faults.push({ keyid, why: 'short_secret' })
    if (secrets.length > 0) keys.set(keyid, { miniapp_id: parsed.output.miniapp_id, secrets })
  }
  return { keys, miniapps: [...miniapps], faults }
}

/** A keyid is no secret, but what stands in its place may be one: a base64 secret ends with "=". */
function masked({ keyid, why }: CallerFault): CallerFault {
  return { keyid: KEYID.test(keyid) ? keyid : '?', why }
}
