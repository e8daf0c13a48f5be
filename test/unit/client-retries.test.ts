// What the client does when the network or the service fails: it tries again what is safe, under one key, and says what is unknown.
import type { ServerResponse } from 'node:http'
import { describe, expect, it, vi } from 'vitest'
import {
  NetworkError,
  RedPack,
  type RedPackError,
  type SendRedPackParams,
  TimeoutError,
} from '../../client/src/index.ts'
import { RECORD, SENT } from '../../client/test/page.ts'
import { answer, startService } from '../../client/test/service.ts'

const PARAMS = { type: 'normal' } as SendRedPackParams
const OK = { body: SENT }
const IN_PROGRESS = {
  status: 409,
  body: { code: 'in_progress', detail: '正在发送中' },
  headers: { 'retry-after': '1' },
}
const UNAVAILABLE = { status: 503, body: { code: 'store_unavailable', detail: '暂时无法读写记录' } }
const INTERNAL = { status: 500, body: { code: 'internal', detail: '服务内部错误' } }

const reset = (response: ServerResponse) => response.socket?.resetAndDestroy()
const hang = () => {}
const breakOff = (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
  response.write('{"return_code":', () => response.destroy())
}
const stall = (response: ServerResponse) => response.writeHead(200).write('{')

/** Short only if the fault is that the time runs out. */
const timeOf = (fault: unknown) => (fault === hang || fault === stall ? 100 : 600_000)

/**
 * A fetch by which only the first try runs out of time, and not before the service has seen it: how long the machine takes
 * to bring a request there and an answer back says nothing.
 */
function firstRunsOut(seen: readonly unknown[]): typeof fetch {
  let tries = 0
  return (url, { signal, ...init } = {}) => {
    tries += 1
    if (tries > 1) return fetch(url, init)
    const late = new AbortController()
    signal?.addEventListener('abort', async () => {
      await vi.waitUntil(() => seen.length > 0, { timeout: 50_000 })
      late.abort()
    })
    return fetch(url, { ...init, signal: late.signal })
  }
}

// The back-off is real: those that wait for it wait together.
describe.concurrent('a send is tried again under the same key', () => {
  it.each([
    ['a reset connection', reset],
    ['an answer that breaks off', breakOff],
    ['no answer in time', hang],
    ['an answer that does not end in time', stall],
    ['an answer that is not JSON', { body: '<html>login</html>' }],
    ['an answer that is JSON but no object', { body: '[]' }],
    ['a gateway that gave up', { status: 504, body: { message: 'Endpoint request timed out' } }],
    ['an error in the service', INTERNAL],
    ['a store that cannot be reached', UNAVAILABLE],
  ])('after %s', async (_, fault) => {
    await using service = await startService(fault, OK)
    const redPack = new RedPack({ ...service.options, timeout_ms: timeOf(fault), fetch: firstRunsOut(service.seen) })

    const reply = await redPack.sendRedPack(PARAMS, { idempotency_key: 'k-1' })

    expect(reply).toEqual({ status: 200, data: SENT, idempotency_key: 'k-1' })
    expect(service.seen.map(({ headers, body }) => [headers['idempotency-key'], body])).toEqual([
      ['k-1', JSON.stringify(PARAMS)],
      ['k-1', JSON.stringify(PARAMS)],
    ])
  })

  it('after 409, and not before Retry-After', async () => {
    await using service = await startService(IN_PROGRESS, OK)

    const reply = await new RedPack(service.options).sendRedPack(PARAMS)

    const [first, second] = service.seen
    expect(reply.status).toBe(200)
    expect((second?.at_ms ?? 0) - (first?.at_ms ?? 0)).toBeGreaterThanOrEqual(1000)
    expect(second?.headers['idempotency-key']).toBe(reply.idempotency_key)
  })

  it('after 503 with a date in Retry-After', async () => {
    const at = new Date(Date.now() + 2000).toUTCString()
    await using service = await startService({ ...UNAVAILABLE, headers: { 'retry-after': at } }, OK)

    await new RedPack(service.options).sendRedPack(PARAMS)

    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(at))
  })

  it('signed anew', async () => {
    await using service = await startService({ ...UNAVAILABLE, headers: { 'retry-after': '1' } }, OK)

    await new RedPack(service.options).sendRedPack(PARAMS)

    const [first, second] = service.seen.map(({ headers }) => headers['signature-input'])
    expect(first).not.toBe(second)
  })
})

describe.concurrent('a call is given up', () => {
  it('when its tries are used up: a send in doubt says so, with its key', async () => {
    await using service = await startService(reset)
    const redPack = new RedPack({ ...service.options, retries: 1 })

    const error: RedPackError = await redPack.sendRedPack(PARAMS, { idempotency_key: 'k-1' }).catch((e) => e)

    expect(error).toBeInstanceOf(NetworkError)
    expect(error).toMatchObject({
      name: 'NetworkError',
      idempotency_key: 'k-1',
      maybe_sent: true,
      cause: expect.any(Error),
    })
    expect(error.message).toMatch(
      /\(2 tries\)\. The outcome is unknown, .* the same idempotency_key k-1, .*红包可能已经发出/,
    )
    expect(service.seen).toHaveLength(2)
  })

  it('when no answer comes in time, as another class of error', async () => {
    await using service = await startService(hang)
    const redPack = new RedPack({ ...service.options, retries: 0, timeout_ms: 100 })

    const error: RedPackError = await redPack.sendRedPack(PARAMS, { idempotency_key: 'k-1' }).catch((e) => e)

    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).not.toBeInstanceOf(NetworkError)
    expect(error).toMatchObject({ name: 'TimeoutError', idempotency_key: 'k-1', maybe_sent: true })
    expect(error.message).toContain('no answer within 100 ms (1 try). The outcome is unknown')
  })

  it('when nothing listens, and names the reason', async () => {
    const service = await startService(OK)
    await service[Symbol.asyncDispose]()

    await expect(new RedPack({ ...service.options, retries: 0 }).getSentRedPack('1')).rejects.toThrow(
      /^RedPack: .*ECONNREFUSED.* \(1 try\)$/,
    )
  })

  it.each([400, 403, 404, 413, 415, 422, 429])('at once at %i, which repeating cannot change', async (status) => {
    await using service = await startService({ status, body: { code: 'x', detail: 'y' } }, OK)

    await expect(new RedPack(service.options).sendRedPack(PARAMS)).rejects.toMatchObject({
      code: status,
      maybe_sent: false,
    })
    expect(service.seen).toHaveLength(1)
  })

  it('at once when Retry-After asks for more than a minute', async () => {
    await using service = await startService({ ...UNAVAILABLE, headers: { 'retry-after': '61' } }, OK)

    await expect(new RedPack(service.options).sendRedPack(PARAMS)).rejects.toMatchObject({ code: 503 })
    expect(service.seen).toHaveLength(1)
  })

  it('at a redirect, which it does not follow', async () => {
    await using service = await startService({ status: 307, headers: { location: '/elsewhere' } })

    await expect(new RedPack({ ...service.options, retries: 0 }).sendRedPack(PARAMS)).rejects.toThrow(NetworkError)
    expect(service.seen.map(({ url }) => url)).toEqual(['/redpacks'])
  })

  it('at an answer that is too long', async () => {
    await using service = await startService({ body: JSON.stringify({ a: 'x'.repeat(9 * 1024 * 1024) }) })

    await expect(new RedPack({ ...service.options, retries: 0 }).getSentRedPack('1')).rejects.toThrow(
      'longer than 8388608 bytes',
    )
  })
})

describe.concurrent('maybe_sent', () => {
  it.each([
    ['503 of the service alone', false, [UNAVAILABLE, UNAVAILABLE]],
    ['503 of a gateway', true, [{ status: 503, body: { message: 'Service Unavailable' } }]],
    ['500', true, [INTERNAL]],
    ['409: another request is at it', true, [{ ...IN_PROGRESS, headers: {} }]],
    ['415 after a try in doubt', true, [reset, { status: 415, body: { code: 'not_a_cloud_function' } }]],
    ['503 after a try in doubt', true, [hang, UNAVAILABLE]],
  ] as const)('after %s is %s', async (_, maybe_sent, [first, ...rest]) => {
    await using service = await startService(first, ...rest)
    const redPack = new RedPack({
      ...service.options,
      retries: 1,
      timeout_ms: timeOf(first),
      fetch: firstRunsOut(service.seen),
    })

    await expect(redPack.sendRedPack(PARAMS, { idempotency_key: 'k-1' })).rejects.toMatchObject({
      name: 'HError',
      idempotency_key: 'k-1',
      maybe_sent,
    })
  })

  it('is false for a query, which says nothing of keys', async () => {
    await using service = await startService(reset)

    const error: RedPackError = await new RedPack({ ...service.options, retries: 0 })
      .getSentRedPack('1')
      .catch((e) => e)

    expect(error).toMatchObject({ name: 'NetworkError', idempotency_key: undefined, maybe_sent: false })
    expect(error.message).not.toContain('unknown')
  })
})

it.concurrent('a query is tried again as a send is', async () => {
  await using service = await startService(reset, UNAVAILABLE, (response) => answer(response, { body: RECORD }))

  expect((await new RedPack(service.options).getSentRedPack('1')).data).toEqual(RECORD)
  expect(service.seen).toHaveLength(3)
})
