// The control: plain HTTP and JSON, by which a test moves the clock, asks for faults and reads what really happened.
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as v from 'valibot'
import { readBody } from './body.ts'
import { faultRequest, SECONDS_MAX } from './faults.ts'
import { guard, guardBody } from './guard.ts'
import { entry, packet } from './ledger.ts'
import { PAGE_HEADERS, readPage } from './page.ts'
import type { World } from './world.ts'

type Answer = Readonly<{ status: number; body: object; allow?: string }>
type Handler = (body: Buffer, query: URLSearchParams) => Answer

const Number_ = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
const ClockRequest = v.strictObject({ advance_s: v.pipe(v.number(), v.minValue(0), v.maxValue(SECONDS_MAX)) })
const ReceiveRequest = v.strictObject({
  mch_billno: v.string(),
  mch_id: v.optional(v.string()),
  openid: v.optional(v.pipe(v.string(), v.regex(/^[\w-]{1,31}$/))),
})
const BalanceRequest = v.strictObject({
  fen: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  mch_id: v.optional(Number_),
})
const PacketsQuery = v.strictObject({
  limit: v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,3}$/), v.transform(Number), v.maxValue(1000)), '100'),
})
const ExchangesQuery = v.strictObject({ mch_billno: Number_, mch_id: v.optional(Number_) })

/** Makes the control's request listener over `world`; `released` is called at a reset, `hosts` may be named besides localhost. */
export function createControl(world: World, released: () => void, hosts: readonly string[] = []) {
  const routes = routesOf(world, released)

  async function serve(request: IncomingMessage): Promise<Answer> {
    const body = await readBody(request)
    const refused = guard(request, hosts) ?? (body && guardBody(request, body))
    if (refused) return failure(refused.status, refused.error)
    const [path = '/', query = ''] = request.url?.split('?') ?? []
    const methods = [...routes.keys()].flatMap((route) => (route.endsWith(` ${path}`) ? [route.split(' ', 1)[0]] : []))
    if (methods.length === 0) return failure(404, `no such path; the routes are ${[...routes.keys()].join(', ')}`)
    const handler = routes.get(`${request.method} ${path}`)
    if (!handler) return { ...failure(405, `${path} takes ${methods.join(', ')}`), allow: methods.join(', ') }
    return body ? handler(body, new URLSearchParams(query)) : failure(413, 'the body is longer than 64 KB')
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    const file = request.method === 'GET' && !guard(request, hosts) ? readPage(request.url ?? '') : undefined
    if (file) {
      response.writeHead(200, { ...PAGE_HEADERS, 'content-type': file.type }).end(file.text)
      return
    }
    void serve(request)
      .catch((error: unknown) => failure(500, String(error)))
      .then(({ status, body, allow }) => {
        const json = `${JSON.stringify(body)}\n`
        response
          .writeHead(status, {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(json),
            'cache-control': 'no-store',
            'x-content-type-options': 'nosniff',
            ...(allow === undefined ? {} : { allow }),
          })
          .end(json)
      })
  }
}

function routesOf(world: World, released: () => void): ReadonlyMap<string, Handler> {
  const faults = (): Answer => success({ faults: world.faults.list() })
  const clock = (): Answer => success({ now: iso(world.clock.now()) })
  const FaultRequest = faultRequest(world.any_code)
  return new Map<string, Handler>([
    ['GET /faults', faults],
    [
      'POST /faults',
      withBody(FaultRequest, (fault) => (world.faults.add(fault) ? faults() : failure(409, 'too many faults wait'))),
    ],
    ['GET /ledger', () => ledger(world)],
    ['GET /calls', () => success(world.calls.list())],
    ['GET /packets', withQuery(PacketsQuery, ({ limit }) => packets(world, Number(limit)))],
    [
      'GET /exchanges',
      withQuery(ExchangesQuery, ({ mch_billno, mch_id }) =>
        success({ exchanges: world.packets.exchanges(mch_billno, mch_id) }),
      ),
    ],
    ['GET /clock', clock],
    [
      'POST /clock',
      withBody(ClockRequest, ({ advance_s }) => {
        world.clock.advance(advance_s)
        return clock()
      }),
    ],
    ['POST /receive', withBody(ReceiveRequest, (wanted) => receive(world, wanted))],
    ['POST /balance', withBody(BalanceRequest, (wanted) => balance(world, wanted))],
    [
      'POST /reset',
      () => {
        released()
        world.reset()
        return success({ balance: world.orders.balance, now: iso(world.clock.now()) })
      },
    ],
  ])
}

function withBody<S extends v.GenericSchema>(schema: S, handle: (input: v.InferOutput<S>) => Answer): Handler {
  return (body) => {
    let json: unknown
    try {
      json = JSON.parse(body.toString('utf8'))
    } catch {
      return failure(400, 'the body is not JSON')
    }
    return checked(schema, json, handle)
  }
}

function withQuery<S extends v.GenericSchema>(schema: S, handle: (input: v.InferOutput<S>) => Answer): Handler {
  return (_, query) => checked(schema, Object.fromEntries(query), handle)
}

function checked<S extends v.GenericSchema>(schema: S, given: unknown, handle: (input: v.InferOutput<S>) => Answer) {
  const parsed = v.safeParse(schema, given)
  if (parsed.success) return handle(parsed.output)
  const problems = parsed.issues.map((issue) => [v.getDotPath(issue), issue.message].filter(Boolean).join(': '))
  return failure(400, problems.join('; '))
}

function ledger({ orders, clock }: World): Answer {
  orders.advance(clock.now())
  const { balance, debits } = orders
  const total_debited = debits.reduce((sum, { total_amount }) => sum + total_amount, 0)
  return success({ balance, ...ownBalances(orders), total_debited, debits: debits.map(entry) })
}

/** Told only if a merchant has one of its own. */
function ownBalances({ balances }: World['orders']): object {
  return Object.keys(balances).length === 0 ? {} : { balances }
}

function packets({ orders, clock, packets: called }: World, limit: number): Answer {
  orders.advance(clock.now())
  const { balance, debits } = orders
  const latest = called.latest(limit).map((one) => packet(one, orders.find(one.mch_id, one.mch_billno)))
  return success({
    now: iso(clock.now()),
    balance,
    ...ownBalances(orders),
    debited: debits.length,
    called: called.count,
    packets: latest,
  })
}

function receive({ orders, clock }: World, wanted: v.InferOutput<typeof ReceiveRequest>): Answer {
  const { mch_billno, mch_id, openid } = wanted
  const now_ms = clock.now()
  const matching = orders.withNumber(mch_billno, now_ms).filter((order) => order.mch_id === (mch_id ?? order.mch_id))
  const order = matching[0]
  if (!order) return failure(404, 'nothing has been debited under this mch_billno')
  if (matching.length > 1) return failure(409, 'several merchants used this mch_billno: name the mch_id, too')
  const refused = orders.receive(order, now_ms, openid)
  if (refused !== undefined) return failure(409, refused)
  return success({ mch_billno, status: order.status, hblist: order.hblist })
}

function balance({ orders, clock, merchants }: World, { fen, mch_id }: v.InferOutput<typeof BalanceRequest>): Answer {
  if (mch_id !== undefined && !merchants.has(mch_id)) return failure(404, 'there is no merchant of this mch_id')
  // What is due by now is refunded first: the new balance is the balance.
  orders.advance(clock.now())
  orders.setBalance(fen, mch_id)
  return success(mch_id === undefined ? { balance: fen } : { balance: fen, mch_id })
}

function iso(at_ms: number): string {
  return new Date(at_ms).toISOString()
}

function success(body: object): Answer {
  return { status: 200, body }
}

function failure(status: number, error: string): Answer {
  return { status, body: { error } }
}
