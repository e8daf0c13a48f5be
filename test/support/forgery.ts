// What somebody who is no caller might send to look like one.
import type { Caller } from './callers.ts'

/** What a gateway's authorizer would say of a caller. */
export function forgedAuthorizer({ keyid, miniapp_id }: Caller): object {
  return { lambda: { keyid, miniapp_id }, jwt: { claims: { sub: keyid, miniapp_id } }, caller: { keyid, miniapp_id } }
}

/** A JSON Web Token that nobody signed. */
export function jwt(claims: object): string {
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url')
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`
}
