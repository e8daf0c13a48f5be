// A caller of the packaged functions, and what it finds in the table and at WeChat afterwards.
import assert from 'node:assert/strict'
import { everything, type StoredRecord } from '../storm/audit.ts'
import { packet, post, type Told } from '../storm/callers.ts'
import { signedHeaders } from '../support/signing.ts'
import { type HttpEvent, httpEvent } from './gateway.ts'
import type { World } from './world.ts'

/** What callers were told, for the audit at the end, which sends it again. */
export const told: Told[] = []
let count = 0

/** The number of a packet that nobody has sent. The audit knows it from its key. */
export function nextPacket(): number {
  count += 1
  return count
}

export const keyOf = (n: number) => `storm-${n}`

/** Sends the n-th packet over HTTP. */
export async function send(world: World, n: number): Promise<{ status: number; text: string } | undefined> {
  const answer = await post(world.gateway.url, world.identity.caller, keyOf(n), n)
  if (answer && answer.status < 400) told.push({ key: keyOf(n), ...answer, tries: 1 })
  return answer
}

/** Sends it and wants to hear that it is sent. */
export async function sendWell(world: World, n: number): Promise<string> {
  const answer = await send(world, n)
  assert.equal(answer?.status, 200, answer?.text)
  assert.equal(JSON.parse(answer.text).outcome, 'sent')
  return answer.text
}

/** The event of a send of the n-th packet. */
export function sendEvent(world: World, n: number): HttpEvent {
  const body = JSON.stringify(packet(n))
  const { keyid, secret } = world.identity.caller
  const headers = signedHeaders({ method: 'POST', target: '/redpacks', body, idempotency_key: keyOf(n), keyid, secret })
  return eventOf(world, { method: 'POST', target: '/redpacks', headers, body: Buffer.from(body) })
}

export function eventOf(world: World, asked: Parameters<typeof httpEvent>[1]): HttpEvent {
  const event = httpEvent(world.packaged.routes.keys(), asked)
  assert.ok(event, `${asked.method} ${asked.target} is no route`)
  return event
}

/** What EventBridge gives a scheduled function. */
export function scheduledEvent(rule: string): object {
  return {
    version: '0',
    id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '123456789012',
    time: new Date().toISOString().replace(/\.\d+/, ''),
    region: 'ap-southeast-1',
    resources: [`arn:aws:events:ap-southeast-1:123456789012:rule/${rule}`],
    detail: {},
  }
}

/** Invokes a scheduled function as the minute does. @returns what it answered */
export async function minute(world: World, name: 'settle' | 'campaignWorker'): Promise<unknown> {
  const outcome = await world.lambda.invoke(functionOf(world, name), scheduledEvent(name))
  assert.equal(outcome.kind, 'response', JSON.stringify(outcome))
  return outcome.kind === 'response' ? JSON.parse(outcome.payload) : undefined
}

/** redpack-dev-send for send. */
export function functionOf({ packaged }: World, name: string): string {
  return packaged.functions.find((fn) => fn.name.endsWith(`-${name}`))?.name ?? ''
}

export async function recordOf(world: World, n: number): Promise<StoredRecord | undefined> {
  const { records } = await everything(world.env)
  return records.find(({ idempotency_key }) => idempotency_key === keyOf(n))
}

/** Calls and debits under the number of the n-th packet. */
export async function atWeChat(world: World, n: number): Promise<{ sends: number; queries: number; debits: number }> {
  const mch_billno = (await recordOf(world, n))?.mch_billno
  const calls = (await world.control.calls()).filter((call) => call.mch_billno === mch_billno)
  const { debits } = await world.control.ledger()
  return {
    sends: calls.filter(({ op }) => op.startsWith('send')).length,
    queries: calls.filter(({ op }) => op === 'gethbinfo').length,
    debits: debits.filter((debit) => debit.mch_billno === mch_billno).length,
  }
}

/** @throws if it does not hold in time; `what` is for the message */
export async function until(what: string, holds: () => Promise<boolean> | boolean, max_ms = 60_000): Promise<void> {
  const deadline = performance.now() + max_ms
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${max_ms / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
