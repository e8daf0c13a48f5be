// How the service reaches AWS: time limits, tries, and connections that are never stale.
import { closeIdle, httpAgent, httpsAgent } from '../sockets.ts'
import type { Agents } from './exchange.ts'
import { type JsonService, withFirstAttempt } from './first-attempt.ts'

/** Calls that a container makes to one service at the same time; more wait for their turn. */
const SOCKETS_MAX = 50
/** A call is tried at most so often. */
const TRIES_MAX = 3
/** AWS answers in milliseconds, and a send has a caller waiting: a try is given up early. */
const LIMITS = { connect_ms: 1_000, total_ms: 2_000 }

/** What the clients of the SDK have in common, as far as it is needed here. */
type Client = {
  readonly middlewareStack: {
    add(middleware: Passing, options: { step: 'finalizeRequest'; priority: 'low'; name: string }): void
  }
}
type Passing = <A, R>(next: (args: A) => Promise<R>) => (args: A) => Promise<R>

/**
 * Makes a client of the SDK whose calls are tried three times at most, none on a connection that has been idle. The first try of a
 * call to a JSON service is made without the SDK's stack.
 */
export function awsClient<C extends Client>(make: (config: ReturnType<typeof settings>) => C, json?: JsonService): C {
  const agents = { http: httpAgent({ maxSockets: SOCKETS_MAX }), https: httpsAgent({ maxSockets: SOCKETS_MAX }) }
  const client = make(settings(agents, json ? TRIES_MAX - 1 : TRIES_MAX))
  client.middlewareStack.add(
    (next) => (args) => {
      closeIdle(agents.http)
      closeIdle(agents.https)
      return next(args)
    },
    // The SDK's tries are made before the last of this step, so this runs once for each.
    { step: 'finalizeRequest', priority: 'low', name: 'closeIdleConnections' },
  )
  return json ? withFirstAttempt(client, json, agents, LIMITS) : client
}

function settings({ http, https }: Agents, maxAttempts: number) {
  return {
    maxAttempts,
    // Whatever the environment says: the bundles have no other (deploy/trim.ts).
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: LIMITS.connect_ms,
      requestTimeout: LIMITS.total_ms,
      throwOnRequestTimeout: true,
      socketTimeout: LIMITS.total_ms,
      httpAgent: http,
      httpsAgent: https,
    },
  }
}
