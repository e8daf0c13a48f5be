// One POST to WeChat Pay over mutual TLS, on a connection that is kept alive for each merchant.
import { hash } from 'node:crypto'
import { type Agent, request as httpsRequest, type RequestOptions } from 'node:https'
import { createSecureContext, rootCertificates } from 'node:tls'
import { CALL_MIN_MS } from '../durations.ts'
import type { Merchant } from '../redpack/ports.ts'
import { closeFree, closeIdle, httpsAgent } from '../sockets.ts'
import { type Gate, gate } from './gate.ts'

/** WeChat's answers are under 4 KB; a reply that goes past this is cut off and counts as none. */
const REPLY_MAX_BYTES = 64 * 1024
/** Merchants whose connections one container keeps; with more than that, nearly every call would make a connection. */
const AGENTS_MAX = 64

export type Reply = { status: number; text: string }

export type Transport = {
  /**
   * Posts XML to a path and reads the whole reply, whatever its status. The wait for a turn is part of the time: nothing is posted
   * if it leaves less than a second, or than the half of a time below two. @throws Error if no reply came in time
   */
  post(merchant: Merchant, path: string, body: string, timeout_ms: number): Promise<Reply>
}

/** `origin` is https://host[:port]; `ca` is PEM of an extra server CA, for simulators. Redirects are not followed. */
export function httpsTransport({ origin, ca }: { origin: string; ca?: string | undefined }): Transport {
  const doorOf = doors(ca)
  // An URL for each call costs more than the request's own parts.
  const { hostname, port } = new URL(origin)
  const place = { host: hostname.replace(/^\[|\]$/g, ''), port }
  return {
    async post(merchant, path, body, timeout_ms) {
      const timeLeft = countdown(timeout_ms)
      const { agent, gate } = doorOf(merchant)
      // A call that is begun with too little time left may pay, and nobody hears of it.
      const least_ms = Math.min(CALL_MIN_MS, timeout_ms / 2)
      const leave = await gate.enter(timeout_ms - least_ms)
      try {
        // It may have waited through a freeze.
        if (timeLeft() < least_ms) throw timeout()
        closeIdle(agent)
        return await exchange({ ...place, agent, path }, body, timeLeft())
      } finally {
        leave()
      }
    },
  }
}

/** By the wall clock, which goes on during a freeze, and by the other, which nobody sets: what the one of them says that leaves less. */
function countdown(timeout_ms: number): () => number {
  const [began_ms, ticked_ms] = [Date.now(), performance.now()]
  return () => Math.min(timeout_ms, timeout_ms - (Date.now() - began_ms), timeout_ms - (performance.now() - ticked_ms))
}

function exchange(to: RequestOptions, body: string, timeout_ms: number): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'text/xml; charset=utf-8', 'content-length': Buffer.byteLength(body) }
    const request = httpsRequest({ ...to, method: 'POST', headers }, (response) => {
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
  })
}

function timeout(): Error {
  return Object.assign(new Error('no whole reply in time'), { name: 'TimeoutError' })
}

/** A merchant's connections, and the way to them. */
type Door = { readonly agent: Agent; readonly gate: Gate }

/** The merchant that has not called for longest gives way. A new certificate of a merchant gets connections of its own. */
function doors(ca: string | undefined): (merchant: Merchant) => Door {
  const open = new Map<string, Door>()
  const names = new WeakMap<Merchant, string>()
  const trust = ca === undefined ? {} : { ca: [...rootCertificates, ca] }

  /** One TLS context for all connections of a merchant: to parse certificates and key for each costs more than the handshake. */
  function doorOf(cert: string, key: string): Door {
    const secureContext = createSecureContext({ cert, key, minVersion: 'TLSv1.2', ...trust })
    return { agent: httpsAgent({ secureContext }), gate: gate() }
  }

  function evictOldest(): void {
    const [oldest] = open
    if (!oldest) return
    // Calls that are under way on it go on; only what is idle is closed.
    closeFree(oldest[1].agent)
    open.delete(oldest[0])
  }

  /** A merchant is one object as long as its secret stays the same. */
  function nameOf(merchant: Merchant): string {
    const known = names.get(merchant)
    if (known !== undefined) return known
    const name = hash('sha256', `${merchant.mch_id}\0${merchant.cert}`)
    names.set(merchant, name)
    return name
  }

  return (merchant) => {
    const name = nameOf(merchant)
    const door = open.get(name) ?? doorOf(merchant.cert, merchant.key)
    // A Map keeps the order of insertion: the one used last moves to its end.
    open.delete(name)
    if (open.size >= AGENTS_MAX) evictOldest()
    open.set(name, door)
    return door
  }
}
