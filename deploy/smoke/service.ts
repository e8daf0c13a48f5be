// The service that was deployed: the doctor, one question to each function that callers ask, and none that pays.
import type { Finding } from '../finding.ts'
import type { Command, Said } from './command.ts'

/** No service makes these: ids are hashes, and an order number is RP and an id. */
const NO_ID = '0'.repeat(24)
const NO_NUMBER = '0'.repeat(10)
const TIMEOUT_MS = 35_000

type DoctorFinding = { readonly state: Finding['state']; readonly text: string; readonly hint?: string }

/** What the doctor says, as it says it. */
export async function* examineByDoctor(redpack: Command): AsyncGenerator<Finding> {
  const { json, text } = await redpack(['doctor'])
  const found = findingsOf(json)
  if (found === undefined) {
    const fix = 'npx --no -- redpack doctor; set REDPACK_ENDPOINT, REDPACK_KEYID and REDPACK_SECRET, or --profile'
    yield { check: 'service', state: 'bad', text: `The doctor cannot look: ${messageOf(json) ?? text}`, fix }
    return
  }
  for (const { state, text, hint } of found) yield finding('service', state, text, hint)
}

function findingsOf(json: unknown): DoctorFinding[] | undefined {
  if (typeof json !== 'object' || json === null || !('findings' in json)) return undefined
  return Array.isArray(json.findings) ? json.findings : undefined
}

/** A packet that does not exist is not found: the functions start, read the table and know the caller. */
export async function* examineQueries(redpack: Command): AsyncGenerator<Finding> {
  yield notFound('get', await redpack(['get', NO_ID]))
  yield notFound('status', await redpack(['status', '--mch-billno', NO_NUMBER]))
  const campaigns = await redpack(['campaign', 'list'])
  yield campaigns.exit_code === 0
    ? { check: 'query', state: 'good', text: 'campaignList answers' }
    : unexpected('campaignList', campaigns)
}

function notFound(name: string, said: Said): Finding {
  if (codeOf(said.json) !== 'not_found') return unexpected(name, said)
  return { check: 'query', state: 'good', text: `${name} answers 404 for a packet that does not exist` }
}

function unexpected(name: string, { json, text }: Said): Finding {
  return {
    check: 'query',
    state: 'bad',
    text: `${name}: ${messageOf(json) ?? (text || 'no answer')}`,
    fix: `npx serverless logs --function ${name} --stage <stage> --region <region>`,
  }
}

/** The function that pays starts and answers, to somebody who cannot be a caller. `expected`: the version that was deployed. */
export async function* examineSend(redpack: Command, fetcher: typeof fetch, expected: string): AsyncGenerator<Finding> {
  const { json, text } = await redpack(['sign', 'GET', '/redpacks'])
  const url = urlOf(json)
  if (url === undefined) {
    const fix = 'set REDPACK_ENDPOINT, REDPACK_KEYID and REDPACK_SECRET, or --profile'
    yield { check: 'query', state: 'bad', text: `Where the service is is not known: ${messageOf(json) ?? text}`, fix }
    return
  }
  try {
    const { status, headers } = await fetcher(url, {
      method: 'POST',
      body: '{}',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    yield* answered(status, headers.get('redpack-version'), expected)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const fix = 'is the endpoint the URL that npx serverless info prints?'
    yield { check: 'query', state: 'bad', text: `${url} cannot be reached: ${why}`, fix }
  }
}

function* answered(status: number, version: string | null, expected: string): Generator<Finding> {
  const check = 'query'
  if (status !== 415 || version === null) {
    const who = version === null ? 'without redpack-version: that was not the service' : `version ${version}`
    const fix =
      status === 403
        ? 'API Gateway refuses: in China the account needs an ICP filing; else a proxy or a WAF stands before it'
        : 'npx serverless logs --function send --stage <stage> --region <region>'
    yield { check, state: 'bad', text: `send answers ${status}, ${who}, to a caller without a signature`, fix }
    return
  }
  yield { check, state: 'good', text: `send answers 415 to a caller without a signature (version ${version})` }
  if (version !== expected) {
    const text = `Version ${version} answers, and this checkout is version ${expected}`
    yield { check, state: 'doubt', text, fix: 'right after a rollback; else deploy again' }
  }
}

function urlOf(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null || !('url' in json)) return undefined
  return typeof json.url === 'string' ? json.url : undefined
}

function codeOf(json: unknown): string | undefined {
  return errorOf(json)?.code
}

function messageOf(json: unknown): string | undefined {
  return errorOf(json)?.message
}

function errorOf(json: unknown): { code?: string; message?: string } | undefined {
  if (typeof json !== 'object' || json === null || !('error' in json)) return undefined
  return typeof json.error === 'object' && json.error !== null ? json.error : undefined
}

function finding(check: Finding['check'], state: Finding['state'], text: string, fix: string | undefined): Finding {
  return { check, state, text, ...(fix !== undefined && { fix }) }
}
