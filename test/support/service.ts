// The service as its callers see it, over HTTP, and a search of its log.
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeEach, expect, inject } from 'vitest'
import { type Caller, castOf } from './callers.ts'
import { assertAllowed, assertDescribed } from './openapi.ts'
import { type SignOptions, signedHeaders } from './signing.ts'
import { begin, unmet } from './wechat.ts'

export const stack = inject('stack')
/** What belongs to the file of tests that imports this, and to no other. */
export const { callers, merchant } = castOf(stack.casts, expect.getState().testPath)

export type Reply = { status: number; headers: IncomingHttpHeaders; text: string; body: Record<string, unknown> }
export type Headers = Record<string, string | string[]>
export type Packet = Record<string, unknown>

export const OPENID = 'oe2e7fK2mQ9xWb4LrT8sVn1Yc3Zd'

/** A normal packet with nothing optional. */
export const NORMAL: Packet = {
  type: 'normal',
  official_account_id: 'wxcbda96de0b165486',
  send_name: '天虹百货',
  re_openid: OPENID,
  total_amount: 1.1,
  total_num: 1,
  wishing: '恭喜发财',
  act_name: '新年红包',
  remark: '新年红包',
}

/** A fission packet with nothing optional. */
export const FISSION: Packet = { ...NORMAL, type: 'fission', total_amount: 6, total_num: 3 }

/**
 * What every file of end-to-end tests begins with: each test counts the calls and debits of the file's merchant from its
 * own beginning, no fault is left that met no call, and the log, as far as it has come, is without secrets.
 */
export function useStack(): void {
  beforeEach(begin)
  afterEach(async () => {
    expect(await unmet()).toEqual([])
  })
  afterAll(() => {
    expect(leaks()).toEqual([])
  })
}

/** Sends a packet, or a body as it is written. */
export function send(
  packet: Packet | string,
  { caller = callers.own, url = stack.url, ...more }: Partial<SignOptions> & { caller?: Caller; url?: string } = {},
): Promise<Reply> {
  const body = typeof packet === 'string' ? packet : JSON.stringify(packet)
  const { keyid, secret } = caller
  const headers = signedHeaders({ method: 'POST', target: '/redpacks', body, keyid, secret, ...more })
  return exchange('POST', '/redpacks', { headers, body, url })
}

/** Sends a packet that is meant to be sent; out: the answer's body. */
export async function sent(packet: Packet, options: { idempotency_key?: string; caller?: Caller } = {}) {
  const { status, body } = await send(packet, options)
  expect({ status, ...body }).toMatchObject({ status: 200, outcome: 'sent' })
  return body as { id: string; mch_billno: string; send_listid: string }
}

/** A signed GET. */
export function read(target: string, { caller = callers.own, url = stack.url } = {}): Promise<Reply> {
  const { keyid, secret } = caller
  return exchange('GET', target, { headers: signedHeaders({ target, keyid, secret }), url })
}

/**
 * One request over HTTP with exactly these headers; an array is a header that is sent more than once.
 * Throws for an answer that docs/openapi.yaml does not describe, and for a body that it forbids and the service accepts.
 */
export function exchange(
  method: string,
  target: string,
  { headers, body: sent, url = stack.url }: { headers: Headers; body?: string | Buffer; url?: string },
): Promise<Reply> {
  remember([headers.signature ?? []].flat().map((signature) => signature.replace(/^\w+=:|:$/g, '')))
  remember(openids(String(sent)))
  const length = sent === undefined ? {} : { 'content-length': Buffer.byteLength(sent) }
  return new Promise((resolve, reject) => {
    const options = { method, agent: false, headers: { ...headers, ...length } }
    const outgoing = request(`${url}${target}`, options, async (response) => {
      try {
        const answer = await text(response)
        const status = response.statusCode ?? 0
        const body = status === 204 ? {} : JSON.parse(answer)
        const reply = { status, headers: response.headers, text: answer, body }
        assertDescribed(method, target, status, reply.headers, reply.body)
        // Answers hold openids and money, and errors name what was asked: nobody on the way may keep either.
        if (reply.headers['cache-control'] !== 'no-store') throw new Error(`an answer that may be kept: ${status}`)
        if (sent !== undefined && status < 300) assertAllowed(method, target, JSON.parse(String(sent)))
        resolve(reply)
      } catch (error) {
        reject(error as Error)
      }
    })
    outgoing.on('error', reject)
    outgoing.end(sent)
  })
}

/** What must not have been logged by any test so far, and was. */
export function leaks(log = readFileSync(stack.log_file, 'utf8')): string[] {
  const told = existsSync(toldFile()) ? readFileSync(toldFile(), 'utf8').split('\n').filter(Boolean) : []
  return [...new Set([...stack.confidential, ...told])].filter((text) => log.includes(text))
}

/** Every file of tests tells what it sent, for those that search the log later. */
function remember(texts: readonly string[]): void {
  const long = texts.filter((text) => text.length >= 16)
  if (long.length > 0) appendFileSync(toldFile(), `${long.join('\n')}\n`)
}

function openids(body: string): string[] {
  return [...body.matchAll(/"re_openid":"([^"\\]+)"/g)].map(([, openid = '']) => openid)
}

function toldFile(): string {
  return `${stack.log_file}.told`
}
