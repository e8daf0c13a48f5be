// A door that can be opened and shut: a TCP port that leads to another one while a test wants it to.
import { connect, createServer, type Socket } from 'node:net'

/** Lets what calls at `from` reach `to`, both http://host:port, until it is closed. */
export async function forward(from: string, to: string): Promise<{ close(): Promise<void> }> {
  const [outside, inside] = [new URL(from), new URL(to)]
  const sockets = new Set<Socket>()
  const server = createServer((caller) => {
    const callee = connect(Number(inside.port), inside.hostname)
    for (const socket of [caller, callee]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
    }
    caller.pipe(callee).pipe(caller)
  })
  await new Promise<void>((resolve) => server.listen(Number(outside.port), outside.hostname, resolve))
  return {
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
