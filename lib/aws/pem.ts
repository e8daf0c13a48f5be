// Certificate and private key as people save them, read the same way by whoever stores them and whoever pays with them: text
// around the blocks, a byte order mark, any line ends, a chain in any order.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'

/** The certificate that belongs to the key, and the key, each one clean PEM block. */
export type Pair = { readonly cert: string; readonly key: string; readonly certificate: X509Certificate }

export type PemFault =
  | 'cert_not_pem'
  | 'cert_unreadable'
  | 'key_not_pem'
  | 'key_encrypted'
  | 'key_unreadable'
  | 'mismatch'
  /** OpenSSL takes no part in a connection with it: a key that is too short, a digest that is broken. */
  | 'refused_by_tls'

type Block = { label: string; encrypted: boolean; pem: string }

/** Blocks that are looked at in one text: a chain has three or four. */
const BLOCKS_MAX = 32
const LINE = /.{1,64}/g

/** Of several certificates with the key's public half, one that is valid at `now_ms`, and the one that is valid longest. */
export function readPair(cert: string, key: string, now_ms: number): Pair | PemFault {
  const certificates = readCertificates(cert)
  if (typeof certificates === 'string') return certificates
  const keys = readKeys(key)
  if (typeof keys === 'string') return keys
  const pairs = keys.flatMap(({ object, pem }) =>
    certificates
      .filter(({ certificate }) => certificate.checkPrivateKey(object))
      .map(({ certificate, pem: cert }): Pair => ({ cert, key: pem, certificate })),
  )
  const [pair] = pairs.sort((a, b) => rank(b, now_ms) - rank(a, now_ms))
  if (!pair) return 'mismatch'
  return isTakenByTls(pair) ? pair : 'refused_by_tls'
}

function readCertificates(text: string): { certificate: X509Certificate; pem: string }[] | PemFault {
  const found = blocks(text).filter(({ label }) => /^(X509 |TRUSTED )?CERTIFICATE$/.test(label))
  if (found.length === 0) return 'cert_not_pem'
  const read = found.flatMap(({ pem }) => {
    const certificate = attempt(() => new X509Certificate(pem))
    return certificate ? { certificate, pem: certificate.toString() } : []
  })
  return read.length > 0 ? read : 'cert_unreadable'
}

function readKeys(text: string): { object: KeyObject; pem: string }[] | PemFault {
  const found = blocks(text).filter(({ label }) => label.endsWith('PRIVATE KEY'))
  if (found.length === 0) return 'key_not_pem'
  const open = found.filter(({ encrypted }) => !encrypted)
  if (open.length === 0) return 'key_encrypted'
  const read = open.flatMap(({ pem }) => {
    const object = attempt(() => createPrivateKey(pem))
    return object ? { object, pem } : []
  })
  return read.length > 0 ? read : 'key_unreadable'
}

/** The PEM blocks of a text (RFC 7468, and RFC 1421 for encrypted keys), each in its strict form. */
function blocks(text: string): Block[] {
  // Copied out of JSON or an environment variable, line ends are two characters.
  const lines = text.replaceAll('\\r', '').replaceAll('\\n', '\n')
  const found: Block[] = []
  for (let at = 0; found.length < BLOCKS_MAX; ) {
    const begin = lines.indexOf('-----BEGIN ', at)
    const head = /^-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(lines.slice(begin, begin + 60))
    if (begin < 0) break
    at = begin + 1
    if (!head) continue
    const [line, label = ''] = head
    const end = lines.indexOf(`-----END ${label}-----`, begin)
    if (end < 0) break
    at = end
    found.push(block(label, lines.slice(begin + line.length, end)))
  }
  return found
}

function block(label: string, body: string): Block {
  const encrypted = label.startsWith('ENCRYPTED') || /^\s*Proc-Type:.*ENCRYPTED/m.test(body)
  // Blanks of every width, also the one that ends a line of a chat and the one that starts a UTF-8 file.
  const base64 = body.replace(/[\s\u200b-\u200d\u2060]/g, '')
  const wrapped = base64.match(LINE)?.join('\n') ?? ''
  return { label, encrypted, pem: `-----BEGIN ${label}-----\n${wrapped}\n-----END ${label}-----\n` }
}

/** Valid ones before others, and of each the one with the latest end. */
function rank({ certificate }: Pair, now_ms: number): number {
  const [from, to] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()]
  return to + (from <= now_ms && now_ms < to ? Number.MAX_SAFE_INTEGER / 2 : 0)
}

function isTakenByTls({ cert, key }: Pair): boolean {
  return attempt(() => createSecureContext({ cert, key })) !== undefined
}

/** The cause would quote what was read. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
