// What the stubs of a measured run have in common: a TLS server in a process of its own that counts calls and connections.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'

export type Counts = { connections: number; calls: Record<string, number> }
/** What a call is counted as, how long its answer takes, and the answer; never answered if that is undefined. */
export type Answer = { as: string; after_ms: number; body: string | undefined }

export type Stub = { origin: string; counts(): Promise<Counts>; stop(): Promise<void> }

/** Starts a stub's file, which gets `setup`. */
export async function startStub(file: string, setup: unknown): Promise<Stub> {
  const child: ChildProcess = fork(new URL(file, import.meta.url), { execArgv: [], stdio: 'inherit' })
  child.send({ setup })
  const [{ port }] = await once(child, 'message')
  return {
    origin: `https://127.0.0.1:${port}`,
    async counts() {
      child.send('counts')
      return (await once(child, 'message'))[0]
    },
    async stop() {
      child.kill()
      await once(child, 'exit')
    },
  }
}

/** Called by a stub's file: serves until the process that started it ends. */
export async function serve(
  options: ServerOptions,
  answer: (request: IncomingMessage, body: string) => Answer,
): Promise<void> {
  const counts: Counts = { connections: 0, calls: {} }
  const server = createServer(options, async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { as, after_ms, body } = answer(request, Buffer.concat(chunks).toString('utf8'))
    counts.calls[as] = (counts.calls[as] ?? 0) + 1
    if (body === undefined) return
    setTimeout(() => response.setHeader('content-type', 'application/x-amz-json-1.0').end(body), after_ms)
  })
  server.on('secureConnection', () => {
    counts.connections += 1
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.on('message', (message) => message === 'counts' && process.send?.(counts))
  process.on('disconnect', () => process.exit())
  process.send?.({ port: (server.address() as AddressInfo).port })
}

/** The setup that `startStub` was given. */
export async function setupOf<T>(): Promise<T> {
  return (await once(process, 'message'))[0].setup
}
