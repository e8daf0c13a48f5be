// Connections that are kept alive, and never used again once they have been idle: a function that was frozen cannot know
// whether the other side still has them.
import { Agent as HttpAgent } from 'node:http'
import { type AgentOptions, Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'
import { SOCKET_IDLE_MAX_MS } from './durations.ts'

/** Since when a connection is free, in Unix ms: unlike a timer, wall-clock time passes while the process is frozen. */
const freeSince = new WeakMap<Duplex, number>()

class DatingHttpAgent extends HttpAgent {
  // Node wants what the base class returns, which its types leave out.
  override keepSocketAlive(socket: Duplex) {
    freeSince.set(socket, Date.now())
    return super.keepSocketAlive(socket)
  }
}

class DatingHttpsAgent extends HttpsAgent {
  override keepSocketAlive(socket: Duplex) {
    freeSince.set(socket, Date.now())
    return super.keepSocketAlive(socket)
  }
}

/** Keeps connections alive. Call `closeIdle` before each request that goes through it. */
export function httpAgent(options: { maxSockets?: number } = {}): HttpAgent {
  return new DatingHttpAgent({ keepAlive: true, ...options })
}

/** The same over TLS. The server's certificate is checked whatever NODE_TLS_REJECT_UNAUTHORIZED says. */
export function httpsAgent(options: AgentOptions = {}): HttpsAgent {
  return new DatingHttpsAgent({ keepAlive: true, ...options, rejectUnauthorized: true })
}

/** Closes connections that have been idle for longer than 4 s, or for an unknown time because the clock was set back. */
export function closeIdle(agent: HttpAgent): void {
  const now_ms = Date.now()
  for (const name in agent.freeSockets) {
    for (const socket of agent.freeSockets[name] ?? []) {
      const idle_ms = now_ms - (freeSince.get(socket) ?? 0)
      if (idle_ms > SOCKET_IDLE_MAX_MS || idle_ms < 0) socket.destroy()
    }
  }
}

/** Closes all that are free; requests that are under way go on. */
export function closeFree(agent: HttpAgent): void {
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
}
