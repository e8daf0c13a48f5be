// Signatures by a library that is not the project's: what it signs the service takes, and what the client signs it verifies.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { httpbis } from 'http-message-signatures'
import { describe, expect, it } from 'vitest'
import { signRequest } from '../../client/src/index.ts'
import { callers, exchange, NORMAL, stack, useStack } from '../support/service.ts'

useStack()

const { keyid, secret } = callers.own
const hmac = (data: Buffer) => createHmac('sha256', Buffer.from(secret, 'base64')).update(data).digest()
const PROFILE = ['@method', '@path', '@query']
const PROFILE_POST = [...PROFILE, 'content-digest', 'idempotency-key']

type Message = { method: string; url: string; headers: Record<string, string> }

/** Signs as the library does, with the profile's name, components and parameters. */
async function signed(message: Message, fields: string[]): Promise<Record<string, string>> {
  const key = { id: keyid, alg: 'hmac-sha256', sign: async (data: Buffer) => hmac(data) }
  const params = ['created', 'keyid', 'alg']
  const { headers } = await httpbis.signMessage({ key, name: 'redpack', fields, params }, message)
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
}

/** True where the library finds the signature good, and made by the local caller. */
async function verified(message: Message): Promise<boolean | null> {
  const verify = async (data: Buffer, signature: Buffer) => timingSafeEqual(hmac(data), signature)
  const keyLookup = async () => ({ id: keyid, algs: ['hmac-sha256'], verify })
  return httpbis.verifyMessage({ keyLookup }, message)
}

describe('a request signed by the library', () => {
  it('is taken as a send', async () => {
    const body = JSON.stringify(NORMAL)
    const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
    const plain = { 'content-type': 'application/json', 'content-digest': digest, 'idempotency-key': 'library-1' }
    const headers = await signed({ method: 'POST', url: `${stack.url}/redpacks`, headers: plain }, PROFILE_POST)
    expect(await exchange('POST', '/redpacks', { headers, body })).toMatchObject({
      status: 200,
      body: { outcome: 'sent' },
    })
  })

  it('is taken as a read, with and without a query', async () => {
    for (const target of ['/redpacks', '/redpacks?limit=2&offset=1']) {
      const headers = await signed({ method: 'GET', url: `${stack.url}${target}`, headers: {} }, PROFILE)
      expect((await exchange('GET', target, { headers })).status).toBe(200)
    }
  })

  it('for another path is not taken', async () => {
    const headers = await signed({ method: 'GET', url: `${stack.url}/redpacks?limit=2`, headers: {} }, PROFILE)
    expect((await exchange('GET', '/redpacks?limit=3', { headers })).status).toBe(415)
  })
})

describe('a request signed by the client', () => {
  const created = Math.floor(Date.now() / 1000)

  it('is verified by the library, and taken by the service', async () => {
    const body = JSON.stringify(NORMAL)
    const url = `${stack.url}/redpacks`
    const headers = signRequest({ method: 'POST', url, keyid, secret, created, body, idempotency_key: 'client-1' })
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
    expect(await verified({ method: 'POST', url, headers: lower })).toBe(true)
    expect(
      (await exchange('POST', '/redpacks', { headers: { 'content-type': 'application/json', ...lower }, body })).body,
    ).toMatchObject({ outcome: 'sent' })
  })

  it('is not verified by the library for another query', async () => {
    const headers = signRequest({ method: 'GET', url: `${stack.url}/redpacks?limit=2`, keyid, secret, created })
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
    expect(await verified({ method: 'GET', url: `${stack.url}/redpacks?limit=2`, headers: lower })).toBe(true)
    expect(await verified({ method: 'GET', url: `${stack.url}/redpacks?limit=3`, headers: lower })).toBe(false)
  })
})
