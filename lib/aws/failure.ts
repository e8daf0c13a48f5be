// What a failed call of the AWS SDK means: whether it may pass by itself, and what of it may stand in a log.

/** Names with which AWS says "slower" or "not in time"; these may come with HTTP 400. */
const PASSING_NAMES = new Set([
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestTimeout',
  'RequestTimeoutException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
  'TransactionInProgressException',
])
const REQUEST_TIMEOUT = 408
const TOO_MANY_REQUESTS = 429

/** Node's and OpenSSL's codes of a connection that failed: no answer of AWS's has been read. */
const NETWORK_CODE =
  /^(E(ADDRNOTAVAIL|AI_[A-Z]+|CONN[A-Z]+|HOST[A-Z]+|MFILE|NET[A-Z]+|NFILE|NOBUFS|NOTFOUND|PIPE|PROTO|TIMEDOUT)|ERR_(SOCKET|SSL|STREAM|TLS)_\w+|HPE_\w+)$/
const TLS_CODE = /^(CERT_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)_)/

type Failed = Error & {
  code?: unknown
  $metadata?: { httpStatusCode?: number; requestId?: string }
  $retryable?: { throttling?: boolean }
}

/**
 * True if AWS did not decide: no connection, no answer in time, 5xx, throttling. Everything else (access denied, a secret
 * that is marked for deletion, a disabled key, no credentials) is an answer and stays until somebody changes the set-up.
 */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { name, $metadata, $retryable } = error as Failed
  const status = $metadata?.httpStatusCode ?? 0
  if (PASSING_NAMES.has(name) || $retryable?.throttling === true) return true
  if (status >= 500 || status === REQUEST_TIMEOUT || status === TOO_MANY_REQUESTS) return true
  return status < 400 && isNetwork(error)
}

/** An error of AWS's or of the way to it: name, HTTP status and request id. Its message may quote names, policies and input. */
export function describeAwsError(error: Error) {
  const { name, code, $metadata } = error as Failed
  return {
    name: word(name),
    ...(typeof code === 'string' && { code: word(code) }),
    http_status: $metadata?.httpStatusCode,
    request_id: $metadata?.requestId,
  }
}

/** True for what a client of the AWS SDK throws: an answer of AWS's, a failure on the way to it, no credentials. */
export function isAwsError(error: unknown): boolean {
  return error instanceof Error && ('$metadata' in error || /ProviderError$/.test(error.name))
}

/** Also if the SDK wraps it: an AggregateError of a host with two addresses has its code, others their cause. */
function isNetwork(error: Error, depth = 0): boolean {
  const { code, cause } = error as Failed
  if (typeof code === 'string' && (NETWORK_CODE.test(code) || TLS_CODE.test(code))) return true
  return cause instanceof Error && depth < 8 && isNetwork(cause, depth + 1)
}

/** AWS's names are one word; whatever else stands there is not AWS's. */
function word(text: string): string {
  return /^[\w.:#-]{1,80}$/.test(text) ? text : 'Error'
}
