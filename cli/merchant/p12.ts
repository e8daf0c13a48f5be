// apiclient_cert.p12 as WeChat hands it out, turned into PEM. It is encrypted with RC2-40, which OpenSSL 3 refuses; node-forge reads it.
import forge from 'node-forge'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'

export type Pem = { cert: string; key: string }

/** @throws CliError: no p12, another password, no certificate or no key in it */
export function readP12(file: Buffer, password: string, { m }: Context): Pem {
  const p12 = open(file, password, m)
  const keys = bags(p12, ['pkcs8ShroudedKeyBag', 'keyBag']).flatMap(({ key }) => key ?? [])
  const certs = bags(p12, ['certBag']).flatMap(({ cert }) => cert ?? [])
  if (keys.length === 0 || certs.length === 0) throw new CliError('bad_p12', m.merchant.p12Incomplete)
  // With its issuers beside it, the merchant's own certificate is the one that belongs to the key: the reader of PEM finds it.
  return {
    cert: certs.map((cert) => forge.pki.certificateToPem(cert)).join(''),
    key: keys
      .map((key) => forge.pki.privateKeyInfoToPem(forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key))))
      .join(''),
  }
}

function open(file: Buffer, password: string, m: Context['m']): forge.pkcs12.Pkcs12Pfx {
  let asn1: forge.asn1.Asn1
  try {
    asn1 = forge.asn1.fromDer(file.toString('binary'))
  } catch {
    throw new CliError('bad_p12', m.merchant.notP12)
  }
  try {
    return forge.pkcs12.pkcs12FromAsn1(asn1, password)
  } catch (error) {
    const wrong = /password/i.test(error instanceof Error ? error.message : '')
    throw wrong ? new CliError('wrong_password', m.merchant.wrongPassword) : new CliError('bad_p12', m.merchant.notP12)
  }
}

function bags(p12: forge.pkcs12.Pkcs12Pfx, names: string[]): forge.pkcs12.Bag[] {
  return names.flatMap((name) => {
    const bagType = forge.pki.oids[name] ?? ''
    return p12.getBags({ bagType })[bagType] ?? []
  })
}
