// Whether a request has left this machine: what failed before a connection stood cannot have moved money.
import type { Fetch } from '../client/src/index.ts'

/** Failures of name look-up, of connecting and of the TLS handshake: no byte of the request was sent. */
const BEFORE = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** fetch that remembers: `left()` is true once any request may have reached the service. */
export function watchedFetch(): { fetch: Fetch; left(): boolean } {
  let left = false
  return {
    left: () => left,
    fetch: async (...request) => {
      try {
        const response = await fetch(...request)
        left = true
        return response
      } catch (error) {
        left ||= !isNeverConnected(error)
        throw error
      }
    },
  }
}

export function isNeverConnected(error: unknown): boolean {
  return BEFORE.has(codeOf(error))
}

/** What failed in the end, named by its code where it has one: ECONNREFUSED says more than "fetch failed". */
export function causeOf(error: unknown): string {
  const code = codeOf(error)
  if (code) return code
  const last = chain(error).at(-1)
  return last instanceof Error ? last.message || last.name : String(last)
}

function codeOf(error: unknown): string {
  for (const at of chain(error)) if (at instanceof Error && 'code' in at && typeof at.code === 'string') return at.code
  return ''
}

/** An error and what caused it, the first cause last. */
function chain(error: unknown): unknown[] {
  const all = [error]
  for (let at = error; at instanceof Error && at.cause !== undefined && all.length < 8; at = at.cause)
    all.push(at.cause)
  return all
}
