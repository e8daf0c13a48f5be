// WeChat's HTTPS front: certificates, paths and XML on the way in, faults and answers on the way out.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { parseXml } from '../../lib/wechatpay/xml.ts'
import { readBody } from './body.ts'
import type { Call } from './calls.ts'
import type { Connections } from './connections.ts'
import { decide } from './endpoints.ts'
import { NUMERIC } from './errors.ts'
import type { Plan } from './faults.ts'
import { OPS, type Op, type RequestFields } from './fields.ts'
import { nginxPage, type PageStatus } from './pages.ts'
import { type Reply, refusal, replyXml, TRUNCATED } from './replies.ts'
import type { World } from './world.ts'

/** One call on its way through. */
type Exchange = Readonly<{
  op: Op
  /** What was read of the request: nothing when it is not `readable`. */
  fields: RequestFields
  readable: boolean
  call: Call
  socket: TLSSocket
  response: ServerResponse
}>

/** The longest that setTimeout can wait, 24 days; a longer hang lasts until the client goes away. */
const TIMER_MAX_MS = 2 ** 31 - 1

/** WeChat's side of the simulator, over `world`. */
export class Front {
  readonly #world: World
  readonly #connections: Connections
  readonly #hanging = new Set<ServerResponse>()

  constructor(world: World, connections: Connections) {
    this.#world = world
    this.#connections = connections
  }

  /** Answers one request. */
  listen(request: IncomingMessage, response: ServerResponse): void {
    this.#serve(request, response).catch((error: unknown) => {
      // A client that goes away halfway through its body ends here too: then nobody hears the page.
      if (!request.destroyed || request.complete) this.#world.log(`the simulator failed: ${error}`)
      if (!response.headersSent) sendPage(response, 500)
    })
  }

  /** Lets go of the calls that hang, unanswered. */
  release(): void {
    for (const response of this.#hanging) response.destroy()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const socket = request.socket as TLSSocket
    const body = await readBody(request)
    const op = OPS.find((name) => request.url?.split('?')[0] === `/mmpaymkttransfers/${name}`)
    const certificate = readCertificate(socket)
    if (!op || request.method !== 'POST') {
      if (certificate.invalid) sendPage(response, 400, 'The SSL certificate error')
      else sendPage(response, op ? 405 : 404)
      return
    }
    const fields = body && readFields(body)
    const call = this.#world.calls.begin(op, this.#world.clock.now(), fields ?? {}, this.#connections.numberOf(socket))
    const exchange = { op, fields: fields ?? {}, readable: fields !== undefined, call, socket, response }
    if (certificate.invalid || !body) {
      call.answer = 'html'
      if (certificate.invalid) sendPage(response, 400, 'The SSL certificate error')
      else sendPage(response, 413)
    } else if (certificate.common_name === undefined) answer(exchange, refusal(op, {}, 'CA_ERROR'))
    else await this.#work(exchange, certificate.common_name)
    this.#world.log(`${op} ${/^\w{1,28}$/.test(call.mch_billno) ? call.mch_billno : '-'} ${described(call)}`)
  }

  /** Takes a call that came with a good certificate through its fault, if one waits, to its answer. */
  async #work(exchange: Exchange, common_name: string): Promise<void> {
    const { op, fields, readable, call } = exchange
    const plan = this.#world.faults.take(op)
    if (plan) call.fault = plan.kind
    if (plan?.does === 'refuse') return answer(exchange, refusal(op, fields, plan.err_code))
    if (plan?.does === 'trouble' && plan.when === 'before' && !(await this.#trouble(exchange, plan))) return
    const late_s = plan?.does === 'late_debit' ? plan.seconds : undefined
    const reply = readable ? decide(this.#world, { op, fields, common_name, late_s }) : refusal(op, fields, 'XML_ERROR')
    if (plan?.does === 'trouble' && plan.when === 'after' && !(await this.#trouble(exchange, plan))) return
    answer(exchange, reply)
  }

  /** Does what the fault says; true when the true answer is still to follow. */
  async #trouble(exchange: Exchange, plan: Plan & { does: 'trouble' }): Promise<boolean> {
    const { op, fields, call, socket, response } = exchange
    call.answer = plan.trouble
    switch (plan.trouble) {
      case 'hang':
        return this.#hang(response, plan.seconds)
      case 'reset':
        this.#connections.reset(socket)
        break
      case 'systemerror':
      case 'processing':
        answer(exchange, refusal(op, fields, plan.trouble.toUpperCase()))
        break
      case 'numeric':
        answer(exchange, refusal(op, fields, NUMERIC.err_code, NUMERIC.text))
        break
      case 'garbage':
        sendText(response, 200, 'text/xml', TRUNCATED)
        break
      case 'html':
        sendPage(response, 502)
    }
    return false
  }

  /** Waits; false when the client (or a reset of the simulator) ends the connection first. */
  #hang(response: ServerResponse, seconds?: number): Promise<boolean> {
    return new Promise((resolve) => {
      if (response.destroyed) return resolve(false)
      const hang_ms = (seconds ?? Number.POSITIVE_INFINITY) * 1000
      const timer = hang_ms > TIMER_MAX_MS ? undefined : setTimeout(() => end(true), hang_ms)
      const closed = () => end(false)
      const end = (goes_on: boolean): void => {
        clearTimeout(timer)
        response.off('close', closed)
        this.#hanging.delete(response)
        resolve(goes_on)
      }
      this.#hanging.add(response)
      response.once('close', closed)
    })
  }
}

/**
 * The client certificate: none (WeChat's application answers CA_ERROR), or one whose dates and issuer the handshake found wrong
 * (nginx answers HTTP 400), or the common name of a good one.
 */
function readCertificate(socket: TLSSocket): { invalid: boolean; common_name?: string } {
  const certificate = socket.getPeerX509Certificate()
  if (!certificate) return { invalid: false }
  if (!socket.authorized) return { invalid: true }
  return { invalid: false, common_name: /^CN=(.+)$/m.exec(certificate.subject)?.[1] ?? '' }
}

/** The elements of a request, undefined when it is not XML of one level in UTF-8. */
function readFields(body: Buffer): RequestFields | undefined {
  try {
    const xml = parseXml(new TextDecoder('utf-8', { fatal: true }).decode(body))
    const fields: Record<string, string> = Object.create(null)
    for (const [name, value] of Object.entries(xml)) {
      if (typeof value !== 'string') return undefined
      fields[name] = value
    }
    return fields
  } catch {
    return undefined
  }
}

function answer({ call, response }: Exchange, reply: Reply): void {
  call.answer = {
    return_code: String(reply.return_code),
    result_code: String(reply.result_code),
    err_code: String(reply.err_code),
  }
  sendText(response, 200, 'text/xml', replyXml(reply))
}

function sendPage(response: ServerResponse, status: PageStatus, text?: string): void {
  sendText(response, status, 'text/html', nginxPage(status, text))
}

function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text)
}

function described({ answer, fault }: Call): string {
  const text = typeof answer === 'string' ? answer : answer.err_code
  return fault === undefined ? text : `${text} (fault ${fault})`
}
