// What the client does when the network or the service fails: it tries again what is safe, under one key, and within limits.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HError, NetworkError, RedPack, type RedPackError, TimeoutError } from '../../../client/src/index.ts'
import { RECORD, SENT } from '../../../client/test/page.ts'
import {
  answer,
  breakOff,
  IN_PROGRESS,
  INTERNAL,
  PARAMS,
  type Play,
  reset,
  startService,
  UNAVAILABLE,
} from '../../../client/test/service.ts'
import { takeTime } from '../../../client/test/time.ts'

const OK = { body: SENT }
const THROTTLED = { status: 429, body: { message: 'Too Many Requests' } }

let time: ReturnType<typeof takeTime>
beforeEach(() => {
  time = takeTime()
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** The time limit ends once the request has come, or once a part of the answer has gone. */
const hang = () => time.runOut()
const stall: Play = (response) => response.writeHead(200).write('{', () => setImmediate(() => time.runOut()))

const KEY = { idempotency_key: 'k-1' }

describe('a send is tried again under the same key', () => {
  it.each([
    ['a reset connection', reset],
    ['an answer that breaks off', breakOff],
    ['no answer in time', hang],
    ['an answer that does not end in time', stall],
    ['an answer that is not JSON', { body: '<html>login</html>' }],
    ['an answer that is JSON but no object', { body: '[]' }],
    ['an answer that is an object but no answer to a send', { body: { login: 'https://portal.example' } }],
    ['an empty answer', { body: '' }],
    ['a gateway that gave up', { status: 504, body: { message: 'Endpoint request timed out' } }],
    ['a gateway that throttles', THROTTLED],
    ['an error in the service', INTERNAL],
    ['a store that cannot be reached', UNAVAILABLE],
    ['another request at work on the key', IN_PROGRESS],
  ])('after %s', async (_, fault) => {
    await using service = await startService(fault, OK)

    const reply = await new RedPack(service.options).sendRedPack(PARAMS, KEY)

    expect(reply).toEqual({ status: 200, data: SENT, idempotency_key: 'k-1' })
    expect(service.seen.map(({ headers, body }) => [headers['idempotency-key'], body])).toEqual([
      ['k-1', JSON.stringify(PARAMS)],
      ['k-1', JSON.stringify(PARAMS)],
    ])
  })

  it('signed anew', async () => {
    await using service = await startService({ ...UNAVAILABLE, headers: { 'retry-after': '1' } }, OK)

    await new RedPack(service.options).sendRedPack(PARAMS, KEY)

    const [first, second] = service.seen.map(({ headers }) => headers['signature-input'])
    expect(first).not.toBe(second)
  })
})

describe('a query', () => {
  it('is tried again as a send is', async () => {
    await using service = await startService(reset, UNAVAILABLE, (response) => answer(response, { body: RECORD }))

    expect((await new RedPack(service.options).getSentRedPack('1')).data).toEqual(RECORD)
    expect(service.seen).toHaveLength(3)
  })
})

describe('the pause before the next try', () => {
  const DATE = 'Wed, 21 Oct 2026 07:28:00 GMT'
  /** The longest of what is added to Retry-After by back-off, before the second try. */
  const BACKOFF_MS = 500

  it.each([
    ['without Retry-After', {}, 0],
    ['of 0 s', { 'retry-after': '0' }, 0],
    ['of 7 s', { 'retry-after': '7' }, 7000],
    ['of 60 s', { 'retry-after': '60' }, 60_000],
    ['until a date', { 'retry-after': 'Wed, 21 Oct 2026 07:28:05 GMT', date: DATE }, 5000],
    ['until a date in the form of RFC 850', { 'retry-after': 'Wednesday, 21-Oct-26 07:28:05 GMT', date: DATE }, 5000],
    ['until a date that is over', { 'retry-after': 'Wed, 21 Oct 2026 07:27:00 GMT', date: DATE }, 0],
    ['of what is neither', { 'retry-after': 'soon' }, 0],
    ['of a negative number', { 'retry-after': '-5' }, 0],
    ['of a fraction', { 'retry-after': '1.5' }, 0],
  ])('is at least Retry-After: %s', async (_, headers, least_ms) => {
    await using service = await startService({ ...THROTTLED, headers }, OK)

    const reply = await new RedPack(service.options).sendRedPack(PARAMS, KEY)

    expect(reply.status).toBe(200)
    expect(time.pauses).toHaveLength(1)
    expect(time.pauses[0]).toBeGreaterThanOrEqual(least_ms + BACKOFF_MS / 2)
    expect(time.pauses[0]).toBeLessThanOrEqual(least_ms + BACKOFF_MS)
  })

  it('ends at the date by this machine’s clock if the answer has no Date', async () => {
    const at = new Date(Math.ceil(time.now_ms / 1000) * 1000 + 9000)
    await using service = await startService((response) => {
      response.sendDate = false
      answer(response, { ...THROTTLED, headers: { 'retry-after': at.toUTCString() } })
    }, OK)

    await new RedPack(service.options).sendRedPack(PARAMS, KEY)

    expect(time.now_ms).toBeGreaterThanOrEqual(at.getTime())
  })

  it('doubles from try to try up to 8 s', async () => {
    await using service = await startService(THROTTLED)

    await new RedPack({ ...service.options, retries: 7 }).sendRedPack(PARAMS, KEY).catch(() => {})

    const most_ms = [500, 1000, 2000, 4000, 8000, 8000, 8000]
    expect(time.pauses.map((ms, i) => ms <= (most_ms[i] ?? 0) && ms >= (most_ms[i] ?? 0) / 2)).toEqual(
      most_ms.map(() => true),
    )
  })
})

describe('a call is given up', () => {
  it('when its tries are used up: a send in doubt says so, with its key', async () => {
    await using service = await startService(reset)
    const redPack = new RedPack({ ...service.options, retries: 1 })

    const error: RedPackError = await redPack.sendRedPack(PARAMS, KEY).catch((e) => e)

    expect(error).toBeInstanceOf(NetworkError)
    expect(error).toMatchObject({ name: 'NetworkError', ...KEY, maybe_sent: true, cause: expect.any(Error) })
    expect(error.message).toMatch(
      /\(2 tries\)\. The outcome is unknown, .* the same idempotency_key k-1, .*红包可能已经发出/,
    )
    expect(service.seen).toHaveLength(2)
  })

  it('when no answer comes in time, as another class of error', async () => {
    await using service = await startService(hang)
    const redPack = new RedPack({ ...service.options, retries: 0, timeout_ms: 100 })

    const error: RedPackError = await redPack.sendRedPack(PARAMS, KEY).catch((e) => e)

    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).not.toBeInstanceOf(NetworkError)
    expect(error).toMatchObject({ name: 'TimeoutError', ...KEY, maybe_sent: true })
    expect(error.message).toContain('no answer within 100 ms (1 try). The outcome is unknown')
  })

  it.each([400, 403, 404, 413, 415, 422])('at once at %i, which repeating cannot change', async (status) => {
    await using service = await startService({ status, body: { code: 'x', detail: 'y' } }, OK)

    await expect(new RedPack(service.options).sendRedPack(PARAMS, KEY)).rejects.toMatchObject({
      code: status,
      message: 'y',
      maybe_sent: false,
    })
    expect(service.seen).toHaveLength(1)
  })

  it('at once when AWS refuses the service itself, which takes a person', async () => {
    const body = { code: 'misconfigured', detail: '服务配置有误', maybe_sent: false }
    await using service = await startService({ status: 503, body }, OK)

    await expect(new RedPack(service.options).sendRedPack(PARAMS, KEY)).rejects.toMatchObject({
      problem: body,
      maybe_sent: false,
    })
    expect(service.seen).toHaveLength(1)
  })

  it.each(['61', '3600', '99999999999999999999', 'Wed, 21 Oct 2099 07:28:00 GMT'])(
    'at once when Retry-After asks for more than a minute: %s',
    async (value) => {
      await using service = await startService({ ...UNAVAILABLE, headers: { 'retry-after': value } }, OK)

      await expect(new RedPack(service.options).sendRedPack(PARAMS, KEY)).rejects.toMatchObject({ code: 503 })
      expect([service.seen.length, time.pauses]).toEqual([1, []])
    },
  )

  it('when its pauses would come to more than two minutes', async () => {
    await using service = await startService({ ...THROTTLED, headers: { 'retry-after': '50' } })

    await expect(new RedPack({ ...service.options, retries: 10 }).sendRedPack(PARAMS, KEY)).rejects.toThrow('(3 tries)')
    expect(service.seen).toHaveLength(3)
  })

  it('at a redirect, which it does not follow', async () => {
    await using service = await startService({ status: 307, headers: { location: '/elsewhere' } })

    await expect(new RedPack({ ...service.options, retries: 0 }).sendRedPack(PARAMS, KEY)).rejects.toThrow(NetworkError)
    expect(service.seen.map(({ url }) => url)).toEqual(['/redpacks'])
  })

  it('at an answer that is too long', async () => {
    await using service = await startService({ body: JSON.stringify({ a: 'x'.repeat(9 * 1024 * 1024) }) })

    await expect(new RedPack({ ...service.options, retries: 0 }).getSentRedPack('1')).rejects.toThrow(
      'longer than 8388608 bytes',
    )
  })
})

describe('a gateway that goes on throttling', () => {
  it('is told as such: nothing was sent', async () => {
    await using service = await startService(THROTTLED)

    const error: HError = await new RedPack(service.options).sendRedPack(PARAMS, KEY).catch((e) => e)

    expect(error).toBeInstanceOf(HError)
    expect(error).toMatchObject({ code: 429, problem: undefined, ...KEY, maybe_sent: false })
    expect(error.message).toBe(
      'RedPack: throttled: HTTP 429 (4 tries). Try again later, a send with the same key 请求过于频繁，请稍后用同一个 key 重试',
    )
    expect(service.seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['k-1', 'k-1', 'k-1', 'k-1'])
  })

  it.each([
    ['a reset connection', reset],
    ['no answer in time', hang],
    ['an error in the service', INTERNAL],
  ])('after %s leaves the send in doubt', async (_, fault) => {
    await using service = await startService(fault, THROTTLED)

    const error: HError = await new RedPack(service.options).sendRedPack(PARAMS, KEY).catch((e) => e)

    expect(error).toMatchObject({ code: 429, maybe_sent: true })
    expect(error.message).toMatch(/throttled.* The outcome is unknown/)
  })

  it('is told to a query without a word of sending', async () => {
    await using service = await startService(THROTTLED)

    await expect(new RedPack({ ...service.options, retries: 0 }).getSentRedPack('1')).rejects.toMatchObject({
      name: 'HError',
      code: 429,
      maybe_sent: false,
      idempotency_key: undefined,
    })
  })
})
