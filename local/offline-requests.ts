// What lies between serverless-offline and API Gateway: handlers get body, query and headers as they came, and no request,
// however malformed, ends the process.
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { guardServer } from './own-machine.ts'

/** serverless-offline keeps the bytes of a body here. */
type Incoming = IncomingMessage & { payload?: Buffer }
type Exchange = { request: Incoming; response: ServerResponse; socket: Socket; server: Server }
/** Payload 2.0, as far as it is mended here; or anything, if Lambda's Invoke API was used. */
type Event = {
  headers: Record<string, string | undefined>
  body?: string | null
  isBase64Encoded: boolean
  rawQueryString: string
}

/** Marks a request in the headers that serverless-offline makes the event's from; one that a caller sends is overwritten. */
const MARK = 'x-offline-request'
/** API Gateway gives other types as base64 (payload 2.0). */
const TEXT = /^(text\/.*|application\/(json|javascript|xml))$/
const DEFAULT_LAMBDA_PORT = 3002
const BAD_REQUEST = 'HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'

/** Once, before serverless-offline listens. @throws if serverless-offline has changed inside. */
export async function takeRequests({ lambdaPort = DEFAULT_LAMBDA_PORT }: { lambdaPort?: string | number }) {
  const servers = new WeakSet<Server>()
  const marked = new Map<string, Incoming>()
  const answering = new WeakMap<Socket, ServerResponse>()
  let count = 0

  subscribe('http.server.request.start', (message) => {
    const { request, response, socket, server } = message as Exchange
    if (!servers.has(server)) {
      servers.add(server)
      surviveMalformed(server, answering)
      // The Invoke API asks for no signature, and a page could send to it.
      if (isLambda(server, lambdaPort)) guardServer(server)
    }
    answering.set(socket, response)
    // Node makes `headers` from `rawHeaders` when they are first asked for, and by the length it had: so ask now.
    const { headers } = request
    if (!isLambda(server, lambdaPort)) hideFromHapi(headers)
    joinRepeated(request.rawHeaders)
    count += 1
    const mark = String(count)
    request.rawHeaders.push(MARK, mark)
    marked.set(mark, request)
    response.once('close', () => marked.delete(mark))
  })

  const { prototype } = await lambdaFunction()
  const { setEvent } = prototype
  prototype.setEvent = function set(event) {
    const request = marked.get(event?.headers?.[MARK] ?? '')
    return setEvent.call(this, request ? asItCame(event, request) : event)
  }
}

function isLambda(server: Server, port: string | number): boolean {
  return (server.address() as AddressInfo | null)?.port === Number(port)
}

/**
 * The event is made from `rawHeaders`; hapi looks at these, refuses what it cannot parse with an answer of its own, and lets
 * serverless-offline allow each origin that asks. API Gateway parses nothing, and allows no origin unless it is told to.
 */
function hideFromHapi(headers: IncomingHttpHeaders): void {
  headers['content-type'] = 'application/octet-stream'
  // hapi would compress an answer, cut a part out of it, or call it unchanged.
  for (const name of ['content-encoding', 'cookie', 'origin', 'accept-encoding', 'range', 'if-none-match'])
    delete headers[name]
}

type LambdaFunction = { prototype: { setEvent(event: Event): void } }

/** The class that hands events to the handlers: the last place at which they can be mended. */
async function lambdaFunction(): Promise<LambdaFunction> {
  const module = await import(new URL('LambdaFunction.js', import.meta.resolve('serverless-offline/lambda')).href)
  if (typeof module.default?.prototype?.setEvent !== 'function') {
    throw new Error('serverless-offline has changed inside: local/offline-requests.ts finds no LambdaFunction.setEvent')
  }
  return module.default
}

/** serverless-offline parses JSON and gives the values, and writes the query anew: a signature over either would not hold. */
function asItCame(event: Event, { payload, url = '', rawHeaders }: Incoming): Event {
  const { [MARK]: _, ...headers } = event.headers
  const at = rawHeaders.findIndex((name, i) => i % 2 === 0 && name === 'content-type')
  // serverless-offline makes one up.
  if (at >= 0) headers['content-type'] = rawHeaders[at + 1]
  else delete headers['content-type']
  const mime = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
  const rawQueryString = url.includes('?') ? url.slice(url.indexOf('?') + 1) : ''
  if (!payload?.length) return { ...event, headers, rawQueryString }
  const text = TEXT.test(mime) ? utf8(payload) : undefined
  return {
    ...event,
    headers,
    rawQueryString,
    body: text ?? payload.toString('base64'),
    isBase64Encoded: text === undefined,
  }
}

function utf8(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes) ? text : undefined
}

/** API Gateway joins repeated headers by a comma; serverless-offline keeps the last, and two signatures would look like one.
 *  In place, since this is the list that the event is made from; Cookie is a list of its own in payload 2.0. */
function joinRepeated(rawHeaders: string[]): void {
  const joined = new Map<string, string>()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = String(rawHeaders[i]).toLowerCase()
    const earlier = joined.get(name)
    joined.set(name, earlier === undefined ? String(rawHeaders[i + 1]) : `${earlier},${rawHeaders[i + 1]}`)
  }
  rawHeaders.splice(0, rawHeaders.length, ...[...joined].flat())
}

/**
 * hapi answers a parse error by the request that the socket is at; if that is being answered already, the two answers meet in an
 * assertion that ends the process. Here the request is answered first, and the connection then closed.
 */
function surviveMalformed(server: Server, answering: WeakMap<Socket, ServerResponse>): void {
  server.removeAllListeners('clientError')
  server.on('clientError', (_error, stream) => {
    const socket = stream as Socket
    const response = answering.get(socket)
    const begun = response !== undefined && !response.writableFinished
    if (begun && response.req.complete) response.once('close', () => socket.destroy())
    else if (begun && response.headersSent) socket.destroy()
    else if (socket.writable) socket.end(BAD_REQUEST, () => socket.destroy())
    else socket.destroy()
  })
}
