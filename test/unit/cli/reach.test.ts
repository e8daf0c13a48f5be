// Whether the command line may say that a send never left: the client's word counts, which knows every try.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { takeTime } from '../../../client/test/time.ts'
import { PACKET, redpack } from '../../support/cli.ts'

const env = {
  REDPACK_ENDPOINT: 'http://127.0.0.1:9',
  REDPACK_KEYID: 'k',
  REDPACK_SECRET: Buffer.alloc(32).toString('base64'),
}
beforeEach(() => {
  takeTime()
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** What a send tells whose every try fails so. */
async function told(failure: object) {
  vi.stubGlobal('fetch', () =>
    Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error('failed'), failure) })),
  )
  const { code, err } = await redpack(['send', ...PACKET, '--idempotency-key', 'order-1', '--json'], env)
  return { code, maybe_sent: JSON.parse(err).error.maybe_sent as unknown }
}

describe('a connection that stood', () => {
  it.each([
    ['EHOSTUNREACH', 'read'],
    ['ENETUNREACH', 'write'],
    ['ECONNRESET', 'read'],
    ['ETIMEDOUT', 'read'],
    ['EPIPE', 'write'],
  ])('and failed by %s of %s leaves a send in doubt', async (code, syscall) => {
    expect(await told({ code, syscall })).toEqual({ code: 3, maybe_sent: true })
  })
})

describe('a connection that never stood', () => {
  it.each([
    ['ECONNREFUSED', 'connect'],
    ['EHOSTUNREACH', 'connect'],
    ['ETIMEDOUT', 'connect'],
    ['ENOTFOUND', 'getaddrinfo'],
  ])('for %s of %s has sent nothing', async (code, syscall) => {
    expect(await told({ code, syscall })).toEqual({ code: 4, maybe_sent: false })
  })
})
