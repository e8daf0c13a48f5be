// WeChat Pay's red packet endpoints on this machine: HTTPS with client certificates for WeChat's side, plain HTTP for control.
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { Connections } from './connections.ts'
import { createControl } from './control.ts'
import { Front } from './front.ts'
import { createWorld, type WorldOptions } from './world.ts'

/** Where to listen (port 0 = any free one) and with what: `tls` is the server's certificate and the CA of the merchants', PEM. */
export type SimulatorOptions = WorldOptions &
  Readonly<{
    host?: string | undefined
    port: number
    control_port: number
    /** Where the control listens; `host` unless told. */
    control_host?: string | undefined
    /** Names under which the control may be reached besides localhost. */
    control_names?: readonly string[] | undefined
    tls: Readonly<{ ca: string; cert: string; key: string }>
  }>

/** A simulator that runs. */
export type Simulator = Readonly<{
  origin: string
  control_origin: string
  port: number
  control_port: number
  /** Ends every connection, also those that hang, and frees both ports. */
  stop: () => Promise<void>
}>

/** Longer than a client's pause between two calls, as at WeChat. */
const KEEP_ALIVE_MS = 75_000

/**
 * Starts a simulator.
 * @throws the listen error (EADDRINUSE with its `port`) when a port is taken; nothing is left running then.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { host = '127.0.0.1', control_host = host, tls } = options
  // A port that is taken is the usual reason why a folder is, too, and says more: so it is told first.
  await probe(options.port, host)
  await probe(options.control_port, control_host)
  const world = createWorld(options)
  const connections = new Connections()
  const control_connections = new Connections()
  const front = new Front(world, connections)

  // A client without a certificate, or with a bad one, gets an answer over HTTP: the handshake refuses nobody.
  const server = createHttpsServer({ ...tls, requestCert: true, rejectUnauthorized: false }, (request, response) =>
    front.listen(request, response),
  )
  server.keepAliveTimeout = KEEP_ALIVE_MS
  // The types say Duplex; over a network it is the TCP socket.
  server.on('connection', (socket) => connections.track(socket as Socket))
  server.on('secureConnection', (socket) => connections.number(socket, world.calls.connect()))
  server.on('tlsClientError', (error) => world.log(`a TLS handshake failed: ${error.message}`))
  const control = createHttpServer(createControl(world, () => front.release(), options.control_names))
  control.on('connection', (socket) => control_connections.track(socket))

  async function stop(): Promise<void> {
    const closed = Promise.all([close(server), close(control)])
    connections.destroyAll()
    control_connections.destroyAll()
    await closed
    world.close()
  }

  try {
    const port = await listen(server, options.port, host)
    const control_port = await listen(control, options.control_port, control_host)
    return {
      origin: `https://${reachable(host)}:${port}`,
      control_origin: `http://${reachable(control_host)}:${control_port}`,
      port,
      control_port,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** @throws the listen error if the port cannot be had */
async function probe(port: number, host: string): Promise<void> {
  if (port === 0) return
  const server = createServer()
  await listen(server, port, host)
  await close(server)
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

// Closing a server that does not listen is an error, and one that does not matter here.
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}

function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
