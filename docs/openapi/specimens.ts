// Every error as the service says it: each is provoked in lib itself, so that no example is out of date.
import type * as v from 'valibot'
import { reachable } from '../../lib/aws/dynamodb.ts'
import { merchants } from '../../lib/aws/merchants.ts'
import { logger } from '../../lib/aws/report.ts'
import { secretsManager } from '../../lib/aws/secrets.ts'
import type { ErrorCode } from '../../lib/errors.ts'
import { jsonBody } from '../../lib/http/body.ts'
import { callerSignature } from '../../lib/http/caller.ts'
import { input } from '../../lib/http/input.ts'
import { problem } from '../../lib/http/problem.ts'
import type { StackRequest } from '../../lib/http/request.ts'
import { assertSameMerchant, claim, takeOver } from '../../lib/redpack/claim.ts'
import { find } from '../../lib/redpack/get.ts'
import type { Merchant } from '../../lib/redpack/ports.ts'
import type { RedpackRecord } from '../../lib/redpack/record.ts'
import { SendParams } from '../../lib/redpack/schemas.ts'
import { RECORD_ID } from './examples.ts'
import type { Json } from './schema.ts'

// What the errors say to the log is not what is asked for.
logger.setLogLevel('SILENT')

const context = { awsRequestId: '6f1c2e0a-3f0b-4a6e-9d53-0e7a5c1b2d4f' } as StackRequest['context']
const headers = { 'idempotency-key': 'k', 'content-type': 'application/json' }
const clock = { now: () => 0 }
const down = () => Promise.reject(Object.assign(new Error('down'), { code: 'ECONNREFUSED' }))
const denied = () => Promise.reject(new Error('denied'))
const [former, present] = [{ mch_id: '10000098' } as RedpackRecord, { mch_id: '10000099' } as Merchant]
const unreadable = { mch_id: '10000098', api_key: 'k', cert: '-----BEGIN', key: '-----BEGIN' }

/** What each error takes. The stand-ins have what is looked at on the way to the error, and nothing else. */
const PROVOKE: Record<ErrorCode, () => unknown> = {
  not_a_cloud_function: () =>
    callerSignature().before?.({ event: { requestContext: { http: {} }, headers: {} }, context } as StackRequest),
  body_too_large: () => body({ headers, body: ' '.repeat(64 * 1024 + 1) }),
  wrong_content_type: () => body({ headers: { ...headers, 'content-type': 'text/plain' } }),
  malformed_json: () => body({ headers, body: '{' }),
  idempotency_key_missing: () => body({ headers: {} }),
  idempotency_key_malformed: () => body({ headers: { 'idempotency-key': 'a b' } }),
  invalid_parameters: () => parameters(SendParams, {}),
  certificate_missing: () => merchantFrom({}),
  certificate_unusable: () => merchantFrom({ weixin_tenpay: unreadable }),
  merchant_changed: () => assertSameMerchant(former, present),
  not_found: () => find({ store: { get: async () => undefined } } as never, '1', { id: RECORD_ID }),
  in_progress: () => takeOver({ clock } as never, { ...former, lease_until_ms: 1 }, present, 0, false),
  key_reused: () => {
    const insert = async (record: RedpackRecord) => ({ ...record, writer: 'another', hash: 'another' })
    const request = { miniapp_id: '1', idempotency_key: 'k', merchant: present, params: {}, remaining_ms: () => 0 }
    return claim({ clock, store: { insert }, token: () => 'one' } as never, request as never)
  },
  secrets_unavailable: () => secretsManager({ send: down } as never).read('callers'),
  store_unavailable: () => reachable(down()),
  misconfigured: () => secretsManager({ send: denied } as never).read('callers'),
  internal: down,
}

/** The body of every error, by code. */
export async function specimens(): Promise<Record<ErrorCode, Json>> {
  const told = Object.entries(PROVOKE).map(async ([code, provoke]) => [code, await bodyOf(code, provoke)])
  return Object.fromEntries(await Promise.all(told))
}

/** The body of the error that `wrong` parameters get. */
export function invalid(schema: v.GenericSchema, wrong: object): Promise<Json> {
  return bodyOf('invalid_parameters', () => parameters(schema, wrong))
}

async function bodyOf(code: string, provoke: () => unknown): Promise<Json> {
  const request = { error: await thrownBy(provoke), context } as StackRequest
  problem().onError?.(request)
  const told = JSON.parse(request.response?.body ?? '{}')
  if (told.code !== code) throw new Error(`${code} cannot be provoked any more`, { cause: request.error })
  return told
}

async function thrownBy(provoke: () => unknown): Promise<unknown> {
  try {
    return await provoke()
  } catch (error) {
    return error
  }
}

function parameters(schema: v.GenericSchema, json: object): unknown {
  return input(schema, 'body').before?.({ event: { json } } as StackRequest)
}

function body(event: object): unknown {
  return jsonBody().before?.({ event, context } as StackRequest)
}

function merchantFrom(entries: object): Promise<Merchant> {
  const read = async () => JSON.stringify(entries)
  return merchants({ read, readAnew: read }, 'redpack').load('1', 'weixin_tenpay')
}
