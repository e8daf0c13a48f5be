// The answer of any fetch is read: whatever its body is, a send that was paid is never told as unknown.
import nodeFetch from 'node-fetch'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Fetch, RedPack, type RedPackOptions } from '../../../client/src/index.ts'
import { SENT } from '../../../client/test/page.ts'
import { IN_PROGRESS, KEYID, PARAMS, SECRET, startService } from '../../../client/test/service.ts'
import { takeTime } from '../../../client/test/time.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const KEY = { idempotency_key: 'k-1' }
const TEXT = JSON.stringify(SENT)
const BYTES = new TextEncoder().encode(TEXT)

function send(fetch: unknown, options: RedPackOptions = {}) {
  const redPack = new RedPack({
    endpoint: 'https://x',
    keyid: KEYID,
    secret: SECRET,
    retries: 0,
    ...options,
    fetch: fetch as Fetch,
  })
  return redPack.sendRedPack(PARAMS, KEY)
}

/** A fetch that gives an answer with these members. */
const giving = (answer: object) => async () => ({ status: 200, headers: new Headers(), ...answer })

async function* pieces<T>(...all: T[]) {
  yield* all
}

describe('the body of an answer is read', () => {
  it.each<[string, object]>([
    ['as a web stream', { body: new Response(TEXT).body }],
    ['as a stream of bytes in pieces', { body: pieces(BYTES.subarray(0, 7), BYTES.subarray(7)) }],
    ['as a stream of Buffers', { body: pieces(Buffer.from(TEXT)) }],
    ['as a stream of text', { body: pieces(TEXT.slice(0, 7), TEXT.slice(7)) }],
    ['as a stream of ArrayBuffers', { body: pieces(BYTES.slice().buffer) }],
    ['as bytes', { body: BYTES }],
    ['as text', { body: TEXT }],
    ['by text(), without a body', { text: async () => TEXT }],
    ['by text(), with a body that is null', { body: null, text: async () => TEXT }],
    ['by text(), with a body of a kind that is not known', { body: {}, text: async () => TEXT }],
    ['by arrayBuffer()', { arrayBuffer: async () => BYTES.slice().buffer }],
  ])('%s', async (_, answer) => {
    expect(await send(giving(answer))).toEqual({ status: 200, data: SENT, ...KEY })
  })

  it('by node-fetch', async () => {
    await using service = await startService({ body: SENT, headers: { 'idempotent-replayed': 'true' } })

    const reply = await send(nodeFetch, service.options)

    expect(reply).toEqual({ status: 200, data: SENT, ...KEY })
    expect(reply.replayed).toBe(true)
    expect(service.seen).toHaveLength(1)
  })

  it('by node-fetch, of a long list of Chinese text', async () => {
    const data = { objects: [{ wishing: '恭喜发财'.repeat(100_000) }] }
    await using service = await startService({ body: data })
    const redPack = new RedPack({ ...service.options, fetch: nodeFetch as unknown as Fetch })

    expect((await redPack.getSentRedPackList()).data).toEqual(data)
  })

  it('by node-fetch, whose refused connection is told as not sent', async () => {
    const service = await startService({})
    await service[Symbol.asyncDispose]()

    await expect(send(nodeFetch, service.options)).rejects.toMatchObject({ name: 'NetworkError', maybe_sent: false })
  })

  it.each<[string, unknown]>([
    ['Headers', new Headers({ 'Retry-After': '61' })],
    ['a plain object', { 'Retry-After': '61' }],
    ['a Map', new Map([['retry-after', '61']])],
  ])('with headers that are %s', async (_, headers) => {
    const fetch = vi.fn(async () => ({ status: 409, headers, body: JSON.stringify(IN_PROGRESS.body) }))

    await expect(send(fetch, { retries: 3 })).rejects.toMatchObject({ code: 409 })
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  it.each([undefined, null, 7])('with headers that are %s', async (headers) => {
    expect(await send(giving({ headers, body: TEXT }))).toEqual({ status: 200, data: SENT, ...KEY })
  })
})

describe('an answer that cannot be read leaves the send in doubt, and says why', () => {
  const tooLong = 'x'.repeat(8 * 1024 * 1024 + 1)

  it.each<[string, object, RegExp]>([
    ['whose body was read before', { bodyUsed: true, body: new Response(TEXT).body }, /read before: give a clone\(\)/],
    ['that is too long, as a stream', { body: pieces(tooLong) }, /longer than 8388608 bytes/],
    ['that is too long, as a web stream', { body: new Response(tooLong).body }, /longer than/],
    ['that is too long, by text()', { text: async () => tooLong }, /longer than/],
    ['that is too long, by arrayBuffer()', { arrayBuffer: async () => Buffer.from(tooLong) }, /longer than/],
    ['whose stream holds objects', { body: pieces({ return_code: 'SUCCESS' }) }, /no stream of bytes/],
  ])('%s', async (_, answer, why) => {
    const error = await send(giving(answer)).catch((e) => e)

    expect(error).toMatchObject({ name: 'NetworkError', maybe_sent: true })
    expect(error.message).toMatch(why)
  })

  it.each([undefined, null, 'text', { return_code: 'SUCCESS' }])('from a fetch that gives %j', async (value) => {
    const error = await send(async () => value).catch((e) => e)

    expect(error).toMatchObject({ name: 'NetworkError', maybe_sent: true })
    expect(error.message).toContain('the option fetch must be a function that gives a Response')
  })
})

describe('fetch', () => {
  it('is asked to keep nothing and to follow nowhere', async () => {
    const fetch = vi.fn(giving({ body: TEXT }))

    await send(fetch)

    expect(fetch.mock.calls).toEqual([
      [
        'https://x/redpacks',
        expect.objectContaining({
          method: 'POST',
          cache: 'no-store',
          redirect: 'error',
          signal: expect.any(AbortSignal),
        }),
      ],
    ])
  })

  it('that does not listen to its signal is left when the time is over', async () => {
    const time = takeTime()
    const pending = send(() => new Promise(() => time.runOut()))

    await expect(pending).rejects.toMatchObject({ name: 'TimeoutError', maybe_sent: true })
  })

  it('that throws at once is a failure like any other', async () => {
    const pending = send(() => {
      throw new Error('not a promise')
    })

    await expect(pending).rejects.toMatchObject({ name: 'NetworkError', maybe_sent: true })
  })
})
