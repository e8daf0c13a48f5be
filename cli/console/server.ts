// The console's HTTP server on 127.0.0.1: every request passes the guard before any route sees it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Lang } from '../words/both.ts'
import { appOf } from './app.ts'
import { contextIn, type Desk } from './desk.ts'
import type { PageFiles } from './files.ts'
import { guardOrigin, HEADERS, type Refusal, sessionsOf } from './guard.ts'

const HOST = '127.0.0.1'
/** A browser opens six at once. */
const CONNECTIONS_MAX = 32
const HEADERS_MAX_BYTES = 8 * 1024
const REQUEST_MS = 10_000
/** As long as one try of the client takes at most, with its retries. */
const ANSWER_MS = 180_000

export type Served = {
  readonly port: number
  /** The link that opens the page once. */
  readonly url: string
  /** When a request was last let in, milliseconds of `now_ms`. */
  last_ms(): number
  close(): Promise<void>
}

/** @throws Error EADDRINUSE, EACCES; port 0 takes any that is free */
export async function serve(desk: Desk, files: PageFiles, wanted: number, now_ms: () => number): Promise<Served> {
  const server = createServer({
    maxHeaderSize: HEADERS_MAX_BYTES,
    headersTimeout: REQUEST_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: REQUEST_MS,
  })
  server.maxConnections = CONNECTIONS_MAX
  server.setTimeout(ANSWER_MS)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(wanted, HOST, resolve)
  })
  const { port } = server.address() as AddressInfo
  const sessions = sessionsOf(port)
  const answer = getRequestListener(appOf(desk, files).fetch, { overrideGlobalObjects: false })
  let last_ms = now_ms()

  server.on('request', (request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    const refusal = guardOrigin(request, port)
    if (refusal) return refuse(refusal, request, response, desk)
    const token = tokenOf(request)
    if (token !== undefined) {
      const opened = sessions.open(token)
      if (typeof opened !== 'string') return refuse(opened, request, response, desk)
      last_ms = now_ms()
      return enter(opened, response)
    }
    const unknown = sessions.check(request)
    if (unknown) return refuse(unknown, request, response, desk)
    last_ms = now_ms()
    void answer(request, response)
  })

  return {
    port,
    url: `http://${HOST}:${port}/?token=${sessions.token}`,
    last_ms: () => last_ms,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function tokenOf({ method, url = '' }: IncomingMessage): string | undefined {
  const [path, query = ''] = url.split('?', 2)
  if (method !== 'GET' || path !== '/') return undefined
  return new URLSearchParams(query).get('token') ?? undefined
}

/** Goes on to the page from a page of our own: a redirect would count as coming from where the link stood, and the cookie would stay behind. */
function enter(cookie: string, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'set-cookie': cookie })
  response.end(
    '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><link rel="icon" href="/icon.svg"><title>redpack</title>',
  )
}

/** What a person sees in the browser is text; a program reads JSON. */
function refuse(refusal: Refusal, request: IncomingMessage, response: ServerResponse, desk: Desk): void {
  const { status, code } = refusal
  const { m } = contextIn(languageIn(request.headers['accept-language'], desk.context.lang), desk.context)
  const message = m.console.refusals[code]
  const is_page = request.headers.accept?.includes('text/html') ?? false
  response.writeHead(status, {
    'content-type': is_page ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    // What of the body has not been read is not wanted.
    connection: 'close',
  })
  response.end(is_page ? `${message}\n` : JSON.stringify({ code, message }))
}

/** The browser's first language, if it is one of ours. */
function languageIn(accepted: string | undefined, or: Lang): Lang {
  const first = accepted?.trim().slice(0, 2).toLowerCase()
  return first === 'zh' || first === 'en' ? first : or
}
