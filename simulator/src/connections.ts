// The TCP connections under the TLS ones: a reset and a stop act on them.
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

/** The open connections of one server. */
export class Connections {
  // TLSSocket cannot send a TCP reset itself and does not give out what it wraps: the peer's address leads to it.
  readonly #open = new Map<string, Socket>()
  readonly #numbers = new WeakMap<Socket, number>()

  /** Keeps a TCP connection until it closes. */
  track(socket: Socket): void {
    const key = peer(socket)
    this.#open.set(key, socket)
    socket.once('close', () => {
      if (this.#open.get(key) === socket) this.#open.delete(key)
    })
  }

  /** Gives a TLS connection its number. */
  number(socket: TLSSocket, number: number): void {
    this.#numbers.set(socket, number)
  }

  /** The number of a TLS connection, 0 for one that never finished its handshake. */
  numberOf(socket: TLSSocket): number {
    return this.#numbers.get(socket) ?? 0
  }

  /** Ends a TLS connection with a TCP reset. */
  reset(socket: TLSSocket): void {
    this.#open.get(peer(socket))?.resetAndDestroy()
    socket.destroy()
  }

  destroyAll(): void {
    for (const socket of this.#open.values()) socket.destroy()
  }
}

function peer(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`
}
