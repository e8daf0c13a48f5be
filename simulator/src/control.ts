// The control: plain HTTP and JSON, by which a test moves the clock, asks for faults and reads what really happened.
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as v from 'valibot'
import { readBody } from './body.ts'
import { FaultRequest, SECONDS_MAX } from './faults.ts'
import type { Order } from './orders.ts'
import { resetWorld, type World } from './world.ts'

type JsonAnswer = Readonly<{ status: number; body: object; allow?: string }>
type Handler = (body: Buffer) => JsonAnswer

const ClockRequest = v.strictObject({ advance_s: v.pipe(v.number(), v.minValue(0), v.maxValue(SECONDS_MAX)) })
const ReceiveRequest = v.strictObject({ mch_billno: v.string(), mch_id: v.optional(v.string()) })
const BalanceRequest = v.strictObject({ fen: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) })

/** Makes the control's request listener over `world`; `released` is called at a reset. */
export function createControl(world: World, released: () => void) {
  const routes = routesOf(world, released)

  async function serve(request: IncomingMessage): Promise<JsonAnswer> {
    const body = await readBody(request)
    const path = request.url?.split('?')[0] ?? '/'
    const methods = [...routes.keys()].flatMap((route) => (route.endsWith(` ${path}`) ? [route.split(' ', 1)[0]] : []))
    if (methods.length === 0) return failure(404, `no such path; the routes are ${[...routes.keys()].join(', ')}`)
    const handler = routes.get(`${request.method} ${path}`)
    if (!handler) return { ...failure(405, `${path} takes ${methods.join(', ')}`), allow: methods.join(', ') }
    return body ? handler(body) : failure(413, 'the body is longer than 64 KB')
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    serve(request)
      .catch((error: unknown) => failure(500, String(error)))
      .then(({ status, body, allow }) => {
        const json = `${JSON.stringify(body)}\n`
        response
          .writeHead(status, {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(json),
            ...(allow === undefined ? {} : { allow }),
          })
          .end(json)
      })
  }
}

function routesOf(world: World, released: () => void): ReadonlyMap<string, Handler> {
  const faults = (): JsonAnswer => success({ faults: world.faults.list() })
  const clock = (): JsonAnswer => success({ now: iso(world.clock.now()) })
  return new Map<string, Handler>([
    ['GET /faults', faults],
    [
      'POST /faults',
      withBody(FaultRequest, (fault) => (world.faults.add(fault) ? faults() : failure(409, 'too many faults wait'))),
    ],
    ['GET /ledger', () => ledger(world)],
    ['GET /calls', () => success(world.calls.list())],
    ['GET /clock', clock],
    [
      'POST /clock',
      withBody(ClockRequest, ({ advance_s }) => {
        world.clock.advance(advance_s)
        return clock()
      }),
    ],
    ['POST /receive', withBody(ReceiveRequest, (wanted) => receive(world, wanted))],
    [
      'POST /balance',
      withBody(BalanceRequest, ({ fen }) => {
        // What is due by now is refunded first: the new balance is the balance.
        world.orders.advance(world.clock.now())
        world.orders.balance = fen
        return success({ balance: fen })
      }),
    ],
    [
      'POST /reset',
      () => {
        released()
        resetWorld(world)
        return success({ balance: world.orders.balance, now: iso(world.clock.now()) })
      },
    ],
  ])
}

function withBody<S extends v.GenericSchema>(schema: S, handle: (input: v.InferOutput<S>) => JsonAnswer): Handler {
  return (body) => {
    let json: unknown
    try {
      json = JSON.parse(body.toString('utf8'))
    } catch {
      return failure(400, 'the body is not JSON')
    }
    const parsed = v.safeParse(schema, json)
    if (parsed.success) return handle(parsed.output)
    const problems = parsed.issues.map((issue) => [v.getDotPath(issue), issue.message].filter(Boolean).join(': '))
    return failure(400, problems.join('; '))
  }
}

function ledger({ orders, clock }: World): JsonAnswer {
  orders.advance(clock.now())
  const { balance, debits } = orders
  const total_debited = debits.reduce((sum, { total_amount }) => sum + total_amount, 0)
  return success({ balance, total_debited, debits: debits.map(entry) })
}

function entry({ debited_at_ms, refunded_at_ms, ...order }: Order): object {
  const refunded = refunded_at_ms === undefined ? {} : { refunded_at: iso(refunded_at_ms) }
  return { ...order, debited_at: iso(debited_at_ms), ...refunded }
}

function receive({ orders, clock }: World, wanted: v.InferOutput<typeof ReceiveRequest>): JsonAnswer {
  const { mch_billno, mch_id } = wanted
  const now_ms = clock.now()
  const matching = orders.withNumber(mch_billno, now_ms).filter((order) => order.mch_id === (mch_id ?? order.mch_id))
  const order = matching[0]
  if (!order) return failure(404, 'nothing has been debited under this mch_billno')
  if (matching.length > 1) return failure(409, 'several merchants used this mch_billno: name the mch_id, too')
  if (!orders.receive(order, now_ms)) return failure(409, `the packet is no longer there to collect: ${order.status}`)
  return success({ mch_billno, status: order.status, hblist: order.hblist })
}

function iso(at_ms: number): string {
  return new Date(at_ms).toISOString()
}

function success(body: object): JsonAnswer {
  return { status: 200, body }
}

function failure(status: number, error: string): JsonAnswer {
  return { status, body: { error } }
}
