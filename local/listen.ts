// Listening on a port, with one clear line if it cannot be had.

import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'

/** The port cannot be had: it is none, is taken, or is not for this user; the message says which port and what to do. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError'
}

const PORT_MAX = 65_535

/** Reads the variable PORT. `count` ports are needed from there on; 0 is any. @throws PortTakenError */
export function portOf(text: string | undefined, fallback: number, count = 1): number {
  if (text === undefined || text === '') return fallback
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  const highest = PORT_MAX + 1 - count
  if (port <= highest) return port
  const why = count === 1 ? '' : ` (${count} ports are needed from there on)`
  throw new PortTakenError(`PORT=${text} is not a whole number from 0 to ${highest}${why}: choose another`)
}

const WHY: Record<string, string> = {
  EADDRINUSE: 'is taken: stop what listens there',
  EACCES: 'is not for this user: use the rights it needs',
}

/** Listens on 127.0.0.1; `port` 0 is any. @throws PortTakenError */
export function listen(server: Server, port: number, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = WHY[error.code ?? '']
      reject(why === undefined ? error : new PortTakenError(`port ${port} for ${what} ${why}, or choose another`))
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
