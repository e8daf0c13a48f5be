// Lambda's Runtime API (2018-06-01), for one container: hands it invocations and takes what it answers.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export type Invocation = {
  request_id: string
  payload: string
  deadline_ms: number
  arn: string
}
/** What a runtime made of an invocation. */
export type Outcome = { kind: 'response'; payload: string } | { kind: 'error'; type: string; message: string }

export type RuntimeApi = {
  /** host:port, for AWS_LAMBDA_RUNTIME_API. */
  readonly address: string
  /** Resolves once the runtime asks for work: it is initialised, or has finished what it had. */
  ready(): Promise<void>
  /** Only to a runtime that is ready. @returns its outcome */
  hand(invocation: Invocation): Promise<Outcome>
  stop(): Promise<void>
}

const PATH = '/2018-06-01/runtime'
/** Lambda's own limit, both ways. */
export const PAYLOAD_MAX_BYTES = 6 * 1024 * 1024

/** `failed` hears of an error in the initialisation. */
export async function startRuntimeApi(failed: (error: string) => void): Promise<RuntimeApi> {
  let asking: ServerResponse | undefined
  let asked = Promise.withResolvers<void>()
  let current: { request_id: string; settle(outcome: Outcome): void } | undefined

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? ''
    if (request.method === 'GET' && path === `${PATH}/invocation/next`) {
      asking = response
      asked.resolve()
      return
    }
    const body = await text(request)
    if (path === `${PATH}/init/error`) {
      failed(body)
      return accept(response)
    }
    const [, request_id, what] = /\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? []
    if (current === undefined || request_id !== current.request_id) {
      response.writeHead(400).end(JSON.stringify({ errorType: 'InvalidRequestID', errorMessage: 'no such invocation' }))
      return
    }
    const { settle } = current
    current = undefined
    if (Buffer.byteLength(body) > PAYLOAD_MAX_BYTES) {
      response.writeHead(413).end('{}')
      return settle({ kind: 'error', type: 'Function.ResponseSizeTooLarge', message: `${body.length} bytes` })
    }
    accept(response)
    if (what === 'response') return settle({ kind: 'response', payload: body })
    const { errorType, errorMessage } = JSON.parse(body)
    settle({ kind: 'error', type: String(errorType), message: String(errorMessage) })
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy())
  })
  // A frozen runtime stays on its connection for as long as it is frozen.
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    ready: () => asked.promise,
    hand({ request_id, payload, deadline_ms, arn }) {
      const settled = Promise.withResolvers<Outcome>()
      current = { request_id, settle: settled.resolve }
      asked = Promise.withResolvers<void>()
      asking?.writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': request_id,
        'lambda-runtime-deadline-ms': String(deadline_ms),
        'lambda-runtime-invoked-function-arn': arn,
        'lambda-runtime-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
      })
      asking?.end(payload)
      asking = undefined
      return settled.promise
    },
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function accept(response: ServerResponse): void {
  response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}')
}
