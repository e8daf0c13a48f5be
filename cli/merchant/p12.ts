// apiclient_cert.p12 as WeChat hands it out, turned into PEM. It is encrypted with RC2-40, which OpenSSL 3 refuses; node-forge reads it.
import forge from 'node-forge'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'

export type Pem = { cert: string; key: string }

/** @throws CliError: no p12, another password, no certificate or no key in it */
export function readP12(file: Buffer, password: string, { m }: Context): Pem {
  const p12 = open(file, password, m)
  const key = bags(p12, ['pkcs8ShroudedKeyBag', 'keyBag'])[0]
  const certs = bags(p12, ['certBag'])
  // With its issuers beside it, the merchant's own certificate is the one that belongs to the key.
  const id = localKeyId(key)
  const cert = certs.find((bag) => id !== undefined && localKeyId(bag) === id) ?? certs[0]
  if (!key?.key || !cert?.cert) throw new CliError('bad_p12', m.merchant.p12Incomplete)
  return {
    cert: unix(forge.pki.certificateToPem(cert.cert)),
    key: unix(forge.pki.privateKeyInfoToPem(forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key.key)))),
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

function localKeyId(bag: forge.pkcs12.Bag | undefined): string | undefined {
  return bag?.attributes?.localKeyId?.[0]
}

function unix(pem: string): string {
  return pem.replaceAll('\r\n', '\n')
}
