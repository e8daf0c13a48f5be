import { createPrivateKey, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { createCa, createMerchantCertificate, createServerCertificate } from '../src/certificates.ts'

const ca = createCa()
const authority = new X509Certificate(ca.cert)

test('a CA signs itself and may issue', () => {
  expect(authority.ca).toBe(true)
  expect(authority.verify(authority.publicKey)).toBe(true)
  expect(authority.checkPrivateKey(createPrivateKey(ca.key))).toBe(true)
})

test('a server certificate is issued by the CA for this machine', () => {
  const pair = createServerCertificate(ca)
  const server = new X509Certificate(pair.cert)
  expect(server.checkIssued(authority)).toBe(true)
  expect(server.verify(authority.publicKey)).toBe(true)
  expect(server.ca).toBe(false)
  expect(server.checkHost('localhost')).toBe('localhost')
  expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(server.checkIP('::1')).toBe('::1')
  expect(server.checkHost('example.com')).toBeUndefined()
  expect(server.checkPrivateKey(createPrivateKey(pair.key))).toBe(true)
})

test("a merchant's certificate carries the merchant number and is issued by the CA", () => {
  const pair = createMerchantCertificate(ca, '10000098')
  const merchant = new X509Certificate(pair.cert)
  expect(merchant.subject).toBe('CN=10000098')
  expect(merchant.checkIssued(authority)).toBe(true)
  expect(merchant.verify(authority.publicKey)).toBe(true)
  expect(merchant.checkPrivateKey(createPrivateKey(pair.key))).toBe(true)
})

test('another CA of the same name is not the issuer', () => {
  const other = new X509Certificate(createCa().cert)
  const merchant = new X509Certificate(createMerchantCertificate(ca, '10000098').cert)
  expect(other.subject).toBe(authority.subject)
  expect(merchant.checkIssued(other)).toBe(false)
})

test('a certificate is valid from yesterday and for 20 years unless told', () => {
  const days = (Date.parse(authority.validTo) - Date.parse(authority.validFrom)) / 86_400_000
  expect(days).toBe(20 * 365)
  expect(Date.parse(authority.validFrom)).toBeLessThan(Date.now() - 86_000_000)
})

test('a certificate takes the dates it is given', () => {
  const validity = { not_before: new Date('2020-01-01T00:00:00Z'), not_after: new Date('2021-01-01T00:00:00Z') }
  const expired = new X509Certificate(createMerchantCertificate(ca, '10000098', validity).cert)
  expect(Date.parse(expired.validFrom)).toBe(validity.not_before.getTime())
  expect(Date.parse(expired.validTo)).toBe(validity.not_after.getTime())
})
