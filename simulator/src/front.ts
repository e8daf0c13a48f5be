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
import { isSend, OPS, type Op, type RequestFields } from './fields.ts'
import type { Bill } from './fund-flow.ts'
import { magicPlan } from './magic.ts'
import { nginxPage, type PageStatus } from './pages.ts'
import { type Reply, refusal, replyXml, TRUNCATED } from './replies.ts'
import { Hanging } from './trouble.ts'
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
}> & {
  /** The text that was answered with. */
  sent: string
}

/** Another openid than any that was sent to, for a reply that is not about the order. */
const OTHER_OPENID = 'oSIM_another_order_altogether'

/** WeChat's side of the simulator, over `world`. */
export class Front {
  readonly #world: World
  readonly #connections: Connections
  readonly #hanging = new Hanging()

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
    this.#hanging.release()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const socket = request.socket as TLSSocket
    const body = await readBody(request)
    const op = OPS.find((name) => request.url?.split('?')[0] === pathOf(name))
    const certificate = readCertificate(socket)
    if (!op || request.method !== 'POST') {
      if (certificate.invalid) sendPage(response, 400, 'The SSL certificate error')
      else sendPage(response, op ? 405 : 404)
      return
    }
    const fields = body && readFields(body)
    const call = this.#world.calls.begin(op, this.#world.clock.now(), fields ?? {}, this.#connections.numberOf(socket))
    const readable = fields !== undefined
    const exchange: Exchange = { op, fields: fields ?? {}, readable, call, socket, response, sent: '' }
    if (certificate.invalid || !body) {
      call.answer = 'html'
      exchange.sent = certificate.invalid
        ? sendPage(response, 400, 'The SSL certificate error')
        : sendPage(response, 413)
    } else if (certificate.common_name === undefined) this.#answer(exchange, this.#refusal(exchange, 'CA_ERROR', {}))
    else await this.#work(exchange, certificate.common_name)
    const { mch_billno, mch_id, at } = call
    const whole = { op, at, mch_billno, mch_id, request: body?.toString('utf8') ?? '', response: exchange.sent }
    this.#world.packets.end(whole, described(call), this.#world.clock.now())
    this.#world.log(`${op} ${/^\w{1,28}$/.test(call.mch_billno) ? call.mch_billno : '-'} ${described(call)}`)
  }

  /** Takes a call that came with a good certificate through its fault, if one waits, to its answer. */
  async #work(exchange: Exchange, common_name: string): Promise<void> {
    const { op, fields, readable, call, socket } = exchange
    const plan = this.#plan(op, fields)
    if (plan) call.fault = plan.kind
    if (plan?.does === 'refuse')
      return this.#answer(exchange, this.#refusal(exchange, plan.err_code, fields, plan.text))
    if (plan?.does === 'trouble' && plan.when === 'before' && !(await this.#trouble(exchange, plan))) return
    const address = socket.remoteAddress?.replace(/^::ffff:/, '') ?? ''
    const reply = readable
      ? decide(this.#world, { op, fields, common_name, address, plan })
      : this.#refusal(exchange, 'XML_ERROR')
    if (plan?.does === 'trouble' && plan.when === 'after' && !(await this.#trouble(exchange, plan))) return
    this.#answer(exchange, reply)
  }

  /** The fault that waits for a call, or that its openid asks for. */
  #plan(op: Op, fields: RequestFields): Plan | undefined {
    const { packets, clock, faults } = this.#world
    const { mch_id = '', mch_billno = '' } = fields
    const first = isSend(op) && packets.begin(fields, clock.now())
    const about = isSend(op) ? fields : packets.find(mch_id, mch_billno)
    const re_openid = about?.re_openid
    const total_amount = about?.total_amount === undefined ? undefined : Number(about.total_amount)
    const waiting = faults.take({ op, mch_id, mch_billno, re_openid, total_amount })
    return waiting ?? magicPlan(re_openid ?? '', op, first)
  }

  /** Does what the fault says; true when the true answer is still to follow. */
  async #trouble(exchange: Exchange, plan: Plan & { does: 'trouble' }): Promise<boolean> {
    const { fields, call, socket, response } = exchange
    call.answer = plan.trouble
    switch (plan.trouble) {
      case 'hang':
        return this.#hanging.wait(response, plan.seconds)
      case 'reset':
        this.#connections.reset(socket)
        break
      case 'systemerror':
      case 'processing':
        this.#answer(exchange, this.#refusal(exchange, plan.trouble.toUpperCase()))
        break
      case 'numeric':
        this.#answer(exchange, this.#refusal(exchange, NUMERIC.err_code, fields, NUMERIC.text))
        break
      case 'garbage':
        exchange.sent = sendText(response, 200, 'text/xml', TRUNCATED)
        break
      case 'html':
        exchange.sent = sendPage(response, 502)
        break
      case 'other_echo':
        this.#answer(exchange, otherEcho(fields))
    }
    return false
  }

  #refusal({ op, fields }: Exchange, err_code: string, echoed = fields, text?: string): Reply {
    return refusal(this.#world.shapes, op, echoed, err_code, text)
  }

  #answer(exchange: Exchange, reply: Reply | Bill): void {
    const { call, response } = exchange
    if (isBill(reply)) {
      call.answer = { return_code: 'SUCCESS', result_code: 'SUCCESS', err_code: 'SUCCESS' }
      sendBill(response, reply)
      return
    }
    call.answer = {
      return_code: String(reply.return_code),
      result_code: String(reply.result_code),
      err_code: String(reply.err_code),
    }
    exchange.sent = sendText(response, 200, 'text/xml', replyXml(this.#world.shapes, reply))
  }
}

function pathOf(op: Op): string {
  return op === 'downloadfundflow' ? '/pay/downloadfundflow' : `/mmpaymkttransfers/${op}`
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

/** Success, for another receiver: nobody who reads the echo takes it for an answer to this call. */
function otherEcho(fields: RequestFields): Reply {
  const success = { return_code: 'SUCCESS', return_msg: '发放成功', result_code: 'SUCCESS', err_code: 'SUCCESS' }
  const { mch_billno = '', mch_id = '', wxappid = '', total_amount = '' } = fields
  const order = { mch_billno, mch_id, wxappid, re_openid: OTHER_OPENID, total_amount }
  return { ...success, err_code_des: '发放成功', ...order, send_listid: `1000041701${'0'.repeat(21)}` }
}

function isBill(reply: Reply | Bill): reply is Bill {
  return Buffer.isBuffer(reply.bill)
}

function sendBill(response: ServerResponse, { bill, digest, gzip }: Bill): void {
  const type = gzip ? 'application/x-gzip' : 'text/plain;charset=utf-8'
  response.writeHead(200, { 'content-type': type, 'content-length': bill.length, digest: `SHA=${digest}` }).end(bill)
}

function sendPage(response: ServerResponse, status: PageStatus, text?: string): string {
  return sendText(response, status, 'text/html', nginxPage(status, text))
}

function sendText(response: ServerResponse, status: number, type: string, text: string): string {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text)
  return text
}

function described({ answer, fault }: Call): string {
  const text = typeof answer === 'string' ? answer : answer.err_code
  return fault === undefined ? text : `${text} (fault ${fault})`
}
