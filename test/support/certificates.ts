// Certificates that this project's own tools do not make, by OpenSSL: other kinds of keys, and keys that are too short.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import forge from 'node-forge'
import type { KeyPair } from '../../simulator/src/certificates.ts'

/** A certificate that signs itself, for `common_name`; `flags` say which key: `-newkey rsa:1024`. */
export function selfSigned(common_name: string, flags: string[]): KeyPair {
  const folder = mkdtempSync(join(tmpdir(), 'redpack-openssl-'))
  try {
    const [cert, key] = [join(folder, 'cert'), join(folder, 'key')]
    const output = ['-nodes', '-keyout', key, '-out', cert]
    openssl(['req', '-x509', '-days', '30', '-subj', `/CN=${common_name}`, ...flags, ...output])
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Another certificate of the same subject and key. */
export function renewed({ cert, key }: KeyPair, not_before: Date, not_after: Date): string {
  const made = forge.pki.createCertificate()
  const of = forge.pki.certificateFromPem(cert)
  made.publicKey = of.publicKey
  made.serialNumber = '02'
  made.validity = { notBefore: not_before, notAfter: not_after }
  made.setSubject(of.subject.attributes)
  made.setIssuer(of.issuer.attributes)
  made.sign(forge.pki.privateKeyFromPem(key), forge.md.sha256.create())
  return forge.pki.certificateToPem(made).replaceAll('\r\n', '\n')
}

/** Runs openssl. @returns what it writes */
export function openssl(argv: string[], input = ''): string {
  return execFileSync('openssl', argv, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] })
}
