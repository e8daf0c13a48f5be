// API Gateway's HTTP API as far as a handler sees it: events of payload 2.0 from real requests, and answers from what it returns.
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Lambda } from './lambda.ts'
import type { Packaged } from './package.ts'

export type Asked = {
  method: string
  /** Path with query. */
  target: string
  headers: Record<string, string>
  body?: Buffer
}
export type Gateway = { readonly url: string; stop(): Promise<void> }

/** Other bodies are given as base64. */
const TEXT = /^(text\/.*|application\/(json|javascript|xml))$/

/** The event for a request to one of the routes. Its times are those of the gateway, whose clock nobody moves. */
export function httpEvent(routes: Iterable<string>, { method, target, headers, body }: Asked) {
  const url = new URL(target, 'https://gateway')
  const rawPath = url.pathname
  const found = [...routes].map((key) => ({ key, path: match(key, method, rawPath) })).filter(({ path }) => path)
  // API Gateway takes the most specific one.
  const route = found.sort((a, b) => Object.keys(a.path ?? {}).length - Object.keys(b.path ?? {}).length)[0]
  if (!route) return undefined
  const { cookie, ...others } = headers
  const at = new Date()
  const query = Object.fromEntries([...url.searchParams.keys()].map((k) => [k, url.searchParams.getAll(k).join(',')]))
  const isText = TEXT.test(headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '')
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath,
    rawQueryString: url.search.slice(1),
    ...(cookie === undefined ? {} : { cookies: cookie.split('; ') }),
    headers: {
      ...others,
      host: 'abcdefghij.execute-api.ap-southeast-1.amazonaws.com',
      'x-amzn-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    ...(url.search === '' ? {} : { queryStringParameters: query }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdefghij',
      domainName: 'abcdefghij.execute-api.ap-southeast-1.amazonaws.com',
      domainPrefix: 'abcdefghij',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'node' },
      requestId: randomUUID().slice(0, 16),
      routeKey: route.key,
      stage: '$default',
      time: timeOf(at),
      timeEpoch: at.getTime(),
    },
    ...(Object.keys(route.path ?? {}).length === 0 ? {} : { pathParameters: route.path }),
    ...(body === undefined || body.length === 0 ? {} : { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body !== undefined && body.length > 0 && !isText,
  }
}
export type HttpEvent = NonNullable<ReturnType<typeof httpEvent>>

/** What the path's parameters are, or undefined if the route is another. */
function match(key: string, method: string, path: string): Record<string, string> | undefined {
  const [routeMethod, pattern = ''] = key.split(' ')
  const [wanted, given] = [pattern.split('/'), path.split('/')]
  if (routeMethod !== method || wanted.length !== given.length) return undefined
  const named: Record<string, string> = {}
  for (const [i, part] of wanted.entries()) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1]
    if (name !== undefined) named[name] = decodeURIComponent(given[i] ?? '')
    else if (part !== given[i]) return undefined
  }
  return named
}

/** 25/Nov/2026:17:00:00 +0000 */
function timeOf(at: Date): string {
  const [, day, month, year, time] = at.toUTCString().split(' ')
  return `${day}/${month}/${year}:${time} +0000`
}

/** A server in front of the functions. */
export async function startGateway(lambda: Lambda, routes: Packaged['routes']): Promise<Gateway> {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request)
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    const event = httpEvent(routes.keys(), { method: request.method ?? '', target: request.url ?? '', headers, body })
    if (!event) return fail(response, 404, 'Not Found')
    const outcome = await lambda.invoke(routes.get(event.routeKey) ?? '', event)
    if (outcome.kind === 'error') {
      if (outcome.type === 'Sandbox.Timedout') return fail(response, 503, 'Service Unavailable')
      return fail(response, 500, 'Internal Server Error')
    }
    const answer = JSON.parse(outcome.payload)
    response.writeHead(answer.statusCode ?? 200, answer.headers ?? {})
    response.end(answer.isBase64Encoded ? Buffer.from(answer.body, 'base64') : answer.body)
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => fail(response, 500, String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function fail(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }))
}
