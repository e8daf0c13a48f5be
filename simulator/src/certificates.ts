// The certificates of a local WeChat Pay: a CA, the server's certificate and the merchants', made new and never kept here.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import forge from 'node-forge'

/** A certificate and its private key, both PEM (X.509 and PKCS#8), as WeChat hands out apiclient_cert.pem and apiclient_key.pem. */
export type KeyPair = Readonly<{ cert: string; key: string }>

/** When a certificate begins and ends to be valid; without it: from yesterday, for 20 years, so that a local clock may run far ahead. */
export type Validity = Readonly<{ not_before?: Date; not_after?: Date }>

type Extension = Readonly<Record<string, unknown>>

const DAY_MS = 86_400_000
const VALID_DAYS = 20 * 365

/** Makes a certificate authority that signs itself. */
export function createCa(validity: Validity = {}): KeyPair {
  return issue('wechatpay-simulator CA', undefined, validity, [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  ])
}

/** This machine, and WeChat's own names, which --resolve and /etc/hosts can lead here. */
export const SERVER_NAMES = [
  'localhost',
  '127.0.0.1',
  '::1',
  'api.mch.weixin.qq.com',
  'api2.mch.weixin.qq.com',
] as const

/** Makes a server certificate of `ca` for host names and IP addresses. */
export function createServerCertificate(
  ca: KeyPair,
  validity: Validity = {},
  hosts: readonly string[] = SERVER_NAMES,
): KeyPair {
  // RFC 5280 §4.2.1.6: 2 is dNSName, 7 is iPAddress.
  const altNames = hosts.map((host) => (isIP(host) ? { type: 7, ip: host } : { type: 2, value: host }))
  return issue(hosts[0] ?? 'localhost', ca, validity, [
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames },
  ])
}

/** Makes a merchant's client certificate of `ca`; its common name is the merchant number, as in WeChat's. */
export function createMerchantCertificate(ca: KeyPair, mch_id: string, validity: Validity = {}): KeyPair {
  return issue(mch_id, ca, validity, [
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', clientAuth: true },
  ])
}

function issue(
  common_name: string,
  ca: KeyPair | undefined,
  validity: Validity,
  extensions: readonly Extension[],
): KeyPair {
  const { publicKey, privateKey: key } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const not_before = validity.not_before ?? new Date(Date.now() - DAY_MS)
  const cert = forge.pki.createCertificate()
  const issuer = ca ? forge.pki.certificateFromPem(ca.cert) : cert
  cert.publicKey = forge.pki.publicKeyFromPem(publicKey)
  // RFC 5280 §4.1.2.2: a serial number is positive, so its first byte stays below 0x80.
  cert.serialNumber = `1${randomBytes(16).toString('hex').slice(1)}`
  cert.validity.notBefore = not_before
  cert.validity.notAfter = validity.not_after ?? new Date(not_before.getTime() + VALID_DAYS * DAY_MS)
  cert.setSubject([{ name: 'commonName', value: common_name }])
  cert.setIssuer(issuer.subject.attributes)
  cert.setExtensions([
    ...extensions,
    { name: 'subjectKeyIdentifier' },
    // Two CAs made here share a name: the key identifier tells them apart.
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
  ])
  cert.sign(forge.pki.privateKeyFromPem(ca?.key ?? key), forge.md.sha256.create())
  return { cert: forge.pki.certificateToPem(cert).replaceAll('\r\n', '\n'), key }
}
