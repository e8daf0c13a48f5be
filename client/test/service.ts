// A stand-in for the service on a real port: checks each signature by RFC 9421 on its own, then answers what a test tells it to.
import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { SendRedPackParams } from '../src/index.ts'

export const KEYID = 'cloud-function-1'
export const SECRET = Buffer.from('a secret that both sides know, 32').toString('base64')

export type Seen = { method: string; url: string; headers: IncomingMessage['headers']; body: string; at_ms: number }
/** An answer, or what to do with the connection instead. */
export type Play =
  | { status?: number; body?: unknown; headers?: Record<string, string> }
  | ((response: ServerResponse, seen: Seen) => unknown)

export const PARAMS: SendRedPackParams = {
  type: 'normal',
  official_account_id: 'wxcbda96de0b165486',
  send_name: '商户',
  re_openid: 'onqOjjmM1tad-3ROpncN-yUfa6uI',
  total_amount: 1.1,
  total_num: 1,
  wishing: '恭喜发财 🧧',
  act_name: '新年红包',
  remark: '新年红包',
}

/** Answers of a service that does not say `maybe_sent`. */
export const IN_PROGRESS = { status: 409, body: { code: 'in_progress', detail: '正在发送中' } }
export const UNAVAILABLE = { status: 503, body: { code: 'store_unavailable', detail: '暂时无法读写记录' } }
export const INTERNAL = { status: 500, body: { code: 'internal', detail: '服务内部错误' } }

export const reset: Play = (response) => response.socket?.resetAndDestroy()
export const breakOff: Play = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
  response.write('{"return_code":', () => response.destroy())
}

export const PROBLEM_415 = {
  type: 'about:blank',
  title: '不允许在非云函数环境下调用',
  status: 415,
  detail: '不允许在非云函数环境下调用',
  code: 'not_a_cloud_function',
  request_id: 'r-1',
}

/** Plays the answers in turn and then the last again and again. Its options are those of `new RedPack`; what came is in `seen`. */
export async function startService(...plays: [Play, ...Play[]]) {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    const came: Seen = { method, url, headers, body: await text(request), at_ms: performance.now() }
    const play = plays[Math.min(seen.length, plays.length - 1)] ?? {}
    seen.push(came)
    if (!isSigned(came)) return answer(response, { status: 415, body: PROBLEM_415 })
    return typeof play === 'function' ? play(response, came) : answer(response, play)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    seen,
    options: { endpoint, keyid: KEYID, secret: SECRET },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function answer(
  response: ServerResponse,
  { status = 200, body = {}, headers = {} }: Exclude<Play, (...args: never) => unknown>,
) {
  const type = status < 400 ? 'application/json' : 'application/problem+json'
  response.writeHead(status, { 'content-type': type, ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

/** The rule of docs/openapi.yaml, written from the RFC and not from the client: every byte of the three headers has to be this. */
function isSigned({ method, url, headers, body }: Seen): boolean {
  const created = Number(/;created=(\d+);/.exec(String(headers['signature-input']))?.[1])
  const [path, query] = url.split('?')
  const lines = [`"@method": ${method}`, `"@path": ${path}`, `"@query": ?${query ?? ''}`]
  let names = '"@method" "@path" "@query"'
  if (method !== 'GET') {
    const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
    if (headers['content-digest'] !== digest) return false
    lines.push(`"content-digest": ${digest}`)
    names += ' "content-digest"'
  }
  // Sends have a key, campaigns none.
  if (method === 'POST' && url.startsWith('/redpacks')) {
    lines.push(`"idempotency-key": ${headers['idempotency-key']}`)
    names += ' "idempotency-key"'
  } else if (headers['idempotency-key'] !== undefined) return false
  const params = `(${names});created=${created};keyid="${KEYID}";alg="hmac-sha256"`
  const base = [...lines, `"@signature-params": ${params}`].join('\n')
  const mac = createHmac('sha256', Buffer.from(SECRET, 'base64')).update(base).digest('base64')
  const fresh = Math.abs(Date.now() / 1000 - created) < 300
  return fresh && headers['signature-input'] === `redpack=${params}` && headers.signature === `redpack=:${mac}:`
}
