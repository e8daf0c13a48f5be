// Standing between the service and what it talks to: an HTTP proxy before DynamoDB and a gate before WeChat, which misbehave when told to.
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** `lose`: done, but the connection breaks before the answer. `fail`: not done, 500. `throttle`, `deny`: not done, AWS's own words. */
export type Mischief = 'lose' | 'fail' | 'throttle' | 'deny' | 'hold'

export type DynamodbProxy = {
  url: string
  /** What happens to the next `count` calls of an operation (PutItem, UpdateItem …) that `matches` (a piece of the body) picks. */
  interfere(mischief: Mischief, operation: string, count: number, matches?: string): void
  /** The next such call waits: `waiting` resolves when it stands there, and `go` lets it pass. */
  delay(operation: string, matches?: string): { waiting: Promise<void>; go(): void }
  /** Resolves when a call is being held. */
  held(): Promise<void>
  stop(): Promise<void>
}

type Plan = { mischief: Mischief; operation: string; count: number; matches: string }

/** `choose` is asked about each call for which no mischief is planned. */
export async function dynamodbProxy(
  endpoint: string,
  choose: (operation: string, body: string) => Mischief | undefined = () => undefined,
): Promise<DynamodbProxy> {
  let plans: Plan[] = []
  let tellHeld = () => {}
  const holding = new Promise<void>((resolve) => {
    tellHeld = resolve
  })

  const delays: { operation: string; matches: string; arrive(): void; passing: Promise<void> }[] = []

  async function delayed(operation: string, body: string): Promise<void> {
    const at = delays.findIndex((one) => one.operation === operation && body.includes(one.matches))
    const [delay] = at === -1 ? [] : delays.splice(at, 1)
    delay?.arrive()
    await delay?.passing
  }

  function planFor(operation: string, body: string): Mischief | undefined {
    const plan = plans.find((one) => one.operation === operation && body.includes(one.matches))
    if (plan) plan.count -= 1
    plans = plans.filter(({ count }) => count > 0)
    return plan?.mischief
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming)
    const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? ''
    const text = body.toString('utf8')
    const mischief = planFor(operation, text) ?? choose(operation, text)
    if (mischief === 'hold') return tellHeld()
    if (mischief === 'fail') return refuse(response, 500, 'InternalServerError')
    if (mischief === 'throttle') return refuse(response, 400, 'ProvisionedThroughputExceededException')
    if (mischief === 'deny') return refuse(response, 400, 'AccessDeniedException')
    await delayed(operation, text)
    const answer = await pass(endpoint, incoming, body)
    if (mischief === 'lose') incoming.socket.destroy()
    else response.writeHead(answer.status, answer.headers).end(answer.body)
  }

  // Whoever calls may be killed in the midst of it.
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => incoming.socket.destroy())
  })
  await listen(server)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    interfere: (mischief, operation, count, matches = '') => plans.push({ mischief, operation, count, matches }),
    delay: (operation, matches = '') => {
      const arrived = Promise.withResolvers<void>()
      const passing = Promise.withResolvers<void>()
      delays.push({ operation, matches, arrive: arrived.resolve, passing: passing.promise })
      return { waiting: arrived.promise, go: passing.resolve }
    },
    held: () => holding,
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function refuse(response: ServerResponse, status: number, type: string): void {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: type })
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body)
}

async function pass(endpoint: string, incoming: IncomingMessage, body: Buffer) {
  const { host: _host, ...headers } = incoming.headers
  const outgoing = request(endpoint, { method: incoming.method ?? 'POST', headers })
  outgoing.end(body)
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: answer.statusCode ?? 500, headers: answer.headers, body: await buffer(answer) }
}

export type Gate = {
  port: number
  /** Connections are taken, and nothing passes: the service has claimed and not a byte of its call arrives. */
  shut(): void
  open(): void
  /** Resolves when somebody stands before the shut gate. */
  knocked(): Promise<void>
  stop(): Promise<void>
}

/** A TCP gate before `port`. */
export async function gate(port: number): Promise<Gate> {
  let isOpen = true
  let knock = () => {}
  let knocking = Promise.resolve()
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
  }
  const server = createTcpServer((caller) => {
    keep(caller)
    if (!isOpen) return knock()
    const callee = connect(port, '127.0.0.1')
    keep(callee)
    caller.pipe(callee).pipe(caller)
    // A connection that one side breaks is broken for the other too.
    caller.on('close', () => callee.destroy())
    callee.on('close', () => caller.resetAndDestroy())
  })
  await listen(server)
  return {
    port: (server.address() as AddressInfo).port,
    shut: () => {
      isOpen = false
      for (const socket of sockets) socket.destroy()
      knocking = new Promise((resolve) => {
        knock = resolve
      })
    },
    open: () => {
      isOpen = true
    },
    knocked: () => knocking,
    stop: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
}
