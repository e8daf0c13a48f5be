// Listening on a port, with one clear line where it is taken.

import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'

/** Another program listens on the port; the message says which port and what to do. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError'
}

/** Listens on 127.0.0.1; `port` 0 is any. @throws PortTakenError */
export function listen(server: Server, port: number, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new PortTakenError(`port ${port} for ${what} is taken: stop what listens there, or choose another`)
          : error,
      )
    })
    server.listen(port, '127.0.0.1', resolve)
  })
}

/**
 * No system takes these for outgoing connections (Linux does from 32768 on, others from 49152 on), which also hold a port
 * for a minute after their end: a port that is free here is still free when the program that was told it listens.
 */
const QUIET_PORTS = [20_000, 32_768] as const
const TRIES_MAX = 100

/** The port if it is free, or for 0 one that is. @throws PortTakenError */
export async function freePort(port: number, what: string): Promise<number> {
  if (port !== 0) return tryPort(port, what)
  for (let tries = 1; ; tries += 1) {
    try {
      return await tryPort(randomInt(...QUIET_PORTS), what)
    } catch (error) {
      if (!(error instanceof PortTakenError) || tries === TRIES_MAX) throw error
    }
  }
}

async function tryPort(port: number, what: string): Promise<number> {
  const server = createServer()
  await listen(server, port, what)
  await new Promise((resolve) => server.close(resolve))
  return port
}
