// The version that the head of every answer tells.
import { describe, expect, test } from 'vitest'
import { AppError, ERROR_TABLE, type ErrorCode } from '../../../lib/errors.ts'
import { problem } from '../../../lib/http/problem.ts'
import { answer, reply, type StackRequest } from '../../../lib/http/request.ts'
import { VERSION } from '../../../lib/http/version.ts'
import about from '../../../package.json' with { type: 'json' }

const head = { 'cache-control': 'no-store', 'redpack-version': VERSION }

test('is the one of package.json', () => {
  expect(VERSION).toBe(about.version)
})

test('is in every answer that has a body, and in one without', () => {
  const json = { ...head, 'content-type': 'application/json; charset=utf-8' }

  expect(answer({ body: {} })).toEqual({ statusCode: 200, headers: json, body: '{}' })
  expect(answer({ body: {}, processing: true, replayed: true })).toEqual({
    statusCode: 202,
    headers: { ...json, 'idempotent-replayed': 'true' },
    body: '{}',
  })
  expect(reply(201, {})).toEqual({ statusCode: 201, headers: json, body: '{}' })
  expect(reply(204)).toEqual({ statusCode: 204, headers: head })
})

describe('is in every problem', () => {
  const app = { log: { info() {}, warn() {}, error() {} }, place: () => ({}), services: () => ({}) as never }

  test.each(Object.keys(ERROR_TABLE) as ErrorCode[])('%s', async (code) => {
    const error = new AppError(code, '某个原因')
    const request = { event: {}, context: { awsRequestId: 'r' }, response: null, error } as unknown as StackRequest

    await problem(app, { sends: false }).onError?.(request)

    const { status, retry_after_s } = ERROR_TABLE[code]
    expect(request.response?.statusCode).toBe(status)
    expect(request.response?.headers).toEqual({
      ...head,
      'content-type': 'application/problem+json; charset=utf-8',
      ...(retry_after_s !== undefined && { 'retry-after': String(retry_after_s) }),
    })
  })
})
