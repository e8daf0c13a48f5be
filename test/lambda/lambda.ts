// Lambda as the service sees it: containers for each function, and the Invoke API.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type Container, type ContainerOptions, type InvokeOptions, startContainer } from './container.ts'
import type { LambdaFunction } from './package.ts'
import type { Outcome } from './runtime-api.ts'

export type Lambda = {
  /** For AWS_ENDPOINT_URL_LAMBDA. */
  readonly url: string
  /** In an idle container, or in a new one if all are busy, as Lambda does. */
  invoke(name: string, event: unknown, options?: InvokeOptions): Promise<Outcome>
  /** A new container, whatever there is. `env`: instead of its own. */
  start(name: string, env?: Record<string, string>): Promise<Container>
  /** All that were started, also those that have ended. */
  containers(name?: string): Container[]
  /** Asynchronous invocations that are under way. */
  underway(): readonly Promise<Outcome>[]
  /** Ends the idle containers, or those of one function: the next invocation is a cold start. */
  recycle(name?: string): Promise<void>
  /** What asynchronous invocations are told that they may take, instead of the function's own time-out. */
  async_options: InvokeOptions
  stop(): Promise<void>
}

/** `optionsOf`: how a container of the function is run. */
export async function startLambda(
  functions: readonly LambdaFunction[],
  optionsOf: (fn: LambdaFunction, lambda_url: string) => ContainerOptions,
): Promise<Lambda> {
  const byName = new Map(functions.map((fn) => [fn.name, fn]))
  const all: Container[] = []
  const underway = new Set<Promise<Outcome>>()
  const reserved = new Set<Container>()

  async function start(name: string, env: Record<string, string> = {}): Promise<Container> {
    const fn = byName.get(name)
    if (!fn) throw new Error(`no function ${name}`)
    const options = optionsOf(fn, url)
    const container = await startContainer(fn, { ...options, env: { ...options.env, ...env } })
    all.push(container)
    return container
  }

  async function invoke(name: string, event: unknown, options?: InvokeOptions): Promise<Outcome> {
    const idle = all.find((one) => one.fn.name === name && one.alive() && !one.busy() && !reserved.has(one))
    if (idle) reserved.add(idle)
    const container = idle ?? (await start(name))
    reserved.add(container)
    try {
      return await container.invoke(event, options)
    } finally {
      container.memory_mb()
      reserved.delete(container)
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? '')?.[1] ?? ''
    const payload = await text(request)
    const event = payload === '' ? {} : JSON.parse(payload)
    if (!byName.has(name)) {
      response.writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException' }).end('{}')
      return
    }
    if (request.headers['x-amz-invocation-type'] === 'Event') {
      const running = invoke(name, event, lambda.async_options)
      underway.add(running)
      void running.finally(() => underway.delete(running)).catch(() => {})
      response.writeHead(202).end()
      return
    }
    const outcome = await invoke(name, event)
    if (outcome.kind === 'response') response.writeHead(200).end(outcome.payload)
    else response.writeHead(200, { 'x-amz-function-error': 'Unhandled' }).end(JSON.stringify(outcome))
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const lambda: Lambda = {
    url,
    invoke,
    start,
    containers: (name) => all.filter(({ fn }) => name === undefined || fn.name === name),
    underway: () => [...underway],
    async recycle(name) {
      const idle = all.filter(
        (one) => !one.busy() && !reserved.has(one) && (name === undefined || one.fn.name === name),
      )
      await Promise.all(idle.map((one) => one.kill()))
    },
    async_options: {},
    async stop() {
      server.closeAllConnections()
      await Promise.all([...all.map((one) => one.kill()), new Promise((resolve) => server.close(resolve))])
    },
  }
  return lambda
}
