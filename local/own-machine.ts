// The guard of the local servers: programs of this machine are served, web pages are not. They hold secrets and records, and ask nobody who he is.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

export type Guard = {
  /** What a body has to be; a page can send text/plain and forms to anywhere, but nothing else without asking first. */
  content_type?: RegExp
}

/** What AWS's own clients send. */
export const AMZ_JSON = /^application\/x-amz-json-1\.\d$/i

/** Names that lead to this machine and nowhere else; a name of the page's own that resolves to it (DNS rebinding) is none of them. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i
const EVENTS = ['request', 'checkContinue'] as const

type Refusal = { status: 403 | 415; message: string }
type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** Puts the guard before everything that listens for the server's requests by now. */
export function guardServer(server: Server, guard: Guard = {}): void {
  for (const event of EVENTS) {
    const listeners = server.listeners(event) as Listener[]
    if (listeners.length === 0) continue
    server.removeAllListeners(event)
    server.on(event, (request: IncomingMessage, response: ServerResponse) => {
      const refusal = refusalOf(request, guard)
      if (refusal) refuse(response, refusal)
      else for (const listener of listeners) listener.call(server, request, response)
    })
  }
}

function refusalOf({ method = '', headers, rawHeaders }: IncomingMessage, guard: Guard): Refusal | undefined {
  const hosts = rawHeaders.filter((_, i) => i % 2 === 0 && rawHeaders[i]?.toLowerCase() === 'host').length
  if (hosts !== 1 || !LOOPBACK.test(headers.host ?? '')) {
    return {
      status: 403,
      message: 'This server is for this machine: its name in Host is localhost, 127.0.0.1 or [::1].',
    }
  }
  // Every browser sends one of them with what another page asks for; typing an address is "none".
  const site = headers['sec-fetch-site'] ?? 'none'
  if (headers.origin !== undefined || site !== 'none') {
    return { status: 403, message: 'This server is for programs, not for web pages: no Origin is allowed.' }
  }
  const type = headers['content-type']?.split(';')[0]?.trim() ?? ''
  if (guard.content_type && method !== 'GET' && method !== 'HEAD' && !guard.content_type.test(type)) {
    return {
      status: 415,
      message: 'The body has to be JSON, with the content type that AWS SDKs send: application/x-amz-json-1.0 or 1.1.',
    }
  }
  return undefined
}

/** In the form of AWS's errors, so that an SDK shows the message. */
function refuse(response: ServerResponse, { status, message }: Refusal): void {
  const __type = status === 403 ? 'AccessDeniedException' : 'UnsupportedMediaTypeException'
  const body = JSON.stringify({ __type, message })
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(body)
}
