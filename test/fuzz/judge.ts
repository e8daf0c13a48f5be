// Is an answer one that the description allows for this request?
import { assertAllowed, assertDescribed, assertValid } from '../support/openapi.ts'
import { type Operation, routeOf } from './description.ts'
import type { Draft } from './requests.ts'
import { isRight } from './signatures.ts'
import type { Answer, Sent } from './ways.ts'

/** Throws an error that says what is wrong with an answer. */
export function judge(draft: Draft, sent: Sent, answer: Answer): void {
  const { method, path, query } = sent
  const operation = routeOf(method, path)?.operation
  const { status, headers, text } = answer
  if (status >= 500) throw new Error(`${status}: ${text}`)
  if (!operation) {
    assertNoRoute(draft, answer)
    return
  }
  const target = query === '' ? path : `${path}?${query}`
  const body = parsed(text)
  assertDescribed(method, target, status, headers, body)
  if (headers['cache-control'] !== 'no-store') throw new Error(`cache-control is ${headers['cache-control']}`)
  if (!isRight(draft) && status !== 415) throw new Error(`${status} for a signature that is ${draft.signature}`)
  if (isRight(draft) && draft.sound && !accepted(status)) throw new Error(`${status} for what is allowed: ${text}`)
  if (status < 300) assertAsked(operation, sent)
}

/** Accepted, or of a packet that is not there, is being sent, or was another under this key. */
function accepted(status: number): boolean {
  return status < 300 || [404, 409, 422].includes(status)
}

/** A path that is no operation's is the gateway's to answer; one that is by chance is the service's. */
function assertNoRoute({ signature, path, query }: Draft, { status, text }: Answer): void {
  if (status >= 400) return
  throw new Error(`${status} for ${path}?${query} (signature ${signature}): ${text.slice(0, 200)}`)
}

/** What was accepted must be allowed: parameters that are named and have values of their schema, and the body. */
function assertAsked({ method, path, parameters, body }: Operation, sent: Sent): void {
  // A byte order mark may be ignored (RFC 8259 §8.1), and is.
  if (body) assertAllowed(method, path, parsed(new TextDecoder().decode(sent.body)))
  // A route that has no parameters in its query does not look at it.
  if (!parameters.some((one) => one.in === 'query')) return
  for (const [name, value] of new URLSearchParams(sent.query)) {
    const index = parameters.findIndex((one) => one.in === 'query' && one.name === name)
    if (index < 0) throw new Error(`the parameter ${JSON.stringify(name)} was accepted`)
    const steps = ['paths', path, method.toLowerCase(), 'parameters', String(index), 'schema']
    assertValid(steps, parameters[index]?.schema.type === 'integer' ? Number(value) : value, `the parameter ${name}`)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`no JSON: ${text.slice(0, 200)}`)
  }
}
