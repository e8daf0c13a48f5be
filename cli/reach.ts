// What failed on the way to a service, and whether a connection stood: what failed before that cannot have changed anything.

/** Failures of name look-up and of the TLS handshake, and a connection that was refused: no byte of the request was sent. */
const BEFORE = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

export function isNeverConnected(error: unknown): boolean {
  // A route may also be lost while a connection stands.
  return (
    chain(error).some((at) => at instanceof Error && 'syscall' in at && at.syscall === 'connect') ||
    BEFORE.has(codeOf(error))
  )
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
