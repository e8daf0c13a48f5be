// One request to AWS and its whole answer, on a connection that is kept alive and was never idle for long.
import { type Agent, type IncomingHttpHeaders, request as overHttp } from 'node:http'
import { type Agent as HttpsAgent, request as overHttps } from 'node:https'
import { closeIdle } from '../sockets.ts'

export type Agents = { readonly http: Agent; readonly https: HttpsAgent }
export type Limits = { readonly connect_ms: number; readonly total_ms: number }
export type Outgoing = {
  readonly url: URL
  /** Names and values in turn, the host among them; the length is added. Node writes a list as it is. */
  readonly headers: readonly string[]
  readonly body: string
  readonly signal?: AbortSignal | undefined
}
export type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }

/** Posts and reads. @throws Error if no whole answer came in time, with a name or a code that the SDK knows as passing */
export function exchange(agents: Agents, limits: Limits, { url, headers, body, signal }: Outgoing): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const isHttps = url.protocol === 'https:'
    const agent = isHttps ? agents.https : agents.http
    closeIdle(agent)
    const { hostname, port, pathname: path } = url
    const host = hostname.replace(/^\[|\]$/g, '')
    const sized = [...headers, 'content-length', String(Buffer.byteLength(body))]
    const options = { method: 'POST', agent, host, port, path, headers: sized, signal }
    const request = (isHttps ? overHttps : overHttp)(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        clearTimeout(timer)
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
      })
      response.on('error', fail)
    })
    const timer = setTimeout(() => fail(timeout('no answer', limits.total_ms)), limits.total_ms)
    const fail = (error: Error) => {
      clearTimeout(timer)
      reject(error)
      request.destroy()
    }
    request.once('socket', (socket) => {
      if (!socket.connecting) return
      const connecting = setTimeout(() => fail(timeout('no connection', limits.connect_ms)), limits.connect_ms)
      socket.once('connect', () => clearTimeout(connecting)).once('close', () => clearTimeout(connecting))
    })
    request.on('error', fail)
    request.end(body)
  })
}

function timeout(what: string, ms: number): Error {
  return Object.assign(new Error(`${what} within ${ms} ms`), { name: 'TimeoutError' })
}
