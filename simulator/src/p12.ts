// A merchant's certificate and key as PKCS#12, in the encryption that WeChat hands out or in one that everything opens.
import forge from 'node-forge'
import type { KeyPair } from './certificates.ts'

/**
 * `rc2-40` is WeChat's apiclient_cert.p12: certificates under RC2-40, the key under 3DES, which OpenSSL 3 and so Node 17 and later
 * refuse without their legacy provider. `3des` opens everywhere.
 */
export type P12Cipher = 'rc2-40' | '3des'

const { asn1, pkcs12, pki } = forge
type Node = forge.asn1.Asn1

/** RFC 7292 Appendix C. */
const PBE = {
  '3des': { oid: '1.2.840.113549.1.12.1.3', key_bytes: 24, bits: 0 },
  'rc2-40': { oid: '1.2.840.113549.1.12.1.6', key_bytes: 5, bits: 40 },
} as const
const OID = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  x509: '1.2.840.113549.1.9.22.1',
  localKeyId: '1.2.840.113549.1.9.21',
  friendlyName: '1.2.840.113549.1.9.20',
  sha1: '1.3.14.3.2.26',
}
const ITERATIONS = 2048
const IV_BYTES = 8
const SALT_BYTES = 8
/** RFC 7292 Appendix B.3: what key material is for. */
const FOR = { key: 1, iv: 2, mac: 3 } as const

/** Writes a p12 whose password is, as at WeChat, the merchant number. */
export function writeP12({ cert, key }: KeyPair, mch_id: string, cipher: P12Cipher): Buffer {
  const certificate = pki.certificateToAsn1(pki.certificateFromPem(cert))
  const private_key = pki.wrapRsaPrivateKey(pki.privateKeyToAsn1(pki.privateKeyFromPem(key)))
  const id = forge.md.sha1.create().update(der(certificate)).digest().getBytes()
  const attributes = bagAttributes(id, mch_id)
  const certs = sequence(bag(OID.certBag, sequence(oid(OID.x509), explicit(0, octets(der(certificate)))), attributes))
  const keys = sequence(bag(OID.keyBag, encryptedKey(private_key, mch_id), attributes))
  const safe = der(
    sequence(
      contentInfo(OID.encryptedData, encryptedData(der(certs), mch_id, cipher)),
      contentInfo(OID.data, octets(der(keys))),
    ),
  )
  const pfx = sequence(integer(3), contentInfo(OID.data, octets(safe)), mac(safe, mch_id))
  return Buffer.from(der(pfx), 'binary')
}

function encryptedData(content: string, password: string, cipher: P12Cipher): Node {
  const { algorithm, encrypted } = encrypt(content, password, cipher)
  const implicit = asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0, false, encrypted)
  return sequence(integer(0), sequence(oid(OID.data), algorithm, implicit))
}

function encryptedKey(private_key: Node, password: string): Node {
  const { algorithm, encrypted } = encrypt(der(private_key), password, '3des')
  return sequence(algorithm, octets(encrypted))
}

function encrypt(content: string, password: string, cipher: P12Cipher): { algorithm: Node; encrypted: string } {
  const { oid: name, key_bytes, bits } = PBE[cipher]
  const salt = forge.random.getBytesSync(SALT_BYTES)
  const derived = (id: number, bytes: number) =>
    pkcs12.generateKey(password, forge.util.createBuffer(salt), id, ITERATIONS, bytes)
  const key = derived(FOR.key, key_bytes)
  const iv = derived(FOR.iv, IV_BYTES)
  const { des, rc2 } = forge as unknown as Ciphers
  const encryption = bits === 0 ? des.createEncryptionCipher(key, 'CBC') : rc2.createEncryptionCipher(key, bits)
  encryption.start(iv.getBytes())
  encryption.update(forge.util.createBuffer(content))
  encryption.finish()
  const algorithm = sequence(oid(name), sequence(octets(salt), integer(ITERATIONS)))
  return { algorithm, encrypted: encryption.output.getBytes() }
}

/** What the types of node-forge leave out. */
type Cipher = {
  start(iv: string): void
  update(input: forge.util.ByteStringBuffer): void
  finish(): boolean
  output: forge.util.ByteStringBuffer
}
type Ciphers = {
  des: { createEncryptionCipher(key: forge.util.ByteStringBuffer, output: string): Cipher }
  rc2: { createEncryptionCipher(key: forge.util.ByteStringBuffer, bits: number): Cipher }
}

function mac(safe: string, password: string): Node {
  const salt = forge.random.getBytesSync(SALT_BYTES)
  const key = pkcs12.generateKey(password, forge.util.createBuffer(salt), FOR.mac, ITERATIONS, 20)
  const hmac = forge.hmac.create()
  hmac.start('sha1', key)
  hmac.update(safe)
  const digest = sequence(sequence(oid(OID.sha1), empty()), octets(hmac.getMac().getBytes()))
  return sequence(digest, octets(salt), integer(ITERATIONS))
}

function contentInfo(type: string, content: Node): Node {
  return sequence(oid(type), explicit(0, content))
}

function bag(type: string, value: Node, attributes: Node): Node {
  return sequence(oid(type), explicit(0, value), attributes)
}

function bagAttributes(id: string, name: string): Node {
  return set(
    sequence(oid(OID.localKeyId), set(octets(id))),
    sequence(oid(OID.friendlyName), set(primitive(asn1.Type.BMPSTRING, name))),
  )
}

function sequence(...parts: Node[]): Node {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, parts)
}

function set(...parts: Node[]): Node {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SET, true, parts)
}

function explicit(tag: number, content: Node): Node {
  return asn1.create(asn1.Class.CONTEXT_SPECIFIC, tag, true, [content])
}

function primitive(type: forge.asn1.Type, value: string): Node {
  return asn1.create(asn1.Class.UNIVERSAL, type, false, value)
}

function oid(dotted: string): Node {
  return primitive(asn1.Type.OID, asn1.oidToDer(dotted).getBytes())
}

function octets(value: string): Node {
  return primitive(asn1.Type.OCTETSTRING, value)
}

function integer(value: number): Node {
  return primitive(asn1.Type.INTEGER, asn1.integerToDer(value).getBytes())
}

function empty(): Node {
  return primitive(asn1.Type.NULL, '')
}

function der(node: Node): string {
  return asn1.toDer(node).getBytes()
}
