// How the service reaches AWS: time limits, tries, and connections that are never stale.
import { closeIdle, httpAgent, httpsAgent } from '../sockets.ts'

/** Calls that a container makes to one service at the same time; more wait for their turn. */
const SOCKETS_MAX = 50

/** What the clients of the SDK have in common, as far as it is needed here. */
type Client = {
  readonly middlewareStack: {
    add(middleware: Passing, options: { step: 'finalizeRequest'; priority: 'low'; name: string }): void
  }
}
type Passing = <A, R>(next: (args: A) => Promise<R>) => (args: A) => Promise<R>

/**
 * Makes a client of the SDK. AWS answers in milliseconds, and a send has a caller waiting: a call is given up early and tried at
 * most three times, and no try goes out on a connection that has been idle.
 */
export function awsClient<C extends Client>(make: (config: ReturnType<typeof settings>) => C): C {
  const [http, https] = [httpAgent({ maxSockets: SOCKETS_MAX }), httpsAgent({ maxSockets: SOCKETS_MAX })]
  const client = make(settings(http, https))
  client.middlewareStack.add(
    (next) => (args) => {
      closeIdle(http)
      closeIdle(https)
      return next(args)
    },
    // The SDK's tries are made before the last of this step, so this runs once for each.
    { step: 'finalizeRequest', priority: 'low', name: 'closeIdleConnections' },
  )
  return client
}

function settings(http: ReturnType<typeof httpAgent>, https: ReturnType<typeof httpsAgent>) {
  return {
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 2_000,
      throwOnRequestTimeout: true,
      socketTimeout: 2_000,
      httpAgent: http,
      httpsAgent: https,
    },
  }
}
