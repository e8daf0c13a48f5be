// Listening on a port, with one clear line where it is taken.

import type { AddressInfo } from 'node:net'
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

/** The port if it is free, or for 0 one that is. @throws PortTakenError */
export async function freePort(port: number, what: string): Promise<number> {
  const server = createServer()
  await listen(server, port, what)
  const { port: free } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return free
}
