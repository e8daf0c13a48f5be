// Who may speak to the console: the one browser that opened its link. A page of anybody else, also one whose name leads to this machine, is turned away.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { parse } from 'hono/utils/cookie'

/** Why a request is turned away; m.console.problems has the words. */
export type Refusal = {
  readonly status: 401 | 403
  readonly code: 'wrong_host' | 'wrong_origin' | 'no_session' | 'bad_token' | 'token_used'
}

/** On every answer. No inline code, nothing from elsewhere, in no frame, and kept nowhere. */
export const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
}

/** Methods that a browser sends an Origin with. */
const WRITING: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/**
 * Where a request comes from. DNS rebinding shows in Host: the page's own name is still in it. Another port of this machine is
 * the same site to a browser, so its cookie rules alone do not do.
 */
export function guardOrigin({ headers, method = '', url }: IncomingMessage, port: number): Refusal | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const { host = '', origin } = headers
  if (!hosts.includes(host.toLowerCase())) return { status: 403, code: 'wrong_host' }
  const foreign = { status: 403, code: 'wrong_origin' } as const
  if (origin === undefined ? WRITING.has(method) : origin !== `http://${host.toLowerCase()}`) return foreign
  const site = headers['sec-fetch-site']
  // A link in another page may lead here: without the cookie, which is not sent then, it shows nothing.
  const isOpened = headers['sec-fetch-mode'] === 'navigate' && method === 'GET' && /^\/(\?|$)/.test(url ?? '')
  return site === undefined || site === 'same-origin' || site === 'none' || isOpened ? undefined : foreign
}

/** A token that opens the page once, and the session that it begins: the only one, for as long as the command runs. */
export function sessionsOf(port: number, token = secret()) {
  const name = `redpack_console_${port}`
  let token_hash: Buffer | undefined = hash(token)
  let session_hash: Buffer | undefined
  return {
    token,
    /** @returns the value of Set-Cookie, or why not */
    open(given: string): string | Refusal {
      if (token_hash === undefined) return { status: 401, code: 'token_used' }
      if (!timingSafeEqual(token_hash, hash(given))) return { status: 401, code: 'bad_token' }
      token_hash = undefined
      const session = secret()
      session_hash = hash(session)
      return `${name}=${session}; Path=/; HttpOnly; SameSite=Strict`
    },
    check({ headers }: Pick<IncomingMessage, 'headers'>): Refusal | undefined {
      const given = parse(headers.cookie ?? '', name)[name]
      const is_ours = given !== undefined && session_hash !== undefined && timingSafeEqual(session_hash, hash(given))
      return is_ours ? undefined : { status: 401, code: 'no_session' }
    },
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}

/** Of one length, so that they can be compared without telling where they differ. */
function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
