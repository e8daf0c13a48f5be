// A console of a few records, and requests to it as they stand on the wire: fetch sets Host and Origin by itself.
import { type IncomingHttpHeaders, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { type DemoOptions, startDemo } from '../../../browser/demo.ts'

const FILES = { html: () => '<!doctype html><title>redpack</title>', read: (path: string) => `/* ${path} */` }

export type Said = { status: number; type: string | undefined; body: string; headers: IncomingHttpHeaders }
export type Wire = { method?: string; path?: string; headers?: Record<string, string>; body?: string; chunked?: true }

/** A console without its page's real files. */
export async function aConsole(options: DemoOptions = {}) {
  const demo = await startDemo({ files: FILES, ...options })
  const origin = `http://127.0.0.1:${demo.port}`
  /** Every answer that was given, for what must stand in none or in all. */
  const answers: Said[] = []
  async function wire({ method = 'GET', path = '/', headers = {}, body, chunked }: Wire): Promise<Said> {
    const length = body === undefined || chunked ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const said = await new Promise<Said>((resolve, reject) => {
      const call = request(
        { host: '127.0.0.1', port: demo.port, method, path, headers: { ...length, ...headers }, agent: false },
        async (response) => {
          const { statusCode: status = 0, headers } = response
          resolve({ status, type: headers['content-type'], body: (await buffer(response)).toString('utf8'), headers })
        },
      )
      // A body that is too large may be cut off after its answer.
      call.on('error', reject)
      call.end(body)
    })
    answers.push(said)
    return said
  }
  /** The session's cookie, as the browser would send it. */
  async function enter(): Promise<string> {
    const { headers } = await wire({ path: demo.url.slice(origin.length) })
    return headers['set-cookie']?.[0]?.split(';', 1)[0] ?? ''
  }
  const cookie = await enter()
  const get = (path: string, headers: Record<string, string> = {}) => wire({ path, headers: { cookie, ...headers } })
  const post = (path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
    wire({
      ...{ method: 'POST', path, body: JSON.stringify(body) },
      headers: { cookie, origin, 'content-type': 'application/json', ...headers },
    })
  return { ...demo, origin, cookie, wire, get, post, answers }
}
