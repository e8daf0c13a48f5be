// One POST to WeChat Pay over mutual TLS, on a connection that is kept alive for each merchant.
import { hash } from 'node:crypto'
import { type Agent, request as httpsRequest } from 'node:https'
import { createSecureContext, rootCertificates } from 'node:tls'
import type { Merchant } from '../redpack/ports.ts'
import { closeFree, closeIdle, httpsAgent } from '../sockets.ts'

/** WeChat's answers are under 4 KB; a reply that goes past this is cut off and counts as none. */
const REPLY_MAX_BYTES = 64 * 1024
/** Merchants whose connections one container keeps; with more than that, nearly every call would make a connection. */
const AGENTS_MAX = 64

export type Reply = { status: number; text: string }

export type Transport = {
  /** Posts XML to a path and reads the whole reply, whatever its status. @throws Error if none came in time. */
  post(merchant: Merchant, path: string, body: string, timeout_ms: number): Promise<Reply>
}

/** `origin` is https://host[:port]; `ca` is PEM of an extra server CA, for simulators. Redirects are not followed. */
export function httpsTransport({ origin, ca }: { origin: string; ca?: string | undefined }): Transport {
  const agentOf = agentPool(ca)
  // An URL for each call costs more than the request's own parts.
  const { hostname, port } = new URL(origin)
  const host = hostname.replace(/^\[|\]$/g, '')
  return {
    post: (merchant, path, body, timeout_ms) =>
      new Promise((resolve, reject) => {
        const agent = agentOf(merchant)
        closeIdle(agent)
        const headers = { 'content-type': 'text/xml; charset=utf-8', 'content-length': Buffer.byteLength(body) }
        const request = httpsRequest({ method: 'POST', agent, host, port, path, headers }, (response) => {
          const chunks: Buffer[] = []
          let length = 0
          response.on('data', (chunk: Buffer) => {
            length += chunk.length
            if (length > REPLY_MAX_BYTES)
              response.destroy(Object.assign(new Error('the reply is larger than 64 KB'), { code: 'REPLY_TOO_LARGE' }))
            else chunks.push(chunk)
          })
          response.on('end', () => {
            clearTimeout(timer)
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') })
          })
          response.on('error', fail)
        })
        // Of the whole exchange, its handshake and the last byte included.
        const timer = setTimeout(() => request.destroy(timeout()), timeout_ms)
        const fail = (error: Error) => {
          clearTimeout(timer)
          reject(error)
        }
        request.on('error', fail)
        request.end(body)
      }),
  }
}

function timeout(): Error {
  return Object.assign(new Error('no whole reply in time'), { name: 'TimeoutError' })
}

/** The merchant that has not called for longest gives way. A new certificate of a merchant gets connections of its own. */
function agentPool(ca: string | undefined): (merchant: Merchant) => Agent {
  const agents = new Map<string, Agent>()
  const trust = ca === undefined ? {} : { ca: [...rootCertificates, ca] }

  /** One TLS context for all connections of a merchant: to parse certificates and key for each costs more than the handshake. */
  function agentOf(cert: string, key: string): Agent {
    return httpsAgent({ secureContext: createSecureContext({ cert, key, minVersion: 'TLSv1.2', ...trust }) })
  }

  function evictOldest(): void {
    const [oldest] = agents
    if (!oldest) return
    // Calls that are under way on it go on; only what is idle is closed.
    closeFree(oldest[1])
    agents.delete(oldest[0])
  }

  const names = new WeakMap<Merchant, string>()

  /** A merchant is one object as long as its secret stays the same. */
  function nameOf(merchant: Merchant): string {
    const known = names.get(merchant)
    if (known !== undefined) return known
    const name = hash('sha256', `${merchant.mch_id}\0${merchant.cert}`)
    names.set(merchant, name)
    return name
  }

  return (merchant) => {
    const { cert, key } = merchant
    const name = nameOf(merchant)
    const agent = agents.get(name) ?? agentOf(cert, key)
    // A Map keeps the order of insertion: the one used last moves to its end.
    agents.delete(name)
    if (agents.size >= AGENTS_MAX) evictOldest()
    agents.set(name, agent)
    return agent
  }
}
