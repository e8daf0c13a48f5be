// The signature as a security scheme, with an example that is computed here, so that readers can check their own code.
import { readFileSync } from 'node:fs'
import { type SignRequest, signatureBase, signRequest } from '../../client/src/sign.ts'
import { SEND_MINIMAL } from './examples.ts'
import type { Json } from './schema.ts'

const ORIGIN = 'http://127.0.0.1:3000'
const CALLER = {
  keyid: 'example-caller',
  // Base64 of 32 bytes that say what they are.
  secret: Buffer.from("an example, and nobody's secret.").toString('base64'),
  created: 1_767_225_600,
}

type Example = { method: string; target: string; headers: Record<string, string>; body?: string; base: string }

/** `components.securitySchemes.messageSignature`. */
export function signatureScheme(): Json {
  const body = JSON.stringify(SEND_MINIMAL)
  const idempotency_key = 'new-year-2026/onqOjjmM1tad'
  const post = example({ ...CALLER, method: 'POST', url: `${ORIGIN}/redpacks`, body, idempotency_key })
  const get = example({ ...CALLER, method: 'GET', url: `${ORIGIN}/redpacks?limit=20&offset=0` })
  const words = {
    ...CALLER,
    body,
    bytes: Buffer.byteLength(body),
    base: post.base,
    request: httpText(post),
    get: httpText(get),
  }
  return {
    type: 'apiKey',
    in: 'header',
    name: 'Signature',
    description: fill(readFileSync(new URL('signature.md', import.meta.url), 'utf8'), words),
    'x-examples': { keyid: CALLER.keyid, secret: CALLER.secret, created: CALLER.created, requests: [post, get] },
  }
}

function example(request: SignRequest): Example {
  const { method } = request
  const { pathname, search } = new URL(request.url)
  const signed = signRequest(request)
  const { signature = '', 'signature-input': input = '', ...covered } = signed
  const derived = [['@method', method] as const, ['@path', pathname] as const, ['@query', search || '?'] as const]
  const base = signatureBase([...derived, ...Object.entries(covered)], input.replace(/^redpack=/, ''))
  const type = method === 'POST' ? { 'content-type': 'application/json' } : {}
  const body = method === 'POST' ? { body: String(request.body) } : {}
  return {
    method,
    target: `${pathname}${search}`,
    headers: { ...type, ...covered, 'signature-input': input, signature },
    ...body,
    base,
  }
}

/** The request line and the headers, in the capitals that people write them in. */
function httpText({ method, target, headers }: Example): string {
  const lines = Object.entries(headers).map(
    ([name, value]) => `${name.replace(/\b[a-z]/g, (c) => c.toUpperCase())}: ${value}`,
  )
  return [`${method} ${target} HTTP/1.1`, ...lines].join('\n')
}

function fill(text: string, words: Readonly<Record<string, unknown>>): string {
  return text.trim().replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(words[name]))
}
