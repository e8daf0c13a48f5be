// Certificates and keys as people save them.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readPair } from '../../../lib/aws/pem.ts'
import { createCa, createMerchantCertificate, createServerCertificate } from '../../../simulator/src/certificates.ts'
import { openssl, renewed, selfSigned } from '../../support/certificates.ts'

const NOW_MS = Date.now()
const DAY_MS = 86_400_000
const ca = createCa()
const pair = createMerchantCertificate(ca, '1900000109')
const other = createMerchantCertificate(ca, '1900000110')
const ec = selfSigned('1900000109', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'])

const read = (cert: string, key: string) => readPair(cert, key, NOW_MS)
const ATTRIBUTES =
  'Bag Attributes\n    localKeyID: 01 02\n    friendlyName: Tenpay Certificate\nsubject=/C=CN/CN=1900000109\n'

/** What is around, between and in the lines of a file, each done to certificate and key. */
const DIRT: [string, (pem: string) => string][] = [
  ['nothing', (pem) => pem],
  ['a byte order mark', (pem) => `\uFEFF${pem}`],
  ['a blank first line', (pem) => `\n${pem}`],
  ['a byte order mark and a blank first line', (pem) => `\uFEFF\r\n${pem}`],
  ['line ends of Windows', (pem) => pem.replaceAll('\n', '\r\n')],
  ['line ends of old', (pem) => pem.replaceAll('\n', '\r')],
  ['no last line end', (pem) => pem.trimEnd()],
  ['Bag Attributes before it', (pem) => `${ATTRIBUTES}${pem}`],
  ['text behind it', (pem) => `${pem}\n-- \nsent from my phone\n`],
  ['lines that are indented', (pem) => pem.replaceAll(/^/gm, '    ')],
  ['blanks behind each line', (pem) => pem.replaceAll('\n', '  \t\n')],
  ['blank lines between the lines', (pem) => pem.replaceAll('\n', '\n\n')],
  ['all base64 in one line', (pem) => pem.replaceAll(/(?<![-])\n(?!-)/g, '')],
  ['line ends as JSON writes them', (pem) => JSON.stringify(pem).slice(1, -1)],
  ['line ends of Windows as JSON writes them', (pem) => JSON.stringify(pem.replaceAll('\n', '\r\n')).slice(1, -1)],
  ['no-break blanks', (pem) => pem.replaceAll('\n', '\u00a0\n')],
]

describe('is read with', () => {
  test.each(DIRT)('%s', (_, dirty) => {
    expect(read(dirty(pair.cert), dirty(pair.key))).toMatchObject(pair)
  })
})

describe('the certificate that belongs to the key is taken', () => {
  const server = createServerCertificate(ca)
  test.each([
    ['first', [pair.cert, ca.cert]],
    ['last', [ca.cert, server.cert, pair.cert]],
    ['in the middle, with attributes', [ca.cert, ATTRIBUTES, pair.cert, ATTRIBUTES, other.cert]],
    [
      'beside its key and junk',
      [pair.key, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', pair.cert],
    ],
    ['behind a block without end', [pair.cert, '-----BEGIN CERTIFICATE-----\nAAAA\n']],
    ['behind a line that begins like one', ['-----BEGIN of the certificate\n', pair.cert]],
  ])('%s', (_, parts) => {
    expect(read(parts.join(''), pair.key)).toMatchObject(pair)
  })

  test('for one of several keys', () => {
    expect(read(pair.cert, `${other.key}${pair.key}`)).toMatchObject(pair)
  })

  test('valid now, and longest, of those that were renewed with the same key', () => {
    const lasting = (from_days: number, to_days: number) => renewed(pair, at(from_days), at(to_days))
    const [old, short, long, future] = [lasting(-20, -10), lasting(-1, 5), lasting(-1, 50), lasting(10, 100)]
    const chosen = (certs: string[]) => (read(certs.join(''), pair.key) as { cert: string }).cert
    const same = (a: string, b: string) =>
      expect(new X509Certificate(a).fingerprint256).toBe(new X509Certificate(b).fingerprint256)
    same(chosen([old, short, long, future]), long)
    same(chosen([future, long, short, old]), long)
    same(chosen([old, future]), future)
  })
})

describe('a key', () => {
  const object = createPrivateKey(pair.key)
  test('in PKCS#1', () => {
    const key = String(object.export({ type: 'pkcs1', format: 'pem' }))
    expect(read(pair.cert, key)).toMatchObject({ cert: pair.cert, key })
  })

  test.each(['sec1', 'pkcs8'] as const)('on a curve, in %s', (type) => {
    const key = String(createPrivateKey(ec.key).export({ type, format: 'pem' }))
    expect(read(ec.cert, key)).toMatchObject({ cert: ec.cert, key })
  })

  test('on a curve, behind its parameters', () => {
    const key = String(createPrivateKey(ec.key).export({ type: 'sec1', format: 'pem' }))
    const parameters = openssl(['ecparam', '-name', 'prime256v1'])
    expect(read(ec.cert, `${parameters}${key}`)).toMatchObject({ cert: ec.cert, key })
  })

  test('under a password is named as such, in either form', () => {
    const secret = { cipher: 'aes-256-cbc', passphrase: 'x', format: 'pem' } as const
    for (const type of ['pkcs8', 'pkcs1'] as const) {
      expect(read(pair.cert, String(object.export({ type, ...secret })))).toBe('key_encrypted')
    }
    const encrypted = String(object.export({ type: 'pkcs1', ...secret }))
    expect(read(pair.cert, encrypted.replaceAll('\n', '\r\n'))).toBe('key_encrypted')
    expect(read(pair.cert, `${encrypted}${pair.key}`)).toMatchObject(pair)
  })
})

describe('what cannot be used is named', () => {
  const junk = (label: string) => `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`
  const weak = selfSigned('1900000109', ['-newkey', 'rsa:1024'])
  test.each([
    ['an empty certificate', '', pair.key, 'cert_not_pem'],
    ['a p12', Buffer.from('3082', 'hex').toString('base64'), pair.key, 'cert_not_pem'],
    ['a key in its place', pair.key, pair.key, 'cert_not_pem'],
    ['a public key', junk('PUBLIC KEY'), pair.key, 'cert_not_pem'],
    ['a certificate without an end', pair.cert.slice(0, -10), pair.key, 'cert_not_pem'],
    ['a certificate that is junk', junk('CERTIFICATE'), pair.key, 'cert_unreadable'],
    ['an empty key', pair.cert, '', 'key_not_pem'],
    ['a certificate in the place of the key', pair.cert, pair.cert, 'key_not_pem'],
    ['a key that is junk', pair.cert, junk('PRIVATE KEY'), 'key_unreadable'],
    ['a key of another kind', pair.cert, junk('OPENSSH PRIVATE KEY'), 'key_unreadable'],
    ['another key', pair.cert, other.key, 'mismatch'],
    ['a key of 1,024 bits', weak.cert, weak.key, 'refused_by_tls'],
    ['a megabyte of beginnings', '-----BEGIN CERTIFICATE-----\n'.repeat(37_000), pair.key, 'cert_not_pem'],
  ])('%s', (_, cert, key, fault) => {
    expect(read(cert, key)).toBe(fault)
  })
})

function at(days: number): Date {
  return new Date(NOW_MS + days * DAY_MS)
}
