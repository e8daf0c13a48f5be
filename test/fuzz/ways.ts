// Two ways to the service: its handlers with the events that API Gateway makes, in this process; and HTTP.
import { randomUUID } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import { type Operation, operations, type Route, routeOf } from './description.ts'

/** A request as it goes out. */
export type Sent = Readonly<{
  method: string
  path: string
  query: string
  headers: readonly (readonly [string, string])[]
  body: Buffer | undefined
}>

export type Answer = Readonly<{ status: number; headers: Record<string, string | string[] | undefined>; text: string }>
export type Way = (sent: Sent) => Promise<Answer>

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>

const ROOT = new URL('../../', import.meta.url)
const TIMEOUT_MS = 29_000
/** What API Gateway gives as text; the rest is base64. */
const TEXT = /^(text\/.*|application\/(json|javascript|xml))$/

/** The handlers, which read `env` as their environment from now on. */
export async function handlers(env: Readonly<Record<string, string>>): Promise<Way> {
  Object.assign(process.env, env)
  const loaded = new Map<string, Handler>()
  for (const { method, path, handler } of operations) {
    const module = (await import(new URL(handler.file, ROOT).href)) as Record<string, Handler>
    const found = module[handler.name]
    if (!found) throw new Error(`${handler.file} has no ${handler.name}`)
    loaded.set(keyOf({ method, path }), found)
  }
  return async (sent) => {
    const route = routeOf(sent.method, sent.path)
    const handler = route && loaded.get(keyOf(route.operation))
    if (!route || !handler) return { status: 404, headers: {}, text: '{"message":"Not Found"}' }
    const { statusCode = 0, headers = {}, body = '' } = await handler(eventOf(sent, route), context())
    return { status: statusCode, headers: headers as Answer['headers'], text: body }
  }
}

function keyOf({ method, path }: Pick<Operation, 'method' | 'path'>): string {
  return `${method} ${path}`
}

/** Payload 2.0: lower-case names, repeated headers and parameters joined by a comma, cookies apart. */
function eventOf(
  { method, path, query, headers, body }: Sent,
  { operation, parameters }: Route,
): APIGatewayProxyEventV2 {
  const all = [...headers].filter(([name]) => name !== 'cookie')
  const joined = joinedBy(all.map(([name, value]) => [name.toLowerCase(), value.trim()]))
  const cookies = headers.filter(([name]) => name === 'cookie').flatMap(([, value]) => value.split('; '))
  const type = joined['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
  const text = TEXT.test(type) && body && Buffer.from(body.toString('utf8')).equals(body)
  const queried = query === '' ? {} : { queryStringParameters: joinedBy([...new URLSearchParams(query)]) }
  return {
    version: '2.0',
    routeKey: keyOf(operation),
    rawPath: path,
    rawQueryString: query,
    headers: joined,
    ...(cookies.length > 0 ? { cookies } : {}),
    ...queried,
    ...(Object.keys(parameters).length > 0 ? { pathParameters: parameters } : {}),
    requestContext: requestContext(keyOf(operation), method, path),
    ...(body && body.length > 0 ? { body: body.toString(text ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: Boolean(body && body.length > 0 && !text),
  }
}

function joinedBy(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const joined = new Map<string, string>()
  for (const [name, value] of pairs) {
    const before = joined.get(name)
    joined.set(name, before === undefined ? value : `${before},${value}`)
  }
  return Object.fromEntries(joined)
}

function requestContext(routeKey: string, method: string, path: string): APIGatewayProxyEventV2['requestContext'] {
  const now_ms = Date.now()
  return {
    accountId: '123456789012',
    apiId: 'fuzz',
    domainName: 'fuzz.execute-api.us-east-1.amazonaws.com',
    domainPrefix: 'fuzz',
    http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.1', userAgent: 'fuzz' },
    requestId: randomUUID(),
    routeKey,
    stage: '$default',
    time: new Date(now_ms).toISOString(),
    timeEpoch: now_ms,
  }
}

function context(): Context {
  const end_ms = Date.now() + TIMEOUT_MS
  const parts = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => end_ms - Date.now() }
  return parts as Context
}

/** The service behind a URL. */
export function over(url: string): Way {
  const { hostname, port } = new URL(url)
  return ({ method, path, query, headers, body }) =>
    new Promise((resolve, reject) => {
      const grouped = new Map<string, string[]>()
      for (const [name, value] of headers) grouped.set(name, [...(grouped.get(name) ?? []), value])
      const target = query === '' ? path : `${path}?${query}`
      const outgoing = httpRequest({ hostname, port, method, path: target, agent: false }, async (response) => {
        try {
          const chunks: Buffer[] = []
          for await (const chunk of response) chunks.push(chunk as Buffer)
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
        } catch (error) {
          reject(error as Error)
        }
      })
      for (const [name, values] of grouped) outgoing.setHeader(name, values)
      if (body) outgoing.setHeader('content-length', body.length)
      outgoing.on('error', reject)
      outgoing.end(body)
    })
}
