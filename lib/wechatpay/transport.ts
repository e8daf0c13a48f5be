// One POST to WeChat Pay over mutual TLS, on a connection that is kept alive for each merchant.
import { createHash } from 'node:crypto'
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
  return {
    post: (merchant, path, body, timeout_ms) =>
      new Promise((resolve, reject) => {
        const agent = agentOf(merchant)
        closeIdle(agent)
        const signal = AbortSignal.timeout(timeout_ms)
        const headers = { 'content-type': 'text/xml; charset=utf-8', 'content-length': Buffer.byteLength(body) }
        const request = httpsRequest(new URL(path, origin), { method: 'POST', agent, headers, signal }, (response) => {
          const chunks: Buffer[] = []
          let length = 0
          response.on('data', (chunk: Buffer) => {
            length += chunk.length
            if (length > REPLY_MAX_BYTES)
              response.destroy(Object.assign(new Error('the reply is larger than 64 KB'), { code: 'REPLY_TOO_LARGE' }))
            else chunks.push(chunk)
          })
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') })
          })
          response.on('error', reject)
        })
        request.on('error', reject)
        request.end(body)
      }),
  }
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

  return ({ mch_id, cert, key }) => {
    const name = createHash('sha256').update(`${mch_id}\0${cert}`).digest('hex')
    const agent = agents.get(name) ?? agentOf(cert, key)
    // A Map keeps the order of insertion: the one used last moves to its end.
    agents.delete(name)
    if (agents.size >= AGENTS_MAX) evictOldest()
    agents.set(name, agent)
    return agent
  }
}
