// Whether a request that failed had left this machine: what failed before a connection stood cannot have moved money.

/** What a look-up of the name or a connection is called by Node in `syscall`. With them nothing was ever connected. */
const BEFORE_SYSCALL = /^(connect|getaddrinfo|query[A-Z]\w*)$/

/** Codes that can mean nothing else, for libraries that leave `syscall` out. ETIMEDOUT, EHOSTUNREACH, ECONNRESET can. */
const BEFORE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'EAI_NONAME',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_INVALID_URL',
  // TLS: the server's certificate was not accepted. Names of X.509 errors, of node:tls and of OpenSSL.
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CRL_HAS_EXPIRED',
  'CRL_NOT_YET_VALID',
  'CRL_SIGNATURE_FAILURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'ERR_TLS_CERT_ALTNAME_FORMAT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_NO_PROTOCOLS_AVAILABLE',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_GET_CRL',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** Without a code: node:tls, for a connection that ended in the handshake, and fetch, for a port that it does not call. */
const BEFORE_MESSAGE = /^(Client network socket disconnected before secure TLS connection was established|bad port)$/

/**
 * True only if the error proves that no connection stood. Of an AggregateError (one for each address that was tried) every
 * part has to prove it. Holds for a fetch that does not try again by itself.
 */
export function neverLeft(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 8) return false
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.every((one) => neverLeft(one, depth + 1))
  }
  const { code, syscall } = error as NodeJS.ErrnoException
  if (typeof syscall === 'string' && BEFORE_SYSCALL.test(syscall)) return true
  if (typeof code === 'string' && BEFORE.has(code)) return true
  return BEFORE_MESSAGE.test(error.message) || neverLeft(error.cause, depth + 1)
}

/** fetch says only "fetch failed"; what failed is its cause. An AggregateError may have no words of its own. */
export function reasonOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof Error && depth < 8) return reasonOf(error.cause, depth + 1)
  const { code } = error as NodeJS.ErrnoException
  const parts = error instanceof AggregateError ? error.errors.map((one) => reasonOf(one, depth + 1)).join('; ') : ''
  const words = error.message || parts || error.name
  return typeof code === 'string' && !words.includes(code) ? `${words} (${code})` : words
}
