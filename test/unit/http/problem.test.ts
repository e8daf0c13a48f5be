// Problems that answer a send before its claim: whether an earlier try under the same key may have paid.
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { AppError, type ErrorCode } from '../../../lib/errors.ts'
import { problem } from '../../../lib/http/problem.ts'
import type { Event, StackRequest } from '../../../lib/http/request.ts'
import { mayStand } from '../../../lib/redpack/claim.ts'
import type { RedpackRecord } from '../../../lib/redpack/record.ts'
import { memoryTable } from '../../support/memory-store.ts'
import { aMerchant, aRecord, MINIAPP_ID, NOW_S } from '../records.ts'

const KEY = 'order-1'
const verified: Partial<Event> = { caller: { keyid: 'k', miniapp_id: MINIAPP_ID }, idempotency_key: KEY }

type Get = (id: string) => Promise<RedpackRecord | undefined>

/** A table in which `record` stands. */
function holding(record?: RedpackRecord): Get {
  const table = memoryTable()
  if (record) table.put(record)
  return table.store({ now: () => NOW_S * 1000, token: randomUUID }).get
}

async function told(error: Error, event: Partial<Event>, get: Get, sends = true) {
  const app = {
    log: { info() {}, warn() {}, error() {} },
    place: () => ({}),
    services: () =>
      ({ mayStand: (send: Parameters<typeof mayStand>[1]) => mayStand({ store: { get } as never }, send) }) as never,
  }
  const request = { event, context: { awsRequestId: 'r' }, response: null, error } as unknown as StackRequest
  await problem(app, { sends }).onError?.(request)
  const { maybe_sent } = JSON.parse(String(request.response?.body))
  return maybe_sent as unknown
}

/** All that the stack says between the caller's signature and the claim. */
const BEFORE_CLAIM: ErrorCode[] = [
  'wrong_content_type',
  'body_too_large',
  'malformed_json',
  'invalid_parameters',
  'certificate_missing',
  'certificate_unusable',
  'secrets_unavailable',
  'misconfigured',
]
const error = (code: ErrorCode) => new AppError(code, '某个原因')

describe.each(BEFORE_CLAIM)('%s', (code) => {
  test.each(['pending', 'unknown', 'manual', 'sent'] as const)(
    'may have been sent if a record stands under the key: %s',
    async (outcome) => {
      expect(await told(error(code), verified, holding(aRecord(KEY, { outcome })))).toBe(true)
    },
  )

  test('is not sent if there is none, or if it is refused', async () => {
    expect(await told(error(code), verified, holding())).toBe(false)
    expect(await told(error(code), verified, holding(aRecord('another key')))).toBe(false)
    expect(await told(error(code), verified, holding(aRecord(KEY, { outcome: 'refused' })))).toBe(false)
  })

  test('may have been sent if nobody can look', async () => {
    for (const cause of [error('store_unavailable'), error('record_unreadable'), new Error('a bug')]) {
      expect(await told(error(code), verified, () => Promise.reject(cause))).toBe(true)
    }
  })

  test('is not sent if there is no table that a record could stand in', async () => {
    const missing = new AppError('misconfigured', '没有表', { maybe_sent: false })
    expect(await told(error(code), verified, () => Promise.reject(missing))).toBe(false)
  })
})

const never: Get = () => Promise.reject(new Error('nobody looks'))

test('who is not verified, or has no key, is told of this request alone', async () => {
  expect(await told(error('not_a_cloud_function'), {}, never)).toBe(false)
  expect(await told(error('idempotency_key_missing'), { caller: { keyid: 'k', miniapp_id: MINIAPP_ID } }, never)).toBe(
    false,
  )
})

test('the use case is believed: nobody looks again', async () => {
  expect(await told(error('stopped'), { ...verified, merchant: aMerchant() }, never)).toBe(false)
})

test('an answer to something else than a send has no such member', async () => {
  expect(await told(error('not_found'), verified, never, false)).toBeUndefined()
})
