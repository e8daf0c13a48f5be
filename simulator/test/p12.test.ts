// The p12 that merchants are handed: WeChat's, which OpenSSL 3 refuses, and one that everything opens.
import { createSecureContext } from 'node:tls'
import forge from 'node-forge'
import { describe, expect, test } from 'vitest'
import { createCa, createMerchantCertificate } from '../src/certificates.ts'
import { writeP12 } from '../src/p12.ts'

const MCH_ID = '1900000109'
const merchant = createMerchantCertificate(createCa(), MCH_ID)
const p12 = { 'rc2-40': writeP12(merchant, MCH_ID, 'rc2-40'), '3des': writeP12(merchant, MCH_ID, '3des') }

function open(file: Buffer, password: string): forge.pkcs12.Pkcs12Pfx {
  return forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(file.toString('binary')), password)
}

test('WeChat’s is refused by OpenSSL 3, the other is opened', () => {
  expect(() => createSecureContext({ pfx: p12['rc2-40'], passphrase: MCH_ID })).toThrow(/unsupported/i)
  expect(() => createSecureContext({ pfx: p12['3des'], passphrase: MCH_ID })).not.toThrow()
})

describe.each(['rc2-40', '3des'] as const)('%s', (cipher) => {
  test('holds the certificate and its key, under one id', () => {
    const read = open(p12[cipher], MCH_ID)
    const [cert] = read.getBags({ bagType: forge.pki.oids.certBag ?? '' })[forge.pki.oids.certBag ?? ''] ?? []
    const name = forge.pki.oids.pkcs8ShroudedKeyBag ?? ''
    const [key] = read.getBags({ bagType: name })[name] ?? []
    expect(cert?.cert && forge.pki.certificateToPem(cert.cert).replaceAll('\r\n', '\n')).toBe(merchant.cert)
    const pkcs8 =
      key?.key && forge.pki.privateKeyInfoToPem(forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key.key)))
    expect(pkcs8?.replaceAll(/\s/g, '')).toBe(merchant.key.replaceAll(/\s/g, ''))
    expect(key?.attributes.localKeyId).toEqual(cert?.attributes.localKeyId)
  })

  test('has the merchant number as its password', () => {
    expect(() => open(p12[cipher], 'wrong')).toThrow(/password/i)
  })
})

test('the certificates are encrypted in WeChat’s way', () => {
  const rc2 = Buffer.from(forge.asn1.oidToDer('1.2.840.113549.1.12.1.6').getBytes(), 'binary')
  expect(p12['rc2-40'].includes(rc2)).toBe(true)
  expect(p12['3des'].includes(rc2)).toBe(false)
})
